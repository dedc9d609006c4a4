//! A day with a mailbox on Dovecot.

use super::dovecot::Dovecot;
use super::{form, is_whole, note, office, without_password};
use crate::cli::office::Office;
use crate::letter::Letter;

#[test]
fn new_mail_becomes_records_and_moves_to_its_folder() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    mailbox.deliver(&form("大冶市公安局", "示例甲"));
    mailbox.deliver(&note("问询"));
    let office = office(&mailbox.yaml(server.port, ", done: 已处理/2023"));
    let ran = without_password(office.run("fetch").succeeds());
    ran.prints("示例甲").tells("2 mails = 2 new + 0 known + 0 failed; 2 records").tells("0 more in the mailbox");
    assert_eq!((mailbox.count(None), mailbox.count(Some("已处理.2023"))), (0, 2));
    mailbox.deliver(&form("大冶市民政局", "示例乙"));
    office.run("fetch").succeeds().tells("1 mails = 1 new");
    office.run("fetch").succeeds().tells("0 mails = 0 new");
    assert_eq!((mailbox.count(None), mailbox.count(Some("已处理.2023"))), (0, 3));
    is_whole(&office, 3);
}

#[test]
fn without_a_folder_for_it_mail_stays_and_is_not_carried_twice() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    mailbox.deliver(&note("一"));
    mailbox.deliver(&note("二"));
    let office = office(&mailbox.yaml(server.port, "")).in_locale("zh_CN.UTF-8");
    office.run("fetch").succeeds().tells("邮件2封＝新收2＋已收过0＋失败0").tells("邮箱中另有0封此前已收取");
    mailbox.deliver(&note("三"));
    office.run("fetch").succeeds().tells("邮件1封＝新收1").tells("邮箱中另有2封此前已收取");
    assert_eq!(mailbox.count(None), 3);
    is_whole(&office, 3);
}

#[test]
fn ids_that_begin_anew_or_a_lost_state_take_nothing_twice() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    mailbox.deliver(&form("大冶市公安局", "示例甲"));
    mailbox.deliver(&note("问询"));
    let office = office(&mailbox.yaml(server.port, ""));
    office.run("fetch").succeeds().tells("2 new");
    mailbox.reset_ids();
    mailbox.deliver(&note("新的"));
    office.run("fetch").succeeds().tells("3 mails = 1 new + 2 known");
    let office = office.without("inbox/fetch.yaml");
    office.run("fetch").succeeds().tells("3 mails = 0 new + 3 known");
    is_whole(&office, 3);
    assert_eq!(office.records("all").len(), 3);
}

#[test]
fn two_fetches_at_once_and_two_offices_at_one_mailbox() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    let names = ["甲", "乙", "丙", "丁", "戊"];
    for name in names {
        mailbox.deliver(&note(name));
    }
    let here = office(&mailbox.yaml(server.port, ", done: 已处理"));
    let both = [here.start("fetch"), here.start("fetch")];
    for ran in both {
        without_password(ran.finish().succeeds());
    }
    is_whole(&here, 5);
    assert_eq!(here.records("pending").len(), 5);
    assert_eq!((mailbox.count(None), mailbox.count(Some("已处理"))), (0, 5));
    // Another machine with the same mailbox: neither waits for the other, and no mail is lost between them.
    for name in names {
        mailbox.deliver(&note(&format!("再{name}")));
    }
    let there = office(&mailbox.yaml(server.port, ", done: 已处理"));
    let both = [here.start("fetch"), there.start("fetch")];
    for ran in both {
        without_password(ran.finish().succeeds());
    }
    assert_eq!(mailbox.count(None), 0);
    assert!(mailbox.count(Some("已处理")) >= 10, "a mail is gone from the server");
    here.run("verify").succeeds();
    there.run("verify").succeeds();
    let mails = |office: &Office| office.files("inbox/mail").len() / 2;
    assert!(mails(&here) + mails(&there) >= 10, "a mail is at neither office");
}

/// Bytes that do not compress, so that the mail is as large as it says.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 7u64;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    (0..size).map(next).collect()
}

/// A mail of 40 MB: a form, and a file of a kind nobody reads.
pub fn large() -> Vec<u8> {
    let form = crate::cli::office::form_of("大冶市公安局", "示例甲");
    let mail = Letter::new("很大").attach("表.docx", &form).attach("视频.bin", &noise(30 << 20)).bytes();
    assert!(mail.len() > 40 << 20);
    mail
}

#[test]
fn a_mail_of_40_mb() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    mailbox.deliver(&large());
    mailbox.deliver(&note("小的"));
    let office = office(&mailbox.yaml(server.port, ", done: 已处理"));
    office.run("fetch").succeeds().prints("示例甲").tells("2 mails = 2 new");
    assert_eq!(mailbox.count(Some("已处理")), 2);
    is_whole(&office, 2);
}

#[test]
fn five_thousand_mails_in_one_folder() {
    const MAILS: usize = 5_000;
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    for n in 0..MAILS {
        // Notices of delivery and the like are most of what lies about, and make no records.
        let notice = format!(
            "From: <daemon@example.com>\r\nSubject: {n}\r\nMessage-ID: <{n}@example.com>\r\n\
             Auto-Submitted: auto-generated\r\n\r\n{n}\r\n"
        );
        if n % 500 == 0 { mailbox.deliver(&note(&format!("第{n}封"))) } else { mailbox.deliver(notice.as_bytes()) }
    }
    let office = office(&mailbox.yaml(server.port, ""));
    office.run("fetch").succeeds().tells("5000 mails = 5000 new + 0 known + 0 failed; 10 records");
    is_whole(&office, MAILS);
    // What is known of them takes a line, not a line each.
    assert!(office.read("inbox/fetch.yaml").len() < 400, "{}", office.read("inbox/fetch.yaml"));
    mailbox.deliver(&note("最后"));
    office.run("fetch").succeeds().tells("1 mails = 1 new").tells("5000 more in the mailbox were taken in before");
}

#[test]
fn what_the_office_must_mend_is_said() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    mailbox.deliver(&note("一"));
    let yaml = mailbox.yaml(server.port, "");
    Office::new().run("fetch").fails_with("inbox/mailbox.yaml: missing");
    let office = office(&yaml);
    let refused = |ran: crate::cli::office::Ran, told: &str| {
        without_password(ran.exits(3).tells(told));
    };
    refused(office.run_with("ZHUANBAN_MAIL_PASSWORD", "wrong-code", "fetch"), "the server refuses the login");
    let office = office.with("inbox/mailbox.yaml", yaml.replace(", ca: ", ", folder: 没有, ca: "));
    refused(office.run("fetch"), "does not open `没有`");
    office.run("fetch").tells("it has: INBOX");
    // A certificate that nobody vouches for.
    let other = Dovecot::start();
    let office = office.with("inbox/mailbox.yaml", yaml.replace(&server.port.to_string(), &other.port.to_string()));
    refused(office.run("fetch"), "a certificate that is not trusted");
    let office = office.with("inbox/mailbox.yaml", yaml.replace("password_file", "# password_file"));
    office.run("fetch").fails_with("ZHUANBAN_MAIL_PASSWORD");
    let office = office.with("inbox/code", "x");
    let inside = yaml.lines().take(2).collect::<Vec<_>>().join("\n") + "\npassword_file: inbox/code\n";
    let office = office.with("inbox/mailbox.yaml", inside);
    office.run("fetch").fails_with("inbox/mailbox.yaml:3:16: the password must not lie in the office's folder");
    assert!(!office.has("inbox/mail"), "something was fetched");
}
