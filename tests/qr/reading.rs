//! Symbols drawn on paper, worn, and read again.

use image::{Rgb, RgbImage, imageops};
use zhuanban::form::payload::is_whole;
use zhuanban::read::qr::{Code, Pass, find, find_by};

use super::page::page;
use super::paper::{Dice, Wear, recompressed};

/// A form's text of 176 bytes.
fn text() -> String {
    let body = "RF1|示例局|2023-07-10|大冶市观山路示例号|11420281T0000001XM|示例甲|财务科科长|0714-8731721|19400000001|\
                jia@example.com|示例乙|副局长|0714-8731722";
    format!("{body}|{:08X}", crc32fast::hash(body.as_bytes()))
}

/// Small paper keeps the tests quick: nothing in the cascade depends on its size.
const SMALL: Wear = Wear { paper: [120.0, 110.0], dpi: [150.0; 2], ..Wear::NONE };

fn assert_read(wear: &Wear, seed: u64) -> Vec<Code> {
    let codes = find(&page(&text(), wear, seed), is_whole);
    assert_eq!(codes.iter().map(|code| &*code.text).collect::<Vec<_>>(), [text()], "{wear:?}");
    codes
}

#[test]
fn a_clean_page_is_read_in_the_first_pass_and_its_twin_codes_are_one() {
    let (codes, pass) = find_by(&page(&text(), &SMALL, 1), is_whole);
    assert_eq!((codes.len(), pass), (1, Some(Pass::Red)));
}

