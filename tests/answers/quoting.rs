//! Nobody talks to us for ever, and what we wrote is not read as a form when it comes back.

use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zhuanban::mail::correspondence;
use zhuanban::reply::Answer;
use zhuanban::reply::guard::{Known, silence};
use zhuanban::reply::message::{Sender, message};

use super::written::{Clerk, sample};
use crate::letter::Letter;
use crate::office::{Office, form_of};

fn sender() -> Sender {
    Sender { name: "另一个采购办".to_owned(), address: "other@example.com".to_owned() }
}

fn raw(answer: &Answer) -> Vec<u8> {
    message(answer, &sender(), SystemTime::UNIX_EPOCH).unwrap().formatted()
}

#[test]
fn two_offices_that_answer_each_other_stop_after_one_mail() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds().tells("1 receipts in inbox/outbox");
    let receipt = office.files("inbox/outbox").into_iter().find(|(name, _)| name.ends_with(".eml")).unwrap().1;

    let other = Office::new().with("inbox/new/1.eml", receipt);
    other.run("intake").succeeds().tells("0 receipts in inbox/outbox, 1 mails call for none");
    assert!(other.files("inbox/outbox").is_empty());
    assert!(other.records("all").is_empty());
    let account = other.files("inbox/mail").into_iter().find(|(name, _)| name.ends_with(".yaml")).unwrap().1;
    assert!(String::from_utf8(account).unwrap().contains("unanswered: 自动回复"));
}

#[test]
fn every_answer_says_that_it_is_one() {
    let clerk = Clerk::new();
    for name in ["01-docx", "11-oversize-link", "12-no-form"] {
        let answer = raw(&clerk.receipt(&sample(name)));
        assert!(silence(&correspondence(&answer), &Known::default()).is_some(), "{name}");
    }
}

#[test]
fn an_answer_is_threaded_and_the_same_each_time() {
    let clerk = Clerk::new();
    let mail = sample("01-docx");
    let answer = clerk.receipt(&mail);
    assert_eq!(raw(&answer), raw(&clerk.receipt(&mail)));
    let (asked, written) = (correspondence(&mail), correspondence(&raw(&answer)));
    let own = written.head.message_id.unwrap();
    assert_eq!(own, format!("zhuanban.{}@example.com", answer.event));
    assert_eq!(written.thread, [asked.thread, vec![own]].concat());
    assert_eq!(written.head.from, "other@example.com");
    assert_eq!(written.head.subject, answer.subject);
}

/// A person's reply that quotes what we wrote, as text and as HTML.
fn reply(answer: &Answer, quoting: impl Fn(&str) -> String) -> Vec<u8> {
    let text = format!("谢谢，没有问题。\n\n{}", quoting(&answer.text));
    let html = format!("<p>谢谢，没有问题。</p><blockquote>{}</blockquote>", answer.html);
    let part = |kind: &str, text: &str| {
        format!(
            "--b\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            STANDARD.encode(text)
        )
    };
    format!(
        "From: unit@example.com\r\nSubject: =?utf-8?B?5Zue5aSN?=\r\nMessage-ID: <thanks@example.com>\r\n\
         In-Reply-To: <zhuanban.{}@example.com>\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n{}{}--b--\r\n",
        answer.event,
        part("text/plain", &text),
        part("text/html", &html)
    )
    .into_bytes()
}

#[test]
fn what_we_wrote_is_no_form_when_it_is_quoted() {
    let clerk = Clerk::new();
    let many = Letter::new("表")
        .attach("1.docx", &form_of("大冶市公安局", "示例甲"))
        .attach("2.docx", &form_of("大冶市民政局", "示例乙"));
    let answers = [
        clerk.receipt(&sample("01-docx")),
        clerk.receipt(&many.bytes()),
        clerk.correction(&sample("04-body-lines"), Some("请核对。")),
    ];
    for answer in answers {
        for quoting in [|text: &str| text.replace('\n', "\n> "), |text: &str| text.to_owned()] {
            let reply = reply(&answer, quoting);
            let (extraction, records) = clerk.read(&reply);
            let forms: Vec<_> = records.iter().filter(|record| record.form.is_some()).collect();
            assert!(forms.is_empty(), "{}: {forms:?}", answer.event);
            assert!(!extraction.mail.auto, "a person wrote it");
            assert!(silence(&correspondence(&reply), &Known::default()).unwrap().contains("人工阅处"));
        }
    }
}
