//! Thin dark lines followed across the page, strip by strip: rules stay whole under skew, perspective and a bent page, and
//! over short gaps.

use image::GrayImage;

/// Strips are this wide (px): wide enough to average the noise away, narrow enough for ten degrees of skew.
const STRIP: usize = 8;
/// A rule is darker than both of its sides by this share of their brightness.
const CONTRAST: f32 = 0.07;
/// A gap of this many strips is bridged while following.
const GAP: usize = 5;
/// A track shows ink in this share of its strips.
const COVERAGE: f32 = 0.8;

/// A line followed from left to right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Track {
    /// Its points (px), one for each strip that shows it.
    pub points: Vec<(f32, f32)>,
    /// How much darker than the paper it is, 0 to 1.
    pub contrast: f32,
}

impl Track {
    /// Where it begins.
    pub fn from(&self) -> f32 {
        self.points.first().map_or(0.0, |p| p.0 - STRIP as f32 / 2.0)
    }

    /// Where it ends.
    pub fn to(&self) -> f32 {
        self.points.last().map_or(0.0, |p| p.0 + STRIP as f32 / 2.0)
    }

    /// Its length.
    pub fn length(&self) -> f32 {
        self.to() - self.from()
    }

    /// Its height at a place; beyond its ends it goes on as it ended.
    pub fn at(&self, x: f32) -> f32 {
        let n = self.points.len();
        let next = self.points.partition_point(|p| p.0 < x);
        if next == 0 || next == n {
            let end = if next == 0 { &self.points[..n.min(24)] } else { &self.points[n - n.min(24)..] };
            let (y, slope) = fit(end);
            let middle = end.iter().map(|p| p.0).sum::<f32>() / end.len().max(1) as f32;
            return y + slope * (x - middle);
        }
        let ((x1, y1), (x2, y2)) = (self.points[next - 1], self.points[next]);
        y1 + (y2 - y1) * (x - x1) / (x2 - x1).max(1e-3)
    }

    /// The root of the mean squared distance of neighbouring points from the line between them: text wanders.
    fn roughness(&self) -> f32 {
        let bends = self.points.windows(5).map(|w| {
            let t = (w[2].0 - w[0].0) / (w[4].0 - w[0].0).max(1e-3);
            (w[2].1 - (w[0].1 * (1.0 - t) + w[4].1 * t)).powi(2)
        });
        let n = self.points.len().saturating_sub(4).max(1) as f32;
        (bends.sum::<f32>() / n).sqrt()
    }
}

/// Mean height and slope of points.
fn fit(points: &[(f32, f32)]) -> (f32, f32) {
    let n = points.len().max(1) as f32;
    let (mx, my) = points.iter().fold((0.0, 0.0), |(a, b), p| (a + p.0 / n, b + p.1 / n));
    let (mut xy, mut xx) = (0.0, 1e-6);
    for (x, y) in points {
        xy += (x - mx) * (y - my);
        xx += (x - mx) * (x - mx);
    }
    (my, xy / xx)
}

/// How far from a rule's middle its paper is looked for (px).
pub fn reach(size: (u32, u32)) -> usize {
    (size.0.max(size.1) as usize / 380).clamp(3, 8)
}

/// The horizontal lines of a picture, at least `shortest` px long.
pub fn follow(picture: &GrayImage, shortest: f32) -> Vec<Track> {
    let nodes = nodes(picture);
    let mut done: Vec<Track> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    for (strip, column) in nodes.iter().enumerate() {
        let mut taken = vec![false; column.len()];
        open.sort_by_key(|o| std::cmp::Reverse(o.track.points.len()));
        for line in &mut open {
            line.extend(strip, column, &mut taken);
        }
        let (live, ended): (Vec<Open>, Vec<Open>) = open.into_iter().partition(|o| strip - o.last <= GAP);
        done.extend(ended.into_iter().map(|o| o.track).filter(|t| t.points.len() > 4));
        open = live;
        let fresh = column.iter().zip(&taken).filter(|(_, taken)| !**taken);
        open.extend(fresh.map(|((y, contrast), _)| Open::new(strip, *y, *contrast)));
    }
    done.extend(open.into_iter().map(|o| o.track).filter(|t| t.points.len() > 4));
    let mut parts: Vec<Track> = done.iter().flat_map(parts).collect();
    parts.retain(|t| covered(t) >= COVERAGE && t.roughness() < 1.2);
    let mut joined = join(parts);
    joined.retain(|t| t.length() >= shortest);
    joined
}

