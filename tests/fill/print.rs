//! The page in a real Chromium. tests/fill/page.mjs types, checks what the page says and prints; here the printed
//! pages are looked at as a scanner sees them.

use std::path::Path;
use std::process::Command;

use image::{GrayImage, ImageReader};
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource};
use zhuanban::blank::web;

use super::{root, run};

/// As the handbook asks for.
const DPI: f64 = 200.0;

#[test]
fn what_is_typed_is_printed_and_reads_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site");
    run(Command::new("bash").arg("scripts/setup-web.sh"), "nodejs npm");
    run(
        Command::new(env!("CARGO_BIN_EXE_zhuanban")).arg("--root").arg(root()).arg("build").arg("--out").arg(&site),
        "",
    );
    let output = run(Command::new("node").arg("tests/fill/page.mjs").args([&site, folder.path()]), "nodejs chromium");
    let printed: Vec<(String, Vec<String>)> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(printed.len(), 3, "one form, three forms, the longest form");
    for (name, payloads) in printed {
        let pages = pages(&folder.path().join(&name));
        assert_eq!(pages.len(), payloads.len(), "{name}: a page for each form");
        for (page, payload) in pages.iter().zip(&payloads) {
            assert_eq!(codes(page), [payload.clone(), payload.clone()], "{name}");
            assert!(marks(page).iter().all(|black| *black > 0.98), "{name}: {:?}", marks(page));
        }
    }
}

/// The pages of a PDF as a scanner sees them.
fn pages(pdf: &Path) -> Vec<GrayImage> {
    let stem = pdf.with_extension("");
    run(Command::new("pdftoppm").args(["-gray", "-png", "-r", &DPI.to_string()]).arg(pdf).arg(&stem), "poppler-utils");
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let files =
        std::fs::read_dir(pdf.parent().expect("a folder")).expect("readable").map(|e| e.expect("an entry").path());
    let mut files: Vec<_> = files
        .filter(|path| name(path).starts_with(&format!("{}-", name(&stem))) && name(path).ends_with(".png"))
        .collect();
    files.sort();
    files.iter().map(|path| ImageReader::open(path).expect("a page").decode().expect("an image").into_luma8()).collect()
}

/// The texts of all codes on a page.
fn codes(page: &GrayImage) -> Vec<String> {
    let source = Luma8LuminanceSource::new(page.as_raw().clone(), page.width(), page.height()).expect("a picture");
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let found = QrReader.decode_multiple_with_hints(&mut bitmap, &hints).expect("codes");
    found.iter().map(|code| code.getText().to_owned()).collect()
}

/// How black each corner mark is where it should be, leaving its edge out.
fn marks(page: &GrayImage) -> Vec<f64> {
    let px = |mm: f64| (mm / 25.4 * DPI).round() as u32;
    let black = |area: zhuanban::blank::Area| {
        let (left, right) = (px(area.left) + 2, px(area.right()) - 2);
        let all: Vec<bool> = (px(area.top) + 2..px(area.bottom()) - 2)
            .flat_map(|y| (left..right).map(move |x| (x, y)))
            .map(|(x, y)| page.get_pixel(x, y).0[0] < 100)
            .collect();
        all.iter().filter(|black| **black).count() as f64 / all.len() as f64
    };
    web::marks().into_iter().map(black).collect()
}
