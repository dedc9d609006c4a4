//! What comes without a mail: values typed in by the office, scans dropped into `inbox/new`; and what the office adds to
//! accepted records: advice, assessments, announcements.

use std::fs::File;
use std::time::{Duration, SystemTime};

use super::office::{Office, form_of};
use crate::letter::Letter;

const FORM: &str = "unit_name=公安局 officer_name=示例甲 officer_phone=5550101";
const ASSESSMENT: &str = "unit_name=公安局 subject_name=示例甲 period=2023年 result=优秀 commendation=档案完整";

/// A file in `inbox/new` that was written so long ago.
fn dropped(office: Office, name: &str, bytes: &[u8], age: Duration) -> Office {
    let office = office.with(&format!("inbox/new/{name}"), bytes);
    let file = File::options().write(true).open(office.folder(&format!("inbox/new/{name}"))).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
    office
}

fn lately(office: Office, name: &str, bytes: &[u8]) -> Office {
    dropped(office, name, bytes, Duration::from_secs(60))
}

/// 示例甲 of 公安局 is in office.
fn in_office() -> Office {
    let office = Office::new();
    office.run(&format!("review new {FORM} --by 示例员 --on 2023-07-10")).succeeds();
    office.accept("示例甲", "").succeeds();
    office
}

#[test]
fn a_paper_form_is_entered_once_and_goes_the_usual_way() {
    let office = Office::new();
    let enter = || office.run(&format!("review new {FORM} --by 示例员 --on 2023-07-10"));
    enter().succeeds().prints("待审核  大冶市公安局  示例甲  无疑点");
    enter().succeeds().tells("is there already");
    let records = office.records("all");
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["received"], "2023-07-10T00:00:00+08:00");
    assert_eq!(records[0]["fields"]["officer_phone"]["means"], "office");
    assert_eq!(records[0]["mail"]["from"], "纸质/扫描件投递");
    office.run("verify").succeeds();
    office.accept("示例甲", "").succeeds();
    assert!(office.read("content/register/gaj.yaml").contains("示例甲"));
    office.run("verify").succeeds();
    office.in_locale("zh_CN.UTF-8").run(&format!("review new {FORM} --by 示例员 --on 2023-07-10")).tells("已经录入过");
}

#[test]
fn a_paper_form_that_came_late_is_marked_and_wrong_values_are_told_all_at_once() {
    let office = Office::new();
    office.run(&format!("review new {FORM} --by 示例员 --on 2023-07-16")).succeeds().prints("晚于截止日期");
    let wrong = "review new unit=nowhere oficer_name=甲 --by 示例员";
    office.run(wrong).fails_with("unknown unit `nowhere`").tells("did you mean `officer_name`?");
    office.run("review new --form gone a=b --by 示例员").ends_in_wrong_use("registration");
    office.run("review new officer_name --by 示例员").ends_in_wrong_use("field=value");
}

#[test]
fn verify_knows_records_without_a_mail() {
    let office = Office::new();
    office.run(&format!("review new {FORM} --by 示例员 --on 2023-07-10")).succeeds();
    let id = office.id_of("示例甲");
    let path = format!("inbox/pending/{id}.yaml");
    let forged = office.read(&path).replace(&id, "20230710-00000000-hand");
    let office = office.with("inbox/pending/20230710-00000000-hand.yaml", forged);
    office.run("verify").fails_with("20230710-00000000-hand.yaml");
    let office = office.without("inbox/pending/20230710-00000000-hand.yaml").without(&path);
    office.run("verify").fails_with(&format!("record {id} is missing"));
}

#[test]
fn a_scan_without_a_mail_is_taken_in_once_and_kept() {
    let form = form_of("大冶市公安局", "示例甲");
    let office = lately(Office::new(), "公安局.DOCX", &form);
    office.run("intake").succeeds().prints("大冶市公安局  示例甲").tells("0 mails and 1 documents = 1 new");
    office.run("verify").succeeds().tells("1 mails, 1 leaves");
    let record = &office.records("pending")[0];
    assert_eq!(record["mail"]["from"], "纸质/扫描件投递");
    assert_eq!(record["mail"]["subject"], "公安局.DOCX");
    assert!(office.files("inbox")[record["mail"]["file"].as_str().unwrap()] == form);
    // The same scan under another name is the same scan.
    let office = lately(office, "again.docx", &form);
    office.run("intake").succeeds().tells("0 mails and 2 documents = 0 new + 2 known");
    assert_eq!(office.records("all").len(), 1);
    office.in_locale("zh_CN.UTF-8").run("intake").succeeds().tells("邮件0封、文件2个＝新收0＋已收过2");
}

#[test]
fn a_zip_of_forms_and_a_broken_scan_make_their_records() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, officer) in [("a.docx", "示例甲"), ("b.docx", "示例乙")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, &form_of("大冶市公安局", officer)).unwrap();
    }
    let office = lately(Office::new(), "全部.zip", &zip.finish().unwrap().into_inner());
    let office = lately(office, "坏.pdf", b"%PDF-1.7 no more");
    office.run("intake").succeeds().prints("示例甲").prints("示例乙").prints("坏.pdf").tells("3 records");
    office.run("verify").succeeds();
    let account = office.files("inbox/mail").into_iter().find(|(name, _)| name.ends_with(".pdf")).unwrap().0;
    let office = office.without(&format!("inbox/mail/{account}"));
    office.run("verify").fails_with("the mail it tells of is gone");
}

