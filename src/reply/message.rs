//! An answer as a mail: headers, both versions of its text, the same bytes for the same answer.
//!
//! RUSTSEC-2026-0561: lettre 0.11.23 lets a body that is not encoded inject SMTP commands. Bodies here are always base64,
//! and nothing is ever sent that was not made here.

use std::str::FromStr;
use std::time::SystemTime;

use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};

use super::Answer;
use crate::extract::sha256;
use crate::report::Said;
use crate::said;

/// How our identifiers begin.
const OURS: &str = "zhuanban.";

/// Who writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The office's name.
    pub name: String,
    /// Its address. QQ Mail refuses mail whose From is not the login.
    pub address: String,
}

/// The Message-ID of an event's mail, without brackets. The same event has the same one, so that whoever gets a mail twice
/// can see that it is one.
pub fn identifier(event: &str, address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
    format!("{OURS}{event}@{domain}")
}

/// Whether an identifier is one of ours.
pub fn is_ours(identifier: &str) -> bool {
    identifier.starts_with(OURS)
}

/// The mail. `written` is when the answer was written.
pub fn message(answer: &Answer, sender: &Sender, written: SystemTime) -> Result<Message, Said> {
    let address = |text: &str| {
        Address::from_str(text)
            .map_err(|e| said!("`{text}` is no address to send to: {e}", "“{text}”不是可用的邮箱地址"))
    };
    let id = identifier(&answer.event, &sender.address);
    let bracketed = |id: &str| format!("<{id}>");
    let thread: Vec<&String> = answer.thread.iter().filter(|id| id.bytes().all(|b| b.is_ascii_graphic())).collect();
    let mut builder = Message::builder()
        .from(Mailbox::new(Some(one_line(&sender.name)), address(&sender.address)?))
        .to(Mailbox::new(None, address(&answer.to)?))
        .subject(one_line(&answer.subject))
        .date(written)
        .message_id(Some(bracketed(&id)))
        .raw_header(raw("Auto-Submitted", if thread.is_empty() { "auto-generated" } else { "auto-replied" }))
        // Exchange answers with notices of absence unless told not to.
        .raw_header(raw("X-Auto-Response-Suppress", "All"));
    if let Some(last) = thread.last() {
        let all: Vec<String> = thread.iter().map(|id| bracketed(id)).collect();
        builder = builder.in_reply_to(bracketed(last)).references(all.join(" "));
    }
    let both = MultiPart::alternative()
        .boundary(format!("=_{}", &sha256(id.as_bytes())[..32]))
        .singlepart(part(ContentType::TEXT_PLAIN, &answer.text));
    builder
        .multipart(both.singlepart(part(ContentType::TEXT_HTML, &answer.html)))
        .map_err(|e| said!("the mail cannot be written: {e}", "邮件无法生成：{e}"))
}

/// Text for a header. Nothing that breaks lines gets here from outside, but lettre would panic on it.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    let lines = text.replace("\r\n", "\n").replace('\n', "\r\n");
    let body = Body::new_with_encoding(lines, ContentTransferEncoding::Base64)
        // Every text fits into base64; an empty one cannot break anything.
        .unwrap_or_else(|_| Body::new(String::new()));
    SinglePart::builder().header(kind).body(body)
}
