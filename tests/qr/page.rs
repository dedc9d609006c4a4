//! Pages with two QR codes on the diagonal, drawn and worn: turned, creased, blurred, stamped, lit, noisy, recompressed.
//! The same seed gives the same page.

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use zhuanban::blank::qr::{SIDE, Symbol, symbol};

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
    /// A red seal over a corner of the first `seals` codes.
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

/// Where the codes stand: their top left corners in mm, on the diagonal.
fn places([width, height]: [f64; 2]) -> [[f64; 2]; 2] {
    [[width - SIDE - 12.0, 12.0], [12.0, height - SIDE - 12.0]]
}

/// A page that carries the text twice, after some wear.
pub fn page(text: &str, wear: &Wear, seed: u64) -> RgbImage {
    let mut dice = Dice::new(seed);
    let symbol = symbol(text).unwrap();
    let mut page = expose(&symbol, wear, &mut dice);
    if wear.blur > 0.0 {
        page = image::imageops::blur(&page, wear.blur as f32);
    }
    soil(&mut page, wear, &mut dice);
    match wear.jpeg {
        Some(quality) => recompressed(&page, quality),
        None => page,
    }
}

/// A JPEG round trip.
pub fn recompressed(page: &RgbImage, quality: u8) -> RgbImage {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(page).unwrap();
    image::load_from_memory(&bytes).unwrap().into_rgb8()
}

/// Draws the page through the camera: every pixel is the mean of four points on the paper.
fn expose(symbol: &Symbol, wear: &Wear, dice: &mut Dice) -> RgbImage {
    let [width, height] = wear.paper;
    let (sin, cos) = wear.turn.to_radians().sin_cos();
    let frame = [width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs()];
    let (waves, phase) = (dice.between(0.03, 0.08), dice.between(0.0, 6.0));
    let side = dice.between(-1.0, 1.0);
    let seal = [dice.between(-6.0, 8.0), dice.between(-6.0, 8.0)];
    let to_paper = |u: f64, v: f64| {
        let (x, y) = (u - frame[0] / 2.0, v - frame[1] / 2.0);
        let w = 1.0 + wear.tilt * (y / frame[1] + side * x / frame[0]);
        let (x, y) = (x / w, y / w);
        let (x, y) = (x * cos + y * sin + width / 2.0, y * cos - x * sin + height / 2.0);
        let wave = wear.crease * ((x + 0.7 * y) * waves + phase).sin();
        [x + wave, y - 0.6 * wave]
    };
    let size = [0, 1].map(|i| (frame[i] / 25.4 * wear.dpi[i]).round().max(1.0) as u32);
    RgbImage::from_fn(size[0], size[1], |px, py| {
        let mut sum = [0.0; 3];
        for (dx, dy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
            let [x, y] = to_paper((f64::from(px) + dx) / wear.dpi[0] * 25.4, (f64::from(py) + dy) / wear.dpi[1] * 25.4);
            let colour = paper(symbol, wear, seal, x, y);
            sum = [0, 1, 2].map(|i| sum[i] + colour[i] / 4.0);
        }
        let shade = wear.light + (1.0 - wear.light) * f64::from(px + py) / f64::from(size[0] + size[1]);
        Rgb(sum.map(|light| (light * shade) as u8))
    })
}

/// What is printed and stamped at a point of the paper.
fn paper(symbol: &Symbol, wear: &Wear, seal: [f64; 2], x: f64, y: f64) -> [f64; 3] {
    let [width, height] = wear.paper;
    if x < 0.0 || y < 0.0 || x > width || y > height {
        return [120.0, 100.0, 80.0];
    }
    let mut ink = is_writing(x, y, wear.paper);
    let mut red = 0.0f64;
    for (at, [left, top]) in places(wear.paper).into_iter().enumerate() {
        let (dx, dy) = (x - left, y - top);
        if (-2.0..SIDE + 2.0).contains(&dx) && (-2.0..SIDE + 2.0).contains(&dy) {
            let scale = f64::from(symbol.size.modules) / SIDE;
            ink = dx >= 0.0 && dy >= 0.0 && symbol.is_black((dx * scale) as u32, (dy * scale) as u32);
        }
        if at < wear.seals {
            red = red.max(sealed(dx - seal[0], dy - seal[1]));
        }
    }
    let under = if ink { [30.0, 30.0, 34.0] } else { [250.0, 248.0, 244.0] };
    let stamped = if wear.grey { [0.45; 3] } else { [0.88, 0.25, 0.3] };
    [0, 1, 2].map(|i| under[i] * (1.0 + red * (stamped[i] - 1.0)))
}

/// How red a round seal of 40 mm is at a distance from its middle: a rim, and a star and letters of dashes inside.
fn sealed(x: f64, y: f64) -> f64 {
    let (radius, angle) = (x.hypot(y), y.atan2(x));
    let rim = (18.8..20.0).contains(&radius);
    let letters = (12.0..16.5).contains(&radius) && (angle * 9.0).sin() > 0.1;
    let star = radius < 5.0 + 2.0 * (angle * 5.0).cos();
    if rim || letters || star { 0.9 } else { 0.0 }
}

/// Rules every 14 mm and dashes for letters between them.
fn is_writing(x: f64, y: f64, [width, height]: [f64; 2]) -> bool {
    let inside = x > 10.0 && x < width - 10.0 && y > 10.0 && y < height - 10.0;
    let rule = y % 14.0 < 0.3 || (x % 47.0 < 0.3);
    let letter = (5.0..9.0).contains(&(y % 14.0)) && (x * 2.3).sin() * (x * 0.71 + y * 3.1).sin() > 0.35;
    inside && (rule || letter)
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
