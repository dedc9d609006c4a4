//! Delivery to a real mail server with TLS and login: refusals, delays, broken lines, and the program killed at every step.

use std::collections::BTreeMap;
use std::fs;

use zhuanban::edge::outbox::send::Sending;
use zhuanban::edge::outbox::{Mail, Outbox};
use zhuanban::edge::store::Inbox;
use zhuanban::post::{self, Secret};
use zhuanban::record::Signed;
use zhuanban::reply::Answer;
use zhuanban::reply::message::Sender;

use super::server::Server;
use crate::letter::Letter;
use crate::office::Office;

/// Mails that need no form to be answered; the samples are of 2023, so `--old`.
fn office_with(mails: usize) -> Office {
    let letters = (0..mails).map(|n| Letter::new(&format!("问询{n}")).text("text/plain", "您好，请问在哪里下载？"));
    let office = letters.enumerate().fold(Office::new(), |office, (n, letter)| office.mail(&n.to_string(), &letter));
    office.run("intake").succeeds();
    office
}

/// One waiting mail to an address.
fn office_to(address: &str) -> Office {
    let mail = format!("From: <{address}>\r\nMessage-ID: <1@example.com>\r\nSubject: question\r\n\r\nhello\r\n");
    let office = Office::new().with("inbox/new/1.eml", mail);
    office.run("intake").succeeds();
    office
}

fn waiting(office: &Office) -> String {
    let mut all = office.files("inbox/outbox").into_iter().filter(|(name, _)| name.ends_with(".yaml"));
    let (_, text) = all.next().expect("a mail in the outbox");
    assert!(all.next().is_none());
    String::from_utf8(text).unwrap()
}

fn event(office: &Office) -> String {
    waiting(office).lines().find_map(|line| line.strip_prefix("event: ")).unwrap().to_owned()
}

/// How often each Message-ID arrived.
fn arrived(server: &Server) -> BTreeMap<String, usize> {
    let mut count = BTreeMap::new();
    for mail in server.mails() {
        let id = mail.lines().find_map(|line| line.strip_prefix("Message-ID: ")).expect("a Message-ID");
        *count.entry(id.trim().to_owned()).or_default() += 1;
    }
    count
}

#[test]
fn a_mail_goes_out_once_with_login_and_tls() {
    let server = Server::start();
    let office = server.serves(office_with(2));
    office.run("send --dry-run --old").succeeds().tells("2 mails in the outbox = 2 to be sent");
    assert!(server.mails().is_empty());
    office.run("send").succeeds().tells("2 receipts for old mail");
    assert!(server.mails().is_empty(), "nobody is written to about mail of last year");
    office.run("send --old").succeeds().prints("sender@example.com").tells("0 mails in the outbox");
    office.run("send --old").succeeds();
    assert_eq!(arrived(&server).into_values().collect::<Vec<_>>(), [1, 1]);
    assert_eq!(server.envelope(1), ["office@example.com", "sender@example.com"]);
    assert!(fs::read_to_string(server.path("logins")).unwrap().lines().all(|line| line.ends_with("good")));
    assert_eq!(office.read("inbox/ledger.jsonl").matches("\"did\":\"sent\"").count(), 2);
    let mail = server.mails().remove(0);
    for header in ["Auto-Submitted: auto-replied", "In-Reply-To: <made@example.com>", "References: <made@example.com>"]
    {
        assert!(mail.contains(header), "{header} in {mail}");
    }
    let kept = office.files("inbox/sent").into_iter().filter(|(name, _)| name.ends_with(".eml"));
    assert!(kept.count() == 2 && office.files("inbox/outbox").is_empty());
}

#[test]
fn without_a_server_mail_stays_files() {
    let office = office_with(1);
    office.run("send --old").succeeds().tells("mail waits as files in inbox/outbox");
    assert!(waiting(&office).contains("state: waiting"));
}

