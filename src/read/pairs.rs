//! A form whose values stand beside their labels: annex 2 itself, re-typed tables, `label: value` lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::check::check;
use crate::form::{FormSpec, Kind};
use crate::sheet::{Cell, Rect};

use super::labels::Label;
use super::place::Places;
use super::vocabulary::{Meaning, Vocabulary};
use super::{Evidence, Means, Reading};

/// Officers beside each other on one form.
const MOST_OFFICERS: usize = 20;

/// Reads the forms that labels with values beside them make; a second unit begins a second form.
pub fn read(places: &Places<'_>, spec: &FormSpec, vocabulary: &Vocabulary, labels: &[Label]) -> Vec<Reading> {
    let split = split_forms(spec, labels);
    let top = |form: &Vec<Label>| form.first().map_or(0.0, |label| places.cells[label.cell].at.top);
    let bounds: Vec<f32> = split.iter().map(top).collect();
    // Labels, and values that have been given to one.
    let mut claimed = vec![false; places.cells.len()];
    labels.iter().for_each(|label| claimed[label.cell] = true);
    let mut readings = Vec::new();
    for (i, form) in split.iter().enumerate() {
        let from = if i == 0 { f32::MIN } else { bounds[i] };
        let to = bounds.get(i + 1).copied().unwrap_or(f32::MAX);
        let reading = read_one(places, spec, vocabulary, &mut claimed, form, (from, to));
        let others = others(places, spec, vocabulary, form, &reading);
        readings.push(reading);
        readings.extend(others);
    }
    readings
}

/// Officers who stand in further columns beside the first one. A second name alone may be anything, 性别 or a photograph;
/// with a telephone number or an address under it, it is a person's.
fn others(
    places: &Places<'_>,
    spec: &FormSpec,
    vocabulary: &Vocabulary,
    labels: &[Label],
    first: &Reading,
) -> Vec<Reading> {
    let mut columns: Vec<(&Label, usize)> =
        labels.iter().filter_map(|l| Some((l, *value_cells(places, vocabulary, l.cell).first()?))).collect();
    let mut readings = Vec::new();
    while readings.len() < MOST_OFFICERS {
        let next = |cell: usize| {
            let value = |i: &usize| {
                let next = &places.cells[*i];
                next.at.top == places.cells[cell].at.top && vocabulary.meanings(&next.text).is_empty()
            };
            places.right_of(cell).filter(value)
        };
        let found: Vec<(&Label, usize)> =
            columns.iter().filter_map(|(label, cell)| Some((*label, next(*cell)?))).collect();
        let mut reading = first.clone();
        for (label, cell) in &found {
            reading
                .evidence
                .insert(label.field.clone(), joined(places.cells, spec, vocabulary, &[*cell]).into_iter().collect());
        }
        if !names_a_person(spec, &found, &reading) {
            break;
        }
        readings.push(reading);
        columns = found;
    }
    readings
}

/// Whether a further column holds an officer's name and a sound number or address.
fn names_a_person(spec: &FormSpec, found: &[(&Label, usize)], reading: &Reading) -> bool {
    let is_contact = |label: &Label| {
        let Some(field) = spec.field(&label.field) else { return false };
        let checked = check(spec, field, reading.text(&field.id));
        matches!(field.kind, Kind::Phone | Kind::Mobile | Kind::Email)
            && !checked.value.is_empty()
            && checked.doubts.is_empty()
    };
    let named =
        |field: &String| found.iter().any(|(label, _)| &label.field == field) && !reading.text(field).trim().is_empty();
    spec.roles.officer.as_ref().is_some_and(named) && found.iter().any(|(label, _)| is_contact(label))
}

/// Labels of one form each: the unit's label, or else the officer's, opens a form when it comes again.
fn split_forms(spec: &FormSpec, labels: &[Label]) -> Vec<Vec<Label>> {
    let has_unit = labels.iter().any(|l| l.field == spec.roles.unit);
    let opener = if has_unit { Some(&spec.roles.unit) } else { spec.roles.officer.as_ref() };
    let mut forms: Vec<Vec<Label>> = vec![Vec::new()];
    let mut open = false;
    for label in labels {
        if Some(&label.field) == opener && std::mem::replace(&mut open, true) {
            forms.push(Vec::new());
        }
        if let Some(form) = forms.last_mut() {
            form.push(label.clone());
        }
    }
    forms.retain(|form| !form.is_empty());
    forms
}

