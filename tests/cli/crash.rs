//! Whatever happens to an intake, the next one finishes it, and `verify` proves that nothing was lost: killed at every
//! step, a full disk, a folder that cannot be written to, two at once, and one beside a clerk who accepts.

use std::collections::BTreeSet;

use super::office::{Office, form_of};
use crate::letter::Letter;

/// One mail that makes two records, one of them with a picture.
fn office() -> Office {
    let form = form_of("大冶市公安局", "示例甲");
    let letter = Letter::new("登记表").text("text/plain", "见附件").attach("表.docx", &form);
    let torn = b"PK\x03\x04 no document".as_slice();
    Office::new().mail("1", &letter.attach("坏.docx", torn).attach("照片.png", &picture()))
}

/// A grey picture, large enough to be looked at.
fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    let page = image::RgbImage::from_fn(420, 420, |x, y| image::Rgb([((x / 30 + y / 30) % 2 * 200) as u8; 3]));
    page.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

fn ids(office: &Office) -> BTreeSet<String> {
    office.records("all").iter().map(|record| record["id"].as_str().unwrap().to_owned()).collect()
}

/// Every mail has exactly one account, every record is there once, the ledger is whole.
#[track_caller]
fn is_whole(office: &Office, records: &BTreeSet<String>) {
    office.run("verify").succeeds();
    assert_eq!(&ids(office), records);
    let received = office.read("inbox/ledger.jsonl").matches("\"did\":\"received\"").count();
    let mails = office.files("inbox/mail");
    let accounts = mails.keys().filter(|name| name.ends_with(".yaml")).count();
    assert_eq!(received, accounts, "a mail was received twice");
    assert_eq!(mails.keys().filter(|name| name.ends_with(".eml")).count(), accounts);
    // Each account names its receipt, which is there once, in the ledger too.
    let receipts = office.files("inbox/outbox").into_keys().filter(|name| name.ends_with("-receipt.yaml")).count();
    let answered = office.read("inbox/ledger.jsonl").matches("-receipt\",\"detail\"").count();
    assert_eq!((receipts, answered), (accounts, accounts), "not every mail has one receipt");
}

/// Runs a command again and again, killed one step later each time, until it comes through.
pub(super) fn kill_at_every_step(
    prepared: impl Fn() -> Office,
    command: impl Fn(&Office) -> String,
    then: impl Fn(&Office),
) -> u32 {
    for step in 1..200 {
        let office = prepared();
        let ran = office.run_with("ZHUANBAN_KILL_AT", &step.to_string(), &command(&office));
        let came_through = ran.was_killed().is_none();
        // Half-done work shows, or is not there at all; it never looks whole and is not.
        office.run("verify").exits_with_one_of(&[0, 1]);
        office.run(&command(&office)).succeeds();
        then(&office);
        if came_through {
            return step;
        }
    }
    panic!("the command never came through");
}

#[test]
fn an_intake_killed_at_any_step_is_finished_by_the_next() {
    let reference = office();
    reference.run("intake").succeeds();
    let records = ids(&reference);
    assert_eq!(records.len(), 3);
    let steps = kill_at_every_step(office, |_| "intake".to_owned(), |office| is_whole(office, &records));
    // The mail, a picture, three records, the ledger, the account: three or four steps each.
    assert!(steps > 20, "only {steps} steps: are the failpoints still there?");
}

#[test]
fn a_decision_killed_at_any_step_is_finished_by_deciding_again() {
    let prepared = || {
        let office = Office::new().form_of("大冶市公安局", "示例甲");
        office.run("intake").succeeds();
        office
    };
    let id = prepared().id_of("示例甲");
    let accept = |_: &Office| format!("review accept {id} --by 示例员 --on 2023-07-20");
    let steps = kill_at_every_step(prepared, accept, |office| {
        is_whole(office, &BTreeSet::from([id.clone()]));
        assert_eq!(office.records("accepted").len(), 1);
    });
    assert!(steps > 5, "only {steps} steps: are the failpoints still there?");
}

#[test]
fn a_full_disk_loses_nothing() {
    let reference = office();
    reference.run("intake").succeeds();
    let records = ids(&reference);
    // The largest file the process may write, in blocks of 512 bytes.
    let mut failed = 0;
    for blocks in [0, 1, 2, 4, 8, 32, 128] {
        let office = office();
        let ran = office.run_in_shell(&format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "intake");
        failed += usize::from(ran.exits_with_one_of(&[0, 3]) == 3);
        assert!(office.has("inbox/new/1.eml"));
        office.run("intake").succeeds();
        is_whole(&office, &records);
    }
    assert!(failed >= 3, "the disk was never full");
}

