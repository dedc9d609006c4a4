//! A page without a table that holds: lines by detection.

use image::GrayImage;
use image::imageops::rotate180;
use rayon::prelude::*;

use super::{CellLine, Method, Ocr, Page, cells, layout, reading};

/// Reads lines wherever they stand, turned upright, put on a grid.
pub fn read(picture: &GrayImage, ocr: &dyn Ocr) -> Page {
    let quads = ocr.detect(picture);
    let (mapping, rects) = layout::straighten(&quads, picture.dimensions());
    let crops: Vec<GrayImage> = rects.par_iter().map(|at| mapping.cut(picture, at)).collect();
    let longest = layout::longest(&rects, 6);
    let sure = |crop: &GrayImage| reading::quick(crop, ocr).mean();
    let balance: f32 = longest.iter().map(|i| sure(&crops[*i]) - sure(&rotate180(&crops[*i]))).sum();
    let down = balance < 0.0;
    let (mapping, rects) = if down { layout::turned(mapping, &rects) } else { (mapping, rects) };
    let read = |(at, crop): (&super::Rect, &GrayImage)| {
        let line = if down { reading::read(&rotate180(crop), ocr) } else { reading::read(crop, ocr) };
        (line.mean() >= 0.5 && !line.text.is_empty()).then_some(CellLine { line, at: *at })
    };
    let lines: Vec<CellLine> = rects.par_iter().zip(&crops).filter_map(read).collect();
    let cells = layout::grid(lines).into_iter().map(|(at, lines)| cells::cell(at, lines, &mapping)).collect();
    let notes = vec!["表格线不完整，按文字位置识别".to_owned()];
    Page { cells, mapping, method: Method::Detection, notes }
}
