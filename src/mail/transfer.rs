//! Content-Transfer-Encoding undone leniently: whatever can be saved is saved, and what was odd is said.

use crate::fault::Fault;

/// Decoded bytes and what was odd on the way.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub bytes: Vec<u8>,
    pub faults: Vec<Fault>,
}

/// Undoes the named encoding on the raw body of a part.
pub(super) fn decode(encoding: &str, body: &[u8]) -> Decoded {
    let name = encoding.split(['(', ';']).next().unwrap_or_default().trim().trim_matches('"').to_ascii_lowercase();
    match name.as_str() {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => uuencode(body),
        "" | "7bit" | "8bit" | "binary" => Decoded { bytes: body.to_vec(), faults: Vec::new() },
        _ => Decoded {
            bytes: body.to_vec(),
            faults: vec![Fault::new("transfer-encoding", format!("不认识的传输编码“{}”，按原样保存", short(&name)))],
        },
    }
}

fn short(name: &str) -> String {
    super::charset::clean(name, 40)
}

/// Base64: dirt is skipped, a missing padding keeps its tail. After a padding decoding goes on only if all that follows is
/// base64 again (parts glued together); a mailing list's footer is left out.
pub(super) fn base64(body: &[u8]) -> Decoded {
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut chunk, mut count, mut dirt) = (0u32, 0u32, 0usize);
    let (mut faults, mut padded) = (Vec::new(), false);
    let mut rest = body;
    while let Some((byte, after)) = rest.split_first() {
        if count == 0 {
            let done = whole_groups(rest, &mut bytes);
            if done > 0 {
                rest = &rest[done..];
                continue;
            }
        }
        rest = after;
        let value = SEXTET[usize::from(*byte)];
        if value < 64 {
            chunk = chunk << 6 | u32::from(value);
            count += 1;
            if count == 4 {
                bytes.extend_from_slice(&chunk.to_be_bytes()[1..]);
                (chunk, count) = (0, 0);
            }
        } else if *byte == b'=' && count >= 2 {
            flush(&mut bytes, chunk, count);
            (chunk, count) = (0, 0);
            // What follows the first padding is looked at once: if it is clean, so is what follows the next.
            if !std::mem::replace(&mut padded, true)
                && let Some(fault) = after_padding(rest)
            {
                faults.push(fault);
                break;
            }
        } else if !byte.is_ascii_whitespace() && *byte != b'=' {
            dirt += 1;
        }
    }
    match count {
        1 => faults.push(Fault::new("base64-tail", "附件编码末尾缺了一部分，内容可能不完整")),
        2 | 3 => faults.push(Fault::new("base64-padding", "附件编码末尾缺少填充符，已补上")),
        _ => (),
    }
    flush(&mut bytes, chunk, count);
    if dirt > 0 {
        faults.push(Fault::new("base64-dirt", format!("附件编码中夹杂了 {dirt} 个无效字符，已跳过，内容可能有误")));
    }
    Decoded { bytes, faults }
}

/// The groups of four at the start that are sound, which is nearly all there is; gives how much that was.
fn whole_groups(text: &[u8], bytes: &mut Vec<u8>) -> usize {
    let mut done = 0;
    for group in text.as_chunks::<4>().0 {
        let [a, b, c, d] = group.map(|byte| u32::from(SEXTET[usize::from(byte)]));
        if a | b | c | d >= 64 {
            break;
        }
        bytes.extend_from_slice(&(a << 18 | b << 12 | c << 6 | d).to_be_bytes()[1..]);
        done += 4;
    }
    done
}

/// Two or three characters left over hold one or two bytes.
fn flush(bytes: &mut Vec<u8>, chunk: u32, count: u32) {
    match count {
        2 => bytes.push((chunk >> 4) as u8),
        3 => bytes.extend_from_slice(&[(chunk >> 10) as u8, (chunk >> 2) as u8]),
        _ => (),
    }
}

/// What stands behind a padding: more whole groups of base64 go on, anything else is a fault and ends the content. So
/// does a line that begins with `=`, the checksum of OpenPGP's armour (RFC 9580 §6.1).
fn after_padding(rest: &[u8]) -> Option<Fault> {
    let padding = rest.iter().take_while(|b| **b == b'=').count();
    let rest = rest[padding..].trim_ascii();
    let mut text = rest.iter().filter(|b| !b.is_ascii_whitespace());
    let whole = text.clone().count().is_multiple_of(4);
    let clean = whole && !rest.starts_with(b"=") && text.all(|b| SEXTET[usize::from(*b)] < 64 || *b == b'=');
    (!clean).then(|| Fault::new("base64-trailer", "附件编码之后还有别的文字，已略去"))
}

/// The value of each base64 character, 255 for all others.
static SEXTET: [u8; 256] = sextets();

const fn sextets() -> [u8; 256] {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [255; 256];
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table
}

/// Quoted-printable: line ends stay as they are, blanks at a line's end go (RFC 2045 §6.7), `=` that begins nothing stays.
fn quoted_printable(body: &[u8]) -> Decoded {
    let mut bytes = Vec::with_capacity(body.len());
    let mut odd = 0usize;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let content = super::field::strip_eol(line);
        let end = &line[content.len()..];
        let content = content.trim_ascii_end();
        match content.strip_suffix(b"=") {
            Some(soft) => odd += quoted_line(soft, &mut bytes),
            None => {
                odd += quoted_line(content, &mut bytes);
                bytes.extend_from_slice(end);
            }
        }
    }
    let odd = (odd > 0).then(|| Fault::new("quoted-printable", format!("正文编码有 {odd} 处不合规范，已按原样保留")));
    Decoded { bytes, faults: odd.into_iter().collect() }
}

