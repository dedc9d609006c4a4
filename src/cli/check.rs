//! `check`: content, register and records without building. `verify`: the ledger's chain, and every leaf of every mail.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use super::office::Office;
use super::voice::{Failure, Voice};
use crate::edge::ledger::Entry;
use crate::edge::outbox::{Outbox, State};
use crate::edge::store::Account;
use crate::extract::{extract, sha256};
use crate::read::Reader;
use crate::record::{Record, Status};
use crate::report::Diagnostic;
use crate::said;

/// Checks everything people edit.
pub fn check(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let (records, faults) = office.inbox.records(&office.rules())?;
    office.answers()?;
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    let (pages, units, listed) =
        (office.content.pages.len(), office.content.units.list.len(), office.content.listings.len());
    let n = records.len();
    voice.say(&said!(
        "{pages} pages, {units} units, {listed} of them registered, {n} records: no problem found",
        "页面{pages}个，单位{units}个（已登记{listed}个），记录{n}条：未发现问题"
    ));
    outbox(&office, voice)
}

/// Mail that could not be sent, or may not have been, is no fault of any file, but somebody has to know.
fn outbox(office: &Office, voice: Voice) -> Result<(), Failure> {
    let (mails, faults) = Outbox::of(&office.inbox).list()?;
    let count = |wanted: &[State]| mails.iter().filter(|mail| wanted.contains(&mail.state)).count();
    let (failed, unsure) = (count(&[State::Failed]), count(&[State::Unsure, State::Sending]));
    if failed > 0 {
        voice.say(&said!(
            "{failed} mail could not be sent; `zhuanban send` lists it",
            "有{failed}封邮件发送失败，运行 zhuanban send 查看"
        ));
    }
    if unsure > 0 {
        voice.say(&said!(
            "{unsure} mail may have left; `zhuanban send` lists it",
            "有{unsure}封邮件不能确定是否发出，运行 zhuanban send 查看"
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Wrong(faults)) }
}

/// Proves that nothing was lost or changed.
pub fn verify(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    // To list the leaves of a mail no form need be known.
    let reader = Reader::new(Vec::new());
    let (records, mut faults) = office.inbox.records(&office.rules())?;
    match office.inbox.ledger()? {
        Ok(entries) => faults.extend(records.iter().filter_map(|record| unwitnessed(record, &entries))),
        Err(broken) => faults.extend(broken),
    }
    let mails = office.inbox.mails()?;
    let each: Vec<Vec<Diagnostic>> =
        mails.par_iter().map(|(sha256, account)| of_mail(sha256, account.as_ref(), &office, &reader)).collect();
    faults.extend(each.into_iter().flatten());
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    let leaves: usize = mails.values().flatten().flatten().map(|account| account.leaves.len()).sum();
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
    let path = format!("inbox/{}/{}.yaml", record.status.folder(), record.id);
    let said = || said!("the ledger does not hold this decision", "台账中没有与此一致的决定");
    (!witnessed).then(|| Diagnostic::of_file(&path, said()))
}

fn of_mail(
    name: &str,
    account: Option<&Result<Account, Diagnostic>>,
    office: &Office,
    reader: &Reader,
) -> Vec<Diagnostic> {
    let path = format!("inbox/mail/{name}.eml");
    let one = |said| vec![Diagnostic::of_file(&path, said)];
    let raw = match std::fs::read(office.inbox.path(&format!("mail/{name}.eml"))) {
        Ok(raw) => raw,
        Err(e) => return one(said!("cannot be read: {e}", "无法读取：{e}")),
    };
    if sha256(&raw) != name {
        return one(said!("the mail was changed: its hash is not its name", "邮件被改动：内容与文件名不符"));
    }
    match account {
        None => one(said!(
            "taken in only in part: run `zhuanban intake` on it again",
            "收取未完成：请对它再次运行 zhuanban intake"
        )),
        Some(Err(broken)) => vec![broken.clone()],
        Some(Ok(account)) => of_account(&path, &raw, account, office, reader),
    }
}

/// The leaves the account lists are the mail's, and its records are there.
fn of_account(path: &str, raw: &[u8], account: &Account, office: &Office, reader: &Reader) -> Vec<Diagnostic> {
    let listed: BTreeSet<(String, String)> =
        account.leaves.iter().map(|leaf| (leaf.0.part.clone(), leaf.0.sha256.clone())).collect();
    let found = extract(raw, reader).leaves;
    let lost = found.iter().filter(|leaf| !listed.contains(&(leaf.part.clone(), leaf.sha256.clone())));
    let leaf = lost.map(|leaf| &leaf.part).map(|part| said!("part {part} has no outcome", "第{part}部分没有去处"));
    let gone = account.records.iter().filter(|id| !office.inbox.has_record(id));
    let record = gone.map(|id| said!("record {id} is missing", "缺少记录{id}"));
    leaf.chain(record).map(|said| Diagnostic::of_file(path, said)).collect()
}
