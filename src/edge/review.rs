//! The acts of review on disk, for the command line and the desk alike: under the lock, by the rules of
//! [`record::decide`](crate::record::decide), then ledger, record and listing.

use std::io;

use super::answers::{Answered, Answers};
use super::failure::Failure;
use super::ledger::Entry;
use super::office::Office;
use super::register::{put_commendation, put_listing};
use super::store::Lock;
use crate::listing::Listing;
use crate::record::act::{Act, act, commendation};
use crate::record::decide::{Decision, decide, edit};
use crate::record::refusal::Refusal;
use crate::record::register::fold;
use crate::record::{Record, Signed};
use crate::reply::Answer;
use crate::said;

/// What the ledger calls the entering of a form by hand.
pub const ENTERED: &str = "entered";

/// What a decision or an act came to.
#[derive(Debug)]
pub struct Decided {
    /// The record as it is now.
    pub record: Record,
    /// Whether it was decided so before; then nothing was done.
    pub before: bool,
    /// The unit whose public listing changed.
    pub relisted: Option<String>,
    /// Whether its public commendation changed.
    pub commended: bool,
    /// What became of the answer to the sender, where the decision calls for one.
    pub answered: Option<Answered>,
    /// The answer to what is taken back, and whether it could be stopped.
    pub withdrawn: Option<(String, bool)>,
}

/// Why an act came to nothing.
#[derive(Debug)]
pub enum Stopped {
    /// A rule of review says no.
    Refused(Refusal),
    /// Anything else.
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Stopped {
        Stopped::Failed(failure)
    }
}

impl From<io::Error> for Stopped {
    fn from(e: io::Error) -> Stopped {
        Stopped::Failed(e.into())
    }
}

impl From<Stopped> for Failure {
    fn from(stopped: Stopped) -> Failure {
        match stopped {
            Stopped::Refused(refusal) => refusal.into(),
            Stopped::Failed(failure) => failure,
        }
    }
}

/// Changes values of a record. The lock proves that the record is as it is on disk.
pub fn change(
    _lock: &Lock,
    office: &Office,
    record: &Record,
    changes: &[(String, String)],
    signed: &Signed,
) -> Result<Record, Failure> {
    let edited = edit(record, changes, &office.rules(), signed).map_err(Failure::Refused)?;
    office.inbox.put_record(&edited)?;
    let keys: Vec<&str> = changes.iter().map(|(key, _)| key.as_str()).collect();
    log(office, "edited", &edited.id, Some(keys.join(" ")), signed)?;
    Ok(edited)
}

/// What a decision would come to, and nothing written: the record, and what its sender would be mailed, or why nothing.
pub fn preview(
    office: &Office,
    answers: &Answers<'_>,
    records: &[&Record],
    record: &Record,
    changes: &[(String, String)],
    decision: &Decision,
    signed: &Signed,
) -> Result<(Record, Option<Result<Answer, String>>), Stopped> {
    let rules = office.rules();
    let edited = match changes {
        [] => record.clone(),
        _ => edit(record, changes, &rules, signed).map_err(Failure::Refused)?,
    };
    let register = fold(records.iter().copied(), &rules);
    let decided = decide(&edited, decision, &register, &rules, signed).map_err(Stopped::Refused)?;
    let answer = answers.preview(&decided, signed)?;
    Ok((decided, answer))
}

/// Applies a decision: the ledger first, then the record, then what the public sees, then the answer to the sender. After
/// a crash in between, deciding the same again finishes what was begun.
pub fn rule(
    lock: &Lock,
    office: &Office,
    answers: &Answers<'_>,
    records: &[&Record],
    record: &Record,
    decision: &Decision,
    signed: &Signed,
) -> Result<Decided, Stopped> {
    let (rules, before) = (office.rules(), decision.is_done(record));
    let mut decided = record.clone();
    if !before {
        let register = fold(records.iter().copied(), &rules);
        decided = decide(record, decision, &register, &rules, signed).map_err(Stopped::Refused)?;
    }
    let mut after: Vec<&Record> = records.iter().copied().filter(|r| r.id != decided.id).collect();
    after.push(&decided);
    let mut withdrawn = None;
    if !before {
        listing(office, &decided, decision, &after)?;
        if let Decision::Reopen { .. } = decision {
            withdrawn = answers.withdraw(record, signed, lock)?;
        }
        log(office, decision.name(), &decided.id, detail(&decided), signed)?;
        office.inbox.put_record(&decided)?;
    }
    let (relisted, commended) = publish(office, &decided, decision, &after)?;
    let answered = answers.decided(&decided, signed, lock)?;
    Ok(Decided { record: decided, before, relisted, commended, answered, withdrawn })
}

