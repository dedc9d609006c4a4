//! Lines of text without rules: turned upright, and put on a grid that labels and values can be matched on.

use super::CellLine;
use super::geometry::{Homography, Mapping, Point, Quad, Rect};

/// Takes the slant out of detected lines: the page turned so that they run from left to right, and their places on it.
pub fn straighten(quads: &[Quad], size: (u32, u32)) -> (Mapping, Vec<Rect>) {
    let long: Vec<f32> = quads.iter().filter(|q| length(q) > 3.0 * height(q)).map(slant).collect();
    let angle = median(long);
    let (w, h) = (size.0 as f32, size.1 as f32);
    let (sin, cos) = angle.sin_cos();
    let (width, tall) = (w * cos.abs() + h * sin.abs(), w * sin.abs() + h * cos.abs());
    let back = |x: f32, y: f32| {
        let (x, y) = (x - width / 2.0, y - tall / 2.0);
        Point::new(x * cos - y * sin + w / 2.0, x * sin + y * cos + h / 2.0)
    };
    let flat: Quad = [(0.0, 0.0), (width, 0.0), (width, tall), (0.0, tall)].map(|(x, y)| Point::new(x, y));
    let there = flat.map(|p| back(p.x, p.y));
    let (Some(plane), Some(forth)) = (Homography::between(&flat, &there), Homography::between(&there, &flat)) else {
        return (Mapping::identity(size), Vec::new());
    };
    let mapping = Mapping::plane((width.max(1.0) as u32, tall.max(1.0) as u32), plane);
    let rects = quads.iter().map(|q| around(&q.map(|p| forth.map(p)), width, tall)).collect();
    (mapping, rects)
}

/// The direction of a line's long side, between a quarter turn to the left and one to the right.
fn slant(quad: &Quad) -> f32 {
    let (a, b) = if quad[0].to(quad[1]) >= quad[1].to(quad[2]) { (quad[0], quad[1]) } else { (quad[1], quad[2]) };
    let angle = (b.y - a.y).atan2(b.x - a.x);
    match angle {
        a if a > 1.92 => a - std::f32::consts::PI,
        a if a < -1.22 => a + std::f32::consts::PI,
        a => a,
    }
}

fn length(quad: &Quad) -> f32 {
    quad[0].to(quad[1]).max(quad[1].to(quad[2]))
}

fn height(quad: &Quad) -> f32 {
    quad[0].to(quad[1]).min(quad[1].to(quad[2]))
}

fn around(quad: &Quad, w: f32, h: f32) -> Rect {
    let of = |f: fn(f32, f32) -> f32, v: fn(&Point) -> f32| quad.iter().map(v).reduce(f).unwrap_or(0.0);
    let (x0, x1) = (of(f32::min, |p| p.x), of(f32::max, |p| p.x));
    let (y0, y1) = (of(f32::min, |p| p.y), of(f32::max, |p| p.y));
    Rect::new(x0.max(0.0), y0.max(0.0), x1.min(w), y1.min(h))
}

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The longest lines for their height.
pub fn longest(rects: &[Rect], n: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rects.len()).collect();
    let shape = |r: &Rect| (r.width() / r.height().max(1.0)).min(15.0);
    order.sort_by(|a, b| shape(&rects[*b]).total_cmp(&shape(&rects[*a])));
    order.truncate(n);
    order
}

/// The page turned upside down.
pub fn turned(mapping: Mapping, rects: &[Rect]) -> (Mapping, Vec<Rect>) {
    let (w, h) = (mapping.size.0 as f32, mapping.size.1 as f32);
    let turn = |r: &Rect| Rect::new(w - r.right, h - r.bottom, w - r.left, h - r.top);
    (mapping.turned(2), rects.iter().map(turn).collect())
}

