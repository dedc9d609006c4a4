//! Mail that is broken in any way: a fault on a record or a leaf, exit 0, and the mail kept as it came.

use std::io::Write;

use super::office::{Office, form_of};
use crate::letter::Letter;

/// Takes one mail in; gives the office, which must hold the mail and prove that nothing is lost.
fn taken(raw: Vec<u8>) -> Office {
    let office = Office::new().with("inbox/new/a.eml", &raw);
    office.run("intake").succeeds().tells("1 mails = 1 new + 0 known + 0 failed");
    let kept = office.files("inbox/mail");
    assert!(kept.values().any(|bytes| *bytes == raw), "the mail is not kept as it came");
    office.run("verify").succeeds();
    office.run("check").succeeds();
    office
}

/// The codes of the faults on the only record.
fn faults(office: &Office) -> Vec<String> {
    let records = office.records("pending");
    assert_eq!(records.len(), 1, "{records:?}");
    let faults = records[0]["faults"].as_array().unwrap();
    faults.iter().map(|fault| fault["code"].as_str().unwrap().to_owned()).collect()
}

fn attached(name: &str, bytes: &[u8]) -> Vec<u8> {
    Letter::new("登记表").text("text/plain", "见附件").attach(name, bytes).bytes()
}

/// A zip of one member.
fn zipped(name: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(content).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A Word document with a paragraph and no table.
fn letter_in_word() -> Vec<u8> {
    let text = "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>\
                <w:p><w:r><w:t>请查收</w:t></w:r></w:p></w:body></w:document>";
    zipped("word/document.xml", text.as_bytes())
}

#[test]
fn garbage() {
    let noise: Vec<u8> = (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for raw in [noise, Vec::new(), b"\n".to_vec(), b"\0\0\0".to_vec(), b"no header at all".to_vec()] {
        let codes = faults(&taken(raw));
        assert!(!codes.is_empty());
    }
}

#[test]
fn a_mail_too_large_to_be_opened_is_kept_whole_and_told() {
    let office = Office::new().with("inbox/new/a.eml", "From: <jia@example.com>\nSubject: x\n\n");
    let size = (zhuanban::extract::LARGEST_MAIL + 5) as u64;
    // The rest is a hole: it reads as zeros and takes no room.
    std::fs::OpenOptions::new().write(true).open(office.folder("inbox/new/a.eml")).unwrap().set_len(size).unwrap();
    office.run("intake").succeeds().tells("1 mails = 1 new + 0 known + 0 failed");
    assert_eq!(faults(&office), ["too-large"]);
    assert_eq!(office.records("pending")[0]["mail"]["from"], "jia@example.com");
    let kept = std::fs::read_dir(office.folder("inbox/mail")).unwrap().map(|e| e.unwrap().metadata().unwrap().len());
    assert_eq!(kept.max(), Some(size));
    office.run("verify").succeeds();
    office.run("intake").succeeds().tells("0 new + 1 known");
}

#[test]
fn a_mail_cut_off_in_the_middle() {
    let whole = attached("表.docx", &form_of("大冶市公安局", "示例甲"));
    for keep in [whole.len() / 4, whole.len() / 2, whole.len() * 9 / 10] {
        assert!(!faults(&taken(whole[..keep].to_vec())).is_empty(), "{keep} of {} bytes", whole.len());
    }
}

#[test]
fn a_zip_that_is_none() {
    for bytes in [b"PK\x03\x04 and nothing more".as_slice(), &zipped("a.txt", &[0; 9000])[..60]] {
        let codes = faults(&taken(attached("登记表.zip", bytes)));
        assert!(!codes.is_empty() && !codes.contains(&"no-form".to_owned()), "{codes:?}");
    }
}

#[test]
fn a_docx_that_is_none_and_a_docx_without_a_table() {
    assert!(!faults(&taken(attached("表.docx", b"PK\x03\x04 no document"))).is_empty());
    let office = taken(attached("表.docx", &letter_in_word()));
    assert_eq!(faults(&office), ["no-form"]);
    assert!(office.leaf("表.docx").contains("文档中没有找到登记表"));
}

#[test]
fn a_docx_cut_off() {
    let whole = form_of("大冶市公安局", "示例甲");
    assert!(!faults(&taken(attached("表.docx", &whole[..whole.len() / 2]))).is_empty());
}

#[test]
fn an_empty_attachment() {
    let office = taken(attached("登记表.docx", b""));
    assert_eq!(faults(&office), ["empty"]);
    assert!(office.leaf("登记表.docx").contains("附件是空的"));
}

#[test]
fn a_blank_form() {
    let office = taken(attached("表.docx", &form_of("", "")));
    assert!(faults(&office).contains(&"missing".to_owned()));
}

#[test]
fn a_program_and_a_picture_that_is_none() {
    assert!(!faults(&taken(attached("表.exe", b"MZ\x90\x00 this is a program"))).is_empty());
    assert!(!faults(&taken(attached("表.jpg", b"\xff\xd8\xff\xe0 and no more"))).is_empty());
    assert!(!faults(&taken(attached("表.pdf", b"%PDF-1.4\nnothing"))).is_empty());
}

#[test]
fn names_that_would_lead_out_of_the_folder() {
    let form = form_of("大冶市公安局", "示例甲");
    let office = taken(attached("../../../content/site.yaml", &zipped("..\\..\\content\\site.yaml", &form)));
    assert_eq!(office.records("pending").len(), 1);
    assert_eq!(office.read("content/site.yaml"), Office::new().read("content/site.yaml"));
}

#[test]
fn text_from_a_mail_stays_text() {
    let unit = "大冶市公安局\n status: accepted\n- {a: b}: #<script>alert(1)</script>";
    let office = taken(attached("甲: [\n.docx", &form_of(unit, "示例甲")));
    let record = &office.records("pending")[0];
    assert!(record["fields"]["unit_name"]["value"].as_str().unwrap().contains("<script>"), "{record}");
    assert_eq!(record["status"], "pending");
}

#[test]
fn one_broken_mail_does_not_keep_the_others() {
    let office = Office::new()
        .with("inbox/new/1.eml", b"\xff\xfe garbage")
        .mail("2", &Letter::new("空").attach("表.zip", b"PK\x03\x04"))
        .form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds().tells("3 mails = 3 new").prints("大冶市公安局  示例甲");
    assert_eq!(office.records("pending").len(), 3);
}
