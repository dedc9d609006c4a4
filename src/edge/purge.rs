//! Purging: mails, scans, page images and sent mails whose time is over go; the account of each mail stays, with the
//! hashes of all that was in it, so that nothing is taken in again and `verify` can still count.
//!
//! First every account is marked, then one line of the ledger witnesses them all, then the files go. A purge that was cut
//! short is finished by the next: marks without a witness are made anew, files of witnessed ones are removed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;

use jiff::civil::Date;

use super::ledger::Entry;
use super::outbox::Outbox;
use super::store::{Account, Inbox, Lock};
use super::whole;
use crate::extract::sha256;
use crate::record::retention::{is_due, is_over};
use crate::record::{Record, Signed};

/// What the ledger calls it.
pub const PURGED: &str = "purged";

/// What a purge would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// Mails to be marked, by their accounts.
    pub accounts: Vec<Account>,
    /// Their files in `inbox/mail`.
    pub mails: Vec<PathBuf>,
    /// Their page images.
    pub pictures: Vec<PathBuf>,
    /// Mails of ours that were sent.
    pub sent: Vec<PathBuf>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty() && self.mails.is_empty() && self.pictures.is_empty() && self.sent.is_empty()
    }
}

/// What is over today.
pub fn plan(inbox: &Inbox, records: &[Record], ledger: &[Entry], today: Date, keep_days: i64) -> io::Result<Plan> {
    let by_id: BTreeMap<&str, &Record> = records.iter().map(|record| (record.id.as_str(), record)).collect();
    let received: BTreeMap<&str, &str> =
        ledger.iter().filter(|e| e.did == "received").map(|e| (e.on.as_str(), e.at.as_str())).collect();
    let witnessed: BTreeSet<&str> = ledger.iter().filter(|e| e.did == PURGED).map(|e| e.at.as_str()).collect();
    let mut plan = Plan::default();
    for (hash, kept) in inbox.mails()? {
        let Some(Ok(account)) = kept.account else { continue };
        let own: Option<Vec<&Record>> = account.records.iter().map(|id| by_id.get(id.as_str()).copied()).collect();
        let came = received.get(hash.as_str());
        let is_purged = account.purged.as_deref().is_some_and(|at| witnessed.contains(at));
        let due = own.zip(came).is_some_and(|(own, came)| is_due(&own, came, today, keep_days));
        if !is_purged && !due {
            continue;
        }
        plan.mails.extend(kept.file.map(|file| inbox.path("mail").join(file)));
        plan.pictures
            .extend(account.records.iter().map(|id| inbox.path("sheets").join(id)).filter(|path| path.exists()));
        if !is_purged {
            plan.accounts.push(account);
        }
    }
    plan.sent = sent(inbox, today, keep_days)?;
    Ok(plan)
}

/// Sent mails that are over, the readable file after the raw one: it says when the mail left.
fn sent(inbox: &Inbox, today: Date, keep_days: i64) -> io::Result<Vec<PathBuf>> {
    let over = Outbox::of(inbox)
        .sent()?
        .into_iter()
        .filter(|mail| is_over(mail.sent.as_deref().unwrap_or(&mail.written), today, keep_days));
    let files =
        over.flat_map(|mail| ["eml", "yaml"].map(|ending| inbox.path("sent").join(format!("{}.{ending}", mail.event))));
    Ok(files.filter(|path| path.exists()).collect())
}

/// Does it. The lock is the inbox's.
pub fn purge(inbox: &Inbox, plan: Plan, signed: &Signed, _lock: &Lock) -> io::Result<()> {
    let hashes: Vec<String> = plan.accounts.iter().map(|account| account.mail.sha256.clone()).collect();
    for account in plan.accounts {
        inbox.put_account(&Account { purged: Some(signed.at.clone()), ..account })?;
    }
    let (mails, sent) = (hashes.len(), plan.sent.len());
    if mails + sent > 0 {
        let (at, by) = (signed.at.clone(), signed.by.clone());
        let detail = Some(format!("{mails} mails, {} page folders, {sent} files of sent mails", plan.pictures.len()));
        inbox.log(vec![Entry { at, by, did: PURGED.into(), on: digest(&hashes), detail, prev: String::new() }])?;
    }
    for folder in &plan.pictures {
        for picture in fs::read_dir(folder)? {
            whole::remove(&picture?.path())?;
        }
        fs::remove_dir(folder)?;
    }
    plan.mails.iter().chain(&plan.sent).try_for_each(|path| whole::remove(path))
}

/// What the ledger's line is about: the mails that were marked, as one hash.
pub fn digest(hashes: &[String]) -> String {
    let mut sorted: Vec<&str> = hashes.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    sha256(sorted.join("\n").as_bytes())
}
