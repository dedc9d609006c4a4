//! The words that are labels: every spelling of every field and group, folded so that width, spaces, brackets and the
//! definition's synonyms make no difference.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use crate::form::{Field, FormSpec, Group, Kind};

/// What a label can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The field with this index; `printed` if the spelling is the label as printed rather than an alias.
    Field {
        /// Index into the form's fields.
        index: usize,
        /// Whether it is the printed label.
        printed: bool,
    },
    /// The group with this index.
    Group(usize),
}

/// All spellings of one form's labels.
#[derive(Debug)]
pub struct Vocabulary {
    synonyms: Vec<(String, String)>,
    meanings: BTreeMap<String, Vec<Meaning>>,
    titles: Vec<String>,
}

impl Vocabulary {
    /// Collects the spellings of a form.
    pub fn new(spec: &FormSpec) -> Vocabulary {
        let mut vocabulary = Vocabulary { synonyms: synonyms(spec), meanings: BTreeMap::new(), titles: Vec::new() };
        for (index, group) in spec.groups.iter().enumerate() {
            for name in spellings(group) {
                vocabulary.add(&name, Meaning::Group(index));
            }
        }
        for (index, field) in spec.fields.iter().enumerate() {
            vocabulary.add_field(spec, index, field);
        }
        let titles = std::iter::once(&spec.title).chain(&spec.other_titles);
        vocabulary.titles = titles.map(|t| vocabulary.fold(t)).collect();
        vocabulary
    }

    fn add_field(&mut self, spec: &FormSpec, index: usize, field: &Field) {
        let labels = std::iter::once((&field.label, true)).chain(field.aliases.iter().map(|a| (a, false)));
        let group = field.group.as_deref().and_then(|id| spec.group(id));
        for (label, printed) in labels {
            self.add(label, Meaning::Field { index, printed });
            for prefix in group.map(spellings).unwrap_or_default() {
                self.add(&format!("{prefix}{label}"), Meaning::Field { index, printed: true });
            }
        }
    }

    fn add(&mut self, spelling: &str, meaning: Meaning) {
        let meanings = self.meanings.entry(self.fold(spelling)).or_default();
        if !meanings.contains(&meaning) {
            meanings.push(meaning);
        }
    }

