//! How long mails, scans and private values are kept: until review plus a time that the office sets. What goes and what
//! stays is decided here, from the records and the day; `edge::purge` does it.
//!
//! A mail goes with its scans when all of its records are decided and the time is over since the last decision; a mail that
//! made no record when the time is over since it came. The values of a rejected record go then too. Those of an accepted
//! one stay while its officer is in office; of a former officer, when the time is over since he was replaced, only unit and
//! name stay: the register's history needs them. Decisions, history and the ledger stay always.

use indexmap::IndexMap;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde_yaml::FlowMap;

use super::decide::registers;
use super::register::Register;
use super::{Mail, Marks, Office, Record, Signed, Status};
use crate::report::Said;
use crate::said;

/// For how long, and what day it is.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Months after review.
    pub months: i32,
    /// Today in China.
    pub today: Date,
}

/// Since when something is no longer needed, and until when it was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// The day of what it was kept for.
    pub since: Date,
    /// The last day it was to be kept.
    pub until: Date,
    /// What happened on that day.
    pub event: Event,
}

/// What the time runs from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The last of a mail's records was decided.
    Reviewed,
    /// A mail that made no record came in.
    Received,
    /// The record was rejected.
    Rejected,
    /// The officer was replaced.
    Replaced,
    /// An answer of ours was written.
    Written,
}

impl Over {
    /// Why it goes, for a person.
    pub fn why(&self) -> Said {
        let Over { since, until, event } = self;
        match event {
            Event::Reviewed => {
                said!("review ended on {since}, kept until {until}", "{since}审核结束，保存至{until}")
            }
            Event::Received => {
                said!(
                    "came on {since} and made no record, kept until {until}",
                    "{since}收到，未形成记录，保存至{until}"
                )
            }
            Event::Rejected => said!("rejected on {since}, kept until {until}", "{since}退回，保存至{until}"),
            Event::Replaced => {
                said!("officer replaced on {since}, kept until {until}", "{since}专办员被接替，保存至{until}")
            }
            Event::Written => said!("written on {since}, kept until {until}", "{since}发出，保存至{until}"),
        }
    }
}

impl Rule {
    /// Whether the time is over since an event at this time (RFC 3339, China time). What has no readable time is kept.
    pub fn over(&self, at: &str, event: Event) -> Option<Over> {
        let since: Date = at.get(..10)?.parse().ok()?;
        let kept: Span = self.months.months();
        let until = since.checked_add(kept).ok()?;
        (until < self.today).then_some(Over { since, until, event })
    }

    /// Whether a mail goes, by its records (absent: missing or unreadable) and the time it came in.
    pub fn mail(&self, records: &[Option<&Record>], taken_in: Option<&str>) -> Option<Over> {
        if records.is_empty() {
            return self.over(taken_in?, Event::Received);
        }
        let decided = |record: &Option<&Record>| {
            let record = record.filter(|record| record.status != Status::Pending)?;
            self.over(&record.decision.as_ref()?.at, Event::Reviewed)
        };
        let all: Option<Vec<Over>> = records.iter().map(decided).collect();
        all?.into_iter().max_by_key(|over| over.since)
    }

    /// Whether a record's private values go.
    pub fn values(
        &self,
        record: &Record,
        all: &[Record],
        register: &Register<'_>,
        office: &Office<'_>,
    ) -> Option<Over> {
        match record.status {
            Status::Pending => None,
            Status::Rejected => self.over(&record.decision.as_ref()?.at, Event::Rejected),
            Status::Accepted if !registers(record, office) || in_office(record, register) => None,
            Status::Accepted => self.over(replaced_at(record, all)?, Event::Replaced),
        }
    }
}

fn in_office(record: &Record, register: &Register<'_>) -> bool {
    record.unit_id().is_some_and(|unit| register.of(unit).iter().any(|other| other.id == record.id))
}

fn replaced_at<'r>(record: &Record, all: &'r [Record]) -> Option<&'r str> {
    let rulings = all.iter().filter(|r| r.status == Status::Accepted).filter_map(|r| r.decision.as_ref());
    rulings.filter(|ruling| ruling.replaces.as_ref() == Some(&record.id)).map(|ruling| ruling.at.as_str()).max()
}

/// The record without its private values; none where they are gone already.
pub fn blanked(record: &Record, office: &Office<'_>, signed: &Signed) -> Option<Record> {
    let mut blank = record.clone();
    blank.fields = match record.status {
        Status::Accepted => names(record, office),
        Status::Pending | Status::Rejected => IndexMap::new(),
    };
    blank.mail = Mail { file: record.mail.file.clone(), ..Mail::default() };
    if let Some(FlowMap(document)) = &mut blank.document {
        document.name.clear();
        document.also.iter_mut().for_each(|also| also.name.clear());
    }
    blank.faults.clear();
    blank.marks = Marks::default();
    blank.image = None;
    if blank == *record {
        return None;
    }
    blank.history.push(signed.event("保存期满，清除个人信息"));
    Some(blank)
}

/// Unit and officer as the form names them, without what else was read in their places.
fn names(record: &Record, office: &Office<'_>) -> IndexMap<String, FlowMap<crate::read::settle::FieldValue>> {
    let Some(spec) = record.form.as_deref().and_then(|form| office.form(form)) else { return IndexMap::new() };
    let mut fields = record.fields.clone();
    fields.retain(|id, _| *id == spec.roles.unit || spec.roles.officer.as_ref() == Some(id));
    for FlowMap(value) in fields.values_mut() {
        value.alternatives.clear();
    }
    fields
}

/// The record whose page images are gone; none where it had none.
pub fn without_image(record: &Record, signed: &Signed) -> Option<Record> {
    record.image.as_ref()?;
    let mut bare = Record { image: None, ..record.clone() };
    bare.history.push(signed.event("保存期满，销毁来信和扫描件"));
    Some(bare)
}

#[cfg(test)]
mod tests;
