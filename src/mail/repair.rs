//! What `mail-parser` 0.11.9 leaves broken in header text: raw 8-bit values, and characters cut in two by encoded words or
//! by RFC 2231 segments. Each repair works on the bytes, before any charset is applied. This module can shrink when
//! `mail-parser` 1.x can be used.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::charset;
use super::transfer;

/// A raw value as one line of text: folds undone, 8-bit bytes read as UTF-8 or else GB18030.
/// Cost: a raw value in another charset (Big5, Latin-1) comes out wrong; undeclared 8-bit headers here are Chinese.
pub(super) fn unfold(raw: &[u8]) -> String {
    let bytes: Vec<u8> = raw.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n' | 0)).collect();
    charset::guess(&bytes)
}

/// Text with its encoded words decoded. Adjacent words of one charset are joined as bytes first.
pub(super) fn words(text: &str) -> String {
    rejoin(text, |decoded| decoded)
}

/// Text with its encoded words rejoined as whole ones, so that what a word holds cannot be taken for syntax.
pub(super) fn whole_words(text: &str) -> String {
    rejoin(text, |decoded| format!("=?utf-8?B?{}?=", STANDARD.encode(decoded)))
}

fn rejoin(text: &str, write: impl Fn(String) -> String) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = find_word(rest) {
        out.push_str(&rest[..first.start]);
        let (label, mut bytes) = (first.charset, first.bytes);
        rest = &rest[first.end..];
        while let Some(next) = find_word(rest)
            && rest[..next.start].trim().is_empty()
        {
            if next.charset == label {
                bytes.extend_from_slice(&next.bytes);
                rest = &rest[next.end..];
            } else {
                // Another charset: white space between two words is not text.
                rest = &rest[next.start..];
                break;
            }
        }
        out.push_str(&write(charset::text(Some(&label), &bytes)));
    }
    out.push_str(rest);
    out
}

struct Word {
    start: usize,
    end: usize,
    charset: String,
    bytes: Vec<u8>,
}

/// The first `=?charset?B|Q?…?=` of a text.
fn find_word(text: &str) -> Option<Word> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find("=?")?;
        if let Some((length, charset, bytes)) = read_word(&text[start..]) {
            return Some(Word { start, end: start + length, charset, bytes });
        }
        from = start + 2;
    }
}

fn read_word(text: &str) -> Option<(usize, String, Vec<u8>)> {
    // A charset's name is short; the limit keeps a value full of `=?` linear.
    let head = &text[..text.floor_char_boundary(60)];
    let (label, after) = head.strip_prefix("=?")?.split_once('?')?;
    let encoding = after.chars().next()?;
    let start = 2 + label.len() + 1 + encoding.len_utf8() + 1;
    if label.is_empty() || label.contains(char::is_whitespace) || after.as_bytes().get(1) != Some(&b'?') {
        return None;
    }
    let window = &text[start..text.floor_char_boundary(4096)];
    let length = window.find("?=")?;
    let payload = &window.as_bytes()[..length];
    let bytes = match encoding {
        'b' | 'B' => transfer::base64(payload).bytes,
        'q' | 'Q' => quoted(payload),
        _ => return None,
    };
    // RFC 2231 allows a language: `utf-8*zh`.
    let charset = label.split('*').next().unwrap_or(label).to_ascii_lowercase();
    Some((start + length + 2, charset, bytes))
}

fn quoted(payload: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = payload.iter().map(|b| if *b == b'_' { b' ' } else { *b }).collect();
    percent(&spaced, b'=')
}

/// Undoes `%41` (or `=41`); what is no pair of hex digits stays.
fn percent(bytes: &[u8], mark: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        match tail {
            [high, low, after @ ..]
                if *first == mark
                    && let Some(byte) = transfer::hex_byte(*high, *low) =>
            {
                out.push(byte);
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

/// A parameter in RFC 2231 form: `name*=utf-8''…`, `name*0*=…; name*1*=…`, `name*0=…`. The segments are joined as bytes, so
/// a character may be cut between them.
pub(super) fn segments(name: &str, parameters: &[(String, String)]) -> Option<String> {
    let mut found: Vec<(u32, bool, &str)> = parameters
        .iter()
        .filter_map(|(key, value)| {
            let position = key.strip_prefix(name)?.strip_prefix('*')?;
            let (number, encoded) = position.strip_suffix('*').map_or((position, position.is_empty()), |n| (n, true));
            let number = if number.is_empty() { 0 } else { number.parse().ok()? };
            Some((number, encoded, value.as_str()))
        })
        .collect();
    found.sort_by_key(|(number, ..)| *number);
    let (mut label, mut bytes) = (None, Vec::new());
    for (at, (_, encoded, value)) in found.iter().enumerate() {
        let mut value = *value;
        if at == 0
            && *encoded
            && let Some((charset, tail)) = value.split_once('\'')
        {
            label = Some(charset).filter(|charset| !charset.is_empty());
            value = tail.split_once('\'').map_or(tail, |(_language, text)| text);
        }
        bytes.extend(if *encoded { percent(value.as_bytes(), b'%') } else { value.as_bytes().to_vec() });
    }
    (!found.is_empty()).then(|| words(&charset::text(label, &bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn raw_values_are_utf8_or_gb18030() {
        assert_eq!(unfold(b" \xb5\xc7\xbc\xc7\r\n \xb1\xed"), " 登记 表");
        assert_eq!(unfold("登记表".as_bytes()), "登记表");
    }

    #[test]
    fn a_character_cut_between_two_words_is_whole_again() {
        assert_eq!(words("=?utf-8?B?5LiT5Yqe5ZGY5rE=?= =?utf-8?B?h+aAu+ihqC54bHN4?="), "专办员汇总表.xlsx");
        assert_eq!(words("=?gb2312?Q?=B5?= =?gb2312?Q?=C7?="), "登");
    }

    #[test]
    fn words_in_other_text_and_two_charsets() {
        assert_eq!(words("Re: =?utf-8?q?scan=2Ejpg?= (2)"), "Re: scan.jpg (2)");
        assert_eq!(words("=?gbk?B?tce8xw==?=  =?utf-8?B?6KGo?="), "登记表");
        assert_eq!(words("=?utf-8*zh?Q?=E8=A1=A8_1?="), "表 1");
    }

    #[test]
    fn what_is_no_word_stays() {
        for text in ["=?", "=?utf-8?B?", "=?utf-8?X?a?=", "a =?b c?= d", "1=?2"] {
            assert_eq!(words(text), text);
        }
    }

    #[test]
    fn a_word_cannot_become_syntax() {
        assert_eq!(whole_words("=?utf-8?Q?=3Cboss=40x=3E?= <a@b>"), "=?utf-8?B?PGJvc3NAeD4=?= <a@b>");
    }

    #[test]
    fn segments_may_cut_a_character_and_come_in_any_order() {
        let cut = [parameter("filename*1*", "%B8%93%2Edocx"), parameter("filename*0*", "UTF-8''%E5%A4%A7%E4")];
        assert_eq!(segments("filename", &cut).unwrap(), "大专.docx");
        assert_eq!(segments("name", &[parameter("name*", "gb18030''%B5%C7.pdf")]).unwrap(), "登.pdf");
        assert_eq!(segments("name", &[parameter("name*0", "a"), parameter("name*1", "b.pdf")]).unwrap(), "ab.pdf");
        assert_eq!(segments("name", &[parameter("filename*", "x")]), None);
    }
}
