//! The recipe: page in, cells out.

use image::{GrayImage, RgbImage};

use super::cells::{self, EDGE};
use super::geometry::{Mapping, Point, Rect};
use super::ruling::{self, Table};
use super::upright::{self, Upright};
use super::{CellLine, Method, Ocr, OcrCell, Page, ink, lines, loose, reading};

/// The sides of a table show ink along at least this share; less is chance.
const SIDES: f32 = 0.55;
/// A table has at least this many cells.
const FEWEST_CELLS: usize = 6;
/// A table of more cells is no form and no list of officers: forty rows of twelve are not.
const MOST_CELLS: usize = 600;
/// No page has more tables worth reading.
const MOST_TABLES: usize = 4;

/// Reads a page: its cells with text, place and confidence. Bounded in time and memory whatever the picture shows.
///
/// Several tables are read one after the other and laid out one below the other, each with its own mapping, so that the
/// cells of one stay together.
pub fn read_page(page: &RgbImage, ocr: &dyn Ocr) -> Page {
    let smaller = ink::bounded(page);
    let scale = smaller.as_ref().map_or(1.0, |s| page.width() as f32 / s.width().max(1) as f32);
    let mut picture = ink::red(smaller.as_ref().unwrap_or(page));
    ink::positive(&mut picture);
    let mut read = read_picture(&picture, ocr);
    if scale != 1.0 {
        read.cells.iter_mut().for_each(|c| c.quad = c.quad.map(|p| Point::new(p.x * scale, p.y * scale)));
        read.mapping = read.mapping.of_larger(scale);
    }
    read
}

fn read_picture(picture: &GrayImage, ocr: &dyn Ocr) -> Page {
    if picture.width() < 64 || picture.height() < 64 {
        let mapping = Mapping::identity(picture.dimensions());
        return Page { cells: Vec::new(), mapping, method: Method::Nothing, notes: vec![] };
    }
    let tables = tables(picture);
    if tables.is_empty() {
        return doubted(loose::read(picture, ocr));
    }
    let alone = tables.len() == 1;
    let read = |(number, table): (usize, Table)| {
        let Upright { table, found } = upright::upright(table, picture, ocr);
        let mut cells = if alone { around(&table, picture, ocr) } else { Vec::new() };
        cells.extend(cells::read(&table, &found, picture, ocr));
        cells.iter_mut().for_each(|c| c.table = number);
        doubted(Page { cells, mapping: table.mapping, method: Method::Cells, notes: vec![] })
    };
    let pages = tables.into_iter().enumerate().map(read);
    pages.reduce(below).unwrap_or_else(|| doubted(loose::read(picture, ocr)))
}

/// The tables that hold, in reading order. Of two that share ground, the one with more crossings.
fn tables(picture: &GrayImage) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    for lattice in ruling::lattices(picture).iter().take(2 * MOST_TABLES) {
        let Some(table) = ruling::table(lattice, picture) else { continue };
        let (at, ground) = (table.place(), |t: &Table| t.place());
        let apart = tables.iter().all(|t| ground(t).shared(&at) < 0.2 * at.width() * at.height());
        let sized = (FEWEST_CELLS..=MOST_CELLS).contains(&table.cells.len());
        if table.sides >= SIDES && sized && apart && tables.len() < MOST_TABLES {
            tables.push(table);
        }
    }
    if tables.len() > 1 {
        tables.iter_mut().for_each(Table::close_up);
        tables.sort_by(|a, b| {
            let (a, b) = (a.place(), b.place());
            let beside = a.top < b.bottom - 0.5 * b.height() && b.top < a.bottom - 0.5 * a.height();
            if beside { a.left.total_cmp(&b.left) } else { a.top.total_cmp(&b.top) }
        });
    }
    tables
}

/// A page laid below another one.
fn below(mut upper: Page, lower: Page) -> Page {
    let by = upper.mapping.size.1 as f32;
    upper.cells.extend(lower.cells.into_iter().map(|mut cell| {
        cell.at = cell.at.lower(by);
        cell.lines.iter_mut().for_each(|line| line.at = line.at.lower(by));
        cell
    }));
    upper.mapping = upper.mapping.above(lower.mapping);
    upper.notes.extend(lower.notes);
    if lower.method == Method::Cells {
        upper.method = Method::Cells;
    }
    upper
}

/// Says so where little of a page reads like text: mirrored, upside down beyond doubt, no document at all.
fn doubted(mut page: Page) -> Page {
    let lines = || page.cells.iter().flat_map(|c| &c.lines).filter(|l| !l.line.text.is_empty());
    let (n, sure) = (lines().count(), lines().filter(|l| l.line.confidence > 0.8).count());
    if n == 0 {
        page.method = Method::Nothing;
        page.notes.push("未识别到文字".to_owned());
    } else if sure * 4 < n {
        page.notes.push("大部分文字识别不清，可能是镜像、倒置或过于模糊的图片".to_owned());
        page.cells.iter_mut().for_each(|c| c.doubt(0.5));
    }
    page
}

/// The heading above a table: up to three lines of text within its width.
fn around(table: &Table, picture: &GrayImage, ocr: &dyn Ocr) -> Vec<OcrCell> {
    let at = &table.at;
    let band = Rect::new(at.left, (at.top - 0.4 * at.height()).max(0.0), at.right, at.top - 3.0 * EDGE as f32);
    if band.height() < 20.0 {
        return Vec::new();
    }
    let found = lines::find(&table.mapping.cut(picture, &band), EDGE, None);
    let shaped = |s: &&lines::Strip| s.at.height() < 120.0 && s.at.width() > 1.2 * s.at.height();
    let near = found.strips.iter().rev().filter(shaped).take(3);
    let read = |strip: &lines::Strip| {
        let place = strip.at.moved(band.left, band.top);
        let line = reading::quick(&strip.picture, ocr);
        (line.mean() > 0.7 && line.text.chars().count() > 1)
            .then(|| cells::cell(place, vec![CellLine { line, at: place }], &table.mapping))
    };
    let mut cells: Vec<OcrCell> = near.filter_map(read).collect();
    cells.reverse();
    cells
}
