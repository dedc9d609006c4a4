//! The outbox: mail that waits to be sent, `inbox/outbox/<event>.yaml`, which a person can read, and beside it the same
//! as `.eml`, which a mail program can open. The YAML counts; the `.eml` follows from it.
//!
//! An event is written here at most once, whatever crashes: the ledger remembers it (`answered`), and before that the file
//! itself. What has left lies in `inbox/sent/`.

mod mail;
pub mod send;
mod smtp;

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

pub use mail::{Mail, State};

use super::ledger::Entry;
use super::store::{Inbox, Lock};
use super::whole;
use crate::extract::sha256;
use crate::record::Signed;
use crate::reply::Answer;
use crate::reply::message::Sender;
use crate::report::Diagnostic;
use crate::said;
use crate::yaml;

/// `inbox/outbox` and `inbox/sent`.
#[derive(Debug, Clone)]
pub struct Outbox {
    inbox: Inbox,
}

/// What the ledger calls the writing of a mail.
pub const ANSWERED: &str = "answered";
const OUTBOX: &str = "outbox";
const SENT: &str = "sent";

impl Outbox {
    /// The outbox of an inbox.
    pub fn of(inbox: &Inbox) -> Outbox {
        Outbox { inbox: inbox.clone() }
    }

    /// Puts a mail into the outbox, once for each event and never again: whether it is new. The caller holds the inbox's
    /// lock, which proves that it does. For mail that answers nobody (a reminder) `answer.thread` is empty and
    /// `answer.about` absent; `answer.event` is then made of what may happen only once, such as
    /// `reminder-jyj-2023-07-20`, in letters, digits, `-` and `.` (at most 120).
    pub fn put(&self, answer: Answer, sender: &Sender, signed: &Signed, _lock: &Lock) -> io::Result<bool> {
        if !is_name(&answer.event) {
            return Err(io::Error::other(format!("`{}` cannot name a file", answer.event)));
        }
        if self.inbox.has_logged(ANSWERED, &answer.event)? {
            return Ok(false);
        }
        let (event, to) = (answer.event.clone(), answer.to.clone());
        if !self.holds(&event) {
            self.store(&Mail::of(answer, &signed.at), sender)?;
        }
        self.log(ANSWERED, &event, Some(address_key(&to)), signed)?;
        Ok(true)
    }

    fn holds(&self, event: &str) -> bool {
        [OUTBOX, SENT].iter().any(|folder| self.path(folder, event, "yaml").exists())
    }

    /// All mails in the outbox, and every file that is none.
    pub fn list(&self) -> io::Result<(Vec<Mail>, Vec<Diagnostic>)> {
        let (mut mails, mut faults) = (Vec::new(), Vec::new());
        for event in self.names(".yaml")? {
            match self.read(OUTBOX, &event)? {
                Some(Ok(mail)) => mails.push(mail),
                Some(Err(fault)) => faults.push(fault),
                None => {}
            }
        }
        mails.sort_by(|a, b| (&a.written, &a.event).cmp(&(&b.written, &b.event)));
        Ok((mails, faults))
    }

    /// The events of the outbox's files with this ending.
    fn names(&self, ending: &str) -> io::Result<Vec<String>> {
        let entries = match std::fs::read_dir(self.inbox.path(OUTBOX)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut events = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            events.extend(
                name.to_str().and_then(|name| name.strip_suffix(ending)).filter(|n| is_name(n)).map(str::to_owned),
            );
        }
        Ok(events)
    }

    /// A mail of the outbox by its event.
    pub fn get(&self, event: &str) -> io::Result<Option<Result<Mail, Diagnostic>>> {
        self.read(OUTBOX, event)
    }

    fn read(&self, folder: &str, event: &str) -> io::Result<Option<Result<Mail, Diagnostic>>> {
        let text = match std::fs::read_to_string(self.path(folder, event, "yaml")) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let shown = format!("inbox/{folder}/{event}.yaml");
        let mail = serde_yaml::from_str::<Mail>(&text).map_err(|e| yaml::syntax_error(&shown, &e));
        Ok(Some(mail.and_then(|mail| if mail.event == event { Ok(mail) } else { Err(misnamed(&shown, &mail.event)) })))
    }

    /// Takes a mail back that has not left: whether it was there to be taken.
    pub fn cancel(&self, event: &str, signed: &Signed, _lock: &Lock) -> io::Result<bool> {
        let may_go = |mail: &Mail| matches!(mail.state, State::Waiting | State::Failed);
        let Some(Ok(_)) = self.read(OUTBOX, event)?.filter(|mail| mail.as_ref().is_ok_and(may_go)) else {
            return Ok(false);
        };
        self.remove(event)?;
        self.log("cancelled", event, None, signed)?;
        Ok(true)
    }

    /// Writes a mail into the outbox; the YAML last, for it is what counts.
    fn store(&self, mail: &Mail, sender: &Sender) -> io::Result<()> {
        let raw = mail.raw(sender).map_err(|said| io::Error::other(said.to_string()))?;
        let eml = self.path(OUTBOX, &mail.event, "eml");
        if !eml.exists() {
            whole::write(&eml, &raw)?;
        }
        self.write(OUTBOX, mail)
    }

