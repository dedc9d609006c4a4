//! What the unit has now beside what would change.

use serde::Serialize;

use super::room::Now;
use crate::record::decide::{named_former, registers};
use crate::record::register::officer_of;
use crate::record::{Record, Status};

/// The officers a unit has, beside the one a record brings.
#[derive(Debug, Serialize)]
pub struct Compare {
    /// Those in office.
    officers: Vec<Officer>,
    /// Field by field.
    rows: Vec<Line>,
    /// Whether it is to be said if the new one joins or replaces.
    ask: bool,
}

#[derive(Debug, Serialize)]
struct Officer {
    id: String,
    name: String,
    since: String,
    /// Whom the form itself names as leaving.
    named: bool,
}

#[derive(Debug, Serialize)]
struct Line {
    label: String,
    now: Vec<String>,
    new: String,
    differs: bool,
}

/// Compares; nothing where the unit has nobody, or the form registers nobody.
pub fn compare(now: &Now, record: &Record) -> Option<Compare> {
    let office = now.office();
    let rules = office.rules();
    let spec = record.form.as_deref().and_then(|id| rules.form(id)).filter(|_| registers(record, &rules))?;
    let mut in_office = now.index.in_office(record.unit_id()?, office);
    in_office.retain(|other| other.id != record.id);
    if in_office.is_empty() {
        return None;
    }
    let former = named_former(record, &in_office, &rules);
    let officers = in_office.iter().map(|other| Officer {
        id: other.id.clone(),
        name: officer_of(other, &rules),
        since: other.decision.as_ref().map_or(String::new(), |ruling| ruling.on.clone()),
        named: former.as_ref() == Some(&other.id),
    });
    let line = |field: &crate::form::Field| {
        let values: Vec<String> = in_office.iter().map(|other| other.value(&field.id).to_owned()).collect();
        let new = record.value(&field.id).to_owned();
        Line { label: spec.full_label(field), differs: !values.contains(&new), now: values, new }
    };
    let told = |line: &Line| !line.new.is_empty() || line.now.iter().any(|value| !value.is_empty());
    let rows = spec.written().map(line).filter(told).collect();
    Some(Compare { officers: officers.collect(), rows, ask: record.status == Status::Pending })
}
