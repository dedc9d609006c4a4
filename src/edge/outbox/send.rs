//! Sending what waits: which mail is due, what follows from each delivery, and what is left for the office to settle.
//!
//! **How far SMTP allows "exactly once".** Between the last byte of a mail and the server's word that it took it, nobody
//! can know whether it arrived. A mail is marked `sending` just before that window and moved to `sent` just after. One that
//! is found `sending` after a crash, or whose connection broke inside the window, is `unsure` and never sent again by
//! itself: the office looks into the mailbox's own folder of sent mail and says which. Everything else is tried again.

use std::fs::File;
use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::smtp::{Delivery, Smtp};
use super::{Mail, OUTBOX, Outbox, SENT, State};
use crate::edge::failpoint;
use crate::post::{Secret, Server};
use crate::record::Signed;
use crate::reply::message::Sender;
use crate::report::Said;
use crate::said;

/// Waiting times between attempts, in minutes: greylisting asks for a few minutes, a full mailbox for a day.
const PAUSES: [i64; 5] = [5, 30, 2 * 60, 8 * 60, 24 * 60];

/// A receipt for a mail older than this is not sent unless asked for: the first fetch of an old mailbox must not write to
/// everybody who ever wrote to it.
pub const OLDEST: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Why a mail is not tried now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is tried.
    Due,
    /// Its next attempt is later.
    NotYet,
    /// It is a receipt for old mail.
    Old,
    /// The office has to settle it.
    Office,
}

/// Whether it is a mail's turn.
pub fn turn(mail: &Mail, now: Timestamp, also_old: bool) -> Turn {
    let time = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
    let is_old = time(&mail.about).is_some_and(|about| now.duration_since(about) > OLDEST);
    match mail.state {
        State::Sending | State::Unsure | State::Failed | State::Sent => Turn::Office,
        State::Waiting if is_old && !also_old => Turn::Old,
        State::Waiting if time(&mail.next).is_some_and(|next| next > now) => Turn::NotYet,
        State::Waiting => Turn::Due,
    }
}

/// A sender at work; only one at a time.
#[derive(Debug)]
pub struct Sending<'a> {
    outbox: &'a Outbox,
    sender: &'a Sender,
    signed: Signed,
    _only: File,
}

