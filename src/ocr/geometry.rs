//! Points, quadrilaterals and the mapping between a straightened page and the picture it was taken from.

use image::GrayImage;

/// A point in px.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
}

impl Point {
    /// A point.
    pub fn new(x: f32, y: f32) -> Point {
        Point { x, y }
    }

    /// The distance to another point.
    pub fn to(self, other: Point) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// Four corners: top left, top right, bottom right, bottom left as the text reads.
pub type Quad = [Point; 4];

/// An upright rectangle in px of the straightened page.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// Left edge.
    pub left: f32,
    /// Top edge.
    pub top: f32,
    /// Right edge.
    pub right: f32,
    /// Bottom edge.
    pub bottom: f32,
}

impl Rect {
    /// A rectangle from its edges.
    pub fn new(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
        Rect { left, top, right, bottom }
    }

    /// Its width.
    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Its height.
    pub fn height(&self) -> f32 {
        self.bottom - self.top
    }

    /// The rectangle smaller by a margin on each side.
    pub fn inset(&self, by: f32) -> Rect {
        Rect::new(self.left + by, self.top + by, self.right - by, self.bottom - by)
    }

    /// The rectangle farther to the right and down.
    pub fn moved(&self, x: f32, y: f32) -> Rect {
        Rect::new(self.left + x, self.top + y, self.right + x, self.bottom + y)
    }

    /// The rectangle farther down.
    pub fn lower(&self, by: f32) -> Rect {
        self.moved(0.0, by)
    }

    /// Its corners from the top left, clockwise.
    pub fn corners(&self) -> Quad {
        [(self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom)]
            .map(|(x, y)| Point::new(x, y))
    }

    /// The smallest rectangle around two.
    pub fn union(&self, o: &Rect) -> Rect {
        Rect::new(self.left.min(o.left), self.top.min(o.top), self.right.max(o.right), self.bottom.max(o.bottom))
    }

    /// The area two rectangles share.
    pub fn shared(&self, o: &Rect) -> f32 {
        let w = self.right.min(o.right) - self.left.max(o.left);
        let h = self.bottom.min(o.bottom) - self.top.max(o.top);
        w.max(0.0) * h.max(0.0)
    }
}

/// A projective mapping of the plane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Homography([f64; 9]);

impl Homography {
    /// The mapping that takes four points to four others; none where three of them lie on a line.
    pub fn between(from: &Quad, to: &Quad) -> Option<Homography> {
        let mut rows = [[0f64; 9]; 8];
        for i in 0..4 {
            let (x, y) = (f64::from(from[i].x), f64::from(from[i].y));
            let (u, v) = (f64::from(to[i].x), f64::from(to[i].y));
            rows[2 * i] = [x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, u];
            rows[2 * i + 1] = [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, v];
        }
        let h = solve(rows)?;
        Some(Homography([h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], 1.0]))
    }

    /// The mapping of points that are first moved.
    fn after_move(&self, x: f64, y: f64) -> Homography {
        let m = &self.0;
        let moved = |a: f64, b: f64, c: f64| a * x + b * y + c;
        let (u, v, w) = (moved(m[0], m[1], m[2]), moved(m[3], m[4], m[5]), moved(m[6], m[7], m[8]));
        Homography([m[0], m[1], u, m[3], m[4], v, m[6], m[7], w])
    }

    /// Where a point goes.
    pub fn map(&self, p: Point) -> Point {
        let m = &self.0;
        let (x, y) = (f64::from(p.x), f64::from(p.y));
        let w = m[6] * x + m[7] * y + m[8];
        let w = if w.abs() < 1e-9 { 1e-9 } else { w };
        Point::new(((m[0] * x + m[1] * y + m[2]) / w) as f32, ((m[3] * x + m[4] * y + m[5]) / w) as f32)
    }
}