    /// What a text can mean as a label; empty if it is none.
    pub fn meanings(&self, text: &str) -> &[Meaning] {
        let spellings = [self.fold(text), self.fold(&without_brackets(text))];
        let is_number = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
        let unnumbered = |key: &String| key.trim_start_matches(is_number).to_owned();
        let all = spellings.iter().cloned().chain(spellings.iter().map(unnumbered));
        all.into_iter().find_map(|key| self.meanings.get(&key)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The field label that a text misread by a character or two is, if just one is that near. A group's heading is not
    /// guessed: 政府采购专员 is somebody's post.
    pub fn nearest(&self, text: &str) -> Option<&str> {
        let folded = self.fold(text);
        let length = folded.chars().count();
        let most = match length {
            0..3 => return None,
            3..7 => 1,
            _ => 2,
        };
        let is_field = |meanings: &[Meaning]| meanings.iter().all(|m| matches!(m, Meaning::Field { .. }));
        let near = self.meanings.iter().filter(|(key, meanings)| {
            key.chars().count().abs_diff(length) <= most
                && is_field(meanings)
                && strsim::levenshtein(key, &folded) <= most
        });
        let mut near = near.map(|(key, meanings)| (strsim::levenshtein(key, &folded), meanings, key.as_str()));
        let best = near.clone().min_by_key(|(distance, ..)| *distance)?;
        near.all(|(distance, meanings, _)| distance > best.0 || meanings == best.1).then_some(best.2)
    }

    /// Whether a text is a label but for one character: 只务, 姓略. Too little to take it for that label, enough not to
    /// take it for a value.
    pub fn resembles_label(&self, text: &str) -> bool {
        let folded = self.fold(text);
        let length = folded.chars().count();
        let differ = |key: &String| key.chars().zip(folded.chars()).filter(|(a, b)| a != b).count();
        length > 1 && self.meanings.keys().any(|key| key.chars().count() == length && differ(key) == 1)
    }

    /// Whether a text is one of the form's titles, alone or with a county's name or year before it.
    pub fn is_title(&self, text: &str) -> bool {
        let folded = self.fold(text);
        !is_mention(text) && self.titles.iter().any(|title| folded.ends_with(title.as_str()))
    }

    /// Splits `label：value`; the label must be known. A blank serves as separator only where no colon does.
    pub fn split<'t>(&self, line: &'t str) -> Option<(&'t str, &'t str)> {
        let colon = line.find([':', '：']).map(|i| (i, line[i..].chars().next().map_or(1, char::len_utf8)));
        let blank =
            || line.trim_start().find(char::is_whitespace).map(|i| (i + line.len() - line.trim_start().len(), 1));
        let (at, width) = colon.or_else(blank).filter(|(at, width)| line.is_char_boundary(at + width))?;
        let (label, value) = (&line[..at], &line[at + width..]);
        (!self.meanings(label).is_empty()).then_some((label, value))
    }

    /// NFKC, lower case, letters and digits only, each synonym replaced by the first word of its set.
    fn fold(&self, text: &str) -> String {
        let kept: String = text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        self.synonyms.iter().fold(kept, |text, (word, canonical)| text.replace(word, canonical))
    }
}

/// Whether a text names something rather than being its heading: 附件：…, 《…》, 2. …, as letters do that go with a form.
fn is_mention(text: &str) -> bool {
    let text: String = text.nfkc().filter(|c| !c.is_whitespace()).collect();
    let numbered = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let listed = numbered.len() < text.len() && numbered.starts_with(['.', '、', ')']);
    listed || text.starts_with("附件:") || text.contains('《')
}

fn synonyms(spec: &FormSpec) -> Vec<(String, String)> {
    let set = |words: &Vec<String>| {
        let first = words.first().cloned().unwrap_or_default();
        words.iter().skip(1).map(move |w| (w.clone(), first.clone())).collect::<Vec<_>>()
    };
    spec.synonyms.iter().flat_map(set).collect()
}

fn spellings(group: &Group) -> Vec<String> {
    std::iter::once(&group.label).chain(&group.aliases).cloned().collect()
}

/// The text without its bracketed parts: 单位名称（盖章） is 单位名称.
fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The field that names a group's person, meant where a group's heading stands alone over one column.
pub fn name_field(spec: &FormSpec, group: usize) -> Option<usize> {
    let id = &spec.groups.get(group)?.id;
    spec.fields.iter().position(|f| f.group.as_ref() == Some(id) && f.kind == Kind::Name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::labels::tests::registration;

    fn fields(text: &str) -> Vec<String> {
        let spec = registration();
        let vocabulary = Vocabulary::new(&spec);
        let id = |m: &Meaning| match m {
            Meaning::Field { index, .. } => spec.fields[*index].id.clone(),
            Meaning::Group(index) => format!("group {}", spec.groups[*index].id),
        };
        let mut ids: Vec<String> = vocabulary.meanings(text).iter().map(id).collect();
        ids.dedup();
        ids
    }

    #[test]
    fn a_label_misread_by_a_character_is_still_that_label() {
        let vocabulary = Vocabulary::new(&registration());
        let near = |text: &str| vocabulary.nearest(text).map(|key| fields(key).join(" "));
        assert_eq!(near("组织机沟代码").as_deref(), Some("unit_code"));
        assert_eq!(near("单位地扯").as_deref(), Some("unit_address"));
        assert_eq!(near("政府采购专员"), None);
        assert_eq!(near("姓各"), None);
        assert_eq!(near("示例甲"), None);
        assert_eq!(near("大冶市教育局"), None);
    }

    #[test]
    fn a_label_but_for_one_character_is_no_value() {
        let vocabulary = Vocabulary::new(&registration());
        assert!(vocabulary.resembles_label("只务") && vocabulary.resembles_label("姓略"));
        assert!(!vocabulary.resembles_label("副局长") && !vocabulary.resembles_label("示例甲"));
    }

    #[test]
    fn spellings_fold() {
        assert_eq!(fields("单位名称\n(公章)"), ["unit_name"]);
        assert_eq!(fields("1、单 位 名 称（请填全称）："), ["unit_name"]);
        assert_eq!(fields("二、政府采购分管领导"), ["group leader"]);
        assert_eq!(fields("（一）单位名称"), ["unit_name"]);
        assert_eq!(fields("专办员姓名"), ["officer_name"]);
        assert_eq!(fields("分管领导电话"), ["leader_phone"]);
        assert_eq!(fields("政府采购\n专办员"), ["group officer"]);
        assert_eq!(fields("姓名"), ["officer_name", "leader_name"]);
        assert_eq!(fields("Ｅ-ＭＡＩＬ"), ["officer_email"]);
        assert_eq!(fields("大冶市教育局"), [""; 0]);
    }

    #[test]
    fn a_line_splits_only_behind_a_known_label() {
        let vocabulary = Vocabulary::new(&registration());
        assert_eq!(vocabulary.split("日期：2025年5月28日"), Some(("日期", "2025年5月28日")));
        assert_eq!(vocabulary.split("日期 2025-05-28"), Some(("日期", "2025-05-28")));
        assert_eq!(vocabulary.split("会议：10:30"), None);
        assert_eq!(vocabulary.split("日期"), None);
    }

    #[test]
    fn titles_are_known_by_every_name() {
        let vocabulary = Vocabulary::new(&registration());
        for title in ["大治市政府采购专办员登记表", "大冶市政府采购联络员登记表", "大冶市政府采购工作专办员登记表"]
        {
            assert!(vocabulary.is_title(title), "{title}");
        }
        assert!(!vocabulary.is_title("会议通知"));
        assert!(vocabulary.is_title("附件2 大冶市政府采购专办员登记表"));
        assert!(vocabulary.is_title("2023年大冶市政府采购专办员登记表"));
        for mention in ["附件：1.政府采购专办员登记表", "2、政府采购专办员登记表", "现报送《政府采购专办员登记表》"]
        {
            assert!(!vocabulary.is_title(mention), "{mention}");
        }
    }
}
