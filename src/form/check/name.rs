//! Names of persons: 张 三 loses its blank, ethnic names get the one middle dot, the rest is for the reviewer to see.

use super::{Checked, compact, is_han};

/// Two to four Han characters are typical; each part of a name with a dot may be longer.
const TYPICAL: std::ops::RangeInclusive<usize> = 2..=4;
/// No part of a registered name is longer than this.
const LONGEST_PART: usize = 12;

pub(super) fn check(text: &str) -> Checked {
    let name: String = compact(text).chars().map(|c| if is_dot(c) { '·' } else { c }).collect();
    let name = name.trim_matches(['·', ':', ',', ';', '、']).to_owned();
    if name.is_empty() {
        return Checked::default();
    }
    let parts: Vec<&str> = name.split('·').collect();
    let length = name.chars().count();
    if !name.chars().all(|c| is_han(c) || c == '·') {
        return Checked::doubtful(name, "name-characters", "姓名含有汉字以外的字符，请核对");
    }
    let usual = if parts.len() == 1 {
        TYPICAL.contains(&length)
    } else {
        parts.iter().all(|p| (1..=LONGEST_PART).contains(&p.chars().count()))
    };
    if usual {
        Checked::sure(name)
    } else {
        Checked::doubtful(name, "name-length", format!("姓名为{length}个字，请核对"))
    }
}

/// The dots people type between the parts of an ethnic name.
fn is_dot(c: char) -> bool {
    matches!(c, '•' | '●' | '・' | '‧' | '．' | '.' | '∙' | '⋅' | '･' | '·')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names() {
        for (raw, name) in [
            ("示 例", "示例"),
            ("示　例　甲", "示例甲"),
            ("欧阳示例", "欧阳示例"),
            ("阿卜杜拉•示例", "阿卜杜拉·示例"),
            ("阿卜杜拉．示例", "阿卜杜拉·示例"),
            ("㐀示", "㐀示"),
            ("𠮷例", "𠮷例"),
        ] {
            assert_eq!(check(raw), Checked::sure(name), "{raw}");
        }
    }

    #[test]
    fn unusual_names_are_doubted_and_kept() {
        assert_eq!(check("示").doubts[0].0, "name-length");
        assert_eq!(check("示例甲乙丙丁").doubts[0].0, "name-length");
        assert_eq!(check("示例1").doubts[0].0, "name-characters");
        assert_eq!(check("示例1").value, "示例1");
    }
}
