//! One form, several documents: the .docx and its scan, two photos of one page, the summary sheet and the forms it sums
//! up. They become one record with all of the evidence, not several that contradict each other.

use std::collections::BTreeMap;

use serde_yaml::FlowMap;

use super::{Document, Found};
use crate::fault::Fault;
use crate::form::check::check;
use crate::form::{FormSpec, Kind};
use crate::read::pixels::Marks;
use crate::read::settle::settle;
use crate::read::{Means, Reader, Reading, names_whom};

/// Recognised readings are of one form when at least so many fields say the same.
const FEWEST_EQUAL: usize = 3;

/// What a place of a document gave, on its way to a record.
pub struct Draft {
    /// The record without its fields.
    pub found: Found,
    /// What was read; absent where nothing could be.
    pub reading: Option<Reading>,
}

/// A form with all that belongs to it so far.
struct Joined {
    draft: Draft,
    /// The values by field id, normalised, to compare with.
    values: BTreeMap<String, String>,
}

/// The records of a mail, in the order of their first documents.
pub fn join(reader: &Reader, drafts: Vec<Draft>) -> Vec<Found> {
    merge(reader, drafts).into_iter().map(|draft| settled(reader, draft)).collect()
}

/// The drafts of one form each.
pub fn merge(reader: &Reader, drafts: Vec<Draft>) -> Vec<Draft> {
    let mut all: Vec<Joined> = Vec::new();
    for draft in drafts {
        let next = Joined { values: values(reader, draft.reading.as_ref()), draft };
        match all.iter().position(|known| is_same(reader, known, &next)) {
            Some(at) => all[at].take(next),
            None => all.push(next),
        }
    }
    all.into_iter().map(|joined| joined.draft).collect()
}

fn values(reader: &Reader, reading: Option<&Reading>) -> BTreeMap<String, String> {
    let Some((reading, spec)) = reading.and_then(|reading| Some((reading, reader.spec(reading)?))) else {
        return BTreeMap::new();
    };
    let value = |field: &crate::form::Field| (field.id.clone(), check(spec, field, reading.text(&field.id)).value);
    spec.written().map(value).filter(|(_, value)| !value.is_empty()).collect()
}

impl Joined {
    fn take(&mut self, other: Joined) {
        for (id, value) in other.values {
            self.values.entry(id).or_insert(value);
        }
        let (mine, theirs) = (&mut self.draft, other.draft);
        if let (Some(reading), Some(more)) = (&mut mine.reading, theirs.reading) {
            for (id, seen) in more.evidence {
                reading.evidence.entry(id).or_default().extend(seen);
            }
        }
        let (found, more) = (&mut mine.found, theirs.found);
        found.document.also.push(more.document);
        found.marks = Marks {
            seal: either(found.marks.seal, more.marks.seal),
            signature: either(found.marks.signature, more.marks.signature),
        };
        found.faults.extend(more.faults.into_iter().filter(|fault| !found.faults.contains(fault)).collect::<Vec<_>>());
        found.picture = found.picture.take().or(more.picture);
    }
}

/// A mark is there when one of the documents bears it.
fn either(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a || b),
        (a, b) => a.or(b),
    }
}

/// Whether two documents bear one and the same form.
fn is_same(reader: &Reader, known: &Joined, next: &Joined) -> bool {
    let (Some(a), Some(b)) = (&known.draft.reading, &next.draft.reading) else { return false };
    let Some(spec) = reader.spec(a).filter(|spec| spec.id == b.form && spec.version == b.version) else { return false };
    let (one, other) = (&known.draft.found.document, &next.draft.found.document);
    // What stands apart on one page is two forms, also when a row says the same twice.
    let together = |d: &Document| d.part == other.part && d.page == other.page;
    if std::iter::once(one).chain(&one.also).any(together) {
        return false;
    }
    names_the_same(spec, known, next) || reads_alike(known, next) || continues(spec, known, next)
}

fn names_the_same(spec: &FormSpec, known: &Joined, next: &Joined) -> bool {
    spec.roles.officer.is_some()
        && names_whom(spec).all(|id| known.values.get(id).is_some_and(|value| next.values.get(id) == Some(value)))
}

/// Recognition gets a character wrong here and there: then it is the rest of the form that tells.
fn reads_alike(known: &Joined, next: &Joined) -> bool {
    if !is_recognised(known) && !is_recognised(next) {
        return false;
    }
    let both = || known.values.iter().filter_map(|(id, value)| Some((value, next.values.get(id)?)));
    let equal = both().filter(|(a, b)| a == b).count();
    equal >= FEWEST_EQUAL && equal * 2 > both().count()
}

/// The lower half of a page on a photo of its own: it names no unit, and says nothing that the upper half says.
fn continues(spec: &FormSpec, known: &Joined, next: &Joined) -> bool {
    is_recognised(known)
        && is_recognised(next)
        && known.values.contains_key(&spec.roles.unit)
        && !next.values.is_empty()
        && next.values.keys().all(|id| !known.values.contains_key(id))
}

fn is_recognised(joined: &Joined) -> bool {
    let seen = joined.draft.reading.iter().flat_map(|reading| reading.evidence.values().flatten());
    seen.into_iter().any(|evidence| evidence.means == Means::Ocr)
}

fn settled(reader: &Reader, draft: Draft) -> Found {
    let Draft { mut found, reading } = draft;
    let Some((reading, spec)) = reading.and_then(|r| reader.spec(&r).map(|spec| (r, spec))) else { return found };
    let settled = settle(spec, &reading);
    if settled.fields.is_empty() {
        found.faults.push(Fault::new("form-empty", "登记表没有填写"));
    } else {
        found
            .faults
            .extend(settled.faults.into_iter().filter(|fault| !is_said(&found.faults, fault)).collect::<Vec<_>>());
        found.faults.extend(unmarked(spec, found.marks));
    }
    found.form = Some(reading.form);
    found.fields = settled.fields.into_iter().map(|(id, value)| (id, FlowMap(value))).collect();
    found
}

/// Two faults of one kind on one field say the same thing twice.
fn is_said(faults: &[Fault], fault: &Fault) -> bool {
    faults.iter().any(|known| known.code == fault.code && known.field == fault.field)
}

/// The marks that were looked for on every page and not found.
fn unmarked(spec: &FormSpec, marks: Marks) -> Vec<Fault> {
    let signature = spec.fields.iter().find(|field| field.kind == Kind::Signature);
    let seal = || Fault::new("no-seal", "页面上未见红色公章");
    let signed = || {
        let label = signature.map_or("签字", |field| field.label.as_str());
        Fault::new("no-signature", format!("“{label}”处没有笔迹"))
    };
    let missing = [(marks.seal == Some(false)).then(seal), (marks.signature == Some(false)).then(signed)];
    missing.into_iter().flatten().collect()
}
