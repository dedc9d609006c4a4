//! Every rule of review, in one pure function: a record, a decision and the register in, the decided record out.

use serde_yaml::FlowMap;

use super::refusal::Refusal;
use super::register::{Register, officer_of};
use super::{Hold, Office, Record, Ruling, Signed, Status, Waits, checks};
use crate::form::check::check;
use crate::read::Means;
use crate::read::settle::FieldValue;
use crate::report::Said;
use crate::said;

/// What a person decides about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Register the officer.
    Accept {
        /// How the officer stands to those the unit already has.
        standing: Standing,
        /// A basis for publishing the name other than the office's general one.
        basis: Option<String>,
    },
    /// Send it back, for this reason.
    Reject {
        /// Why; goes into the answer.
        reason: String,
    },
    /// Ask the unit for a correction; the record waits for it.
    Ask {
        /// What is to be corrected; goes into the answer.
        reason: String,
    },
    /// Set it aside for later; nobody is answered.
    SetAside {
        /// What it waits for.
        reason: String,
    },
    /// Take a decision back, or take up again what waited.
    Reopen {
        /// Why; goes into the history.
        reason: Option<String>,
    },
}

impl Decision {
    /// What the ledger calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Decision::Accept { .. } => "accepted",
            Decision::Reject { .. } => "rejected",
            Decision::Ask { .. } => "correction-asked",
            Decision::SetAside { .. } => "set-aside",
            Decision::Reopen { .. } => "reopened",
        }
    }

    /// Whether the record is decided so already: scripts and doubtful clerks decide twice, which is no fault.
    pub fn is_done(&self, record: &Record) -> bool {
        let waits = |kind: Waits, reason: &str| {
            record.hold.as_ref().is_some_and(|hold| hold.waits == kind && hold.reason == reason.trim())
        };
        match self {
            Decision::Accept { .. } => record.status == Status::Accepted,
            Decision::Reject { .. } => record.status == Status::Rejected,
            Decision::Ask { reason } => waits(Waits::Correction, reason),
            Decision::SetAside { reason } => waits(Waits::Office, reason),
            Decision::Reopen { .. } => record.status == Status::Pending && record.hold.is_none(),
        }
    }
}

/// How a new officer stands to those in office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Not said; only good where nobody is in office.
    Unsaid,
    /// A further officer (第四条: units with much purchasing may have more).
    Joins,
    /// Succeeds the officer of this accepted record, or the only one in office (第五条).
    Replaces(Option<String>),
}

/// Applies a decision, or says why it cannot be.
pub fn decide(
    record: &Record,
    decision: &Decision,
    register: &Register<'_>,
    office: &Office<'_>,
    signed: &Signed,
) -> Result<Record, Refusal> {
    if signed.by.trim().is_empty() {
        return Err(Refusal::Unsigned);
    }
    match decision {
        Decision::Accept { standing, basis } => accept(record, standing, basis.as_deref(), register, office, signed),
        Decision::Reject { reason } => reject(record, reason, signed),
        // What is missing or doubtful is asked for anyway.
        Decision::Ask { reason } if reason.trim().is_empty() && !record.faults.is_empty() => {
            hold(record, Waits::Correction, String::new(), signed)
        }
        Decision::Ask { reason } => hold(record, Waits::Correction, given(reason)?, signed),
        Decision::SetAside { reason } => hold(record, Waits::Office, given(reason)?, signed),
        Decision::Reopen { reason } => reopen(record, reason.as_deref(), signed),
    }
}

fn accept(
    record: &Record,
    standing: &Standing,
    basis: Option<&str>,
    register: &Register<'_>,
    office: &Office<'_>,
    signed: &Signed,
) -> Result<Record, Refusal> {
    must_wait(record)?;
    let unit = complete(record, office)?;
    let replaces = replaced(record, standing, register.of(unit), office)?;
    let did = replaces.as_ref().map_or("备案".to_owned(), |former| format!("备案，接替{former}"));
    let ruling = Ruling {
        basis: basis.map(str::to_owned).or_else(|| office.publication.basis.clone()),
        replaces,
        ..Ruling::of(signed)
    };
    Ok(ruled(record, Status::Accepted, Some(ruling), did, signed))
}

