//! Reading: cells of any medium become values with evidence.
//!
//! 1. [`vocabulary`]: which words on a sheet are labels, and of which field; [`split`]: label and value get a cell each.
//! 2. [`labels`]: which cell belongs to which label; [`table`] for one row per officer, [`pairs`] for label and value.
//! 3. [`settle`]: what was seen for a field becomes one value, its alternatives and its faults.
//!
//! A page of pixels gets its cells first: [`pixels`] reads its QR codes ([`qr`]), lets [`crate::ocr`] fill the cells, and
//! [`alphabet`] reads each value once more as what it is.

mod alphabet;
pub mod labels;
pub mod pairs;
pub mod pixels;
pub mod place;
mod prior;
pub mod qr;
pub mod settle;
pub mod split;
pub mod table;
pub mod vocabulary;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::form::FormSpec;
use crate::ocr::Ocr;
use crate::sheet::{Cell, Fonts, Rect};
use place::Places;
use vocabulary::Vocabulary;

/// By which means a value was seen, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Means {
    /// Decoded from the form's QR code, proved by its checksum.
    Qr,
    /// Typed text: a document, a table in a mail, a PDF's text layer.
    Typed,
    /// Recognised on pixels.
    Ocr,
    /// Entered by the office itself.
    Office,
}

/// What was seen for a field, where, by which means, how sure.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The text as seen, before any normalisation.
    pub text: String,
    /// By which means.
    pub means: Means,
    /// 0 (a guess) to 1 (typed, or decoded with a checksum).
    pub confidence: f32,
    /// Where on the sheet, in the sheet's own unit.
    pub at: Rect,
}

/// One filled-in form found on a sheet.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The form's id.
    pub form: String,
    /// The form's version.
    pub version: u32,
    /// The row of a summary sheet it stands in, from 1 in the sheet's own unit; absent for a form of its own.
    pub row: Option<usize>,
    /// Evidence by field id; a field whose label was found but which is empty has an empty list.
    pub evidence: BTreeMap<String, Vec<Evidence>>,
}

impl Reading {
    /// How many fields hold text.
    pub fn filled(&self) -> usize {
        self.evidence.values().filter(|seen| seen.iter().any(|e| !e.text.trim().is_empty())).count()
    }

