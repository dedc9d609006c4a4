//! Text detection: the network's map of where text is, and the boxes around it (DB, Liao et al. 2020).

use image::GrayImage;
use image::imageops::{FilterType, resize};
use rten_tensor::NdTensor;

use super::geometry::{Point, Quad};

/// The page's long side as the detector sees it; more gains nothing.
const LONG_SIDE: f32 = 960.0;
/// The network takes sides of multiples of this.
const MULTIPLE: u32 = 32;
/// A px of the map is text from this probability.
const TEXT: f32 = 0.3;
/// A box is text when the mean over it is at least this.
const BOX: f32 = 0.5;
/// The network marks the core of a line; boxes grow by this share of area over outline.
const UNCLIP: f32 = 1.6;
/// Boxes with a shorter side (px of the map) are specks.
const SMALLEST: f32 = 3.0;
/// No page has more lines.
const MOST: usize = 400;

/// A page as the detector takes it, and how many of the page's px make one of the map's, across and down.
pub fn input(page: &GrayImage) -> (NdTensor<f32, 4>, (f32, f32)) {
    let (w, h) = page.dimensions();
    let scale = (LONG_SIDE / w.max(h) as f32).min(1.0);
    let side = |s: u32| ((s as f32 * scale / MULTIPLE as f32).round() as u32).max(1) * MULTIPLE;
    let (width, height) = (side(w), side(h));
    let small = resize(page, width, height, FilterType::Triangle);
    let plane: Vec<f32> = small.as_raw().iter().map(|v| f32::from(*v) / 127.5 - 1.0).collect();
    let mut data = Vec::with_capacity(3 * plane.len());
    (0..3).for_each(|_| data.extend_from_slice(&plane));
    let tensor = NdTensor::from_data([1, 3, height as usize, width as usize], data);
    (tensor, (w as f32 / width as f32, h as f32 / height as f32))
}

/// The boxes of a map, in px of the page.
pub fn boxes(map: &[f32], width: usize, height: usize, scale: (f32, f32)) -> Vec<Quad> {
    let blobs = blobs(map, width, height);
    let grown = |blob: &Vec<(i32, i32)>| {
        let quad = smallest_rectangle(&hull(blob))?;
        let sides = (quad[0].to(quad[1]), quad[1].to(quad[2]));
        if sides.0.min(sides.1) < SMALLEST || mean_inside(map, width, height, &quad) < BOX {
            return None;
        }
        let by = sides.0 * sides.1 * UNCLIP / (2.0 * (sides.0 + sides.1));
        Some(grow(&quad, by).map(|p| Point::new(p.x * scale.0, p.y * scale.1)))
    };
    blobs.iter().filter_map(grown).take(MOST).map(|q| reading_order(&q)).collect()
}

/// Connected px of text after a dilation of two by two.
fn blobs(map: &[f32], width: usize, height: usize) -> Vec<Vec<(i32, i32)>> {
    let text = |x: usize, y: usize| map[y * width + x] > TEXT;
    let dilated = |x: usize, y: usize| {
        text(x, y) || (x > 0 && text(x - 1, y)) || (y > 0 && text(x, y - 1)) || (x > 0 && y > 0 && text(x - 1, y - 1))
    };
    let mut open: Vec<bool> = (0..width * height).map(|i| dilated(i % width, i / width)).collect();
    let mut blobs = Vec::new();
    for start in 0..width * height {
        if !open[start] {
            continue;
        }
        open[start] = false;
        let mut stack = vec![start];
        let mut blob = Vec::new();
        while let Some(i) = stack.pop() {
            let (x, y) = ((i % width) as i32, (i / width) as i32);
            blob.push((x, y));
            for (dx, dy) in [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)] {
                let (u, v) = (x + dx, y + dy);
                if (0..width as i32).contains(&u) && (0..height as i32).contains(&v) {
                    let k = v as usize * width + u as usize;
                    if std::mem::take(&mut open[k]) {
                        stack.push(k);
                    }
                }
            }
        }
        blobs.push(blob);
    }
    blobs
}

