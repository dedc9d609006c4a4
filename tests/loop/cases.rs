//! What befalls a printed form between the printer and the office.

use crate::paper::Wear;

/// What is done to the paper itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Damage {
    /// The seal and the signature, where they belong.
    Sealed,
    /// Printed smaller, as `fit to page` does.
    Shrunk(f64),
    /// A cup stood on the first code.
    Coffee,
    /// The lower right corner is folded over: the second code is gone.
    Folded,
    /// A thumb covers the first code.
    Thumb,
    /// Blue ballpoint strokes over both codes.
    Ballpoint,
    /// A yellow highlighter over the table.
    Highlighter,
    /// Filmed off a screen: its lines lie over the page.
    Screen,
    /// A dark copy: the paper is grey and its left edge black.
    Copied,
}

/// A way a form comes back.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// For messages.
    pub name: &'static str,
    pub damage: &'static [Damage],
    pub wear: Wear,
    /// Whether its values must come back; otherwise it may be unreadable, but never wrong.
    pub is_read: bool,
}

use Damage::{Ballpoint, Coffee, Copied, Folded, Highlighter, Screen, Sealed, Shrunk, Thumb};

const fn case(name: &'static str, damage: &'static [Damage], wear: Wear) -> Case {
    Case { name, damage, wear, is_read: true }
}

const fn lost(name: &'static str, damage: &'static [Damage], wear: Wear) -> Case {
    Case { name, damage, wear, is_read: false }
}

const AS_IS: Wear = Wear::NONE;
const SCAN: Wear = Wear { turn: 1.3, blur: 0.6, noise: 5.0, jpeg: Some(75), ..AS_IS };
const PHOTO: Wear = Wear {
    dpi: [180.0; 2],
    turn: 4.0,
    tilt: 0.18,
    crease: 0.3,
    blur: 1.0,
    noise: 7.0,
    light: 0.55,
    jpeg: Some(65),
    ..AS_IS
};

/// What every form goes through.
pub const ALL: [Case; 5] = [
    case("as printed", &[], AS_IS),
    case("signed, sealed, scanned askew", &[Sealed], SCAN),
    case("the seal on a code", &[], Wear { seals: 1, ..SCAN }),
    case("photographed", &[Sealed], PHOTO),
    lost("both codes gone", &[Folded, Thumb], SCAN),
];

/// What one of the forms goes through, in turn.
pub const SOME: [Case; 20] = [
    case("seals on both codes", &[Sealed], Wear { seals: 2, ..SCAN }),
    case("grey, the seal on a code", &[Sealed], Wear { grey: true, seals: 1, ..SCAN }),
    case("black and white", &[Sealed], Wear { bilevel: true, dpi: [300.0; 2], turn: -0.8, blur: 0.5, ..AS_IS }),
    case("100 dpi", &[Sealed], Wear { dpi: [100.0; 2], jpeg: Some(80), ..AS_IS }),
    case("300 dpi", &[Sealed], Wear { dpi: [300.0; 2], ..SCAN }),
    case("upside down", &[Sealed], Wear { turn: 181.0, ..SCAN }),
    case("on its side", &[Sealed], Wear { turn: 91.0, ..SCAN }),
    case("printed smaller", &[Shrunk(0.7), Sealed], SCAN),
    case("coffee", &[Coffee], SCAN),
    case("a folded corner", &[Folded, Sealed], PHOTO),
    case("a thumb on a code", &[Thumb], PHOTO),
    lost("ballpoint through the corners of both codes", &[Ballpoint], SCAN),
    case("highlighted", &[Highlighter, Sealed], SCAN),
    case("a copy of a copy", &[Copied, Sealed], Wear { grey: true, blur: 1.1, noise: 12.0, jpeg: Some(45), ..SCAN }),
    case("a careless photo", &[Sealed], Wear { tilt: 0.3, turn: 23.0, ..PHOTO }),
    case("crumpled", &[Sealed], Wear { crease: 0.8, tilt: 0.1, ..PHOTO }),
    lost("filmed off a screen", &[Screen], Wear { dpi: [150.0; 2], ..PHOTO }),
    lost("a fax", &[Sealed], Wear { dpi: [204.0, 98.0], bilevel: true, blur: 0.4, ..AS_IS }),
    lost("out of focus", &[Sealed], Wear { blur: 5.0, ..PHOTO }),
    lost("a thumbnail", &[Sealed], Wear { dpi: [60.0; 2], jpeg: Some(50), ..AS_IS }),
];
