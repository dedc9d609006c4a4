//! Answers: what the office writes to those who send it mail, as a pure function of what happened.
//!
//! An event calls for at most one [`Answer`]: a mail was taken in ([`Writer::receipt`]), a record was decided
//! ([`Writer::decided`]), a correction is asked for ([`Writer::correction`]), a unit
//! is reminded ([`Writer::reminder`]). [`guard`] says which mail is not answered at
//! all, [`mask`] hides private values, [`mend`] puts faults into words for a unit. The words themselves stand in
//! `templates/mail/`. [`message`] makes a mail of an answer; sending it is the edge's work.

pub mod guard;
mod letterhead;
pub mod mask;
pub mod mend;
pub mod message;
mod receipt;
pub mod reminder;
mod verdict;

use serde::Serialize;
use tera::Context;

use crate::mail::Correspondence;
use crate::report::Diagnostic;
use crate::site::engine::Engine;
use crate::site::{Content, Sources};

pub use receipt::Received;

/// A mail of ours before it is put into an envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// What it answers, once and never again: `20230704-edc12cdc-receipt`. Also its file's name and its Message-ID.
    pub event: String,
    /// The address it goes to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The identifiers of the thread it belongs to, that of the mail answered last; empty for mail that begins one.
    pub thread: Vec<String>,
    /// When the mail that it is about was sent, RFC 3339: nobody wants a receipt for a mail of last year. Absent where
    /// the answer is about something the office did.
    pub about: Option<String>,
    /// The text, complete by itself.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Writes answers with the office's templates.
#[derive(Debug)]
pub struct Writer<'a> {
    engine: Engine,
    content: &'a Content,
}

/// The templates of `templates/mail/`, each there as `.txt` and `.html`.
const TEMPLATES: [&str; 8] = ["receipt", "unread", "link", "no-form", "accepted", "rejected", "correction", "remind"];

/// The longest piece of foreign text that an answer repeats, in characters: who forges a sender shall not have us carry
/// his letter to him.
const LONGEST: usize = 60;

impl<'a> Writer<'a> {
    /// Parses the templates; every fault of every file at once.
    pub fn load(sources: &Sources, content: &'a Content) -> Result<Writer<'a>, Vec<Diagnostic>> {
        let engine = Engine::of_mails(sources)?;
        let names = TEMPLATES.iter().flat_map(|name| [format!("mail/{name}.txt"), format!("mail/{name}.html")]);
        let missing: Vec<Diagnostic> = names.filter(|name| !engine.has(name)).map(|name| missing(&name)).collect();
        if missing.is_empty() { Ok(Writer { engine, content }) } else { Err(missing) }
    }

    /// Renders both versions of a template for one who wrote to us.
    fn write(
        &self,
        template: &str,
        view: &impl Serialize,
        day: &str,
        mail: &Correspondence,
    ) -> Result<(String, String), Vec<Diagnostic>> {
        let mut context = Context::new();
        context.insert("view", view);
        context.insert("letterhead", &letterhead::of(self.content, day));
        context.insert("subject", &quoted(&mail.head.subject));
        context.insert("sent", &mail.head.date.as_deref().map(minute));
        let text = self.engine.render(&format!("mail/{template}.txt"), &context)?;
        let html = self.engine.render(&format!("mail/{template}.html"), &context)?;
        Ok((tidy(&text), html))
    }
}

fn missing(name: &str) -> Diagnostic {
    Diagnostic::of_file(&format!("templates/{name}"), crate::said!("this file is missing", "缺少此文件"))
}

/// Templates leave empty lines where they have nothing to say.
fn tidy(text: &str) -> String {
    let mut out = String::new();
    for line in text.trim().lines().map(str::trim_end) {
        if !(line.is_empty() && out.ends_with("\n\n")) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// `回复：` and what the mail was about; a number makes it findable.
fn subject_of(mail: &Correspondence, about: &str) -> String {
    let mut subject = mail.head.subject.trim();
    // Every mail program puts its own word before an answer; one is enough.
    const ANSWERED: [&str; 8] = ["回复：", "回复:", "答复：", "答复:", "Re:", "RE:", "re:", "Re："];
    while let Some(rest) = ANSWERED.iter().find_map(|word| subject.strip_prefix(word)) {
        subject = rest.trim_start();
    }
    let subject = if subject.is_empty() { "来信".to_owned() } else { quoted(subject) };
    format!("回复：{subject}（{about}）")
}

/// Foreign text on one line, without anything unseen, and not too long.
fn quoted(text: &str) -> String {
    let unseen = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(unseen).collect();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// `2023-07-04T09:12:36+08:00` as 2023年7月4日 09:12.
fn minute(at: &str) -> String {
    let (day, time) = at.split_at_checked(10).unwrap_or((at, ""));
    let time = time.get(1..6).map_or(String::new(), |time| format!(" {time}"));
    format!("{}{time}", crate::site::words::day(day))
}
