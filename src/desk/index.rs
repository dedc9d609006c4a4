//! The records as the queue needs them: in order, with what each is about in words.

use std::collections::BTreeMap;

use crate::edge::office::Office;
use crate::edge::shelf::Filed;
use crate::record::register::{Register, fold, officer_of};
use crate::record::triage::{Mark, Triage, triage};
use crate::record::{Record, Status};
use crate::report::Diagnostic;

/// All records, and how they stand.
#[derive(Debug)]
pub struct Index {
    rows: BTreeMap<String, Row>,
    /// The ids of each status, in the order of its list.
    order: BTreeMap<Status, Vec<String>>,
    /// Files that are no record any more.
    pub broken: Vec<Diagnostic>,
}

/// A record in a list.
#[derive(Debug)]
pub struct Row {
    /// The record and its revision.
    pub filed: Filed,
    /// What kind of work it is.
    pub triage: Triage,
    /// The unit's name, empty where it is not known.
    pub unit: String,
    /// The officer's name, or what stands in its place.
    pub officer: String,
    /// What a search looks at, in lower case.
    haystack: String,
}

impl Row {
    /// The record.
    pub fn record(&self) -> &Record {
        &self.filed.record
    }

    /// Whether every word of a search is found.
    pub fn holds(&self, words: &str) -> bool {
        words.to_lowercase().split_whitespace().all(|word| self.haystack.contains(word))
    }
}

impl Index {
    /// Sorts records in.
    pub fn of((filed, broken): (BTreeMap<String, Filed>, Vec<Diagnostic>), office: &Office) -> Index {
        let register = fold(filed.values().map(|filed| &*filed.record), &office.rules());
        let rows: BTreeMap<String, Row> =
            filed.iter().map(|(id, filed)| (id.clone(), row(filed, &register, office))).collect();
        let order = Status::FOLDERS.map(|(status, _)| (status, ordered(&rows, status))).into();
        Index { rows, order, broken }
    }

    /// A record by its id.
    pub fn get(&self, id: &str) -> Option<&Row> {
        self.rows.get(id)
    }

    /// The records of a status: those that wait oldest first, those that are decided latest first.
    pub fn list(&self, status: Status) -> impl Iterator<Item = &Row> {
        self.order.get(&status).into_iter().flatten().filter_map(|id| self.rows.get(id))
    }

    /// Every record.
    pub fn records(&self) -> Vec<&Record> {
        self.rows.values().map(Row::record).collect()
    }

    /// The records of the officers a unit has now, longest-serving first.
    pub fn in_office(&self, unit: &str, office: &Office) -> Vec<&Record> {
        fold(self.rows.values().map(Row::record), &office.rules()).of(unit).to_vec()
    }

    /// How many records of the queue have each mark.
    pub fn counts(&self) -> BTreeMap<Mark, usize> {
        let mut counts = BTreeMap::new();
        for row in self.list(Status::Pending) {
            row.triage.marks.iter().for_each(|mark| *counts.entry(*mark).or_default() += 1);
        }
        counts
    }
}

fn ordered(rows: &BTreeMap<String, Row>, status: Status) -> Vec<String> {
    let mut all: Vec<&Record> = rows.values().map(Row::record).filter(|r| r.status == status).collect();
    let decided = |record: &Record| record.decision.as_ref().map(|ruling| ruling.at.clone());
    match status {
        Status::Pending => all.sort_by(|a, b| (&a.received, &a.id).cmp(&(&b.received, &b.id))),
        Status::Accepted | Status::Rejected => {
            all.sort_by(|a, b| (decided(b), &b.id).cmp(&(decided(a), &a.id)));
        }
    }
    all.into_iter().map(|record| record.id.clone()).collect()
}

fn row(filed: &Filed, register: &Register<'_>, office: &Office) -> Row {
    let record = &*filed.record;
    let unit = record.unit_id().map_or(String::new(), |id| office.unit_name(id).to_owned());
    let officer = match &record.form {
        Some(_) => officer_of(record, &office.rules()),
        None => record.document.as_ref().map_or("（来信无登记表）".to_owned(), |d| d.0.name.clone()),
    };
    let mail = &record.mail;
    let values = record.fields.values().map(|field| field.0.value.as_str());
    let texts = [&unit, &officer, &record.id, &mail.from, &mail.subject].map(String::as_str);
    let haystack = texts.into_iter().chain(values).collect::<Vec<_>>().join("\n").to_lowercase();
    Row { filed: filed.clone(), triage: triage(record, register, &office.rules()), unit, officer, haystack }
}
