//! `verify`: the ledger's chain, every decision against it, and every leaf of every mail.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use super::check::outbox;
use super::office::Office;
use super::voice::{Failure, Voice};
use crate::edge::ledger::Entry;
use crate::edge::outbox::{ANSWERED, Outbox};
use crate::edge::purge::PURGED;
use crate::edge::review::ENTERED;
use crate::edge::store::{Account, Kept};
use crate::extract::{Bare, Extraction, Watch, extract, extract_bare};
use crate::read::Reader;
use crate::record::act::Act;
use crate::record::{Record, Ruling, Status};
use crate::report::{Diagnostic, Said};
use crate::said;

/// Proves that nothing was lost or changed.
pub fn verify(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    // To list the leaves of a mail no form need be known.
    let reader = Reader::new(Vec::new());
    let (records, mut faults) = office.inbox.records(&office.rules())?;
    // What a broken ledger says proves nothing either way.
    let mut purged = None;
    match office.inbox.ledger()? {
        Ok(entries) => {
            faults.extend(records.iter().filter_map(|record| unwitnessed(record, &entries)));
            faults.extend(lost(&entries, &office));
            faults.extend(unasked(&entries, &office)?);
            purged = Some(entries.into_iter().filter(|e| e.did == PURGED).map(|e| e.on).collect::<BTreeSet<_>>());
        }
        Err(broken) => faults.extend(broken),
    }
    let mails = office.inbox.mails()?;
    let of = |(sha256, kept): (&String, &Kept)| {
        let begun = purged.as_ref().map(|purged| purged.contains(sha256));
        match &kept.account {
            Some(Ok(account)) if account.purged.is_some() || begun == Some(true) => {
                of_purged(sha256, kept, account, begun, &office)
            }
            _ => of_mail(sha256, kept, &office, &reader),
        }
    };
    let each: Vec<Vec<Diagnostic>> = mails.par_iter().map(of).collect();
    faults.extend(each.into_iter().flatten());
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    let accounts = || mails.values().filter_map(|kept| kept.account.as_ref()?.as_ref().ok());
    let leaves: usize = accounts().map(|account| account.leaves.len()).sum();
    let (n, gone) = (mails.len(), accounts().filter(|account| account.purged.is_some()).count());
    voice.say(&said!(
        "{n} mails, {leaves} leaves: every one accounted for; the ledger is whole",
        "邮件{n}封，内容{leaves}件：全部有去处；台账完整"
    ));
    if gone > 0 {
        voice.say(&said!(
            "{gone} of the mails are past their time and removed; what was in them is vouched for by the ledger",
            "其中{gone}封已到期清除，去处以台账为凭"
        ));
    }
    outbox(&office, voice)
}

/// Mail that waits in the outbox and was never entered in the ledger.
fn unasked(entries: &[Entry], office: &Office) -> Result<Vec<Diagnostic>, Failure> {
    let known: BTreeSet<&str> = entries.iter().filter(|e| e.did == ANSWERED).map(|e| e.on.as_str()).collect();
    let (mails, _) = Outbox::of(&office.inbox).list()?;
    let unknown = mails.iter().filter(|mail| !known.contains(mail.event.as_str()));
    let said = || said!("the ledger does not hold this answer", "台账中没有写这封答复的记录");
    Ok(unknown.map(|mail| Diagnostic::of_file(&format!("inbox/outbox/{}.yaml", mail.event), said())).collect())
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

/// Records that were entered by hand, as the ledger says, and are not there.
fn lost(entries: &[Entry], office: &Office) -> Vec<Diagnostic> {
    let gone = entries.iter().filter(|e| e.did == ENTERED && !office.inbox.has_record(&e.on));
    let said = |id: &String| said!("record {id} is missing: enter it again", "缺少记录{id}：请重新录入");
    gone.map(|e| Diagnostic::of_file("inbox/ledger.jsonl", said(&e.on))).collect()
}

/// A mail that was removed because its time was over: the ledger says so, it is gone, and its records are there.
fn of_purged(name: &str, kept: &Kept, account: &Account, begun: Option<bool>, office: &Office) -> Vec<Diagnostic> {
    let path = format!("inbox/mail/{name}.yaml");
    let unwitnessed = (begun == Some(false))
        .then(|| said!("the ledger does not hold that this mail was purged", "台账中没有清除此邮件的记录"));
    let unfinished = (account.purged.is_none() || kept.file.is_some()).then(|| {
        said!("purged only in part: run `zhuanban purge --yes` again", "清除未完成：请再次运行 zhuanban purge --yes")
    });
    let all = missing(account, office).into_iter().chain(unwitnessed).chain(unfinished);
    all.map(|said| Diagnostic::of_file(&path, said)).collect()
}

fn of_mail(name: &str, kept: &Kept, office: &Office, reader: &Reader) -> Vec<Diagnostic> {
    let Some(file) = &kept.file else {
        let path = format!("inbox/mail/{name}.yaml");
        return vec![Diagnostic::of_file(&path, said!("the mail it tells of is gone", "所记的邮件已不在"))];
    };
    let path = format!("inbox/mail/{file}");
    let one = |said| vec![Diagnostic::of_file(&path, said)];
    let (raw, sha256) = match office.inbox.read_kept(file) {
        Ok(read) => read,
        Err(e) => return one(said!("cannot be read: {e}", "无法读取：{e}")),
    };
    if sha256 != name {
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
    leaf.chain(missing(account, office)).map(|said| Diagnostic::of_file(path, said)).collect()
}

/// Records of a mail that are not there.
fn missing(account: &Account, office: &Office) -> Vec<Said> {
    let gone = account.records.iter().filter(|id| !office.inbox.has_record(id));
    gone.map(|id| said!("record {id} is missing", "缺少记录{id}")).collect()
}
