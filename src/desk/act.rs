//! What a clerk does with a record: values saved, a decision applied, both in one step where both were sent. Two windows on
//! one record: the second to save is told what changed, and nothing is overwritten.

use super::answer::{Answer, Problem, see_other};
use super::conflict;
use super::filter::Filter;
use super::index::Row;
use super::one;
use super::pairs::{Pairs, query};
use super::preview;
use super::queue;
use super::room::Now;
use super::route::Call;
use crate::edge::failure::Failure;
use crate::edge::office::{Office, sign};
use crate::edge::review::{self, Stopped};
use crate::edge::store::Lock;
use crate::form::check::check;
use crate::record::decide::{Decision, Standing};
use crate::record::{Record, Signed, Status};

/// Values to change: field, `unit` or `form`, and its new value.
pub type Changes = Vec<(String, String)>;

/// Applies what was sent.
pub fn act(call: &Call<'_>, id: &str) -> Answer {
    let decision = decision(&call.form)?;
    let filter = Filter::of(&Pairs::parse(call.form.get("list").as_bytes()));
    let lock = call.now.office().inbox.lock()?;
    let now = call.desk.room.now()?;
    let row = now.index.get(id).ok_or(Problem::NotFound)?;
    let changes = changes(&call.form, row.record(), now.office());
    if row.filed.revision != call.form.get("revision") {
        return match &decision {
            Some(decision) if is_mine(call, row, decision) => onward(&now, &filter, id),
            _ => conflict::page(call, &now, row, &changes, &filter),
        };
    }
    let signed = sign(&call.clerk.by, None);
    let done = match decision.as_ref().filter(|decision| is_to_be_shown(&call.form, decision)) {
        Some(decision) => preview::page(call, &now, row, &changes, decision, &signed),
        None => apply(&lock, &now, row.record(), &changes, decision.as_ref(), &signed).map(|()| match decision {
            Some(Decision::Reopen { .. }) | None => back(&filter, id),
            Some(_) => onward(&now, &filter, id),
        }),
    };
    match done {
        Ok(answer) => answer,
        Err(Stopped::Refused(refusal)) => refused(call, &filter, id, &refusal.on_desk()),
        Err(Stopped::Failed(Failure::Refused(said))) => {
            let all: Vec<&str> = said.iter().map(|said| said.zh.as_str()).collect();
            refused(call, &filter, id, &all.join("；"))
        }
        Err(Stopped::Failed(failure)) => Err(Problem::Failed(failure)),
    }
}

/// Whether the answer to the sender is shown before anything is done: always where it has bad news, and on demand.
fn is_to_be_shown(form: &Pairs, decision: &Decision) -> bool {
    let bad_news = matches!(decision, Decision::Reject { .. } | Decision::Ask { .. });
    (bad_news || form.get("act") == "look") && form.get("confirmed").is_empty()
}

/// Sent twice by one clerk, by a double click or the back key: it was done the first time.
fn is_mine(call: &Call<'_>, row: &Row, decision: &Decision) -> bool {
    let last = row.record().history.last();
    decision.is_done(row.record()) && last.is_some_and(|event| event.0.by == call.clerk.by)
}

fn apply(
    lock: &Lock,
    now: &Now,
    record: &Record,
    changes: &Changes,
    decision: Option<&Decision>,
    signed: &Signed,
) -> Result<(), Stopped> {
    let office = now.office();
    let edited = match changes.is_empty() {
        true => record.clone(),
        false => review::change(lock, office, record, changes, signed)?,
    };
    let Some(decision) = decision else { return Ok(()) };
    let mut records: Vec<&Record> = now.index.records().into_iter().filter(|r| r.id != edited.id).collect();
    records.push(&edited);
    review::rule(lock, office, &office.answers()?, &records, &edited, decision, signed)?;
    Ok(())
}

/// The next record of the list; what was done is told on it, with the way back.
fn onward(before: &Now, filter: &Filter, id: &str) -> Answer {
    match filter.around(&before.index, id).next {
        Some(next) => see_other(&format!("/records/{next}?{}", with(filter, &[("done", id)]))),
        None => see_other(&queue::address(filter, id)),
    }
}

fn back(filter: &Filter, id: &str) -> Answer {
    see_other(&format!("/records/{id}?{}", with(filter, &[("done", id)])))
}

fn with(filter: &Filter, more: &[(&str, &str)]) -> String {
    let parts = [filter.query(), query(more)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&")
}

/// The record's page again, with why it could not be done.
fn refused(call: &Call<'_>, filter: &Filter, id: &str, why: &str) -> Answer {
    let now = call.desk.room.now()?;
    let row = now.index.get(id).ok_or(Problem::NotFound)?;
    one::show(call, &now, row, filter, Some(why))
}

fn decision(form: &Pairs) -> Result<Option<Decision>, Problem> {
    let reason = reason(form);
    Ok(match form.get("act") {
        "save" => None,
        "accept" | "look" => Some(Decision::Accept { standing: standing(form), basis: filled(form.get("basis")) }),
        "reject" => Some(Decision::Reject { reason }),
        "ask" => Some(Decision::Ask { reason }),
        "aside" => Some(Decision::SetAside { reason }),
        "reopen" => Some(Decision::Reopen { reason: filled(&reason) }),
        _ => return Err(Problem::Unclear("没有说明要做什么")),
    })
}

fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The ready-made reasons and the clerk's own words in one sentence.
fn reason(form: &Pairs) -> String {
    let own = form.get("reason").split_whitespace().collect::<Vec<_>>().join(" ");
    form.all("ready").map(str::to_owned).chain(filled(&own)).collect::<Vec<_>>().join("；")
}

fn standing(form: &Pairs) -> Standing {
    match form.get("standing").split_once(':') {
        Some(("replace", former)) => Standing::Replaces(Some(former.to_owned())),
        _ if form.get("standing") == "join" => Standing::Joins,
        _ => Standing::Unsaid,
    }
}

/// What was sent that is not what the record holds. A field marked as looked at is entered anew by the clerk, which settles
/// its doubts.
fn changes(form: &Pairs, record: &Record, office: &Office) -> Changes {
    let mut all = Changes::new();
    if record.status != Status::Pending {
        return all;
    }
    let chosen = filled(form.get("form")).filter(|form| record.form.as_ref() != Some(form));
    let spec =
        chosen.as_ref().or(record.form.as_ref()).and_then(|id| office.content.forms.iter().find(|f| f.id == *id));
    all.extend(chosen.map(|form| ("form".to_owned(), form)));
    for field in spec.iter().flat_map(|spec| spec.written().map(move |field| (*spec, field))) {
        let (spec, field) = field;
        let Some(sent) = form.find(&format!("f.{}", field.id)) else { continue };
        let looked_at = form.all("sure").any(|id| id == field.id);
        if looked_at || check(spec, field, sent).value != record.value(&field.id) {
            all.push((field.id.clone(), sent.to_owned()));
        }
    }
    let looked_at = form.all("sure").any(|id| id == "unit");
    let unit = filled(form.get("unit")).filter(|unit| looked_at || record.unit_id() != Some(unit));
    all.extend(unit.map(|unit| ("unit".to_owned(), unit)));
    all
}
