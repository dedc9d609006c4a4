//! Fits text into its cell.

use crate::blank::breaking::wrap;
use crate::blank::face::{Face, Hand};
use crate::blank::paper::{Ink, Text, points};
use crate::blank::text::PADDING;
use crate::blank::{Area, Layout};

/// Values are not set smaller than this, in points (六号).
pub const SMALLEST: f64 = 7.5;
/// From size to size, in points.
const STEP: f64 = 0.5;
/// Distance of lines that had to be set smaller, in ems.
const TIGHT: f64 = 1.2;
/// Text keeps so many points clear of its cell's rules, above and below together.
const CLEAR: f64 = 2.0;

/// Lines of one size, so far apart (points).
pub(super) struct Set {
    pub lines: Vec<Vec<char>>,
    pub size: f64,
    pub leading: f64,
}

impl Set {
    /// Paragraphs cut into lines of a width in mm.
    pub(super) fn new(face: &Face<'_>, paragraphs: &[String], width: f64, size: f64, leading: f64) -> Set {
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            let chars: Vec<char> = paragraph.chars().collect();
            let cut = wrap(&chars, points(width), |c| face.em(c) * size);
            lines.extend(cut.into_iter().map(|line| chars[line].to_vec()));
        }
        Set { lines, size, leading }
    }

    /// Paragraphs in the largest size in which they fit a cell, if there is one.
    pub(super) fn fitted(face: &Face<'_>, paragraphs: &[String], area: Area, layout: &Layout) -> Option<Set> {
        let (width, height) = (area.width - 2.0 * PADDING, points(area.height) - CLEAR);
        let full = Set::new(face, paragraphs, width, layout.size, layout.leading);
        let steps = ((layout.size - SMALLEST) / STEP).floor() as u32;
        let sizes = (1..=steps).map(|step| layout.size - STEP * f64::from(step));
        let smaller = sizes.map(|size| Set::new(face, paragraphs, width, size, size * TIGHT));
        std::iter::once(full).chain(smaller).find(|set| set.lines.len() as f64 * set.leading <= height)
    }
}

/// A line in the middle of an area. An empty line is a blank: a cell without content would be no cell.
pub(super) fn centred(face: &Face<'_>, line: &[char], area: Area, size: f64) -> Text {
    let line = if line.is_empty() { &['　'] } else { line };
    let run: Vec<(char, f64)> = line.iter().map(|c| (*c, face.em(*c) * size)).collect();
    let wide: f64 = run.iter().map(|(_, advance)| advance).sum();
    let (x, middle) = (points(area.left + area.width / 2.0) - wide / 2.0, points(area.top + area.height / 2.0));
    Text { x, middle, size, hand: Hand::Body, heavy: false, ink: Ink::Black, run }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blank::face::{Faces, noto};
    use crate::blank::layout;
    use crate::blank::tests::forms;

    #[test]
    fn sizes_go_down_only_as_far_as_needed() {
        let (fonts, layout) = (noto(), layout(&forms()[0]));
        let faces = Faces::open(&fonts).expect("fonts");
        let area = Area { left: 0.0, top: 0.0, width: 70.0, height: 12.0 };
        let fitted = |n: usize| {
            let set = Set::fitted(faces.of(Hand::Body), &["采".repeat(n)], area, &layout);
            set.map(|set| (set.size, set.lines.len()))
        };
        assert_eq!(fitted(1), Some((14.0, 1)));
        let (size, lines) = fitted(20).expect("fits");
        assert!(size < 14.0 && size > SMALLEST && lines == 2, "{size} {lines}");
        assert_eq!(fitted(400), None);
    }

    #[test]
    fn a_line_stands_in_the_middle_and_an_empty_one_is_a_blank() {
        let fonts = noto();
        let faces = Faces::open(&fonts).expect("fonts");
        let area = Area { left: 20.0, top: 30.0, width: 70.0, height: 12.0 };
        let text = centred(faces.of(Hand::Body), &['采', '购'], area, 14.0);
        assert!((text.x + 14.0 - points(55.0)).abs() < 0.01 && (text.middle - points(36.0)).abs() < 0.01);
        assert_eq!(centred(faces.of(Hand::Body), &[], area, 14.0).run, [('　', 14.0)]);
    }
}
