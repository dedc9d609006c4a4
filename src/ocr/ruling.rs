//! The rules of a table: which lines make one, where its corners are, which cells it has.

use image::GrayImage;

use super::geometry::{Bend, Homography, Mapping, Point, Quad, Rect, bilinear};
use super::tracks::{self, Track};

/// A table has at least this many crossings of rules; below it, lines are a frame or chance.
const FEWEST_CROSSINGS: usize = 9;
/// Ends of rules may miss each other by this (px at 200 dpi, where tracks lose up to two strips).
const END: f32 = 20.0;
/// Shortest rule, as a share of the page's long side: half the height of a low row.
const SHORTEST: f32 = 0.022;

/// Lines of one direction and those across them that belong together.
#[derive(Debug, Clone, Default)]
pub struct Lattice {
    /// Lines from left to right: y for each x.
    pub rows: Vec<Track>,
    /// Lines from top to bottom: x for each y.
    pub columns: Vec<Track>,
    /// How often they cross.
    pub crossings: usize,
}

/// A table, flattened.
#[derive(Debug, Clone)]
pub struct Table {
    /// From the flattened page to the picture.
    pub mapping: Mapping,
    /// Its place on the flattened page.
    pub at: Rect,
    /// Its cells in reading order, on the flattened page.
    pub cells: Vec<Rect>,
    /// The share of its four sides that shows ink.
    pub sides: f32,
}

impl Table {
    /// The ground it covers in the picture.
    pub fn place(&self) -> Rect {
        let corners = self.at.corners().map(|p| self.mapping.source(p));
        let span =
            |v: fn(&Point) -> f32| corners.iter().map(v).fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(v), b.max(v)));
        let ((x0, x1), (y0, y1)) = (span(|p| p.x), span(|p| p.y));
        Rect::new(x0, y0, x1, y1)
    }

    /// Leaves out of the flattened page what lies farther from the table than a little: other tables.
    pub fn close_up(&mut self) {
        let margin = CLOSE * self.at.width().min(self.at.height());
        let (w, h) = (self.mapping.size.0 as f32, self.mapping.size.1 as f32);
        let (left, top) = ((self.at.left - margin).max(0.0).floor(), (self.at.top - margin).max(0.0).floor());
        let (right, bottom) = ((self.at.right + margin).min(w), (self.at.bottom + margin).min(h));
        self.mapping = self.mapping.clone().part(&Rect::new(left, top, right.ceil(), bottom.ceil()));
        self.at = self.at.moved(-left, -top);
        self.cells.iter_mut().for_each(|c| *c = c.moved(-left, -top));
    }
}

/// How much paper is kept around each of several tables, as a share of its shorter side.
const CLOSE: f32 = 0.04;

/// The groups of lines that cross one another, the one with most crossings first: a page's edge is larger than a table
/// and a fold is longer than a rule, but neither is crossed as often.
pub fn lattices(picture: &GrayImage) -> Vec<Lattice> {
    let shortest = SHORTEST * picture.width().max(picture.height()) as f32;
    let turned = transpose(picture);
    let rows = tracks::follow(picture, shortest);
    let columns = tracks::follow(&turned, shortest);
    let mut found: Vec<Lattice> = group(&rows, &columns).into_iter().map(prune).collect();
    found.retain(|l| l.crossings >= FEWEST_CROSSINGS);
    found.sort_by_key(|l| std::cmp::Reverse(l.crossings));
    found
}

/// Rows and columns exchanged, in blocks that stay in the processor's cache.
fn transpose(picture: &GrayImage) -> GrayImage {
    const BLOCK: usize = 32;
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let from = picture.as_raw();
    let mut to = vec![0u8; w * h];
    for y0 in (0..h).step_by(BLOCK) {
        for x0 in (0..w).step_by(BLOCK) {
            for y in y0..(y0 + BLOCK).min(h) {
                for x in x0..(x0 + BLOCK).min(w) {
                    to[x * h + y] = from[y * w + x];
                }
            }
        }
    }
    GrayImage::from_raw(h as u32, w as u32, to).unwrap_or_default()
}

/// Where a row and a column would meet.
fn meet(row: &Track, column: &Track) -> Point {
    let mut x = column.at((column.from() + column.to()) / 2.0);
    let mut y = row.at(x);
    for _ in 0..3 {
        x = column.at(y);
        y = row.at(x);
    }
    Point::new(x, y)
}

