//! Sheets: what a document shows, as cells with text and place, or as pixels to be read.
//!
//! [`open`] tells what a file is by its content, never by its name or declared type, and cuts it into [`Sheet`]s: a page,
//! a worksheet, a text. Archives and mails inside are handed back for the caller to open. Pure, bounded, never panics:
//! what cannot be read is a [`Fault`] in words for a clerk.

mod archive;
mod doc;
mod docx;
mod grid;
mod heic;
mod html;
mod image;
mod lines;
mod pdf;
mod sniff;
mod xls;
mod xlsx;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ::image::RgbImage;

pub use self::archive::Archive;
pub use self::pdf::Fonts;

use crate::fault::Fault;

/// One side of paper, worksheet or text.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Counted from 1 within its document.
    pub number: usize,
    /// What is on it.
    pub surface: Surface,
}

/// What is on a sheet.
#[derive(Debug, Clone)]
pub enum Surface {
    /// Text in cells, as typed.
    Cells(Vec<Cell>),
    /// A picture that has to be read.
    Pixels(Picture),
}

/// A piece of text and where it stands. A cell without text is an empty one, not none: an empty value is not its
/// neighbour's.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The text; lines are parted by `\n`.
    pub text: String,
    /// Its place among the cells of the sheet.
    pub at: Rect,
    /// 0 (a guess) to 1 (typed).
    pub confidence: f32,
}

/// A place on a sheet, from the top left. The unit is the sheet's own: a row and a column in tables and texts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Bottom edge.
    pub bottom: f32,
}

/// What a file turned out to be.
#[derive(Debug, Clone)]
pub enum Opened {
    /// A document to be read, in order.
    Sheets(Vec<Sheet>),
    /// A packed folder: each member is to be opened on its own.
    Archive(Box<Archive>),
    /// A mail saved as a file: to be parsed as one.
    Mail,
    /// Nothing a form could stand on; what it is, in Chinese.
    Other(&'static str),
}

/// What may still be spent on one mail, by all its documents together: a bomb in a bomb has no more room than one.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Bytes inflated. Scans hardly shrink, so this is several times the largest mail (50 MB).
    pub bytes: u64,
    /// Pixels decoded to prove that pictures are whole; those beyond are decoded only when they are looked at.
    pub pixels: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { bytes: 192 << 20, pixels: 400_000_000 }
    }
}

/// One file of an archive.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its name in the archive, folders included. Metadata, never a path.
    pub name: String,
    /// Its content, or why there is none.
    pub bytes: Result<Vec<u8>, Fault>,
}

/// A picture that is decoded when it is asked for.
#[derive(Debug, Clone)]
pub struct Picture {
    source: Source,
    /// Width and height in pixels, after rotation.
    pub size: (u32, u32),
}

#[derive(Debug, Clone)]
enum Source {
    Image(image::Frame),
    Heic(Arc<[u8]>),
    Page(pdf::Page),
}

impl Picture {
    /// The pixels, upright as the file says (EXIF); a PDF page at 200 dpi with the fonts it carries.
    pub fn pixels(&self) -> Result<RgbImage, Fault> {
        self.pixels_with(&Fonts::default())
    }

    /// The pixels; `fonts` stand in for those a PDF names but does not carry.
    pub fn pixels_with(&self, fonts: &Fonts) -> Result<RgbImage, Fault> {
        guarded(|| match &self.source {
            Source::Image(frame) => frame.pixels(),
            Source::Heic(bytes) => heic::pixels(bytes),
            Source::Page(page) => page.pixels(self.size, fonts),
        })
    }
}

impl Picture {
    /// What the page itself says stands on it, in px of the picture; absent for scans and photos.
    pub fn typed_with(&self, fonts: &Fonts) -> Option<Vec<Cell>> {
        let cells = guarded(|| match &self.source {
            Source::Image(_) | Source::Heic(_) => Ok(None),
            Source::Page(page) => Ok(page.cells(self.size, fonts)),
        });
        cells.ok().flatten()
    }
}

impl Sheet {
    fn of_cells(number: usize, cells: Vec<Cell>) -> Sheet {
        Sheet { number, surface: Surface::Cells(cells) }
    }

    /// Whether cells were left out because there is no room for more.
    fn is_full(&self) -> bool {
        matches!(&self.surface, Surface::Cells(cells) if cells.len() >= grid::MOST_CELLS)
    }
}

/// Opens a file by its content, at the expense of the mail's budget.
pub fn open(bytes: &Arc<[u8]>, budget: &mut Budget) -> Result<Opened, Fault> {
    let opened = guarded(|| sniff::open(bytes, budget))?;
    match &opened {
        Opened::Sheets(sheets) if sheets.iter().any(Sheet::is_full) => Err(xlsx::too_many_cells()),
        _ => Ok(opened),
    }
}

/// Plain text: `label：value` lines and columns as cells.
pub fn text(text: &str) -> Sheet {
    Sheet::of_cells(1, lines::cells(text))
}

/// HTML: its tables as grids and the lines between them, in one sheet.
pub fn html(text: &str) -> Sheet {
    let cells = guarded(|| Ok(html::cells(text))).unwrap_or_default();
    Sheet::of_cells(1, cells)
}

/// What of a text or a page ([`text`], [`html`]) is over the limits and therefore not read.
pub fn left_out(text: &str, is_html: bool) -> Option<Fault> {
    if is_html { html::left_out(text) } else { lines::left_out(text) }
}

/// Decoders are not ours: one that panics has met a broken file.
fn guarded<T>(read: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(unreadable("文件")))
}

fn unreadable(what: &str) -> Fault {
    Fault::new("unreadable", format!("{what}已损坏，无法打开，请对方重新发送"))
}
