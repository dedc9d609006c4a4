//! Sheets of paper through scanner, fax and camera: turned, tilted, creased, blurred, badly lit, noisy, recompressed.
//! The same seed gives the same picture.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

/// What happened to a page between the printer and us.
#[derive(Debug, Clone, Copy)]
pub struct Wear {
    /// Width and height of the paper in mm.
    pub paper: [f64; 2],
    /// Pixels per inch across and down.
    pub dpi: [f64; 2],
    /// Clockwise, in degrees.
    pub turn: f64,
    /// How much nearer one edge of the page is than the other: 0.2 is a careless photo.
    pub tilt: f64,
    /// Depth of the waves in the paper, in mm.
    pub crease: f64,
    /// Blur: standard deviation in px.
    pub blur: f64,
    /// Noise: standard deviation of 255.
    pub noise: f64,
    /// Light of the darkest corner, 1 for even light.
    pub light: f64,
    /// A red seal over a corner of the first `seals` codes; whoever draws the page draws them.
    pub seals: usize,
    /// Grey rather than colour: the seal is as dark as ink.
    pub grey: bool,
    /// Black and white only.
    pub bilevel: bool,
    /// JPEG quality.
    pub jpeg: Option<u8>,
}

impl Wear {
    /// A clean print as it comes out of a renderer.
    pub const NONE: Wear = Wear {
        paper: [210.0, 297.0],
        dpi: [200.0; 2],
        turn: 0.0,
        tilt: 0.0,
        crease: 0.0,
        blur: 0.0,
        noise: 0.0,
        light: 1.0,
        seals: 0,
        grey: false,
        bilevel: false,
        jpeg: None,
    };
}

/// Random numbers that are the same on every machine (xorshift64*).
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Evenly from 0 to 1.
    pub fn even(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40) as f64 / (1u64 << 24) as f64
    }

    /// Evenly between two bounds.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.even()
    }

    /// About normal, with deviation 1.
    fn normal(&mut self) -> f64 {
        (self.even() + self.even() + self.even() + self.even() - 2.0) * 1.73
    }
}

/// How a page lay before the lens: what chance decides beside the wear.
pub struct Lens {
    waves: f64,
    phase: f64,
    side: f64,
}

impl Lens {
    /// By chance.
    pub fn held(dice: &mut Dice) -> Lens {
        Lens { waves: dice.between(0.03, 0.08), phase: dice.between(0.0, 6.0), side: dice.between(-1.0, 1.0) }
    }
}

/// A JPEG round trip.
pub fn recompressed(page: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(page).unwrap();
    image::load_from_memory(&bytes).unwrap().into_rgb8()
}

/// The picture of a page whose colour at every point (mm) is `paint`.
pub fn picture(paint: &dyn Fn(f64, f64) -> [f64; 3], wear: &Wear, lens: &Lens, dice: &mut Dice) -> RgbImage {
    let mut page = expose(paint, wear, lens);
    if wear.blur > 0.0 {
        page = image::imageops::blur(&page, wear.blur as f32);
    }
    soil(&mut page, wear, dice);
    match wear.jpeg {
        Some(quality) => recompressed(&page, quality),
        None => page,
    }
}

/// Draws the page through the camera: every pixel is the mean of four points on the paper.
fn expose(paint: &dyn Fn(f64, f64) -> [f64; 3], wear: &Wear, lens: &Lens) -> RgbImage {
    let [width, height] = wear.paper;
    let (sin, cos) = wear.turn.to_radians().sin_cos();
    let frame = [width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs()];
    let to_paper = |u: f64, v: f64| {
        let (x, y) = (u - frame[0] / 2.0, v - frame[1] / 2.0);
        let w = 1.0 + wear.tilt * (y / frame[1] + lens.side * x / frame[0]);
        let (x, y) = (x / w, y / w);
        let (x, y) = (x * cos + y * sin + width / 2.0, y * cos - x * sin + height / 2.0);
        let wave = wear.crease * ((x + 0.7 * y) * lens.waves + lens.phase).sin();
        [x + wave, y - 0.6 * wave]
    };
    let colour = |x: f64, y: f64| {
        let outside = x < 0.0 || y < 0.0 || x > width || y > height;
        if outside { [120.0, 100.0, 80.0] } else { paint(x, y) }
    };
    let size = [0, 1].map(|i| (frame[i] / 25.4 * wear.dpi[i]).round().max(1.0) as u32);
    RgbImage::from_fn(size[0], size[1], |px, py| {
        let mut sum = [0.0; 3];
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let [x, y] = to_paper((f64::from(px) + dx) / wear.dpi[0] * 25.4, (f64::from(py) + dy) / wear.dpi[1] * 25.4);
            let colour = colour(x, y);
            sum = [0, 1, 2].map(|i| sum[i] + colour[i] / 4.0);
        }
        let shade = wear.light + (1.0 - wear.light) * f64::from(px + py) / f64::from(size[0] + size[1]);
        Rgb(sum.map(|light| (light * shade) as u8))
    })
}

/// A colour under a round seal of 40 mm whose middle is so far away: a rim, a star and letters of dashes.
pub fn stamped(under: [f64; 3], wear: &Wear, x: f64, y: f64) -> [f64; 3] {
    let (radius, angle) = (x.hypot(y), y.atan2(x));
    let rim = (18.8..20.0).contains(&radius);
    let letters = (12.0..16.5).contains(&radius) && (angle * 9.0).sin() > 0.1;
    let star = radius < 5.0 + 2.0 * (angle * 5.0).cos();
    let red = if rim || letters || star { 0.9 } else { 0.0 };
    let ink = if wear.grey { [0.45; 3] } else { [0.88, 0.25, 0.3] };
    [0, 1, 2].map(|i| under[i] * (1.0 + red * (ink[i] - 1.0)))
}

/// Noise, and the threshold of a fax.
fn soil(page: &mut RgbImage, wear: &Wear, dice: &mut Dice) {
    if wear.noise == 0.0 && !wear.bilevel && !wear.grey {
        return;
    }
    for pixel in page.pixels_mut() {
        let noise = if wear.noise > 0.0 { dice.normal() * wear.noise } else { 0.0 };
        let [r, g, b] = pixel.0.map(|light| (f64::from(light) + noise).clamp(0.0, 255.0));
        let grey = 0.3 * r + 0.59 * g + 0.11 * b;
        pixel.0 = match (wear.bilevel, wear.grey) {
            (true, _) => [if grey > 140.0 { 255 } else { 0 }; 3],
            (_, true) => [grey as u8; 3],
            _ => [r as u8, g as u8, b as u8],
        };
    }
}