/// Whether they do.
fn crossing(row: &Track, column: &Track) -> Option<Point> {
    let p = meet(row, column);
    let within = |t: &Track, v: f32| t.from() - END <= v && v <= t.to() + END;
    (within(row, p.x) && within(column, p.y)).then_some(p)
}

/// Lines that cross, directly or by way of others.
fn group(rows: &[Track], columns: &[Track]) -> Vec<Lattice> {
    let mut parent: Vec<usize> = (0..rows.len() + columns.len()).collect();
    for (i, row) in rows.iter().enumerate() {
        for (j, column) in columns.iter().enumerate() {
            if crossing(row, column).is_some() {
                let (a, b) = (root(&mut parent, i), root(&mut parent, rows.len() + j));
                parent[a] = b;
            }
        }
    }
    let mut groups: std::collections::BTreeMap<usize, Lattice> = std::collections::BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        groups.entry(root(&mut parent, i)).or_default().rows.push(row.clone());
    }
    for (j, column) in columns.iter().enumerate() {
        groups.entry(root(&mut parent, rows.len() + j)).or_default().columns.push(column.clone());
    }
    groups.into_values().filter(|l| l.rows.len() >= 2 && l.columns.len() >= 2).collect()
}

fn root(parent: &mut [usize], mut i: usize) -> usize {
    while parent[i] != i {
        parent[i] = parent[parent[i]];
        i = parent[i];
    }
    i
}

/// Takes lines out that are no rules: a rule begins and ends on rules across it; streaks and folds run past the table.
fn prune(mut lattice: Lattice) -> Lattice {
    drop_strokes(&mut lattice.rows);
    drop_strokes(&mut lattice.columns);
    loop {
        let before = (lattice.rows.len(), lattice.columns.len());
        let ink = median(lattice.rows.iter().chain(&lattice.columns).map(|t| t.contrast).collect());
        let columns = lattice.columns.clone();
        let outline = extent(&lattice.rows);
        lattice
            .rows
            .retain_mut(|row| ends_on(row, &columns, ink, extent(&columns), |r, c| crossing(r, c).map(|p| p.x)));
        let rows = lattice.rows.clone();
        lattice.columns.retain_mut(|column| ends_on(column, &rows, ink, outline, |c, r| crossing(r, c).map(|p| p.y)));
        if before == (lattice.rows.len(), lattice.columns.len()) {
            break;
        }
    }
    let pairs = lattice.rows.iter().flat_map(|r| lattice.columns.iter().map(move |c| (r, c)));
    lattice.crossings = pairs.filter(|(r, c)| crossing(r, c).is_some()).count();
    lattice
}

/// Takes strokes of text out of the lines of one direction: they are fainter than rules, and short or close to one.
fn drop_strokes(lines: &mut Vec<Track>) {
    let ink = median(lines.iter().map(|t| t.contrast).collect());
    let all = lines.clone();
    let (from, to) = all.iter().fold((f32::MAX, f32::MIN), |(a, b), t| (a.min(t.from()), b.max(t.to())));
    let close = |t: &Track| {
        let middle = (t.from() + t.to()) / 2.0;
        let near =
            |o: &Track| o != t && o.contrast > t.contrast && (o.at(middle) - t.at(middle)).abs() < 0.055 * (to - from);
        all.iter().any(|o| near(o) && o.from() < t.to() && t.from() < o.to())
    };
    lines.retain(|t| t.contrast >= FAINT * ink || t.length() > 0.12 * (to - from) && !close(t));
}

/// Strokes have less than this share of the contrast of most lines.
const FAINT: f32 = 0.7;

/// From the first to the last of the lines, by their middles.
fn extent(lines: &[Track]) -> (f32, f32) {
    let middles = lines.iter().map(|t| t.at((t.from() + t.to()) / 2.0));
    middles.fold((f32::MAX, f32::MIN), |(lo, hi), v| (lo.min(v), hi.max(v)))
}

