//! `fetch` against a real Dovecot, against a provider with the habits of QQ, NetEase and old servers, over bad lines, and
//! killed at every step: each mail ends in exactly one outcome, and the password shows nowhere.

mod breaks;
mod dovecot;
mod habits;
mod mailbox;
mod proxy;
mod scripted;
mod watch;

use super::office::{Office, Ran, form_of};
use crate::letter::Letter;
use dovecot::PASSWORD;

/// A mail with a filled-in form.
fn form(unit: &str, officer: &str) -> Vec<u8> {
    Letter::new(officer).attach("表.docx", &form_of(unit, officer)).bytes()
}

/// A mail without a form.
fn note(subject: &str) -> Vec<u8> {
    Letter::new(subject).text("text/plain", "请问何时截止？").bytes()
}

/// An office with this mailbox.
fn office(yaml: &str) -> Office {
    Office::new().with("inbox/mailbox.yaml", yaml)
}

/// Fetches from a scripted server, which takes any password.
fn fetch(office: &Office) -> Ran {
    without_password(office.run_with("ZHUANBAN_MAIL_PASSWORD", PASSWORD, "fetch"))
}

/// What ran told nobody the password.
#[track_caller]
fn without_password(ran: Ran) -> Ran {
    assert!(!format!("{ran}").contains(PASSWORD), "the password shows: {ran}");
    ran
}

/// Every mail has one account and one line in the ledger, and the password is in no file.
#[track_caller]
fn is_whole(office: &Office, mails: usize) {
    office.run("verify").succeeds();
    let kept = office.files("inbox/mail");
    assert_eq!(kept.keys().filter(|name| name.ends_with(".eml")).count(), mails, "mails on disk");
    assert_eq!(kept.keys().filter(|name| name.ends_with(".yaml")).count(), mails, "accounts");
    assert_eq!(office.read("inbox/ledger.jsonl").matches("\"did\":\"received\"").count(), mails, "received");
    let tells = |content: &[u8]| content.windows(PASSWORD.len()).any(|some| some == PASSWORD.as_bytes());
    for (name, content) in office.files("") {
        assert!(!tells(&content), "{name} holds the password");
    }
}
