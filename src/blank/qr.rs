//! The QR symbols of a form's texts, as modules and as rectangles to be drawn sharply.
//!
//! Byte mode throughout, UTF-8 without ECI: that is what every decoder reads alike (docs/qr-payload.md).

use image::codecs::png::PngEncoder;
use image::{GrayImage, Luma};
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use crate::fault::Fault;
use crate::form::FormSpec;
use crate::form::payload::{self, LONGEST, Level, Size, mark_size, size};

/// The side of a printed symbol without its quiet zone, in mm. The largest, of 77 modules, has modules of 0.52 mm.
pub const SIDE: f64 = 40.0;
/// The side of a blank form's mark. Of 37 modules, which hold the name of every form here, each is 0.51 mm.
pub const MARK_SIDE: f64 = 19.0;
/// Modules that stay white on every side of a symbol.
pub const QUIET_ZONE: u32 = 4;

/// A QR symbol without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Error correction, version and modules on a side.
    pub size: Size,
    /// The modules row by row from the top left, `true` for black.
    pub modules: Vec<bool>,
}

/// A black rectangle in modules from the symbol's top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    /// From the left edge.
    pub left: u32,
    /// From the top edge.
    pub top: u32,
    /// To the right of `left`.
    pub width: u32,
    /// Below `top`.
    pub height: u32,
}

/// The symbol of a text that [`crate::form::payload::encode`] wrote.
pub fn symbol(text: &str) -> Result<Symbol, Fault> {
    drawn(text, size(text.len()))
}

/// The mark of a blank form, by which program and person know the sheet.
pub fn mark(spec: &FormSpec) -> Result<Symbol, Fault> {
    let text = payload::mark(spec)?;
    drawn(&text, mark_size(text.len()))
}

fn drawn(text: &str, size: Option<Size>) -> Result<Symbol, Fault> {
    let too_long = || {
        let bytes = text.len();
        Fault::new("qr-too-long", format!("内容有{bytes}字节，二维码最多容纳{LONGEST}字节"))
    };
    let size = size.ok_or_else(too_long)?;
    let drawn = draw(text, size).map_err(|_| too_long())?;
    let modules: Vec<bool> = drawn.into_colors().into_iter().map(|color| color == Color::Dark).collect();
    Ok(Symbol { size, modules })
}

fn draw(text: &str, size: Size) -> qrcode::QrResult<QrCode> {
    let level = match size.level {
        Level::Q => EcLevel::Q,
        Level::M => EcLevel::M,
    };
    let mut bits = Bits::new(Version::Normal(size.version.into()));
    bits.push_byte_data(text.as_bytes())?;
    bits.push_terminator(level)?;
    QrCode::with_bits(bits, level)
}

impl Symbol {
    /// Whether a module is black; outside the symbol all is white.
    pub fn is_black(&self, x: u32, y: u32) -> bool {
        let side = self.size.modules;
        x < side && y < side && self.modules[(y * side + x) as usize]
    }

    /// The black modules as rectangles that do not overlap, equal runs of neighbouring rows in one. Draw them as **one**
    /// path and without anti-aliasing where the medium knows it (`shape-rendering="crispEdges"`), or hairlines show
    /// between them.
    pub fn rectangles(&self) -> Vec<Rectangle> {
        let mut done: Vec<Rectangle> = Vec::new();
        let mut open: Vec<Rectangle> = Vec::new();
        for y in 0..self.size.modules {
            let mut row = self.runs(y);
            for run in &mut row {
                let above = open.iter().position(|r| (r.left, r.width) == (run.left, run.width));
                if let Some(above) = above.map(|at| open.swap_remove(at)) {
                    *run = Rectangle { height: above.height + 1, ..above };
                }
            }
            done.append(&mut open);
            open = row;
        }
        done.append(&mut open);
        done.sort_by_key(|r| (r.top, r.left));
        done
    }