/// The straight stretches of a track: text above a rule's end may have led to it, so a track is cut where it jumps or
/// bends.
fn parts(track: &Track) -> Vec<Track> {
    let p = &track.points;
    let jumps = |i: usize| p[i].0 - p[i - 1].0 > 2.5 * STRIP as f32;
    let bends = |i: usize| {
        let (a, b, c) = (p[i.saturating_sub(3)], p[i], p[(i + 3).min(p.len() - 1)]);
        let t = (b.0 - a.0) / (c.0 - a.0).max(1e-3);
        (b.1 - (a.1 * (1.0 - t) + c.1 * t)).abs() > 1.6
    };
    let mut parts: Vec<Track> = Vec::new();
    let mut from = 0;
    for i in 1..=p.len() {
        if i == p.len() || jumps(i) || bends(i) {
            if i - from >= 4 {
                parts.push(Track { points: p[from..i].to_vec(), contrast: track.contrast });
            }
            from = i;
        }
    }
    parts
}

fn covered(track: &Track) -> f32 {
    track.points.len() as f32 * STRIP as f32 / track.length().max(1.0)
}

/// A line still being followed.
struct Open {
    track: Track,
    last: usize,
}

impl Open {
    fn new(strip: usize, y: f32, contrast: f32) -> Open {
        Open { track: Track { points: vec![(centre(strip), y)], contrast }, last: strip }
    }

    /// Takes the nearest node of a strip, where one lies in its way.
    fn extend(&mut self, strip: usize, column: &[(f32, f32)], taken: &mut [bool]) {
        let points = &self.track.points;
        let recent = &points[points.len().saturating_sub(12)..];
        let expected = match recent {
            [.., last] if recent.len() < 4 => last.1,
            _ => {
                let (y, slope) = fit(recent);
                let middle = recent.iter().map(|p| p.0).sum::<f32>() / recent.len() as f32;
                y + slope * (centre(strip) - middle)
            }
        };
        let gap = (strip - self.last) as f32;
        let tolerance = if recent.len() < 4 { 1.6 * gap } else { 1.3 + 0.3 * gap };
        let first = column.partition_point(|n| n.0 < expected - tolerance);
        let near = (first..column.len()).take_while(|i| column[*i].0 <= expected + tolerance);
        let best = near.min_by(|a, b| (column[*a].0 - expected).abs().total_cmp(&(column[*b].0 - expected).abs()));
        if let Some(i) = best.filter(|i| !taken[*i]) {
            taken[i] = true;
            let n = self.track.points.len() as f32;
            self.track.contrast = (self.track.contrast * n + column[i].1) / (n + 1.0);
            self.track.points.push((centre(strip), column[i].0));
            self.last = strip;
        }
    }
}

fn centre(strip: usize) -> f32 {
    (strip * STRIP) as f32 + STRIP as f32 / 2.0
}

/// For each strip, the heights where it is darkest against both sides, with the contrast.
fn nodes(picture: &GrayImage) -> Vec<Vec<(f32, f32)>> {
    let (w, h) = (picture.width() as usize, picture.height() as usize);
    let reach = reach(picture.dimensions());
    let strips = w / STRIP;
    let mut means = vec![0u16; strips * h];
    for (y, row) in picture.as_raw().chunks(w.max(1)).enumerate() {
        for (strip, px) in row.chunks_exact(STRIP).enumerate() {
            means[strip * h + y] = px.iter().map(|v| u16::from(*v)).sum();
        }
    }
    means.chunks(h.max(1)).map(|column| valleys(column, reach)).collect()
}

