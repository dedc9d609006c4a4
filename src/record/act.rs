//! What the office does with a record that is accepted: advise the unit to name another officer (第五条), announce a
//! commendation (第九条), or take either back. Pure, as all rules of review.

use super::decide::registers;
use super::register::Register;
use super::{Office, Record, Ruling, Signed, Status};
use crate::listing::commendation::Commendation;
use crate::listing::project;
use crate::report::Said;
use crate::said;

/// An act on an accepted record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Advise the unit to name a successor, for this reason.
    Advise {
        /// Why; for the office, never public.
        reason: String,
    },
    /// Take the advice back.
    DropAdvice,
    /// Put the commendation on the public page.
    Announce {
        /// A basis for publishing the name other than the office's general one.
        basis: Option<String>,
    },
    /// Take it off the public page.
    Withdraw,
}

impl Act {
    /// What the ledger calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Act::Advise { .. } => "advised",
            Act::DropAdvice => "advice-dropped",
            Act::Announce { .. } => "announced",
            Act::Withdraw => "withdrawn",
        }
    }

    /// Whether the record is as the act would leave it: doing a thing twice is no fault.
    pub fn is_done(&self, record: &Record) -> bool {
        match self {
            Act::Advise { reason } => {
                record.advised.as_ref().is_some_and(|advice| advice.reason.as_deref() == Some(reason.trim()))
            }
            Act::DropAdvice => record.advised.is_none(),
            Act::Announce { .. } => record.announced.is_some(),
            Act::Withdraw => record.announced.is_none(),
        }
    }
}

/// Applies an act, or says why it cannot be.
pub fn act(
    record: &Record,
    act: &Act,
    register: &Register<'_>,
    office: &Office<'_>,
    signed: &Signed,
) -> Result<Record, Said> {
    if signed.by.trim().is_empty() {
        return Err(said!("say who acts: `--by NAME`", "请注明经办人：--by 姓名"));
    }
    let mut after = record.clone();
    let did = match act {
        Act::Advise { reason } => {
            let reason = advice(record, reason, register, office)?;
            after.advised = Some(Ruling { reason: Some(reason.clone()), ..Ruling::of(signed) });
            format!("建议更换：{reason}")
        }
        Act::DropAdvice => {
            after.advised = None;
            "撤回更换建议".to_owned()
        }
        Act::Announce { basis } => {
            commends(record, office)?;
            let basis = basis.clone().or_else(|| office.publication.basis.clone());
            after.announced = Some(Ruling { basis, ..Ruling::of(signed) });
            "公布表彰".to_owned()
        }
        Act::Withdraw => {
            after.announced = None;
            "撤下表彰".to_owned()
        }
    };
    after.history.push(signed.event(did));
    Ok(after)
}

/// The reason of an advice that can be given: it concerns an officer in office.
fn advice(record: &Record, reason: &str, register: &Register<'_>, office: &Office<'_>) -> Result<String, Said> {
    let id = &record.id;
    let in_office = record.unit_id().is_some_and(|unit| register.of(unit).iter().any(|other| other.id == *id));
    if !registers(record, office) || !in_office {
        return Err(said!(
            "record {id} is not that of an officer in office; `report` shows who is",
            "记录{id}不是在任专办员的记录；可用 report 查看在任专办员"
        ));
    }
    match reason.trim() {
        "" => Err(said!("advising a change needs a reason: `--reason TEXT`", "建议更换须说明理由：--reason 理由")),
        reason => Ok(reason.to_owned()),
    }
}

/// Whether a record can be announced: accepted, and with words of commendation.
fn commends(record: &Record, office: &Office<'_>) -> Result<(), Said> {
    let id = &record.id;
    let spec = record.form.as_deref().and_then(|form| office.form(form));
    let Some(field) = spec.and_then(|spec| spec.roles.commendation.as_deref()) else {
        return Err(said!("record {id} is no assessment", "记录{id}不是考核记录"));
    };
    if record.status != Status::Accepted {
        return Err(said!(
            "record {id} is not accepted: `review accept {id}`",
            "记录{id}尚未确认：请先 review accept {id}"
        ));
    }
    let empty = record.value(field).is_empty();
    if empty {
        return Err(said!("record {id} commends nobody (`{field}` is empty)", "记录{id}没有表彰内容（{field}为空）"));
    }
    Ok(())
}

/// What the public sees of a record's commendation; absent unless it is announced.
pub fn commendation(record: &Record, office: &Office<'_>) -> Option<Commendation> {
    let (ruling, unit) = (record.announced.as_ref()?, record.unit_id()?);
    let spec = office.form(record.form.as_deref()?)?;
    let mailbox = office.units.get(unit).and_then(|u| u.mailbox.as_deref());
    let columns = project(spec, &record.values(), office.publication, ruling.basis.as_deref(), mailbox);
    Some(Commendation {
        record: record.id.clone(),
        unit: unit.to_owned(),
        form: spec.id.clone(),
        announced: ruling.on.clone(),
        basis: ruling.basis.clone(),
        columns,
    })
}
