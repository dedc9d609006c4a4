//! winmail.dat (TNEF, MS-OXTNEF): what Outlook makes of attachments when it sends in its own format. A stream of
//! attributes: level, id, length, data, checksum. The crate for it (`tnef` 0.1.1) stops at the first attribute it does
//! not know and leaves out attachments without dates, so the few lines stand here.

use std::sync::Arc;

use super::name::{clean, is_junk, readable};
use super::{MOST_MEMBERS, Member, too_many, torn};
use crate::fault::Fault;

/// Signature and key before the first attribute.
const HEAD: usize = 6;
/// Attributes with these ids, levels and types included.
const BODY: u32 = 0x0002_800c;
const RENDERING: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800f;
const PROPERTIES: u32 = 0x0006_9005;
/// MAPI properties: the long file name, and a mail inside the mail.
const LONG_NAME: u16 = 0x3707;
const OBJECT: u16 = 0x3701;

/// The attachments, and the mail's own text if it has one here.
pub(super) fn open(bytes: &Arc<[u8]>) -> Result<Vec<Member>, Fault> {
    let mut members: Vec<Member> = Vec::new();
    let mut rest = bytes.get(HEAD..).ok_or_else(torn)?;
    while let Some((id, data, next)) = attribute(rest) {
        rest = next;
        if members.len() > MOST_MEMBERS {
            break;
        }
        match id {
            BODY => members.push(Member { name: "正文.txt".to_owned(), bytes: Ok(text(data)) }),
            RENDERING if members.len() == MOST_MEMBERS => {
                members.push(Member { name: String::new(), bytes: Err(too_many()) });
            }
            // Until its data comes.
            RENDERING => members.push(Member { name: String::new(), bytes: Err(torn()) }),
            _ => members.last_mut().into_iter().for_each(|member| part_of(member, id, data)),
        }
    }
    if members.is_empty() && !rest.is_empty() {
        return Err(torn());
    }
    for (number, member) in (1..).zip(&mut members).filter(|(_, member)| member.name.is_empty()) {
        member.name = format!("#{number}");
    }
    members.retain(|member| !is_junk(&member.name));
    Ok(members)
}

/// One more thing about an attachment.
fn part_of(member: &mut Member, id: u32, data: &[u8]) {
    match id {
        TITLE if member.name.is_empty() => {
            member.name = clean(&readable(data.split(|b| *b == 0).next().unwrap_or(data)))
        }
        DATA => member.bytes = Ok(data.to_vec()),
        PROPERTIES => {
            if let Some(name) = property(data, LONG_NAME) {
                member.name = clean(&name.text());
            }
            // An object begins with the class of what it is; an embedded mail is TNEF again.
            if member.bytes.is_err()
                && let Some(object) = property(data, OBJECT)
            {
                member.bytes = Ok(object.data.get(16..).unwrap_or_default().to_vec());
            }
        }
        _ => (),
    }
}

fn text(data: &[u8]) -> Vec<u8> {
    data.strip_suffix(b"\0").unwrap_or(data).to_vec()
}

/// The next attribute: its id, its data and what follows. The checksum is not looked at: a wrong one is no reason to lose
/// a form, and the form's own checks follow.
fn attribute(rest: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let (head, rest) = rest.split_at_checked(9)?;
    let id = u32::from_le_bytes(head[1..5].try_into().ok()?);
    let length = u32::from_le_bytes(head[5..9].try_into().ok()?) as usize;
    let (data, rest) = rest.split_at_checked(length)?;
    // Some writers leave the last checksum out.
    Some((id, data, rest.get(2..).unwrap_or_default()))
}

/// A MAPI property's value.
struct Value<'a> {
    data: &'a [u8],
    wide: bool,
}

impl Value<'_> {
    fn text(&self) -> String {
        if !self.wide {
            return readable(text(self.data).as_slice());
        }
        let units: Vec<u16> = self.data.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned()
    }
}

/// A property of a list by its id. Sizes follow from types; a type nobody knows ends the list.
fn property(data: &[u8], wanted: u16) -> Option<Value<'_>> {
    let mut reader = Reader(data);
    let count = reader.number()?;
    for _ in 0..count.min(1_000) {
        let tag = reader.number()?;
        let (kind, id) = ((tag & 0xffff) as u16, (tag >> 16) as u16);
        if id >= 0x8000 {
            reader.named()?;
        }
        let values = if kind & 0x1000 != 0 || is_long(kind) { reader.number()? } else { 1 };
        let mut first = None;
        for _ in 0..values {
            let data = if is_long(kind & 0x0fff) { reader.long()? } else { reader.take(size(kind & 0x0fff)?)? };
            first.get_or_insert(data);
        }
        if id == wanted {
            return first.map(|data| Value { data, wide: kind == 0x001f });
        }
    }
    None
}