/// Whether a line ends on others. What sticks out is cut off, unless the line is faint or runs past the table on both
/// sides: ink of text may lengthen a rule inside the table, not beyond it.
fn ends_on(
    line: &mut Track,
    across: &[Track],
    ink: f32,
    outline: (f32, f32),
    place: impl Fn(&Track, &Track) -> Option<f32>,
) -> bool {
    let corners = across.iter().filter_map(|other| corner(line, other));
    let mut places: Vec<f32> = across.iter().filter_map(|other| place(line, other)).chain(corners).collect();
    places.sort_by(f32::total_cmp);
    let (Some(first), Some(last)) = (places.first().copied(), places.last().copied()) else { return false };
    if places.len() < 2 || last - first < END {
        return false;
    }
    let loose = [first - line.from(), line.to() - last].into_iter().any(|over| over > 1.5 * END);
    let past = line.from() < outline.0 - 3.0 * END && line.to() > outline.1 + 3.0 * END;
    if past || (loose && line.contrast < 0.45 * ink) {
        return false;
    }
    line.points.retain(|p| first - END <= p.0 && p.0 <= last + END);
    line.points.len() > 4
}

/// Where a line ends on the straight continuation of another one: a corner whose other side is broken, by a seal or a
/// fold. It is no proof that the two belong to one table.
fn corner(line: &Track, other: &Track) -> Option<f32> {
    let mut across = other.at((other.from() + other.to()) / 2.0);
    for _ in 0..3 {
        across = other.at(line.at(across));
    }
    let along = line.at(across);
    let ends = [line.from(), line.to()].into_iter().any(|end| (end - across).abs() < END);
    let room = BROKEN * other.length();
    (ends && other.from() - room <= along && along <= other.to() + room).then_some(across)
}

/// A rule may miss its end by this share of its length.
const BROKEN: f32 = 0.35;

fn median(mut values: Vec<f32>) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// Flattens a lattice's table and cuts it into cells; none where its outline does not hold.
pub fn table(lattice: &Lattice, picture: &GrayImage) -> Option<Table> {
    let (top, bottom) = outer(&lattice.rows)?;
    let (left, right) = outer(&lattice.columns)?;
    let corners = [meet(top, left), meet(top, right), meet(bottom, right), meet(bottom, left)];
    let (mut mapping, at) = flatten(&corners, picture.dimensions())?;
    let back =
        Homography::between(&at.corners(), &corners).and_then(|_| Homography::between(&corners, &at.corners()))?;
    let straight = |t: &Track, upright: bool| -> Vec<Point> {
        let point = |p: &(f32, f32)| if upright { Point::new(p.1, p.0) } else { Point::new(p.0, p.1) };
        t.points.iter().map(|p| back.map(point(p))).collect()
    };
    let rows: Vec<Vec<(f32, f32)>> =
        lattice.rows.iter().map(|t| straight(t, false).iter().map(|p| (p.x, p.y)).collect()).collect();
    let columns: Vec<Vec<(f32, f32)>> =
        lattice.columns.iter().map(|t| straight(t, true).iter().map(|p| (p.y, p.x)).collect()).collect();
    mapping.rows = bend(&rows, at.left, at.right);
    mapping.columns = bend(&columns, at.top, at.bottom);
    let long = |r: &Vec<(f32, f32)>| r.last().zip(r.first()).is_some_and(|(b, a)| b.0 - a.0 > 0.35 * at.width());
    let sure: Vec<Vec<(f32, f32)>> = rows.iter().filter(|r| long(r)).cloned().collect();
    let sure = places(&sure, &mapping.rows, at.top, at.bottom);
    let ys =
        without_strokes(places(&rows, &mapping.rows, at.top, at.bottom), &sure, LOWEST * at.width().max(at.height()));
    let tall = |c: &Vec<(f32, f32)>| c.last().zip(c.first()).is_some_and(|(b, a)| b.0 - a.0 > 0.35 * at.height());
    let sure: Vec<Vec<(f32, f32)>> = columns.iter().filter(|c| tall(c)).cloned().collect();
    let sure = places(&sure, &mapping.columns, at.left, at.right);
    let xs = places(&columns, &mapping.columns, at.left, at.right);
    let xs = without_few_strokes(xs, &sure, NARROWEST * at.width().max(at.height()));
    let walls = Walls { picture, mapping: &mapping, reach: tracks::reach(picture.dimensions()) as f32 };
    let sides = walls.sides(&at);
    let cells = cells(&xs, &ys, &walls);
    Some(Table { mapping, at, cells, sides })
}

