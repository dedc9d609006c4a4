//! A form definition.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhuanban::form::parse::parse;

fuzz_target!(|text: &str| {
    match parse("form.yaml", text) {
        Ok(form) => assert!(!form.fields.is_empty()),
        Err(wrong) => assert!(!wrong.is_empty(), "a refusal says why"),
    }
});
