//! What is ink: the channel to read, the paper's brightness around it, the pieces it forms.

use image::imageops::{FilterType, resize, thumbnail};
use image::{GrayImage, Luma, RgbImage};

/// Pages are read at no more than this many px on the long side: A4 at 220 dpi.
pub const LONGEST: u32 = 2600;
/// Ink is darker than the paper by at least this (of 255); paper grain and JPEG blocks are not.
const FAINTEST: f32 = 22.0;
/// Ink is at least this share of the darkest ink's contrast.
const SHARE: f32 = 0.36;

/// A page no longer than [`LONGEST`].
pub fn bounded(page: &RgbImage) -> Option<RgbImage> {
    let (w, h) = page.dimensions();
    let long = w.max(h);
    if long <= LONGEST {
        return None;
    }
    let size = |side: u32, long: u32| ((u64::from(side) * u64::from(long) / u64::from(w.max(h))) as u32).max(1);
    // Averaging in two steps: the first is quick, the second is smooth.
    let rough = 2 * LONGEST;
    let half = (long > 2 * rough).then(|| thumbnail(page, size(w, rough), size(h, rough)));
    Some(resize(half.as_ref().unwrap_or(page), size(w, LONGEST), size(h, LONGEST), FilterType::Triangle))
}

/// The red channel: a red seal vanishes in it, black and blue ink stay. Of a grey scan it is the scan.
pub fn red(page: &RgbImage) -> GrayImage {
    let data = page.as_raw().chunks_exact(3).map(|px| px[0]).collect();
    GrayImage::from_raw(page.width(), page.height(), data).unwrap_or_default()
}

/// A connected piece of ink.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// Left edge.
    pub x0: u32,
    /// Top edge.
    pub y0: u32,
    /// Beyond the right edge.
    pub x1: u32,
    /// Beyond the bottom edge.
    pub y1: u32,
    /// Its px.
    pub area: u32,
}

impl Piece {
    /// Its width.
    pub fn width(&self) -> u32 {
        self.x1 - self.x0
    }

    /// Its height.
    pub fn height(&self) -> u32 {
        self.y1 - self.y0
    }
}

/// The ink of a cut-out.
#[derive(Debug, Clone)]
pub struct Ink {
    /// Size in px.
    pub size: (u32, u32),
    /// For each px the number of its piece from 1, or 0 for paper.
    pub label: Vec<u32>,
    /// The pieces; piece n is labelled n + 1.
    pub pieces: Vec<Piece>,
    /// The paper's brightness for each column.
    pub paper: Vec<u8>,
}

/// Finds the ink of a cut-out: what is darker than the paper around it.
pub fn ink(cut: &GrayImage) -> Ink {
    let (w, h) = cut.dimensions();
    let paper = paper(cut);
    let contrast = |i: usize, v: u8| f32::from(paper[i % w as usize]) - f32::from(v);
    let mut histogram = [0u32; 256];
    for (i, v) in cut.as_raw().iter().enumerate() {
        histogram[contrast(i, *v).max(0.0) as usize] += 1;
    }
    let darkest = darkest(&histogram);
    let threshold = (SHARE * darkest).max(FAINTEST);
    let dark: Vec<bool> = cut.as_raw().iter().enumerate().map(|(i, v)| contrast(i, *v) > threshold).collect();
    let (label, pieces) = pieces(&dark, w, h);
    Ink { size: (w, h), label, pieces, paper }
}

/// The contrast that only the darkest 0.3 % exceed.
fn darkest(histogram: &[u32; 256]) -> f32 {
    let total: u32 = histogram.iter().sum();
    let mut above = 0;
    for (value, count) in histogram.iter().enumerate().rev() {
        above += count;
        if above * 333 > total {
            return value as f32;
        }
    }
    0.0
}

/// The paper's brightness for each column: the fourth fifth of blocks 32 px wide, straight between their middles. Light
/// falls off across a photo, hardly within the height of a cell.
fn paper(cut: &GrayImage) -> Vec<u8> {
    const BLOCK: usize = 32;
    let (w, h) = (cut.width() as usize, cut.height() as usize);
    let blocks = w.div_ceil(BLOCK);
    let level = |b: usize| {
        let mut histogram = [0u32; 256];
        let (from, to) = (b * BLOCK, ((b + 1) * BLOCK).min(w));
        for y in 0..h {
            cut.as_raw()[y * w + from..y * w + to].iter().for_each(|v| histogram[usize::from(*v)] += 1);
        }
        let total: u32 = histogram.iter().sum();
        let mut below = 0;
        let found = histogram.iter().position(|n| {
            below += n;
            below * 5 >= total * 4
        });
        found.unwrap_or(255) as f32
    };
    let levels: Vec<f32> = (0..blocks).map(level).collect();
    let at = |x: usize| {
        let place = (x as f32 / BLOCK as f32 - 0.5).clamp(0.0, (blocks.max(1) - 1) as f32);
        let (i, t) = (place as usize, place.fract());
        let next = levels.get(i + 1).copied().unwrap_or(levels[i]);
        (levels[i] * (1.0 - t) + next * t) as u8
    };
    (0..w).map(at).collect()
}