#[test]
fn a_refusal_for_now_is_tried_again_later() {
    let server = Server::start();
    let office = server.serves(office_to("grey@example.com"));
    office.run("send --old").succeeds().prints("451").tells("1 to be tried again");
    assert!(waiting(&office).contains("attempts: 1\nnext: "));
    office.run("send --old").succeeds();
    assert!(server.mails().is_empty(), "it was not time yet");
    // The time has come.
    let path = format!("inbox/outbox/{}.yaml", event(&office));
    let text = office.read(&path);
    let next = text.lines().find(|line| line.starts_with("next: ")).unwrap().to_owned();
    let office = office.with(&path, text.replace(&next, "next: 2023-07-20T10:00:00+08:00"));
    office.run("send --old").succeeds();
    assert_eq!(arrived(&server).into_values().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_full_mailbox_is_a_refusal_for_now() {
    let server = Server::start();
    let office = server.serves(office_to("full@example.com"));
    office.run("send --old").succeeds().prints("452").tells("1 to be tried again");
    assert!(waiting(&office).contains("state: waiting\n"));
}

#[test]
fn a_refusal_for_good_is_for_the_office() {
    let server = Server::start();
    let office = server.serves(office_to("never@example.com"));
    office.run("send --old").exits(1).prints("550").tells("1 for the office").tells("--discard");
    office.run("send --old").exits(1).tells("1 for the office");
    assert_eq!(server.raw().matches("RCPT TO").count(), 1, "it is not tried again by itself");
    office.run("check").succeeds().tells("1 mail could not be sent");
    office.run("verify").succeeds().tells("1 mail could not be sent");
    let event = event(&office);
    office.run(&format!("send --discard {event}")).succeeds();
    assert!(office.files("inbox/outbox").is_empty());
}

#[test]
fn a_line_that_breaks_leaves_the_question_to_the_office() {
    for address in ["cut@example.com", "dying@example.com"] {
        let server = Server::start();
        let office = server.serves(office_to(address));
        office.run("send --old").exits(1).tells("may have left");
        office.run("send --old").exits(1);
        assert!(server.mails().len() <= 1, "sent twice without being asked");
        let event = event(&office);
        office.run(&format!("send --discard {event}")).succeeds();
        assert!(office.has(&format!("inbox/sent/{event}.yaml")));
    }
}

#[test]
fn a_server_that_cannot_be_reached_or_refuses_the_login_is_no_mails_fault() {
    let office = office_with(1).with("code", "");
    let gone = "address: office@example.com\nsmtp: {host: localhost, port: 1}\n";
    office
        .with("inbox/mailbox.yaml", gone)
        .run_with("ZHUANBAN_MAIL_PASSWORD", "x", "send --old")
        .exits(3)
        .tells("cannot be reached");
    let server = Server::start();
    let office = server.serves(office_with(1));
    office.run_with("ZHUANBAN_MAIL_PASSWORD", "wrong-code-1234", "send --old").exits(3).tells("refuses the login");
    assert!(waiting(&office).contains("state: waiting\n") && waiting(&office).contains("attempts: 0\n"));
    assert!(!server.raw().contains("MAIL FROM"));
}

#[test]
fn a_certificate_nobody_vouches_for_gets_no_password() {
    let (server, other) = (Server::start(), Server::start());
    let office = server.serves(office_with(1));
    let config = office.read("inbox/mailbox.yaml");
    let foreign = config.replace(
        &server.path("certificate.pem").display().to_string(),
        &other.path("certificate.pem").display().to_string(),
    );
    let office = office.with("inbox/mailbox.yaml", foreign);
    office.run("send --old").exits(3).tells("cannot be reached");
    assert!(!server.raw().contains("AUTH") && !server.path("logins").exists());
}

#[test]
fn killed_at_any_step_no_event_is_answered_twice() {
    let server = Server::start();
    let mut unsure = 0;
    for step in 1..200 {
        let office = server.serves(office_with(1));
        let before = arrived(&server);
        let ran = office.run_with("ZHUANBAN_KILL_AT", &step.to_string(), "send --old");
        let came_through = ran.was_killed().is_none();
        let code = office.run("send --old").exits_with_one_of(&[0, 1]);
        office.run("verify").succeeds();
        let more: usize = arrived(&server).values().sum::<usize>() - before.values().sum::<usize>();
        match code {
            0 => assert_eq!(more, 1, "step {step}"),
            _ => {
                assert!(more <= 1 && waiting(&office).contains("state: unsure"), "step {step}");
                unsure += 1;
                office.run(&format!("send --discard {}", event(&office))).succeeds();
            }
        }
        // What a kill left of a file being written is no mail.
        let left: Vec<String> =
            office.files("inbox/outbox").into_keys().filter(|name| !name.starts_with(".tmp-")).collect();
        assert!(left.is_empty(), "step {step}: {left:?}");
        assert_eq!(office.read("inbox/ledger.jsonl").matches("\"did\":\"sent\"").count(), 1, "step {step}");
        if came_through {
            assert!(step > 12, "only {step} steps: are the failpoints still there?");
            assert!((1..=8).contains(&unsure), "{unsure} steps leave a question");
            return;
        }
    }
    panic!("the command never came through");
}

#[test]
fn a_decision_taken_back_before_its_answer_left_is_not_told() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    let answers = || office.files("inbox/outbox").into_keys().filter(|name| name.contains("accepted")).count();
    office.accept("示例甲", "").succeeds().tells("the answer waits");
    assert_eq!(answers(), 2, "the YAML and the mail");
    office.accept("示例甲", "").succeeds();
    assert_eq!(answers(), 2);
    office.run(&format!("review reopen {id} --by 示例员")).succeeds().tells("withdrawn");
    assert_eq!(answers(), 0);
    office.run(&format!("review reject {id} --reason 缺公章 --by 示例员")).succeeds();
    let rejected =
        office.files("inbox/outbox").into_iter().find(|(name, _)| name.contains("rejected") && name.ends_with("yaml"));
    assert!(String::from_utf8(rejected.unwrap().1).unwrap().contains("缺公章"));
    office.run("verify").succeeds();
}

#[test]
fn a_correction_is_asked_for_once_each_time() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    // The same asked twice is asked once; something else is another letter.
    for note in ["请补盖公章", "请补盖公章", "请补签字"] {
        office.run(&format!("review ask {id} --note {note} --by 示例员")).succeeds().tells("correction");
    }
    let asked =
        office.files("inbox/outbox").into_keys().filter(|name| name.contains("correction") && name.ends_with("yaml"));
    assert_eq!(asked.count(), 2);
    office.run(&format!("review show {id}")).succeeds().prints("请对方补正：请补签字");
    office.run("verify").succeeds();
}