#[test]
fn a_file_that_is_still_being_copied_waits_for_the_next_intake() {
    let form = form_of("大冶市公安局", "示例甲");
    let office = dropped(Office::new(), "大.docx", &form[..form.len() / 2], Duration::ZERO);
    office.run("intake").succeeds().tells("大.docx: still being written").tells("0 mails = 0 new");
    assert!(office.records("all").is_empty() && !office.has("inbox/mail"));
    let office = lately(office, "大.docx", &form);
    office.run("intake").succeeds().prints("示例甲");
    // Named outright, it is meant as it is.
    let office = dropped(office, "b.docx", &form_of("大冶市民政局", "示例乙"), Duration::ZERO);
    office.run(&format!("intake {}", office.folder("inbox/new/b.docx"))).succeeds().prints("示例乙");
}

#[test]
fn scans_and_mails_come_in_together() {
    let office = Office::new().form_of("大冶市民政局", "示例乙");
    let letter = Letter::new("x").attach("表.docx", &form_of("大冶市教育局", "示例丙")).bytes();
    let office = lately(office.with("inbox/new/b.eml", letter), "c.docx", &form_of("大冶市公安局", "示例甲"));
    office.run("intake").succeeds().tells("2 mails and 1 documents = 3 new + 0 known + 0 failed; 3 records");
}

#[test]
fn advice_stands_until_the_successor_is_in_office_and_is_never_public() {
    let office = in_office();
    let id = office.id_of("示例甲");
    let advise = |more: &str| office.run(&format!("review advise {id} {more} --by 示例员 --on 2023-09-01"));
    advise("").fails_with("needs a reason");
    advise("--reason 长期不在岗").succeeds();
    advise("--reason 长期不在岗").succeeds().tells("nothing to do");
    office.run("verify").succeeds();
    office.run("report").succeeds().prints("2023-09-01建议更换示例甲：长期不在岗");
    office.run("build").succeeds();
    let public = office.files("public").into_iter().chain(office.files("content"));
    assert!(public.into_iter().all(|(_, bytes)| !String::from_utf8_lossy(&bytes).contains("长期不在岗")));
    advise("--withdraw").succeeds();
    office.run("report --format json").succeeds().prints("\"advised\": null");
    advise("--reason 长期不在岗").succeeds();
    let path = format!("inbox/accepted/{id}.yaml");
    let office = office.changed(&path, "  reason: 长期不在岗", "  reason: 其他原因");
    office.run("verify").fails_with(&path);
    let office = office.changed(&path, "  reason: 其他原因", "  reason: 长期不在岗");
    office.run("verify").succeeds();
    // The office can only advise on an officer in office.
    office.run(&format!("review new {} --by 示例员", FORM.replace("示例甲", "示例乙"))).succeeds();
    let other = office.id_of("示例乙");
    office.run(&format!("review advise {other} --reason x --by 示例员")).fails_with("not that of an officer in office");
    office.accept("示例乙", "--replace").succeeds();
    office.run("report --format json").succeeds().prints("\"advised\": null");
}

#[test]
fn an_assessment_is_private_until_it_is_announced() {
    let office = in_office();
    office.run(&format!("review assess {ASSESSMENT} --by 示例员")).succeeds().prints("已备案  大冶市公安局  示例甲");
    office.run(&format!("review assess {ASSESSMENT} --by 示例员")).succeeds().tells("is there already");
    office.run("build").succeeds();
    assert!(!office.has("public/commendations/index.html"), "no empty columns");
    assert!(!office.read("public/index.html").contains("通报表彰"));
    let record = office.records("accepted").into_iter().find(|r| r["form"] == "assessment").unwrap();
    let id = record["id"].as_str().unwrap();

    office.run(&format!("review announce {id} --by 示例员 --on 2023-12-25")).succeeds().tells("content/commendations/");
    office.run("build").succeeds();
    let page = office.read("public/commendations/index.html");
    for text in ["大冶市公安局", "示例甲", "档案完整", "2023年12月25日"] {
        assert!(page.contains(text), "{text} not in {page}");
    }
    assert!(!page.contains("优秀"), "the result has no column");
    assert!(office.read("public/index.html").contains("commendations/"));
    office.run("verify").succeeds();
    office.run("check").succeeds();

    office.run(&format!("review announce {id} --withdraw --by 示例员")).succeeds();
    office.run("build").succeeds();
    assert!(!office.has("public/commendations/index.html"));
    office.run(&format!("review announce {id} --by 示例员")).succeeds();
    office.run(&format!("review reopen {id} --by 示例员")).succeeds();
    assert!(office.files("content/commendations").is_empty(), "reopening takes it off");
    office.run("verify").succeeds();
}

#[test]
fn who_was_commended_is_public_only_with_a_basis() {
    let office = in_office().changed("content/site.yaml", "  basis: 演示数据，人员均为虚构\n", "");
    office.run(&format!("review assess {ASSESSMENT} --announce --by 示例员")).succeeds();
    office.run("build").succeeds();
    let page = office.read("public/commendations/index.html");
    assert!(page.contains("档案完整") && !page.contains("示例甲"), "{page}");
}

#[test]
fn what_cannot_be_assessed_or_announced_says_why() {
    let office = in_office();
    office
        .run("review assess unit_name=公安局 subject_name=示例甲 --by 示例员")
        .fails_with("`period`")
        .tells("`result`");
    assert_eq!(office.records("all").len(), 1);
    let bare = ASSESSMENT.replace(" commendation=档案完整", "");
    office.run(&format!("review assess {bare} --announce --by 示例员")).fails_with("commends nobody");
    let stranger = ASSESSMENT.replace("示例甲", "示例乙");
    office.run(&format!("review assess {stranger} --by 示例员")).succeeds().tells("示例乙 is not in office");
    let id = office.id_of("示例甲");
    office.run(&format!("review announce {id} --by 示例员")).fails_with("is no assessment");
    office.in_locale("zh_CN.UTF-8").run(&format!("review announce {id} --by 示例员")).fails_with("不是考核记录");
}
