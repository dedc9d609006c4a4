//! What the targets share: the shipped forms and units, and a panic hook that lets caught panics pass. Decoders of other
//! people panic on broken files, and the program catches that (`sheet::open`); libFuzzer's own hook would end the run.
#![allow(dead_code)]

use std::sync::{LazyLock, Once};

use zhuanban::form::{self, FormSpec};
use zhuanban::read::Reader;

pub static FORMS: LazyLock<Vec<FormSpec>> = LazyLock::new(|| {
    let text = include_str!("../../content/forms/registration.yaml");
    vec![form::parse::parse("registration.yaml", text).expect("the shipped form is sound")]
});

pub static READER: LazyLock<Reader> = LazyLock::new(|| Reader::new(FORMS.clone()));

/// Only panics that come through end the run: libfuzzer-sys aborts on them itself.
pub fn let_caught_panics_pass() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
}
