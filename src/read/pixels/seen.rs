//! The cells of a page, typed or recognised, and the way back from a cell to its place in the picture.

use image::RgbImage;

use super::bounds;
use super::codes::Codes;
use crate::ocr::{self, Method, OcrCell};
use crate::read::{Means, Reader, Reading, names_whom};
use crate::sheet::{Cell, Rect};

/// Cells are handed to the matcher in rows of about this many px, so that its steps of one row hold.
const ROW: f32 = 24.0;

/// A page with its cells, once as the matcher takes them and, where they were recognised, as the recogniser gave them.
pub struct Seen {
    /// As recognised.
    pub page: ocr::Page,
    /// As the matcher takes them.
    pub cells: Vec<Cell>,
    /// How the text was had.
    pub means: Means,
}

impl Seen {
    /// A page that says itself what stands on it; its cells are in px of the picture.
    pub fn typed(cells: Vec<Cell>, picture: &RgbImage) -> Seen {
        let scaled =
            |at: Rect| Rect { left: at.left / ROW, top: at.top / ROW, right: at.right / ROW, bottom: at.bottom / ROW };
        let cells = cells.into_iter().map(|cell| Cell { at: scaled(cell.at), ..cell }).collect();
        let mapping = ocr::Mapping::identity(picture.dimensions());
        let page = ocr::Page { cells: Vec::new(), mapping, method: Method::Cells, notes: Vec::new() };
        Seen { page, cells, means: Means::Typed }
    }

    /// A page as the recogniser sees it; none without a recogniser.
    pub fn on(reader: &Reader, picture: &RgbImage) -> Option<Seen> {
        let page = ocr::read_page(picture, reader.ocr.as_deref()?);
        let cell = |cell: &OcrCell| {
            let at = cell.at;
            let at = Rect { left: at.left / ROW, top: at.top / ROW, right: at.right / ROW, bottom: at.bottom / ROW };
            Cell { text: cell.text.clone(), at, confidence: cell.confidence }
        };
        let mut cells: Vec<Cell> = page.cells.iter().map(cell).collect();
        reader.mend(&mut cells);
        Some(Seen { page, cells, means: Means::Ocr })
    }

    /// The forms in the cells. Several tables on a page are a form each where each says for itself whom it is about;
    /// otherwise they are one form that was ruled in pieces.
    pub fn readings(&self, reader: &Reader, codes: &Codes) -> Vec<Reading> {
        let read = |cells: &[Cell]| reader.read_where(cells, |spec| codes.allow(spec));
        let last = self.page.cells.iter().map(|cell| cell.table).max().unwrap_or(0);
        let of_table = |table: usize| {
            let own = self.cells.iter().zip(&self.page.cells).filter(|(_, of)| of.table == table);
            read(&own.map(|(cell, _)| cell.clone()).collect::<Vec<_>>())
        };
        let each: Vec<Vec<Reading>> =
            if last == 0 { Vec::new() } else { (0..=last).map(of_table).filter(|found| !found.is_empty()).collect() };
        let named = |reading: &Reading| {
            reader.spec(reading).is_some_and(|spec| names_whom(spec).all(|role| !reading.text(role).is_empty()))
        };
        if each.len() > 1 && each.iter().flatten().all(named) {
            return each.concat();
        }
        read(&self.cells)
    }

    /// The recognised cell that a place lies in.
    pub fn cell(&self, at: &Rect) -> Option<&OcrCell> {
        let (x, y) = ((at.left + at.right) / 2.0, (at.top + at.bottom) / 2.0);
        let holds = |c: &Cell| c.at.left <= x && x < c.at.right && c.at.top <= y && y < c.at.bottom;
        self.cells.iter().zip(&self.page.cells).find(|(cell, _)| holds(cell)).map(|(_, cell)| cell)
    }

    /// A place among the cells, in px of the straightened page.
    pub fn straight(at: &Rect) -> ocr::Rect {
        ocr::Rect::new(at.left * ROW, at.top * ROW, at.right * ROW, at.bottom * ROW)
    }

    /// The same in px of the picture.
    pub fn in_picture(&self, at: &Rect) -> Rect {
        let at = Seen::straight(at);
        let corners = [(at.left, at.top), (at.right, at.top), (at.right, at.bottom), (at.left, at.bottom)];
        bounds(&corners.map(|(x, y)| {
            let p = self.page.mapping.source(ocr::Point::new(x, y));
            [p.x, p.y]
        }))
    }
}