    /// The symbol with its quiet zone as a PNG, each module so many pixels wide: for formats that hold no paths.
    pub fn png(&self, scale: u32) -> Result<Vec<u8>, String> {
        let side = (self.size.modules + 2 * QUIET_ZONE) * scale;
        let is_black = |px: u32, py: u32| {
            let at = |p: u32| (p / scale).checked_sub(QUIET_ZONE);
            at(px).zip(at(py)).is_some_and(|(x, y)| self.is_black(x, y))
        };
        let picture = GrayImage::from_fn(side, side, |x, y| Luma([if is_black(x, y) { 0 } else { 255 }]));
        let mut png = Vec::new();
        picture.write_with_encoder(PngEncoder::new(&mut png)).map_err(|e| format!("cannot draw the QR mark: {e}"))?;
        Ok(png)
    }

    /// The black runs of a row.
    fn runs(&self, y: u32) -> Vec<Rectangle> {
        let mut runs: Vec<Rectangle> = Vec::new();
        for x in (0..self.size.modules).filter(|x| self.is_black(*x, y)) {
            match runs.last_mut() {
                Some(run) if run.left + run.width == x => run.width += 1,
                _ => runs.push(Rectangle { left: x, top: y, width: 1, height: 1 }),
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_has_the_size_its_length_asks_for() {
        for bytes in [0, 60, 61, 150, 292, 293, 412] {
            let text = "x".repeat(bytes);
            let symbol = symbol(&text).unwrap();
            assert_eq!(symbol.modules.len() as u32, symbol.size.modules.pow(2), "{bytes}");
            assert!(SIDE / f64::from(symbol.size.modules) >= 0.5);
        }
        assert_eq!(symbol(&"x".repeat(413)).unwrap_err().code, "qr-too-long");
    }

    #[test]
    fn every_table_entry_is_the_most_its_version_holds() {
        let draws = |level, version: u8, bytes| {
            let size = Size { level, version, modules: 17 + 4 * u32::from(version) };
            draw(&"x".repeat(bytes), size).is_ok()
        };
        for bytes in 1..=LONGEST {
            let size = size(bytes).unwrap();
            assert!(draws(size.level, size.version, bytes), "{bytes}");
            let next = crate::form::payload::size(bytes + 1);
            if next.is_none_or(|next| (next.level, next.version) != (size.level, size.version)) {
                assert!(!draws(size.level, size.version, bytes + 1), "{bytes}");
            }
        }
    }

    #[test]
    fn the_mark_of_every_shipped_form_keeps_modules_of_half_a_millimetre() {
        for form in crate::blank::tests::forms() {
            let mark = mark(&form).unwrap();
            assert!(MARK_SIDE / f64::from(mark.size.modules) >= 0.5, "{}", form.title);
        }
    }

    #[test]
    fn a_picture_has_every_module_and_a_quiet_zone() {
        let symbol = symbol("TF1|示例局|示例甲|00000000").unwrap();
        let picture = image::load_from_memory(&symbol.png(3).unwrap()).unwrap().into_luma8();
        assert_eq!(picture.dimensions(), (3 * 45, 3 * 45));
        for (x, y) in (0..45).flat_map(|x| (0..45).map(move |y| (x, y))) {
            let expected = x >= 4 && y >= 4 && symbol.is_black(x - 4, y - 4);
            assert_eq!(picture.get_pixel(3 * x + 1, 3 * y + 1).0[0] == 0, expected, "{x} {y}");
        }
    }

    #[test]
    fn rectangles_cover_each_black_module_once() {
        let symbol = symbol("TF1|示例局|示例甲|00000000").unwrap();
        let mut covered = vec![0; symbol.modules.len()];
        for r in symbol.rectangles() {
            for (x, y) in (r.left..r.left + r.width).flat_map(|x| (r.top..r.top + r.height).map(move |y| (x, y))) {
                covered[(y * symbol.size.modules + x) as usize] += 1;
            }
        }
        let expected: Vec<i32> = symbol.modules.iter().map(|black| i32::from(*black)).collect();
        assert_eq!(covered, expected);
        assert!(symbol.rectangles().contains(&Rectangle { left: 0, top: 0, width: 7, height: 1 }), "finder pattern");
        assert!(symbol.rectangles().contains(&Rectangle { left: 2, top: 2, width: 3, height: 3 }), "its centre");
    }
}