fn must_wait(record: &Record) -> Result<(), Refusal> {
    match record.status {
        Status::Pending => Ok(()),
        status @ (Status::Accepted | Status::Rejected) => Err(Refusal::Decided { id: record.id.clone(), status }),
    }
}

/// A record can be accepted when it says who is responsible for which unit on this form.
fn complete<'a>(record: &'a Record, office: &Office<'_>) -> Result<&'a str, Refusal> {
    let id = record.id.clone();
    let Some(spec) = record.form.as_deref().and_then(|form| office.form(form)) else {
        return Err(Refusal::Unread(id));
    };
    if let Some(field) = spec.roles.officer.as_ref().filter(|field| record.value(field).is_empty()) {
        return Err(Refusal::NoOfficer { id, field: field.clone() });
    }
    record.unit_id().filter(|unit| office.units.get(unit).is_some()).ok_or(Refusal::NoUnit(id))
}

/// The record of the officer that the new one succeeds, if any; a second officer must be said to join or replace.
fn replaced(
    record: &Record,
    standing: &Standing,
    in_office: &[&Record],
    office: &Office<'_>,
) -> Result<Option<String>, Refusal> {
    if !registers(record, office) {
        return Ok(None);
    }
    let others: Vec<String> = in_office.iter().map(|r| format!("{} {}", r.id, officer_of(r, office))).collect();
    let (all, id) = (others.join(", "), record.id.clone());
    match (standing, in_office) {
        (_, []) | (Standing::Joins, _) => Ok(None),
        (Standing::Unsaid, _) if named_former(record, in_office, office).is_some() => {
            Ok(named_former(record, in_office, office))
        }
        (Standing::Unsaid, _) => Err(Refusal::JoinsOrReplaces { id, in_office: all }),
        (Standing::Replaces(None), [only]) => Ok(Some(only.id.clone())),
        (Standing::Replaces(None), _) => Err(Refusal::ReplacesWhom(all)),
        (Standing::Replaces(Some(former)), _) if in_office.iter().any(|r| &r.id == former) => Ok(Some(former.clone())),
        (Standing::Replaces(Some(former)), _) => Err(Refusal::NotInOffice { former: former.clone(), in_office: all }),
    }
}

/// Whether accepting the record puts somebody in office.
pub fn registers(record: &Record, office: &Office<'_>) -> bool {
    record.form.as_deref().and_then(|form| office.form(form)).is_some_and(|spec| spec.roles.officer.is_some())
}

/// The officer in office whom the form itself names as leaving (第五条), if exactly one is called so.
pub fn named_former(record: &Record, in_office: &[&Record], office: &Office<'_>) -> Option<String> {
    let spec = record.form.as_deref().and_then(|form| office.form(form))?;
    let name = record.value(spec.roles.former.as_deref()?);
    let mut same = in_office.iter().filter(|r| !name.is_empty() && officer_of(r, office) == name);
    same.next().filter(|_| same.next().is_none()).map(|only| only.id.clone())
}

fn reject(record: &Record, reason: &str, signed: &Signed) -> Result<Record, Refusal> {
    must_wait(record)?;
    let reason = given(reason)?;
    let did = format!("退回：{reason}");
    let ruling = Ruling { reason: Some(reason), ..Ruling::of(signed) };
    Ok(ruled(record, Status::Rejected, Some(ruling), did, signed))
}

fn given(reason: &str) -> Result<String, Refusal> {
    match reason.trim() {
        "" => Err(Refusal::NoReason),
        reason => Ok(reason.to_owned()),
    }
}

fn hold(record: &Record, waits: Waits, reason: String, signed: &Signed) -> Result<Record, Refusal> {
    must_wait(record)?;
    let did = if reason.is_empty() { waits.label().to_owned() } else { format!("{}：{reason}", waits.label()) };
    let hold = Hold { waits, by: signed.by.clone(), at: signed.at.clone(), reason };
    Ok(Record { hold: Some(hold), ..ruled(record, Status::Pending, None, did, signed) })
}

