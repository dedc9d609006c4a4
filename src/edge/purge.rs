//! Retention on disk: what goes by the rules of [`record::retention`](crate::record::retention), first as a list, then for
//! good. The ledger first, then the mail's account, then the files: what a crash leaves, the next purge finishes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_yaml::FlowMap;

use super::ledger::Entry;
use super::mailbox::{self, Source};
use super::store::{Account, Inbox, Kept, Lock};
use super::whole;
use crate::extract::MailHead;
use crate::mail;
use crate::record::register::fold;
use crate::record::retention::{Event, Over, Rule, blanked, without_image};
use crate::record::{Office, Record, Signed};

/// What a ledger line of this module says was done.
pub const PURGED: &str = "purged";

/// A file that goes.
#[derive(Debug, Clone)]
pub struct Goes {
    /// What it is.
    pub what: What,
    /// Where it is.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// Why; absent where an earlier purge was cut short, or the mail it is a copy of went before.
    pub over: Option<Over>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A raw mail, or a document that came without one.
    Mail,
    /// An image of a page.
    Scan,
    /// A copy of such a mail in `inbox/new`.
    Copy,
    /// An answer of ours that was sent.
    Answer,
}

/// Everything that goes.
#[derive(Debug, Default)]
pub struct Plan {
    /// Files.
    pub files: Vec<Goes>,
    /// Records whose private values go, as they will be.
    pub values: Vec<(Record, Over)>,
    /// Records whose page images go and whose values stay, as they will be.
    images: Vec<Record>,
    /// The accounts of the mails that go, as they will be.
    accounts: Vec<Account>,
    /// What the ledger does not hold yet.
    entries: Vec<Entry>,
    /// mboxes in `inbox/new` that hold mails that go, among others: nobody but the office can take them out.
    pub mboxes: BTreeSet<PathBuf>,
}

impl Plan {
    /// Whether nothing goes.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.values.is_empty()
    }
}

/// What goes, with why and how large. `entries` is the whole ledger, proven.
pub fn plan(
    inbox: &Inbox,
    records: &[Record],
    entries: &[Entry],
    office: &Office<'_>,
    rule: &Rule,
    signed: &Signed,
) -> io::Result<Plan> {
    let mut plan = Plan::default();
    let by_id: BTreeMap<&str, &Record> = records.iter().map(|record| (record.id.as_str(), record)).collect();
    let mut gone = BTreeSet::new();
    for (hash, kept) in inbox.mails()? {
        if let Some(over) = goes(&hash, &kept, &by_id, entries, rule) {
            plan.mail(&hash, &kept, over, inbox, entries, signed)?;
            gone.insert(hash);
        }
    }
    plan.copies(inbox, &gone)?;
    plan.answers(inbox, rule)?;
    plan.records(records, &gone, entries, office, rule, signed);
    Ok(plan)
}

/// Whether a mail goes, and since when its time is over. One whose purge began goes on, whatever the day.
fn goes(
    hash: &str,
    kept: &Kept,
    records: &BTreeMap<&str, &Record>,
    entries: &[Entry],
    rule: &Rule,
) -> Option<Option<Over>> {
    let Some(Ok(account)) = &kept.account else { return None };
    if account.purged.is_some() || logged(entries, hash, PURGED).is_some() {
        return Some(None);
    }
    let of_mail: Vec<Option<&Record>> = account.records.iter().map(|id| records.get(id.as_str()).copied()).collect();
    // Not the mail's own date: its sender could have it purged at once, or never.
    let taken_in = logged(entries, hash, "received").map(|entry| entry.at.as_str());
    rule.mail(&of_mail, taken_in).map(Some)
}

/// The last such line about this.
fn logged<'e>(entries: &'e [Entry], on: &str, did: &str) -> Option<&'e Entry> {
    entries.iter().rev().find(|entry| entry.on == on && entry.did == did)
}

impl Plan {
    fn mail(
        &mut self,
        hash: &str,
        kept: &Kept,
        over: Option<Over>,
        inbox: &Inbox,
        entries: &[Entry],
        signed: &Signed,
    ) -> io::Result<()> {
        let Some(Ok(account)) = &kept.account else { return Ok(()) };
        let file = kept.file.iter().map(|file| inbox.path("mail").join(file));
        self.add(What::Mail, file, over)?;
        for id in &account.records {
            self.add(What::Scan, below(&inbox.path("sheets").join(id))?, over)?;
        }
        if account.purged.is_none() {
            self.accounts.push(emptied(account, signed));
        }
        if logged(entries, hash, PURGED).is_none() {
            self.entries.push(entry(hash, "mail and scans", signed));
        }
        Ok(())
    }

