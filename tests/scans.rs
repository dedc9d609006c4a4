//! Scans that are no good, or no form at all: each ends as a fault or as values that say they are doubtful, never as a
//! wrong value that looks right. The form is the one of a sample mail, so what it says is known.

#![allow(clippy::disallowed_methods)]

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageFormat, Luma, Rgb, RgbImage};
use serde_json::Value;
use zhuanban::extract::{Extraction, Found, Outcome, extract};
use zhuanban::form::parse::parse;
use zhuanban::mail;
use zhuanban::ocr::Models;
use zhuanban::read::Reader;
use zhuanban::read::settle::SURE;

mod letter;

use letter::Letter;

/// A4 at 200 dpi.
const A4: (u32, u32) = (1654, 2339);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// With the models that `make setup` fetches.
static READER: LazyLock<Reader> = LazyLock::new(|| {
    let path = "content/forms/registration.yaml";
    let form = parse(path, &fs::read_to_string(root().join(path)).unwrap()).unwrap();
    let models = Models::load(&root().join("models"));
    Reader::new(vec![form]).with_ocr(Arc::new(models.unwrap_or_else(|lacking| panic!("{lacking}; or: make setup"))))
});

/// The scan of a sample mail.
static SCAN: LazyLock<RgbImage> = LazyLock::new(|| {
    let mail = mail::parse(&fs::read(root().join("inbox/new/05-scan-jpeg.eml")).unwrap());
    let picture = mail.leaves.iter().find(|part| part.content_type == "image/jpeg").unwrap();
    image::load_from_memory(&picture.bytes).unwrap().into_rgb8()
});

/// What the scan says.
static SAYS: LazyLock<Value> = LazyLock::new(|| {
    let expected = fs::read(root().join("tests/inbox/05-scan-jpeg.json")).unwrap();
    serde_json::from_slice::<Value>(&expected).unwrap()["records"][0]["values"].take()
});

/// What comes of a picture that is sent.
fn sent(picture: impl Into<DynamicImage>) -> Extraction {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, ImageFormat::Png).unwrap();
    let mail = Letter::new("登记表").text("text/plain", "见附件").attach("扫描.png", bytes.get_ref()).bytes();
    extract(&mail, &READER)
}

/// Values that are not what the form says, and that nothing would make a reviewer look at.
fn silently_wrong(record: &Found) -> Vec<String> {
    let told = |id: &str| record.faults.iter().any(|fault| fault.field.as_deref() == Some(id));
    let wrong = record.fields.iter().filter(|(id, read)| {
        let read = &read.0;
        SAYS[id.as_str()] != read.value.as_str() && (read.confidence >= SURE || !told(id))
    });
    wrong.map(|(id, read)| format!("{id}: {:?} ({})", read.0.value, read.0.confidence)).collect()
}

fn honest(found: &Extraction) {
    for record in &found.records {
        assert_eq!(silently_wrong(record), [""; 0], "{:?}", record.faults);
        assert!(record.fields.len() >= 11 || !record.faults.is_empty(), "values are missing and nothing says so");
    }
}

/// No form and no value: a page for nobody, or one to look at that says why.
fn nothing_read(picture: impl Into<DynamicImage>) {
    let found = sent(picture);
    let leaf = found.leaves.last().unwrap();
    assert!(leaf.outcome != Outcome::Ignored || leaf.reason.is_some(), "ignored and nobody knows why");
    for record in &found.records {
        assert!(record.fields.is_empty(), "{:?}", record.fields);
        assert!(!record.faults.is_empty());
    }
}

/// Numbers without rhyme, the same on every machine (xorshift).
fn dice(mut seed: u32) -> impl FnMut() -> u32 {
    move || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed
    }
}

fn page(shade: impl Fn(u32, u32) -> u8) -> GrayImage {
    GrayImage::from_fn(A4.0, A4.1, |x, y| Luma([shade(x, y)]))
}

#[test]
fn the_scan_itself_is_read() {
    let found = sent(SCAN.clone());
    honest(&found);
    assert!(found.records[0].fields.len() >= 11, "{:?}", found.records);
}

#[test]
fn a_blank_page_is_no_form() {
    nothing_read(page(|_, _| 255));
    let found = sent(page(|x, y| 230 - (x / 200 + y / 300) as u8));
    assert!(found.records.is_empty(), "{:?}", found.records);
}

#[test]
fn a_black_page_is_no_form() {
    nothing_read(page(|_, _| 0));
}