fn read_one(
    places: &Places<'_>,
    spec: &FormSpec,
    vocabulary: &Vocabulary,
    claimed: &mut [bool],
    labels: &[Label],
    (from, to): (f32, f32),
) -> Reading {
    let mut evidence: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    let sure: BTreeSet<&str> = labels.iter().filter(|l| !l.ambiguous).map(|l| l.field.as_str()).collect();
    for label in labels {
        // 联系人…电话 in a covering letter or a signature is nobody of the form where the form says its own.
        if label.ambiguous && sure.contains(label.field.as_str()) {
            continue;
        }
        let values = value_cells(places, vocabulary, label.cell);
        values.iter().for_each(|value| claimed[*value] = true);
        let seen = evidence.entry(label.field.clone()).or_default();
        seen.extend(joined(places.cells, spec, vocabulary, &values));
    }
    let mut own: Vec<usize> = places.between(from, to).to_vec();
    own.sort_unstable();
    for index in own {
        inline(spec, vocabulary, &places.cells[index], claimed[index], &mut evidence);
    }
    Reading { form: spec.id.clone(), version: spec.version, row: None, evidence }
}

/// The cells that hold a label's value: those that begin right of it, else the one below.
fn value_cells(places: &Places<'_>, vocabulary: &Vocabulary, label: usize) -> Vec<usize> {
    let cells = places.cells;
    let is_label = |i: usize| !vocabulary.meanings(&cells[i].text).is_empty();
    let Some(first) = places.right_of(label).filter(|i| !is_label(*i)).map(|i| behind_gap(places, i, is_label)) else {
        let under = places.below(label).filter(|i| !is_label(*i));
        return under.filter(|_| places.right_of(label).is_some()).into_iter().collect();
    };
    let left = cells[first].at.left;
    let at = cells[label].at;
    let starts_here = |c: &Cell| c.at.left == left && at.top <= c.at.top && c.at.bottom <= at.bottom;
    let mut stacked: Vec<usize> =
        places.in_rows(at, true).filter(|i| starts_here(&cells[*i]) && !is_label(*i)).collect();
    stacked.sort_unstable();
    stacked.dedup();
    if stacked.is_empty() {
        stacked.push(first);
    }
    if stacked.len() == 1 {
        stacked.extend(boxes(places, vocabulary, first));
    }
    stacked
}

/// Where a label was to span two cells and was not merged, its value stands behind an empty one.
fn behind_gap(places: &Places<'_>, first: usize, is_label: impl Fn(usize) -> bool) -> usize {
    let at = places.cells[first].at;
    let next = places.right_of(first).filter(|_| places.cells[first].text.trim().is_empty());
    let value = |i: &usize| {
        let cell = &places.cells[*i];
        // A photograph's box beside an empty value is taller than a row.
        !cell.text.trim().is_empty() && !is_label(*i) && cell.at.top == at.top && cell.at.bottom == at.bottom
    };
    next.filter(value).unwrap_or(first)
}

/// Codes and numbers written one character a box: the boxes that follow the first.
fn boxes(places: &Places<'_>, vocabulary: &Vocabulary, first: usize) -> Vec<usize> {
    let cells = places.cells;
    let single = |i: usize| cells[i].text.trim().chars().count() == 1 && vocabulary.meanings(&cells[i].text).is_empty();
    let mut run = Vec::new();
    let mut at = first;
    while single(at) {
        match places.right_of(at).filter(|next| single(*next)) {
            Some(next) => run.push(next),
            None => break,
        }
        at = run[run.len() - 1];
    }
    run
}

