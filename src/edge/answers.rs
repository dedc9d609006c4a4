//! Answers from events to the outbox: what to write, or why not, and writing it once.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::outbox::{Outbox, address_key};
use super::store::{Inbox, Lock};
use crate::extract::MailHead;
use crate::fault::Fault;
use crate::mail::{Correspondence, correspondence};
use crate::post::Mailbox;
use crate::record::{Record, Signed, Status, Waits};
use crate::reply::guard::{Known, silence};
use crate::reply::message::Sender;
use crate::reply::{Answer, Received, Writer};
use crate::report::Diagnostic;
use crate::site::{Content, Sources};

/// What became of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// It is answered in the outbox, under this event.
    Written(String),
    /// It is not answered, for this reason.
    Silent(String),
}

/// Why nobody is answered where a form came on paper or as a bare file.
const NO_MAIL: &str = "纸质或扫描件投递，没有可以回复的来信";

/// The office as it answers.
#[derive(Debug)]
pub struct Answers<'a> {
    inbox: Inbox,
    outbox: Outbox,
    writer: Writer<'a>,
    sender: Sender,
    /// The address on the website, where it is another one than the sender's.
    published: String,
    /// Receipts by address on the day of the first one; see [`silence`].
    today: Mutex<Option<(String, BTreeMap<String, usize>)>>,
}