fn valleys(column: &[u16], reach: usize) -> Vec<(f32, f32)> {
    let h = column.len();
    if h < 4 * reach {
        return Vec::new();
    }
    let contrast = |y: usize| {
        let (a, b) = (f32::from(column[y - reach]), f32::from(column[y + reach]));
        (a.min(b) - f32::from(column[y])) / a.max(b).max(320.0)
    };
    let mut found = Vec::new();
    let mut before = 0.0;
    let mut here = contrast(reach);
    for y in reach..h - reach - 1 {
        let after = contrast(y + 1);
        if here >= CONTRAST && here >= before && here > after {
            let bow = before - 2.0 * here + after;
            let shift = if bow < -1e-6 { 0.5 * (before - after) / bow } else { 0.0 };
            found.push((y as f32 + 0.5 + shift.clamp(-0.5, 0.5), here));
        }
        (before, here) = (here, after);
    }
    found
}

/// Tracks that go on in one another over a longer gap become one.
fn join(mut tracks: Vec<Track>) -> Vec<Track> {
    tracks.sort_by(|a, b| a.from().total_cmp(&b.from()));
    let mut joined: Vec<Track> = Vec::new();
    for track in tracks {
        match joined.iter_mut().find(|j| continues(j, &track)) {
            Some(before) => {
                let (n, m) = (before.points.len() as f32, track.points.len() as f32);
                before.contrast = (before.contrast * n + track.contrast * m) / (n + m);
                before.points.extend(track.points);
            }
            None => joined.push(track),
        }
    }
    joined
}

/// Whether a track is the continuation of another one: both point at each other, over a gap shorter than either.
fn continues(before: &Track, after: &Track) -> bool {
    let gap = after.from() - before.to();
    let room = before.length().min(after.length()).clamp(40.0, 160.0);
    if !(-4.0..=room).contains(&gap) {
        return false;
    }
    let (end, begin) = (before.to(), after.from());
    // A seal or a stroke that crosses a rule pulls its ends aside; long rules are sure of their course all the same.
    let pulled = (before.length().min(after.length()) / 100.0).min(5.0);
    let tolerance = 2.0 + gap / 40.0 + pulled;
    (before.at(begin) - after.at(begin)).abs() <= tolerance && (before.at(end) - after.at(end)).abs() <= tolerance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(w: u32, h: u32, ink: impl Fn(u32, u32) -> bool) -> GrayImage {
        GrayImage::from_fn(w, h, |x, y| image::Luma([if ink(x, y) { 40 } else { 220 }]))
    }

    #[test]
    fn a_slanted_line_is_one_track() {
        let y = |x: u32| 100.0 + x as f32 * 0.07;
        let picture = page(800, 300, |x, v| (50..750).contains(&x) && (v as f32 - y(x)).abs() < 1.2);
        let tracks = follow(&picture, 100.0);
        assert_eq!(tracks.len(), 1, "{tracks:?}");
        assert!(tracks[0].from() < 66.0 && tracks[0].to() > 734.0);
        assert!((tracks[0].at(400.0) - y(400) - 0.5).abs() < 1.0);
    }

    #[test]
    fn a_broken_line_is_joined() {
        let picture = page(800, 100, |x, y| y == 50 && !(300..380).contains(&x));
        assert_eq!(follow(&picture, 100.0).len(), 1);
    }

    #[test]
    fn a_curved_line_is_one_track() {
        let y = |x: u32| 100.0 + 12.0 * (x as f32 / 800.0 * 3.1).sin();
        let picture = page(800, 300, |x, v| (v as f32 - y(x)).abs() < 1.2);
        assert_eq!(follow(&picture, 100.0).len(), 1);
    }

    #[test]
    fn blots_and_edges_are_no_lines() {
        let picture = page(800, 400, |x, y| y > 300 || (x / 40 + y / 40) % 3 == 0 && y < 200);
        assert_eq!(follow(&picture, 100.0), Vec::new());
    }
}
