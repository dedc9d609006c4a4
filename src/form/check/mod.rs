//! Normalises and checks values by kind (DOMAIN.md §4). A failed check is a doubt for the reviewer, never a refusal.
//!
//! [`check`] is idempotent: a normalised value comes back unchanged.

mod code;
mod contact;
mod date;
mod name;

use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

pub use contact::is_mobile;
pub use date::parse_date;

use super::{Field, FormSpec, Kind};
use crate::fault::Fault;

/// A normalised value and what is doubtful about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// The value in its normal form; empty when nothing was filled in.
    pub value: String,
    /// Code and Chinese message of each doubt.
    pub doubts: Vec<(&'static str, String)>,
}

impl Checked {
    fn sure(value: impl Into<String>) -> Checked {
        Checked { value: value.into(), doubts: Vec::new() }
    }

    fn doubtful(value: impl Into<String>, code: &'static str, message: impl Into<String>) -> Checked {
        Checked { value: value.into(), doubts: vec![(code, message.into())] }
    }

    /// The doubts as faults of a field.
    pub fn faults(&self, field: &str) -> Vec<Fault> {
        self.doubts.iter().map(|(code, message)| Fault::of(field, code, message)).collect()
    }
}

/// Normalises what stands in a field and says what is doubtful about it.
pub fn check(spec: &FormSpec, field: &Field, raw: &str) -> Checked {
    let text = visible(raw);
    if text.trim().is_empty() {
        return Checked::default();
    }
    match field.kind {
        Kind::Text => Checked::sure(line(&text)),
        Kind::Note => Checked::sure(text.lines().map(line).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")),
        Kind::Name => name::check(&text),
        Kind::Date => date::check(text.trim_end_matches(['。', ';', '；', ',', '，'])),
        Kind::Phone => {
            let checked = contact::phone(&text, spec.area_code.as_deref());
            if field.column.is_some() { contact::not_private(checked) } else { checked }
        }
        Kind::Mobile => contact::mobile(&text),
        Kind::Email => contact::email(&text),
        Kind::Code => code::check(&text),
        Kind::Signature => Checked::default(),
    }
}

/// Drops what cannot be seen: control and format characters (also bidi overrides), keeping line breaks as `\n`.
pub(super) fn visible(raw: &str) -> String {
    let text: String = raw.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}'], "\n");
    text.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| *c == '\n' || !is_invisible(*c)).nfc().collect()
}

/// Control and format characters (Unicode Cc, and the Cf that reorder, join or hide text).
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line: full-width letters and digits narrowed, line breaks and runs of blanks folded, no blank beside a Han
/// character or full-width punctuation, where it can only come from layout.
fn line(text: &str) -> String {
    let narrowed: String = text.chars().map(narrow).collect();
    let words: Vec<&str> = narrowed.split_whitespace().collect();
    let mut out = String::new();
    for word in words {
        let joins = |a: Option<char>, b: Option<char>| a.is_none_or(is_wide) || b.is_none_or(is_wide);
        if !joins(out.chars().last(), word.chars().next()) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.nfc().collect()
}

fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn is_wide(c: char) -> bool {
    is_han(c) || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

/// Whether a character is of script Han; 〇 counts, as in 二〇二三.
pub fn is_han(c: char) -> bool {
    c.script() == Script::Han
}

/// NFKC without any white space, and without the punctuation that ends a sentence: for values that hold neither.
fn compact(text: &str) -> String {
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).nfc().collect();
    text.trim_end_matches(['。', '.', ',', ';', '、', ':']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A one-field form of a kind.
    fn checked(kind: Kind, raw: &str) -> Checked {
        let field = Field {
            id: "f".into(),
            label: "f".into(),
            aliases: vec![],
            group: None,
            kind,
            required: false,
            inline: false,
            column: None,
        };
        let spec = FormSpec {
            id: "t".into(),
            version: 1,
            issued: None,
            letters: "T".into(),
            title: "t".into(),
            other_titles: vec![],
            synonyms: vec![],
            area_code: Some("0714".into()),
            roles: crate::form::Roles { unit: "f".into(), ..Default::default() },
            internal: false,
            groups: vec![],
            fields: vec![field.clone()],
        };
        check(&spec, &field, raw)
    }

    fn value(kind: Kind, raw: &str) -> String {
        checked(kind, raw).value
    }

    #[test]
    fn text_loses_layout_and_keeps_words() {
        assert_eq!(value(Kind::Text, " 大冶市\n城北路 ８９ 号 "), "大冶市城北路89号");
        assert_eq!(value(Kind::Text, "Room  815\tA"), "Room 815 A");
        assert_eq!(value(Kind::Text, "党委副书记、 镇长\u{202e}"), "党委副书记、镇长");
        assert_eq!(value(Kind::Note, "一\r\n\r\n 二 "), "一\n二");
    }

    #[test]
    fn a_signature_is_never_a_value() {
        assert_eq!(checked(Kind::Signature, "示例甲"), Checked::default());
    }

    proptest! {
        #[test]
        fn normalising_twice_changes_nothing(raw in "\\PC{0,40}|[0-9０-９年月日.\\-/ 〇一二三十OIl·•＠@．転转()（） ]{0,24}") {
            for (_, kind) in Kind::ALL {
                let once = checked(kind, &raw);
                prop_assert_eq!(&checked(kind, &once.value).value, &once.value, "{:?}", kind);
            }
        }

        #[test]
        fn no_invisible_character_comes_through(raw in any::<String>()) {
            for (_, kind) in Kind::ALL {
                let value = value(kind, &raw);
                prop_assert!(value.chars().all(|c| c == '\n' && kind == Kind::Note || !is_invisible(c)), "{:?} {:?}", kind, value);
            }
        }

        #[test]
        fn every_day_is_read_in_every_notation(y in 1990i16..2100, m in 1i8..=12, d in 1i8..=28) {
            let iso = format!("{y:04}-{m:02}-{d:02}");
            for raw in [format!("{y}年{m}月{d}日"), format!("{y}.{m}.{d}"), format!("{y}/{m}/{d}"), format!("{y}{m:02}{d:02}"), format!(" {y} 年 {m} 月 {d} 日 "), iso.clone()] {
                prop_assert_eq!(value(Kind::Date, &raw), &iso[..], "{}", raw);
            }
        }
    }
}