#[test]
fn corners_are_in_pixels_of_the_page_and_turn_with_it() {
    let upright = page(&text(), &SMALL, 1);
    // The codes stand 12 mm from the edges: one at the top right, one at the lower left.
    let px = |mm: f32| mm / 25.4 * 150.0;
    let square = |left: f32, top: f32| {
        [[left, top], [left + 40.0, top], [left + 40.0, top + 40.0], [left, top + 40.0]].map(|at| at.map(px))
    };
    let off = |a: [f32; 2], b: [f32; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let worst = |expected: [[f32; 2]; 4], corners: [[f32; 2]; 4]| {
        expected.into_iter().zip(corners).map(|(a, b)| off(a, b)).fold(0.0, f32::max)
    };
    let found = find(&upright, is_whole)[0].corners;
    let nearest = worst(square(68.0, 12.0), found).min(worst(square(12.0, 58.0), found));
    assert!(nearest < 4.0, "{nearest} px off: {found:?}");

    let turned = find(&imageops::rotate90(&upright), is_whole);
    let [first, second, ..] = turned[0].corners;
    assert!(second[1] > first[1] + 100.0 && (second[0] - first[0]).abs() < 4.0, "the top edge runs down: {turned:?}");
}

#[test]
fn every_quarter_turn_and_a_mirrored_page_are_read() {
    let upright = page(&text(), &SMALL, 2);
    let turned = [
        imageops::rotate90(&upright),
        imageops::rotate180(&upright),
        imageops::rotate270(&upright),
        imageops::flip_horizontal(&upright),
    ];
    for (at, page) in turned.iter().enumerate() {
        assert_eq!(find(page, is_whole).len(), 1, "{at}");
    }
}

#[test]
fn any_angle_is_read() {
    for turn in [3.0, 17.0, 45.0, 100.0, 215.0, 331.0] {
        assert_read(&Wear { turn, blur: 0.5, ..SMALL }, turn as u64);
    }
}

#[test]
fn red_seals_on_both_codes_vanish() {
    assert_read(&Wear { seals: 2, noise: 5.0, jpeg: Some(60), ..SMALL }, 3);
}

#[test]
fn one_of_two_codes_is_enough() {
    let mut page = page(&text(), &SMALL, 4);
    let (width, height) = page.dimensions();
    imageops::replace(&mut page, &RgbImage::new(width, height / 2), 0, 0);
    assert_eq!(find(&page, is_whole).len(), 1);
}

#[test]
fn a_worn_photo_is_read() {
    let photo = Wear { dpi: [180.0; 2], turn: 186.0, tilt: 0.15, crease: 0.3, blur: 1.0, light: 0.5, ..SMALL };
    assert_read(&Wear { noise: 8.0, jpeg: Some(65), ..photo }, 5);
}

#[test]
fn what_the_first_pass_cannot_read_a_dearer_one_does() {
    let pass = |wear| find_by(&page(&text(), &wear, 6), is_whole).1;
    assert_eq!(pass(Wear { blur: 2.0, ..SMALL }), Some(Pass::Sharp));
    let grey_seals = Wear { seals: 2, grey: true, noise: 3.0, ..SMALL };
    assert_eq!(pass(Wear { blur: 1.4, ..grey_seals }), Some(Pass::Twice));
    assert_eq!(pass(Wear { blur: 4.0, ..SMALL }), None);
}

#[test]
fn a_fax_with_half_the_lines_is_read() {
    let fax = Wear { dpi: [204.0, 98.0], bilevel: true, blur: 0.4, paper: [120.0, 120.0], ..Wear::NONE };
    assert_eq!(find(&page(&text(), &fax, 7), is_whole).len(), 1);
}

#[test]
fn jpeg_round_trips_add_up_harmlessly() {
    let mut page = page(&text(), &SMALL, 8);
    for quality in [80, 50, 40, 70] {
        page = recompressed(&page, quality);
    }
    assert_eq!(find(&page, is_whole).len(), 1);
}

#[test]
fn a_foreign_code_is_told_but_the_search_goes_on() {
    let foreign = "https://example.com/";
    let page = page(foreign, &SMALL, 9);
    let (codes, pass) = find_by(&page, is_whole);
    assert_eq!((codes.len(), &*codes[0].text, pass), (1, foreign, None));
    assert_eq!(find_by(&page, |text| text == foreign).1, Some(Pass::Red));
}

#[test]
fn two_forms_on_one_page_are_two_codes() {
    let other = text().replace("RF1", "XF1");
    let (a, b) = (page(&text(), &SMALL, 10), page(&other, &SMALL, 10));
    let mut both = RgbImage::new(a.width() * 2, a.height());
    imageops::replace(&mut both, &a, 0, 0);
    imageops::replace(&mut both, &b, a.width().into(), 0);
    let mut texts: Vec<String> = find(&both, is_whole).into_iter().map(|code| code.text).collect();
    texts.sort();
    assert_eq!(texts, [text(), other]);
}

#[test]
fn a_page_of_20_000_px_is_shrunk_and_its_corners_are_still_its_own() {
    let small = page(&text(), &SMALL, 11);
    let mut large = RgbImage::from_pixel(20_000, 1_000, Rgb([255; 3]));
    let block = imageops::resize(&small, small.width(), small.height(), imageops::FilterType::Nearest);
    imageops::replace(&mut large, &block, 19_000, 100);
    // Five pixels to one leave 0.15 px a module: not to be read, but quickly so.
    assert_eq!(find(&large, is_whole), []);

    let wide = imageops::resize(&small, small.width() * 8, small.height() * 8, imageops::FilterType::Nearest);
    let codes = find(&wide, is_whole);
    let width = codes[0].corners[1][0] - codes[0].corners[0][0];
    assert!((width - 8.0 * 40.0 / 25.4 * 150.0).abs() < 30.0, "{width}");
}

#[test]
fn pages_without_a_code_give_nothing_however_small() {
    let mut dice = Dice::new(1);
    let noise = RgbImage::from_fn(700, 500, |_, _| Rgb([0; 3].map(|_: u8| (dice.even() * 255.0) as u8)));
    for page in [noise, RgbImage::from_pixel(700, 500, Rgb([255; 3])), RgbImage::new(700, 500)] {
        assert_eq!(find(&page, is_whole), []);
    }
    for (width, height) in [(0, 0), (1, 1), (1, 400), (400, 1), (3, 5), (7, 40), (40, 40), (41, 39)] {
        assert_eq!(find(&RgbImage::new(width, height), is_whole), [], "{width} x {height}");
    }
}