/// The first and last of the long lines.
fn outer(lines: &[Track]) -> Option<(&Track, &Track)> {
    let longest = lines.iter().map(Track::length).fold(0.0, f32::max);
    let long = lines.iter().filter(|t| t.length() >= 0.5 * longest);
    let middle = lines.iter().map(|t| (t.from() + t.to()) / 2.0).sum::<f32>() / lines.len().max(1) as f32;
    let order = |a: &&Track, b: &&Track| a.at(middle).total_cmp(&b.at(middle));
    let first = long.clone().min_by(order)?;
    let last = long.max_by(order)?;
    (last.at(middle) - first.at(middle) > 3.0 * END).then_some((first, last))
}

/// The flat page on which the table is an upright rectangle as large as it looks, with all of the picture around it that
/// is not farther off than the table's own size.
fn flatten(corners: &Quad, size: (u32, u32)) -> Option<(Mapping, Rect)> {
    let [a, b, c, d] = *corners;
    let (w, h) = ((a.to(b) + d.to(c)) / 2.0, (a.to(d) + b.to(c)) / 2.0);
    if w < 60.0 || h < 60.0 {
        return None;
    }
    let table = Rect::new(0.0, 0.0, w.round(), h.round());
    let back = Homography::between(corners, &table.corners())?;
    let page = Rect::new(0.0, 0.0, size.0 as f32, size.1 as f32).corners().map(|p| back.map(p));
    let left = page[0].x.min(page[3].x).clamp(-w, 0.0).floor();
    let right = page[1].x.max(page[2].x).clamp(w, 2.0 * w).ceil();
    let top = page[0].y.min(page[1].y).clamp(-h, 0.0).floor();
    let bottom = page[2].y.max(page[3].y).clamp(h, 2.0 * h).ceil();
    let at = Rect::new(-left, -top, table.right - left, table.bottom - top);
    let plane = Homography::between(&at.corners(), corners)?;
    Some((Mapping::plane(((right - left) as u32, (bottom - top) as u32), plane), at))
}

/// The offsets of the long lines from their straight course.
fn bend(lines: &[Vec<(f32, f32)>], from: f32, to: f32) -> Bend {
    let mut rules: Vec<(f32, Vec<f32>)> = Vec::new();
    for line in lines {
        let (Some(first), Some(last)) = (line.first(), line.last()) else { continue };
        if last.0 - first.0 < 0.6 * (to - from) {
            continue;
        }
        let knot = |k: usize| smooth(line, from + (to - from) * k as f32 / (Bend::KNOTS - 1) as f32);
        let knots: Vec<f32> = (0..Bend::KNOTS).map(knot).collect();
        let place = (knots[0] + knots[Bend::KNOTS - 1]) / 2.0;
        rules.push((place, knots.iter().map(|y| y - place).collect()));
    }
    rules.sort_by(|a, b| a.0.total_cmp(&b.0));
    rules.dedup_by(|b, a| b.0 - a.0 < 12.0);
    Bend { rules, from, to }
}

/// The height of a line near a place: a straight fit through the points around it.
fn smooth(line: &[(f32, f32)], x: f32) -> f32 {
    let next = line.partition_point(|p| p.0 < x).min(line.len() - 1);
    let near = &line[next.saturating_sub(8)..(next + 8).min(line.len())];
    let track = Track { points: near.to_vec(), contrast: 0.0 };
    let n = near.len() as f32;
    let (mx, my) = near.iter().fold((0.0, 0.0), |(a, b), p| (a + p.0 / n, b + p.1 / n));
    let beyond = x < near[0].0 - 30.0 || x > near[near.len() - 1].0 + 30.0;
    if beyond { if x < mx { near[0].1 } else { near[near.len() - 1].1 } } else { line_at(&track, mx, my, x) }
}

fn line_at(track: &Track, mx: f32, my: f32, x: f32) -> f32 {
    let (mut xy, mut xx) = (0.0, 1e-6);
    for (px, py) in &track.points {
        xy += (px - mx) * (py - my);
        xx += (px - mx) * (px - mx);
    }
    my + xy / xx * (x - mx)
}

