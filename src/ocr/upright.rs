//! Which way up a table stands.

use image::GrayImage;
use image::imageops::rotate180;
use rayon::prelude::*;

use super::cells::EDGE;
use super::geometry::Rect;
use super::lines::{self, Found, Strip};
use super::ruling::Table;
use super::{Line, Ocr, ink, reading};

/// How many cells are looked at to tell lying text from standing text.
const LOOKED_AT: usize = 12;
/// How many lines are read both ways up.
const TRIED: usize = 5;

/// A table as it reads, with the lines of its cells.
pub struct Upright {
    /// The table.
    pub table: Table,
    /// What each of its cells holds.
    pub found: Vec<Found>,
}

/// Turns a table so that its text is upright: along the lines first, then the surer of two ways up.
pub fn upright(mut table: Table, picture: &GrayImage, ocr: &dyn Ocr) -> Upright {
    if stands(&table, picture) {
        table = turned(table, 1);
    }
    let found = find(&table, picture);
    if !is_upside_down(&found, ocr) {
        return Upright { table, found };
    }
    let table = turned(table, 2);
    Upright { found: find(&table, picture), table }
}

/// Whether the text runs up or down the page: ink of most cells is taller than wide.
fn stands(table: &Table, picture: &GrayImage) -> bool {
    let mut cells: Vec<&Rect> = table.cells.iter().collect();
    cells.sort_by(|a, b| (a.width() * a.height()).total_cmp(&(b.width() * b.height())));
    let step = (cells.len() / LOOKED_AT).max(1);
    let along = |at: &&Rect| {
        let ink = ink::ink(&table.mapping.cut_scaled(picture, &at.inset(EDGE as f32), 0.5));
        let text: Vec<_> = ink.pieces.iter().filter(|p| p.area > 4).collect();
        let span = |a: Option<u32>, b: Option<u32>| b.unwrap_or(0) as f32 - a.unwrap_or(0) as f32;
        span(text.iter().map(|p| p.x0).min(), text.iter().map(|p| p.x1).max())
            - span(text.iter().map(|p| p.y0).min(), text.iter().map(|p| p.y1).max())
    };
    let looked_at: Vec<&Rect> = cells.into_iter().step_by(step).collect();
    looked_at.par_iter().map(along).sum::<f32>() < 0.0
}

/// The lines of all cells; the height of most decides where a cell's are halves of one.
fn find(table: &Table, picture: &GrayImage) -> Vec<Found> {
    let cuts: Vec<GrayImage> = table.cells.par_iter().map(|at| table.mapping.cut(picture, at)).collect();
    let mut found: Vec<Found> = cuts.par_iter().map(|cut| lines::find(cut, EDGE, None)).collect();
    let mut heights: Vec<f32> = found.iter().flat_map(|f| f.strips.iter().map(|s| s.at.height())).collect();
    heights.sort_by(f32::total_cmp);
    let Some(usual) = heights.get(heights.len() / 2).copied() else { return found };
    let usual = usual / 1.2;
    let odd = |f: &Found| f.strips.len() != 1 || f.covered || f.strips[0].at.height() > 1.5 * usual;
    found
        .par_iter_mut()
        .zip(&cuts)
        .filter(|(f, _)| odd(f))
        .for_each(|(f, cut)| *f = lines::find(cut, EDGE, Some(usual)));
    found
}

/// Short lines of Chinese decide, read one way up and then the other.
fn is_upside_down(found: &[Found], ocr: &dyn Ocr) -> bool {
    let mut strips: Vec<&Strip> = found.iter().filter(|f| !f.covered).flat_map(|f| &f.strips).collect();
    let shape = |s: &Strip| (s.at.width() / s.at.height().max(1.0) - 4.5).abs();
    strips.sort_by(|a, b| shape(a).total_cmp(&shape(b)));
    let mut balance = 0.0;
    for strip in strips.iter().take(TRIED) {
        let up = reading::quick(&strip.picture, ocr);
        if is_clear(&up) {
            return false;
        }
        let down = reading::quick(&rotate180(&strip.picture), ocr);
        if is_clear(&down) {
            return true;
        }
        balance += up.mean() - down.mean();
    }
    balance < 0.0
}

/// Nothing upside down reads as three Chinese characters without doubt.
fn is_clear(line: &Line) -> bool {
    line.confidence > 0.9 && line.text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count() >= 3
}

fn turned(table: Table, quarters: u8) -> Table {
    let (w, h) = (table.mapping.size.0 as f32, table.mapping.size.1 as f32);
    let turn = |r: &Rect| match quarters {
        1 => Rect::new(h - r.bottom, r.left, h - r.top, r.right),
        2 => Rect::new(w - r.right, h - r.bottom, w - r.left, h - r.top),
        _ => Rect::new(r.top, w - r.right, r.bottom, w - r.left),
    };
    let mut cells: Vec<Rect> = table.cells.iter().map(turn).collect();
    cells.sort_by(|a, b| (a.top, a.left).partial_cmp(&(b.top, b.left)).unwrap_or(std::cmp::Ordering::Equal));
    Table { at: turn(&table.at), cells, sides: table.sides, mapping: table.mapping.turned(quarters) }
}