/// Lines that begin at the same place closely below one another are one cell; cells then reach half-way to their
/// neighbours above and below, so that a label beside several rows spans them.
pub fn grid(mut lines: Vec<CellLine>) -> Vec<(Rect, Vec<CellLine>)> {
    lines.sort_by(|a, b| a.at.top.total_cmp(&b.at.top));
    let mut cells: Vec<(Rect, Vec<CellLine>)> = Vec::new();
    for line in lines {
        let follows = |at: &Rect| {
            let height = line.at.height().min(at.height());
            let gap = line.at.top - at.bottom;
            let middle = ((at.left + at.right) - (line.at.left + line.at.right)).abs() / 2.0;
            let aligned = (at.left - line.at.left).abs() < height || middle < height;
            aligned && gap < 0.3 * height && gap > -0.5 * height
        };
        match cells.iter_mut().find(|(at, _)| follows(at)) {
            Some((at, own)) => {
                *at = at.union(&line.at);
                own.push(line);
            }
            None => cells.push((line.at, vec![line])),
        }
    }
    let places: Vec<Rect> = cells.iter().map(|(at, _)| *at).collect();
    for (i, (at, _)) in cells.iter_mut().enumerate() {
        reach(at, &places, i);
    }
    cells.sort_by(|a, b| (a.0.top, a.0.left).partial_cmp(&(b.0.top, b.0.left)).unwrap_or(std::cmp::Ordering::Equal));
    cells
}

/// Stretches a cell half-way to the nearest ones above and below in its column.
fn reach(at: &mut Rect, places: &[Rect], own: usize) {
    let from = places[own];
    let column = |o: &&Rect| o.left < from.right && from.left < o.right;
    let others = || places.iter().enumerate().filter(|(i, _)| *i != own).map(|(_, o)| o).filter(column);
    let above = others().map(|o| o.bottom).filter(|b| *b <= from.top + 2.0).fold(f32::MIN, f32::max);
    let below = others().map(|o| o.top).filter(|t| *t >= from.bottom - 2.0).fold(f32::MAX, f32::min);
    let most = 4.0 * from.height();
    at.top = from.top - ((from.top - above) / 2.0).clamp(0.0, most);
    at.bottom = from.bottom + ((below - from.bottom) / 2.0).clamp(0.0, most);
}

#[cfg(test)]
mod tests {
    use super::super::Line;
    use super::*;

    fn line(left: f32, top: f32, right: f32, bottom: f32) -> CellLine {
        CellLine { line: Line::default(), at: Rect::new(left, top, right, bottom) }
    }

    #[test]
    fn a_label_over_two_lines_is_one_cell() {
        let cells =
            grid(vec![line(10.0, 10.0, 90.0, 30.0), line(12.0, 33.0, 88.0, 53.0), line(10.0, 90.0, 90.0, 110.0)]);
        assert_eq!(cells.iter().map(|c| c.1.len()).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(cells[0].0.bottom, cells[1].0.top);
    }

    #[test]
    fn a_label_beside_rows_spans_them() {
        let rows = (0..3).map(|i| line(200.0, 40.0 * i as f32, 280.0, 40.0 * i as f32 + 20.0));
        let cells = grid(rows.chain([line(10.0, 40.0, 90.0, 60.0)]).collect());
        let label = cells.iter().find(|c| c.0.left == 10.0).unwrap();
        assert!(label.0.height() > 80.0);
    }

    #[test]
    fn slanted_lines_become_level() {
        let slope = 0.1f32;
        let quad = |y: f32| {
            [(50.0, y), (450.0, y + 400.0 * slope), (448.0, y + 400.0 * slope + 20.0), (48.0, y + 20.0)]
                .map(|(x, y)| Point::new(x, y))
        };
        let (mapping, rects) = straighten(&[quad(50.0), quad(150.0)], (500, 300));
        assert!(rects[0].height() < 30.0, "{rects:?}");
        let back = mapping.source(Point::new(rects[0].left, rects[0].top));
        assert!(back.to(Point::new(50.0, 50.0)) < 6.0, "{back:?}");
    }
}
