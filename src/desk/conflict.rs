//! Somebody else was quicker: what they did, beside what this clerk had entered. Nothing is overwritten.

use axum::http::StatusCode;
use serde::Serialize;

use super::act::Changes;
use super::answer::{Answer, page_as};
use super::filter::Filter;
use super::index::Row;
use super::room::Now;
use super::route::Call;
use super::words;

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    unit: &'a str,
    officer: &'a str,
    status: &'static str,
    since: Vec<(String, &'a str, &'a str)>,
    rows: Vec<Line>,
    query: String,
}

#[derive(Serialize)]
struct Line {
    label: String,
    theirs: String,
    mine: String,
}

/// The page that tells of the conflict.
pub fn page(call: &Call<'_>, now: &Now, row: &Row, mine: &Changes, filter: &Filter) -> Answer {
    let record = row.record();
    let known = call.form.number("seen", record.history.len());
    let since = record.history.iter().skip(known).map(|e| (words::time(&e.0.at), &*e.0.by, &*e.0.did)).collect();
    let view = View {
        id: &record.id,
        unit: &row.unit,
        officer: &row.officer,
        status: record.status.label(),
        since,
        rows: mine.iter().map(|(key, value)| line(now, row, key, value)).collect(),
        query: filter.query(),
    };
    page_as(StatusCode::CONFLICT, now, &call.clerk, "conflict.html", &view)
}

fn line(now: &Now, row: &Row, key: &str, mine: &str) -> Line {
    let (record, office) = (row.record(), now.office());
    let spec = record.form.as_deref().and_then(|id| office.content.forms.iter().find(|form| form.id == id));
    let title = |id: &str| office.content.forms.iter().find(|f| f.id == id).map_or(id.to_owned(), |f| f.title.clone());
    match key {
        "unit" => Line { label: "单位".into(), theirs: row.unit.clone(), mine: office.unit_name(mine).to_owned() },
        "form" => Line {
            label: "表格".into(),
            theirs: spec.map_or(String::new(), |spec| spec.title.clone()),
            mine: title(mine),
        },
        field => Line {
            label: spec.and_then(|s| Some(s.full_label(s.field(field)?))).unwrap_or_else(|| field.to_owned()),
            theirs: record.value(field).to_owned(),
            mine: mine.to_owned(),
        },
    }
}
