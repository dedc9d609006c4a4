//! Telephone numbers and e-mail addresses.

use std::str::FromStr;

use email_address::EmailAddress;

use super::{Checked, compact};

/// Whether a text is a mainland mobile number, `^1[3-9]\d{9}$`.
pub fn is_mobile(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]) && b.iter().all(u8::is_ascii_digit)
}

pub(super) fn mobile(text: &str) -> Checked {
    let (plain, digits) = digits_of(text);
    if is_mobile(&digits) {
        return Checked::sure(digits);
    }
    Checked::doubtful(plain, "mobile-odd", "不是11位手机号码，请核对")
}

/// One or several numbers, `、` between them.
pub(super) fn phone(text: &str, area_code: Option<&str>) -> Checked {
    let plain = compact(text);
    let separators = |c: char| "、,;/，；".contains(c);
    let numbers = plain.split(separators).map(|number| one_phone(number, area_code));
    let numbers: Vec<(String, bool)> = numbers.filter(|(value, _)| !value.is_empty()).collect();
    let value = numbers.iter().map(|(value, _)| value.as_str()).collect::<Vec<_>>().join("、");
    if value.is_empty() {
        return Checked::default();
    }
    if numbers.iter().all(|(_, good)| *good) {
        return Checked::sure(value);
    }
    Checked::doubtful(value, "phone-odd", "电话号码格式不常见，请核对")
}

/// A mobile number in a field that will be published is somebody's private one, put into the wrong box.
pub(super) fn not_private(mut checked: Checked) -> Checked {
    if checked.value.split(['、', '转']).any(is_mobile) {
        checked.doubts.push(("phone-private", "此栏将公开，填的却是手机号码，请核对".to_owned()));
    }
    checked
}

/// A number in its normal form and whether it is one.
fn one_phone(text: &str, area_code: Option<&str>) -> (String, bool) {
    let (number, extension) = split_extension(text);
    let (plain, digits) = digits_of(number);
    let Some(shown) = landline(&digits, area_code).or_else(|| is_mobile(&digits).then(|| digits.clone())) else {
        return (if extension.is_empty() { plain } else { text.to_owned() }, false);
    };
    (if extension.is_empty() { shown } else { format!("{shown}转{extension}") }, true)
}

/// 8731721转801, 8731721-801, 0714-8731721-801 and 8731721*801 name an extension.
fn split_extension(text: &str) -> (&str, &str) {
    let at = text.find(['转', '轉', '*', '#']).or_else(|| text.rfind(is_dash));
    let Some((at, mark)) = at.and_then(|at| Some((at, text[at..].chars().next()?))) else { return (text, "") };
    let (number, extension) = (&text[..at], text[at + mark.len_utf8()..].trim_start_matches('分'));
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let short = (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit());
    if digits >= 7 && short { (number, extension) } else { (text, "") }
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '~')
}

/// The text with one kind of hyphen, and its digits without country code.
fn digits_of(text: &str) -> (String, String) {
    let plain: String = compact(text).chars().map(|c| if is_dash(c) { '-' } else { c }).collect();
    let joints = |c: &char| !matches!(c, '-' | '(' | ')' | '.');
    let digits: String = plain.chars().filter(joints).collect();
    let national = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086"));
    let national = national.or_else(|| digits.strip_prefix("86").filter(|rest| is_mobile(rest)));
    let digits = national.unwrap_or(&digits).to_owned();
    (plain, digits)
}

/// `0714-8731721` from a national landline number, or from a local one where the area code is known.
fn landline(digits: &str, area_code: Option<&str>) -> Option<String> {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if let Some(area) = area_code {
        let local = digits.strip_prefix(area).unwrap_or(digits);
        // Spreadsheets drop the leading zero of the area code.
        let local = local.strip_prefix(area.trim_start_matches('0')).filter(|rest| rest.len() == 7).unwrap_or(local);
        if local.len() == 7 && (b'2'..=b'8').contains(&local.as_bytes()[0]) {
            return Some(format!("{area}-{local}"));
        }
    }
    // 010 and 02x have three digits, the other area codes four; local numbers have seven or eight.
    let area = if digits.starts_with("010") || digits.starts_with("02") { 3 } else { 4 };
    let local = digits.get(area..).filter(|l| (7..=8).contains(&l.len()) && !l.starts_with(['0', '1', '9']))?;
    digits.starts_with('0').then(|| format!("{}-{local}", &digits[..area]))
}

/// Full-width ＠ and ． fold, the domain is lower-cased.
pub(super) fn email(text: &str) -> Checked {
    let plain = compact(text).replace('。', ".");
    let plain = plain.trim_start_matches("mailto:").trim_matches([',', ';', ':', '.', '、', '<', '>', '(', ')']);
    let address = match plain.rsplit_once('@') {
        Some((local, domain)) => format!("{local}@{}", domain.to_ascii_lowercase()),
        None => plain.to_owned(),
    };
    if address.is_empty() {
        return Checked::default();
    }
    let domain_has_dot = address.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
    if address.is_ascii() && domain_has_dot && EmailAddress::from_str(&address).is_ok() {
        return Checked::sure(address);
    }
    Checked::doubtful(address, "email-odd", "电子邮箱格式不符，请核对")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_number_is_doubted_where_it_would_be_published() {
        let of = |text| not_private(phone(text, Some("0714"))).doubts.len();
        assert_eq!((of("8731721"), of("19400000001"), of("8731721/19400000001")), (0, 1, 1));
    }

    #[test]
    fn landlines_get_their_area_code() {
        for (raw, shown) in [
            ("8731721", "0714-8731721"),
            ("0714 8731721", "0714-8731721"),
            ("0714—8731721", "0714-8731721"),
            ("（0714）8731721", "0714-8731721"),
            ("07148731721", "0714-8731721"),
            ("7148731721", "0714-8731721"),
            ("8731721转801", "0714-8731721转801"),
            ("0714-8731721-801", "0714-8731721转801"),
            ("+86 714 8731721", "0714-8731721"),
            ("027-87654321", "027-87654321"),
            ("8731721、8731722", "0714-8731721、0714-8731722"),
            ("１９４ ０００００００１", "19400000001"),
        ] {
            assert_eq!(phone(raw, Some("0714")), Checked::sure(shown), "{raw}");
        }
    }

    #[test]
    fn odd_numbers_are_doubted_and_kept() {
        for raw in ["123", "1873172", "电话同上", "0714-87317"] {
            assert_eq!(phone(raw, Some("0714")).doubts[0].0, "phone-odd", "{raw}");
            assert_eq!(phone(raw, Some("0714")).value, raw);
        }
        assert_eq!(phone("8731721", None).doubts.len(), 1);
    }

    #[test]
    fn mobiles() {
        for raw in ["19400000001", "194 0000 0001", "+86-194-0000-0001", "8619400000001"] {
            assert_eq!(mobile(raw), Checked::sure("19400000001"), "{raw}");
        }
        assert_eq!(mobile("1940000000").doubts[0].0, "mobile-odd");
        assert!(!is_mobile("12400000001"));
    }

    #[test]
    fn mailboxes() {
        assert_eq!(email("Li.Si＠EXAMPLE．com"), Checked::sure("Li.Si@example.com"));
        assert_eq!(email("a b@example.com 。"), Checked::sure("ab@example.com"));
        for raw in ["示例@example.com", "a.example.com", "a@b", "@example.com"] {
            assert_eq!(email(raw).doubts[0].0, "email-odd", "{raw}");
        }
    }
}
