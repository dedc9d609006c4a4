//! The mail corpus: every message in `tests/mail`, with LF and with CRLF line ends, against the leaves its neighbour
//! `.json` expects. The expectations were made with the messages, from the bytes that went into them, not from our output.

#![allow(clippy::disallowed_methods)]

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zhuanban::fault::Fault;
use zhuanban::mail::{self, Head, Leaf, Message};

type Outcome = Result<(), Box<dyn Error>>;

#[test]
fn plain() -> Outcome {
    folder("plain")
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
            wrong.extend(differences(&mail::parse(&raw), &expected).into_iter().map(|what| format!("{at}: {what}")));
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
