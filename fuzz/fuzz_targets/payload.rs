//! The text of a QR code: as it came, and with a checksum that holds.
#![no_main]

mod office;

use libfuzzer_sys::fuzz_target;
use zhuanban::form::payload::{decode, encode, is_whole};

fuzz_target!(|text: &str| {
    let forms = &office::FORMS;
    let _ = decode(text, forms);
    let whole = format!("{text}|{:08X}", crc32fast::hash(text.as_bytes()));
    is_whole(&whole);
    if let Ok(payload) = decode(&whole, forms) {
        // What was read can be written, and reads the same again.
        if let Ok(again) = encode(&forms[0], &payload.values) {
            let read = decode(&again, forms).expect("what was written is read");
            assert_eq!(encode(&forms[0], &read.values).as_ref(), Ok(&again));
        }
    }
});
