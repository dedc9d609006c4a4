//! `verify`: the ledger's chain, every decision against it, and every leaf of every mail.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

use super::acts::ENTERED;
use super::check::outbox;
use super::office::Office;
use super::voice::{Failure, Voice};
use crate::edge::ledger::Entry;
use crate::edge::purge::{PURGED, digest};
use crate::edge::store::{Account, Kept};
use crate::extract::{Bare, Extraction, Watch, extract, extract_bare, sha256};
use crate::read::Reader;
use crate::record::act::Act;
use crate::record::{Record, Ruling, Status};
use crate::report::Diagnostic;
use crate::said;

/// Proves that nothing was lost or changed.
pub fn verify(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    // To list the leaves of a mail no form need be known.
    let reader = Reader::new(Vec::new());
    let (records, mut faults) = office.inbox.records(&office.rules())?;
    let mails = office.inbox.mails()?;
    match office.inbox.ledger()? {
        Ok(entries) => {
            faults.extend(records.iter().filter_map(|record| unwitnessed(record, &entries)));
            faults.extend(lost(&entries, &office));
            faults.extend(purges(&mails).iter().filter_map(|(at, hashes)| unpurged(at, hashes, &entries)));
        }
        Err(broken) => faults.extend(broken),
    }
    let each: Vec<Vec<Diagnostic>> =
        mails.par_iter().map(|(sha256, kept)| of_mail(sha256, kept, &office, &reader)).collect();
    faults.extend(each.into_iter().flatten());
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    let accounts = mails.values().filter_map(|kept| kept.account.as_ref()?.as_ref().ok());
    let leaves: usize = accounts.map(|account| account.leaves.len()).sum();
    let n = mails.len();
    voice.say(&said!(
        "{n} mails, {leaves} leaves: every one accounted for; the ledger is whole",
        "邮件{n}封，内容{leaves}件：全部有去处；台账完整"
    ));
    outbox(&office, voice)
}

/// A record whose standing is not what the ledger says was decided last. This also catches the ledger's last line, which
/// no later line vouches for.
fn unwitnessed(record: &Record, entries: &[Entry]) -> Option<Diagnostic> {
    let decisions = ["accepted", "rejected", "reopened"];
    let last = entries.iter().rev().find(|e| e.on == record.id && decisions.contains(&e.did.as_str()));
    let witnessed = match (record.status, &record.decision) {
        (Status::Pending, _) => last.is_none_or(|e| e.did == "reopened"),
        (status, Some(ruling)) => {
            last.is_some_and(|e| e.did == status.folder() && e.by == ruling.by && e.at == ruling.at)
        }
        (_, None) => false,
    };
    let [advise, announce] = [Act::Advise { reason: String::new() }, Act::Announce { basis: None }];
    let acts = stands(&record.advised, &advise, &Act::DropAdvice, record, entries)
        && stands(&record.announced, &announce, &Act::Withdraw, record, entries);
    // Without a mail there is nothing to show where the record comes from but its entry.
    let came = !record.mail.file.is_empty() || entries.iter().any(|e| e.on == record.id && e.did == ENTERED);
    let path = format!("inbox/{}/{}.yaml", record.status.folder(), record.id);
    let said = || said!("the ledger does not hold this decision", "台账中没有与此一致的决定");
    (!witnessed || !acts || !came).then(|| Diagnostic::of_file(&path, said()))
}

/// Whether an act that can be taken back stands in the ledger as it does on the record. Reopening takes it back too.
fn stands(ruling: &Option<Ruling>, done: &Act, undone: &Act, record: &Record, entries: &[Entry]) -> bool {
    let bears = |e: &&Entry| e.on == record.id && [done.name(), undone.name(), "reopened"].contains(&e.did.as_str());
    let last = entries.iter().rev().find(bears);
    match ruling {
        None => last.is_none_or(|e| e.did != done.name()),
        Some(ruling) => last.is_some_and(|e| {
            e.did == done.name() && e.by == ruling.by && e.at == ruling.at && e.detail == ruling.reason
        }),
    }
}

/// The mails that were purged, by the time of the purge.
fn purges(mails: &BTreeMap<String, Kept>) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let accounts = mails.values().filter_map(|kept| kept.account.as_ref()?.as_ref().ok());
    for account in accounts {
        let Some(at) = &account.purged else { continue };
        all.entry(at.clone()).or_default().push(account.mail.sha256.clone());
    }
    all
}