/// Texts, bytes and objects say how long they are.
fn is_long(kind: u16) -> bool {
    matches!(kind, 0x000d | 0x001e | 0x001f | 0x0102)
}

/// Numbers are padded to four bytes.
fn size(kind: u16) -> Option<usize> {
    match kind {
        0x0002 | 0x0003 | 0x0004 | 0x000a | 0x000b => Some(4),
        0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => Some(8),
        0x0048 => Some(16),
        _ => None,
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A length, that many bytes, and padding to four.
    fn long(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let data = self.take(length)?;
        let padding = length.next_multiple_of(4) - length;
        self.0 = self.0.get(padding..).unwrap_or_default();
        Some(data)
    }

    /// A property with a name instead of a number: a set, and a number or a text.
    fn named(&mut self) -> Option<()> {
        self.take(16)?;
        match self.number()? {
            0 => self.take(4).map(|_| ()),
            _ => self.long().map(|_| ()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(level: u8, id: u32, data: &[u8]) -> Vec<u8> {
        let sum = data.iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
        [&[level][..], &id.to_le_bytes(), &(data.len() as u32).to_le_bytes(), data, &sum.to_le_bytes()].concat()
    }

    /// A property list with the long name in UTF-16 behind a number and a named property.
    fn properties(name: &str) -> Vec<u8> {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        let mut list = 3u32.to_le_bytes().to_vec();
        list.extend([0x03, 0x00, 0x05, 0x37, 1, 0, 0, 0]);
        list.extend([0x0b, 0x00, 0x00, 0x80]);
        list.extend([0; 16]);
        list.extend([0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0]);
        list.extend([0x1f, 0x00, 0x07, 0x37, 1, 0, 0, 0]);
        list.extend((wide.len() as u32).to_le_bytes());
        list.extend(&wide);
        list.resize(list.len().next_multiple_of(4), 0);
        list
    }

    fn winmail() -> Vec<u8> {
        let head = b"\x78\x9f\x3e\x22\x01\x00".to_vec();
        let parts = [
            attribute(1, 0x0008_9006, &[0, 0, 1, 0]),
            attribute(1, 0x0006_9007, &[0; 8]),
            attribute(2, RENDERING, &[0; 14]),
            attribute(2, TITLE, b"FORM~1.DOC\0"),
            attribute(2, DATA, b"content"),
            attribute(2, PROPERTIES, &properties("登记表.docx")),
            attribute(2, RENDERING, &[0; 14]),
            attribute(2, DATA, b"second"),
            attribute(2, TITLE, b"\xb5\xc7\xbc\xc7\xb1\xed.txt\0"),
        ];
        head.into_iter().chain(parts.concat()).collect()
    }

    fn opened(bytes: &[u8]) -> Vec<Member> {
        open(&Arc::from(bytes)).unwrap()
    }

    #[test]
    fn attachments_come_out_with_their_long_names() {
        let members = opened(&winmail());
        let all: Vec<_> = members.iter().map(|m| (m.name.as_str(), m.bytes.as_deref().unwrap())).collect();
        assert_eq!(all, [("登记表.docx", &b"content"[..]), ("登记表.txt", b"second")]);
    }

    #[test]
    fn a_mail_that_was_cut_off_gives_what_is_whole() {
        let whole = winmail();
        let members = opened(&whole[..whole.len() - 30]);
        assert_eq!(members[0].bytes.as_deref().unwrap(), b"content");
        assert_eq!(members[1].bytes.as_ref().unwrap_err().code, "unreadable");
        assert_eq!(open(&Arc::from(&whole[..12])).unwrap_err().code, "unreadable");
    }

    #[test]
    fn the_mails_own_text_is_a_member() {
        let head = b"\x78\x9f\x3e\x22\x01\x00".to_vec();
        let bytes: Vec<u8> = head.into_iter().chain(attribute(1, BODY, b"text\0")).collect();
        assert_eq!(opened(&bytes)[0].bytes.as_deref().unwrap(), b"text");
    }
}
