//! Many records at once: only those without a single doubt, and only after the clerk has seen the list.

use serde::Serialize;

use super::answer::{Answer, page};
use super::filter::Filter;
use super::index::Row;
use super::pairs::Pairs;
use super::route::Call;
use crate::edge::answers::Answers;
use crate::edge::failure::Failure;
use crate::edge::office::sign;
use crate::edge::review::{self, Stopped};
use crate::edge::store::Lock;
use crate::record::decide::{Decision, Standing};
use crate::record::triage::Mark;
use crate::report::Lang;

#[derive(Serialize)]
struct View {
    rows: Vec<Line>,
    left_out: usize,
    query: String,
    done: bool,
}

#[derive(Serialize)]
struct Line {
    id: String,
    revision: String,
    unit: String,
    officer: String,
    /// Why it was not accepted, once it was tried.
    why: Option<String>,
}

fn line(row: &Row) -> Line {
    Line {
        id: row.record().id.clone(),
        revision: row.filed.revision.clone(),
        unit: row.unit.clone(),
        officer: row.officer.clone(),
        why: None,
    }
}

/// The list to confirm.
pub fn ask(call: &Call<'_>) -> Answer {
    let chosen: Vec<&Row> = call.form.all("id").filter_map(|id| call.now.index.get(id)).collect();
    let clear: Vec<Line> = chosen.iter().filter(|row| is_clear(row)).map(|row| line(row)).collect();
    let view = View { left_out: chosen.len() - clear.len(), rows: clear, query: list(call), done: false };
    page(&call.now, &call.clerk, "bulk.html", &view)
}

/// The confirmed ones, each on its own: one that cannot be accepted keeps none of the others.
pub fn accept(call: &Call<'_>) -> Answer {
    let lock = call.now.office().inbox.lock()?;
    let pairs = call.form.all("id").zip(call.form.all("revision"));
    let answers = call.now.office().answers()?;
    let lines = pairs.filter_map(|(id, revision)| one(call, &lock, &answers, id, revision).transpose());
    let rows: Vec<Line> = lines.collect::<Result<_, _>>()?;
    let now = call.desk.room.now()?;
    let left_out = rows.iter().filter(|row| row.why.is_some()).count();
    page(&now, &call.clerk, "bulk.html", &View { rows, left_out, query: list(call), done: true })
}

fn one(call: &Call<'_>, lock: &Lock, answers: &Answers<'_>, id: &str, revision: &str) -> Result<Option<Line>, Failure> {
    // What was accepted before it may concern the same unit, so each is looked at anew.
    let now = call.desk.room.now()?;
    let Some(row) = now.index.get(id) else { return Ok(None) };
    let told = |why: Option<String>| Ok(Some(Line { why, ..line(row) }));
    if row.filed.revision != revision {
        return told(Some("刚刚被改动，请打开核对".to_owned()));
    }
    if !is_clear(row) {
        return told(Some("现在有疑点，请打开核对".to_owned()));
    }
    let decision = Decision::Accept { standing: Standing::Unsaid, basis: None };
    let (records, signed) = (now.index.records(), sign(&call.clerk.by, None));
    match review::rule(lock, now.office(), answers, &records, row.record(), &decision, &signed) {
        Ok(_) => told(None),
        Err(Stopped::Refused(refusal)) => told(Some(refusal.on_desk())),
        Err(Stopped::Failed(Failure::Refused(said))) => {
            told(Some(said.iter().map(|said| said.in_lang(Lang::Zh)).collect::<Vec<_>>().join("；")))
        }
        Err(Stopped::Failed(failure)) => Err(failure),
    }
}

fn is_clear(row: &Row) -> bool {
    row.triage.marks.contains(&Mark::Clear)
}

fn list(call: &Call<'_>) -> String {
    Filter::of(&Pairs::parse(call.form.get("list").as_bytes())).query()
}