/// Decodes one line; gives the number of `=` that begin no pair of hex digits.
fn quoted_line(mut line: &[u8], bytes: &mut Vec<u8>) -> usize {
    let mut odd = 0;
    while let Some(at) = memchr::memchr(b'=', line) {
        bytes.extend_from_slice(&line[..at]);
        let pair = line[at + 1..].first_chunk::<2>().and_then(|[high, low]| hex_byte(*high, *low));
        bytes.push(pair.unwrap_or(b'='));
        odd += usize::from(pair.is_none());
        line = &line[at + if pair.is_some() { 3 } else { 1 }..];
    }
    bytes.extend_from_slice(line);
    odd
}

/// Two hex digits as a byte.
pub(super) fn hex_byte(high: u8, low: u8) -> Option<u8> {
    let digit = |b: u8| (b as char).to_digit(16);
    Some((digit(high)? * 16 + digit(low)?) as u8)
}

/// Uuencode: the lines between `begin` and `end`; without a `begin` the body as it is.
fn uuencode(body: &[u8]) -> Decoded {
    let mut lines = body.split(|b| *b == b'\n').map(super::field::strip_eol);
    if !lines.any(|line| line.starts_with(b"begin ") || line.starts_with(b"begin-")) {
        let fault = Fault::new("uuencode", "附件编码残缺（没有 begin 行），按原样保存");
        return Decoded { bytes: body.to_vec(), faults: vec![fault] };
    }
    let mut bytes = Vec::new();
    for line in lines {
        if line == b"end" {
            return Decoded { bytes, faults: Vec::new() };
        }
        uu_line(line, &mut bytes);
    }
    Decoded {
        bytes, faults: vec![Fault::new("uuencode", "附件编码残缺（没有 end 行），内容可能不完整")]
    }
}

fn uu_line(line: &[u8], bytes: &mut Vec<u8>) {
    let Some((length, data)) = line.split_first() else { return };
    let six = |b: Option<&u8>| u32::from(b.map_or(0, |b| b.wrapping_sub(32) & 63));
    let wanted = bytes.len() + usize::from(length.wrapping_sub(32) & 63);
    for group in data.chunks(4) {
        let word = (0..4).fold(0, |word, i| word << 6 | six(group.get(i)));
        bytes.extend_from_slice(&word.to_be_bytes()[1..]);
    }
    // Blanks at a line's end are stripped on the way; they stood for zeros.
    bytes.resize(wanted, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(decoded: &Decoded) -> Vec<&str> {
        decoded.faults.iter().map(|fault| fault.code.as_str()).collect()
    }

    #[test]
    fn base64_keeps_its_tail_without_padding() {
        let decoded = base64(b"5LiT5Yqe5ZGY");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded).len()), ("专办员".as_bytes(), 0));
        let decoded = base64(b"QUJDRA");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded)), (b"ABCD".as_slice(), vec!["base64-padding"]));
        let decoded = base64(b"QUJDR");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded)), (b"ABC".as_slice(), vec!["base64-tail"]));
    }

    #[test]
    fn base64_skips_dirt_and_leaves_footers_out() {
        let decoded = base64(b"QU\xffJD*\r\nRA==\r\n");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded)), (b"ABCD".as_slice(), vec!["base64-dirt"]));
        let decoded = base64(b"QUJDRA==\n____\nlist footer\n");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded)), (b"ABCD".as_slice(), vec!["base64-trailer"]));
        assert_eq!(base64(b"QQ== ignored").bytes, b"A");
        assert_eq!(base64(b"QQ==\nQg==\n").bytes, b"AB");
        assert_eq!(base64(b"====").bytes, b"");
        assert_eq!((base64(b"QQ==\n=zH6Q\n").bytes, base64(b"QQ===\n").faults.len()), (b"A".to_vec(), 0));
    }

    #[test]
    fn quoted_printable_keeps_line_ends() {
        assert_eq!(quoted_printable(b"a=3D=\r\nb \t\r\n=E8=a1=A8\n").bytes, "a=b\r\n表\n".as_bytes());
        let decoded = quoted_printable(b"1=2 =ZZ =");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded)), (b"1=2 =ZZ ".as_slice(), vec!["quoted-printable"]));
    }

    #[test]
    fn uuencode_is_decoded() {
        assert_eq!(uuencode(b"begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n").bytes, b"Cat");
        assert_eq!(codes(&uuencode(b"begin 644 a.txt\n#0V%T\n")), ["uuencode"]);
        assert_eq!(uuencode(b"no such thing").bytes, b"no such thing");
    }

    #[test]
    fn an_unknown_encoding_keeps_the_bytes_and_says_so() {
        let decoded = decode(" x-own ", b"abc");
        assert_eq!((decoded.bytes.as_slice(), codes(&decoded)), (b"abc".as_slice(), vec!["transfer-encoding"]));
        assert_eq!(decode("\"Base64\" (yes)", b"QQ==").bytes, b"A");
    }
}
