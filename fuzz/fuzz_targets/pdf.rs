//! A PDF: opened, and its first page drawn.
#![no_main]

mod office;

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use zhuanban::sheet::{self, Budget, Opened, Surface};

fuzz_target!(|raw: &[u8]| {
    office::let_caught_panics_pass();
    let bytes: Arc<[u8]> = [b"%PDF-1.7\n", raw].concat().into();
    let Ok(Opened::Sheets(sheets)) = sheet::open(&bytes, &mut Budget::default()) else { return };
    for sheet in sheets.into_iter().take(2) {
        match sheet.surface {
            Surface::Cells(cells) => drop(office::READER.read(&cells)),
            // Large pages take long to draw and show the fuzzer nothing new.
            Surface::Pixels(picture) if picture.size.0 * picture.size.1 > 250_000 => (),
            Surface::Pixels(picture) => drop(picture.pixels()),
        }
    }
});