fn reopen(record: &Record, reason: Option<&str>, signed: &Signed) -> Result<Record, Refusal> {
    let waits = record.status == Status::Pending;
    if waits && record.hold.is_none() {
        return Err(Refusal::Undecided(record.id.clone()));
    }
    let what = if waits { "恢复审核" } else { "撤回决定" };
    let did = reason.map_or(what.to_owned(), |reason| format!("{what}：{reason}"));
    let reopened = ruled(record, Status::Pending, None, did, signed);
    // Both were about what the decision had put in force.
    Ok(Record { advised: None, announced: None, ..reopened })
}

fn ruled(record: &Record, status: Status, decision: Option<Ruling>, did: String, signed: &Signed) -> Record {
    let mut ruled = Record { status, decision, hold: None, ..record.clone() };
    ruled.history.push(signed.event(did));
    ruled
}

/// Changes values of a pending record: `field=value`, `form=ID`, `unit=ID`. All faults of the call at once.
pub fn edit(
    record: &Record,
    changes: &[(String, String)],
    office: &Office<'_>,
    signed: &Signed,
) -> Result<Record, Vec<Said>> {
    must_wait(record).map_err(|e| vec![e.into()])?;
    let mut edited = record.clone();
    let mut wrong = Vec::new();
    // The form comes first: the fields depend on it.
    let (forms, others): (Vec<_>, Vec<_>) = changes.iter().partition(|(key, _)| key == "form");
    for (key, value) in forms.into_iter().chain(others) {
        if let Err(message) = set(&mut edited, key, value, office) {
            wrong.push(message);
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let chosen = changes.iter().any(|(key, _)| key == "unit");
    let named = |spec: &crate::form::FormSpec| changes.iter().any(|(key, _)| *key == spec.roles.unit);
    if !chosen && edited.form.as_deref().and_then(|f| office.form(f)).is_some_and(named) {
        checks::match_unit(&mut edited, office);
    }
    checks::refresh(&mut edited, office);
    let keys: Vec<&str> = changes.iter().map(|(key, _)| key.as_str()).collect();
    edited.history.push(signed.event(format!("修改{}", keys.join("、"))));
    Ok(edited)
}

fn set(record: &mut Record, key: &str, value: &str, office: &Office<'_>) -> Result<(), Said> {
    match key {
        "form" => set_form(record, value, office),
        "unit" => set_unit(record, value, office),
        _ => set_field(record, key, value, office),
    }
}

fn set_form(record: &mut Record, id: &str, office: &Office<'_>) -> Result<(), Said> {
    let known = office.form(id).is_some();
    record.form = Some(id.to_owned());
    record.faults.retain(|FlowMap(fault)| fault.code != "unread");
    known.then_some(()).ok_or_else(|| said!("unknown form `{id}`", "没有名为 {id} 的表"))
}

fn set_unit(record: &mut Record, id: &str, office: &Office<'_>) -> Result<(), Said> {
    let known = office.units.get(id).is_some();
    record.unit = Some(FlowMap(super::UnitChoice { id: id.to_owned(), score: 1.0, second: None }));
    known.then_some(()).ok_or_else(|| said!("unknown unit `{id}`", "单位名录中没有 {id}"))
}

fn set_field(record: &mut Record, id: &str, raw: &str, office: &Office<'_>) -> Result<(), Said> {
    let spec = record.form.as_deref().and_then(|form| office.form(form));
    let Some(spec) = spec else {
        return Err(said!("set the form first: `form=ID`", "请先指明是哪种表：form=表的标识"));
    };
    let Some(field) = spec.field(id) else {
        return Err(match crate::report::nearest(id, spec.fields.iter().map(|f| f.id.as_str())) {
            Some(hint) => said!("unknown field `{id}`; did you mean `{hint}`?", "没有字段 {id}，是否应为 {hint}？"),
            None => said!("unknown field `{id}`", "没有字段 {id}"),
        });
    };
    record.faults.retain(|FlowMap(fault)| fault.field.as_deref() != Some(id));
    let value = check(spec, field, raw).value;
    if value.is_empty() {
        record.fields.shift_remove(id);
        return Ok(());
    }
    let entry = FieldValue { value, means: Means::Office, confidence: 1.0, place: None, alternatives: Vec::new() };
    record.fields.insert(id.to_owned(), FlowMap(entry));
    let order = |id: &str| spec.fields.iter().position(|f| f.id == id);
    record.fields.sort_by(|a, _, b, _| order(a).cmp(&order(b)));
    Ok(())
}
