//! QR codes on a page of pixels, by a cascade of passes, cheap ones first (MEASURED.md §3, docs/reading-qr.md).
//!
//! [`find`] stops at the first [`Pass`] with a code the caller accepts. It is a function of the pixels alone, never
//! panics, and is bounded in time and memory by the page's longest side ([`Page::of`]).

mod decode;
mod plane;

use image::RgbImage;

use decode::Seen;
use plane::Plane;

/// A QR code on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Code {
    /// What it says; anything at all.
    pub text: String,
    /// Its corners in px of the page, without the quiet zone: top left, top right, bottom right, bottom left as the
    /// symbol is read, so that they tell how the page is turned.
    pub corners: [[f32; 2]; 4],
}

/// A way of looking at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// The red channel as it is.
    Red,
    /// The same, sharpened.
    Sharp,
    /// Half the size and sharpened: for noisy or blurred photos.
    Half,
    /// A fax, its lines doubled.
    Fax,
    /// Twice the size and sharpened.
    Twice,
    /// Another decoder.
    SecondEyes,
}

impl Pass {
    /// Every pass in the order of [`find`].
    pub const ALL: [Pass; 6] = [Pass::Red, Pass::Sharp, Pass::Half, Pass::Fax, Pass::Twice, Pass::SecondEyes];

    /// Whether it is for pages only on which something like a code was seen.
    fn is_dear(self) -> bool {
        matches!(self, Pass::Fax | Pass::Twice | Pass::SecondEyes)
    }
}

/// How strongly edges are steepened.
const STEEPER: f32 = 2.0;
/// The same on a doubled page, where an edge is twice as wide.
const STEEPER_TWICE: f32 = 4.0;
/// Finder patterns in a pass that make a code likely: one symbol has three. Forms without a code show none to two; the
/// sharpened page is not asked, because sharp noise shows dozens.
const LIKELY: usize = 3;
/// The least a page must have on both sides, in px: the smallest symbol at one pixel a module.
const SHORTEST: usize = 21;
/// The shortest longest side that is worth halving, in px: A4 at 140 dpi, where a module has three.
const SHORTEST_HALVED: usize = 1600;
/// The longest side that is worth doubling, in px: A4 at 250 dpi, where a module has five.
const LONGEST_DOUBLED: usize = 3000;
/// The longest side shown to the slower decoder.
const LONGEST_SECOND: usize = 2600;

/// The codes on a page, each text once: those of the first pass that has one which `accept` takes, and those that
/// earlier passes found besides. Without an accepted one, all that any pass found.
pub fn find(page: &RgbImage, accept: impl Fn(&str) -> bool) -> Vec<Code> {
    find_by(page, accept).0
}

/// The same, with the pass that found an accepted code.
pub fn find_by(page: &RgbImage, accept: impl Fn(&str) -> bool) -> (Vec<Code>, Option<Pass>) {
    let page = Page::of(page);
    let mut codes: Vec<Code> = Vec::new();
    let mut likely = false;
    for pass in Pass::ALL {
        if pass.is_dear() && !likely {
            break;
        }
        let seen = page.see(pass);
        likely |= seen.patterns >= LIKELY && pass != Pass::Sharp;
        for code in seen.codes {
            if codes.iter().all(|known| known.text != code.text) {
                codes.push(code);
            }
        }
        if codes.iter().any(|code| accept(&code.text)) {
            return (codes, Some(pass));
        }
    }
    (codes, None)
}

/// A page made ready for the passes.
pub struct Page(Plane);

impl Page {
    /// The red channel of a page, no longer than 4,000 px.
    pub fn of(page: &RgbImage) -> Page {
        Page(Plane::of(page))
    }

    /// The codes one pass finds; none where the pass is not for such a page.
    pub fn look(&self, pass: Pass) -> Vec<Code> {
        self.see(pass).codes
    }

    fn see(&self, pass: Pass) -> Seen {
        let plane = &self.0;
        let longest = plane.width.max(plane.height);
        if plane.width.min(plane.height) < SHORTEST {
            return Seen::default();
        }
        match pass {
            Pass::Red => decode::by_rxing(plane),
            Pass::Sharp => decode::by_rxing(&plane.sharpened(STEEPER)),
            Pass::Half if longest >= SHORTEST_HALVED => decode::by_rxing(&plane.halved().sharpened(STEEPER)),
            Pass::Fax if plane.width > plane.height && plane.is_black_and_white() => {
                decode::by_rxing(&plane.stretched())
            }
            Pass::Twice if longest <= LONGEST_DOUBLED => decode::by_rxing(&plane.doubled().sharpened(STEEPER_TWICE)),
            Pass::SecondEyes if longest <= LONGEST_SECOND => decode::by_rqrr(plane),
            Pass::Half | Pass::Fax | Pass::Twice | Pass::SecondEyes => Seen::default(),
        }
    }
}