/// Gauss elimination with pivots for eight unknowns.
fn solve(mut rows: [[f64; 9]; 8]) -> Option<[f64; 8]> {
    for column in 0..8 {
        let pivot = (column..8).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        if rows[pivot][column].abs() < 1e-9 {
            return None;
        }
        rows.swap(column, pivot);
        let lead = rows[column];
        for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != column) {
            let factor = row[column] / lead[column];
            row.iter_mut().zip(lead).for_each(|(value, other)| *value -= factor * other);
        }
    }
    let mut solution = [0.0; 8];
    (0..8).for_each(|i| solution[i] = rows[i][8] / rows[i][i]);
    Some(solution)
}

/// How far the paper bends away from its plane, as measured along the table's rules.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bend {
    /// Each rule's place and its offsets at [`Bend::KNOTS`] places along it, in order of place.
    pub rules: Vec<(f32, Vec<f32>)>,
    /// Where the first knot lies.
    pub from: f32,
    /// Where the last knot lies.
    pub to: f32,
}

impl Bend {
    /// How many knots a rule's offsets are taken at.
    pub const KNOTS: usize = 25;

    /// The same bend where places along and across count from elsewhere.
    fn moved(mut self, along: f32, across: f32) -> Bend {
        self.rules.iter_mut().for_each(|(place, _)| *place += across);
        self.from += along;
        self.to += along;
        self
    }

    /// The offset at a place along and across the rules.
    pub fn at(&self, along: f32, across: f32) -> f32 {
        if self.rules.is_empty() {
            return 0.0;
        }
        let next = self.rules.iter().position(|(place, _)| *place > across).unwrap_or(self.rules.len());
        let one = |i: usize| sample(&self.rules[i].1, (along - self.from) / (self.to - self.from).max(1.0));
        if next == 0 || next == self.rules.len() {
            return one(next.saturating_sub(1).min(self.rules.len() - 1));
        }
        let (a, b) = (self.rules[next - 1].0, self.rules[next].0);
        let t = (across - a) / (b - a).max(1e-3);
        one(next - 1) * (1.0 - t) + one(next) * t
    }
}

/// A value between the knots, flat beyond the ends.
fn sample(knots: &[f32], t: f32) -> f32 {
    let place = t.clamp(0.0, 1.0) * (knots.len() - 1) as f32;
    let i = (place as usize).min(knots.len().saturating_sub(2));
    let t = place - i as f32;
    knots[i] * (1.0 - t) + knots.get(i + 1).copied().unwrap_or(knots[i]) * t
}

/// From the straightened page back to the picture: a quarter turn, the paper's bend, its plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// Size of the straightened page in px.
    pub size: (u32, u32),
    /// How many quarter turns clockwise make the flattened page upright.
    pub quarter_turns: u8,
    /// Size before the turns.
    pub flat: (u32, u32),
    /// From the flattened page to the picture.
    pub plane: Homography,
    /// Offsets of y.
    pub rows: Bend,
    /// Offsets of x.
    pub columns: Bend,
    /// The picture is this many times as large as the one that was measured.
    pub scale: f32,
    /// Another table's page, laid out below this one: from which height on, and its own mapping.
    pub below: Option<(f32, Box<Mapping>)>,
}

impl Mapping {
    /// A mapping without bend, upright.
    pub fn plane(size: (u32, u32), plane: Homography) -> Mapping {
        let none = Bend::default();
        Mapping {
            size,
            quarter_turns: 0,
            flat: size,
            plane,
            rows: none.clone(),
            columns: none,
            scale: 1.0,
            below: None,
        }
    }

    /// The picture as it is.
    pub fn identity(size: (u32, u32)) -> Mapping {
        Mapping::plane(size, Homography([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]))
    }

    /// The same page turned further, clockwise.
    pub fn turned(mut self, quarters: u8) -> Mapping {
        self.quarter_turns = (self.quarter_turns + quarters) % 4;
        if quarters % 2 == 1 {
            self.size = (self.size.1, self.size.0);
        }
        self
    }

