//! One mail in, everything found in it out: a pure function of the bytes. No clock, no disk, no network; it never fails,
//! what went wrong is in its faults, and every leaf of the mail has exactly one outcome.

pub mod explain;
mod join;
mod links;
mod outcome;
mod renew;
mod vouched;
mod walk;
mod watch;

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_yaml::FlowMap;

pub use outcome::{Leaf, Outcome};
pub use vouched::{Checked, Signature, Vouched};
pub use watch::Watch;

pub use crate::read::pixels::Marks;

use crate::fault::Fault;
use crate::mail::{self, Message};
use crate::read::Reader;
use crate::read::settle::FieldValue;
use crate::sheet::Picture;

/// Largest mail that is taken apart. The great mail services in China take 50 MB of files, which base64 makes 70 MB;
/// while it is read a mail is held in memory about three times.
pub const LARGEST_MAIL: usize = 128 << 20;

/// Everything found in one mail.
#[derive(Debug, Serialize)]
pub struct Extraction {
    /// The mail itself.
    pub mail: MailHead,
    /// One for each form found and each document that could not be read.
    pub records: Vec<Found>,
    /// One for each leaf of the mail, members of archives included.
    pub leaves: Vec<Leaf>,
    /// Faults of the mail as a whole.
    pub faults: Vec<Fault>,
}

/// What the record keeps of the mail's head.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MailHead {
    /// SHA-256 of the raw mail, lower-case hex.
    pub sha256: String,
    /// `Message-ID` without angle brackets.
    pub message_id: Option<String>,
    /// The sender's address.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// When it was sent, RFC 3339 in China time.
    pub date: Option<String>,
    /// Whether a machine sent it; such mail is never answered and holds no form.
    pub auto: bool,
    /// What a mail server says of the sender: method (`spf`, `dkim`, `dmarc`) to result.
    pub authentication: IndexMap<String, String>,
    /// Which server, and what else is known of the sender.
    #[serde(default, skip_serializing_if = "Vouched::is_empty")]
    pub vouched: Vouched,
    /// How the name of the kept file ends: absent for a mail, `pdf` for a scan that came without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

impl MailHead {
    /// Believes the server of this name, and no other.
    pub fn believe(&mut self, raw: &[u8], server: &str) {
        (self.authentication, self.vouched) = vouched::of(&mail::statement(raw, server), true);
    }

    /// The name of the kept file: the hash of its content, and what it is.
    pub fn file(&self) -> String {
        format!("{}.{}", self.sha256, self.document.as_deref().unwrap_or("eml"))
    }

    /// `20230712-3f9a2c1b`: the day the mail was sent, zeros where it does not say, and the mail's fingerprint. The
    /// ids of all its records begin so.
    pub fn id_prefix(&self) -> String {
        let day: String =
            self.date.iter().flat_map(|date| date.chars().take(10)).filter(char::is_ascii_digit).collect();
        let day = if day.len() == 8 { day } else { "00000000".to_owned() };
        format!("{day}-{}", &self.sha256[..8])
    }
}

/// A form or an unread document found in a mail.
#[derive(Debug, Serialize)]
pub struct Found {
    /// Sending day, eight digits of the mail's SHA-256, part and place: `20230712-3f9a2c1b-2`.
    pub id: String,
    /// The form's id; absent while nobody and nothing has read it.
    pub form: Option<String>,
    /// The document it stands in.
    pub document: Document,
    /// Seal and signature, where looked for.
    pub marks: Marks,
    /// What was read, by field id in the form's order.
    pub fields: IndexMap<String, FlowMap<FieldValue>>,
    /// Problems of this document, for the reviewer.
    pub faults: Vec<Fault>,
    /// The page for the reviewer to look at.
    #[serde(skip)]
    pub picture: Option<Picture>,
}

