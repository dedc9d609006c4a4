//! `extract`: one line out for each line in, in order, and nothing else anywhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::office::{Office, form_of};
use crate::letter::Letter;

fn line(id: impl Into<Value>, raw: &[u8]) -> String {
    json!({"id": id.into(), "eml": STANDARD.encode(raw)}).to_string() + "\n"
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_order_is_kept_over_many_lines() {
    let mail = |n: usize| Letter::new("表").attach("表.docx", &form_of("大冶市公安局", &format!("示例{n}"))).bytes();
    // Large and small mails in turn: whoever is quick must still wait.
    let scan = include_bytes!("../../inbox/new/05-scan-jpeg.eml");
    let input: String = (0..240).map(|n| if n % 40 == 0 { line(n, scan) } else { line(n, &mail(n)) }).collect();
    let ran = Office::new().feed("extract", input.as_bytes()).succeeds();
    let ids: Vec<u64> = lines(&ran.out).iter().map(|line| line["id"].as_u64().unwrap()).collect();
    assert_eq!(ids, (0..240).collect::<Vec<_>>());
    // This office has no models; that it says, and nothing else.
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
    assert!(ran.err.contains("setup-ocr"), "{}", ran.err);
}

#[test]
fn a_line_says_what_the_contract_says() {
    let raw = include_bytes!("../../inbox/new/01-docx.eml");
    let ran = Office::new().feed("extract", line("甲", raw).as_bytes()).succeeds();
    let [found] = &lines(&ran.out)[..] else { panic!("{ran}") };
    assert_eq!(found["id"], "甲");
    assert_eq!(found["mail"]["from"], "jyj@example.com");
    assert_eq!(found["mail"]["subject"], "大冶市教育局政府采购专办员登记表");
    assert_eq!(found["mail"]["date"], "2023-07-04T09:12:36+08:00");
    assert_eq!(found["mail"]["auto"], false);
    assert_eq!(found["mail"]["authentication"], json!({"dkim": "pass", "dmarc": "pass", "spf": "pass"}));
    let record = &found["records"][0];
    assert_eq!(record["form"], "registration");
    assert_eq!(record["document"]["name"], "大冶市教育局专办员登记表.docx");
    assert_eq!(record["document"]["page"], 1);
    let officer = &record["fields"]["officer_name"];
    assert_eq!(
        (&officer["value"], &officer["means"], &officer["confidence"]),
        (&json!("示例甲"), &json!("typed"), &json!(1.0))
    );
    assert_eq!(officer["box"].as_array().map(Vec::len), Some(4));
    let outcomes: Vec<&str> =
        found["leaves"].as_array().unwrap().iter().map(|l| l["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes.last(), Some(&"record"));
    assert_eq!(found["faults"], json!([]));
}

#[test]
fn garbage_gives_a_line_with_faults() {
    for raw in [b"".as_slice(), b"\xff\x00\x80garbage", b"Content-Type: multipart/mixed; boundary=x\n\n--x"] {
        let ran = Office::new().feed("extract", line(1, raw).as_bytes()).succeeds();
        let all = lines(&ran.out);
        assert_eq!(all.len(), 1, "{ran}");
        assert!(!all[0]["faults"].as_array().unwrap().is_empty(), "{ran}");
        assert_eq!(all[0]["mail"]["sha256"].as_str().unwrap().len(), 64);
    }
}

#[test]
fn broken_framing_ends_in_wrong_use_and_names_the_line() {
    let good = line(1, b"Subject: x\n\n");
    for bad in ["{\"id\": 2}\n", "no json\n", "{\"id\": 2, \"eml\": \"***\"}\n", "[1]\n"] {
        let ran = Office::new().feed("extract", format!("{good}{bad}").as_bytes()).ends_in_wrong_use("stdin:2: ");
        assert_eq!(lines(&ran.out).len(), 1, "what came before is answered: {ran}");
    }
}

#[test]
fn an_empty_stream_gives_nothing_and_a_last_line_needs_no_end() {
    assert_eq!(Office::new().feed("extract", b"").succeeds().out, "");
    let open = line(7, b"Subject: x\n\n");
    let ran = Office::new().feed("extract", open.trim_end().as_bytes()).succeeds();
    assert_eq!(lines(&ran.out)[0]["id"], 7);
}

#[test]
fn nothing_is_written() {
    let office = Office::new();
    let before = office.files(".");
    office.feed("extract", line(1, include_bytes!("../../inbox/new/06-scan-pdf.eml")).as_bytes()).succeeds();
    assert!(before == office.files("."), "extract wrote a file");
}

#[test]
fn intake_finds_what_extract_finds() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    let mails = office.files("inbox/new");
    let input: String = mails.iter().map(|(name, raw)| line(name.as_str(), raw)).collect();
    let extracted = lines(&office.feed("extract", input.as_bytes()).succeeds().out);
    let filed = office.records("all");
    for found in extracted.iter().flat_map(|line| line["records"].as_array().unwrap()) {
        let record = filed.iter().find(|record| record["id"] == found["id"]).expect("a record for each found");
        assert_eq!(record["fields"], found["fields"], "{}", found["id"]);
    }
}