#[test]
fn a_ledger_on_a_full_disk_stays_whole() {
    // Everything fits but the ledger, which has grown.
    let prepared = Office::new().form_of("大冶市公安局", "示例甲");
    prepared.run("intake").succeeds();
    let id = prepared.id_of("示例甲");
    for _ in 0..12 {
        prepared.run(&format!("review edit {id} officer_post=科长 --by 示例员")).succeeds();
    }
    let blocks = prepared.read("inbox/ledger.jsonl").len() / 512 + 1;
    let office = prepared.form_of("大冶市民政局", "示例乙");
    office.run_in_shell(&format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "intake").exits_with_one_of(&[0, 3]);
    office.run("intake").succeeds();
    office.run("verify").succeeds();
}

#[test]
fn a_folder_that_cannot_be_written_to_loses_nothing() {
    let reference = office();
    reference.run("intake").succeeds();
    for folder in ["mail", "pending", "sheets", "ledger.jsonl/x"] {
        // A file where a folder has to be stops everybody, also a superuser; the ledger the other way round.
        let blocked = format!("inbox/{folder}");
        let office = office().with(&blocked, "");
        office.run("intake").exits(3);
        assert!(office.has("inbox/new/1.eml"));
        let office = office.without(&blocked).without_folder("inbox/ledger.jsonl");
        office.run("intake").succeeds();
        is_whole(&office, &ids(&reference));
    }
}

/// An office where mails of several units wait.
fn busy(from: usize, office: Office) -> Office {
    let units =
        ["大冶市公安局", "大冶市民政局", "大冶市教育局", "大冶市交通运输局", "大冶市农业农村局", "大冶市卫生健康局"];
    units
        .iter()
        .zip(["甲", "乙", "丙", "丁", "戊", "己"])
        .skip(from)
        .fold(office, |office, (unit, name)| office.form_of(unit, &format!("示例{name}")))
}

#[test]
fn two_intakes_at_once_make_nothing_twice() {
    let office = busy(0, Office::new());
    let both = [office.start("intake"), office.start("intake"), office.start("intake")];
    let records: usize = both.into_iter().map(|ran| ran.finish().succeeds().out.lines().count()).sum();
    assert_eq!(records, 6);
    is_whole(&office, &ids(&office));
    assert_eq!(office.records("pending").len(), 6);
}

#[test]
fn an_intake_beside_a_clerk_who_accepts() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    let office = busy(1, office);
    let intake = office.start("intake");
    let accept = office.start(&format!("review accept {id} --by 示例员 --on 2023-07-20"));
    accept.finish().succeeds();
    intake.finish().succeeds();
    is_whole(&office, &ids(&office));
    assert_eq!((office.records("pending").len(), office.records("accepted").len()), (5, 1));
}

/// How often the ledger holds an act.
fn acts(office: &Office, did: &str) -> usize {
    office.read("inbox/ledger.jsonl").matches(&format!("\"did\":\"{did}\"")).count()
}

#[test]
fn a_scan_taken_in_and_killed_at_any_step_is_finished_by_the_next_intake() {
    let prepared = || {
        let office = Office::new().with("inbox/new/表.docx", form_of("大冶市公安局", "示例甲"));
        let file = std::fs::File::options().write(true).open(office.folder("inbox/new/表.docx")).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_689_000_000)).unwrap();
        office
    };
    let steps = kill_at_every_step(
        prepared,
        |_| "intake".to_owned(),
        |office| {
            office.run("verify").succeeds();
            assert_eq!((office.records("pending").len(), acts(office, "received")), (1, 1));
        },
    );
    assert!(steps > 5, "only {steps} steps: are the failpoints still there?");
}

#[test]
fn an_assessment_killed_at_any_step_is_finished_by_entering_it_again() {
    let values = "unit_name=公安局 subject_name=示例甲 period=2023年 result=优秀 commendation=档案完整";
    let command = format!("review assess {values} --announce --by 示例员 --on 2023-12-25");
    let steps = kill_at_every_step(
        Office::new,
        |_| command.clone(),
        |office| {
            office.run("verify").succeeds();
            assert_eq!((office.records("accepted").len(), acts(office, "entered")), (1, 1));
            // A temporary file may be left, which no build reads.
            let named = |name: &&String| !name.starts_with('.');
            assert_eq!(office.files("content/commendations").keys().filter(named).count(), 1);
        },
    );
    assert!(steps > 10, "only {steps} steps: are the failpoints still there?");
}

#[test]
fn a_reminder_killed_at_any_step_is_written_once() {
    let command = "remind --yes --by 示例员".to_owned();
    let steps = kill_at_every_step(
        Office::new,
        |_| command.clone(),
        |office| {
            office.run("verify").succeeds();
            assert_eq!(acts(office, "answered"), 1);
            assert_eq!(office.files("inbox/outbox").keys().filter(|name| name.ends_with(".yaml")).count(), 1);
        },
    );
    assert!(steps > 5, "only {steps} steps: are the failpoints still there?");
}
