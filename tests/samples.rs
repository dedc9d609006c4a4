//! The sample mails of `make run`, each with what is to be found in it beside it in `tests/inbox/`: values, fault codes
//! and what becomes of each leaf; no means, no boxes. Mails come with LF or CRLF, so both are read.
//!
//! `UPDATE=1 cargo test --test samples` rewrites the expected files; read the difference before you commit it.

#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use zhuanban::extract::{Extraction, extract};
use zhuanban::form::parse::parse;
use zhuanban::ocr::Models;
use zhuanban::read::Reader;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn reader() -> Reader {
    let path = "content/forms/registration.yaml";
    Reader::new(vec![parse(path, &fs::read_to_string(root().join(path)).unwrap()).unwrap()])
}

/// With the models that `make setup` fetches.
fn reader_of_scans() -> Reader {
    let models = Models::load(&root().join("models"));
    reader().with_ocr(Arc::new(models.unwrap_or_else(|lacking| panic!("{lacking}; or: make setup"))))
}

/// The names of the sample mails without `.eml`. Other mail may lie beside them; it is nobody's here.
fn samples() -> Vec<String> {
    let entries = fs::read_dir(root().join("inbox/new")).unwrap().map(|entry| entry.unwrap().file_name());
    let stems = entries.filter_map(|name| name.to_str()?.strip_suffix(".eml").map(str::to_owned));
    let numbered =
        |stem: &String| stem.len() > 3 && stem.as_bytes()[..2].iter().all(u8::is_ascii_digit) && &stem[2..3] == "-";
    let names: BTreeSet<String> = stems.filter(numbered).collect();
    names.into_iter().collect()
}

/// What of an extraction is expected to stay.
fn essence(found: &Extraction) -> Value {
    let codes = |faults: &[zhuanban::fault::Fault]| -> Vec<Value> {
        let code = |fault: &zhuanban::fault::Fault| match &fault.field {
            Some(field) => json!(format!("{}: {field}", fault.code)),
            None => json!(fault.code),
        };
        faults.iter().map(code).collect()
    };
    let record = |record: &zhuanban::extract::Found| {
        // What a value says that was hardly recognised may differ from one processor to the next.
        let unsure = |id: &str| record.faults.iter().any(|f| f.code == "doubtful" && f.field.as_deref() == Some(id));
        let value = |id: &str, value: &str| if unsure(id) { json!("?") } else { json!(value) };
        let values: serde_json::Map<String, Value> =
            record.fields.iter().map(|(id, read)| (id.clone(), value(id, &read.0.value))).collect();
        let document = json!({"name": record.document.name, "page": record.document.page, "row": record.document.row});
        json!({"document": document, "form": record.form, "values": values, "faults": codes(&record.faults)})
    };
    let leaf = |leaf: &zhuanban::extract::Leaf| json!({"part": leaf.part, "name": leaf.name, "outcome": leaf.outcome, "reason": leaf.reason});
    json!({
        "mail": {"from": found.mail.from, "subject": found.mail.subject, "date": found.mail.date, "auto": found.mail.auto},
        "records": found.records.iter().map(record).collect::<Vec<_>>(),
        "leaves": found.leaves.iter().map(leaf).collect::<Vec<_>>(),
        "faults": codes(&found.faults),
    })
}

#[test]
fn every_sample_gives_what_is_expected() {
    let reader = reader_of_scans();
    let mut wrong = Vec::new();
    for name in samples() {
        let raw = fs::read(root().join(format!("inbox/new/{name}.eml"))).unwrap();
        let said = serde_json::to_string_pretty(&essence(&extract(&raw, &reader))).unwrap() + "\n";
        let path = root().join(format!("tests/inbox/{name}.json"));
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, &said).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_else(|e| panic!("tests/inbox/{name}.json: {e}"));
        if said != expected {
            wrong.push(format!("== {name}\nexpected:\n{expected}found:\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn line_ends_make_no_difference() {
    let reader = reader();
    for name in samples() {
        let raw = fs::read(root().join(format!("inbox/new/{name}.eml"))).unwrap();
        let unix: Vec<u8> = raw.iter().copied().filter(|byte| *byte != b'\r').collect();
        assert_ne!(raw, unix, "{name} has no CRLF");
        assert_eq!(essence(&extract(&raw, &reader)), essence(&extract(&unix, &reader)), "{name}");
    }
}

#[test]
fn every_expected_file_has_its_sample() {
    let expected = fs::read_dir(root().join("tests/inbox")).unwrap();
    let stems: BTreeSet<String> =
        expected.map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(stems, samples().into_iter().collect());
}

#[test]
fn samples_are_small_and_their_people_made_up() {
    let mut bytes = 0;
    for name in samples() {
        let raw = fs::read(root().join(format!("inbox/new/{name}.eml"))).unwrap();
        bytes += raw.len();
        let found = extract(&raw, &reader());
        assert!(found.mail.from.ends_with("@example.com"), "{name}");
        for (id, value) in found.records.iter().flat_map(|record| &record.fields) {
            let value = value.0.value.as_str();
            let made_up = match id.as_str() {
                "officer_name" | "leader_name" => value.starts_with("示例"),
                "officer_mobile" => value.starts_with("194"),
                "officer_email" => value.ends_with("@example.com"),
                _ => true,
            };
            assert!(made_up, "{name}: {id} is {value}");
        }
    }
    assert!(bytes < 900_000, "{bytes} bytes");
}
