//! How a line is read: narrow first, at full width where that is not clear.

use image::GrayImage;
use image::imageops::{FilterType, resize};

use super::{Alphabet, Line, Ocr, ink};

/// The recogniser's height.
const HEIGHT: u32 = 48;
/// Lines are pressed together to this share of their width: clear print reads as well, and time goes with the width.
const NARROW: f32 = 0.7;
/// Headings and tests of orientation need less.
const NARROWEST: f32 = 0.6;
/// A line read at least this surely is not read again.
const CLEAR: f32 = 0.97;

/// Reads a line once, quickly.
pub fn quick(strip: &GrayImage, ocr: &dyn Ocr) -> Line {
    ocr.recognise(&pressed(&ink::stretched(strip), NARROWEST), Alphabet::Text)
}

/// Reads a line; a second time at its full width where the first is not clear.
pub fn read(strip: &GrayImage, ocr: &dyn Ocr) -> Line {
    let strip = ink::stretched(strip);
    let first = ocr.recognise(&pressed(&strip, NARROW), Alphabet::Text);
    if first.confidence >= CLEAR {
        return first;
    }
    Line::settled(ocr.recognise(&strip, Alphabet::Text), first)
}

/// A line at the recogniser's height and a share of its width.
fn pressed(strip: &GrayImage, share: f32) -> GrayImage {
    let (w, h) = strip.dimensions();
    let width = ((HEIGHT * w) as f32 / h.max(1) as f32 * share).ceil() as u32;
    resize(strip, width.clamp(8, 20 * HEIGHT * 4), HEIGHT, FilterType::Triangle)
}
