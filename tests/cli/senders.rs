//! What the reviewer is told of who sent a mail.

use super::office::{Office, Ran};

/// `review show` of the only record of a mail whose header begins with these lines.
fn shown(mailbox: &str, head: &str) -> Ran {
    let mail = format!("{head}\r\nSubject: x\r\nDate: Mon, 10 Jul 2023 09:00:00 +0800\r\n\r\nx\r\n");
    let office = Office::new().with("inbox/new/1.eml", mail).with("inbox/mailbox.yaml", mailbox);
    office.run("intake").succeeds();
    let id = office.records("pending")[0]["id"].as_str().unwrap().to_owned();
    office.run(&format!("review show {id}")).succeeds()
}

const HEAD: &str = "Authentication-Results: mx.office.example; spf=fail smtp.mailfrom=unit.example\r\n\
    Authentication-Results: mx.office.example; spf=pass; dkim=pass header.d=unit.example\r\n\
    From: jia@unit.example";

#[test]
fn the_trusted_server_is_quoted_and_forged_lower_headers_change_nothing() {
    let ran = shown("address: a@example.com\nauthserv: mx.office.example\n", HEAD);
    let ran = ran.prints("发件人验证（mx.office.example）：SPF 未通过\n");
    assert!(!ran.out.contains("通过，"), "{ran}");
}

#[test]
fn another_server_is_not_believed_and_without_a_trusted_one_nobody_is() {
    let ran = shown("address: a@example.com\nauthserv: mx.other.example\n", HEAD);
    ran.prints("收件服务器没有给出结果");
    shown("address: a@example.com\n", HEAD).prints("自称mx.office.example，未经核实，任何人都能写入，请勿采信");
}

#[test]
fn of_two_senders_neither_is_believed() {
    let two = format!("{HEAD}\r\nFrom: yi@unit.example");
    let ran = shown("address: a@example.com\nauthserv: mx.office.example\n", &two);
    ran.prints("from: \"\"").prints("发件人不明").prints("jia@unit.example、yi@unit.example");
}