    fn add(&mut self, what: What, paths: impl IntoIterator<Item = PathBuf>, over: Option<Over>) -> io::Result<()> {
        for path in paths {
            self.files.push(Goes { what, bytes: fs::metadata(&path)?.len(), path, over });
        }
        Ok(())
    }

    /// `intake` leaves the mails where it found them.
    fn copies(&mut self, inbox: &Inbox, gone: &BTreeSet<String>) -> io::Result<()> {
        let new = inbox.new_mail();
        if gone.is_empty() || !new.is_dir() {
            return Ok(());
        }
        for source in mailbox::find(&new)?.sources {
            if !gone.contains(&source.read()?.sha256()?) {
                continue;
            }
            match source {
                Source::File(path) | Source::Document(path) => self.add(What::Copy, [path], None)?,
                Source::Mbox(path, _) => drop(self.mboxes.insert(path)),
                Source::Stdin => {}
            }
        }
        Ok(())
    }

    /// Answers are as old as they say: we wrote them. Beside each lies what it was made of.
    fn answers(&mut self, inbox: &Inbox, rule: &Rule) -> io::Result<()> {
        let mut by_name: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        for path in below(&inbox.path("sent"))? {
            by_name.entry(path.with_extension("")).or_default().push(path);
        }
        for (name, paths) in by_name {
            let Ok(raw) = fs::read(name.with_added_extension("eml")) else { continue };
            let written = mail::parse(&raw).head.date;
            if let Some(over) = written.and_then(|at| rule.over(&at, Event::Written)) {
                self.add(What::Answer, paths, Some(over))?;
            }
        }
        Ok(())
    }

    fn records(
        &mut self,
        records: &[Record],
        gone: &BTreeSet<String>,
        entries: &[Entry],
        office: &Office<'_>,
        rule: &Rule,
        signed: &Signed,
    ) {
        let register = fold(records, office);
        for record in records {
            let over = rule.values(record, records, &register, office);
            let blank = over.and_then(|over| Some((blanked(record, office, signed)?, over)));
            if let Some(blank) = blank {
                let last = entries.iter().rev().find(|entry| entry.on == record.id);
                if last.is_none_or(|entry| entry.did != PURGED) {
                    self.entries.push(entry(&record.id, "private values", signed));
                }
                self.values.push(blank);
            } else if hash_of(record).is_some_and(|hash| gone.contains(hash)) {
                self.images.extend(without_image(record, signed));
            }
        }
    }

    /// Does it. The lock proves that all is still as it was planned.
    pub fn carry_out(&self, inbox: &Inbox, _lock: &Lock) -> io::Result<()> {
        if !self.entries.is_empty() {
            inbox.log(self.entries.clone())?;
        }
        for record in self.values.iter().map(|(record, _)| record).chain(&self.images) {
            inbox.put_record(record)?;
        }
        for account in &self.accounts {
            inbox.put_account(account)?;
        }
        for file in &self.files {
            whole::remove(&file.path)?;
            remove_if_empty(&file.path, inbox);
        }
        Ok(())
    }
}

/// The folder of a record's page images goes with the last of them.
fn remove_if_empty(path: &Path, inbox: &Inbox) {
    if let Some(folder) = path.parent().filter(|folder| folder.parent() == Some(&inbox.path("sheets"))) {
        // One that holds something yet stays; a stranger's file in it is no reason to stop.
        drop(fs::remove_dir(folder));
    }
}

/// `mail/<sha256>.eml`
fn hash_of(record: &Record) -> Option<&str> {
    record.mail.file.strip_prefix("mail/")?.split('.').next()
}

/// The account without what it says of persons. What was in the mail, by number, length and hash, and what became of it
/// stay: so does the proof that nothing was lost.
fn emptied(account: &Account, signed: &Signed) -> Account {
    let leaf = |FlowMap(leaf): &FlowMap<crate::extract::Leaf>| {
        FlowMap(crate::extract::Leaf { name: None, reason: None, ..leaf.clone() })
    };
    Account {
        mail: MailHead {
            sha256: account.mail.sha256.clone(),
            date: account.mail.date.clone(),
            auto: account.mail.auto,
            document: account.mail.document.clone(),
            ..MailHead::default()
        },
        records: account.records.clone(),
        leaves: account.leaves.iter().map(leaf).collect(),
        faults: Vec::new(),
        answer: account.answer.clone(),
        unanswered: account.unanswered.clone(),
        purged: Some(signed.on.clone()),
    }
}

fn entry(on: &str, detail: &str, signed: &Signed) -> Entry {
    let (at, by) = (signed.at.clone(), signed.by.clone());
    Entry { at, by, did: PURGED.into(), on: on.into(), detail: Some(detail.into()), prev: String::new() }
}

/// The files of a folder, in order; an absent folder is empty.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}