/// The document a record was found in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The attachment's name as its sender wrote it; data, never a path.
    pub name: String,
    /// SHA-256 of the document's bytes, lower-case hex.
    pub sha256: String,
    /// The part of the mail, IMAP numbering, members of archives behind a further dot.
    pub part: String,
    /// Page or worksheet, from 1.
    pub page: usize,
    /// Row of a summary sheet, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// Further documents of the mail that bear the same form: its second photo, the scan of what came as .docx too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Document>,
}

/// Takes a mail apart and reads every form in it.
pub fn extract(raw: &[u8], reader: &Reader) -> Extraction {
    extract_watched(raw, reader, &Watch::default())
}

/// The same, telling a watcher what it is at.
pub fn extract_watched(raw: &[u8], reader: &Reader, watch: &Watch) -> Extraction {
    if raw.len() > LARGEST_MAIL {
        return too_large(raw);
    }
    let message = mail::parse(raw);
    let mail = head(&message);
    let mut walk = walk::Walk::new(reader, mail.id_prefix(), watch);
    if let Some(why) = &message.head.auto {
        walk.ignore_all(&message.leaves, why);
    } else {
        walk.leaves(&message.leaves, 0);
        walk.mail_faults(&message.leaves);
    }
    watch.end();
    let mut faults = message.faults.clone();
    faults.append(&mut walk.faults);
    Extraction { mail, records: join::join(reader, walk.drafts()), leaves: walk.outcomes, faults }
}

/// A document that came without a mail.
#[derive(Debug, Clone)]
pub struct Bare {
    /// Its name, as whoever scanned it wrote it.
    pub name: String,
    /// When it came, RFC 3339 in China time.
    pub received: Option<String>,
    /// What stands in the sender's place.
    pub from: String,
    /// How its name ends.
    pub ending: String,
}

/// Reads every form in a document that came without a mail: its one leaf is the document.
pub fn extract_bare(bare: &Bare, bytes: &[u8], reader: &Reader, watch: &Watch) -> Extraction {
    let mail = MailHead {
        sha256: sha256(bytes),
        from: bare.from.clone(),
        subject: bare.name.clone(),
        date: bare.received.clone(),
        document: Some(bare.ending.clone()),
        ..MailHead::default()
    };
    if bytes.len() > LARGEST_MAIL {
        return Extraction { mail, records: Vec::new(), leaves: Vec::new(), faults: vec![over_limit("文件")] };
    }
    let mut walk = walk::Walk::new(reader, mail.id_prefix(), watch);
    walk.lone(&bare.name, bytes);
    watch.end();
    let drafts = walk.drafts();
    let mut faults = std::mem::take(&mut walk.faults);
    faults.extend(drafts.is_empty().then(|| Fault::new("no-form", "文件中没有找到登记表")));
    Extraction { mail, records: join::join(reader, drafts), leaves: walk.outcomes, faults }
}

/// A mail over the limit, or the start of one: who sent it is known, what it holds is not.
fn too_large(start: &[u8]) -> Extraction {
    let message = mail::parse_head(start);
    let faults = [message.faults.as_slice(), &[over_limit("邮件")]].concat();
    Extraction { mail: head(&message), records: Vec::new(), leaves: Vec::new(), faults }
}

fn over_limit(what: &str) -> Fault {
    let limit = LARGEST_MAIL >> 20;
    Fault::new("too-large", format!("{what}过大（上限 {limit} MB），未打开，请对方分开发送"))
}

fn head(message: &Message) -> MailHead {
    let head = &message.head;
    let (authentication, vouched) = vouched::of(&head.statement, false);
    MailHead {
        sha256: message.sha256.clone(),
        message_id: head.message_id.clone(),
        from: head.from.clone(),
        subject: head.subject.clone(),
        date: head.date.clone(),
        auto: head.auto.is_some(),
        authentication,
        vouched,
        document: None,
    }
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A document's bytes, shared between its sheets.
pub(crate) type Bytes = Arc<[u8]>;
