//! The recipe: page in, cells out.

use image::imageops::rotate180;
use image::{GrayImage, RgbImage};
use rayon::prelude::*;

use super::geometry::{Mapping, Point, Quad, Rect};
use super::lines::{self, Found};
use super::ruling::{self, Table};
use super::{Alphabet, CellLine, Line, Method, Ocr, OcrCell, Page, ink, layout};

/// The sides of a table show ink along at least this share; less is chance.
const SIDES: f32 = 0.55;
/// A table has at least this many cells.
const FEWEST_CELLS: usize = 6;

/// Reads a page: its cells with text, place and confidence. Bounded in time and memory whatever the picture shows.
pub fn read_page(page: &RgbImage, ocr: &dyn Ocr) -> Page {
    let smaller = ink::bounded(page);
    let scale = smaller.as_ref().map_or(1.0, |s| page.width() as f32 / s.width().max(1) as f32);
    let picture = ink::red(smaller.as_ref().unwrap_or(page));
    let mut read = read_picture(&picture, ocr);
    if scale != 1.0 {
        read.cells.iter_mut().for_each(|c| c.quad = c.quad.map(|p| Point::new(p.x * scale, p.y * scale)));
    }
    read
}

fn read_picture(picture: &GrayImage, ocr: &dyn Ocr) -> Page {
    let nothing =
        |size| Page { cells: Vec::new(), mapping: Mapping::identity(size), method: Method::Nothing, notes: vec![] };
    if picture.width() < 64 || picture.height() < 64 {
        return nothing(picture.dimensions());
    }
    let tables = ruling::lattices(picture).iter().take(3).filter_map(|l| ruling::table(l, picture)).collect::<Vec<_>>();
    let Some(table) = tables.into_iter().find(|t| t.sides >= SIDES && t.cells.len() >= FEWEST_CELLS) else {
        return detected(picture, ocr);
    };
    let table = upright(table, picture, ocr);
    let mut cells = around(&table, picture, ocr);
    cells.extend(read_cells(&table, picture, ocr));
    doubted(Page { cells, mapping: table.mapping, method: Method::Cells, notes: vec![] })
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
        page.cells.iter_mut().for_each(|c| c.confidence = c.confidence.min(0.5));
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
    let near = found.strips.iter().rev().filter(|s| s.at.height() < 120.0).take(3);
    let read = |strip: &lines::Strip| {
        let r = &strip.at;
        let place = Rect::new(band.left + r.left, band.top + r.top, band.left + r.right, band.top + r.bottom);
        let line = ocr.recognise(&ink::stretched(&strip.picture), Alphabet::Text);
        (line.mean() > 0.7 && line.text.chars().count() > 1)
            .then(|| cell(place, vec![CellLine { line, at: place }], &table.mapping))
    };
    let mut cells: Vec<OcrCell> = near.filter_map(read).collect();
    cells.reverse();
    cells
}

/// A page without a table that holds: lines by detection, turned upright, each a cell of its own.
fn detected(picture: &GrayImage, ocr: &dyn Ocr) -> Page {
    let quads = ocr.detect(picture);
    let (mapping, rects) = layout::straighten(&quads, picture.dimensions());
    let crops: Vec<GrayImage> = rects.par_iter().map(|at| mapping.cut(picture, at)).collect();
    let longest = layout::longest(&rects, 6);
    let sure = |crop: &GrayImage| ocr.recognise(&ink::stretched(crop), Alphabet::Text).mean();
    let balance: f32 = longest.iter().map(|i| sure(&crops[*i]) - sure(&rotate180(&crops[*i]))).sum();
    let down = balance < 0.0;
    let (mapping, rects) = if down { layout::turned(mapping, &rects) } else { (mapping, rects) };
    let read = |(at, crop): (&Rect, &GrayImage)| {
        let crop = if down { rotate180(crop) } else { crop.clone() };
        let line = ocr.recognise(&ink::stretched(&crop), Alphabet::Text);
        (line.mean() >= 0.5 && !line.text.is_empty()).then_some(CellLine { line, at: *at })
    };
    let lines: Vec<CellLine> = rects.par_iter().zip(&crops).filter_map(read).collect();
    let cells = layout::grid(lines).into_iter().map(|(at, lines)| cell(at, lines, &mapping)).collect();
    let notes = vec!["表格线不完整，按文字位置识别".to_owned()];
    doubted(Page { cells, mapping, method: Method::Detection, notes })
}

/// How far inside a cell its rules may still show (px).
const EDGE: u32 = 5;

