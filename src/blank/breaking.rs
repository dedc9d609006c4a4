//! Where a line of Chinese text may end (禁则): no closing mark begins a line, no opening mark ends one, and words,
//! numbers and addresses stay whole.

use std::ops::Range;

/// May not begin a line.
const CLOSING: &str = "，。、；：？！）》〉」』】〕〗”’％‰℃·…～,.;:?!)]}%";
/// May not end a line.
const OPENING: &str = "（《〈「『【〔〖“‘([{";

pub(super) fn is_closing(c: char) -> bool {
    CLOSING.contains(c)
}

pub(super) fn is_opening(c: char) -> bool {
    OPENING.contains(c)
}

/// Whether a line may end between two characters.
pub(super) fn may_break(before: char, after: char) -> bool {
    let dash = before == after && matches!(before, '—' | '…');
    let word = before.is_ascii_graphic() && after.is_ascii_graphic();
    // A space belongs to the line before it.
    !(dash || word || is_closing(after) || is_opening(before) || after == ' ')
}

/// The last place at or before `end` where a line that begins at `start` may end. A word longer than the line is
/// broken after a mark, as in an address, or else where the line is full.
pub(super) fn back_from(chars: &[char], start: usize, end: usize) -> usize {
    if end >= chars.len() {
        return chars.len();
    }
    let place = (start + 1..=end).rev().find(|at| may_break(chars[*at - 1], chars[*at]));
    let mark = || (start + 1..=end).rev().find(|at| "@._-/".contains(chars[*at - 1]));
    place.or_else(mark).unwrap_or(end.max(start + 1))
}

/// Cuts a text into lines no wider than `width`, each as a range of characters. An empty text is one empty line.
pub(super) fn wrap(chars: &[char], width: f64, advance: impl Fn(char) -> f64) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let mut wide = 0.0;
        let fits = |c: &&char| {
            wide += advance(**c);
            // Spaces at the end may stand out; the rest allows for rounding.
            **c == ' ' || wide <= width + 0.001
        };
        let full = start + chars[start..].iter().take_while(fits).count();
        let end = back_from(chars, start, full);
        lines.push(start..end);
        start = end;
    }
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, width: f64) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let lines = wrap(&chars, width, |c| if c.is_ascii() { 0.5 } else { 1.0 });
        lines.into_iter().map(|line| chars[line].iter().collect()).collect()
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() {
        assert_eq!(lines("政府采购，联络员", 4.0), ["政府采", "购，联络", "员"]);
        assert_eq!(lines("政府采（联络员）", 4.0), ["政府采", "（联络", "员）"]);
        assert_eq!(lines("各部门、》。各单位", 4.0), ["各部", "门、》。", "各单位"]);
        assert_eq!(lines("是采购——即", 4.0), ["是采购", "——即"]);
    }

    #[test]
    fn words_and_numbers_stay_whole_and_longer_ones_are_cut() {
        assert_eq!(lines("电话0714-873", 4.0), ["电话", "0714-873"]);
        assert_eq!(lines("abcdefghijk甲", 4.0), ["abcdefgh", "ijk甲"]);
        assert_eq!(lines("a.bc@defghijkl", 4.0), ["a.bc@", "defghijk", "l"]);
        assert_eq!(lines("ab cd efgh ijkl", 2.0), ["ab ", "cd ", "efgh ", "ijkl"]);
    }

    #[test]
    fn every_line_takes_at_least_a_character() {
        assert_eq!(lines("", 4.0), [""]);
        assert_eq!(lines("甲乙", 0.1), ["甲", "乙"]);
        assert_eq!(lines("，，，", 2.0), ["，，", "，"]);
    }

    #[test]
    fn nothing_is_lost() {
        let text = "二、各部门、各单位应根据“本工作制度”（826738166@qq.com）……  确定。";
        for width in 1..30 {
            assert_eq!(lines(text, f64::from(width) / 2.0).concat(), text);
        }
    }
}