impl<'a> Answers<'a> {
    /// Prepares the templates. Without a mailbox the office's published address writes.
    pub fn load(
        root: &Path,
        sources: &Sources,
        content: &'a Content,
        mailbox: Option<&Mailbox>,
    ) -> Result<Answers<'a>, Vec<Diagnostic>> {
        let inbox = Inbox::of(root);
        Ok(Answers {
            outbox: Outbox::of(&inbox),
            inbox,
            writer: Writer::load(sources, content)?,
            sender: sender(content, mailbox),
            published: content.config.office.mailbox.clone(),
            today: Mutex::new(None),
        })
    }

    /// Its templates.
    pub fn writer(&self) -> &Writer<'a> {
        &self.writer
    }

    /// Who writes.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The outbox.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Writes the receipt of a mail into the outbox.
    pub fn receipt(
        &self,
        head: &MailHead,
        faults: &[Fault],
        records: &[Record],
        signed: &Signed,
        lock: &Lock,
    ) -> io::Result<Answered> {
        if head.document.is_some() {
            return Ok(Answered::Silent(NO_MAIL.to_owned()));
        }
        let raw = self.inbox.mail_head(&format!("mail/{}.eml", head.sha256))?;
        let mail = correspondence(&raw.unwrap_or_default());
        let received = Received { mail: &mail, head, faults, records };
        let today = self.count(&mail.head.from, 0, signed)?;
        let forged = head.vouched.disowns(&head.authentication);
        if let Some(reason) = silence(&mail, &Known { forged, ..self.known(received.has_form(), today) }) {
            return Ok(Answered::Silent(reason));
        }
        let answer = self.writer.receipt(&received, day(signed)).map_err(told)?;
        let answered = self.put(answer, signed, lock)?;
        self.count(&mail.head.from, 1, signed)?;
        Ok(answered)
    }

    /// What would be mailed for a record as it was decided, or why nothing would; absent where nothing was decided that
    /// its sender hears of.
    pub fn preview(&self, record: &Record, signed: &Signed) -> io::Result<Option<Result<Answer, String>>> {
        let correction = record.hold.as_ref().filter(|hold| hold.waits == Waits::Correction);
        if record.status == Status::Pending && correction.is_none() {
            return Ok(None);
        }
        if record.mail.is_by_hand() {
            return Ok(Some(Err(NO_MAIL.to_owned())));
        }
        let mail = self.mail_of(record)?;
        let forged = record.mail.vouched.disowns(&record.mail.authentication);
        if let Some(reason) = silence(&mail, &Known { forged, ..self.known(true, 0) }) {
            return Ok(Some(Err(reason)));
        }
        let answer = match correction {
            Some(hold) => {
                let note = Some(hold.reason.as_str()).filter(|note| !note.is_empty());
                self.writer.correction(record, note, &hold.at, &mail, day(signed)).map(Some)
            }
            None => self.writer.decided(record, &mail, day(signed)),
        };
        Ok(Some(answer.map_err(told)?.ok_or_else(|| "内部用表，不回复".to_owned())))
    }

    /// Writes the answer to a decision into the outbox.
    pub fn decided(&self, record: &Record, signed: &Signed, lock: &Lock) -> io::Result<Option<Answered>> {
        match self.preview(record, signed)? {
            None => Ok(None),
            Some(Err(reason)) => Ok(Some(Answered::Silent(reason))),
            Some(Ok(answer)) => self.put(answer, signed, lock).map(Some),
        }
    }

    /// Takes back the answer to a decision that is taken back, if it has not left: its event and whether it was stopped.
    pub fn withdraw(&self, record: &Record, signed: &Signed, lock: &Lock) -> io::Result<Option<(String, bool)>> {
        let Some(Ok(answer)) = self.preview(record, signed)? else { return Ok(None) };
        let stopped = self.outbox.cancel(&answer.event, signed, lock)?;
        let written =
            stopped || self.inbox.has_logged("sent", &answer.event)? || self.outbox.get(&answer.event)?.is_some();
        Ok(written.then_some((answer.event, stopped)))
    }

    fn put(&self, answer: Answer, signed: &Signed, lock: &Lock) -> io::Result<Answered> {
        let event = answer.event.clone();
        self.outbox.put(answer, &self.sender, signed, lock)?;
        Ok(Answered::Written(event))
    }

    fn known(&self, has_form: bool, today: usize) -> Known<'_> {
        Known { ours: vec![&self.sender.address, &self.published], has_form, today, forged: false }
    }

    /// Receipts to an address today, before adding more. The ledger is read once for all mails of a run.
    fn count(&self, address: &str, more: usize, signed: &Signed) -> io::Result<usize> {
        let mut today = self.today.lock().unwrap_or_else(PoisonError::into_inner);
        let day = day(signed);
        if today.as_ref().is_none_or(|(of, _)| of != day) {
            *today = Some((day.to_owned(), self.outbox.receipts_on(day)?));
        }
        let Some((_, count)) = today.as_mut() else { return Ok(0) };
        let before = count.entry(address_key(address)).or_default();
        *before += more;
        Ok(*before - more)
    }

    /// The mail a record came in; what the record knows of it where the mail itself was purged.
    fn mail_of(&self, record: &Record) -> io::Result<Correspondence> {
        if let Some(raw) = self.inbox.mail_head(&record.mail.file)? {
            return Ok(correspondence(&raw));
        }
        let mut mail = Correspondence::default();
        mail.head.from = record.mail.from.clone();
        mail.head.subject = record.mail.subject.clone();
        mail.head.date = record.received.clone();
        mail.thread =
            record.mail.message_id.iter().filter(|id| id.bytes().all(|b| b.is_ascii_graphic())).cloned().collect();
        Ok(mail)
    }
}

/// Who writes: the mailbox's address and name, else the office's published ones.
pub fn sender(content: &Content, mailbox: Option<&Mailbox>) -> Sender {
    let office = &content.config.office;
    Sender {
        name: mailbox.and_then(|mailbox| mailbox.name.clone()).unwrap_or_else(|| office.name.clone()),
        address: mailbox.map_or_else(|| office.mailbox.clone(), |mailbox| mailbox.address.clone()),
    }
}

/// The day an act is entered, which a decision's own day may precede.
fn day(signed: &Signed) -> &str {
    signed.at.get(..10).unwrap_or(&signed.on)
}

/// A broken template stops the work it is needed for; nothing is lost, the work is done again.
fn told(all: Vec<Diagnostic>) -> io::Error {
    io::Error::other(all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}
