//! One record: the page beside its values, what is doubtful, what the unit has now, and what can be decided.

use axum::http::StatusCode;
use serde::Serialize;
use serde_yaml::FlowMap;

use super::answer::{Answer, Problem, page_as};
use super::answers;
use super::compare::{Compare, compare};
use super::filter::{Around, Filter};
use super::index::Row;
use super::papers::{self, Scan};
use super::queue::{self, Done};
use super::room::Now;
use super::route::Call;
use super::table::{self, Table};
use super::words::{self, Word};
use crate::form::{Field, FormSpec, Kind};
use crate::record::{Record, Status};

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    revision: &'a str,
    pending: bool,
    status: &'static str,
    unit: Unit<'a>,
    officer: &'a str,
    forms: Vec<Option3<'a>>,
    form: &'a str,
    fields: Vec<FieldView<'a>>,
    faults: Vec<&'a str>,
    doubts: usize,
    marks: Option<[(&'static str, Word); 2]>,
    scan: Option<Scan>,
    table: Option<Table>,
    mail: Mail<'a>,
    compare: Option<Compare>,
    hold: Option<Ruled<'a>>,
    decision: Option<Ruled<'a>>,
    history: Vec<(String, &'a str, &'a str)>,
    reasons: &'static [&'static str],
    around: Around<'a>,
    query: String,
    done: Option<Done>,
    answers: Vec<answers::Line>,
    problem: Option<&'a str>,
    registers: bool,
}

/// A choice of a list: value, words, chosen.
#[derive(Serialize)]
pub struct Option3<'a> {
    value: &'a str,
    label: &'a str,
    chosen: bool,
}

#[derive(Serialize)]
struct Unit<'a> {
    id: &'a str,
    name: &'a str,
    likeness: String,
    certain: bool,
    second: Option<(&'a str, &'a str)>,
    categories: Vec<(&'a str, Vec<Option3<'a>>)>,
}

#[derive(Serialize)]
struct Mail<'a> {
    from: &'a str,
    subject: &'a str,
    received: String,
    document: Option<String>,
    checked: Vec<(&'a str, &'a str)>,
    file: bool,
}

#[derive(Serialize)]
struct Ruled<'a> {
    what: &'static str,
    by: &'a str,
    at: String,
    reason: &'a str,
    basis: &'a str,
}

#[derive(Serialize)]
struct FieldView<'a> {
    id: &'a str,
    label: &'a str,
    group: &'a str,
    begins: bool,
    long: bool,
    value: &'a str,
    means: Option<Word>,
    sureness: String,
    faults: Vec<&'a str>,
    others: Vec<Other<'a>>,
    required: bool,
    public: bool,
    focus: bool,
    place: Option<[f32; 4]>,
}

#[derive(Serialize)]
struct Other<'a> {
    value: &'a str,
    means: Word,
    sureness: String,
}

/// Reasons that come again and again; the unit reads them.
const REASONS: [&str; 7] = [
    "未加盖单位公章，请盖章后重新发送",
    "单位负责人未签字，请签字后重新发送",
    "图像不清晰或不完整，请重新扫描后发送",
    "附件无法打开，请重新发送",
    "必填内容未填写，请补充完整后重新发送",
    "与已备案的登记表重复",
    "不是政府采购专办员登记表",
];

/// The record's page.
pub fn page(call: &Call<'_>, id: &str) -> Answer {
    let row = call.now.index.get(id).ok_or(Problem::NotFound)?;
    show(call, &call.now, row, &Filter::of(&call.query), None)
}

/// The page, where something could not be done with what that is.
pub fn show(call: &Call<'_>, now: &Now, row: &Row, filter: &Filter, problem: Option<&str>) -> Answer {
    let (record, office) = (row.record(), now.office());
    let rules = office.rules();
    let spec = record.form.as_deref().and_then(|id| rules.form(id));
    let scan = papers::scan(office, record, call.query.number("turn", 0));
    let view = View {
        id: &record.id,
        revision: &row.filed.revision,
        pending: record.status == Status::Pending,
        status: record.status.label(),
        unit: unit(now, row),
        officer: &row.officer,
        forms: forms(now, record),
        form: spec.map_or("", |spec| &spec.title),
        fields: spec.map(|spec| fields(record, spec, scan.is_some())).unwrap_or_default(),
        faults: record.faults.iter().filter(|f| f.0.field.is_none()).map(|f| f.0.message.as_str()).collect(),
        doubts: row.triage.doubts,
        marks: marks(record),
        table: if scan.is_none() { table::of_record(office, record) } else { None },
        scan,
        mail: mail(record),
        compare: compare(now, record),
        hold: hold(record),
        decision: decision(record),
        history: record.history.iter().rev().map(|e| (words::time(&e.0.at), &*e.0.by, &*e.0.did)).collect(),
        reasons: &REASONS,
        around: filter.around(&now.index, &record.id),
        query: filter.query(),
        done: queue::done(call),
        answers: answers::of_record(call, &record.id),
        problem,
        registers: crate::record::decide::registers(record, &rules),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page_as(status, now, &call.clerk, "record.html", &view)
}

fn forms<'a>(now: &'a Now, record: &Record) -> Vec<Option3<'a>> {
    let forms = now.office().content.forms.iter();
    let chosen = |id: &str| record.form.as_deref() == Some(id);
    forms.map(|spec| Option3 { value: &spec.id, label: &spec.title, chosen: chosen(&spec.id) }).collect()
}

