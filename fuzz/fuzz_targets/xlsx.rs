//! A workbook whose worksheet and shared strings are any bytes, parted by a zero byte.
#![no_main]

mod office;

use std::io::{Cursor, Write};
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use zhuanban::sheet::{self, Budget, Opened, Surface};
use zip::write::SimpleFileOptions;

const PARTS: [(&str, &str); 4] = [
    ("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>"),
    (
        "_rels/.rels",
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument' Target='xl/workbook.xml'/></Relationships>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'><sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'><Relationship Id='r1' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings' Target='sharedStrings.xml'/></Relationships>",
    ),
];

fuzz_target!(|input: &[u8]| {
    office::let_caught_panics_pass();
    let cut = input.iter().position(|b| *b == 0).unwrap_or(input.len());
    let (sheet, strings) = (&input[..cut], input.get(cut + 1..).unwrap_or_default());
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let fixed = PARTS.iter().map(|(name, text)| (*name, text.as_bytes()));
    for (name, content) in fixed.chain([("xl/worksheets/sheet1.xml", sheet), ("xl/sharedStrings.xml", strings)]) {
        zip.start_file(name, stored).expect("a new name");
        zip.write_all(content).expect("memory");
    }
    let bytes: Arc<[u8]> = zip.finish().expect("memory").into_inner().into();
    if let Ok(Opened::Sheets(sheets)) = sheet::open(&bytes, &mut Budget::default()) {
        for sheet in sheets {
            let Surface::Cells(cells) = sheet.surface else { panic!("a workbook is no picture") };
            office::READER.read(&cells);
        }
    }
});
