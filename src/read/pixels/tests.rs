//! Pages drawn with codes, read with and without a recogniser.

use std::sync::Arc;

use image::{Rgb, RgbImage};

use super::*;
use crate::blank::qr::symbol;
use crate::form::payload::encode;
use crate::ocr::{Alphabet, Line, Ocr, Quad};
use crate::read::labels::tests::registration;
use crate::sheet::{Budget, Opened, Surface, open};

/// Recognises nothing.
struct Blind;

impl Ocr for Blind {
    fn recognise(&self, _: &image::GrayImage, _: Alphabet) -> Line {
        Line::default()
    }

    fn detect(&self, _: &image::GrayImage) -> Vec<Quad> {
        Vec::new()
    }
}

fn reader() -> Reader {
    Reader::new(vec![registration()])
}

fn seeing() -> Reader {
    reader().with_ocr(Arc::new(Blind))
}

fn white() -> RgbImage {
    RgbImage::from_pixel(1200, 1600, Rgb([250; 3]))
}

/// Draws a text's symbol with modules of 4 px.
fn with_code(mut page: RgbImage, text: &str, left: u32, top: u32) -> RgbImage {
    let symbol = symbol(text).unwrap();
    for black in symbol.rectangles() {
        for y in 0..black.height * 4 {
            for x in 0..black.width * 4 {
                page.put_pixel(left + black.left * 4 + x, top + black.top * 4 + y, Rgb([20; 3]));
            }
        }
    }
    page
}

fn picture(page: &RgbImage) -> Picture {
    let mut png = std::io::Cursor::new(Vec::new());
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let Ok(Opened::Sheets(mut sheets)) = open(&png.into_inner().into(), &mut Budget::default()) else { panic!() };
    match sheets.remove(0).surface {
        Surface::Pixels(picture) => picture,
        Surface::Cells(_) => panic!("cells"),
    }
}

fn text(unit: &str) -> String {
    let values = [("unit_name", unit), ("officer_name", "示例甲"), ("officer_phone", "0714-8731721")];
    let values = values.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect();
    encode(&registration(), &values).unwrap()
}

fn codes(faults: &[Fault]) -> Vec<&str> {
    faults.iter().map(|fault| fault.code.as_str()).collect()
}

#[test]
fn a_code_gives_its_values_with_their_place() {
    let page = with_code(white(), &text("大冶市教育局"), 100, 200);
    for reader in [reader(), seeing()] {
        let Page::Forms(forms) = read(&reader, &picture(&page)) else { panic!("no form") };
        let name = &forms[0].reading.evidence["officer_name"][0];
        assert_eq!((name.text.as_str(), name.means, name.confidence), ("示例甲", Means::Qr, 1.0));
        assert!((name.at.left - 100.0).abs() < 8.0 && (name.at.top - 200.0).abs() < 8.0, "{:?}", name.at);
    }
}

#[test]
fn two_codes_are_two_forms() {
    let page = with_code(white(), &text("大冶市教育局"), 100, 200);
    let page = with_code(page, &text("大冶市财政局"), 700, 900);
    let Page::Forms(forms) = read(&reader(), &picture(&page)) else { panic!("no form") };
    let mut units: Vec<&str> = forms.iter().map(|form| form.reading.text("unit_name")).collect();
    units.sort_unstable();
    assert_eq!(units, ["大冶市教育局", "大冶市财政局"]);
}

#[test]
fn a_code_that_is_not_whole_or_not_ours_is_a_fault() {
    let changed = text("大冶市教育局").replace("示例甲", "示例乙");
    for (text, code) in
        [(changed.as_str(), "qr-checksum"), ("https://example.com/qr/12345678901234567890", "qr-foreign")]
    {
        let page = with_code(white(), text, 100, 200);
        let Page::Unread(faults) = read(&seeing(), &picture(&page)) else { panic!("{code}") };
        assert_eq!(codes(&faults), ["unread", code]);
    }
}

#[test]
fn a_blank_page_is_no_form_and_a_black_one_is_looked_at() {
    assert!(matches!(read(&seeing(), &picture(&white())), Page::Other(_)));
    let black = RgbImage::from_pixel(1200, 1600, Rgb([6; 3]));
    assert!(matches!(read(&seeing(), &picture(&black)), Page::Unread(_)));
}

#[test]
fn without_a_recogniser_a_page_waits_for_a_person() {
    let mut page = white();
    (0..900).for_each(|i| page.put_pixel(100 + i, 300 + i % 7, Rgb([10; 3])));
    (0..900).for_each(|i| (0..3).for_each(|j| page.put_pixel(100 + i, 500 + j, Rgb([10; 3]))));
    let Page::Unread(faults) = read(&reader(), &picture(&page)) else { panic!() };
    assert!(faults[0].message.contains("未安装文字识别模型"));
}
