//! `intake`: mails into pending records, each mail once, raw mail kept.

use super::office::{Office, form_of};
use crate::letter::Letter;

#[test]
fn the_samples_become_pending_records_and_the_sums_add_up() {
    let office = Office::new().with_samples();
    let ran = office.run("intake").succeeds();
    assert_eq!(ran.out.lines().count(), 15, "{ran}");
    ran.prints("大冶市教育局  示例甲  无疑点")
        .prints("大冶市示例实验小学  示例·戌  代码校验位不符，请核对")
        .prints("大冶市水利和湖泊局  示例午  晚于截止日期2023-07-15收到（2023-07-18），照常受理")
        .tells("13 mails = 12 new + 1 known + 0 failed; 15 records")
        .tells("30 leaves = 10 in records + 10 text + 9 ignored + 1 could not be opened");
    assert_eq!(office.files("inbox/pending").len(), 15);
    assert_eq!(office.files("inbox/mail").keys().filter(|name| name.ends_with(".eml")).count(), 12);
    assert_eq!(office.files("inbox/sheets").len(), 3);
    office.run("verify").succeeds();
    office.run("check").succeeds().tells("15 records: no problem found");
}

#[test]
fn the_same_mail_twice_brings_nothing_new() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    let before = office.files("inbox");
    let again = office.run("intake").succeeds().tells("13 mails = 0 new + 13 known + 0 failed; 0 records");
    assert_eq!(again.out, "");
    assert!(before == office.files("inbox"), "a second intake changed the inbox");
}

#[test]
fn a_decided_record_does_not_come_back_with_its_mail() {
    let office = Office::new().with_sample("01-docx").with_sample("10-same-mail-again");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office.run("intake").succeeds();
    assert_eq!((office.records("pending").len(), office.records("accepted").len()), (0, 1));
}

#[test]
fn an_intake_that_was_cut_short_is_finished_by_the_next() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    let whole = office.files("inbox/pending");
    // What a crash leaves: the raw mail without its account, and not all of its records.
    let accounts: Vec<String> = office.files("inbox/mail").into_keys().filter(|name| name.ends_with(".yaml")).collect();
    let office = accounts.iter().fold(office, |office, name| office.without(&format!("inbox/mail/{name}")));
    let lost = whole.keys().next().unwrap();
    let office = office.without(&format!("inbox/pending/{lost}"));
    office.run("verify").fails_with("taken in only in part");
    office.run("intake").succeeds().tells("; 1 records");
    assert!(office.files("inbox/pending").keys().eq(whole.keys()));
    office.run("verify").succeeds();
}

#[test]
fn mail_from_standard_input_a_file_a_folder_and_an_mbox() {
    let letter = |officer: &str| Letter::new(officer).attach("表.docx", &form_of("大冶市公安局", officer)).bytes();
    let mbox = [b"From x Mon Jul 10 09:00:00 2023\n".as_slice(), &letter("示例丙"), b"\n"].concat();
    let office =
        Office::new().with("mails/a.eml", letter("示例乙")).with("mails/b.mbox", [mbox.clone(), mbox].concat());
    office.feed("intake -", &letter("示例甲")).succeeds().prints("示例甲");
    let folder = format!("intake {}", office.folder("mails"));
    office.run(&folder).succeeds().prints("示例乙").prints("示例丙").tells("3 mails = 2 new + 1 known");
}

#[test]
fn files_that_are_no_mail_are_left_alone_and_told() {
    let office = Office::new().with_sample("12-no-form").with("inbox/new/说明.txt", "甲");
    office.run("intake").succeeds().tells("说明.txt: neither a mail nor a document, left alone").tells("1 mails");
    assert!(office.has("inbox/new/说明.txt"));
}

#[test]
fn an_empty_inbox_is_no_fault_and_a_missing_folder_is() {
    let office = Office::new();
    office.run("intake").succeeds().tells("0 mails = 0 new");
    office.run(&format!("intake {}", office.folder("nowhere"))).exits(3).tells("nowhere");
}

#[test]
fn an_automatic_reply_makes_no_record() {
    let office = Office::new().with_sample("09-auto-reply");
    office.run("intake").succeeds().tells("1 mails = 1 new + 0 known + 0 failed; 0 records");
    assert!(office.records("all").is_empty());
    office.run("verify").succeeds();
}

#[test]
fn broken_content_stops_intake_before_any_mail_is_touched() {
    let office = Office::new().with_sample("01-docx").with("content/units.yaml", "units: [\n");
    office.run("intake").fails_with("content/units.yaml:1:8: unclosed bracket");
    assert!(!office.has("inbox/mail"));
}