impl<'a> Sending<'a> {
    /// Begins, and settles what a crash left; absent while another sender is at work.
    pub fn begin(outbox: &'a Outbox, sender: &'a Sender, signed: &Signed) -> io::Result<Option<Sending<'a>>> {
        std::fs::create_dir_all(outbox.inbox.path(OUTBOX))?;
        let path = outbox.inbox.path(".sending");
        let only = File::options().create(true).truncate(false).write(true).open(path)?;
        if only.try_lock().is_err() {
            return Ok(None);
        }
        let sending = Sending { outbox, sender, signed: signed.clone(), _only: only };
        sending.recover()?;
        Ok(Some(sending))
    }

    /// A mail that is `sending` although nobody sends: it has left, or nobody knows.
    fn recover(&self) -> io::Result<()> {
        let _lock = self.outbox.inbox.lock()?;
        self.outbox.sweep()?;
        for mail in self.outbox.list()?.0.into_iter().filter(|mail| mail.state == State::Sending) {
            if self.outbox.path(SENT, &mail.event, "yaml").exists() {
                self.outbox.settle_sent(&mail.event, &self.signed)?;
            } else {
                let said = "程序在发送过程中停止".to_owned();
                self.outbox.write(OUTBOX, &Mail { state: State::Unsure, said: Some(said), ..mail })?;
            }
        }
        Ok(())
    }

    /// Delivers the mails that are due and tells of each. Ends early when the server cannot be reached or refuses the
    /// login: that is no mail's fault, so none is changed by it.
    pub fn deliver(
        &self,
        root: &Path,
        (server, password): (&Server, &Secret),
        due: &[Mail],
        mut tell: impl FnMut(&Mail),
    ) -> io::Result<Result<(), Said>> {
        let mut smtp = match Smtp::new(root, server, password, &self.sender.address) {
            Ok(smtp) => smtp,
            Err(said) => return Ok(Err(said)),
        };
        for mail in due {
            if let Err(said) = smtp.open() {
                return Ok(Err(said));
            }
            match self.one(&mut smtp, mail)? {
                Ok(after) => after.iter().for_each(&mut tell),
                Err(said) => return Ok(Err(said)),
            }
        }
        smtp.close();
        Ok(Ok(()))
    }

    /// One mail; absent if it was taken back in the meantime.
    fn one(&self, smtp: &mut Smtp<'_>, mail: &Mail) -> io::Result<Result<Option<Mail>, Said>> {
        let raw = match mail.raw(self.sender) {
            Ok(raw) => raw,
            Err(said) => return self.after(mail, Delivery::Refused(said.zh), &[]).map(Ok),
        };
        let leaving = || -> io::Result<bool> {
            let _lock = self.outbox.inbox.lock()?;
            let still = self.outbox.get(&mail.event)?.and_then(Result::ok).is_some_and(|now| now == *mail);
            if still {
                self.outbox
                    .write(OUTBOX, &Mail { state: State::Sending, attempts: mail.attempts + 1, ..mail.clone() })?;
            }
            Ok(still)
        };
        let delivery = smtp.deliver(&mail.to, &raw, leaving)?;
        failpoint::pass();
        if let Delivery::Barred(reason) = delivery {
            let from = &self.sender.address;
            return Ok(Err(said!(
                "the server does not let {from} send: {reason}",
                "服务器不允许以 {from} 发信：{reason}"
            )));
        }
        self.after(mail, delivery, &raw).map(Ok)
    }

    /// What follows from a delivery.
    fn after(&self, mail: &Mail, delivery: Delivery, raw: &[u8]) -> io::Result<Option<Mail>> {
        let _lock = self.outbox.inbox.lock()?;
        // Taken back before anything of it left.
        if self.outbox.get(&mail.event)?.is_none() {
            return Ok(None);
        }
        let now = now();
        let tried = Mail { attempts: mail.attempts + 1, next: None, ..mail.clone() };
        let after = match delivery {
            Delivery::Withdrawn | Delivery::Barred(_) => return Ok(None),
            Delivery::Taken(said) => {
                let sent = Mail { state: State::Sent, said: Some(said), sent: Some(in_china(now)), ..tried };
                self.outbox.keep_sent(&sent, raw, &self.signed)?;
                return Ok(Some(sent));
            }
            Delivery::Later(said) => later(tried, said, now),
            Delivery::Refused(said) => Mail { state: State::Failed, said: Some(said), ..tried },
            Delivery::Unsure(said) => Mail { state: State::Unsure, said: Some(said), ..tried },
        };
        self.outbox.write(OUTBOX, &after)?;
        Ok(Some(after))
    }

    /// The office found that a mail has not left, or has mended what was wrong: it waits again.
    pub fn again(&self, event: &str) -> io::Result<bool> {
        let _lock = self.outbox.inbox.lock()?;
        let Some(Ok(mail)) = self.outbox.get(event)? else { return Ok(false) };
        // Whoever asks for it means it, also for an old mail.
        let again = Mail { state: State::Waiting, attempts: 0, next: None, said: None, about: None, ..mail };
        std::fs::remove_file(self.outbox.path(OUTBOX, event, "eml")).or_else(absent)?;
        self.outbox.store(&again, self.sender)?;
        Ok(true)
    }

    /// The office found that a mail has left, or wants it not sent.
    pub fn discard(&self, event: &str) -> io::Result<bool> {
        let lock = self.outbox.inbox.lock()?;
        let Some(Ok(mail)) = self.outbox.get(event)? else { return Ok(false) };
        if mail.state != State::Unsure {
            return self.outbox.cancel(event, &self.signed, &lock);
        }
        let raw = mail.raw(self.sender).unwrap_or_default();
        self.outbox.keep_sent(&Mail { state: State::Sent, ..mail }, &raw, &self.signed)?;
        Ok(true)
    }
}

