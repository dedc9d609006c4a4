//! What the queue needs to know of a record: what kind of work it is, and whether there is anything to doubt.

use std::collections::BTreeSet;

use serde_yaml::FlowMap;

use super::decide::{named_former, registers};
use super::register::Register;
use super::{Office, Record, Status, Waits};
use crate::read::Means;

/// A kind of work that records of the queue can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// Nothing to doubt: it can be accepted with others.
    Clear,
    /// There is something to look at.
    Doubtful,
    /// The unit is not certain.
    UnitUnknown,
    /// The unit has an officer already.
    SecondOfficer,
    /// A seal or signature was looked for and not seen.
    Unmarked,
    /// A page that nobody has read.
    Unread,
    /// A mail without any form.
    NoForm,
    /// An attachment that could not be opened.
    Failed,
    /// It came after the deadline.
    Late,
    /// The unit was asked for a correction.
    Asked,
    /// The office set it aside.
    SetAside,
}

impl Mark {
    /// All of them with the names they have in addresses and what a clerk calls them.
    pub const ALL: [(Mark, &'static str, &'static str); 11] = [
        (Mark::Clear, "clear", "无疑点"),
        (Mark::Doubtful, "doubtful", "有疑点"),
        (Mark::UnitUnknown, "unit", "单位待定"),
        (Mark::SecondOfficer, "second", "单位已有专办员"),
        (Mark::Unmarked, "seal", "未见章或签字"),
        (Mark::Unread, "unread", "待录入"),
        (Mark::NoForm, "no-form", "来信无登记表"),
        (Mark::Failed, "failed", "附件打不开"),
        (Mark::Late, "late", "迟交"),
        (Mark::Asked, "asked", "待补正"),
        (Mark::SetAside, "aside", "已搁置"),
    ];

    /// What a clerk calls it.
    pub fn label(self) -> &'static str {
        Mark::ALL.iter().find(|(mark, ..)| *mark == self).map_or("", |(_, _, label)| label)
    }
}

/// What the queue shows of a record beside its values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Triage {
    /// What kinds of work it is.
    pub marks: BTreeSet<Mark>,
    /// How many things there are to look at; being late is none of them, it is accepted all the same.
    pub doubts: usize,
    /// By which means its values were seen, the surest first.
    pub means: BTreeSet<Means>,
}

/// Looks at a record of any status.
pub fn triage(record: &Record, register: &Register<'_>, office: &Office<'_>) -> Triage {
    let doubts = record.faults.iter().filter(|FlowMap(fault)| fault.code != "late").count();
    let means = record.fields.values().map(|FlowMap(value)| value.means).collect();
    let mut triage = Triage { marks: BTreeSet::new(), doubts, means };
    triage.marks.extend(kind(record));
    triage.marks.extend(of_unit(record, register, office));
    let is = |code: &str| record.faults.iter().any(|FlowMap(fault)| fault.code == code);
    triage.marks.extend(is("late").then_some(Mark::Late));
    let missing = [record.marks.seal, record.marks.signature].contains(&Some(false));
    triage.marks.extend(missing.then_some(Mark::Unmarked));
    if doubts > 0 {
        triage.marks.insert(Mark::Doubtful);
    }
    if is_clear(record, &triage, office) {
        triage.marks.insert(Mark::Clear);
    }
    triage
}

/// What there is to do where there are no values to review, or where it is not to be done yet.
fn kind(record: &Record) -> Option<Mark> {
    match (&record.hold, &record.form, &record.document, &record.image) {
        (Some(hold), ..) if hold.waits == Waits::Correction => Some(Mark::Asked),
        (Some(_), ..) => Some(Mark::SetAside),
        (None, Some(_), ..) => None,
        (None, None, None, _) => Some(Mark::NoForm),
        (None, None, Some(_), None) => Some(Mark::Failed),
        (None, None, Some(_), Some(_)) => Some(Mark::Unread),
    }
}

fn of_unit(record: &Record, register: &Register<'_>, office: &Office<'_>) -> Vec<Mark> {
    let unsure = record.faults.iter().any(|FlowMap(fault)| ["unit-unknown", "unit-doubtful"].contains(&&*fault.code));
    let in_office = record.unit_id().map(|unit| register.of(unit)).unwrap_or_default();
    let second = record.status == Status::Pending && registers(record, office) && !in_office.is_empty();
    let named = || named_former(record, in_office, office).is_some();
    let mut marks = Vec::new();
    marks.extend(unsure.then_some(Mark::UnitUnknown));
    marks.extend((second && !named()).then_some(Mark::SecondOfficer));
    marks
}

/// A record that a person need not look at field by field: everything was read, nothing contradicts, and accepting it
/// raises no question.
fn is_clear(record: &Record, triage: &Triage, office: &Office<'_>) -> bool {
    let Some(spec) = record.form.as_deref().and_then(|form| office.form(form)) else { return false };
    let named = spec.roles.officer.as_ref().is_none_or(|field| !record.value(field).is_empty());
    let others = [Mark::SecondOfficer, Mark::UnitUnknown, Mark::Unmarked, Mark::Asked, Mark::SetAside];
    record.status == Status::Pending
        && record.unit_id().is_some()
        && named
        && triage.doubts == 0
        && !others.iter().any(|mark| triage.marks.contains(mark))
}
