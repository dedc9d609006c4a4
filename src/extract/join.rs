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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Evidence;
    use crate::read::labels::tests::registration;
    use crate::sheet::Rect;

    fn reader() -> Reader {
        Reader::new(vec![registration()])
    }

    /// A draft from one part of the mail, its values seen by one means.
    fn draft(part: &str, means: Means, values: &[(&str, &str)]) -> Draft {
        let spec = registration();
        let seen = |text: &str| Evidence { text: text.into(), means, confidence: 1.0, at: Rect::default() };
        let evidence = values.iter().map(|(id, text)| ((*id).to_owned(), vec![seen(text)])).collect();
        let document = Document { part: part.into(), page: 1, ..Document::default() };
        let found = Found {
            id: part.into(),
            form: None,
            document,
            marks: Marks::default(),
            fields: Default::default(),
            faults: vec![],
            picture: None,
        };
        Draft { found, reading: Some(Reading { form: spec.id, version: spec.version, row: None, evidence }) }
    }

    const NAMED: [(&str, &str); 2] = [("unit_name", "大冶市教育局"), ("officer_name", "示例甲")];

    fn joined(drafts: Vec<Draft>) -> Vec<Found> {
        join(&reader(), drafts)
    }

    #[test]
    fn a_document_and_its_scan_are_one_record() {
        let mut scan = draft("3", Means::Ocr, &[NAMED.as_slice(), &[("officer_post", "主任")]].concat());
        scan.found.marks.seal = Some(true);
        let found = joined(vec![draft("2", Means::Typed, &NAMED), scan]);
        assert_eq!((found.len(), found[0].id.as_str(), found[0].document.also.len()), (1, "2", 1));
        assert_eq!(found[0].fields["officer_name"].0.means, Means::Typed);
        assert_eq!(found[0].fields["officer_post"].0.value, "主任");
        assert_eq!(found[0].marks.seal, Some(true));
    }

    #[test]
    fn two_officers_of_one_unit_are_two_records() {
        let other = [("unit_name", "大冶市教育局"), ("officer_name", "示例乙")];
        assert_eq!(joined(vec![draft("2", Means::Typed, &NAMED), draft("3", Means::Typed, &other)]).len(), 2);
    }

    #[test]
    fn one_sheet_that_says_a_thing_twice_means_it() {
        assert_eq!(joined(vec![draft("2", Means::Typed, &NAMED), draft("2", Means::Typed, &NAMED)]).len(), 2);
    }

    #[test]
    fn a_misread_name_is_told_by_the_rest_of_the_form() {
        let rest = [("officer_mobile", "19400000001"), ("officer_post", "主任"), ("unit_code", "000014349")];
        let typed = [NAMED.as_slice(), &rest].concat();
        let misread = [[NAMED[0], ("officer_name", "示例申")].as_slice(), &rest].concat();
        assert_eq!(joined(vec![draft("2", Means::Typed, &typed), draft("3", Means::Ocr, &misread)]).len(), 1);
        assert_eq!(joined(vec![draft("2", Means::Typed, &typed), draft("3", Means::Typed, &misread)]).len(), 2);
    }

    #[test]
    fn two_halves_of_a_page_are_one_record() {
        let lower = [("leader_name", "示例丙"), ("leader_phone", "0714-8731721")];
        let found = joined(vec![draft("2", Means::Ocr, &NAMED), draft("3", Means::Ocr, &lower)]);
        assert_eq!((found.len(), found[0].fields.len()), (1, 4));
        // What both say differently is not the other half.
        let other = [("officer_name", "示例乙"), ("leader_name", "示例丙")];
        assert_eq!(joined(vec![draft("2", Means::Ocr, &NAMED), draft("3", Means::Ocr, &other)]).len(), 2);
    }

    #[test]
    fn marks_are_missed_only_where_no_document_bears_them() {
        let with = |part, seal| {
            let mut draft = draft(part, Means::Ocr, &NAMED);
            draft.found.marks = Marks { seal: Some(seal), signature: None };
            draft
        };
        let missed = |found: &[Found]| found[0].faults.iter().any(|fault| fault.code == "no-seal");
        assert!(!missed(&joined(vec![with("2", false), with("3", true)])));
        assert!(missed(&joined(vec![with("2", false), with("3", false)])));
    }
}
