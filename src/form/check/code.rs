//! Unified social credit codes (GB 32100-2015, 18 characters) and organisation codes (GB 11714-1997, 9 characters).

use unicode_normalization::UnicodeNormalization;

use super::{Checked, compact};

/// The 31 characters of GB 32100-2015, in the order of their values: no I O S V Z.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of the eight body characters, GB 11714-1997.
const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

pub(super) fn check(text: &str) -> Checked {
    // Without its hyphens two neighbours may compose: another pass changes nothing only if that is done here.
    let code: String = compact(text).to_ascii_uppercase().chars().filter(|c| !is_joint(*c)).nfc().collect();
    match code.chars().count() {
        18 if social_credit(&code) => Checked::sure(code),
        9 if organisation(&code) => Checked::sure(code),
        18 | 9 => Checked::doubtful(code, "check-digit", "代码校验位不符，请核对"),
        n => Checked::doubtful(code, "code-length", format!("代码应为18位或9位，现为{n}位")),
    }
}

/// Hyphens of every width; NFKC leaves most of them as they are.
fn is_joint(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '·' | '.')
}

/// Check value = (31 − Σ value·3^(i−1) mod 31) mod 31.
fn social_credit(code: &str) -> bool {
    let values: Option<Vec<usize>> = code.chars().map(|c| ALPHABET.find(c)).collect();
    let Some(values) = values else { return false };
    let mut weight = 1;
    let mut sum = 0;
    for value in &values[..17] {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    values[17] == (31 - sum % 31) % 31
}

/// Check character = 11 − Σ mod 11, 10 written X and 11 written 0; letters count from A = 10.
fn organisation(code: &str) -> bool {
    let Some((body, check)) = code.split_at_checked(8) else { return false };
    let values: Option<Vec<u32>> = body.chars().map(|c| c.to_digit(36)).collect();
    let Some(values) = values else { return false };
    let sum: u32 = values.iter().zip(WEIGHTS).map(|(v, w)| v * w).sum();
    let expected = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap_or('?'),
    };
    check.starts_with(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_composes_without_its_hyphen_stays_composed() {
        let once = check("u-\u{1fc1}").value;
        assert_eq!(check(&once).value, once);
    }

    #[test]
    fn valid_codes_pass() {
        // DOMAIN.md §4 and §7.
        for code in [
            "11100000000013338W",
            "111000000000131433",
            "11430000006122244L",
            "1137078555222300XQ",
            "91350100M000100Y43",
            "11420281T0000001XM",
            "12420281T00000028J",
            "11420281T00000036G",
            "11420281T00000044B",
        ] {
            assert_eq!(check(code), Checked::sure(code));
        }
        for code in ["00001434-9", "01423183-8", "55222300-X", "５５２２２３００—ｘ"] {
            assert!(check(code).doubts.is_empty(), "{code}");
        }
    }

    #[test]
    fn invalid_codes_are_doubted_and_kept() {
        for code in ["91350211M0000XUF46", "91350100M0001TGQXM", "000014348", "11100000000013338O"] {
            assert_eq!(check(code).doubts[0].0, "check-digit", "{code}");
            assert_eq!(check(code).value, code);
        }
        assert_eq!(check("123").doubts[0].0, "code-length");
    }
}