/// One piece of evidence from the cells of a value, without the lines that carry a label of their own (日期：…).
fn joined(cells: &[Cell], spec: &FormSpec, vocabulary: &Vocabulary, values: &[usize]) -> Option<Evidence> {
    let text = |i: &usize| {
        let whole = &cells[*i].text;
        let own_line = |line: &&str| inline_field(spec, vocabulary, line, whole).is_none();
        whole.lines().filter(own_line).collect::<Vec<_>>().join("\n")
    };
    let parts: Vec<String> = values.iter().map(text).collect();
    let single = parts.len() > 1 && parts.iter().all(|p| p.trim().chars().count() <= 1);
    let text = parts.join(if single { "" } else { "\n" }).trim().to_owned();
    let first = values.first()?;
    let confidence = values.iter().map(|i| cells[*i].confidence).fold(1.0, f32::min);
    let at = values.iter().fold(cells[*first].at, |all, i| union(all, cells[*i].at));
    // Where an empty value stands is worth knowing too: there the signature belongs.
    Some(Evidence { text, means: Means::Typed, confidence, at })
}

fn union(a: Rect, b: Rect) -> Rect {
    Rect {
        left: a.left.min(b.left),
        top: a.top.min(b.top),
        right: a.right.max(b.right),
        bottom: a.bottom.max(b.bottom),
    }
}

/// The inline field that a line inside another value's cell names, with what follows its label. A day below or above that
/// value needs no label that could be read; alone in its cell it is the value itself.
fn inline_field<'l>(spec: &FormSpec, vocabulary: &Vocabulary, line: &'l str, cell: &str) -> Option<(usize, &'l str)> {
    let alone = || cell.lines().filter(|line| !line.trim().is_empty()).count() < 2;
    let labelled = vocabulary.split(line).and_then(|(label, value)| {
        let index = vocabulary.meanings(label).iter().find_map(|m| match m {
            Meaning::Field { index, .. } if spec.fields[*index].inline => Some(*index),
            _ => None,
        })?;
        Some((index, value))
    });
    labelled.or_else(|| if alone() { None } else { bare_day(spec, line) })
}

/// A line that is a day behind no more than a label of four characters.
fn bare_day<'l>(spec: &FormSpec, line: &'l str) -> Option<(usize, &'l str)> {
    let at = line.find(|c: char| c.is_ascii_digit())?;
    let index = spec.fields.iter().position(|field| field.inline && field.kind == Kind::Date)?;
    let checked = check(spec, &spec.fields[index], &line[at..]);
    let is_day = !checked.value.is_empty() && checked.doubts.is_empty();
    (is_day && line[..at].trim().chars().count() <= 4).then_some((index, &line[at..]))
}

/// Lines `label：value` inside one cell. In a cell that is another label's value only inline fields are looked for.
fn inline(
    spec: &FormSpec,
    vocabulary: &Vocabulary,
    cell: &Cell,
    claimed: bool,
    evidence: &mut BTreeMap<String, Vec<Evidence>>,
) {
    for line in cell.text.lines() {
        let any = || {
            let (label, value) = vocabulary.split(line)?;
            match vocabulary.meanings(label) {
                [Meaning::Field { index, .. }] => Some((*index, value)),
                _ => None,
            }
        };
        let found = inline_field(spec, vocabulary, line, &cell.text).or_else(|| if claimed { None } else { any() });
        let Some((index, value)) = found else { continue };
        let seen = evidence.entry(spec.fields[index].id.clone()).or_default();
        if seen.iter().all(|e| e.text.is_empty()) && !value.trim().is_empty() {
            let text = value.trim().to_owned();
            seen.push(Evidence { text, means: Means::Typed, confidence: cell.confidence, at: cell.at });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::Reader;
    use crate::read::labels::tests::{grid, registration};

    #[test]
    fn a_day_under_the_units_name_needs_no_label_that_could_be_read() {
        for day in ["2024.8.3", "周期2024.8.3", "日期：2024.8.3"] {
            let unit = format!("甲局\n{day}");
            let rows: &[&[&str]] = &[
                &["单位名称（公章）", &unit],
                &["单位地址", "示例路1号"],
                &["联络员姓名", "示例甲"],
                &["办公电话", "8731721"],
            ];
            let reading = Reader::new(vec![registration()]).read(&grid(rows)).remove(0);
            assert_eq!((reading.text("unit_name"), reading.text("date")), ("甲局", "2024.8.3"), "{day}");
        }
    }
}
