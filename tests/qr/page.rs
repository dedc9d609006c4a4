//! Small pages with two QR codes on the diagonal, drawn here and worn by `tests/paper`.

use image::RgbImage;
use zhuanban::blank::qr::{SIDE, Symbol, symbol};

use super::paper::{Dice, Lens, Wear, picture, stamped};

/// Where the codes stand: their top left corners in mm, on the diagonal.
fn places([width, height]: [f64; 2]) -> [[f64; 2]; 2] {
    [[width - SIDE - 12.0, 12.0], [12.0, height - SIDE - 12.0]]
}

/// A page that carries the text twice, after some wear.
pub fn page(text: &str, wear: &Wear, seed: u64) -> RgbImage {
    let mut dice = Dice::new(seed);
    let symbol = symbol(text).unwrap();
    let lens = Lens::held(&mut dice);
    let seal = [dice.between(-6.0, 8.0), dice.between(-6.0, 8.0)];
    picture(&|x, y| paper(&symbol, wear, seal, x, y), wear, &lens, &mut dice)
}

/// What is printed and stamped at a point of the paper.
fn paper(symbol: &Symbol, wear: &Wear, seal: [f64; 2], x: f64, y: f64) -> [f64; 3] {
    let mut ink = is_writing(x, y, wear.paper);
    for [left, top] in places(wear.paper) {
        let (dx, dy) = (x - left, y - top);
        if (-2.0..SIDE + 2.0).contains(&dx) && (-2.0..SIDE + 2.0).contains(&dy) {
            let scale = f64::from(symbol.size.modules) / SIDE;
            ink = dx >= 0.0 && dy >= 0.0 && symbol.is_black((dx * scale) as u32, (dy * scale) as u32);
        }
    }
    let under = if ink { [30.0, 30.0, 34.0] } else { [250.0, 248.0, 244.0] };
    let sealed = places(wear.paper).into_iter().take(wear.seals);
    sealed.fold(under, |under, [left, top]| stamped(under, wear, x - left - seal[0], y - top - seal[1]))
}

/// Rules every 14 mm and dashes for letters between them.
fn is_writing(x: f64, y: f64, [width, height]: [f64; 2]) -> bool {
    let inside = x > 10.0 && x < width - 10.0 && y > 10.0 && y < height - 10.0;
    let rule = y % 14.0 < 0.3 || (x % 47.0 < 0.3);
    let letter = (5.0..9.0).contains(&(y % 14.0)) && (x * 2.3).sin() * (x * 0.71 + y * 3.1).sin() > 0.35;
    inside && (rule || letter)
}
