//! The texts of the QR codes on forms (docs/qr-payload.md): `RF1|value|value|…|CRC32` on a filled-in one, and on a blank
//! one a mark that says which form it is, `…登记表第1版，空白表格|RF1|CRC32`.
//!
//! [`encode`] and [`mark`] write them, [`decode`] reads them and trusts nothing in them: any text gives a [`Payload`] or a
//! [`PayloadFault`]. What is decoded is evidence like any other and is checked by kind afterwards ([`super::check`]).

use super::check::visible;
use super::{FormSpec, Values};
use crate::fault::Fault;

/// Stands for a line break inside a value; a control character would not survive every reader.
const LINE_SEPARATOR: char = '\u{2028}';
/// More bytes than any QR symbol holds (version 40, level L): not from a QR code, or not to be taken in.
const MOST_BYTES: usize = 2953;
/// A refusal names at most this many fields to be shortened.
const NAMED_FIELDS: usize = 3;

/// What a QR text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The form's id.
    pub form: String,
    /// The form's version.
    pub version: u32,
    /// The values that are not empty, by field id; as written, not yet checked by kind. None in the mark of a blank form.
    pub values: Values,
}

/// Why a QR text is not taken for a form's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadFault {
    /// Not a form's text at all: an address, a ticket, a payment code.
    Foreign,
    /// Begins as a known form does, but its checksum is wrong or missing.
    Checksum,
    /// Whole, but of a form that is not defined here; the letters it begins with.
    UnknownForm(String),
    /// Whole, but of a version of the form that is not defined here.
    UnknownVersion {
        /// The form's id.
        form: String,
        /// The version it claims.
        version: u32,
    },
    /// Compressed (`RFZ1:`): reserved, written by nobody yet.
    Compressed,
}

impl PayloadFault {
    /// A stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            PayloadFault::Foreign => "qr-foreign",
            PayloadFault::Checksum => "qr-checksum",
            PayloadFault::UnknownForm(_) => "qr-form-unknown",
            PayloadFault::UnknownVersion { .. } => "qr-version-unknown",
            PayloadFault::Compressed => "qr-compressed",
        }
    }

    /// The fault for the reviewer.
    pub fn fault(&self) -> Fault {
        let message = match self {
            PayloadFault::Foreign => "页面上的二维码不是登记表的二维码，未采用".to_owned(),
            PayloadFault::Checksum => "二维码内容的校验码不符，未采用其中的内容".to_owned(),
            PayloadFault::UnknownForm(letters) => {
                format!("二维码属于未定义的表格（{letters}），未采用其中的内容")
            }
            PayloadFault::UnknownVersion { version, .. } => {
                format!("二维码属于本表第{version}版，该版本未定义，未采用其中的内容")
            }
            PayloadFault::Compressed => "二维码为尚未启用的压缩格式，未采用其中的内容".to_owned(),
        };
        Fault::new(self.code(), message)
    }
}

/// How much error correction a symbol carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A quarter of the symbol may be unreadable.
    Q,
    /// About a seventh.
    M,
}

/// The QR symbol a text goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Error correction.
    pub level: Level,
    /// The symbol's version, 5 to 15.
    pub version: u8,
    /// Modules on a side, without the quiet zone.
    pub modules: u32,
}

/// The smallest version drawn: with fewer modules in 40 mm the quiet zone of four would take more room than a page has.
const LEAST_VERSION: u8 = 5;
/// Bytes that symbols of version 5, 6, … 15 hold in byte mode (ISO/IEC 18004, table 7). Version 15 is the largest whose
/// modules are half a millimetre wide in a code of 40 mm.
const HELD_AT_Q: [usize; 11] = [60, 74, 86, 108, 130, 151, 177, 203, 241, 258, 292];
/// The same with less error correction.
const HELD_AT_M: [usize; 11] = [84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412];
/// The longest text a form's code may hold, in bytes.
pub const LONGEST: usize = HELD_AT_M[10];

/// The symbol for a text of so many bytes; none holds more than [`LONGEST`].
pub fn size(bytes: usize) -> Option<Size> {
    fit(bytes, Level::Q, &HELD_AT_Q).or_else(|| mark_size(bytes))
}

/// The symbol for a blank form's mark: it is small, so the modules' size counts for more than error correction.
pub fn mark_size(bytes: usize) -> Option<Size> {
    fit(bytes, Level::M, &HELD_AT_M)
}

fn fit(bytes: usize, level: Level, held: &[usize]) -> Option<Size> {
    let version = held.iter().position(|most| bytes <= *most)? as u8 + LEAST_VERSION;
    Some(Size { level, version, modules: 17 + 4 * u32::from(version) })
}

/// The QR text of a filled-in form, or why there can be none.
pub fn encode(spec: &FormSpec, values: &Values) -> Result<String, Vec<Fault>> {
    let mut text = head_of(spec).map_err(|fault| vec![fault])?;
    for field in spec.written() {
        text.push('|');
        text.push_str(&escaped(values.get(&field.id).map_or("", String::as_str)));
    }
    text = format!("{text}|{}", checksum(&text));
    if text.len() <= LONGEST { Ok(text) } else { Err(too_long(spec, values, text.len() - LONGEST)) }
}

/// The QR text that marks a blank form: a sentence for whoever scans it, then letters and version for programs. It holds
/// no values, so it can never stand in for what is written on the form.
pub fn mark(spec: &FormSpec) -> Result<String, Fault> {
    let head = head_of(spec)?;
    let text = format!("{}第{}版，空白表格|{head}", escaped(&spec.title), spec.version);
    Ok(format!("{text}|{}", checksum(&text)))
}

