//! A page without a table that holds: lines by detection.

use image::GrayImage;
use image::imageops::rotate180;
use rayon::prelude::*;

use super::{CellLine, Method, Ocr, Page, Rect, cells, layout, reading};

/// More lines than this are read on no page: a form has about 45.
const MOST_LINES: usize = 120;
/// Where even the longest lines are read less surely than this (mean of their characters), nothing is text.
const TEXT: f32 = 0.45;

/// Reads lines wherever they stand, turned upright, put on a grid.
pub fn read(picture: &GrayImage, ocr: &dyn Ocr) -> Page {
    let quads = ocr.detect(picture);
    let (mapping, mut rects) = layout::straighten(&quads, picture.dimensions());
    rects.truncate(MOST_LINES);
    let crops: Vec<GrayImage> = rects.par_iter().map(|at| mapping.cut(picture, at)).collect();
    let tried = layout::longest(&rects, 6).into_iter().map(|i| {
        let sure = |crop: &GrayImage| reading::quick(crop, ocr).mean();
        (sure(&crops[i]), sure(&rotate180(&crops[i])))
    });
    let tried: Vec<(f32, f32)> = tried.collect();
    if tried.iter().all(|(up, down)| up.max(*down) < TEXT) {
        return Page { cells: Vec::new(), mapping, method: Method::Nothing, notes: vec![] };
    }
    let down = tried.iter().map(|(up, down)| up - down).sum::<f32>() < 0.0;
    let (mapping, rects) = if down { layout::turned(mapping, &rects) } else { (mapping, rects) };
    let read = |(at, crop): (&Rect, &GrayImage)| {
        let line = if down { reading::read(&rotate180(crop), ocr) } else { reading::read(crop, ocr) };
        (line.mean() >= 0.5 && !line.text.is_empty()).then_some(CellLine { line, at: *at })
    };
    let lines: Vec<CellLine> = rects.par_iter().zip(&crops).filter_map(read).collect();
    let cells = layout::grid(lines).into_iter().map(|(at, lines)| cells::cell(at, lines, &mapping)).collect();
    let notes = vec!["表格线不完整，按文字位置识别".to_owned()];
    Page { cells, mapping, method: Method::Detection, notes }
}
