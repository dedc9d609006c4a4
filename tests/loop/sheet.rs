//! A printed page as a sheet of paper: what is stamped, spilt and written on it, by the place in mm.

use image::RgbImage;
use zhuanban::blank::web::{self, FillForm};
use zhuanban::blank::{Area, PAGE};
use zhuanban::form::{FormSpec, Kind};

use super::cases::{Case, Damage};
use crate::paper::{Dice, Lens, Wear, picture, stamped};

/// Pixels per inch of the print that is painted from: finer than any scan made of it.
pub const DPI: f64 = 300.0;

/// A printed page.
pub struct Sheet<'p> {
    print: &'p RgbImage,
    form: FillForm,
    unit: Area,
    /// Where the signature goes, on a form that has one.
    signature: Option<Area>,
}

impl<'p> Sheet<'p> {
    pub fn new(print: &'p RgbImage, spec: &FormSpec) -> Sheet<'p> {
        let form = web::fill(spec);
        let place = |id: &str| form.layout.cells.iter().find(|cell| cell.field.as_deref() == Some(id)).map(|c| c.area);
        let signature = spec.fields.iter().find(|field| field.kind == Kind::Signature);
        let (unit, signature) = (place(&form.unit).expect("a unit"), signature.and_then(|field| place(&field.id)));
        Sheet { print, form, unit, signature }
    }

    /// The page as it comes in.
    pub fn after(&self, case: &Case, seed: u64) -> RgbImage {
        let mut dice = Dice::new(seed);
        let lens = Lens::held(&mut dice);
        let seal = [dice.between(0.0, 14.0), dice.between(-4.0, 12.0)];
        picture(&|x, y| self.colour(case, seal, x, y), &case.wear, &lens, &mut dice)
    }

    fn colour(&self, case: &Case, seal: [f64; 2], x: f64, y: f64) -> [f64; 3] {
        let (x, y) = case.damage.iter().fold((x, y), |(x, y), damage| match damage {
            Damage::Shrunk(by) => ((x - PAGE.width / 2.0) / by + PAGE.width / 2.0, (y - 20.0) / by + 20.0),
            _ => (x, y),
        });
        let printed = self.printed(x, y);
        let sealed = self.form.codes.iter().take(case.wear.seals);
        let under = sealed
            .fold(printed, |under, code| stamped(under, &case.wear, x - code.left - seal[0], y - code.top - seal[1]));
        case.damage.iter().fold(under, |under, damage| self.damaged(*damage, &case.wear, under, x, y))
    }

    fn printed(&self, x: f64, y: f64) -> [f64; 3] {
        let at = |mm: f64| (mm / 25.4 * DPI).floor();
        let (x, y) = (at(x), at(y));
        if x < 0.0 || y < 0.0 || x >= f64::from(self.print.width()) || y >= f64::from(self.print.height()) {
            return PAPER;
        }
        let dark = f64::from(self.print.get_pixel(x as u32, y as u32).0[1]) / 255.0;
        [0, 1, 2].map(|i| INK[i] + (PAPER[i] - INK[i]) * dark)
    }

    fn damaged(&self, damage: Damage, wear: &Wear, under: [f64; 3], x: f64, y: f64) -> [f64; 3] {
        let [first, second] = self.form.codes;
        match damage {
            Damage::Shrunk(_) => under,
            Damage::Sealed => {
                let middle = [self.unit.left + self.unit.width * 0.6, self.unit.top + 20.0];
                let under = stamped(under, wear, x - middle[0], y - middle[1]);
                if self.signature.is_some_and(|area| is_signed(area, x, y)) { INK } else { under }
            }
            Damage::Coffee => {
                let away = (x - first.left - 26.0).hypot(y - first.top - 28.0);
                let ring = if (30.0..33.0).contains(&away) {
                    0.55
                } else if away < 30.0 {
                    0.85
                } else {
                    1.0
                };
                tinted(under, [1.0, 0.82, 0.6], ring)
            }
            // The fold runs across the corner; over it lies the back of the sheet.
            Damage::Folded if x + y > second.left + second.top + 10.0 => [222.0, 220.0, 214.0],
            Damage::Thumb if inside(first, x, y, 4.0) => [196.0, 150.0, 128.0],
            Damage::Ballpoint => {
                let stroke = |code: Area| {
                    let (u, v) = (x - code.left, y - code.top);
                    inside(code, x, y, 0.0) && ((u - v).abs() < 0.5 || (u + v * 0.6 - 38.0).abs() < 0.5)
                };
                if self.form.codes.into_iter().any(stroke) { [40.0, 50.0, 150.0] } else { under }
            }
            Damage::Highlighter if y > 110.0 && (y % 18.0) < 7.0 => tinted(under, [1.0, 0.97, 0.35], 1.0),
            Damage::Screen => tinted(under, [1.0, 1.0, 1.0], 0.8 + 0.2 * (y * 7.9 + x * 0.4).sin()),
            Damage::Copied if x < 6.0 => [20.0; 3],
            Damage::Copied => under.map(|light| light * 0.8 + 8.0),
            Damage::Folded | Damage::Thumb | Damage::Highlighter => under,
        }
    }
}

const INK: [f64; 3] = [28.0, 28.0, 32.0];
const PAPER: [f64; 3] = [251.0, 250.0, 247.0];

fn inside(area: Area, x: f64, y: f64, around: f64) -> bool {
    (area.left - around..area.right() + around).contains(&x) && (area.top - around..area.bottom() + around).contains(&y)
}

fn tinted(under: [f64; 3], tint: [f64; 3], light: f64) -> [f64; 3] {
    [0, 1, 2].map(|i| under[i] * tint[i] * light)
}

/// A flourish in the middle of the cell.
fn is_signed(area: Area, x: f64, y: f64) -> bool {
    let along = (x - area.left - area.width * 0.3) / 30.0;
    let line = area.top + area.height * (0.5 + 0.28 * (along * 21.0).sin() * (1.0 - along));
    (0.0..1.0).contains(&along) && (y - line).abs() < 0.6
}
