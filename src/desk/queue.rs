//! The queue: what there is to do, oldest first.

use serde::Serialize;

use super::answer::{self, Answer};
use super::filter::Filter;
use super::index::Row;
use super::pairs::query;
use super::route::Call;
use super::words::{self, Word};
use crate::record::Status;
use crate::record::triage::Mark;
use crate::report::Lang;

/// Records on one page.
const ON_A_PAGE: usize = 50;
/// Doubts told in a row; the others are counted.
const TOLD: usize = 2;

#[derive(Serialize)]
struct View {
    title: &'static str,
    status: &'static str,
    show: &'static str,
    words: String,
    query: String,
    lists: Vec<Choice>,
    marks: Vec<Choice>,
    rows: Vec<Line>,
    found: usize,
    from: usize,
    earlier: Option<String>,
    later: Option<String>,
    done: Option<Done>,
    broken: Vec<String>,
    clear: bool,
}

#[derive(Serialize)]
struct Choice {
    label: &'static str,
    query: String,
    count: usize,
    chosen: bool,
}

/// A record in the list.
#[derive(Serialize)]
pub struct Line {
    id: String,
    unit: String,
    officer: String,
    means: Vec<Word>,
    doubts: usize,
    told: Vec<String>,
    more: usize,
    marks: Vec<&'static str>,
    late: bool,
    from: String,
    received: String,
    image: bool,
    clear: bool,
    decided: Option<String>,
}

/// What was decided last, with the way back.
#[derive(Serialize)]
pub struct Done {
    id: String,
    unit: String,
    officer: String,
    what: String,
    revision: String,
}

/// The list.
pub fn page(call: &Call<'_>) -> Answer {
    let (index, filter) = (&call.now.index, Filter::of(&call.query));
    let found: Vec<&Row> = filter.rows(index).collect();
    let last = found.len().saturating_sub(1) / ON_A_PAGE;
    let at = call.query.number("page", 1).saturating_sub(1).min(last);
    let on_page = found.iter().skip(at * ON_A_PAGE).take(ON_A_PAGE);
    let rows: Vec<Line> = on_page.map(|row| line(row)).collect();
    let turn = |page: usize| format!("{}&page={}", filter.query(), page + 1);
    let view = View {
        title: filter.status.label(),
        status: filter.status.folder(),
        show: filter.name(),
        words: filter.words.clone(),
        query: filter.query(),
        lists: lists(call, &filter),
        marks: if filter.status == Status::Pending { marks(call, &filter) } else { Vec::new() },
        clear: rows.iter().any(|row| row.clear),
        rows,
        found: found.len(),
        from: at * ON_A_PAGE,
        earlier: at.checked_sub(1).map(turn),
        later: (at < last).then(|| turn(at + 1)),
        done: done(call),
        broken: index.broken.iter().map(|d| d.render(Lang::Zh)).collect(),
    };
    answer::page(&call.now, &call.clerk, "queue.html", &view)
}

fn lists(call: &Call<'_>, filter: &Filter) -> Vec<Choice> {
    let choice = |(status, _): &(Status, &str)| {
        let list = Filter { status: *status, mark: None, words: String::new() };
        Choice {
            label: status.label(),
            query: list.query(),
            count: call.now.index.list(*status).count(),
            chosen: *status == filter.status,
        }
    };
    Status::FOLDERS.iter().map(choice).collect()
}

fn marks(call: &Call<'_>, filter: &Filter) -> Vec<Choice> {
    let counts = call.now.index.counts();
    let of = |mark: Option<Mark>, label| {
        let list = Filter { mark, ..filter.clone() };
        let count = match mark {
            Some(mark) => counts.get(&mark).copied().unwrap_or_default(),
            None => Filter { words: String::new(), ..list.clone() }.rows(&call.now.index).count(),
        };
        Choice { label, query: list.query(), count, chosen: mark == filter.mark }
    };
    let each = Mark::ALL.iter().map(|(mark, _, label)| of(Some(*mark), *label));
    std::iter::once(of(None, "全部")).chain(each.filter(|choice| choice.count > 0 || choice.chosen)).collect()
}

/// A record as a line.
pub fn line(row: &Row) -> Line {
    let record = row.record();
    let marks = &row.triage.marks;
    let told = record.faults.iter().filter(|fault| fault.0.code != "late").map(|fault| fault.0.message.clone());
    // Doubts are told one by one, so that only what they do not say is added.
    let said = [Mark::SecondOfficer, Mark::Unread, Mark::NoForm, Mark::Failed, Mark::Asked, Mark::SetAside];
    let decided = record.decision.as_ref().map(|ruling| {
        let reason = ruling.reason.as_ref().map_or(String::new(), |reason| format!("：{reason}"));
        format!("{}，{}{reason}", ruling.on, ruling.by)
    });
    Line {
        id: record.id.clone(),
        unit: row.unit.clone(),
        officer: row.officer.clone(),
        means: row.triage.means.iter().map(|means| words::means(*means)).collect(),
        doubts: row.triage.doubts,
        told: told.clone().take(TOLD).collect(),
        more: told.count().saturating_sub(TOLD),
        marks: said.iter().filter(|mark| marks.contains(mark)).map(|mark| mark.label()).collect(),
        late: marks.contains(&Mark::Late),
        from: record.mail.from.clone(),
        received: words::time(record.received.as_deref().unwrap_or_default()),
        image: record.image.is_some(),
        clear: marks.contains(&Mark::Clear),
        decided,
    }
}

/// What the clerk has just done: named by the address, but told from the record itself.
pub fn done(call: &Call<'_>) -> Option<Done> {
    let row = call.now.index.get(call.query.get("done"))?;
    let what = row.record().history.last()?.0.did.clone();
    Some(Done {
        id: row.record().id.clone(),
        unit: row.unit.clone(),
        officer: row.officer.clone(),
        what,
        revision: row.filed.revision.clone(),
    })
}

/// The address of the list with what was just done.
pub fn address(filter: &Filter, done: &str) -> String {
    let done = query(&[("done", done)]);
    let both: Vec<String> = [filter.query(), done].into_iter().filter(|part| !part.is_empty()).collect();
    format!("/?{}", both.join("&"))
}
