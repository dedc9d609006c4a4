//! Text that nothing took. Beside a value it may be the rest of that value, cut off by a stroke of a pen or a fold that
//! looked like a rule; or its own label was misread. And labels that were taken for values.

use super::seen::Seen;
use crate::ocr::{self, OcrCell};
use crate::read::{Evidence, Means, Reader, Reading};
use crate::sheet::{Cell, Rect};

/// A value beside such text is no surer than this.
const UNSURE: f32 = 0.5;
/// The picture's edge, as a share of its long side: 2 mm of A4. No form is printed there.
const EDGE: f32 = 0.007;
/// Cells share an edge when they are not further apart than this, in rows: 3 px.
const APART: f32 = 0.125;
/// They are neighbours when they share this much of the lower one's height or the narrower one's width.
const SHARED: f32 = 0.6;

/// Places of recognised text that is neither label nor evidence.
pub fn over(reader: &Reader, seen: &Seen, reading: &Reading) -> Vec<Rect> {
    if seen.means != Means::Ocr {
        return Vec::new();
    }
    let taken = |cell: &Cell| reading.evidence.values().flatten().any(|e| holds(&cell.at, middle(&e.at)));
    let left = |cell: &&Cell| !cell.text.trim().is_empty() && !reader.is_label(&cell.text) && !taken(cell);
    seen.cells.iter().filter(left).map(|cell| cell.at).collect()
}

/// Makes evidence no surer than what stands beside it allows.
pub fn weigh(reader: &Reader, one: &mut Evidence, left: &[Rect], is_cut: bool) {
    let is_label = one.means == Means::Ocr && reader.resembles_label(&one.text);
    if is_cut || is_label || left.iter().any(|other| beside(&one.at, other)) {
        one.confidence = one.confidence.min(UNSURE);
    }
}

/// Whether text runs against the picture's edge, where the rest of it may have been cut off.
pub fn is_cut(seen: &Seen, cell: &OcrCell, picture: (u32, u32)) -> bool {
    let (width, height) = (picture.0 as f32, picture.1 as f32);
    let edge = EDGE * width.max(height);
    let outside = |p: ocr::Point| p.x < edge || p.y < edge || p.x > width - edge || p.y > height - edge;
    let corners = cell.lines.iter().flat_map(|line| line.at.corners());
    corners.map(|corner| seen.page.mapping.source(corner)).any(outside)
}

fn middle(at: &Rect) -> (f32, f32) {
    ((at.left + at.right) / 2.0, (at.top + at.bottom) / 2.0)
}

fn holds(at: &Rect, (x, y): (f32, f32)) -> bool {
    at.left <= x && x < at.right && at.top <= y && y < at.bottom
}

fn beside(a: &Rect, b: &Rect) -> bool {
    let side = |a: [f32; 2], b: [f32; 2]| (a[1] - b[0]).abs().min((b[1] - a[0]).abs()) <= APART;
    let along = |a: [f32; 2], b: [f32; 2]| a[1].min(b[1]) - a[0].max(b[0]) >= SHARED * (a[1] - a[0]).min(b[1] - b[0]);
    let (across, down) = (|r: &Rect| [r.left, r.right], |r: &Rect| [r.top, r.bottom]);
    side(across(a), across(b)) && along(down(a), down(b)) || side(down(a), down(b)) && along(across(a), across(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect { left, top, right, bottom }
    }

    #[test]
    fn only_text_that_shares_an_edge_weighs() {
        let value = at(10.0, 4.0, 20.0, 8.0);
        let near = [at(20.0, 4.0, 24.0, 8.0), at(10.0, 8.0, 20.0, 9.0), at(6.0, 4.0, 10.0, 7.0)];
        let far = [at(22.0, 4.0, 24.0, 8.0), at(20.0, 8.0, 24.0, 12.0), at(20.0, 7.0, 24.0, 11.0)];
        assert!(near.iter().all(|other| beside(&value, other)));
        assert!(!far.iter().any(|other| beside(&value, other)));
    }
}
