//! The ledger: who did what, when, the latest first, and whether its chain is whole.

use serde::Serialize;

use super::answer::{Answer, page as answer};
use super::route::Call;
use super::words;
use crate::edge::ledger::Entry;
use crate::report::Lang;

/// Entries on one page.
const ON_A_PAGE: usize = 100;

#[derive(Serialize)]
struct View {
    entries: Vec<Line>,
    count: usize,
    page: usize,
    earlier: Option<usize>,
    later: Option<usize>,
    broken: Vec<String>,
}

#[derive(Serialize)]
struct Line {
    at: String,
    by: String,
    did: String,
    on: String,
    record: bool,
    detail: String,
}

/// The ledger's page.
pub fn page(call: &Call<'_>) -> Answer {
    let (entries, broken) = match call.now.office().inbox.ledger()? {
        Ok(entries) => (entries, Vec::new()),
        Err(broken) => (Vec::new(), broken.iter().map(|d| d.render(Lang::Zh)).collect()),
    };
    let page = call.query.number("page", 1).max(1);
    let from = (page - 1).saturating_mul(ON_A_PAGE);
    let shown = entries.iter().rev().skip(from).take(ON_A_PAGE);
    let view = View {
        entries: shown.map(|entry| line(call, entry)).collect(),
        count: entries.len(),
        page,
        earlier: (entries.len() > from.saturating_add(ON_A_PAGE)).then_some(page + 1),
        later: (page > 1).then(|| page - 1),
        broken,
    };
    answer(&call.now, &call.clerk, "ledger.html", &view)
}

fn line(call: &Call<'_>, entry: &Entry) -> Line {
    Line {
        at: words::time(&entry.at),
        by: if entry.by == "intake" { "（自动收取）".to_owned() } else { entry.by.clone() },
        did: words::act(&entry.did).to_owned(),
        on: entry.on.clone(),
        record: call.now.index.get(&entry.on).is_some(),
        detail: detail(call, entry),
    }
}

/// What the ledger adds, for a clerk: labels for the ids of fields, and numbers with their word.
fn detail(call: &Call<'_>, entry: &Entry) -> String {
    let text = entry.detail.as_deref().unwrap_or_default();
    let forms = &call.now.office().content.forms;
    let label = |id: &str| match id {
        "unit" => "单位".to_owned(),
        "form" => "表格".to_owned(),
        _ => forms.iter().find_map(|f| Some(f.full_label(f.field(id)?))).unwrap_or_else(|| id.to_owned()),
    };
    match (entry.did.as_str(), text.strip_suffix(" records")) {
        ("edited", _) => text.split(' ').map(label).collect::<Vec<_>>().join("、"),
        ("received", Some(count)) => format!("{count}条记录"),
        _ => text.to_owned(),
    }
}