/// A purge the ledger does not know, or of other mails than the ledger says.
fn unpurged(at: &str, hashes: &[String], entries: &[Entry]) -> Option<Diagnostic> {
    let digest = digest(hashes);
    let known = entries.iter().any(|e| e.did == PURGED && e.at == at && e.on == digest);
    let path = format!("inbox/mail/{}.yaml", hashes.first().map_or("", String::as_str));
    let said = || {
        said!(
            "the ledger does not hold this purge: run `zhuanban purge` again",
            "台账中没有与此一致的清除记录：请再次运行 zhuanban purge"
        )
    };
    (!known).then(|| Diagnostic::of_file(&path, said()))
}

/// Records that were entered by hand, as the ledger says, and are not there.
fn lost(entries: &[Entry], office: &Office) -> Vec<Diagnostic> {
    let gone = entries.iter().filter(|e| e.did == ENTERED && !office.inbox.has_record(&e.on));
    let said = |id: &String| said!("record {id} is missing: enter it again", "缺少记录{id}：请重新录入");
    gone.map(|e| Diagnostic::of_file("inbox/ledger.jsonl", said(&e.on))).collect()
}

fn of_mail(name: &str, kept: &Kept, office: &Office, reader: &Reader) -> Vec<Diagnostic> {
    let purged = kept.account.as_ref().and_then(|a| a.as_ref().ok()).is_some_and(|account| account.purged.is_some());
    match (&kept.file, purged) {
        (None, true) => return Vec::new(),
        (Some(file), true) => {
            let path = format!("inbox/mail/{file}");
            let said =
                said!("purged only in part: run `zhuanban purge` again", "清除未完成：请再次运行 zhuanban purge");
            return vec![Diagnostic::of_file(&path, said)];
        }
        (_, false) => (),
    }
    let Some(file) = &kept.file else {
        let path = format!("inbox/mail/{name}.yaml");
        return vec![Diagnostic::of_file(&path, said!("the mail it tells of is gone", "所记的邮件已不在"))];
    };
    let path = format!("inbox/mail/{file}");
    let one = |said| vec![Diagnostic::of_file(&path, said)];
    let raw = match std::fs::read(office.inbox.path(&format!("mail/{file}"))) {
        Ok(raw) => raw,
        Err(e) => return one(said!("cannot be read: {e}", "无法读取：{e}")),
    };
    if sha256(&raw) != name {
        return one(said!("the mail was changed: its hash is not its name", "邮件被改动：内容与文件名不符"));
    }
    match &kept.account {
        None => one(said!(
            "taken in only in part: run `zhuanban intake` on it again",
            "收取未完成：请对它再次运行 zhuanban intake"
        )),
        Some(Err(broken)) => vec![broken.clone()],
        Some(Ok(account)) => of_account(&path, &raw, account, office, reader),
    }
}

/// Takes what came apart once more.
fn again(raw: &[u8], account: &Account, reader: &Reader) -> Extraction {
    let mail = &account.mail;
    let Some(ending) = &mail.document else { return extract(raw, reader) };
    let (name, from) = (mail.subject.clone(), mail.from.clone());
    let bare = Bare { name, received: mail.date.clone(), from, ending: ending.clone() };
    extract_bare(&bare, raw, reader, &Watch::default())
}

/// The leaves the account lists are the mail's, and its records are there.
fn of_account(path: &str, raw: &[u8], account: &Account, office: &Office, reader: &Reader) -> Vec<Diagnostic> {
    let listed: BTreeSet<(String, String)> =
        account.leaves.iter().map(|leaf| (leaf.0.part.clone(), leaf.0.sha256.clone())).collect();
    let found = again(raw, account, reader).leaves;
    let lost = found.iter().filter(|leaf| !listed.contains(&(leaf.part.clone(), leaf.sha256.clone())));
    let leaf = lost.map(|leaf| &leaf.part).map(|part| said!("part {part} has no outcome", "第{part}部分没有去处"));
    let gone = account.records.iter().filter(|id| !office.inbox.has_record(id));
    let record = gone.map(|id| said!("record {id} is missing", "缺少记录{id}"));
    leaf.chain(record).map(|said| Diagnostic::of_file(path, said)).collect()
}
