//! A record somebody edited by hand: what can be read can be written, and reads the same again.
#![no_main]

mod office;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zhuanban::listing::Publication;
use zhuanban::record::parse::{parse, write};
use zhuanban::record::{Office, Status};
use zhuanban::unit::{self, Units};

const ID: &str = "20230703-00000000-1";

static UNITS: LazyLock<Units> = LazyLock::new(|| {
    unit::parse("units.yaml", include_str!("../../content/units.yaml")).expect("the shipped units are sound")
});

fuzz_target!(|text: &str| {
    let publication = Publication::default();
    let office = Office { forms: &office::FORMS, units: &UNITS, deadline: Some("2023-07-15"), publication: &publication };
    for status in [Status::Pending, Status::Accepted] {
        match parse("record.yaml", text, ID, status, &office) {
            Err(wrong) => assert!(!wrong.is_empty(), "a refusal says why"),
            Ok(record) => {
                let written = write(&record).expect("a record can be written");
                let again = parse("record.yaml", &written, ID, status, &office).expect("what was written is read");
                assert_eq!(again, record);
            }
        }
    }
});
