//! The cells of a table, read.

use image::GrayImage;
use rayon::prelude::*;

use super::geometry::{Homography, Mapping, Point, Quad, Rect};
use super::lines::{self, Found};
use super::ruling::Table;
use super::{CellLine, Line, Ocr, OcrCell, reading};

/// How far inside a cell its rules may still show (px).
pub const EDGE: u32 = 5;
/// A covered cell read less surely than this is searched by detection as well.
const UNSURE: f32 = 0.8;
/// So is any cell read less surely than this: hardly a line of it can have been cut well.
const LOST: f32 = 0.3;
/// Detection must read so many times as much as the cut along the ink: it may lose the first character under a seal.
const BETTER: f32 = 1.1;
/// Beside a line of text, one of less than this share of its height is the number on a seal's rim.
const SMALL: f32 = 0.62;
/// A line read this surely is text; below it, letters of a seal and strokes of a signature.
const TEXT: f32 = 0.3;
/// What two ways of cutting a cell do not read alike is no surer than this.
const DISPUTED: f32 = 0.85;
/// A cell with this share of its ink in no line is no surer than [`PARTIAL`].
const LEFT_OVER: f32 = 0.12;
const PARTIAL: f32 = 0.6;
/// Cells are searched at about this many px on the long side.
const SEARCHED: f32 = 480.0;

/// Reads the cells of a table whose lines are found: along their ink; where that is unsure, by detection too.
pub fn read(table: &Table, found: &[Found], picture: &GrayImage, ocr: &dyn Ocr) -> Vec<OcrCell> {
    let along = |(at, found): (&Rect, &Found)| cell(*at, by_ink(at, found, ocr), &table.mapping);
    let first: Vec<OcrCell> = table.cells.par_iter().zip(found).map(along).collect();
    let again = |i: usize| {
        let (cell, found) = (&first[i], &found[i]);
        let whole = found.covered || found.left_over < LEFT_OVER;
        let unsure = cell.confidence < if found.covered { UNSURE } else { LOST } || !whole;
        if !unsure || cell.is_empty && !found.covered || is_signature(i, &first) {
            return if whole { cell.clone() } else { partial(cell.clone()) };
        }
        let searched = search(&cell.at, &table.mapping, picture, ocr);
        better(cell, searched, whole, &table.mapping)
    };
    (0..first.len()).into_par_iter().map(again).collect()
}

fn partial(mut cell: OcrCell) -> OcrCell {
    cell.doubt(PARTIAL);
    cell
}

/// Whether a cell stands right of a label that asks for a signature: that is never read into a value.
fn is_signature(i: usize, cells: &[OcrCell]) -> bool {
    let at = &cells[i].at;
    let beside =
        |c: &&OcrCell| (c.at.right - at.left).abs() < 2.0 && c.at.top <= at.top + 2.0 && at.bottom <= c.at.bottom + 2.0;
    cells.iter().filter(beside).any(|c| c.text.contains("签字") || c.text.contains("签名"))
}

fn by_ink(at: &Rect, found: &Found, ocr: &dyn Ocr) -> Vec<CellLine> {
    let line = |s: &lines::Strip| CellLine { line: reading::read(&s.picture, ocr), at: s.at.moved(at.left, at.top) };
    found.strips.iter().map(line).collect()
}

/// The surer of two ways of cutting a cell; what the other one reads otherwise is disputed.
fn better(first: &OcrCell, searched: Vec<CellLine>, whole: bool, mapping: &Mapping) -> OcrCell {
    let worth = |lines: &[CellLine]| -> f32 {
        let one = |l: &CellLine| (l.line.mean() - 0.5).max(0.0) * l.line.characters.len() as f32;
        lines.iter().map(one).sum()
    };
    let take_searched = worth(&searched) > BETTER * worth(&first.lines);
    let (mut lines, others) =
        if take_searched { (searched, first.lines.clone()) } else { (first.lines.clone(), searched) };
    for line in &mut lines {
        if !others.iter().any(|o| o.line.text == line.line.text) {
            line.line.doubt(DISPUTED);
        }
    }
    let best = cell(first.at, lines, mapping);
    if whole || take_searched { best } else { partial(best) }
}

/// Lines of a cell by detection.
fn search(at: &Rect, mapping: &Mapping, picture: &GrayImage, ocr: &dyn Ocr) -> Vec<CellLine> {
    let inner = at.inset(EDGE as f32);
    let cut = mapping.cut(picture, &inner);
    let scale = (SEARCHED / inner.width().max(inner.height())).clamp(0.2, 1.0);
    let quads = ocr.detect(&mapping.cut_scaled(picture, &inner, scale));
    let read = |quad: &Quad| {
        let quad = quad.map(|p| Point::new(p.x / scale, p.y / scale));
        let (w, h) = (quad[0].to(quad[1]), quad[1].to(quad[2]));
        if w < 12.0 || h < 10.0 || h > 1.3 * w {
            return None;
        }
        let line = reading::read(&straight(&cut, &quad)?, ocr);
        let place = bounds(&quad).moved(inner.left, inner.top);
        (line.mean() >= TEXT && !line.text.is_empty()).then_some(CellLine { line, at: place })
    };
    let mut lines: Vec<CellLine> = quads.iter().filter_map(read).collect();
    in_reading_order(&mut lines);
    let sure = lines.iter().any(|l| l.line.mean() > 0.8);
    lines.retain(|l| !sure || l.line.mean() > 0.6);
    lines
}

/// A slanted line cut straight.
fn straight(cut: &GrayImage, quad: &Quad) -> Option<GrayImage> {
    let (w, h) = (quad[0].to(quad[1]), quad[1].to(quad[2]));
    let flat = Rect::new(0.0, 0.0, w.round(), h.round());
    let plane = Homography::between(&flat.corners(), quad)?;
    Some(Mapping::plane((w as u32 + 1, h as u32 + 1), plane).cut(cut, &flat))
}

fn bounds(quad: &Quad) -> Rect {
    let span = |v: fn(&Point) -> f32| quad.iter().map(v).fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(v), b.max(v)));
    let ((x0, x1), (y0, y1)) = (span(|p| p.x), span(|p| p.y));
    Rect::new(x0, y0, x1, y1)
}

/// From top to bottom; side by side from left to right.
fn in_reading_order(lines: &mut [CellLine]) {
    lines.sort_by(|a, b| a.at.top.total_cmp(&b.at.top));
    for i in 1..lines.len() {
        let mut k = i;
        while k > 0 && beside(&lines[k - 1].at, &lines[k].at) && lines[k].at.left < lines[k - 1].at.left {
            lines.swap(k - 1, k);
            k -= 1;
        }
    }
}

fn beside(a: &Rect, b: &Rect) -> bool {
    a.bottom.min(b.bottom) - a.top.max(b.top) > 0.6 * a.height().min(b.height())
}

/// A cell of lines.
pub fn cell(at: Rect, mut lines: Vec<CellLine>, mapping: &Mapping) -> OcrCell {
    let is_empty = lines.is_empty();
    lines.retain(|l: &CellLine| l.line != Line::default());
    let tallest = lines.iter().filter(|l| l.line.mean() > 0.8).map(|l| l.at.height()).fold(0.0, f32::max);
    lines.retain(|l| l.at.height() >= SMALL * tallest);
    let mut cell = OcrCell {
        text: String::new(),
        at,
        quad: at.corners().map(|p| mapping.source(p)),
        confidence: 1.0,
        is_empty,
        lines,
        table: 0,
    };
    cell.sum_up();
    cell
}