    /// The first text seen for a field, empty if there is none.
    pub fn text(&self, field: &str) -> &str {
        let seen = self.evidence.get(field).into_iter().flatten();
        seen.map(|e| e.text.as_str()).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// Fewer labels than this are a letter that mentions a form, not a form.
const FEWEST_LABELS: usize = 4;

/// A cell recognised with this confidence says what it says.
const SURELY_READ: f32 = 0.99;

/// A form's own title outweighs this many labels that two forms share.
const TITLE: usize = 6;

/// The forms that can be read, with their vocabularies, and what pages of pixels need; made once, shared by all threads.
pub struct Reader {
    forms: Vec<(FormSpec, Vocabulary)>,
    ocr: Option<Arc<dyn Ocr + Send>>,
    fonts: Fonts,
    units: Vec<String>,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forms = self.forms.iter().map(|(spec, _)| &spec.id);
        f.debug_struct("Reader").field("forms", &forms.collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

impl Reader {
    /// Prepares the forms for reading; of several versions of one form the first is the one in force.
    pub fn new(forms: Vec<FormSpec>) -> Reader {
        let forms = forms.into_iter().map(|spec| (Vocabulary::new(&spec), spec)).map(|(v, s)| (s, v)).collect();
        Reader { forms, ocr: None, fonts: Fonts::default(), units: Vec::new() }
    }

    /// The same with a recogniser: without one, pages of pixels give what their QR codes say.
    pub fn with_ocr(self, ocr: Arc<dyn Ocr + Send>) -> Reader {
        Reader { ocr: Some(ocr), ..self }
    }

    /// The same with fonts for documents that do not carry theirs.
    pub fn with_fonts(self, fonts: Fonts) -> Reader {
        Reader { fonts, ..self }
    }

    /// The same with the names of the units that send forms, for names that a seal hides.
    pub fn with_units(self, units: Vec<String>) -> Reader {
        Reader { units, ..self }
    }

    /// A form in force by id.
    pub fn form(&self, id: &str) -> Option<&FormSpec> {
        self.specs().find(|spec| spec.id == id)
    }

    /// The very version that a reading was read as.
    pub fn spec(&self, reading: &Reading) -> Option<&FormSpec> {
        self.specs().find(|spec| spec.id == reading.form && spec.version == reading.version)
    }

    fn specs(&self) -> impl Iterator<Item = &FormSpec> {
        self.forms.iter().map(|(spec, _)| spec)
    }

    /// Finds the filled-in forms among the cells of one sheet, by the form whose labels fit best.
    pub fn read(&self, cells: &[Cell]) -> Vec<Reading> {
        self.read_where(cells, |_| true)
    }

    /// The same for some of the forms only.
    fn read_where(&self, cells: &[Cell], may: impl Fn(&FormSpec) -> bool) -> Vec<Reading> {
        let forms = self.forms.iter().filter(|(spec, _)| may(spec));
        let candidates = forms.map(|(spec, vocabulary)| read_as(cells, spec, vocabulary));
        // Among equals the first wins: the version in force.
        let best = candidates.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map(|(_, readings)| readings).unwrap_or_default()
    }

    /// Mends labels that were misread by a character or two; what was read surely is left as it is.
    fn mend(&self, cells: &mut [Cell]) {
        let known = |text: &str| self.forms.iter().any(|(_, vocabulary)| !vocabulary.meanings(text).is_empty());
        for cell in cells.iter_mut().filter(|cell| cell.confidence < SURELY_READ && !known(&cell.text)) {
            let mended = self.forms.iter().find_map(|(_, vocabulary)| vocabulary.nearest(&cell.text));
            if let Some(label) = mended {
                cell.text = label.to_owned();
            }
        }
    }

    /// How many labels of the form that fits best stand among the cells; more where its title does.
    fn likeness(&self, cells: &[Cell]) -> usize {
        self.forms.iter().map(|(spec, vocabulary)| likeness(cells, spec, vocabulary)).max().unwrap_or(0)
    }
}

fn likeness(cells: &[Cell], spec: &FormSpec, vocabulary: &Vocabulary) -> usize {
    let found = labels::find(&Places::new(cells), spec, vocabulary);
    let distinct = found.iter().map(|label| label.field.as_str()).collect::<BTreeSet<_>>().len();
    distinct + if cells.iter().any(|cell| vocabulary.is_title(&cell.text)) { TITLE } else { 0 }
}

/// Reads the cells as one form; the score is the number of its labels found, and more where its title stands there.
fn read_as(cells: &[Cell], spec: &FormSpec, vocabulary: &Vocabulary) -> (usize, Vec<Reading>) {
    let cells = &split::split(cells, vocabulary);
    let places = Places::new(cells);
    let found = labels::find(&places, spec, vocabulary);
    let distinct = found.iter().map(|label| label.field.as_str()).collect::<BTreeSet<_>>().len();
    if distinct < FEWEST_LABELS {
        return (0, Vec::new());
    }
    let title = if cells.iter().any(|cell| vocabulary.is_title(&cell.text)) { TITLE } else { 0 };
    let (in_tables, in_pairs): (Vec<_>, Vec<_>) = found.into_iter().partition(|label| label.heads_column);
    let tables = table::read(&places, spec, vocabulary, &in_tables);
    let pairs = pairs::read(&places, spec, vocabulary, &in_pairs);
    (distinct + title, together(spec, tables, pairs))
}

/// The fields that say whom a form is about: the unit, and the officer where it registers one.
pub(crate) fn names_whom(spec: &FormSpec) -> impl Iterator<Item = &String> {
    [Some(&spec.roles.unit), spec.roles.officer.as_ref()].into_iter().flatten()
}

/// Rows and pairs of one sheet. Rows that do not name the unit belong to the one form around them: 单位名称 beside its
/// value above, a row for the officer, a row for the leader. Otherwise each is a form of its own.
fn together(spec: &FormSpec, tables: Vec<Reading>, pairs: Vec<Reading>) -> Vec<Reading> {
    let has = |reading: &Reading, field: &str| reading.evidence.contains_key(field);
    let (mut officers, rest): (Vec<Reading>, Vec<Reading>) =
        tables.into_iter().partition(|reading| names_whom(spec).any(|role| has(reading, role)));
    let unitless = !officers.iter().any(|reading| has(reading, &spec.roles.unit));
    if unitless && !officers.is_empty() && pairs.len() <= 1 && rest.len() <= 1 {
        for around in pairs.iter().chain(&rest) {
            for officer in &mut officers {
                let absent = around.evidence.iter().filter(|(field, _)| !officer.evidence.contains_key(*field));
                let absent: Vec<_> = absent.map(|(field, seen)| (field.clone(), seen.clone())).collect();
                officer.evidence.extend(absent);
            }
        }
        return officers;
    }
    officers.extend(pairs.into_iter().filter(|reading| reading.evidence.len() >= FEWEST_LABELS));
    officers
}
