//! What the script asks while the clerk types: the same checks as everywhere, and units by name or pinyin.

use serde::Serialize;

use super::answer::{Answer, Problem, json};
use super::route::Call;
use crate::form::check::check as check_value;
use crate::unit::search::search;

/// Units offered at once.
const OFFERED: usize = 8;

#[derive(Serialize)]
struct Checked {
    value: String,
    messages: Vec<String>,
}

/// Checks one value.
pub fn check(call: &Call<'_>) -> Answer {
    let forms = &call.now.office().content.forms;
    let spec = forms.iter().find(|spec| spec.id == call.form.get("form"));
    let found = spec.and_then(|spec| Some((spec, spec.field(call.form.get("field"))?)));
    let (spec, field) = found.ok_or(Problem::NotFound)?;
    let checked = check_value(spec, field, call.form.get("value"));
    let mut messages: Vec<String> = checked.doubts.into_iter().map(|(_, message)| message).collect();
    if checked.value.is_empty() && field.required {
        messages.push(format!("“{}”未填写", spec.full_label(field)));
    }
    json(&Checked { value: checked.value, messages })
}

#[derive(Serialize)]
struct Found<'a> {
    id: &'a str,
    name: &'a str,
}

/// Units that what was typed may mean.
pub fn units(call: &Call<'_>) -> Answer {
    let found = search(&call.now.office().content.units, call.query.get("q"), OFFERED);
    let found: Vec<Found<'_>> = found.into_iter().map(|unit| Found { id: &unit.id, name: &unit.name }).collect();
    json(&found)
}
