//! What people send forms in: each format becomes a record, or a record that says what to send instead.

use super::office::{Office, form_of};
use crate::letter::Letter;

const DOCUMENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/documents/");

fn document(name: &str) -> Vec<u8> {
    std::fs::read(format!("{DOCUMENTS}{name}")).unwrap()
}

fn taken(name: &str, bytes: &[u8]) -> Office {
    let office = Office::new().mail("1", &Letter::new("登记表").attach(name, bytes));
    office.run("intake").succeeds();
    office.run("verify").succeeds();
    office
}

/// Names of officers on record.
fn officers(office: &Office) -> Vec<String> {
    let name = |record: &serde_json::Value| record["fields"]["officer_name"]["value"].as_str().map(str::to_owned);
    office.records("pending").iter().filter_map(name).collect()
}

fn fault(office: &Office) -> String {
    office.records("pending")[0]["faults"][0]["code"].as_str().unwrap().to_owned()
}

#[test]
fn old_word_and_excel() {
    for name in ["登记表.doc", "登记表.wps", "没有后缀"] {
        assert_eq!(officers(&taken(name, &document("form.doc"))), ["示例甲"]);
    }
    for name in ["汇总.xls", "汇总.et"] {
        assert_eq!(officers(&taken(name, &document("summary.xls"))).len(), 3);
    }
}

#[test]
fn a_word_document_with_macros() {
    assert_eq!(officers(&taken("登记表.docm", &form_of("大冶市公安局", "示例甲"))), ["示例甲"]);
}

/// A winmail.dat with one attachment.
fn winmail(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut tnef = b"\x78\x9f\x3e\x22\x01\x00".to_vec();
    for (id, data) in [(0x0006_9002u32, &[0u8; 14][..]), (0x0001_8010, name.as_bytes()), (0x0006_800f, bytes)] {
        tnef.push(2);
        tnef.extend(id.to_le_bytes());
        tnef.extend((data.len() as u32).to_le_bytes());
        tnef.extend(data);
        tnef.extend(data.iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte))).to_le_bytes());
    }
    tnef
}

#[test]
fn a_form_in_winmail_dat_and_a_mail_saved_as_a_file() {
    let form = form_of("大冶市公安局", "示例甲");
    assert_eq!(officers(&taken("winmail.dat", &winmail("登记表.docx", &form))), ["示例甲"]);
    let inner = Letter::new("转发").attach("登记表.docx", &form).bytes();
    let middle = Letter::new("转发").attach("邮件.eml", &inner).bytes();
    assert_eq!(officers(&taken("原邮件.eml", &middle)), ["示例甲"]);
}

#[test]
fn archives_of_all_kinds_are_taken_apart() {
    for name in ["rar4.rar", "rar5.rar", "plain.7z"] {
        let office = taken(name, &document(&format!("archives/{name}")));
        assert!(office.leaf(name).contains("压缩包"), "{}", office.leaf(name));
        let inside = if name == "rar4.rar" { "登记表.txt" } else { "表一.txt" };
        assert!(office.leaf(inside).contains("bytes: 159"), "{}", office.leaf(inside));
    }
}

#[test]
fn passwords_are_told_whatever_they_lock() {
    let locked = ["rar4-password.rar", "rar5-password.rar", "rar5-hidden.rar", "password.7z", "hidden.7z", "aes.zip"];
    for name in locked {
        assert_eq!(fault(&taken(name, &document(&format!("archives/{name}")))), "encrypted", "{name}");
    }
    for name in ["locked.docx", "locked.pdf"] {
        assert_eq!(fault(&taken(name, &document(name))), "encrypted", "{name}");
    }
}

#[test]
fn a_photo_from_an_iphone_is_a_page_and_what_cannot_be_read_says_what_to_send() {
    let office = taken("IMG_0001.HEIC", &document("photo.heic"));
    assert_eq!(office.files("inbox/sheets").len(), 1);
    let office = taken("IMG_0001.avif", &document("photo.avif"));
    assert!(office.leaf("IMG_0001.avif").contains("JPEG"), "{}", office.leaf("IMG_0001.avif"));
}