    /// The same page with another one laid out below it.
    pub fn above(mut self, other: Mapping) -> Mapping {
        let (w, h) = self.size;
        match self.below.take() {
            Some((from, lower)) => self.below = Some((from, Box::new(lower.above(other.clone())))),
            None => self.below = Some((h as f32, Box::new(other.clone()))),
        }
        self.size = (w.max(other.size.0), h + other.size.1);
        self
    }

    /// A part of the flattened page, not yet turned.
    pub fn part(mut self, at: &Rect) -> Mapping {
        self.plane = self.plane.after_move(f64::from(at.left), f64::from(at.top));
        self.rows = self.rows.moved(-at.left, -at.top);
        self.columns = self.columns.moved(-at.top, -at.left);
        self.flat = (at.width() as u32, at.height() as u32);
        self.size = self.flat;
        self
    }

    /// The mapping into a picture that is so many times larger.
    pub fn of_larger(mut self, scale: f32) -> Mapping {
        self.scale *= scale;
        self.below = self.below.map(|(from, lower)| (from, Box::new(lower.of_larger(scale))));
        self
    }

    /// The place on the flattened page before the quarter turns.
    fn flat(&self, p: Point) -> Point {
        let (w, h) = (self.flat.0 as f32, self.flat.1 as f32);
        match self.quarter_turns {
            0 => p,
            1 => Point::new(p.y, h - p.x),
            2 => Point::new(w - p.x, h - p.y),
            _ => Point::new(w - p.y, p.x),
        }
    }

    /// Where a point of the straightened page lies in the picture.
    pub fn source(&self, p: Point) -> Point {
        if let Some((from, lower)) = self.below.as_ref().filter(|(from, _)| p.y >= *from) {
            return lower.source(Point::new(p.x, p.y - from));
        }
        let p = self.flat(p);
        let bent = Point::new(p.x + self.columns.at(p.y, p.x), p.y + self.rows.at(p.x, p.y));
        let there = self.plane.map(bent);
        Point::new(there.x * self.scale, there.y * self.scale)
    }

    /// A rectangle of the straightened page, cut from the picture; sized one px to one.
    pub fn cut(&self, picture: &GrayImage, at: &Rect) -> GrayImage {
        self.cut_scaled(picture, at, 1.0)
    }

    /// The same with `scale` px for each px of the straightened page. Places are worked out every eighth px and
    /// interpolated: the mapping is smooth, and dear.
    pub fn cut_scaled(&self, picture: &GrayImage, at: &Rect, scale: f32) -> GrayImage {
        let w = (at.width() * scale).round().clamp(1.0, LARGEST) as u32;
        let h = (at.height() * scale).round().clamp(1.0, LARGEST) as u32;
        let mut out = GrayImage::new(w, h);
        let lattice = Lattice::new(self, at, scale, w, h);
        for y in 0..h {
            for x in 0..w {
                let p = lattice.at(x, y);
                out.put_pixel(x, y, image::Luma([bilinear(picture, p)]));
            }
        }
        out
    }
}

/// No cut is larger than this in px.
const LARGEST: f32 = 8000.0;

/// Source places at every eighth px of a cut.
struct Lattice {
    places: Vec<Point>,
    columns: usize,
}

impl Lattice {
    const STEP: u32 = 8;

    fn new(mapping: &Mapping, at: &Rect, scale: f32, w: u32, h: u32) -> Lattice {
        let columns = (w / Lattice::STEP + 2) as usize;
        let rows = (h / Lattice::STEP + 2) as usize;
        let place = |i: usize| {
            let x = ((i % columns) as u32 * Lattice::STEP) as f32 + 0.5;
            let y = ((i / columns) as u32 * Lattice::STEP) as f32 + 0.5;
            mapping.source(Point::new(at.left + x / scale, at.top + y / scale))
        };
        Lattice { places: (0..columns * rows).map(place).collect(), columns }
    }