/// The convex hull (monotone chain).
fn hull(points: &[(i32, i32)]) -> Vec<Point> {
    let mut sorted = points.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let turn = |a: (i32, i32), b: (i32, i32), c: (i32, i32)| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    let half = |points: &mut dyn Iterator<Item = (i32, i32)>| {
        let mut chain: Vec<(i32, i32)> = Vec::new();
        for p in points {
            while chain.len() >= 2 && turn(chain[chain.len() - 2], chain[chain.len() - 1], p) <= 0 {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut all = half(&mut sorted.iter().copied());
    all.extend(half(&mut sorted.iter().rev().copied()));
    all.into_iter().map(|(x, y)| Point::new(x as f32, y as f32)).collect()
}

/// The smallest rectangle around a hull; one of its sides lies on a side of the hull.
fn smallest_rectangle(hull: &[Point]) -> Option<Quad> {
    let sides = (0..hull.len()).map(|i| (hull[i], hull[(i + 1) % hull.len()]));
    let around = |(a, b): (Point, Point)| {
        let length = a.to(b);
        if length < 1e-3 {
            return None;
        }
        let (ux, uy) = ((b.x - a.x) / length, (b.y - a.y) / length);
        let along = hull.iter().map(|p| p.x * ux + p.y * uy);
        let across = hull.iter().map(|p| p.y * ux - p.x * uy);
        let (s0, s1) = along.fold((f32::MAX, f32::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let (t0, t1) = across.fold((f32::MAX, f32::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)));
        let corner = |s: f32, t: f32| Point::new(s * ux - t * uy, s * uy + t * ux);
        Some(((s1 - s0) * (t1 - t0), [corner(s0, t0), corner(s1, t0), corner(s1, t1), corner(s0, t1)]))
    };
    sides.filter_map(around).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, quad)| quad)
}

/// The mean of the map over a rectangle.
fn mean_inside(map: &[f32], width: usize, height: usize, quad: &Quad) -> f32 {
    let (u, v) = (quad[0].to(quad[1]).ceil().max(1.0), quad[1].to(quad[2]).ceil().max(1.0));
    let (mut sum, mut n) = (0.0, 0.0);
    for j in 0..=v as usize {
        for i in 0..=u as usize {
            let (s, t) = (i as f32 / u, j as f32 / v);
            let x = quad[0].x + (quad[1].x - quad[0].x) * s + (quad[3].x - quad[0].x) * t;
            let y = quad[0].y + (quad[1].y - quad[0].y) * s + (quad[3].y - quad[0].y) * t;
            let (x, y) = (x.round().clamp(0.0, width as f32 - 1.0), y.round().clamp(0.0, height as f32 - 1.0));
            sum += map[y as usize * width + x as usize];
            n += 1.0;
        }
    }
    sum / n
}

/// A rectangle larger by so much on each side.
fn grow(quad: &Quad, by: f32) -> Quad {
    let (w, h) = (quad[0].to(quad[1]).max(1e-3), quad[1].to(quad[2]).max(1e-3));
    let (ux, uy) = ((quad[1].x - quad[0].x) / w * by, (quad[1].y - quad[0].y) / w * by);
    let (vx, vy) = ((quad[3].x - quad[0].x) / h * by, (quad[3].y - quad[0].y) / h * by);
    let moved = |p: Point, s: f32, t: f32| Point::new(p.x + s * ux + t * vx, p.y + s * uy + t * vy);
    [moved(quad[0], -1.0, -1.0), moved(quad[1], 1.0, -1.0), moved(quad[2], 1.0, 1.0), moved(quad[3], -1.0, 1.0)]
}

/// Corners from the top left, clockwise.
fn reading_order(quad: &Quad) -> Quad {
    let first = (0..4).min_by(|a, b| (quad[*a].x + quad[*a].y).total_cmp(&(quad[*b].x + quad[*b].y))).unwrap_or(0);
    let at = |i: usize| quad[(first + i) % 4];
    let (a, b, d) = (at(0), at(1), at(3));
    let clockwise = (b.x - a.x) * (d.y - a.y) - (b.y - a.y) * (d.x - a.x) > 0.0;
    if clockwise { [at(0), at(1), at(2), at(3)] } else { [at(0), at(3), at(2), at(1)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slanted_bar_has_a_slanted_box() {
        let (w, h) = (200, 100);
        let on = |x: usize, y: usize| (20..180).contains(&x) && (y as f32 - 30.0 - x as f32 * 0.2).abs() < 5.0;
        let map: Vec<f32> = (0..w * h).map(|i| if on(i % w, i / w) { 0.9 } else { 0.05 }).collect();
        let quads = boxes(&map, w, h, (2.0, 2.0));
        assert_eq!(quads.len(), 1);
        let slope = (quads[0][1].y - quads[0][0].y) / (quads[0][1].x - quads[0][0].x);
        assert!((slope - 0.2).abs() < 0.03, "{quads:?}");
        assert!(quads[0][0].to(quads[0][1]) > 320.0);
        assert!(quads[0][0].x < quads[0][1].x && quads[0][0].y < quads[0][3].y);
    }

    #[test]
    fn weak_blobs_and_specks_are_no_text() {
        let (w, h) = (100, 100);
        let value = |x: usize, y: usize| match (x, y) {
            (10..=60, 10..=20) => 0.35,
            (80..=81, 80..=81) => 0.9,
            _ => 0.0,
        };
        let map: Vec<f32> = (0..w * h).map(|i| value(i % w, i / w)).collect();
        assert_eq!(boxes(&map, w, h, (1.0, 1.0)), Vec::<Quad>::new());
    }
}