#[test]
fn noise_is_no_form() {
    let mut next = dice(7);
    nothing_read(GrayImage::from_fn(A4.0, A4.1, |_, _| Luma([next() as u8])));
    let coarse: Vec<u8> = (0..400 * 400).map(|_| if next().is_multiple_of(2) { 0 } else { 255 }).collect();
    nothing_read(page(|x, y| coarse[(x / 6 + y / 6 * 400) as usize]));
}

#[test]
fn stripes_and_squared_paper_are_no_form() {
    nothing_read(page(|_, y| if y % 10 < 2 { 0 } else { 255 }));
    nothing_read(page(|x, y| if x % 60 < 2 || y % 60 < 2 { 60 } else { 255 }));
    nothing_read(page(|x, y| if (x / 8 + y / 8) % 2 == 0 { 0 } else { 255 }));
}

#[test]
fn a_photo_of_something_else_is_no_form() {
    let wave = |x: u32, y: u32, k: f32| ((x as f32 / k).sin() * (y as f32 / k / 1.3).cos() * 60.0) as i32;
    nothing_read(RgbImage::from_fn(1600, 1200, |x, y| {
        let disc = (x.abs_diff(700).pow(2) + y.abs_diff(500).pow(2) < 250_000) as i32 * 60;
        let shade = |by: i32| (120 + wave(x, y, 90.0) + wave(y, x, 37.0) / 2 + by).clamp(0, 255) as u8;
        Rgb([shade(disc), shade(20), shade(-disc)])
    }));
}

/// Columns of words, among them the form's own labels: pieces of the scan, over and over.
#[test]
fn columns_of_print_are_no_form() {
    let mut next = dice(3);
    let mut paper = RgbImage::from_pixel(A4.0, A4.1, Rgb([240, 240, 235]));
    for column in 0..3 {
        for line in 0..40 {
            let (x, y) =
                (SCAN.width() / 8 + next() % (SCAN.width() / 2), SCAN.height() / 6 + next() % (SCAN.height() / 3));
            let piece = imageops::crop_imm(&*SCAN, x, y, 400, 36).to_image();
            imageops::replace(&mut paper, &piece, 100 + column * 500, 150 + line * 50);
        }
    }
    let found = sent(paper);
    for record in &found.records {
        assert_eq!(silently_wrong(record), [""; 0]);
    }
}

/// Four hundred cells, and two thousand, each with a word in it: recognition waited for itself, one cell on top of the
/// other, until the stack was full and the program at an end.
#[test]
fn a_spreadsheet_is_no_form_and_does_not_end_the_program() {
    // 陈贵 of the address.
    let word = imageops::crop_imm(&*SCAN, 948, 680, 84, 44).to_image();
    let word = imageops::resize(&word, 42, 22, FilterType::Triangle);
    for (columns, rows) in [(16, 25), (25, 80)] {
        let (w, h) = ((A4.0 - 100) / columns, (A4.1 - 100) / rows);
        let rule = |x: u32, y: u32| x % w < 2 && y <= h * rows || y % h < 2 && x <= w * columns;
        let mut paper = RgbImage::from_fn(A4.0, A4.1, |x, y| {
            let inside = (50..=50 + w * columns + 1).contains(&x) && (50..=50 + h * rows + 1).contains(&y);
            if inside && rule(x - 50, y - 50) { Rgb([20; 3]) } else { Rgb([250; 3]) }
        });
        for (column, row) in (0..rows).flat_map(|row| (0..columns).map(move |column| (column, row))) {
            imageops::replace(&mut paper, &word, (55 + w * column).into(), (54 + h * row).into());
        }
        let found = sent(paper);
        assert!(found.records.iter().all(|record| record.fields.is_empty()), "{:?}", found.records);
    }
}

#[test]
fn upside_down_and_on_its_side_is_read_all_the_same() {
    for turned in [imageops::rotate180(&*SCAN), imageops::rotate90(&*SCAN)] {
        let found = sent(turned);
        honest(&found);
        assert_eq!(found.records[0].fields["officer_name"].0.value, SAYS["officer_name"].as_str().unwrap());
    }
}

#[test]
fn a_mirrored_form_gives_no_sure_value() {
    let found = sent(imageops::flip_horizontal(&*SCAN));
    honest(&found);
    assert!(!found.records.is_empty(), "a mirrored form is for a person to look at: {:?}", found.leaves);
    let sure = found.records.iter().flat_map(|r| r.fields.values()).filter(|f| f.0.confidence >= SURE).count();
    assert_eq!(sure, 0);
}

