//! The whole recipe: without weights on drawn pages, with weights on pages that are no forms.

use std::path::Path;

use image::{GrayImage, Rgb, RgbImage};

use super::*;

/// Reads every line as one and the same text, finds nothing.
struct Fake;

impl Ocr for Fake {
    fn recognise(&self, _: &GrayImage, alphabet: Alphabet) -> Line {
        let step = |c| line::Step { blank: 0.02, likely: vec![(c, 0.98)] };
        let blank = || line::Step { blank: 1.0, likely: vec![] };
        Line::decode("单位名称".chars().flat_map(|c| [step(c), blank()]).collect(), alphabet)
    }

    fn detect(&self, _: &GrayImage) -> Vec<Quad> {
        Vec::new()
    }
}

/// A page with a table of 3 columns and 6 rows, the first column's lower four rows one cell; blocks for text in all cells
/// but those of the last column. `slope` slants it.
fn form(slope: f32) -> RgbImage {
    RgbImage::from_fn(1200, 1600, |px, py| {
        let x = px as f32 + (py as f32 - 800.0) * slope;
        let y = py as f32 - (px as f32 - 600.0) * slope;
        let inside = (100.0..1102.0).contains(&x) && (300.0..1202.0).contains(&y);
        let near = |v: f32, at: f32| (v - at).abs() < 1.5;
        let row = (0..=6).any(|i| near(y, 300.0 + 150.0 * i as f32));
        let merged = x < 298.0 && y > 610.0 && y < 1190.0;
        let column = [100.0, 300.0, 600.0, 1100.0].iter().any(|c| near(x, *c));
        let rule = inside && (column || row && !merged);
        let (u, v) = ((y - 300.0) % 150.0, if x < 300.0 { x - 100.0 } else { x - 300.0 });
        let text = inside
            && x < 600.0
            && (60.0..95.0).contains(&u)
            && (40.0..160.0).contains(&v)
            && v % 40.0 < 33.0
            && !(v % 40.0 > 10.0 && v % 40.0 < 20.0 && u % 12.0 < 5.0);
        if rule || text { Rgb([35, 35, 35]) } else { Rgb([225, 225, 222]) }
    })
}

fn shape(page: &Page) -> (Method, usize, usize) {
    (page.method, page.cells.len(), page.cells.iter().filter(|c| c.is_empty).count())
}

#[test]
fn cells_keep_their_spans_and_empty_ones_stay() {
    let page = read_page(&form(0.0), &Fake);
    assert_eq!(shape(&page), (Method::Cells, 15, 6), "{:?}", page.cells.iter().map(|c| c.at).collect::<Vec<_>>());
    let tallest = page.cells.iter().map(|c| c.at.height()).fold(0.0, f32::max);
    assert!((tallest - 600.0).abs() < 5.0, "{tallest}");
}

/// Two characters one above the other, each with an upright stroke as long as itself, in two rows.
#[test]
fn strokes_one_above_the_other_are_no_rule() {
    let mut page = form(0.0);
    for row in [450, 600] {
        for (from, to) in [(14, 72), (78, 136)] {
            for (x, y) in (700..703).flat_map(|x| (from..to).map(move |y| (x, row + y))) {
                page.put_pixel(x, y, Rgb([35, 35, 35]));
            }
        }
    }
    assert_eq!(read_page(&page, &Fake).cells.len(), 15);
}

#[test]
fn a_slanted_page_has_the_same_cells() {
    assert_eq!(shape(&read_page(&form(0.04), &Fake)), (Method::Cells, 15, 6));
}

#[test]
fn neighbours_share_their_edges() {
    let page = read_page(&form(0.02), &Fake);
    let lefts: std::collections::BTreeSet<u32> = page.cells.iter().map(|c| c.at.left.to_bits()).collect();
    assert_eq!(lefts.len(), 3);
}

#[test]
fn what_is_no_form_has_no_cells() {
    let plain = |w, h, v| RgbImage::from_pixel(w, h, Rgb([v, v, v]));
    for page in
        [plain(800, 1100, 255), plain(800, 1100, 0), plain(20_000, 60, 200), plain(1, 1, 9), RgbImage::new(0, 0)]
    {
        let read = read_page(&page, &Fake);
        assert_eq!((read.method, read.cells.len()), (Method::Nothing, 0), "{:?}", page.dimensions());
    }
}

fn models() -> Models {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    Models::load(&folder).unwrap_or_else(|message| panic!("{message}"))
}

#[test]
fn missing_models_name_the_command_that_installs_them() {
    let message = Models::load(Path::new("nowhere")).err().unwrap_or_default();
    assert!(message.contains("PP-OCRv6_rec_small.onnx") && message.contains(recognise::SET_UP), "{message}");
}

#[test]
fn noise_is_not_read_with_confidence() {
    let mut seed = 1u32;
    let noise = RgbImage::from_fn(600, 800, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let v = (seed >> 24) as u8;
        Rgb([v, v, v])
    });
    let page = read_page(&noise, &models());
    assert!(page.cells.iter().all(|c| c.text.is_empty() || c.confidence < 0.9), "{:?}", page.cells);
}
