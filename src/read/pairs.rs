//! A form whose values stand beside their labels: annex 2 itself, re-typed tables, `label: value` lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::form::FormSpec;
use crate::sheet::{Cell, Rect};

use super::labels::{Label, below, right_of};
use super::vocabulary::{Meaning, Vocabulary};
use super::{Evidence, Means, Reading};

/// Reads the forms that labels with values beside them make; a second unit begins a second form.
pub fn read(cells: &[Cell], spec: &FormSpec, vocabulary: &Vocabulary, labels: &[Label]) -> Vec<Reading> {
    let heads: Vec<usize> = labels.iter().map(|label| label.cell).collect();
    let split = split_forms(spec, labels);
    let last = split.len();
    let bounds: Vec<f32> = split.iter().map(|form| form.first().map_or(0.0, |l| cells[l.cell].at.top)).collect();
    let one = |(i, form): (usize, &Vec<Label>)| {
        let from = if i == 0 { f32::MIN } else { bounds[i] };
        let to = if i + 1 == last { f32::MAX } else { bounds[i + 1] };
        read_one(cells, spec, vocabulary, &heads, form, from, to)
    };
    split.iter().enumerate().map(one).filter(|reading| reading.evidence.len() >= super::FEWEST_LABELS).collect()
}

/// Labels of one form each: the unit's label, or else the officer's, opens a form when it comes again.
fn split_forms(spec: &FormSpec, labels: &[Label]) -> Vec<Vec<Label>> {
    let has_unit = labels.iter().any(|l| l.field == spec.roles.unit);
    let opener = if has_unit { Some(&spec.roles.unit) } else { spec.roles.officer.as_ref() };
    let mut forms: Vec<Vec<Label>> = vec![Vec::new()];
    for label in labels {
        let open = forms.last().is_some_and(|form| form.iter().any(|l| Some(&l.field) == opener));
        if Some(&label.field) == opener && open {
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
    cells: &[Cell],
    spec: &FormSpec,
    vocabulary: &Vocabulary,
    heads: &[usize],
    labels: &[Label],
    from: f32,
    to: f32,
) -> Reading {
    let mut evidence: BTreeMap<String, Vec<Evidence>> = BTreeMap::new();
    let mut claimed: BTreeSet<usize> = heads.iter().copied().collect();
    for label in labels {
        let values = value_cells(cells, vocabulary, label.cell);
        claimed.extend(&values);
        let seen = evidence.entry(label.field.clone()).or_default();
        seen.extend(joined(cells, spec, vocabulary, &values));
    }
    let own = |cell: &Cell| from <= cell.at.top && cell.at.top < to;
    for (index, cell) in cells.iter().enumerate().filter(|(_, cell)| own(cell)) {
        inline(spec, vocabulary, cell, claimed.contains(&index), &mut evidence);
    }
    Reading { form: spec.id.clone(), row: None, evidence }
}

/// The cells that hold a label's value: those that begin right of it, else the one below.
fn value_cells(cells: &[Cell], vocabulary: &Vocabulary, label: usize) -> Vec<usize> {
    let is_label = |i: usize| !vocabulary.meanings(&cells[i].text).is_empty();
    let Some(first) = right_of(cells, &cells[label]).filter(|i| !is_label(*i)) else {
        let under = below(cells, &cells[label]).filter(|i| !is_label(*i));
        return under.filter(|_| right_of(cells, &cells[label]).is_some()).into_iter().collect();
    };
    let left = cells[first].at.left;
    let at = cells[label].at;
    let starts_here = |c: &Cell| c.at.left == left && at.top <= c.at.top && c.at.bottom <= at.bottom;
    let mut stacked: Vec<usize> = (0..cells.len()).filter(|i| starts_here(&cells[*i]) && !is_label(*i)).collect();
    if stacked.is_empty() {
        stacked.push(first);
    }
    if stacked.len() == 1 {
        stacked.extend(boxes(cells, vocabulary, first));
    }
    stacked
}

/// Codes and numbers written one character a box: the boxes that follow the first.
fn boxes(cells: &[Cell], vocabulary: &Vocabulary, first: usize) -> Vec<usize> {
    let single = |i: usize| cells[i].text.trim().chars().count() == 1 && vocabulary.meanings(&cells[i].text).is_empty();
    let mut run = Vec::new();
    let mut at = first;
    while single(at) {
        match right_of(cells, &cells[at]).filter(|next| single(*next)) {
            Some(next) => run.push(next),
            None => break,
        }
        at = run[run.len() - 1];
    }
    run
}

/// One piece of evidence from the cells of a value, without the lines that carry a label of their own (日期：…).
fn joined(cells: &[Cell], spec: &FormSpec, vocabulary: &Vocabulary, values: &[usize]) -> Option<Evidence> {
    let own_line = |line: &&str| inline_field(spec, vocabulary, line).is_none();
    let text = |i: &usize| cells[*i].text.lines().filter(own_line).collect::<Vec<_>>().join("\n");
    let parts: Vec<String> = values.iter().map(text).collect();
    let single = parts.len() > 1 && parts.iter().all(|p| p.trim().chars().count() <= 1);
    let text = parts.join(if single { "" } else { "\n" }).trim().to_owned();
    let first = values.first()?;
    let confidence = values.iter().map(|i| cells[*i].confidence).fold(1.0, f32::min);
    let at = values.iter().fold(cells[*first].at, |all, i| union(all, cells[*i].at));
    (!text.is_empty()).then_some(Evidence { text, means: Means::Typed, confidence, at })
}

fn union(a: Rect, b: Rect) -> Rect {
    Rect {
        left: a.left.min(b.left),
        top: a.top.min(b.top),
        right: a.right.max(b.right),
        bottom: a.bottom.max(b.bottom),
    }
}

/// The inline field that a line inside another value's cell names, with what follows its label.
fn inline_field<'l>(spec: &FormSpec, vocabulary: &Vocabulary, line: &'l str) -> Option<(usize, &'l str)> {
    let (label, value) = vocabulary.split(line)?;
    let index = vocabulary.meanings(label).iter().find_map(|m| match m {
        Meaning::Field { index, .. } if spec.fields[*index].inline => Some(*index),
        _ => None,
    })?;
    Some((index, value))
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
        let found = inline_field(spec, vocabulary, line).or_else(|| if claimed { None } else { any() });
        let Some((index, value)) = found else { continue };
        let seen = evidence.entry(spec.fields[index].id.clone()).or_default();
        if seen.is_empty() && !value.trim().is_empty() {
            let text = value.trim().to_owned();
            seen.push(Evidence { text, means: Means::Typed, confidence: cell.confidence, at: cell.at });
        }
    }
}