/// Letters and version, `RF1`.
fn head_of(spec: &FormSpec) -> Result<String, Fault> {
    let head = format!("{}{}", spec.letters, spec.version);
    if letters_and_version(&head) == Some((&spec.letters, spec.version)) {
        return Ok(head);
    }
    let message = format!("表格定义中的letters“{}”不能作二维码的开头：应为1至4个大写字母，末尾不为Z", spec.letters);
    Err(Fault::new("qr-letters", message))
}

/// Reads a QR text. Fields the definition does not have are left out, missing ones are empty.
pub fn decode(text: &str, forms: &[FormSpec]) -> Result<Payload, PayloadFault> {
    let (letters, version, body) = split(text, forms)?;
    let mut of_letters = forms.iter().filter(|form| form.letters == letters).peekable();
    let Some(form) = of_letters.peek().map(|form| form.id.clone()) else {
        return Err(PayloadFault::UnknownForm(letters.to_owned()));
    };
    let Some(spec) = of_letters.find(|form| form.version == version) else {
        return Err(PayloadFault::UnknownVersion { form, version });
    };
    let filled = spec.written().zip(body.split('|')).map(|(field, text)| (field.id.clone(), unescaped(text)));
    let values = filled.filter(|(_, value)| !value.is_empty()).collect();
    Ok(Payload { form: spec.id.clone(), version, values })
}

/// Whether a text is a form's, whole and unchanged: letters and version stand where they should and its checksum holds.
pub fn is_whole(text: &str) -> bool {
    text.len() <= MOST_BYTES && named(text).is_some() && sum_holds(text)
}

/// Letters, version and the fields of a text whose checksum holds.
fn split<'t>(text: &'t str, forms: &[FormSpec]) -> Result<(&'t str, u32, &'t str), PayloadFault> {
    let known = |letters: &str| forms.iter().any(|form| form.letters == letters);
    if text.len() > MOST_BYTES {
        return Err(PayloadFault::Foreign);
    }
    let Some((letters, version, fields)) = named(text) else {
        let compressed = text.split_once("Z1:").is_some_and(|(letters, _)| known(letters));
        return Err(if compressed { PayloadFault::Compressed } else { PayloadFault::Foreign });
    };
    match sum_holds(text) {
        true => Ok((letters, version, fields)),
        false if known(letters) => Err(PayloadFault::Checksum),
        false => Err(PayloadFault::Foreign),
    }
}

/// Letters, version and fields: those of a filled-in form before the first `|`, those of a mark, which has no fields,
/// before the last.
fn named(text: &str) -> Option<(&str, u32, &str)> {
    let (before, _) = text.rsplit_once('|')?;
    let (head, fields) = before.split_once('|').unwrap_or((before, ""));
    if let Some((letters, version)) = letters_and_version(head) {
        return Some((letters, version, fields));
    }
    let (_, tail) = before.rsplit_once('|')?;
    letters_and_version(tail).map(|(letters, version)| (letters, version, ""))
}

fn letters_and_version(head: &str) -> Option<(&str, u32)> {
    let (letters, version) = head.split_at(head.find(|c: char| !c.is_ascii_uppercase())?);
    let plain = (1..=4).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
    let reserved = letters.ends_with('Z') || version.starts_with('0');
    let good = (1..=4).contains(&letters.len()) && plain && !reserved;
    Some((letters, version.parse().ok().filter(|_| good)?))
}

/// Whether the checksum at the end is that of what stands before it.
fn sum_holds(text: &str) -> bool {
    text.rsplit_once('|').is_some_and(|(before, sum)| sum == checksum(before))
}

fn checksum(text: &str) -> String {
    format!("{:08X}", crc32fast::hash(text.as_bytes()))
}

/// The value as it stands in the text: composed, without what cannot be seen, `|` and line breaks replaced.
fn escaped(value: &str) -> String {
    visible(value).trim().replace('|', "｜").replace('\n', &LINE_SEPARATOR.to_string())
}

/// The value of a field of the text. `visible` takes the line separator for the line break it stands for.
fn unescaped(text: &str) -> String {
    visible(text).trim().to_owned()
}

/// A refusal of the whole and one for each of the longest fields, so that a page can say so beside them.
fn too_long(spec: &FormSpec, values: &Values, excess: usize) -> Vec<Fault> {
    let length = |id: &str| values.get(id).map_or(0, |value| escaped(value).len());
    let mut longest: Vec<_> = spec.written().filter(|field| length(&field.id) > 0).collect();
    longest.sort_by_key(|field| std::cmp::Reverse(length(&field.id)));
    longest.truncate(NAMED_FIELDS);
    let names: Vec<String> = longest.iter().map(|field| format!("“{}”", spec.full_label(field))).collect();
    let characters = excess.div_ceil(3);
    let whole = format!("内容过长，二维码放不下：请缩短{}，合计至少减少{characters}个汉字", names.join("、"));
    let one = |field: &&super::Field| {
        let count = values.get(&field.id).map_or(0, |value| value.chars().count());
        Fault::of(&field.id, "qr-too-long", format!("“{}”有{count}个字，过长，请缩短", spec.full_label(field)))
    };
    std::iter::once(Fault::new("qr-too-long", whole)).chain(longest.iter().map(one)).collect()
}

#[cfg(test)]
mod tests;
