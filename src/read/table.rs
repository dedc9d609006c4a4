//! A summary sheet: headings above, one officer a row.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::blank::xlsx::SAMPLE;
use crate::form::FormSpec;
use crate::sheet::{Cell, Rect};

use super::labels::Label;
use super::place::Places;
use super::vocabulary::Vocabulary;
use super::{Evidence, Means, Reading};

/// A row needs this many values besides being under the headings; fewer are totals, remarks, signatures.
const FEWEST_VALUES: usize = 2;
/// Labels of one heading that are compared with each other: a form has a dozen.
const FEW: usize = 64;

/// Reads the rows under each heading row.
pub fn read(places: &Places<'_>, spec: &FormSpec, vocabulary: &Vocabulary, labels: &[Label]) -> Vec<Reading> {
    let cells = places.cells;
    let headings = heading_rows(cells, labels);
    let mut readings = Vec::new();
    for (i, heading) in headings.iter().enumerate() {
        let from = heading.iter().map(|l| cells[l.cell].at.bottom).fold(f32::MIN, f32::max);
        let next = headings.get(i + 1).and_then(|h| h.first());
        let to = next.map_or(f32::MAX, |l| cells[l.cell].at.top);
        let rows = row_tops(places, vocabulary, from, to);
        readings.extend(rows.into_iter().filter_map(|row| read_row(places, spec, heading, row)));
    }
    readings
}

/// Labels that end on the same line are one heading, also where some span two rows.
fn heading_rows(cells: &[Cell], labels: &[Label]) -> Vec<Vec<Label>> {
    let mut rows: IndexMap<u32, Vec<Label>> = IndexMap::new();
    for label in labels {
        rows.entry(cells[label.cell].at.bottom.to_bits()).or_default().push(label.clone());
    }
    let mut headings: Vec<Vec<Label>> = Vec::new();
    for row in rows.into_values() {
        match headings.last_mut().filter(|above| is_two_level(cells, above, &row)) {
            Some(above) => above.extend(row),
            None => headings.push(row),
        }
    }
    headings
}

/// Whether two heading rows are the two levels of one: no row between them, and no column that has a label in both.
fn is_two_level(cells: &[Cell], above: &[Label], row: &[Label]) -> bool {
    let at = |label: &Label| cells[label.cell].at;
    let apart = |lower: &Label| above.iter().take(FEW).all(|upper| !at(upper).in_column(&at(lower)));
    above.last().is_some_and(|last| at(last).bottom == at(&row[0]).top) && row.iter().take(FEW).all(apart)
}

/// The rows between two heights, by the top and bottom of their lowest cells, without repeated headings.
fn row_tops(places: &Places<'_>, vocabulary: &Vocabulary, from: f32, to: f32) -> Vec<(f32, f32)> {
    let mut rows: Vec<(f32, f32)> = Vec::new();
    let mut labels = 0;
    for cell in places.between(from, to).iter().map(|i| &places.cells[*i]) {
        let is_label = usize::from(!vocabulary.meanings(&cell.text).is_empty());
        match rows.last_mut().filter(|row| row.0 == cell.at.top) {
            Some(row) => {
                row.1 = row.1.min(cell.at.bottom);
                labels += is_label;
            }
            None => {
                drop_heading(&mut rows, labels);
                rows.push((cell.at.top, cell.at.bottom));
                labels = is_label;
            }
        }
    }
    drop_heading(&mut rows, labels);
    rows
}

/// A row of so many labels is the heading again, on the next page.
fn drop_heading(rows: &mut Vec<(f32, f32)>, labels: usize) {
    if labels >= super::FEWEST_LABELS {
        rows.pop();
    }
}

/// The row that shows how to fill the sheet in: our summary sheet's first cell says so.
fn is_sample(places: &Places<'_>, row: (f32, f32)) -> bool {
    let in_row = places.cells.iter().filter(|c| c.at.top == row.0 && !c.text.trim().is_empty());
    let first = in_row.min_by(|a, b| a.at.left.total_cmp(&b.at.left));
    first.is_some_and(|c| c.text.trim() == SAMPLE)
}

fn read_row(places: &Places<'_>, spec: &FormSpec, heading: &[Label], row: (f32, f32)) -> Option<Reading> {
    if is_sample(places, row) {
        return None;
    }
    let middle = (row.0 + row.1) / 2.0;
    let under = |label: &Label| {
        let head = places.cells[label.cell].at;
        let holds = |i: &usize| {
            let at = places.cells[*i].at;
            at.top <= middle && middle < at.bottom && at.top >= head.bottom && at.in_column(&head)
        };
        let line = Rect { left: head.left, top: row.0, right: head.right, bottom: row.1 };
        places.in_rows(line, false).filter(holds).min().map(|i| &places.cells[i])
    };
    let mut evidence: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    for label in heading {
        let seen = evidence.entry(label.field.clone()).or_default();
        if let Some(cell) = under(label).filter(|c| !c.text.trim().is_empty()) {
            let text = cell.text.trim().to_owned();
            seen.push(Evidence { text, means: Means::Typed, confidence: cell.confidence, at: cell.at });
        }
    }
    let reading = Reading { form: spec.id.clone(), version: spec.version, row: Some(row.0 as usize + 1), evidence };
    // A heading that has neither is a part of a form; whose, the rest of the sheet says.
    let is_part = !super::names_whom(spec).any(|role| reading.evidence.contains_key(role));
    let named = is_part || super::names_whom(spec).any(|role| !reading.text(role).is_empty());
    (named && reading.filled() >= FEWEST_VALUES).then_some(reading)
}
