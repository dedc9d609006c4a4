//! Chinese in Markdown. CommonMark decides by spaces and punctuation what a `**` means, which fails where words are not
//! separated by spaces: `**重要：**请` stays unbold. Line breaks between Chinese characters must not become spaces.

use unicode_script::{Script, UnicodeScript};

/// Stands between punctuation and a delimiter so that the parser sees neither punctuation nor space there. A Unicode
/// noncharacter: never exchanged between programs, so never in a source on purpose; [`unmark`] removes it.
pub const MARK: char = '\u{FDD0}';

/// Whether a character belongs to Chinese text: Han or the punctuation used with it.
pub fn is_cjk(c: char) -> bool {
    c.script() == Script::Han || is_cjk_punctuation(c)
}

/// Whether a character is punctuation of Chinese text.
pub fn is_cjk_punctuation(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}')
        || matches!(c, '\u{FF5B}'..='\u{FF65}' | '“' | '”' | '‘' | '’' | '…' | '—' | '·')
}

/// Puts a [`MARK`] beside each run of `*` that Chinese text keeps from opening or closing emphasis.
///
/// The rule is that of the CommonMark amendment for Chinese, Japanese and Korean: Chinese characters and their
/// punctuation count neither as word nor as other punctuation.
pub fn mark_emphasis(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find('*') {
        let run = rest[at..].len() - rest[at..].trim_start_matches('*').len();
        out.push_str(&rest[..at]);
        let (before, after) = (out.chars().next_back(), rest[at + run..].chars().next());
        out.push_str(&marked_run(before, &rest[at..at + run], after));
        rest = &rest[at + run..];
    }
    out + rest
}

fn marked_run(before: Option<char>, run: &str, after: Option<char>) -> String {
    let (Some(before), Some(after)) = (before, after) else { return run.to_owned() };
    // `\*` is an escape; beside a space the common rule is right.
    if before == '\\' || before.is_whitespace() || after.is_whitespace() || !(is_cjk(before) || is_cjk(after)) {
        return run.to_owned();
    }
    let mark = |c: char| if is_punctuation(c) { MARK.to_string() } else { String::new() };
    format!("{}{run}{}", mark(before), mark(after))
}

fn is_punctuation(c: char) -> bool {
    is_cjk_punctuation(c) || !(c.is_alphanumeric() || c.is_whitespace())
}

/// The text without marks.
pub fn unmark(text: &str) -> String {
    text.replace(MARK, "")
}

/// Whether a line break between two characters is a space: not within Chinese text.
pub fn break_is_space(before: Option<char>, after: Option<char>) -> bool {
    match (before, after) {
        (Some(b), Some(a)) => !(is_cjk(b) && is_cjk(a) || is_cjk_punctuation(b) || is_cjk_punctuation(a)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_only_where_chinese_punctuation_meets_a_delimiter() {
        for (text, marked) in [
            ("**重要：**请", "**重要：|**请"),
            ("他说**“好”**了", "他说**|“好”|**了"),
            ("**bold** text (*x*).", "**bold** text (*x*)."),
            ("重**要**的", "重**要**的"),
            ("5\\*（三）", "5\\*（三）"),
            ("* （一）项", "* （一）项"),
        ] {
            assert_eq!(mark_emphasis(text).replace(MARK, "|"), marked);
            assert_eq!(unmark(&mark_emphasis(text)), text);
        }
    }

    #[test]
    fn a_break_within_chinese_is_no_space() {
        assert!(!break_is_space(Some('采'), Some('购')));
        assert!(!break_is_space(Some('，'), Some('P')));
        assert!(break_is_space(Some('采'), Some('P')));
        assert!(break_is_space(Some('a'), Some('b')));
    }
}