    fn write(&self, folder: &str, mail: &Mail) -> io::Result<()> {
        let text = yaml::write(mail).map_err(io::Error::other)?;
        whole::write(&self.path(folder, &mail.event, "yaml"), text.as_bytes())
    }

    /// Moves a mail that has left to `inbox/sent`: there first, then the ledger, then away from here. Doing it again
    /// after a crash finishes it.
    fn keep_sent(&self, mail: &Mail, raw: &[u8], signed: &Signed) -> io::Result<()> {
        whole::write(&self.path(SENT, &mail.event, "eml"), raw)?;
        self.write(SENT, mail)?;
        self.settle_sent(&mail.event, signed)
    }

    fn settle_sent(&self, event: &str, signed: &Signed) -> io::Result<()> {
        if !self.inbox.has_logged("sent", event)? {
            self.log("sent", event, None, signed)?;
        }
        self.remove(event)
    }

    /// Removes what a crash left of a mail that is no more, or never came to be. The caller holds the lock.
    fn sweep(&self) -> io::Result<()> {
        let mails = self.names(".eml")?;
        let lonely = mails.iter().filter(|event| !self.path(OUTBOX, event, "yaml").exists());
        lonely.map(|event| self.path(OUTBOX, event, "eml")).try_for_each(|path| whole::remove(&path))
    }

    fn remove(&self, event: &str) -> io::Result<()> {
        whole::remove(&self.path(OUTBOX, event, "yaml"))?;
        whole::remove(&self.path(OUTBOX, event, "eml"))
    }

    fn path(&self, folder: &str, event: &str, ending: &str) -> PathBuf {
        self.inbox.path(folder).join(format!("{event}.{ending}"))
    }

    fn log(&self, did: &str, on: &str, detail: Option<String>, signed: &Signed) -> io::Result<()> {
        let (at, by) = (signed.at.clone(), signed.by.clone());
        self.inbox.log(vec![Entry { at, by, did: did.into(), on: on.into(), detail, prev: String::new() }])
    }

    /// Receipts written on one day (`YYYY-MM-DD`) by [`address_key`]; the ledger knows, whatever became of the files.
    pub fn receipts_on(&self, day: &str) -> io::Result<BTreeMap<String, usize>> {
        let mut count = BTreeMap::new();
        for entry in self.inbox.logged_on(day, ANSWERED)?.into_iter().filter(|e| e.on.ends_with("-receipt")) {
            *count.entry(entry.detail.unwrap_or_default()).or_default() += 1;
        }
        Ok(count)
    }
}

/// An address in the ledger, which is kept longer than mails are: enough to count by, nothing to read.
pub fn address_key(address: &str) -> String {
    sha256(address.to_lowercase().as_bytes())[..16].to_owned()
}

/// What may name a file on any system.
fn is_name(event: &str) -> bool {
    let good = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    (1..=120).contains(&event.len()) && !event.starts_with('.') && event.bytes().all(good)
}

fn misnamed(path: &str, event: &str) -> Diagnostic {
    Diagnostic::of_file(path, said!("holds `{event}`, which is not its name", "内容是 `{event}`，与文件名不符"))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn answer(event: &str) -> Answer {
        Answer {
            event: event.to_owned(),
            to: "unit@example.com".to_owned(),
            subject: "回复：登记表".to_owned(),
            thread: vec!["a@example.com".to_owned()],
            about: Some("2023-07-04T09:12:36+08:00".to_owned()),
            text: "来信单位：\n\n　　收悉。\n".to_owned(),
            html: "<p>来信单位：</p>\n<p>a: b # c</p>".to_owned(),
        }
    }

    fn signed() -> Signed {
        Signed { by: "示例员".into(), at: "2023-07-04T10:00:00+08:00".into(), on: "2023-07-04".into() }
    }

    fn sender() -> Sender {
        Sender { name: "采购办".into(), address: "office@example.com".into() }
    }

    #[test]
    fn an_event_is_written_once_and_never_again() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::of(folder.path());
        let (outbox, lock) = (Outbox::of(&inbox), inbox.lock().unwrap());
        let put = || outbox.put(answer("a-receipt"), &sender(), &signed(), &lock).unwrap();
        assert!(put());
        assert!(!put());
        let (mails, faults) = outbox.list().unwrap();
        assert_eq!((mails.len(), faults.len()), (1, 0));
        assert_eq!(mails[0], Mail::of(answer("a-receipt"), &signed().at));
        let text = std::fs::read_to_string(inbox.path("outbox/a-receipt.yaml")).unwrap();
        assert!(text.contains("\n  来信单位：\n\n  　　收悉。\n"), "{text}");
        assert_eq!(outbox.receipts_on("2023-07-04").unwrap()[&address_key("Unit@example.com")], 1);

        assert!(outbox.cancel("a-receipt", &signed(), &lock).unwrap());
        assert!(!outbox.cancel("a-receipt", &signed(), &lock).unwrap());
        assert!(!put(), "what was taken back is not written again");
        assert!(outbox.list().unwrap().0.is_empty());
    }

    #[test]
    fn an_event_cannot_be_a_path() {
        for event in ["", "../x", "a/b", ".hidden", "示例", "a b"] {
            assert!(!is_name(event), "{event}");
        }
        assert!(is_name("20230704-edc12cdc-2.1p2r3-accepted-2"));
    }
}
