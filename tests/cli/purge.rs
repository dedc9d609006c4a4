//! `purge`: what is past its time is listed first and then gone, and everything still adds up.

use std::collections::BTreeSet;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::office::{Office, Ran, form_of};
use crate::letter::Letter;

const LEDGER: &str = "inbox/ledger.jsonl";

/// An office whose inbox looks as if all had happened on a day of old: the ledger is chained anew.
fn aged(office: Office, day: &str) -> Office {
    let ledger = office.read(LEDGER);
    let days: BTreeSet<String> =
        ledger.lines().map(|line| parsed(line)["at"].as_str().unwrap()[..10].to_owned()).collect();
    let old = |text: &str| days.iter().fold(text.to_owned(), |text, today| text.replace(today.as_str(), day));
    let mut prev = "0".repeat(64);
    let mut chained = String::new();
    for line in old(&ledger).lines() {
        let mut entry = parsed(line);
        entry["prev"] = prev.into();
        let line = entry.to_string();
        prev = Sha256::digest(line.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        chained += &(line + "\n");
    }
    let folders = ["inbox/pending", "inbox/accepted", "inbox/rejected"];
    folders.iter().fold(office.with(LEDGER, chained), |office, folder| {
        let records = office.files(folder);
        records.iter().fold(office, |office, (name, text)| {
            office.with(&format!("{folder}/{name}"), old(std::str::from_utf8(text).unwrap()))
        })
    })
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap()
}

/// A grey picture, large enough to be looked at.
fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    let page = image::RgbImage::from_fn(420, 420, |x, y| image::Rgb([((x / 30 + y / 30) % 2 * 200) as u8; 3]));
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

/// 示例甲 is in office and 示例乙 was sent back; a picture that came with 示例甲's form was too.
fn reviewed() -> Office {
    let letter = Letter::new("示例甲").attach("表.docx", &form_of("大冶市公安局", "示例甲"));
    let office = Office::new().mail("甲", &letter.attach("照片.png", &picture())).form_of("大冶市民政局", "示例乙");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    for record in office.records("pending") {
        let id = record["id"].as_str().unwrap();
        office.run(&format!("review reject {id} --reason 重复 --by 示例员 --on 2023-07-20")).succeeds();
    }
    office
}

fn mails(office: &Office) -> usize {
    office.files("inbox/mail").keys().filter(|name| name.ends_with(".eml")).count()
}

fn purges(office: &Office) -> usize {
    office.read(LEDGER).matches("\"did\":\"purged\"").count()
}

fn done(office: &Office) -> Ran {
    office.run("purge --yes --by 示例员").succeeds()
}

#[test]
fn what_is_within_its_time_stays() {
    let office = reviewed();
    let before = office.files("inbox");
    office.run("purge").succeeds().tells("nothing is past its time");
    done(&office).tells("nothing is past its time");
    assert!(before == office.files("inbox"), "a purge of nothing changed the inbox");
    // A year after 20 July 2023 is long past, but one record still waits for a person.
    let office = aged(office, "2023-07-20").form_of("大冶市教育局", "示例丙");
    office.run("intake").succeeds();
    let office = aged(office, "2023-07-20");
    assert_eq!(office.run("purge").succeeds().out.lines().filter(|line| line.starts_with("mail ")).count(), 2);
}

#[test]
fn the_list_says_what_and_why_and_removes_nothing() {
    let office = aged(reviewed(), "2023-07-20");
    let before = office.files("inbox");
    let ran = office.run("purge").succeeds();
    ran.tells("6 files (")
        .tells("= 2 mails + 1 scans + 2 copies + 0 answers; private values of 2 records")
        .prints("review ended on 2023-07-20, kept until 2024-07-20")
        .prints("private values  inbox/rejected/")
        .prints("copy  inbox/new/甲.eml");
    assert!(before == office.files("inbox"), "a list changed the inbox");
    let office = office.in_locale("zh_CN.UTF-8");
    office.run("purge").succeeds().prints("2023-07-20审核结束，保存至2024-07-20").tells("核对无误后加 --yes 执行");
    office.run("purge --yes --by 示例员").succeeds().tells("已清除：文件6个");
}

#[test]
fn what_is_past_its_time_goes_and_all_still_adds_up() {
    let office = aged(reviewed(), "2023-07-20");
    let officer = office.id_of("示例甲");
    done(&office).tells("removed: 6 files");
    assert_eq!((mails(&office), office.files("inbox/sheets").len(), office.files("inbox/new").len()), (0, 0, 0));
    assert!(!office.has("inbox/sheets") || std::fs::read_dir(office.folder("inbox/sheets")).unwrap().next().is_none());
    office.run("verify").succeeds().tells("2 mails, 3 leaves").tells("2 of the mails are past their time");
    office.run("check").succeeds();
    // Whoever is in office stays on the register, whole.
    let accepted = office.read(&format!("inbox/accepted/{officer}.yaml"));
    assert!(accepted.contains("19400000001") && !accepted.contains("image:"), "{accepted}");
    office.run("build").succeeds();
    // What was sent back, and what the mails said of persons, is gone.
    for (folder, secret) in [("inbox/rejected", "19400000001"), ("inbox/rejected", "示例乙"), ("inbox/mail", "@")] {
        for (name, bytes) in office.files(folder) {
            assert!(!String::from_utf8_lossy(&bytes).contains(secret), "{secret} is left in {folder}/{name}");
        }
    }
    // Twice changes nothing.
    let after = office.files("inbox");
    done(&office).tells("nothing is past its time");
    assert!(after == office.files("inbox"), "a second purge changed the inbox");
    assert_eq!(purges(&office), 4);
}

#[test]
fn a_purged_mail_that_comes_again_is_known_and_its_copy_goes_too() {
    let office = aged(reviewed(), "2023-07-20");
    let mail = office.files("inbox/new").remove("甲.eml").unwrap();
    done(&office);
    let office = office.with("inbox/new/again.eml", mail);
    office.run("intake").succeeds().tells("1 mails = 0 new + 1 known");
    assert_eq!(mails(&office), 0);
    office.run("purge").succeeds().prints("copy  inbox/new/again.eml").prints("a copy of a mail that is purged");
    done(&office);
    assert!(!office.has("inbox/new/again.eml"));
    office.run("verify").succeeds();
}

#[test]
fn of_a_former_officer_unit_and_name_stay() {
    let office = ["示例甲", "示例乙"].into_iter().fold(Office::new(), |o, officer| o.form_of("大冶市公安局", officer));
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    let office = aged(office, "2022-07-20");
    office.accept("示例乙", "--replace").succeeds();
    let former = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    done(&office);
    assert!(office.read(&former).contains("19400000001"), "a year has not passed since the change");
    let office = aged(office, "2023-07-20");
    let listed = office.read("content/register/gaj.yaml");
    done(&office).tells("private values of 1 records");
    let left = office.read(&former);
    assert!(left.contains("示例甲") && left.contains("大冶市公安局") && left.contains("保存期满"), "{left}");
    assert!(!left.contains("19400000001") && !left.contains("科长") && !left.contains('@'), "{left}");
    assert_eq!(office.read("content/register/gaj.yaml"), listed);
    office.run("verify").succeeds();
}

#[test]
fn a_mail_that_made_no_record_goes_a_year_after_it_came() {
    let office = Office::new().with_sample("09-auto-reply");
    office.run("intake").succeeds();
    office.run("purge").succeeds().tells("nothing is past its time");
    let office = aged(office, "2023-07-20");
    office.run("purge").succeeds().prints("came on 2023-07-20 and made no record, kept until 2024-07-20");
    done(&office);
    office.run("verify").succeeds().tells("1 mails, 1 leaves");
    assert_eq!((mails(&office), purges(&office)), (0, 1));
}

#[test]
fn the_office_says_how_long() {
    let site = "content/site.yaml";
    let longer = |months: u32| aged(reviewed(), "2023-07-20").extended(site, &format!("retention_months: {months}\n"));
    longer(1200).run("purge").succeeds().tells("nothing is past its time");
    longer(1).run("purge").succeeds().prints("kept until 2023-08-20");
    longer(0).run("purge").fails_with("`0` is no number of months");
}

#[test]
fn answers_go_when_they_are_as_old() {
    let letter = |year: u32| format!("From: office@example.com\nDate: Tue, 04 Jul {year} 08:00:00 +0800\n\nx\n");
    let office = Office::new()
        .with("inbox/sent/old.eml", letter(2023))
        .with("inbox/sent/old.yaml", "event: old\n")
        .with("inbox/sent/new.eml", letter(2190))
        .with("inbox/sent/undated.eml", "From: office@example.com\n\nx\n");
    office.run("purge").succeeds().tells("2 files (").prints("answer  inbox/sent/old.yaml");
    done(&office);
    let left: Vec<String> = office.files("inbox/sent").into_keys().collect();
    assert_eq!(left, ["new.eml", "undated.eml"]);
}

#[test]
fn a_mail_that_vanished_or_was_purged_by_nobody_shows() {
    let office = aged(reviewed(), "2023-07-20");
    let mail = office.files("inbox/mail").into_keys().find(|name| name.ends_with(".eml")).unwrap();
    let account = format!("inbox/mail/{}", mail.replace(".eml", ".yaml"));
    let raw = office.files("inbox/mail").remove(&mail).unwrap();
    let office = office.without(&format!("inbox/mail/{mail}"));
    office.run("verify").fails_with(&format!("{account}: the mail it tells of is gone"));
    let office = office.extended(&account, "purged: 2024-08-01\n");
    office.run("verify").fails_with("the ledger does not hold that this mail was purged");
    done(&office);
    office.run("verify").succeeds();
    let office = office.with(&format!("inbox/mail/{mail}"), raw);
    office.run("verify").fails_with("purged only in part: run `zhuanban purge --yes` again");
    done(&office).tells("removed: 1 files");
    office.run("verify").succeeds();
}

#[test]
fn nothing_goes_while_the_ledger_is_broken_and_a_broken_record_keeps_its_mail() {
    let office = aged(reviewed(), "2023-07-20").changed(LEDGER, "\"by\":\"intake\"", "\"by\":\"nobody\"");
    office.run("purge --yes").fails_with("the chain is broken");
    assert_eq!(mails(&office), 2);
    let office = aged(office, "2023-07-20");
    let path = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    let office = office.changed(&path, "status: accepted", "status: [accepted");
    office.run("purge --yes").fails_with(&path);
    assert_eq!(mails(&office), 1);
}

#[test]
fn an_mbox_is_left_to_the_office() {
    let letter = Letter::new("示例甲").attach("表.docx", &form_of("大冶市公安局", "示例甲")).bytes();
    let mbox = [b"From x Mon Jul 10 09:00:00 2023\n".as_slice(), &letter, b"\n"].concat();
    let office = Office::new().with("inbox/new/a.mbox", mbox);
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    let office = aged(office, "2023-07-20");
    done(&office).tells("a.mbox holds mails that are purged");
    assert!(office.has("inbox/new/a.mbox"));
}

#[test]
fn who_purges_must_have_a_name() {
    Office::new().run("purge --yes --by=").ends_in_wrong_use("say who purges");
}

#[test]
fn a_purge_killed_at_any_step_is_finished_by_the_next() {
    let inbox = aged(reviewed(), "2023-07-20").files("inbox");
    let steps = super::crash::kill_at_every_step(
        || inbox.iter().fold(Office::new(), |office, (name, bytes)| office.with(&format!("inbox/{name}"), bytes)),
        |_| "purge --yes --by 示例员".to_owned(),
        |office| {
            office.run("verify").succeeds();
            assert_eq!((mails(office), office.files("inbox/sheets").len(), purges(office)), (0, 0, 4));
            office.run("purge").succeeds().tells("nothing is past its time");
        },
    );
    // The ledger, three records, two accounts, five files.
    assert!(steps > 15, "only {steps} steps: are the failpoints still there?");
}