/// 1-bit at 100 dpi, and as fax machines scan: 204 × 98 dpi.
#[test]
fn a_fax_is_read_with_doubts() {
    for (width, height) in [(827, 1170), (1687, 1145)] {
        let mut fax = imageops::resize(&imageops::grayscale(&*SCAN), width, height, FilterType::Triangle);
        fax.pixels_mut().for_each(|p| p.0[0] = if p.0[0] > 150 { 255 } else { 0 });
        let found = sent(fax);
        honest(&found);
        assert!(!found.records.is_empty(), "{:?}", found.leaves);
    }
}

#[test]
fn a_very_wide_picture_is_read_within_bounds() {
    let mut wide = RgbImage::from_pixel(20_000, 2_400, Rgb([255; 3]));
    imageops::replace(&mut wide, &*SCAN, 9_000, 20);
    honest(&sent(wide));
    honest(&sent(imageops::resize(&*SCAN, 20_000, 600, FilterType::Triangle)));
}

#[test]
fn half_a_page_says_what_is_missing() {
    let (w, h) = SCAN.dimensions();
    let halves = [(0, 0, w, h * 3 / 10), (0, h * 3 / 10, w, h * 7 / 10), (0, 0, w / 2, h), (w / 2, 0, w / 2, h)];
    for (x, y, width, height) in halves {
        honest(&sent(imageops::crop_imm(&*SCAN, x, y, width, height).to_image()));
    }
}

/// One form lies over another, a row is lost in the feed, a strip slipped sideways.
#[test]
fn what_the_feeder_does_is_never_taken_for_values() {
    let (w, h) = SCAN.dimensions();
    let mut over = SCAN.clone();
    imageops::replace(
        &mut over,
        &imageops::crop_imm(&*SCAN, 60, h / 8, w - 60, h / 2).to_image(),
        0,
        i64::from(h * 2 / 5),
    );
    honest(&sent(over));
    let mut slipped = SCAN.clone();
    let strip = imageops::crop_imm(&*SCAN, 0, h / 4, w, h / 8).to_image();
    imageops::replace(&mut slipped, &strip, 90, i64::from(h / 4));
    honest(&sent(slipped));
}

/// What comes of a PDF among the test's documents.
fn sent_pdf(name: &str) -> Extraction {
    let pdf = fs::read(root().join("tests/documents/scans").join(name)).unwrap();
    extract(&Letter::new("登记表").text("text/plain", "见附件").attach(name, &pdf).bytes(), &READER)
}

/// The scan as office scanners and programs for photos pack it; the last on a page of seven centimetres.
#[test]
fn a_pdf_of_any_make_is_read() {
    for name in ["ccitt.pdf", "jbig2.pdf", "jpeg2000-small-page.pdf"] {
        let found = sent_pdf(name);
        honest(&found);
        // The seal on the unit's name is as black as ink in 1-bit; that it is doubtful then, `honest` knows.
        for id in ["officer_name", "officer_phone", "officer_mobile", "leader_name"] {
            assert_eq!(found.records[0].fields[id].0.value, SAYS[id].as_str().unwrap(), "{name}: {id}");
        }
    }
}

/// A letter of its own, a blank page, and a scan under which an old recognition lies, wrong in every value.
#[test]
fn covers_are_skipped_with_a_reason_and_old_recognition_is_distrusted() {
    let found = sent_pdf("letter-blank-form.pdf");
    honest(&found);
    assert_eq!(found.records.iter().map(|r| r.document.page).collect::<Vec<_>>(), [3]);
    assert_eq!(found.records[0].fields["officer_name"].0.value, SAYS["officer_name"].as_str().unwrap());
    let reason = found.leaves.last().and_then(|leaf| leaf.reason.clone()).unwrap_or_default();
    assert!(reason.contains("第1页") && reason.contains("第2页：空白页"), "{reason}");
}

/// Too small a part of a huge picture to be read: for a person, not for nobody.
#[test]
fn a_form_lost_in_a_huge_picture_is_told() {
    let mut huge = RgbImage::from_pixel(20_000, 3_000, Rgb([255; 3]));
    imageops::replace(&mut huge, &imageops::resize(&*SCAN, 827, 1170, FilterType::Triangle), 9_000, 20);
    let found = sent(huge);
    honest(&found);
    assert!(!found.records.is_empty(), "{:?}", found.leaves);
}
