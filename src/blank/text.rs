//! What is printed in a value's cell, and how much room a text takes.

use crate::form::Kind;

/// Millimetres in a point.
pub const MM_PER_POINT: f64 = 25.4 / 72.0;
/// Air between a cell's rule and its text, left and right, in mm (the 0.19 cm of a word processor).
pub const PADDING: f64 = 1.9;

/// Whoever hears the form's table read out is told what is where.
pub const DESCRIPTION: &str = "左侧为栏目名称，右侧为填写内容。";

/// Values, by the name word processors know the face by.
pub const BODY_FONT: &str = "仿宋";
/// Labels.
pub const LABEL_FONT: &str = "黑体";
/// The title.
pub const TITLE_FONT: &str = "方正小标宋简体";

/// A value as it is printed, a line for each of the value's lines. Without a value, the blanks to be filled in: a day
/// draws 年 月 日, everything else is an empty line. What no document can hold is dropped.
pub fn printed(kind: Kind, value: &str) -> Vec<String> {
    let lines: Vec<String> = value.lines().map(clean).filter(|line| !line.is_empty()).collect();
    match kind {
        Kind::Date if lines.is_empty() => vec!["　　　　年　　月　　日".to_owned()],
        Kind::Date => vec![day(&lines.concat())],
        Kind::Note if !lines.is_empty() => lines,
        Kind::Signature => vec![String::new()],
        Kind::Text | Kind::Name | Kind::Phone | Kind::Mobile | Kind::Email | Kind::Code | Kind::Note => {
            vec![lines.join(" ")]
        }
    }
}

/// `2023-07-10` as 2023年7月10日; anything else stays what it is, for a reviewer to see.
fn day(value: &str) -> String {
    let parts: Vec<Option<u32>> = value.split('-').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(year), Some(month), Some(day)] => format!("{year}年{month}月{day}日"),
        _ => value.to_owned(),
    }
}

/// Without control characters and the two non-characters that XML forbids; a tab is a space.
fn clean(text: &str) -> String {
    let text = text.replace('\t', " ");
    let kept: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
    kept.trim_matches(' ').to_owned()
}

/// Lines a text takes in a given width (mm) at a size (points); never none.
pub fn lines(text: &str, width: f64, size: f64) -> usize {
    let em: f64 = text.chars().map(|c| if c.is_ascii() { 0.5 } else { 1.0 }).sum();
    let per_line = (width / (size * MM_PER_POINT)).floor().max(1.0);
    (em / per_line).ceil().max(1.0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_printed_in_chinese_and_a_missing_one_as_blanks() {
        assert_eq!(printed(Kind::Date, "2023-07-10"), ["2023年7月10日"]);
        assert_eq!(printed(Kind::Date, "七月初"), ["七月初"]);
        assert_eq!(printed(Kind::Date, " \u{0}"), ["　　　　年　　月　　日"]);
        assert_eq!(printed(Kind::Date, ""), ["　　　　年　　月　　日"]);
    }

    #[test]
    fn only_a_note_keeps_its_lines() {
        assert_eq!(printed(Kind::Note, "一\n\n二\r\n"), ["一", "二"]);
        assert_eq!(printed(Kind::Text, "一\n二"), ["一 二"]);
        assert_eq!(printed(Kind::Note, ""), [""]);
        assert_eq!(printed(Kind::Signature, "甲"), [""]);
    }

    #[test]
    fn control_characters_are_dropped_and_emoji_stay() {
        assert_eq!(printed(Kind::Text, "甲\u{0}\u{1b}\u{85}\u{ffff}乙😀\t丙"), ["甲乙😀 丙"]);
    }

    #[test]
    fn lines_count_wide_and_narrow_characters() {
        let four = 4.0 * 14.0 * MM_PER_POINT + 0.1;
        assert_eq!(lines("", four, 14.0), 1);
        assert_eq!(lines("政府采购", four, 14.0), 1);
        assert_eq!(lines("政府采购联络员", four, 14.0), 2);
        assert_eq!(lines("E-mail", four, 14.0), 1);
    }
}