/// A further attempt, or none if there were enough.
fn later(mail: Mail, said: String, now: Timestamp) -> Mail {
    let said = Some(said);
    match PAUSES.get(mail.attempts.saturating_sub(1)) {
        None => Mail { state: State::Failed, said, ..mail },
        Some(minutes) => {
            let next = now.checked_add(SignedDuration::from_mins(*minutes)).unwrap_or(now);
            Mail { state: State::Waiting, next: Some(in_china(next)), said, ..mail }
        }
    }
}

fn absent(e: io::Error) -> io::Result<()> {
    if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) }
}

/// The clock.
pub fn now() -> Timestamp {
    Timestamp::now()
}

fn in_china(at: Timestamp) -> String {
    at.display_with_offset(jiff::tz::Offset::constant(8)).to_string()
}

/// What a person should know about a mail, in one line; the address is enough to find its sender.
pub fn line(mail: &Mail, turn: Turn) -> Said {
    let (event, to, subject) = (&mail.event, &mail.to, &mail.subject);
    let (state, en) = (mail.state.label(), mail.state.english());
    let reason = mail.said.as_deref().map_or(String::new(), |said| format!("：{said}"));
    let next = mail.next.as_deref().and_then(|next| next.get(..16)).unwrap_or_default();
    match turn {
        Turn::Due | Turn::Office => {
            said!("{event}  {to}  {subject}  {en}{reason}", "{event}  {to}  {subject}  {state}{reason}")
        }
        Turn::NotYet => said!(
            "{event}  {to}  {subject}  next attempt {next}{reason}",
            "{event}  {to}  {subject}  {next}再试{reason}"
        ),
        Turn::Old => {
            said!("{event}  {to}  {subject}  receipt for old mail", "{event}  {to}  {subject}  旧邮件的回执，暂不发送")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::answer;
    use super::*;

    fn mail() -> Mail {
        Mail::of(answer("a-receipt"), "2023-07-04T10:00:00+08:00")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn attempts_are_further_and_further_apart_and_end() {
        let now = at("2023-07-04T10:00:00+08:00");
        let mut tried = mail();
        let mut all = Vec::new();
        while tried.state == State::Waiting {
            tried = later(Mail { attempts: tried.attempts + 1, next: None, ..tried }, "451".into(), now);
            all.push(tried.next.clone());
        }
        assert_eq!((tried.state, all.len()), (State::Failed, PAUSES.len() + 1));
        assert_eq!(all[0].as_deref(), Some("2023-07-04T10:05:00+08:00"));
        assert!(all.windows(2).all(|pair| pair[1].is_none() || pair[0] < pair[1]), "{all:?}");
    }

    #[test]
    fn old_mail_gets_no_receipt_but_a_decision_goes_out() {
        let day = at("2023-07-20T10:00:00+08:00");
        let later = at("2023-09-20T10:00:00+08:00");
        assert_eq!(turn(&mail(), day, false), Turn::Due);
        assert_eq!(turn(&mail(), later, false), Turn::Old);
        assert_eq!(turn(&mail(), later, true), Turn::Due);
        assert_eq!(turn(&Mail { about: None, ..mail() }, later, false), Turn::Due);
    }

    #[test]
    fn what_nobody_knows_about_is_the_offices() {
        let now = at("2023-07-04T10:00:00+08:00");
        for state in [State::Sending, State::Unsure, State::Failed] {
            assert_eq!(turn(&Mail { state, ..mail() }, now, true), Turn::Office);
        }
        let waits = Mail { next: Some("2023-07-04T10:05:00+08:00".into()), ..mail() };
        assert_eq!(turn(&waits, now, false), Turn::NotYet);
    }
}
