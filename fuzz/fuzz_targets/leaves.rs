//! A mail of any bytes, cut into leaves and no more: many times quicker than `mail`, which also reads what it finds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhuanban::mail;

fuzz_target!(|raw: &[u8]| {
    let message = mail::parse(raw);
    let mut total = 0;
    for leaf in &message.leaves {
        let name = leaf.name.as_deref().unwrap_or_default();
        assert!(name.chars().count() <= 255 && !name.contains(char::is_control), "{name:?}");
        leaf.text();
        total += leaf.bytes.len();
        let inside: usize = leaf.files_in_text().iter().map(|file| file.bytes.len()).sum();
        assert!(inside <= leaf.bytes.len() * 2 + 100, "{inside} bytes in {}", leaf.bytes.len());
    }
    assert!(total <= raw.len() * 2 + 1000, "{total} bytes in {}", raw.len());
});
