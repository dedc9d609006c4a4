//! Traditional forms of simplified characters. A form filled in in Daye holds none; the recogniser offers them for hurried
//! handwriting.

use encoding_rs::GBK;

/// Traditional forms and variants that names are registered with today (通用规范汉字表 restored many of them).
const IN_NAMES: &str = "頔昇甯麴堃喆淼犇龢仝甦邨陞迺谿乾氾菉鉅劂媺祕皙瞋陸晳榦濬澂珮瑩瀅桿濛於徵";

/// The character that is meant in a form filled in in Daye: simplified, save what names are registered with.
pub fn folded(c: char) -> char {
    if is_traditional(c) { simplified(c) } else { c }
}

/// Whether a character is the Traditional form of another one, and neither in GB 2312 nor used in names.
fn is_traditional(c: char) -> bool {
    let han = ('\u{3400}'..='\u{9fff}').contains(&c) || ('\u{f900}'..='\u{faff}').contains(&c);
    han && !in_gb2312(c) && !IN_NAMES.contains(c) && simplified(c) != c
}

/// The simplified form of a character, or the character itself.
fn simplified(c: char) -> char {
    let mut buffer = [0; 4];
    fast2s::convert(c.encode_utf8(&mut buffer)).chars().next().unwrap_or(c)
}

/// GB 2312 is the rows of GBK whose both bytes are at least A1.
fn in_gb2312(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, unmapped) = GBK.encode(c.encode_utf8(&mut buffer));
    !unmapped && matches!(*bytes, [0xA1..=0xF7, 0xA1..=0xFE])
}

#[cfg(test)]
mod tests {
    use super::{folded, is_traditional};

    #[test]
    fn traditional_forms_are_told() {
        assert!("黃強國龍臺".chars().all(is_traditional));
    }

    #[test]
    fn traditional_forms_are_folded() {
        assert_eq!("長計頔A".chars().map(folded).collect::<String>(), "长计頔A");
    }

    #[test]
    fn simplified_rare_and_name_characters_stay() {
        assert!(!"大冶市黄强国赟垚珺頔昇甯麴濛A1@。仝".chars().any(is_traditional));
    }
}
