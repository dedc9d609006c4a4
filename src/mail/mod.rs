//! Mail: bytes in, [`Message`] out. Every MIME leaf is listed with the bytes its sender put into it.
//!
//! Parsing never fails; what went wrong stands in the faults of the message or of the leaf it touches.
//!
//! The steps: [`part`] cuts the mail into leaves, [`field`] the header blocks into fields, [`transfer`] undoes base64 and
//! its kin, [`repair`] mends header text before `mail-parser` reads addresses, dates and identifiers from it, [`statement`]
//! reads what servers say of the sender, [`auto`] tells what no person wrote.
//!
//! Why `mail-parser` 0.11.9 does not cut the mail too: a mail of 200,000 nested messages overflows its stack when the
//! tree is dropped, a boundary that begins with another one's text is taken for it, and a missing close boundary costs
//! the leaf its decoding. Our walk is bounded and line by line.

mod auto;
mod charset;
mod correspondence;
mod field;
mod head;
mod part;
mod repair;
mod statement;
mod transfer;

use std::borrow::Cow;

use sha2::{Digest, Sha256};

pub use correspondence::{Correspondence, correspondence};
pub use head::is_ambiguous;
pub use statement::Statement;

use crate::fault::Fault;

/// Bytes of a head that are read of a mail too large to be taken apart: servers refuse heads of more.
const LARGEST_HEAD: usize = 1 << 20;

/// One mail: its head and all its leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// SHA-256 of the raw bytes, lower-case hex: the mail's name everywhere.
    pub sha256: String,
    /// What the outermost header says.
    pub head: Head,
    /// Every leaf in the order of the mail, also those of forwarded mails.
    pub leaves: Vec<Leaf>,
    /// What is wrong with the mail as a whole.
    pub faults: Vec<Fault>,
}

/// The outermost header, decoded; values hold no control characters and no direction overrides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Without angle brackets.
    pub message_id: Option<String>,
    /// The sender's address, empty when there is none, or more than one.
    pub from: String,
    /// The sender's name as given.
    pub from_name: Option<String>,
    /// The subject, empty when there is none.
    pub subject: String,
    /// When it was sent, by the sender's clock: RFC 3339 in China's time (+08:00).
    pub date: Option<String>,
    /// Why no person wrote this mail, in Chinese; absent for ordinary mail.
    pub auto: Option<String>,
    /// What the topmost Authentication-Results says, whoever wrote it; see [`statement`].
    pub statement: Statement,
}

/// One MIME leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaf {
    /// The number IMAP gives it: `1`, `1.2`; inside a forwarded mail in part 2: `2.1`, `2.2`.
    pub part: String,
    /// The file name it came with, at most 255 characters. Metadata only, never a path.
    pub name: Option<String>,
    /// Declared type, lower case, e.g. `image/jpeg`. What it really is, the bytes tell.
    pub content_type: String,
    /// The content as sent: transfer encoding undone, before any charset.
    pub bytes: Vec<u8>,
    /// The declared charset, lower case.
    pub charset: Option<String>,
    /// Sent as an attachment, or with a file name and without another disposition.
    pub attachment: bool,
    /// Sent to be shown inside the text.
    pub inline: bool,
    /// The number of the nearest multipart/alternative it stands in; the mail's own body is the empty number.
    pub alternative: Option<String>,
    /// What is wrong with this leaf.
    pub faults: Vec<Fault>,
}

impl Leaf {
    /// The text of a text leaf. gb2312 and gbk are read as gb18030; without a charset strict UTF-8 is tried first.
    pub fn text(&self) -> Option<String> {
        self.content_type.starts_with("text/").then(|| charset::text(self.charset.as_deref(), &self.bytes))
    }
}

/// Reads a mail. Pure; never fails.
pub fn parse(raw: &[u8]) -> Message {
    let sha256 = hex(&Sha256::digest(raw));
    let mut faults = Vec::new();
    let raw = &*with_line_feeds(raw);
    let (fields, body) = field::split(raw);
    if raw.iter().all(u8::is_ascii_whitespace) {
        faults.push(Fault::new("empty", "邮件是空的"));
    } else if fields.is_empty() {
        faults.push(Fault::new("no-header", "没有邮件头，可能不是一封邮件"));
    }
    let head = head::read(&fields, &mut faults);
    let leaves = part::leaves(raw, &fields, body, &mut faults);
    Message { sha256, head, leaves, faults }
}

/// What the server of this name says of a mail's sender; nothing where it says nothing.
pub fn statement(raw: &[u8], server: &str) -> Statement {
    statement::of(&field::split(&with_line_feeds(raw)).0, Some(server))
}

/// Reads the head alone, from the start of a mail that is too large to be taken apart. Never fails.
pub fn parse_head(start: &[u8]) -> Message {
    let mut faults = Vec::new();
    let (fields, _) = field::split(&start[..start.len().min(LARGEST_HEAD)]);
    let head = head::read(&fields, &mut faults);
    Message { sha256: hex(&Sha256::digest(start)), head, leaves: Vec::new(), faults }
}

/// Old Macintosh mail ends its lines with a lone CR.
fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_and_noise_are_faults_and_never_a_panic() {
        assert_eq!(parse(b"").faults[0].code, "empty");
        assert_eq!(parse(b"\xff\xfe\x00garbage\n\n").faults[0].code, "no-header");
        assert!(parse(b"\n\n").leaves.len() <= 1);
        assert_eq!(parse(b"From: a@x.example\r\rbody").leaves[0].bytes, b"body");
    }

    #[test]
    fn a_mail_is_named_by_its_bytes() {
        let sha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(parse(b"").sha256, sha);
    }
}
