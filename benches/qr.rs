//! Reading QR codes: share read and milliseconds per pass, over 70 drawn pages of rising wear.
//! `cargo bench --bench qr` prints the table of docs/reading-qr.md.
#![allow(clippy::disallowed_methods)]

#[path = "../tests/qr/page.rs"]
mod page;
#[path = "../tests/paper/mod.rs"]
mod paper;

use std::time::Instant;

use image::RgbImage;
use page::page;
use paper::{Dice, Wear};
use zhuanban::form::payload::is_whole;
use zhuanban::read::qr::{Page, Pass, find_by};

/// A full form: 200 bytes, a symbol of 65 modules at Q.
const TEXT: &str = "RF1|大冶市教育局|2023-07-10|大冶市观山路示例号|11420281T0000001XM|示例甲|财务科科长|0714-8731721|\
    19400000001|jia@example.com|示例乙|副局长|0714-8731722|";
const PAGES: u64 = 10;

fn scan(dpi: f64, dice: &mut Dice) -> Wear {
    Wear { dpi: [dpi; 2], turn: dice.between(-2.0, 2.0), blur: 0.6, noise: 4.0, jpeg: Some(75), ..Wear::NONE }
}

fn photo(dice: &mut Dice) -> Wear {
    let quarter = (dice.even() * 4.0).floor() * 90.0;
    Wear {
        dpi: [dice.between(170.0, 260.0); 2],
        turn: quarter + dice.between(-8.0, 8.0),
        tilt: dice.between(0.05, 0.2),
        crease: dice.between(0.0, 0.4),
        blur: dice.between(0.8, 1.3),
        noise: 8.0,
        light: dice.between(0.45, 0.8),
        jpeg: Some(65),
        ..Wear::NONE
    }
}

/// Name and wear of each level.
fn level(number: usize, dice: &mut Dice) -> (&'static str, Wear) {
    match number {
        0 => ("good scan, 300 dpi", scan(300.0, dice)),
        1 => (
            "office scan, 150-200 dpi, seal on both",
            Wear { seals: 2, jpeg: Some(50), ..scan(dice.between(150.0, 200.0), dice) },
        ),
        2 => ("the same in grey", Wear { seals: 2, grey: true, ..scan(dice.between(150.0, 200.0), dice) }),
        3 => ("low scan, 100 dpi", Wear { blur: 0.5, ..scan(dice.between(96.0, 110.0), dice) }),
        4 => ("photo", photo(dice)),
        5 => {
            let worse = Wear { crease: dice.between(0.6, 1.4), blur: dice.between(1.5, 2.2), ..photo(dice) };
            ("creased, dim, blurred", Wear { noise: 14.0, light: 0.35, jpeg: Some(45), ..worse })
        }
        _ => {
            let fax = Wear { dpi: [204.0, 98.0], bilevel: true, noise: 20.0, jpeg: None, ..scan(204.0, dice) };
            ("fax, 204 x 98 dpi", fax)
        }
    }
}

fn milliseconds<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64() * 1000.0)
}

fn main() {
    let text = text();
    println!(
        "| pages | read | median ms | worst ms | each pass alone, read (ms): {:?} |\n|---|---|---|---|---|",
        Pass::ALL
    );
    for number in 0..7 {
        let mut dice = Dice::new(number as u64 + 1);
        let mut name = "";
        let pages: Vec<RgbImage> = (0..PAGES)
            .map(|seed| {
                let (label, wear) = level(number, &mut dice);
                name = label;
                page(&text, &wear, seed + 100 * number as u64)
            })
            .collect();
        report(name, &pages, &text);
    }
    for (name, page) in nothing() {
        report(name, &[page], &text);
    }
}

fn text() -> String {
    format!("{TEXT}{:08X}", crc32fast::hash(TEXT.trim_end_matches('|').as_bytes()))
}

fn report(name: &str, pages: &[RgbImage], text: &str) {
    let mut times = Vec::new();
    let mut read = 0;
    for page in pages {
        let ((codes, _), ms) = milliseconds(|| find_by(page, is_whole));
        assert!(codes.iter().all(|code| !is_whole(&code.text) || code.text == text), "a wrong text that holds");
        read += usize::from(codes.iter().any(|code| code.text == text));
        times.push(ms);
    }
    times.sort_by(f64::total_cmp);
    let alone: Vec<String> = Pass::ALL.iter().map(|pass| alone(*pass, pages, text)).collect();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!("| {name} | {read}/{} | {median:.0} | {worst:.0} | {} |", pages.len(), alone.join(", "));
}

fn alone(pass: Pass, pages: &[RgbImage], text: &str) -> String {
    let looked: Vec<_> = pages.iter().map(|page| milliseconds(|| Page::of(page).look(pass))).collect();
    let read = looked.iter().filter(|(codes, _)| codes.iter().any(|code| code.text == text)).count();
    let ms: f64 = looked.iter().map(|(_, ms)| ms).sum::<f64>() / pages.len() as f64;
    format!("{read} ({ms:.0})")
}

/// A scan whose codes are covered by its own writing.
fn without_codes(dice: &mut Dice) -> RgbImage {
    let mut form = page("x", &Wear { turn: 0.0, ..scan(200.0, dice) }, 1);
    let (width, height) = form.dimensions();
    let writing = image::imageops::crop_imm(&form, 200, height / 3, width - 400, height / 5).to_image();
    image::imageops::replace(&mut form, &writing, 200, 0);
    image::imageops::replace(&mut form, &writing, 0, i64::from(height - height / 5));
    form
}

/// Pages without a code.
fn nothing() -> Vec<(&'static str, RgbImage)> {
    let mut dice = Dice::new(7);
    let noise = RgbImage::from_fn(2480, 3508, |_, _| image::Rgb([(dice.even() * 255.0) as u8; 3]));
    let coarse = RgbImage::from_fn(2480, 3508, |x, y| {
        let dot = Dice::new(u64::from(x / 4) << 32 | u64::from(y / 4)).even();
        image::Rgb([if dot > 0.5 { 255 } else { 0 }; 3])
    });
    let bulls = RgbImage::from_fn(2480, 3508, |x, y| {
        let ring = (x % 9).abs_diff(4).max((y % 9).abs_diff(4));
        image::Rgb([if ring <= 1 || ring == 3 { 0 } else { 255 }; 3])
    });
    vec![
        ("office scan of a form without codes, 200 dpi", without_codes(&mut dice)),
        ("white", RgbImage::from_pixel(2480, 3508, image::Rgb([255; 3]))),
        ("noise", noise),
        ("coarse black and white noise", coarse),
        ("86,000 finder patterns", bulls),
        ("white, 20,000 x 14,000 px", RgbImage::from_pixel(20_000, 14_000, image::Rgb([255; 3]))),
    ]
}
