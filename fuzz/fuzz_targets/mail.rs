//! A mail of any bytes: cut into leaves, read for forms; every leaf has one outcome, and names cannot mislead.
#![no_main]

mod office;

use libfuzzer_sys::fuzz_target;
use zhuanban::{extract, mail};

fuzz_target!(|raw: &[u8]| {
    office::let_caught_panics_pass();
    let message = mail::parse(raw);
    for leaf in &message.leaves {
        let name = leaf.name.as_deref().unwrap_or_default();
        assert!(name.chars().count() <= 255 && !name.contains(char::is_control), "{name:?}");
        leaf.text();
    }
    let found = extract::extract(raw, &office::READER);
    assert!(found.leaves.len() >= message.leaves.len());
    drop(found);
});
