//! What the reviewer should look at, derived from a record's values; done again after every edit.

use serde_yaml::FlowMap;

use super::{Office, Record, UnitChoice};
use crate::fault::Fault;
use crate::form::check::check;
use crate::read::settle::missing;
use crate::unit::CERTAIN;

/// Faults of the record as a whole that follow from its values and are derived anew each time.
const DERIVED: [&str; 4] = ["unit-unknown", "unit-doubtful", "late", "form-unknown"];
/// Faults of a field that come from reading it, not from its value, and stand until the field is edited.
const FROM_READING: [&str; 2] = ["disagreement", "doubtful"];

/// Proposes the unit that the form's name and code mean.
pub fn match_unit(record: &mut Record, office: &Office<'_>) {
    let Some(spec) = record.form.as_deref().and_then(|id| office.form(id)) else { return };
    let code = spec.roles.unit_code.as_deref().map_or("", |field| record.value(field));
    let found = office.units.matches(record.value(&spec.roles.unit), code);
    let second = found.get(1).map(|m| (m.id.clone(), rounded(m.score)));
    record.unit =
        found.first().map(|best| FlowMap(UnitChoice { id: best.id.clone(), score: rounded(best.score), second }));
}

fn rounded(score: f64) -> f64 {
    (score * 100.0).round() / 100.0
}

/// Brings every value into its normal form; people who edit a record by hand need not know it.
pub fn normalise(record: &mut Record, office: &Office<'_>) {
    let Some(spec) = record.form.as_deref().and_then(|id| office.form(id)) else { return };
    for (id, FlowMap(field)) in &mut record.fields {
        if let Some(kind) = spec.field(id) {
            field.value = check(spec, kind, &field.value).value;
        }
    }
    record.fields.retain(|_, FlowMap(field)| !field.value.is_empty());
}

/// Checks every value again and rewrites the faults that follow from values.
pub fn refresh(record: &mut Record, office: &Office<'_>) {
    let keep = |fault: &Fault| match fault.field {
        None => !DERIVED.contains(&fault.code.as_str()),
        Some(_) => FROM_READING.contains(&fault.code.as_str()),
    };
    let mut faults: Vec<Fault> = record.faults.iter().map(|FlowMap(f)| f.clone()).filter(keep).collect();
    faults.extend(of_fields(record, office));
    faults.extend(of_unit(record, office));
    faults.extend(late(record, office));
    record.faults = faults.into_iter().map(FlowMap).collect();
}

fn of_fields(record: &Record, office: &Office<'_>) -> Vec<Fault> {
    let Some(spec) = record.form.as_deref().and_then(|id| office.form(id)) else { return Vec::new() };
    let mut faults = Vec::new();
    for field in spec.written() {
        let checked = check(spec, field, record.value(&field.id));
        faults.extend(checked.faults(&field.id));
        if checked.value.is_empty() {
            faults.extend(missing(spec, field));
        }
    }
    faults
}

fn of_unit(record: &Record, office: &Office<'_>) -> Option<Fault> {
    record.form.as_ref()?;
    let unit = |id: &str| office.units.get(id).map_or(id.to_owned(), |unit| unit.name.clone());
    match &record.unit {
        None => Some(Fault::new("unit-unknown", "单位名录中没有相近的单位，请选择单位")),
        Some(FlowMap(choice)) if choice.score < CERTAIN => {
            let name = unit(&choice.id);
            Some(Fault::new(
                "unit-doubtful",
                format!("可能是“{name}”（相似度{:.0}%），请核对单位", choice.score * 100.0),
            ))
        }
        Some(_) => None,
    }
}

/// The deadline is for registering; a change of officer (第五条) comes when it comes. The day of the deadline counts to
/// 24:00 China time, which is the zone of `received`.
fn late(record: &Record, office: &Office<'_>) -> Option<Fault> {
    let roles = &office.form(record.form.as_deref()?)?.roles;
    if roles.officer.is_none() || roles.former.is_some() {
        return None;
    }
    let (deadline, received) = (office.deadline?, record.received.as_deref()?.get(..10)?);
    (received > deadline).then(|| Fault::new("late", format!("晚于截止日期{deadline}收到（{received}），照常受理")))
}