/// Connected pieces, corners touching included, by union of runs.
fn pieces(dark: &[bool], w: u32, h: u32) -> (Vec<u32>, Vec<Piece>) {
    let (w, h) = (w as usize, h as usize);
    let mut label = vec![0u32; w * h];
    let mut parent: Vec<u32> = vec![0];
    for y in 0..h {
        for x in 0..w {
            let i = y * w + x;
            if !dark[i] {
                continue;
            }
            let mut own = if x > 0 { label[i - 1] } else { 0 };
            if y > 0 {
                for k in x.saturating_sub(1)..(x + 2).min(w) {
                    let other = label[(y - 1) * w + k];
                    own = if own == 0 || other == 0 { own.max(other) } else { unite(&mut parent, own, other) };
                }
            }
            if own == 0 {
                own = parent.len() as u32;
                parent.push(own);
            }
            label[i] = own;
        }
    }
    measure(&mut label, &mut parent, w)
}

fn unite(parent: &mut [u32], a: u32, b: u32) -> u32 {
    let (a, b) = (root(parent, a), root(parent, b));
    parent[a.max(b) as usize] = a.min(b);
    a.min(b)
}

fn root(parent: &mut [u32], mut i: u32) -> u32 {
    while parent[i as usize] != i {
        parent[i as usize] = parent[parent[i as usize] as usize];
        i = parent[i as usize];
    }
    i
}

fn measure(label: &mut [u32], parent: &mut [u32], w: usize) -> (Vec<u32>, Vec<Piece>) {
    let mut number = vec![0u32; parent.len()];
    let mut pieces: Vec<Piece> = Vec::new();
    for (i, own) in label.iter_mut().enumerate().filter(|(_, l)| **l > 0) {
        let root = root(parent, *own) as usize;
        let (x, y) = ((i % w) as u32, (i / w) as u32);
        if number[root] == 0 {
            pieces.push(Piece { x0: x, y0: y, x1: x + 1, y1: y + 1, area: 0 });
            number[root] = pieces.len() as u32;
        }
        *own = number[root];
        let piece = &mut pieces[*own as usize - 1];
        piece.x0 = piece.x0.min(x);
        piece.x1 = piece.x1.max(x + 1);
        piece.y1 = y + 1;
        piece.area += 1;
    }
    (label.to_vec(), pieces)
}

/// A line as the recogniser likes it: paper light, ink dark, whatever the lamp was.
pub fn stretched(line: &GrayImage) -> GrayImage {
    let mut histogram = [0u32; 256];
    line.as_raw().iter().for_each(|v| histogram[usize::from(*v)] += 1);
    let total: u32 = histogram.iter().sum();
    let quantile = |share: f32| {
        let mut below = 0;
        let place = histogram.iter().position(|n| {
            below += n;
            below as f32 >= share * total as f32
        });
        place.unwrap_or(255) as f32
    };
    let (ink, paper) = (quantile(0.01), quantile(0.75));
    if paper - ink < FAINTEST {
        return line.clone();
    }
    let (ink, paper) = (ink.min(paper - 40.0), paper);
    let mut out = line.clone();
    out.pixels_mut().for_each(|Luma([v])| {
        let t = (f32::from(*v) - ink) / (paper - ink);
        *v = (25.0 + t * 215.0).clamp(0.0, 255.0) as u8;
    });
    out
}

/// A line with its strokes set off from the paper: what blur has run together parts again.
pub fn sharpened(line: &GrayImage) -> GrayImage {
    let soft = image::imageops::fast_blur(line, 1.5);
    let mut out = line.clone();
    out.pixels_mut().zip(soft.pixels()).for_each(|(Luma([v]), Luma([s]))| {
        let (own, around) = (f32::from(*v), f32::from(*s));
        *v = (own + 0.8 * (own - around)).clamp(0.0, 255.0) as u8;
    });
    out
}

/// A line with the greys lifted to paper: a grey seal over black text fades.
pub fn lifted(line: &GrayImage) -> GrayImage {
    let mut out = stretched(line);
    out.pixels_mut().for_each(|Luma([v])| *v = (f32::from(*v) * 1.9 - 10.0).clamp(0.0, 245.0) as u8);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(rows: &[&str]) -> GrayImage {
        let (w, h) = (rows[0].len() as u32, rows.len() as u32);
        GrayImage::from_fn(w, h, |x, y| Luma([if rows[y as usize].as_bytes()[x as usize] == b'#' { 30 } else { 200 }]))
    }

    #[test]
    fn pieces_that_touch_are_one() {
        let ink = ink(&cut(&["#.#.....", "###...#.", "......#.", "...#...."]));
        let boxes: Vec<_> = ink.pieces.iter().map(|p| (p.x0, p.y0, p.x1, p.y1, p.area)).collect();
        assert_eq!(boxes, [(0, 0, 3, 2, 5), (6, 1, 7, 3, 2), (3, 3, 4, 4, 1)]);
    }

    #[test]
    fn plain_paper_has_no_ink() {
        let grain = GrayImage::from_fn(90, 40, |x, y| Luma([180 + ((x * 7 + y * 13) % 12) as u8]));
        assert!(ink(&grain).pieces.is_empty());
    }

    #[test]
    fn the_lamp_does_not_matter() {
        let page = GrayImage::from_fn(400, 30, |x, y| {
            let paper = 240 - x / 3;
            Luma([if (10..12).contains(&y) && x % 20 < 10 { paper - 60 } else { paper } as u8])
        });
        assert_eq!(ink(&page).pieces.len(), 20);
    }

    #[test]
    fn large_pages_are_read_smaller() {
        let wide = RgbImage::new(20_000, 100);
        assert_eq!(bounded(&wide).unwrap().dimensions(), (2600, 13));
        assert!(bounded(&RgbImage::new(2000, 2600)).is_none());
    }

    #[test]
    fn a_red_seal_vanishes() {
        let page = RgbImage::from_pixel(1, 1, image::Rgb([225, 60, 70]));
        assert_eq!(red(&page).get_pixel(0, 0).0, [225]);
    }
}
