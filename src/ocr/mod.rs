//! Pages of pixels into cells of text: straighten, find the ruled table, cut its cells, read their lines.
//!
//! Where no table holds, the detector finds lines of text instead. The recogniser stands behind [`Ocr`], so that the logic
//! is tested without its weights.

pub mod alphabet;
mod cells;
pub mod detect;
pub mod geometry;
pub mod ink;
mod layout;
pub mod line;
pub mod lines;
mod loose;
pub mod marks;
mod page;
mod reading;
pub mod recognise;
pub mod ruling;
pub mod tracks;
mod upright;
mod variants;
pub mod walk;

#[cfg(test)]
mod tests;

use image::GrayImage;

pub use self::alphabet::Alphabet;
pub use self::cells::cell;
pub use self::geometry::{Mapping, Point, Quad, Rect};
pub use self::line::{Glyph, Line};
pub use self::page::read_page;
pub use self::recognise::Models;

/// Reads lines and finds them. Shared by threads.
pub trait Ocr: Sync {
    /// The text of a picture of one line.
    fn recognise(&self, crop: &GrayImage, alphabet: Alphabet) -> Line;
    /// The outlines of lines of text on a page, in px of the page.
    fn detect(&self, page: &GrayImage) -> Vec<Quad>;
}

/// How a page was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Along the rules of its table.
    Cells,
    /// By text detection: rules are missing or broken.
    Detection,
    /// Nothing on it could be read.
    Nothing,
}

/// A line within a cell.
#[derive(Debug, Clone, PartialEq)]
pub struct CellLine {
    /// What was read.
    pub line: Line,
    /// Where, in px of the straightened page.
    pub at: Rect,
}

/// A cell of the page, empty ones included.
#[derive(Debug, Clone, PartialEq)]
pub struct OcrCell {
    /// Its lines, parted by `\n`.
    pub text: String,
    /// Its place in px of the straightened page. Cells of one table share their edges exactly.
    pub at: Rect,
    /// The same place in the picture as it came: top left, top right, bottom right, bottom left of the cell as it reads.
    pub quad: Quad,
    /// The probability of its least certain character; 1 where it is empty.
    pub confidence: f32,
    /// Whether nothing stands in it.
    pub is_empty: bool,
    /// Line by line, to be read again with another alphabet.
    pub lines: Vec<CellLine>,
    /// The table it belongs to, from 0 in reading order.
    pub table: usize,
}

impl OcrCell {
    /// Its text and confidence under another alphabet.
    pub fn read_as(&self, alphabet: Alphabet) -> (String, f32) {
        let lines: Vec<Line> = self.lines.iter().map(|l| l.line.read_as(alphabet)).collect();
        let text: Vec<&str> = lines.iter().map(|l| l.text.as_str()).collect();
        (text.join("\n"), lines.iter().map(|l| l.confidence).fold(1.0, f32::min))
    }

    /// Makes it no surer than this, under any alphabet.
    fn doubt(&mut self, most: f32) {
        self.lines.iter_mut().for_each(|l| l.line.doubt(most));
        self.sum_up();
    }

    /// Text and confidence from the lines.
    fn sum_up(&mut self) {
        let text: Vec<&str> = self.lines.iter().map(|l| l.line.text.as_str()).filter(|t| !t.is_empty()).collect();
        self.text = text.join("\n");
        self.confidence = self.lines.iter().map(|l| l.line.confidence).fold(1.0, f32::min);
    }
}

/// A page as read.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its cells in reading order.
    pub cells: Vec<OcrCell>,
    /// From the straightened page to the picture.
    pub mapping: Mapping,
    /// How it was cut.
    pub method: Method,
    /// What a reviewer should know, in Chinese.
    pub notes: Vec<String>,
}