/// Where the lines lie once straightened; those closer than a double rule are one.
fn places(lines: &[Vec<(f32, f32)>], bend: &Bend, from: f32, to: f32) -> Vec<f32> {
    let mut found: Vec<f32> = lines
        .iter()
        .map(|line| {
            let straight = |p: &(f32, f32)| p.1 - bend.at(p.0, p.1);
            median(line.iter().map(straight).collect()).clamp(from, to)
        })
        .collect();
    found.extend([from, to]);
    found.sort_by(f32::total_cmp);
    let mut places: Vec<f32> = Vec::new();
    for place in found {
        match places.last() {
            Some(last) if place - last < DOUBLE => {}
            _ => places.push(place),
        }
    }
    if let Some(last) = places.last_mut() {
        *last = to;
    }
    places
}

/// No row or column is narrower than this share of its table's longer side.
const LOWEST: f32 = 0.035;

/// Without short lines that leave rows too low for text: they are strokes of a label.
fn without_strokes(mut all: Vec<f32>, sure: &[f32], lowest: f32) -> Vec<f32> {
    let is_sure = |y: f32| sure.iter().any(|s| (s - y).abs() < DOUBLE);
    let before = all.clone();
    let crowded = |y: f32| before.iter().any(|o| *o != y && (o - y).abs() < lowest);
    all.retain(|y| is_sure(*y) || !crowded(*y));
    all
}

/// No column is narrower than this share of its table's longer side, boxes for single characters excepted.
const NARROWEST: f32 = 0.045;
/// Boxes for the characters of a number are more than this.
const FEW: usize = 3;

/// The same for columns: the upright stroke of 职 below itself looks like a rule beside one. Many narrow columns are boxes.
fn without_few_strokes(all: Vec<f32>, sure: &[f32], narrowest: f32) -> Vec<f32> {
    let nearest = |x: f32| sure.iter().map(|s| (s - x).abs()).fold(f32::MAX, f32::min);
    let narrow = all.windows(2).filter(|pair| pair[1] - pair[0] < narrowest).count();
    if narrow > FEW {
        return all;
    }
    all.into_iter().filter(|x| !(DOUBLE..narrowest).contains(&nearest(*x))).collect()
}

/// Lines closer than this (px) are one rule, drawn double or found twice.
const DOUBLE: f32 = 7.0;

/// Measures which sides of the grid's meshes are drawn.
struct Walls<'p> {
    picture: &'p GrayImage,
    mapping: &'p Mapping,
    reach: f32,
}

impl Walls<'_> {
    /// The share of a segment that shows a thin dark line.
    fn ink(&self, a: Point, b: Point) -> f32 {
        self.course(a, b).0
    }

    /// Whether a segment is a rule: it reaches from end to end. Strokes of characters one above the other (职 over 职)
    /// make a line too, but with paper between them and the rules.
    fn drawn(&self, a: Point, b: Point) -> bool {
        let (share, reaches) = self.course(a, b);
        share >= DRAWN && (reaches || share >= WHOLE)
    }

    /// The share of a segment that shows a thin dark line, and whether that line reaches both of its ends.
    fn course(&self, a: Point, b: Point) -> (f32, bool) {
        let length = a.to(b);
        let margin = (length * 0.05).min(5.0);
        let n = ((length - 2.0 * margin) / 3.0).clamp(6.0, 400.0) as usize;
        let (ux, uy) = ((b.x - a.x) / length.max(1e-3), (b.y - a.y) / length.max(1e-3));
        let dark = |i: usize| -> [bool; 9] {
            let s = margin + (length - 2.0 * margin) * (i as f32 + 0.5) / n as f32;
            let across = |d: f32| {
                let p = Point::new(a.x + ux * s - uy * d, a.y + uy * s + ux * d);
                f32::from(bilinear(self.picture, self.mapping.source(p)))
            };
            let paper = [self.reach + 3.0, self.reach + 6.0].map(|d| (across(d), across(-d)));
            let paper = paper.iter().map(|(p, q)| p.min(*q)).fold(0.0, f32::max);
            std::array::from_fn(|d| paper - across(d as f32 - 4.0) > 0.08 * paper.max(40.0))
        };
        let samples: Vec<[bool; 9]> = (0..n).map(dark).collect();
        // A rule keeps its course within a px; the strokes of a line of text lie at many heights.
        let on = |d: usize| move |s: &[bool; 9]| s[d - 1] || s[d] || s[d + 1];
        let along = |d: usize| samples.iter().filter(|s| on(d)(s)).count();
        let best = (1..8).max_by_key(|d| along(*d)).unwrap_or(4);
        let reaches = samples[..2].iter().any(on(best)) && samples[n - 2..].iter().any(on(best));
        (along(best) as f32 / n as f32, reaches)
    }

    /// The weakest of a rectangle's sides.
    fn sides(&self, at: &Rect) -> f32 {
        let c = at.corners();
        (0..4).map(|i| self.ink(c[i], c[(i + 1) % 4])).fold(1.0, f32::min)
    }
}

