//! Finds units by what a clerk types: a part of the name, another name, an id, or pinyin, in full (jiaoyuju), by initials
//! (jyj) or mixed.

use pinyin::ToPinyinMulti;
use unicode_normalization::UnicodeNormalization;

use super::{Unit, Units};

/// The units that what was typed may mean, the likeliest first, at most so many.
pub fn search<'u>(units: &'u Units, typed: &str, most: usize) -> Vec<&'u Unit> {
    let text: String = typed.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    if text.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(u8, &Unit)> =
        units.list.iter().map(|unit| (rank(unit, &text), unit)).filter(|(rank, _)| *rank > 0).collect();
    // Stable, so that units of one rank keep the official order.
    found.sort_by(|(a, _), (b, _)| b.cmp(a));
    found.into_iter().take(most).map(|(_, unit)| unit).collect()
}

fn rank(unit: &Unit, text: &str) -> u8 {
    let letters = text.replace('\'', "");
    let pinyin = || !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_lowercase());
    match () {
        () if unit.name == text || unit.id == text => 5,
        () if unit.name.starts_with(text) => 4,
        () if unit.name.contains(text) => 3,
        () if unit.aliases.iter().any(|alias| alias.contains(text)) => 2,
        () if pinyin() && in_pinyin(&readings(&unit.name), &letters) => 1,
        () => 0,
    }
}

/// The readings of each Han character of a name, without tones.
pub fn readings(name: &str) -> Vec<Vec<&'static str>> {
    let each = name.to_pinyin_multi().flatten().map(|all| {
        let mut plain: Vec<&str> = all.into_iter().map(|one| one.plain()).collect();
        plain.dedup();
        plain
    });
    each.collect()
}

/// Whether letters are the pinyin of neighbouring characters; a character may have several readings.
fn in_pinyin(readings: &[Vec<&str>], letters: &str) -> bool {
    (0..readings.len()).any(|at| goes_on(&readings[at..], letters))
}

fn goes_on(readings: &[Vec<&str>], letters: &str) -> bool {
    let Some((first, rest)) = readings.split_first() else { return letters.is_empty() };
    letters.is_empty()
        || first.iter().any(|reading| {
            let whole = letters.strip_prefix(reading).is_some_and(|left| goes_on(rest, left));
            let initial = || letters.strip_prefix(&reading[..1]).is_some_and(|left| goes_on(rest, left));
            reading.starts_with(letters) || whole || initial()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(typed: &str) -> Vec<String> {
        let units = "categories: [{id: a, name: 甲}]\nunits:\n- {id: jyj, name: 大冶市教育局, category: a, aliases: [教委]}\n- {id: jtj, name: 大冶市交通运输局, category: a}\n- {id: hdq, name: 大冶市还地桥镇人民政府, category: a}\n";
        let units = super::super::parse("units.yaml", units).unwrap();
        search(&units, typed, 8).into_iter().map(|unit| unit.id.clone()).collect()
    }

    #[test]
    fn units_are_found_by_name_other_name_id_and_pinyin() {
        for typed in ["大冶市教育局", "教育", "教委", "jyj", "jiaoyu", "jiaoyj", "jyju", "dyesjy", "ＪＹＪ", " 教 育 "]
        {
            assert_eq!(found(typed), ["jyj"], "{typed}");
        }
        assert_eq!(found("jiao"), ["jyj", "jtj"]);
        assert_eq!(found("huandiqiao"), ["hdq"]);
        assert_eq!(found("haidiqiao"), ["hdq"], "还 has two readings");
        assert_eq!(found("大冶"), ["jyj", "jtj", "hdq"], "the official order");
        assert!(found("").is_empty() && found("xyz").is_empty() && found("'").is_empty());
    }
}
