//! The page with its boxes, and a number at each piece of evidence.

use image::{Rgb, RgbImage};

use crate::read::{Evidence, Means, settle::SURE};
use crate::sheet::Rect;

/// Width of a box's line in px.
const LINE: u32 = 3;
/// Side of one dot of a digit in px.
const DOT: u32 = 4;
/// The digits, three dots wide and five high, a row in each three bits.
const DIGITS: [u16; 10] = [
    0b111_101_101_101_111,
    0b010_110_010_010_111,
    0b111_001_111_100_111,
    0b111_001_111_001_111,
    0b101_101_111_001_001,
    0b111_100_111_001_111,
    0b111_100_111_101_111,
    0b111_001_010_010_010,
    0b111_101_111_101_111,
    0b111_101_111_001_111,
];

/// Outlines a cell that was read, thin and grey.
pub fn cell(page: &mut RgbImage, at: &Rect) {
    outline(page, at, Rgb([170, 170, 170]), 1);
}

/// Outlines a piece of evidence: blue for a code or typed text, green for what was surely recognised, orange for the rest.
pub fn evidence(page: &mut RgbImage, seen: &Evidence, number: usize) {
    let colour = match seen.means {
        Means::Qr | Means::Typed | Means::Office => Rgb([0, 90, 200]),
        Means::Ocr if seen.confidence >= SURE => Rgb([0, 140, 60]),
        Means::Ocr => Rgb([220, 110, 0]),
    };
    outline(page, &seen.at, colour, LINE);
    tag(page, &seen.at, colour, number);
}

/// The number in the box's upper right corner, where forms have no text, white on the box's colour.
fn tag(page: &mut RgbImage, at: &Rect, colour: Rgb<u8>, number: usize) {
    let digits: Vec<usize> = number.to_string().bytes().map(|b| usize::from(b - b'0')).collect();
    let (width, height) = ((digits.len() as u32 * 4 + 1) * DOT, 7 * DOT);
    let (left, top) = ((at.right.max(0.0) as u32).saturating_sub(width), at.top.max(0.0) as u32);
    let mut put = |x: u32, y: u32, colour| {
        if left + x < page.width() && top + y < page.height() {
            page.put_pixel(left + x, top + y, colour);
        }
    };
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let (column, row) = (x / DOT, y / DOT);
        let digit = (column > 0).then(|| digits.get((column as usize - 1) / 4)).flatten();
        let (u, v) = (column.wrapping_sub(1) % 4, row.wrapping_sub(1));
        let lit = digit.is_some_and(|d| u < 3 && v < 5 && DIGITS[*d] >> (14 - (v * 3 + u)) & 1 == 1);
        put(x, y, if lit { Rgb([255; 3]) } else { colour });
    }
}

fn outline(page: &mut RgbImage, at: &Rect, colour: Rgb<u8>, width: u32) {
    let (w, h) = page.dimensions();
    let clamp = |v: f32, most: u32| (v.max(0.0) as u32).min(most.saturating_sub(1));
    let (x0, y0, x1, y1) = (clamp(at.left, w), clamp(at.top, h), clamp(at.right, w), clamp(at.bottom, h));
    for i in 0..width {
        for x in x0..=x1 {
            page.put_pixel(x, (y0 + i).min(h - 1), colour);
            page.put_pixel(x, y1.saturating_sub(i), colour);
        }
        for y in y0..=y1 {
            page.put_pixel((x0 + i).min(w - 1), y, colour);
            page.put_pixel(x1.saturating_sub(i), y, colour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_box_has_its_number_even_at_the_edge() {
        for (right, number) in [(90.0, 1), (99.9, 42), (5.0, 7)] {
            let mut page = RgbImage::from_pixel(100, 60, Rgb([255; 3]));
            let at = Rect { left: 2.0, top: 2.0, right, bottom: 50.0 };
            let seen = Evidence { text: String::new(), means: Means::Ocr, confidence: 1.0, at };
            evidence(&mut page, &seen, number);
            let white_inside = (3..20).flat_map(|y| (3..99).map(move |x| (x, y)));
            let green = white_inside.filter(|(x, y)| page.get_pixel(*x, *y).0 == [0, 140, 60]).count();
            assert!(green > 100, "{green}");
        }
    }
}