/// A side is drawn when this share of it shows ink.
const DRAWN: f32 = 0.7;
/// A side with ink along this share of it is drawn although it is rubbed off at an end.
const WHOLE: f32 = 0.9;

/// Meshes of the grid without a side between them are one cell. A cell that is no rectangle is cut into rows.
fn cells(xs: &[f32], ys: &[f32], walls: &Walls) -> Vec<Rect> {
    let (n, m) = (xs.len().saturating_sub(1), ys.len().saturating_sub(1));
    let mut parent: Vec<usize> = (0..n * m).collect();
    for j in 0..m {
        for i in 0..n {
            let here = j * n + i;
            if i + 1 < n && !walls.drawn(Point::new(xs[i + 1], ys[j]), Point::new(xs[i + 1], ys[j + 1])) {
                let (a, b) = (root(&mut parent, here), root(&mut parent, here + 1));
                parent[a] = b;
            }
            if j + 1 < m && !walls.drawn(Point::new(xs[i], ys[j + 1]), Point::new(xs[i + 1], ys[j + 1])) {
                let (a, b) = (root(&mut parent, here), root(&mut parent, here + n));
                parent[a] = b;
            }
        }
    }
    let mut regions: std::collections::BTreeMap<usize, Vec<(usize, usize)>> = std::collections::BTreeMap::new();
    for k in 0..n * m {
        let root = root(&mut parent, k);
        regions.entry(root).or_default().push((k % n, k / n));
    }
    let rect = |(i0, j0, i1, j1): (usize, usize, usize, usize)| Rect::new(xs[i0], ys[j0], xs[i1 + 1], ys[j1 + 1]);
    let mut cells: Vec<Rect> = regions.into_values().flat_map(|r| rectangles(&r)).map(rect).collect();
    // Between the two lines of a double rule.
    cells.retain(|c| c.width().min(c.height()) > 1.7 * DOUBLE);
    cells.sort_by(|a, b| (a.top, a.left).partial_cmp(&(b.top, b.left)).unwrap_or(std::cmp::Ordering::Equal));
    cells
}

/// A region of meshes as one rectangle, or as one for each run of equal rows.
fn rectangles(region: &[(usize, usize)]) -> Vec<(usize, usize, usize, usize)> {
    let mut rows: std::collections::BTreeMap<usize, Vec<usize>> = std::collections::BTreeMap::new();
    region.iter().for_each(|(i, j)| rows.entry(*j).or_default().push(*i));
    let mut found: Vec<(usize, usize, usize, usize)> = Vec::new();
    for (j, mut columns) in rows {
        columns.sort_unstable();
        for run in columns.chunk_by(|a, b| a + 1 == *b) {
            let (from, to) = (run[0], run[run.len() - 1]);
            match found.iter_mut().find(|f| f.0 == from && f.2 == to && f.3 + 1 == j) {
                Some(above) => above.3 = j,
                None => found.push((from, j, to, j)),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_no_column_and_boxes_are() {
        let sure = [100.0, 200.0, 400.0, 1000.0];
        assert_eq!(without_few_strokes(vec![100.0, 200.0, 240.0, 400.0, 1000.0], &sure, 45.0), sure);
        let boxes: Vec<f32> = [100.0, 200.0].into_iter().chain((0..=15).map(|i| 400.0 + 40.0 * i as f32)).collect();
        assert_eq!(without_few_strokes(boxes.clone(), &sure, 45.0), boxes);
        let pairs = vec![100.0, 200.0, 400.0, 600.0, 640.0, 1000.0];
        assert_eq!(without_few_strokes(pairs.clone(), &sure, 45.0), pairs, "short rules beside each other stay");
    }
}