/// Hostile text reaches the server as text of one mail (RUSTSEC-2026-0561).
#[test]
fn no_text_becomes_an_smtp_command() {
    const INJECTED: &str = "a\r\n.\r\nMAIL FROM:<evil@example.com>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSubject: x\r\n\r\nboo\n.\nMAIL FROM:<evil@example.com>\r\n.\r\n";
    let server = Server::start();
    let office = server.serves(Office::new());
    let root = office.folder("");
    let root = std::path::Path::new(&root);
    let signed = Signed { by: "示例员".into(), at: "2023-07-20T10:00:00+08:00".into(), on: "2023-07-20".into() };
    let sender = Sender { name: INJECTED.to_owned(), address: "office@example.com".to_owned() };
    let (inbox, mailbox) = (Inbox::of(root), post::parse("m", &office.read("inbox/mailbox.yaml")).unwrap());
    let outbox = Outbox::of(&inbox);
    let answer = Answer {
        event: "hostile-1".to_owned(),
        to: "unit@example.com".to_owned(),
        subject: INJECTED.to_owned(),
        thread: vec![INJECTED.to_owned()],
        about: None,
        text: INJECTED.to_owned(),
        html: INJECTED.to_owned(),
    };
    {
        let lock = inbox.lock().unwrap();
        outbox.put(answer.clone(), &sender, &signed, &lock).unwrap();
        let to = "unit@example.com\r\nRCPT TO:<victim@example.com>".to_owned();
        assert!(outbox.put(Answer { event: "hostile-2".to_owned(), to, ..answer }, &sender, &signed, &lock).is_err());
    }
    let due: Vec<Mail> = outbox.list().unwrap().0;
    let password = Secret::new("authorization-code").unwrap();
    let sending = Sending::begin(&outbox, &sender, &signed).unwrap().unwrap();
    sending.deliver(root, (&mailbox.smtp.unwrap(), &password), &due, |_| {}).unwrap().unwrap();

    let raw = server.raw();
    let commands: Vec<&str> = raw
        .lines()
        .filter(|line| line.starts_with("MAIL FROM") || line.starts_with("RCPT TO") || line.starts_with("DATA"))
        .collect();
    assert_eq!(commands, ["MAIL FROM:<office@example.com>", "RCPT TO:<unit@example.com>", "DATA"], "{raw}");
    assert_eq!(raw.lines().filter(|line| *line == ".").count(), 1, "one end of one mail");
    assert_eq!(server.mails().len(), 1);
    let mail = zhuanban::mail::parse(server.mails()[0].as_bytes());
    assert_eq!(mail.leaves[0].text().unwrap().replace("\r\n", "\n"), INJECTED.replace("\r\n", "\n"));
    assert_eq!(mail.head.from, "office@example.com");
}
