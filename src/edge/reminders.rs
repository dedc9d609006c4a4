//! Who was reminded when: the ledger knows, and the outbox where a crash came between the two.

use std::collections::BTreeMap;
use std::io;

use jiff::civil::Date;

use super::outbox::{ANSWERED, Mail, Outbox};
use super::store::{Inbox, Lock};
use crate::record::Signed;
use crate::reply::Answer;
use crate::reply::message::Sender;
use crate::reply::reminder::taken_apart;
use crate::report::Diagnostic;

/// Enters reminders that lie in the outbox into the ledger, where a crash came between the two.
pub fn finish(outbox: &Outbox, sender: &Sender, signed: &Signed, lock: &Lock) -> io::Result<()> {
    for mail in outbox.list()?.0 {
        if taken_apart(&mail.event).is_some() {
            let Mail { event, to, subject, thread, about, text, html, .. } = mail;
            outbox.put(Answer { event, to, subject, thread, about, text, html }, sender, signed, lock)?;
        }
    }
    Ok(())
}

/// The day of the last reminder by [`address_key`](super::outbox::address_key), or what is wrong with the ledger. One
/// that was taken back before it left does not count.
pub fn last(inbox: &Inbox) -> io::Result<Result<BTreeMap<String, Date>, Vec<Diagnostic>>> {
    let entries = match inbox.ledger()? {
        Ok(entries) => entries,
        Err(broken) => return Ok(Err(broken)),
    };
    let (waiting, faults) = Outbox::of(inbox).list()?;
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let is_cancelled = |event: &str| entries.iter().any(|e| e.did == "cancelled" && e.on == event);
    let written = entries.iter().filter(|e| e.did == ANSWERED && !is_cancelled(&e.on)).map(|e| e.on.as_str());
    let mut last: BTreeMap<String, Date> = BTreeMap::new();
    for event in written.chain(waiting.iter().map(|mail| mail.event.as_str())) {
        let Some((key, Ok(day))) = taken_apart(event).map(|(key, day)| (key, day.parse::<Date>())) else { continue };
        let known = last.entry(key.to_owned()).or_insert(day);
        *known = day.max(*known);
    }
    Ok(Ok(last))
}
