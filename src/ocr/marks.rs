//! Marks of ink on a page: a seal, a signature.

use image::{Rgb, RgbImage};

use super::geometry::{Mapping, Point, Rect};
use super::ink;

/// Whether a mark is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// The page has no colour and nothing dark of that shape.
    Unknown,
}

/// A seal near a cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seal {
    /// Whether the page bears one.
    pub found: Seen,
    /// Whether it touches the cell.
    pub touches: Seen,
    /// Its place in px of the straightened page.
    pub at: Option<Rect>,
}

/// The straightened page is searched at one sample for so many px.
const STEP: f32 = 4.0;
/// A seal is at least this wide, as a share of the page's long side: official seals are 30 mm and more, A4 is 297 mm.
const SMALLEST: f32 = 0.05;
/// No seal is wider.
const LARGEST: f32 = 0.35;
/// A page with fewer coloured samples (share) is grey.
const COLOUR: f32 = 0.0002;

/// Looks for a red seal on a page and whether it touches a cell. `picture` is the page as it came.
pub fn seal(picture: &RgbImage, mapping: &Mapping, cell: &Rect) -> Seal {
    let map = Samples::new(picture, mapping);
    let long = (mapping.size.0.max(mapping.size.1)) as f32;
    let fits = |r: &Rect| {
        let (w, h) = (r.width(), r.height());
        let ratio = w.max(h) / w.min(h).max(1.0);
        (SMALLEST * long..LARGEST * long).contains(&w.max(h)) && ratio < 2.0
    };
    let place = map.clusters().into_iter().filter(|(at, n)| *n >= 40 && fits(at)).max_by_key(|(_, n)| *n);
    if let Some((at, _)) = place {
        let touches = if at.shared(cell) > 0.05 * at.width() * at.height() { Seen::Yes } else { Seen::No };
        return Seal { found: Seen::Yes, touches, at: Some(at) };
    }
    let none = if map.coloured { Seen::No } else { Seen::Unknown };
    Seal { found: none, touches: none, at: None }
}

/// Whether a cell bears writing: `share` of its area is ink, in pieces larger than dust.
pub fn signed(picture: &RgbImage, mapping: &Mapping, cell: &Rect) -> bool {
    let cut = mapping.cut(&ink::red(picture), &cell.inset(6.0));
    let found = ink::ink(&cut);
    let strokes = found.pieces.iter().filter(|p| p.area >= 30 && p.width().max(p.height()) >= 12);
    strokes.map(|p| p.area).sum::<u32>() >= 150
}

/// Where the straightened page is red.
struct Samples {
    red: Vec<bool>,
    width: usize,
    height: usize,
    coloured: bool,
}

impl Samples {
    fn new(picture: &RgbImage, mapping: &Mapping) -> Samples {
        let width = (mapping.size.0 as f32 / STEP) as usize;
        let height = (mapping.size.1 as f32 / STEP) as usize;
        let mut coloured = 0;
        let sample = |i: usize| {
            let at = Point::new(((i % width) as f32 + 0.5) * STEP, ((i / width) as f32 + 0.5) * STEP);
            let p = mapping.source(at);
            let inside = p.x >= 0.0 && p.y >= 0.0 && p.x < picture.width() as f32 && p.y < picture.height() as f32;
            inside.then(|| *picture.get_pixel(p.x as u32, p.y as u32))
        };
        let pixels: Vec<Option<Rgb<u8>>> = (0..width * height).map(sample).collect();
        for Rgb([r, g, b]) in pixels.iter().flatten() {
            coloured += usize::from(r.max(g).max(b) - r.min(g).min(b) > 40);
        }
        let red = pixels.iter().map(|p| p.is_some_and(is_red)).collect();
        Samples { red, width, height, coloured: coloured as f32 > COLOUR * (width * height) as f32 }
    }

    /// Red places no more than a few samples apart, with how many samples they are.
    fn clusters(&self) -> Vec<(Rect, usize)> {
        const REACH: i32 = 4;
        let mut open = self.red.clone();
        let mut clusters = Vec::new();
        for start in 0..open.len() {
            if !std::mem::take(&mut open[start]) {
                continue;
            }
            let mut stack = vec![start];
            let (mut at, mut n) = (Rect::new(f32::MAX, f32::MAX, f32::MIN, f32::MIN), 0);
            while let Some(i) = stack.pop() {
                let (x, y) = ((i % self.width) as i32, (i / self.width) as i32);
                let (px, py) = (x as f32 * STEP, y as f32 * STEP);
                at = at.union(&Rect::new(px, py, px + STEP, py + STEP));
                n += 1;
                for v in (y - REACH).max(0)..=(y + REACH).min(self.height as i32 - 1) {
                    for u in (x - REACH).max(0)..=(x + REACH).min(self.width as i32 - 1) {
                        let k = v as usize * self.width + u as usize;
                        if std::mem::take(&mut open[k]) {
                            stack.push(k);
                        }
                    }
                }
            }
            clusters.push((at, n));
        }
        clusters
    }
}

/// Red ink, not the warm light of a lamp: clearly redder than both others.
fn is_red(Rgb([r, g, b]): Rgb<u8>) -> bool {
    let (r, g, b) = (i32::from(r), i32::from(g), i32::from(b));
    let other = g.max(b);
    r - other > 30 && r * 10 > other * 13
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white page, 1000 by 1400, with a red ring of 200 px around a place.
    fn page(ring: Option<(f32, f32)>, ink: Rgb<u8>) -> RgbImage {
        RgbImage::from_fn(1000, 1400, |x, y| {
            let on = ring.is_some_and(|(cx, cy)| ((x as f32 - cx).hypot(y as f32 - cy) - 100.0).abs() < 5.0);
            if on { ink } else { Rgb([235, 235, 230]) }
        })
    }

    fn look(page: &RgbImage) -> (Seen, Seen) {
        let seal = seal(page, &Mapping::identity(page.dimensions()), &Rect::new(300.0, 200.0, 900.0, 400.0));
        (seal.found, seal.touches)
    }

    #[test]
    fn a_seal_on_the_cell_touches_it() {
        assert_eq!(look(&page(Some((500.0, 300.0)), Rgb([220, 60, 70]))), (Seen::Yes, Seen::Yes));
    }

    #[test]
    fn a_seal_elsewhere_does_not() {
        assert_eq!(look(&page(Some((500.0, 1000.0)), Rgb([220, 60, 70]))), (Seen::Yes, Seen::No));
    }

    #[test]
    fn a_grey_page_tells_nothing() {
        assert_eq!(look(&page(None, Rgb([0, 0, 0]))), (Seen::Unknown, Seen::Unknown));
    }

    #[test]
    fn blue_ink_is_no_seal() {
        assert_eq!(look(&page(Some((500.0, 300.0)), Rgb([40, 60, 200]))), (Seen::No, Seen::No));
    }

    #[test]
    fn a_signature_is_ink_and_dust_is_none() {
        let with = |strokes: bool| {
            RgbImage::from_fn(600, 200, |x, y| {
                let stroke = strokes && (150..300).contains(&x) && (y as i32 - 100 - (x as i32 % 40 - 20)).abs() < 2;
                let dust = (x % 97 < 2) && (y % 71 < 2);
                if stroke || dust { Rgb([30, 30, 90]) } else { Rgb([230, 230, 230]) }
            })
        };
        let cell = Rect::new(20.0, 20.0, 580.0, 180.0);
        assert!(signed(&with(true), &Mapping::identity((600, 200)), &cell));
        assert!(!signed(&with(false), &Mapping::identity((600, 200)), &cell));
    }
}
