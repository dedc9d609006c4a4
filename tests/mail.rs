//! The mail corpus: every message in `tests/mail`, with LF and with CRLF line ends, against the leaves its neighbour
//! `.json` expects. The expectations were made with the messages, from the bytes that went into them, not from our output.

#![allow(clippy::disallowed_methods)]

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zhuanban::extract::{Extraction, extract};
use zhuanban::fault::Fault;
use zhuanban::form::parse::parse;
use zhuanban::mail::{self, Head, Leaf, Message};
use zhuanban::read::Reader;

/// The form the mails hold; no model recognises pictures here.
static READER: LazyLock<Reader> = LazyLock::new(|| {
    let form = parse("registration.yaml", include_str!("../content/forms/registration.yaml"));
    Reader::new(vec![form.expect("the shipped form is sound")])
});

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn plain() -> Outcome {
    folder("plain")
}

#[test]
fn legacy() -> Outcome {
    folder("legacy")
}

#[test]
fn chinese() -> Outcome {
    folder("chinese")
}

#[test]
fn malformed() -> Outcome {
    folder("malformed")
}

#[test]
fn hostile() -> Outcome {
    folder("hostile")
}

fn folder(name: &str) -> Outcome {
    let mut wrong = Vec::new();
    let mails = mails(name)?;
    assert!(!mails.is_empty(), "no mail in tests/mail/{name}");
    for path in mails {
        let expected: Value = serde_json::from_slice(&std::fs::read(path.with_extension("json"))?)?;
        let raw = std::fs::read(&path)?;
        for (ends, raw) in [("LF", raw.clone()), ("CRLF", with_crlf(&raw))] {
            let at = format!("{} ({ends})", path.file_name().unwrap_or_default().display());
            let mut what = differences(&mail::parse(&raw), &expected);
            if let Some(expected) = expected.get("extract") {
                what.extend(unlike(&extract(&raw, &READER), expected));
            }
            wrong.extend(what.into_iter().map(|what| format!("{at}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    Ok(())
}

fn mails(folder: &str) -> io::Result<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(folder);
    let mut found = std::fs::read_dir(root)?.map(|e| Ok(e?.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    found.retain(|path| path.extension().is_some_and(|e| e == "eml"));
    found.sort();
    Ok(found)
}

/// What differs from the expectation. Keys that a message's `.json` leaves out are not compared, except faults.
fn differences(message: &Message, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, is: Value, should: &Value| {
        if is != *should {
            wrong.push(format!("{what}: is {is}, should be {should}"));
        }
    };
    for (key, should) in expected["head"].as_object().into_iter().flatten() {
        compare(key, head_value(&message.head, key), should);
    }
    compare("faults", codes(&message.faults), &expected["faults"]);
    let leaves = expected["leaves"].as_array().map(Vec::as_slice).unwrap_or_default();
    compare("number of leaves", message.leaves.len().into(), &leaves.len().into());
    for (leaf, should) in message.leaves.iter().zip(leaves) {
        let lines = should["lines"] == true;
        for (key, should) in should.as_object().into_iter().flatten().filter(|(key, _)| *key != "lines") {
            compare(&format!("leaf {} {key}", leaf.part), leaf_value(leaf, key, lines), should);
        }
        if should.get("faults").is_none() {
            compare(&format!("leaf {} faults", leaf.part), codes(&leaf.faults), &json!([]));
        }
    }
    wrong
}

/// What differs in what became of the mail: its leaves with their outcomes, its records with their values and faults.
fn unlike(found: &Extraction, expected: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut compare = |what: &str, is: Value, should: &Value| {
        if is != *should {
            wrong.push(format!("extract: {what}: is {is}, should be {should}"));
        }
    };
    let list = |key: &str| expected[key].as_array().cloned().unwrap_or_default();
    let (leaves, records, faults) = (list("leaves"), list("records"), list("faults"));
    compare("leaves", found.leaves.iter().map(|leaf| leaf.part.clone()).collect(), &of_each(&leaves, "part"));
    compare("records", found.records.iter().map(|r| r.document.part.clone()).collect(), &of_each(&records, "part"));
    for (leaf, should) in found.leaves.iter().zip(&leaves) {
        compare(&format!("outcome of {}", leaf.part), json!(leaf.outcome), &should["outcome"]);
        let name = if should.get("name").is_some() { json!(leaf.name) } else { Value::Null };
        compare("name", name, &should["name"]);
        let (reason, part) = (leaf.reason.as_deref().unwrap_or_default(), should["reason"].as_str());
        compare(&format!("reason “{reason}”"), json!(part.is_none_or(|part| reason.contains(part))), &json!(true));
    }
    for (record, should) in found.records.iter().zip(&records) {
        let at = format!("record {}", record.document.part);
        compare(&format!("{at} faults"), codes(&record.faults), &should["faults"]);
        let also: Vec<&str> = record.document.also.iter().map(|document| document.part.as_str()).collect();
        compare(&format!("{at} also"), json!(also), should.get("also").unwrap_or(&json!([])));
        for (id, value) in should["fields"].as_object().into_iter().flatten() {
            compare(&format!("{at} {id}"), json!(record.fields.get(id).map(|field| &field.0.value)), value);
        }
    }
    compare("number of faults", found.faults.len().into(), &faults.len().into());
    for (fault, should) in found.faults.iter().zip(&faults) {
        // `code`, or `code: words` that its message has to hold.
        let should = should.as_str().unwrap_or_default();
        let (code, words) = should.split_once(": ").unwrap_or((should, ""));
        let holds = fault.code == code && words.split(' ').all(|word| fault.message.contains(word));
        compare(&format!("fault {}: {}", fault.code, fault.message), json!(holds), &json!(true));
    }
    wrong
}

fn of_each(list: &[Value], key: &str) -> Value {
    list.iter().map(|entry| entry[key].clone()).collect()
}

fn head_value(head: &Head, key: &str) -> Value {
    match key {
        "message_id" => json!(head.message_id),
        "from" => json!(head.from),
        "from_name" => json!(head.from_name),
        "subject" => json!(head.subject),
        "date" => json!(head.date),
        "auto" => json!(head.auto),
        "authentication" => json!(head.statement.results),
        _ => json!({ "no such key": key }),
    }
}

/// With `lines` the content is compared with LF line ends: it came in those of the mail.
fn leaf_value(leaf: &Leaf, key: &str, lines: bool) -> Value {
    let bytes = if lines { without_cr(&leaf.bytes) } else { leaf.bytes.clone() };
    match key {
        "part" => json!(leaf.part),
        "name" => json!(leaf.name),
        "type" => json!(leaf.content_type),
        "bytes" => json!(bytes.len()),
        "sha256" => json!(Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect::<String>()),
        "text" => json!(leaf.text().map(|text| text.replace("\r\n", "\n"))),
        "attachment" => json!(leaf.attachment),
        "inline" => json!(leaf.inline),
        "alternative" => json!(leaf.alternative),
        "faults" => codes(&leaf.faults),
        _ => json!({ "no such key": key }),
    }
}

fn codes(faults: &[Fault]) -> Value {
    faults.iter().map(|fault| fault.code.clone()).collect()
}

fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let lines = raw.split_inclusive(|b| *b == b'\n');
    lines.flat_map(|line| line.strip_suffix(b"\n").map_or(line.to_vec(), |text| [text, b"\r\n"].concat())).collect()
}

fn without_cr(bytes: &[u8]) -> Vec<u8> {
    let next = bytes.iter().skip(1).chain(&[0]);
    bytes.iter().zip(next).filter(|pair| *pair != (&b'\r', &b'\n')).map(|(byte, _)| *byte).collect()
}
