//! A summary sheet: headings above, one officer a row.

use std::collections::BTreeMap;

use crate::blank::xlsx::SAMPLE;
use crate::form::FormSpec;
use crate::sheet::Cell;

use super::labels::Label;
use super::vocabulary::Vocabulary;
use super::{Evidence, Means, Reading};

/// A row needs this many values besides being under the headings; fewer are totals, remarks, signatures.
const FEWEST_VALUES: usize = 2;

/// Reads the rows under each heading row.
pub fn read(cells: &[Cell], spec: &FormSpec, vocabulary: &Vocabulary, labels: &[Label]) -> Vec<Reading> {
    let headings = heading_rows(cells, labels);
    let mut readings = Vec::new();
    for (i, heading) in headings.iter().enumerate() {
        let from = heading.iter().map(|l| cells[l.cell].at.bottom).fold(f32::MIN, f32::max);
        let next = headings.get(i + 1).and_then(|h| h.first());
        let to = next.map_or(f32::MAX, |l| cells[l.cell].at.top);
        let rows = row_tops(cells, vocabulary, from, to);
        readings.extend(rows.into_iter().filter_map(|row| read_row(cells, spec, heading, row)));
    }
    readings
}

/// Labels that end on the same line are one heading, also where some span two rows.
fn heading_rows(cells: &[Cell], labels: &[Label]) -> Vec<Vec<Label>> {
    let mut rows: Vec<Vec<Label>> = Vec::new();
    for label in labels {
        let bottom = cells[label.cell].at.bottom;
        let same = rows.iter_mut().find(|row| row.iter().any(|l| cells[l.cell].at.bottom == bottom));
        match same {
            Some(row) => row.push(label.clone()),
            None => rows.push(vec![label.clone()]),
        }
    }
    rows
}

/// The rows between two heights, by the top and bottom of their lowest cells, without repeated headings.
fn row_tops(cells: &[Cell], vocabulary: &Vocabulary, from: f32, to: f32) -> Vec<(f32, f32)> {
    let mut rows: Vec<(f32, f32)> = Vec::new();
    for cell in cells.iter().filter(|c| from <= c.at.top && c.at.top < to) {
        match rows.iter_mut().find(|row| row.0 == cell.at.top) {
            Some(row) => row.1 = row.1.min(cell.at.bottom),
            None => rows.push((cell.at.top, cell.at.bottom)),
        }
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let labels_in = |row: &(f32, f32)| {
        cells.iter().filter(|c| c.at.top == row.0 && !vocabulary.meanings(&c.text).is_empty()).count()
    };
    rows.retain(|row| labels_in(row) < super::FEWEST_LABELS);
    rows
}

/// The row that shows how to fill the sheet in: our summary sheet's first cell says so.
fn is_sample(cells: &[Cell], row: (f32, f32)) -> bool {
    let in_row = cells.iter().filter(|c| c.at.top == row.0 && !c.text.trim().is_empty());
    let first = in_row.min_by(|a, b| a.at.left.total_cmp(&b.at.left));
    first.is_some_and(|c| c.text.trim() == SAMPLE)
}

fn read_row(cells: &[Cell], spec: &FormSpec, heading: &[Label], row: (f32, f32)) -> Option<Reading> {
    if is_sample(cells, row) {
        return None;
    }
    let middle = (row.0 + row.1) / 2.0;
    let under = |label: &Label| {
        let head = cells[label.cell].at;
        let holds =
            |c: &&Cell| c.at.top <= middle && middle < c.at.bottom && c.at.top >= head.bottom && c.at.in_column(&head);
        cells.iter().find(holds)
    };
    let mut evidence: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    for label in heading {
        let seen = evidence.entry(label.field.clone()).or_default();
        if let Some(cell) = under(label).filter(|c| !c.text.trim().is_empty()) {
            let text = cell.text.trim().to_owned();
            seen.push(Evidence { text, means: Means::Typed, confidence: cell.confidence, at: cell.at });
        }
    }
    let reading = Reading { form: spec.id.clone(), row: Some(row.0 as usize + 1), evidence };
    let roles = [Some(&spec.roles.unit), spec.roles.officer.as_ref()];
    let named = roles.into_iter().flatten().any(|role| !reading.text(role).is_empty());
    (named && reading.filled() >= FEWEST_VALUES).then_some(reading)
}
