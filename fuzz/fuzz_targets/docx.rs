//! A Word document whose text is any bytes. Zipped here, since a fuzzer finds no checksums.
#![no_main]

mod office;

use std::io::{Cursor, Write};
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use zhuanban::sheet::{self, Budget, Opened, Surface};
use zip::write::SimpleFileOptions;

fuzz_target!(|xml: &[u8]| {
    office::let_caught_panics_pass();
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("word/document.xml", stored).expect("a new name");
    zip.write_all(xml).expect("memory");
    let bytes: Arc<[u8]> = zip.finish().expect("memory").into_inner().into();
    if let Ok(Opened::Sheets(sheets)) = sheet::open(&bytes, &mut Budget::default()) {
        for sheet in sheets {
            let Surface::Cells(cells) = sheet.surface else { panic!("a document is no picture") };
            office::READER.read(&cells);
        }
    }
});
