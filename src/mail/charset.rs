//! Bytes to text: declared charsets as browsers read them, guesses where nothing is declared, and cleaning of what
//! goes into a record.

use encoding_rs::{Encoding, GB18030, GBK};

/// The text of a body. A declared charset that does not fit gives way to one that does: GBK mails are sent as `utf-8` and
/// `us-ascii`, and the other way round.
pub(super) fn text(label: Option<&str>, bytes: &[u8]) -> String {
    match label.filter(|label| !is_ascii(label)) {
        None => guess(bytes),
        Some(_) if is_surely_utf8(bytes) => guess(bytes),
        Some(label) => match decode(label, bytes) {
            Some((text, true)) => text,
            Some((text, false)) => strict(bytes).unwrap_or(text),
            None => guess(bytes),
        },
    }
}

/// Strict UTF-8, else GB18030 with a mark for each character that is neither.
pub(super) fn guess(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Four Chinese characters in sound UTF-8 are no accident of another charset, although GB18030 could read them too.
fn is_surely_utf8(bytes: &[u8]) -> bool {
    let hanzi = |text: &str| text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).nth(3).is_some();
    std::str::from_utf8(bytes).is_ok_and(hanzi)
}

/// UTF-8 or GB18030, whichever fits without a fault.
fn strict(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes)
        .ok()
        .map(str::to_owned)
        .or_else(|| GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(|text| text.into_owned()))
}

/// By label; the flag says whether every byte fitted. Absent for labels nobody knows.
fn decode(label: &str, bytes: &[u8]) -> Option<(String, bool)> {
    let label = label.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace());
    if let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) {
        let encoding = if encoding == GBK { GB18030 } else { encoding };
        let (text, _, faulty) = encoding.decode(bytes);
        return Some((text.into_owned(), !faulty));
    }
    // What browsers refuse and mail still carries: UTF-7 and old code pages.
    let decoder = mail_parser::decoders::charsets::map::charset_decoder(label.as_bytes())?;
    let text = std::panic::catch_unwind(|| decoder(bytes)).ok()?;
    let whole = !text.contains(char::REPLACEMENT_CHARACTER);
    Some((text, whole))
}

fn is_ascii(label: &str) -> bool {
    ["us-ascii", "ascii", "ansi_x3.4-1968", "unknown-8bit", "x-unknown"].contains(&label.to_ascii_lowercase().as_str())
}

/// Text fit for a record: no control characters, no direction overrides, white space as single spaces, at most `max`
/// characters.
pub(super) fn clean(text: &str, max: usize) -> String {
    let spaced = text.chars().map(|c| if matches!(c, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}') { ' ' } else { c });
    let kept: String = spaced.filter(|c| !c.is_control() && !is_direction(*c)).collect();
    kept.trim().chars().take(max).collect::<String>().trim_end().to_owned()
}

/// Marks that reorder or hide text: `gpj.exe` shown as `exe.jpg`.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{061c}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const GBK_REGISTER: &[u8] = b"\xb5\xc7\xbc\xc7\xb1\xed";

    #[test]
    fn gb2312_is_read_as_gb18030() {
        // 喆 is not in GB 2312, 㐀 only in GB 18030.
        let (bytes, _, _) = GB18030.encode("示例喆㐀");
        assert_eq!(text(Some("gb2312"), &bytes), "示例喆㐀");
        assert_eq!(text(Some("GBK"), &bytes), "示例喆㐀");
    }

    #[test]
    fn nothing_declared_or_wrongly_declared_is_guessed() {
        assert_eq!(text(None, GBK_REGISTER), "登记表");
        assert_eq!(text(Some("us-ascii"), GBK_REGISTER), "登记表");
        assert_eq!(text(Some("utf-8"), GBK_REGISTER), "登记表");
        assert_eq!(text(Some("x-nobody-knows"), "登记表".as_bytes()), "登记表");
        assert_eq!(text(Some("gb2312"), "登记表格".as_bytes()), "登记表格");
    }

    #[test]
    fn cleaning_takes_out_what_reorders_or_breaks() {
        assert_eq!(clean("a\u{202e}gpj.exe\r\n\tx\0", 255), "agpj.exe   x");
        assert_eq!(clean(&"长".repeat(4000), 255).chars().count(), 255);
    }
}
