//! A value read once more as what it is: a telephone number has no O, a code's check character tells 8 from B.

use super::Evidence;
use crate::fault::Fault;
use crate::form::check::{Checked, check};
use crate::form::{Field, FormSpec, Kind};
use crate::ocr::{Alphabet, Line, OcrCell};

/// Characters that are doubted enough to be tried as something else.
const DOUBTED: f32 = 0.98;
/// Characters of one code that may be exchanged: with more the check character proves nothing.
const MOST_EXCHANGED: usize = 6;

/// Sets text and confidence of a value seen in a cell to what it says as a value of its field.
pub fn reread(spec: &FormSpec, field: &Field, cell: &OcrCell, seen: &mut Evidence) -> Option<Fault> {
    let lines: Vec<&Line> = seen.text.lines().filter_map(|text| line_of(cell, text)).collect();
    if lines.len() != seen.text.lines().count() {
        seen.confidence = part(cell, &seen.text).unwrap_or(cell.confidence);
        return None;
    }
    seen.confidence = least(&lines);
    let alphabet = of_kind(field.kind)?;
    let plain = check(spec, field, &seen.text);
    let other: Vec<Line> = lines.iter().map(|line| line.read_as(alphabet)).collect();
    let text = other.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let confidence = other.iter().map(|line| line.confidence).fold(1.0, f32::min);
    let checked = check(spec, field, &text);
    let better = checked.doubts.len() < plain.doubts.len();
    if is_sound(&checked) && (better || confidence >= seen.confidence) {
        (seen.text, seen.confidence) = (text, confidence);
    } else if field.kind == Kind::Code && !is_sound(&plain) {
        return by_check_character(spec, field, &other, seen);
    }
    None
}

fn is_sound(checked: &Checked) -> bool {
    !checked.value.is_empty() && checked.doubts.is_empty()
}

/// The characters a kind of value is written in, where they are few.
fn of_kind(kind: Kind) -> Option<Alphabet> {
    match kind {
        Kind::Phone | Kind::Mobile => Some(Alphabet::Phone),
        Kind::Code => Some(Alphabet::Code),
        Kind::Email => Some(Alphabet::Email),
        Kind::Date => Some(Alphabet::Date),
        Kind::Text | Kind::Name | Kind::Note | Kind::Signature => None,
    }
}

fn line_of<'c>(cell: &'c OcrCell, text: &str) -> Option<&'c Line> {
    cell.lines.iter().map(|l| &l.line).find(|line| line.text.trim() == text.trim())
}

fn least(lines: &[&Line]) -> f32 {
    lines.iter().map(|line| line.confidence).fold(1.0, f32::min)
}

/// The confidence of a text that is part of a line, without the label that stands before it.
fn part(cell: &OcrCell, text: &str) -> Option<f32> {
    let text: Vec<char> = text.trim().chars().collect();
    cell.lines.iter().find_map(|l| {
        let glyphs = &l.line.characters;
        let at = glyphs.windows(text.len().max(1)).position(|w| w.iter().map(|g| g.is).eq(text.iter().copied()))?;
        Some(glyphs[at..at + text.len()].iter().map(|g| g.confidence).fold(1.0, f32::min))
    })
}

/// A code whose check character fails: the likeliest exchange of doubted characters with which it holds. One exchange in
/// thirty-one holds by chance, so the value stays doubtful and the reviewer is told.
fn by_check_character(spec: &FormSpec, field: &Field, lines: &[Line], seen: &mut Evidence) -> Option<Fault> {
    let glyphs: Vec<_> = lines.iter().flat_map(|line| &line.characters).collect();
    let mut exchanges: Vec<(usize, char, f32)> = glyphs
        .iter()
        .enumerate()
        .filter(|(_, glyph)| glyph.confidence < DOUBTED)
        .flat_map(|(at, glyph)| glyph.alternatives.iter().map(move |(c, p)| (at, *c, *p)))
        .collect();
    exchanges.sort_by(|a, b| b.2.total_cmp(&a.2));
    exchanges.truncate(MOST_EXCHANGED);
    let (text, p) = exchanges.iter().find_map(|(at, c, p)| {
        let text: String = glyphs.iter().enumerate().map(|(i, glyph)| if i == *at { *c } else { glyph.is }).collect();
        is_sound(&check(spec, field, &text)).then_some((text, *p))
    })?;
    let message = format!("“{}”中有字符看不清，已按校验码认定，请核对", spec.full_label(field));
    (seen.text, seen.confidence) = (text, p.min(0.5));
    Some(Fault::of(&field.id, "doubtful", message))
}
