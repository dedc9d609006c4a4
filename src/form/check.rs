//! Normalises and checks values by kind.

/// Whether a text is a mainland mobile number, `^1[3-9]\d{9}$`.
pub fn is_mobile(text: &str) -> bool {
    let b = text.as_bytes();
    b.len() == 11 && b[0] == b'1' && (b'3'..=b'9').contains(&b[1]) && b.iter().all(u8::is_ascii_digit)
}