/// The lines of all cells; the height of most decides where a cell's are halves of one.
fn found(table: &Table, picture: &GrayImage) -> Vec<Found> {
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

/// Turns a table so that its text is upright: along the lines first, then the surer of two ways up.
fn upright(mut table: Table, picture: &GrayImage, ocr: &dyn Ocr) -> Table {
    let along = |at: &Rect| {
        let ink = ink::ink(&table.mapping.cut(picture, &at.inset(EDGE as f32)));
        let text: Vec<_> = ink.pieces.iter().filter(|p| p.area > 8).collect();
        let span = |a: Option<u32>, b: Option<u32>| b.unwrap_or(0) as f32 - a.unwrap_or(0) as f32;
        span(text.iter().map(|p| p.x0).min(), text.iter().map(|p| p.x1).max())
            - span(text.iter().map(|p| p.y0).min(), text.iter().map(|p| p.y1).max())
    };
    if table.cells.par_iter().map(along).sum::<f32>() < 0.0 {
        table = turned(table, 1);
    }
    if is_upside_down(&found(&table, picture), ocr) { turned(table, 2) } else { table }
}

/// The longest lines read both ways up.
fn is_upside_down(found: &[Found], ocr: &dyn Ocr) -> bool {
    let mut strips: Vec<_> = found.iter().filter(|f| !f.covered).flat_map(|f| &f.strips).collect();
    strips.sort_by(|a, b| (b.at.width() / b.at.height()).total_cmp(&(a.at.width() / a.at.height())));
    let mut balance = 0.0;
    for strip in strips.iter().take(6) {
        let up = ocr.recognise(&ink::stretched(&strip.picture), Alphabet::Text);
        let han = up.text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        if up.confidence > 0.9 && han >= 3 {
            return balance < -0.5;
        }
        let down = ocr.recognise(&ink::stretched(&rotate180(&strip.picture)), Alphabet::Text);
        balance += up.mean() - down.mean();
        if balance.abs() > 0.8 {
            break;
        }
    }
    balance < 0.0
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

fn read_cells(table: &Table, picture: &GrayImage, ocr: &dyn Ocr) -> Vec<OcrCell> {
    let found = found(table, picture);
    let read = |(at, found): (&Rect, Found)| {
        if found.covered {
            let searched = search_cell(at, &table.mapping, picture, ocr);
            if !searched.is_empty() {
                return cell(*at, searched, &table.mapping);
            }
        }
        read_cell(at, &found, &table.mapping, ocr)
    };
    table.cells.par_iter().zip(found).map(read).collect()
}

/// A line read this surely is text; below it, letters of a seal and strokes of a signature.
const TEXT: f32 = 0.3;

/// Lines of a cell that something lies over, by detection. A grey seal is lifted off where that reads surer.
fn search_cell(at: &Rect, mapping: &Mapping, picture: &GrayImage, ocr: &dyn Ocr) -> Vec<CellLine> {
    let cut = mapping.cut(picture, &at.inset(EDGE as f32));
    let quads = ocr.detect(&cut);
    let read = |quad: &Quad| {
        let (w, h) = (cut.width() as f32, cut.height() as f32);
        let (x0, x1) = span(quad.iter().map(|p| p.x.clamp(0.0, w)));
        let (y0, y1) = span(quad.iter().map(|p| p.y.clamp(0.0, h)));
        if x1 - x0 < 12.0 || y1 - y0 < 10.0 || y1 - y0 > 1.3 * (x1 - x0) {
            return None;
        }
        let crop = image::imageops::crop_imm(&cut, x0 as u32, y0 as u32, (x1 - x0) as u32, (y1 - y0) as u32).to_image();
        let plain = ocr.recognise(&ink::stretched(&crop), Alphabet::Text);
        let line = if plain.confidence < 0.95 {
            let lifted = ocr.recognise(&ink::lifted(&crop), Alphabet::Text);
            if lifted.confidence > plain.confidence { lifted } else { plain }
        } else {
            plain
        };
        let (dx, dy) = (at.left + EDGE as f32, at.top + EDGE as f32);
        let place = Rect::new(x0 + dx, y0 + dy, x1 + dx, y1 + dy);
        (line.mean() >= TEXT && !line.text.is_empty()).then_some(CellLine { line, at: place })
    };
    let mut lines: Vec<CellLine> = quads.iter().filter_map(read).collect();
    lines.sort_by(|a, b| a.at.top.total_cmp(&b.at.top));
    let sure = lines.iter().any(|l| l.line.mean() > 0.8);
    lines.retain(|l| !sure || l.line.mean() > 0.6);
    lines
}

fn span(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::MAX, f32::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)))
}

fn read_cell(at: &Rect, found: &Found, mapping: &Mapping, ocr: &dyn Ocr) -> OcrCell {
    let line = |strip: &lines::Strip| {
        let place = Rect::new(
            at.left + strip.at.left,
            at.top + strip.at.top,
            at.left + strip.at.right,
            at.top + strip.at.bottom,
        );
        CellLine { line: ocr.recognise(&ink::stretched(&strip.picture), Alphabet::Text), at: place }
    };
    let lines: Vec<CellLine> = found.strips.iter().map(line).collect();
    cell(*at, lines, mapping)
}

fn cell(at: Rect, mut lines: Vec<CellLine>, mapping: &Mapping) -> OcrCell {
    let is_empty = lines.is_empty();
    lines.retain(|l: &CellLine| l.line != Line::default());
    let text: Vec<&str> = lines.iter().map(|l| l.line.text.as_str()).filter(|t| !t.is_empty()).collect();
    OcrCell {
        text: text.join("\n"),
        at,
        quad: quad(&at, mapping),
        confidence: lines.iter().map(|l| l.line.confidence).fold(1.0, f32::min),
        is_empty,
        lines,
    }
}

fn quad(at: &Rect, mapping: &Mapping) -> Quad {
    [(at.left, at.top), (at.right, at.top), (at.right, at.bottom), (at.left, at.bottom)]
        .map(|(x, y)| mapping.source(Point::new(x, y)))
}