/// The reason that was given, for the ledger.
fn detail(decided: &Record) -> Option<String> {
    let reason = decided.decision.as_ref().and_then(|ruling| ruling.reason.clone());
    reason.or_else(|| decided.hold.as_ref().map(|hold| hold.reason.clone()))
}

/// Does something with an accepted record: the ledger first, then the record, then what the public sees. After a crash
/// in between, doing the same again finishes what was begun.
pub fn apply(
    _lock: &Lock,
    office: &Office,
    records: &[&Record],
    record: &Record,
    what: &Act,
    signed: &Signed,
) -> Result<Decided, Failure> {
    let (rules, before) = (office.rules(), what.is_done(record));
    let mut after = record.clone();
    if !before {
        after = act(record, what, &fold(records.iter().copied(), &rules), &rules, signed)?;
        let detail = match what {
            Act::Advise { reason } => Some(reason.trim().to_owned()),
            Act::DropAdvice | Act::Announce { .. } | Act::Withdraw => None,
        };
        log(office, what.name(), &after.id, detail, signed)?;
        office.inbox.put_record(&after)?;
    }
    let commended = publish_commendation(office, &after)?;
    Ok(Decided { record: after, before, relisted: None, commended, answered: None, withdrawn: None })
}

/// Files a record that the office entered itself, and whatever it did with it at once; false where it is there already.
/// The ledger first: what it tells of and is not there shows in `verify`, and entering again completes it.
pub fn enter(
    _lock: &Lock,
    office: &Office,
    record: &Record,
    also: Option<&str>,
    signed: &Signed,
) -> Result<bool, Failure> {
    if office.inbox.has_record(&record.id) {
        return Ok(false);
    }
    // A crash may have come between the ledger and the record. What was decided with it is then decided again: the
    // record says when, and the ledger has to say the same.
    let is_new = !office.inbox.has_logged(ENTERED, &record.id)?;
    let acts = is_new.then_some(ENTERED).into_iter().chain(also);
    office.inbox.log(acts.map(|did| entry(did, &record.id, None, signed)).collect())?;
    office.inbox.put_record(record)?;
    Ok(true)
}

/// Brings the public commendation of a record up to date; whether that changed anything.
fn publish_commendation(office: &Office, record: &Record) -> io::Result<bool> {
    put_commendation(&office.root, &record.id, commendation(record, &office.rules()).as_ref())
}

/// Brings the public projections up to date; the unit's id if its listing changed, and whether the commendation did.
fn publish(
    office: &Office,
    decided: &Record,
    decision: &Decision,
    after: &[&Record],
) -> Result<(Option<String>, bool), Failure> {
    let commended = publish_commendation(office, decided)?;
    let Some((unit, listing)) = listing(office, decided, decision, after)? else { return Ok((None, commended)) };
    Ok((put_listing(&office.root, &unit, listing.as_ref())?.then_some(unit), commended))
}

/// The unit's public projection after the decision, if that can change it. A listing that names officers this inbox knows
/// nothing of is left alone: rewriting it would take them off the site without a decision.
fn listing(
    office: &Office,
    decided: &Record,
    decision: &Decision,
    after: &[&Record],
) -> Result<Option<(String, Option<Listing>)>, Failure> {
    let Some(unit) = decided.unit_id() else { return Ok(None) };
    match decision {
        // A record that was pending was not in the register, and is not now.
        Decision::Reject { .. } | Decision::Ask { .. } | Decision::SetAside { .. } => return Ok(None),
        Decision::Accept { .. } | Decision::Reopen { .. } => {}
    }
    let listed = office.content.listings.get(unit);
    let known = |id: &String| after.iter().any(|r| &r.id == id);
    if let Some(stranger) = listed.and_then(|l| l.officers.iter().find(|o| !known(&o.record))) {
        let id = &stranger.record;
        return Err(said!(
            "content/register/{unit}.yaml names record {id}, which this inbox does not have: restore it first",
            "content/register/{unit}.yaml 中的记录{id}不在收件目录内，请先恢复该记录"
        )
        .into());
    }
    let register = fold(after.iter().copied(), &office.rules());
    Ok(Some((unit.to_owned(), register.listing(unit, &office.rules()))))
}

fn log(office: &Office, did: &str, on: &str, detail: Option<String>, signed: &Signed) -> io::Result<()> {
    office.inbox.log(vec![entry(did, on, detail, signed)])
}

fn entry(did: &str, on: &str, detail: Option<String>, signed: &Signed) -> Entry {
    let (at, by) = (signed.at.clone(), signed.by.clone());
    Entry { at, by, did: did.into(), on: on.into(), detail, prev: String::new() }
}
