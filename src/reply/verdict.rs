//! Answers that follow from what the office decided about a record.

use serde::Serialize;
use serde_yaml::FlowMap;

use super::mend::{is_electronic, mend, paper};
use super::receipt::values;
use super::{Answer, Writer, mask, quoted, subject_of};
use crate::mail::Correspondence;
use crate::record::{Event, Record, Status};
use crate::report::Diagnostic;
use crate::site::unit_page;

/// What the templates see.
#[derive(Debug, Serialize)]
struct View {
    number: String,
    title: String,
    unit: String,
    officer: String,
    /// The day the decision took effect.
    on: String,
    /// Whether somebody is succeeded.
    replaces: bool,
    /// The unit's public page, where there is one.
    page: Option<String>,
    reason: Vec<String>,
    values: Vec<(String, String)>,
    mend: Vec<String>,
}

impl Writer<'_> {
    /// The answer to a decision in force; absent for forms of the office's own use and for records that wait.
    pub fn decided(
        &self,
        record: &Record,
        mail: &Correspondence,
        day: &str,
    ) -> Result<Option<Answer>, Vec<Diagnostic>> {
        let Some(ruling) = &record.decision else { return Ok(None) };
        if record.form.as_deref().and_then(|id| self.form(id)).is_some_and(|spec| spec.internal) {
            return Ok(None);
        }
        let (template, about, did) = match record.status {
            Status::Accepted => ("accepted", "已备案", "accepted"),
            Status::Rejected => ("rejected", "退回", "rejected"),
            Status::Pending => return Ok(None),
        };
        let view = View {
            on: crate::site::words::day(&ruling.on),
            replaces: ruling.replaces.is_some(),
            reason: lines(ruling.reason.as_deref()),
            page: (record.status == Status::Accepted).then(|| self.page(record)).flatten(),
            ..self.view_of(record)
        };
        let event = event(record, did, |e| e.at == ruling.at);
        self.answer(template, &view, event, about, mail, day).map(Some)
    }

    /// A request to correct a record that waits. The request stands in its history: `at` says which one it is.
    pub fn correction(
        &self,
        record: &Record,
        note: Option<&str>,
        at: &str,
        mail: &Correspondence,
        day: &str,
    ) -> Result<Answer, Vec<Diagnostic>> {
        let view = View { reason: lines(note), ..self.view_of(record) };
        let event = event(record, "correction", |e| e.at == at);
        self.answer("correction", &view, event, "请补正", mail, day)
    }

    fn answer(
        &self,
        template: &str,
        view: &View,
        event: String,
        about: &str,
        mail: &Correspondence,
        day: &str,
    ) -> Result<Answer, Vec<Diagnostic>> {
        let (text, html) = self.write(template, view, day, mail)?;
        Ok(Answer {
            event,
            to: mail.head.from.clone(),
            subject: subject_of(mail, &format!("{about} {}", view.number)),
            thread: mail.thread.clone(),
            about: None,
            text,
            html,
        })
    }

    fn view_of(&self, record: &Record) -> View {
        let spec = record.form.as_deref().and_then(|id| self.form(id));
        let role = |id: Option<&str>| {
            let field = spec.and_then(|spec| Some((spec, spec.field(id?)?)));
            field.map_or(String::new(), |(spec, field)| quoted(&mask::shown(spec, field, record.value(&field.id))))
        };
        let known = record.unit_id().and_then(|id| self.content.units.get(id)).map(|unit| unit.name.clone());
        let mut mends: Vec<String> = record.faults.iter().filter_map(|FlowMap(fault)| mend(fault, spec)).collect();
        if spec.is_some_and(|spec| is_electronic(record, spec)) {
            mends.push(paper(None));
        }
        View {
            number: record.id.clone(),
            title: spec.map_or_else(|| document_of(record), |spec| spec.title.clone()),
            unit: known.unwrap_or_else(|| role(spec.map(|spec| spec.roles.unit.as_str()))),
            officer: role(spec.and_then(|spec| spec.roles.officer.as_deref())),
            on: String::new(),
            replaces: false,
            page: None,
            reason: Vec::new(),
            values: spec.map(|spec| values(record, spec)).unwrap_or_default(),
            mend: mends,
        }
    }

    fn page(&self, record: &Record) -> Option<String> {
        let unit = self.content.units.get(record.unit_id()?)?;
        Some(self.content.config.base_url.of(&unit_page::path(unit)))
    }
}

/// The name of a document that nobody has read; empty for a mail without any.
fn document_of(record: &Record) -> String {
    record.document.as_ref().map_or(String::new(), |FlowMap(document)| quoted(&document.name))
}

/// `20230704-edc12cdc-2-accepted-2`: the record, what was done, and which entry of its history that was. Doing it again
/// after a crash gives the same event; deciding anew gives another.
fn event(record: &Record, did: &str, is_it: impl Fn(&Event) -> bool) -> String {
    let place = record.history.iter().position(|FlowMap(event)| is_it(event)).unwrap_or(record.history.len());
    format!("{}-{did}-{}", record.id, place + 1)
}

/// The office's own words, line by line.
fn lines(text: Option<&str>) -> Vec<String> {
    let lines = text.unwrap_or_default().lines().map(|line| line.trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect()
}