    #[inline]
    fn at(&self, x: u32, y: u32) -> Point {
        let (i, j) = ((x / Lattice::STEP) as usize, (y / Lattice::STEP) as usize);
        let (s, t) = ((x % Lattice::STEP) as f32 / 8.0, (y % Lattice::STEP) as f32 / 8.0);
        let k = j * self.columns + i;
        let (a, b) = (self.places[k], self.places[k + 1]);
        let (c, d) = (self.places[k + self.columns], self.places[k + self.columns + 1]);
        let mix = |a: f32, b: f32, c: f32, d: f32| (a * (1.0 - s) + b * s) * (1.0 - t) + (c * (1.0 - s) + d * s) * t;
        Point::new(mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y))
    }
}

/// The brightness at a place between pixels (centres at .5); beyond the edge the nearest pixel's.
#[inline]
pub fn bilinear(picture: &GrayImage, p: Point) -> u8 {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let x = (p.x - 0.5).clamp(0.0, (w - 1) as f32);
    let y = (p.y - 0.5).clamp(0.0, (h - 1) as f32);
    let (i, j) = (x as usize, y as usize);
    let (s, t) = (x - i as f32, y - j as f32);
    let (i2, j2) = ((i + 1).min(w - 1), (j + 1).min(h - 1));
    let data = picture.as_raw();
    let at = |i: usize, j: usize| f32::from(data[j * w + i]);
    let top = at(i, j) * (1.0 - s) + at(i2, j) * s;
    let bottom = at(i, j2) * (1.0 - s) + at(i2, j2) * s;
    (top * (1.0 - t) + bottom * t + 0.5) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(points: [(f32, f32); 4]) -> Quad {
        points.map(|(x, y)| Point::new(x, y))
    }

    #[test]
    fn corners_go_to_corners() {
        let from = quad([(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)]);
        let to = quad([(12.0, 7.0), (140.0, 20.0), (130.0, 90.0), (5.0, 80.0)]);
        let plane = Homography::between(&from, &to).unwrap();
        from.iter().zip(&to).for_each(|(p, q)| assert!(plane.map(*p).to(*q) < 1e-3));
    }

    #[test]
    fn points_on_a_line_have_no_mapping() {
        let flat = quad([(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]);
        let square = quad([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]);
        assert!(Homography::between(&flat, &square).is_none());
    }

    #[test]
    fn quarter_turns_go_round() {
        let page = Mapping::identity((40, 20));
        let turned = page.clone().turned(1);
        assert_eq!(turned.size, (20, 40));
        // The top right of the upright page was the top left of the picture.
        assert_eq!(turned.source(Point::new(20.0, 0.0)), Point::new(0.0, 0.0));
        assert_eq!(page.clone().turned(2).source(Point::new(0.0, 0.0)), Point::new(40.0, 20.0));
        assert_eq!(page.clone().turned(3).source(Point::new(0.0, 40.0)), Point::new(0.0, 0.0));
        assert_eq!(page.clone().turned(3).turned(1), page);
    }

    #[test]
    fn a_bend_is_followed_between_rules() {
        let bend = Bend { rules: vec![(0.0, vec![0.0, 2.0]), (10.0, vec![0.0, 4.0])], from: 0.0, to: 100.0 };
        assert_eq!(bend.at(100.0, 5.0), 3.0);
        assert_eq!(bend.at(50.0, 0.0), 1.0);
        assert_eq!(bend.at(500.0, 90.0), 4.0);
    }

    #[test]
    fn a_cut_without_mapping_is_a_copy() {
        let picture = GrayImage::from_fn(30, 30, |x, y| image::Luma([(x * 7 + y) as u8]));
        let cut = Mapping::identity((30, 30)).cut(&picture, &Rect::new(3.0, 5.0, 20.0, 15.0));
        assert_eq!(cut.dimensions(), (17, 10));
        assert_eq!(cut.get_pixel(4, 2), picture.get_pixel(7, 7));
    }
}
