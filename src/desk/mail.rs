//! The mail a record came in: its text, and every attachment with what became of it.

use serde::Serialize;

use super::answer::{Answer, Problem, page as answer};
use super::filter::Filter;
use super::papers;
use super::route::Call;
use super::table::{self, Shown};
use super::words;
use crate::extract::{Leaf, Outcome};
use crate::record::Record;
use crate::site::words::size;

/// Characters of a text that are shown.
const MOST_TEXT: usize = 50_000;

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    from: &'a str,
    subject: &'a str,
    received: String,
    checked: Vec<(&'a str, &'a str)>,
    texts: Vec<Text>,
    leaves: Vec<LeafView>,
    records: Vec<(String, String, String)>,
    query: String,
    problem: Option<&'static str>,
}

#[derive(Serialize)]
struct Text {
    part: String,
    html: bool,
    text: String,
    cut: bool,
}

#[derive(Serialize)]
struct LeafView {
    part: String,
    name: String,
    size: String,
    outcome: &'static str,
    sign: &'static str,
    reason: String,
    body: bool,
}

/// The mail.
pub fn page(call: &Call<'_>, id: &str) -> Answer {
    let row = call.now.index.get(id).ok_or(Problem::NotFound)?;
    let (record, office) = (row.record(), call.now.office());
    let account = papers::account(office, record);
    let leaves = account.as_ref().map(|account| account.leaves.as_slice()).unwrap_or_default();
    let bodies = leaves.iter().map(|leaf| &leaf.0).filter(|leaf| is_body(leaf));
    let view = View {
        id: &record.id,
        from: &record.mail.from,
        subject: &record.mail.subject,
        received: words::time(record.received.as_deref().unwrap_or_default()),
        checked: record.mail.authentication.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
        texts: bodies.filter_map(|leaf| text(call, record, leaf)).collect(),
        leaves: leaves.iter().map(|leaf| leaf_view(&leaf.0)).collect(),
        records: siblings(call, record),
        query: Filter::of(&call.query).query(),
        problem: account.is_none().then_some("邮件原件已不在收件目录内"),
    };
    answer(&call.now, &call.clerk, "mail.html", &view)
}

/// Text parts that were sent as the mail's text rather than as a file.
fn is_body(leaf: &Leaf) -> bool {
    ["text/plain", "text/html"].contains(&leaf.content_type.as_str()) && leaf.name.is_none()
}

fn text(call: &Call<'_>, record: &Record, leaf: &Leaf) -> Option<Text> {
    let content = papers::content(call.now.office(), record, &leaf.part)?;
    let raw = content.text?;
    let html = content.html;
    let whole = if html { table::text_of_html(&raw) } else { raw };
    let text: String = whole.chars().take(MOST_TEXT).collect();
    let cut = text.len() < whole.len();
    (!text.trim().is_empty()).then(|| Text { part: leaf.part.clone(), html, text, cut })
}

fn leaf_view(leaf: &Leaf) -> LeafView {
    let (sign, outcome) = match leaf.outcome {
        Outcome::Record => ("✓", "已登记"),
        Outcome::Text => ("≡", "正文"),
        Outcome::Ignored => ("–", "未采用"),
        Outcome::Failed => ("✗", "打不开"),
    };
    LeafView {
        part: leaf.part.clone(),
        name: leaf.name.clone().unwrap_or_else(|| "（无文件名）".to_owned()),
        size: size(leaf.bytes as u64),
        outcome,
        sign,
        reason: leaf.reason.clone().unwrap_or_default(),
        body: is_body(leaf),
    }
}

/// The other records of the same mail.
fn siblings(call: &Call<'_>, record: &Record) -> Vec<(String, String, String)> {
    let same = call.now.index.records().into_iter().filter(|r| r.mail.file == record.mail.file && r.id != record.id);
    let rows = same.filter_map(|r| call.now.index.get(&r.id));
    rows.map(|row| (row.record().id.clone(), row.unit.clone(), row.officer.clone())).collect()
}

#[derive(Serialize)]
struct PartView<'a> {
    id: &'a str,
    part: &'a str,
    name: String,
    size: String,
    reason: String,
    sheets: Vec<Shown>,
    text: Option<String>,
    query: String,
}

/// One attachment.
pub fn part(call: &Call<'_>, id: &str, part: &str) -> Answer {
    let row = call.now.index.get(id).ok_or(Problem::NotFound)?;
    let (record, office) = (row.record(), call.now.office());
    let leaf = papers::leaf(office, record, part).ok_or(Problem::NotFound)?;
    let content = papers::content(office, record, part).ok_or(Problem::NotFound)?;
    let text = content.text.as_ref().map(|text| match content.html {
        true => table::text_of_html(text),
        false => text.clone(),
    });
    let view = PartView {
        id: &record.id,
        part,
        name: leaf.name.clone().unwrap_or_else(|| "（无文件名）".to_owned()),
        size: size(leaf.bytes as u64),
        reason: leaf.reason.clone().unwrap_or_default(),
        sheets: if text.is_some() { Vec::new() } else { table::sheets(&content.bytes) },
        text: text.map(|text| text.chars().take(MOST_TEXT).collect()),
        query: Filter::of(&call.query).query(),
    };
    answer(&call.now, &call.clerk, "part.html", &view)
}
