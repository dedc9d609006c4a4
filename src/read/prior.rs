//! What is known of a value before it is read: how much likelier one text is than another, whatever the ink says.
//!
//! Weights are logarithms. A check that holds is worth what its failing would be on paper: hardly a form carries a number
//! of the wrong length, while one misread character in eleven breaks it. Posts and addresses are not known beforehand.

use crate::form::check::{Checked, check, is_han};
use crate::form::{Field, FormSpec, Kind};

/// A code whose check character holds: of the 31 there may be, one does by chance.
const CHECKED: f32 = 7.0;
/// A telephone number of the right length and beginning.
const NUMBER: f32 = 5.0;
/// A day that is in the calendar.
const DAY: f32 = 4.0;
/// A name of two to four Han characters.
const NAME: f32 = 3.0;
/// A mailbox that may exist, and one at a provider that everybody uses: weak, a unit may have a domain of its own.
const MAILBOX: f32 = 2.0;
const PROVIDER: f32 = 3.0;
/// A bracket without its other half is no bracket: 座 is C, not (.
const BRACKET: f32 = -3.0;
/// A letter among the six digits of the district, and elsewhere in a code, where it is rare (MB…).
const DISTRICT_LETTER: f32 = -6.0;
const LETTER: f32 = -1.5;

/// The providers of most mailboxes on Chinese forms.
pub const PROVIDERS: &[&str] = &[
    "qq.com",
    "163.com",
    "126.com",
    "139.com",
    "189.cn",
    "foxmail.com",
    "sina.com",
    "sohu.com",
    "yeah.net",
    "outlook.com",
    "hotmail.com",
    "gmail.com",
];

/// How likely a text is as a value of a field.
pub fn weight(spec: &FormSpec, field: &Field, text: &str) -> f32 {
    let checked = check(spec, field, text);
    let sound = holds(&checked);
    let if_sound = |weight: f32| if sound { weight } else { 0.0 };
    match field.kind {
        Kind::Code => if_sound(CHECKED) + letters(&checked.value),
        Kind::Phone | Kind::Mobile => if_sound(NUMBER),
        Kind::Date => if_sound(DAY),
        Kind::Name => if_sound(NAME),
        Kind::Email => if_sound(mailbox(&checked.value)),
        Kind::Text | Kind::Note => brackets(text),
        Kind::Signature => 0.0,
    }
}

/// Whether a value keeps the rules of its kind; a private number in a public field is a number all the same.
pub fn holds(checked: &Checked) -> bool {
    !checked.value.is_empty() && checked.doubts.iter().all(|(code, _)| *code == "phone-private")
}

/// A code's letters: an organisation's own number is of digits, or begins with MA or MB.
fn letters(code: &str) -> f32 {
    let is_letter = |c: &char| c.is_ascii_alphabetic();
    let at = |from: usize, to: usize| code.chars().skip(from).take(to - from).filter(is_letter).count() as f32;
    let (district, own) = if code.chars().count() == 18 { (at(2, 8), at(8, 16)) } else { (0.0, at(0, 8)) };
    DISTRICT_LETTER * district + LETTER * own
}

fn mailbox(address: &str) -> f32 {
    let Some((name, domain)) = address.rsplit_once('@') else { return 0.0 };
    // QQ's mailboxes are numbers unless their owner chose otherwise.
    let number = domain == "qq.com" && name.bytes().all(|b| b.is_ascii_digit());
    MAILBOX + if PROVIDERS.contains(&domain) { PROVIDER } else { 0.0 } + if number { 1.0 } else { 0.0 }
}

fn brackets(text: &str) -> f32 {
    let count = |signs: [char; 2]| text.chars().filter(|c| signs.contains(c)).count();
    if count(['(', '（']) == count([')', '）']) { 0.0 } else { BRACKET }
}

/// The same mailbox at each provider whose domain is not far from the one read.
pub fn at_providers(text: &str) -> Vec<String> {
    let Some((name, domain)) = text.rsplit_once('@') else { return Vec::new() };
    let near = |provider: &&&str| {
        let distance = strsim::levenshtein(provider, &domain.to_ascii_lowercase());
        distance > 0 && distance <= 1 + provider.len() / 4
    };
    PROVIDERS.iter().filter(near).map(|provider| format!("{name}@{provider}")).collect()
}

/// Whether a line is the echo of another one: the seal's rim carries the unit's own name, of which a piece is read.
pub fn is_echo(line: &str, of: &str) -> bool {
    let han = |text: &str| text.chars().filter(|c| is_han(*c)).collect::<Vec<_>>();
    let (line, of) = (han(line), han(of));
    !line.is_empty() && line.len() < of.len() && 5 * common(&line, &of) >= 3 * line.len()
}

/// The length of the longest common subsequence.
fn common(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { diagonal + 1 } else { above.max(row[j]) };
            diagonal = above;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::labels::tests::registration;

    fn heavier(field: &str, better: &str, worse: &str) -> bool {
        let spec = registration();
        let field = spec.field(field).unwrap();
        weight(&spec, field, better) > weight(&spec, field, worse)
    }

    #[test]
    fn checks_that_hold_weigh() {
        assert!(heavier("unit_code", "11420281T0000001XM", "11420281T0000001XH"));
        assert!(heavier("officer_mobile", "19400000001", "1940000000"));
        assert!(heavier("officer_phone", "0714-8731721", "0714-873172"));
        assert!(heavier("date", "2023年8月21日", "2023年8月41日"));
        assert!(heavier("officer_name", "示例甲", "示例甲1"));
    }

    #[test]
    fn what_is_usual_weighs_a_little() {
        assert!(heavier("officer_email", "100001@qq.com", "100001@aa.com"));
        assert!(heavier("officer_email", "jia@example.com", "jia@example"));
        assert!(heavier("unit_address", "大冶市示例路1号C座", "大冶市示例路1号(座"));
        assert!(!heavier("unit_address", "大冶市示例路1号", "大冶市示例路7号"), "addresses are not known");
        assert!(!heavier("officer_post", "科长", "科员"), "posts are not known");
    }

    #[test]
    fn a_domain_near_a_providers_may_be_that() {
        assert_eq!(at_providers("jia@qq.ccm"), ["jia@qq.com"]);
        assert_eq!(at_providers("jia@qq.com"), [""; 0]);
        assert_eq!(at_providers("jia@example.com"), [""; 0]);
    }

    #[test]
    fn a_piece_of_the_name_is_its_echo() {
        assert!(is_echo("冶市民", "大冶市民政局"));
        assert!(is_echo("服务机", "大冶市政务服务和大数据管理局"));
        assert!(!is_echo("金湖街道办事处", "大冶市人民政府"));
        assert!(!is_echo("日期", "大冶市民政局"));
    }
}
