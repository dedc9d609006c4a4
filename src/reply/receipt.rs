//! The receipt of a mail: one for each mail, however many forms it holds.

use serde::Serialize;
use serde_yaml::FlowMap;

use super::mend::{LATE, instead, is_electronic, mend, paper, to_sender};
use super::{Answer, Writer, mask, quoted, subject_of};
use crate::extract::MailHead;
use crate::fault::Fault;
use crate::form::FormSpec;
use crate::mail::Correspondence;
use crate::record::Record;
use crate::report::Diagnostic;

/// Forms whose values are told one by one; of a longer list only what is to be mended.
const DETAILED: usize = 10;

/// A mail that was taken in.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// The mail as its answer sees it.
    pub mail: &'a Correspondence,
    /// The mail as the records know it.
    pub head: &'a MailHead,
    /// Faults of the mail as a whole.
    pub faults: &'a [Fault],
    /// All its records.
    pub records: &'a [Record],
}

impl Received<'_> {
    /// Whether there is a form in it, or a document that might be one.
    pub fn has_form(&self) -> bool {
        self.records.iter().any(|record| record.document.is_some())
    }

    /// The receipt's number and event.
    pub fn event(&self) -> String {
        format!("{}-receipt", self.head.id_prefix())
    }
}

/// What the templates see.
#[derive(Debug, Serialize)]
struct View {
    number: String,
    forms: Vec<Form>,
    /// Whether the forms' values are told.
    detailed: bool,
    /// Pages that a clerk will read.
    by_hand: Vec<Document>,
    closed: Vec<Document>,
    links: Vec<String>,
    notes: Vec<String>,
    /// Whether anything is to be mended.
    lacking: bool,
}

#[derive(Debug, Serialize)]
struct Form {
    number: String,
    title: String,
    unit: String,
    officer: String,
    document: String,
    values: Vec<(String, String)>,
    mend: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Document {
    number: String,
    name: String,
    instead: String,
}

impl Writer<'_> {
    /// The receipt for a mail. `day` is today in China.
    pub fn receipt(&self, received: &Received<'_>, day: &str) -> Result<Answer, Vec<Diagnostic>> {
        let view = self.view(received);
        let template = match &view {
            View { forms, by_hand, .. } if !forms.is_empty() || !by_hand.is_empty() => "receipt",
            View { closed, .. } if !closed.is_empty() => "unread",
            View { links, .. } if !links.is_empty() => "link",
            _ => "no-form",
        };
        let (text, html) = self.write(template, &view, day, received.mail)?;
        Ok(Answer {
            event: received.event(),
            to: received.mail.head.from.clone(),
            subject: subject_of(received.mail, &format!("回执 {}", view.number)),
            thread: received.mail.thread.clone(),
            about: received.head.date.clone(),
            text,
            html,
        })
    }

    fn view(&self, received: &Received<'_>) -> View {
        let of_mail = |fault: &Fault| received.faults.contains(fault);
        let (mut forms, mut by_hand, mut closed) = (Vec::new(), Vec::new(), Vec::new());
        for record in received.records {
            let spec = record.form.as_deref().and_then(|id| self.form(id));
            let faults: Vec<&Fault> = record.faults.iter().map(|FlowMap(f)| f).filter(|f| !of_mail(f)).collect();
            match spec {
                Some(spec) => forms.push(form(record, spec, &faults)),
                None if record.document.is_none() => {}
                None if faults.iter().any(|fault| fault.code == "unread") => {
                    by_hand.push(document(record, String::new()))
                }
                None => closed.push(document(record, instead(&faults))),
            }
        }
        let linked = received.faults.iter().filter(|fault| fault.code == "link-only");
        let links: Vec<String> = linked.map(|fault| format!("{}。", to_sender(&fault.message))).collect();
        let mut notes: Vec<String> = received.faults.iter().filter_map(note).collect();
        notes.dedup();
        notes.extend(self.electronic(received));
        if received.records.iter().any(|record| record.faults.iter().any(|FlowMap(fault)| fault.code == "late")) {
            notes.push(LATE.to_owned());
        }
        View {
            number: received.head.id_prefix(),
            lacking: forms.iter().any(|form| !form.mend.is_empty()) || !closed.is_empty() || !links.is_empty(),
            detailed: forms.len() <= DETAILED,
            forms,
            by_hand,
            closed,
            links,
            notes,
        }
    }

    /// Which forms came without seal and signature, said once for all.
    fn electronic(&self, received: &Received<'_>) -> Option<String> {
        let specs = received.records.iter().filter_map(|record| Some((record, self.form(record.form.as_deref()?)?)));
        let each: Vec<bool> = specs.map(|(record, spec)| is_electronic(record, spec)).collect();
        let numbers = each.iter().zip(1..).filter(|(electronic, _)| **electronic);
        let numbers: Vec<String> = numbers.map(|(_, number): (_, usize)| number.to_string()).collect();
        let which = format!("第{}份", numbers.join("、"));
        (!numbers.is_empty()).then(|| paper((numbers.len() < each.len()).then_some(&which)))
    }

    /// A form by id.
    pub(super) fn form(&self, id: &str) -> Option<&FormSpec> {
        self.content.forms.iter().find(|spec| spec.id == id)
    }
}

/// What a fault of the whole mail says to its sender.
fn note(fault: &Fault) -> Option<String> {
    match fault.code.as_str() {
        "too-many-parts" | "too-many-records" => Some(format!("{}。", to_sender(&fault.message))),
        _ => mend(fault, None),
    }
}

fn form(record: &Record, spec: &FormSpec, faults: &[&Fault]) -> Form {
    let value = |id: &str| spec.field(id).map_or(String::new(), |field| mask::shown(spec, field, record.value(id)));
    let mut mends: Vec<String> = faults.iter().filter_map(|fault| mend(fault, Some(spec))).collect();
    mends.dedup();
    Form {
        number: record.id.clone(),
        title: spec.title.clone(),
        unit: quoted(&value(&spec.roles.unit)),
        officer: spec.roles.officer.as_deref().map_or(String::new(), |id| quoted(&value(id))),
        document: name(record),
        values: values(record, spec),
        mend: mends,
    }
}

/// The values with their labels, private ones masked.
pub(super) fn values(record: &Record, spec: &FormSpec) -> Vec<(String, String)> {
    let filled = spec.written().filter(|field| !record.value(&field.id).is_empty());
    let shown = |value: String| quoted(&mask::without_mobiles(&value));
    filled.map(|f| (spec.full_label(f), shown(mask::shown(spec, f, record.value(&f.id))))).collect()
}

fn document(record: &Record, instead: String) -> Document {
    Document { number: record.id.clone(), name: name(record), instead }
}

/// `汇总表.xlsx（第3行）`; empty for the text of the mail itself.
fn name(record: &Record) -> String {
    let Some(FlowMap(document)) = &record.document else { return String::new() };
    let place = match (document.row, document.page) {
        (Some(row), 0 | 1) => format!("（第{row}行）"),
        (Some(row), page) => format!("（第{page}页第{row}行）"),
        (None, 0 | 1) => String::new(),
        (None, page) => format!("（第{page}页）"),
    };
    let name = quoted(&document.name);
    let name = if name.is_empty() { "邮件正文".to_owned() } else { name };
    name + &place
}
