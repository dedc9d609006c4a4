//! Any bytes as a document: zip, rar, 7z, winmail.dat, old Word and Excel, pictures. All members are asked for.
#![no_main]

mod office;

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use zhuanban::sheet::{self, Budget, Opened};

fuzz_target!(|raw: &[u8]| {
    office::let_caught_panics_pass();
    let bytes: Arc<[u8]> = Arc::from(raw);
    let mut budget = Budget { bytes: 4 << 20, pixels: 1_000_000 };
    if let Ok(Opened::Archive(mut archive)) = sheet::open(&bytes, &mut budget) {
        let mut total = 0;
        for number in 0..archive.len() {
            let member = archive.member(number, &mut budget).expect("as many as it says");
            assert!(!member.name.contains(char::is_control), "{:?}", member.name);
            total += member.bytes.map_or(0, |bytes| bytes.len());
        }
        assert!(total <= raw.len() + (4 << 20), "more came out than was allowed: {total}");
    }
});