fn unit<'a>(now: &'a Now, row: &'a Row) -> Unit<'a> {
    let units = &now.office().content.units;
    let choice = row.record().unit.as_ref().map(|choice| &choice.0);
    let id = choice.map_or("", |choice| choice.id.as_str());
    let option = |unit: &'a crate::unit::Unit| Option3 { value: &unit.id, label: &unit.name, chosen: unit.id == id };
    let of = |category: &str| units.list.iter().filter(|u| u.category == category).map(option).collect();
    let second = choice.and_then(|choice| choice.second.as_ref()).and_then(|(id, _)| units.get(id));
    Unit {
        id,
        name: &row.unit,
        likeness: choice.map_or(String::new(), |choice| format!("{:.0}%", choice.score * 100.0)),
        certain: choice.is_some_and(|choice| choice.score >= crate::unit::CERTAIN),
        second: second.map(|unit| (unit.id.as_str(), unit.name.as_str())),
        categories: units.categories.iter().map(|c| (c.name.as_str(), of(&c.id))).collect(),
    }
}

fn marks(record: &Record) -> Option<[(&'static str, Word); 2]> {
    let looked_for = record.image.is_some() && record.form.is_some();
    looked_for.then(|| [("公章", words::seen(record.marks.seal)), ("签字", words::seen(record.marks.signature))])
}

fn mail(record: &Record) -> Mail<'_> {
    let named = |document: &crate::extract::Document| {
        let row = document.row.map_or(String::new(), |row| format!("第{row}行"));
        let others = document.also.len();
        let also = if others > 0 { format!("，另有{others}份同表文件") } else { String::new() };
        format!("{}（第{}页{row}{also}）", document.name, document.page)
    };
    Mail {
        from: &record.mail.from,
        subject: &record.mail.subject,
        received: words::time(record.received.as_deref().unwrap_or_default()),
        document: record.document.as_ref().map(|document| named(&document.0)),
        checked: record.mail.authentication.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
        file: !record.mail.file.is_empty(),
    }
}

fn hold(record: &Record) -> Option<Ruled<'_>> {
    let hold = record.hold.as_ref()?;
    let at = words::time(&hold.at);
    Some(Ruled { what: hold.waits.label(), by: &hold.by, at, reason: &hold.reason, basis: "" })
}

fn decision(record: &Record) -> Option<Ruled<'_>> {
    let ruling = record.decision.as_ref()?;
    Some(Ruled {
        what: record.status.label(),
        by: &ruling.by,
        at: words::time(&ruling.at),
        reason: ruling.reason.as_deref().unwrap_or_default(),
        basis: ruling.basis.as_deref().unwrap_or_default(),
    })
}

fn fields<'a>(record: &'a Record, spec: &'a FormSpec, on_scan: bool) -> Vec<FieldView<'a>> {
    let mut all: Vec<FieldView<'a>> = spec.written().map(|field| field_view(record, spec, field, on_scan)).collect();
    for at in 1..all.len() {
        all[at].begins = all[at].group != all[at - 1].group;
    }
    // The clerk begins where there is something to look at.
    if let Some(doubtful) = all.iter_mut().find(|field| !field.faults.is_empty()) {
        doubtful.focus = true;
    }
    all
}

fn field_view<'a>(record: &'a Record, spec: &'a FormSpec, field: &'a Field, on_scan: bool) -> FieldView<'a> {
    let seen = record.fields.get(&field.id).map(|FlowMap(value)| value);
    let faults = record.faults.iter().filter(|f| f.0.field.as_deref() == Some(&field.id));
    let others = seen.map(|value| value.alternatives.as_slice()).unwrap_or_default();
    FieldView {
        id: &field.id,
        label: &field.label,
        group: field.group.as_deref().and_then(|id| spec.group(id)).map_or("", |group| &group.label),
        begins: field.group.is_some(),
        long: field.kind == Kind::Note,
        value: seen.map_or("", |value| &value.value),
        means: seen.map(|value| words::means(value.means)),
        sureness: seen.map_or(String::new(), |value| words::sureness(value.means, value.confidence)),
        faults: faults.map(|fault| fault.0.message.as_str()).collect(),
        others: others
            .iter()
            .map(|other| Other {
                value: &other.value,
                means: words::means(other.means),
                sureness: words::sureness(other.means, other.confidence),
            })
            .collect(),
        required: field.required,
        public: field.column.is_some(),
        focus: false,
        place: seen.and_then(|value| value.place).filter(|_| on_scan).and_then(papers::place),
    }
}
