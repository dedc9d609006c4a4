//! Mails signed here with keys made here, and one signed by another program (dkimpy, RSA) whose key is gone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::DkimSigner;

use super::*;

const MAIL: &str = "From: jia@unit.example\r\nTo: office@example.com\r\nSubject: form\r\n\r\nbody\r\n";
const RSA_MAIL: &[u8] = include_bytes!("rsa.eml");
const RSA_TEXT: &[u8] = include_bytes!("rsa.txt");

/// The mail signed by `unit.example` over these fields, and the text the domain publishes.
fn signed(fields: &[&str], expires: Option<u64>) -> (String, Answer) {
    let key = Ed25519Key::from_pkcs8_der(&Ed25519Key::generate_pkcs8().unwrap()).unwrap();
    let text = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key.public_key()));
    let signer = DkimSigner::from_key(key).domain("unit.example").selector("s").headers(fields.iter().copied());
    let signer = if let Some(seconds) = expires { signer.expiration(seconds) } else { signer };
    (signer.sign(MAIL.as_bytes()).unwrap().to_header() + MAIL, Answer::Text(text.into_bytes()))
}

/// The only signature's result, and the names that were asked for.
fn result(mail: &str, answer: &Answer) -> (Checked, Vec<String>) {
    let asked = std::cell::RefCell::new(Vec::new());
    let ask = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        answer.clone()
    };
    let [found] = &verify(mail.as_bytes(), ask)[..] else { panic!("not one signature: {mail}") };
    assert_eq!(found.domain, "unit.example");
    (found.result, asked.into_inner())
}

const FIELDS: [&str; 3] = ["From", "To", "Subject"];

#[test]
fn a_good_signature_passes_whatever_became_of_the_line_ends() {
    let (mail, key) = signed(&FIELDS, None);
    assert_eq!(result(&mail, &key), (Checked::Pass, vec!["s._domainkey.unit.example.".to_owned()]));
    assert_eq!(result(&mail.replace("\r\n", "\n"), &key).0, Checked::Pass);
    assert_eq!(result(&signed(&FIELDS, Some(3600)).0, &key).0, Checked::HeaderChanged, "another key");
}

#[test]
fn a_signature_of_another_program() {
    let found = |mail: &[u8]| verify(mail, |_| Answer::Text(RSA_TEXT.to_vec()))[0].result;
    assert_eq!(found(RSA_MAIL), Checked::Pass);
    let forged = String::from_utf8(RSA_MAIL.to_vec()).unwrap().replace("jia@", "yi@");
    assert_eq!(found(forged.as_bytes()), Checked::HeaderChanged);
}

#[test]
fn what_was_altered_is_told_apart() {
    let (mail, key) = signed(&FIELDS, None);
    assert_eq!(result(&mail.replace("body", "bodies"), &key).0, Checked::BodyChanged);
    assert_eq!(result(&mail.replace("Subject: form", "Subject: fraud"), &key).0, Checked::HeaderChanged);
    assert_eq!(result(&mail.replace("From: jia", "From: yi"), &key).0, Checked::HeaderChanged);
}

#[test]
fn a_signature_whose_time_is_over() {
    let (mail, key) = signed(&FIELDS, Some(3600));
    assert_eq!(result(&mail, &key).0, Checked::Pass);
    let at = mail.find("x=").unwrap() + 2;
    let end = at + mail[at..].find(';').unwrap();
    let past = format!("{}1700000000{}", &mail[..at], &mail[end..]);
    assert_eq!(result(&past, &key).0, Checked::Expired);
}

#[test]
fn a_key_that_is_missing_revoked_broken_or_out_of_reach() {
    let (mail, _) = signed(&FIELDS, None);
    let text = |text: &str| Answer::Text(text.as_bytes().to_vec());
    assert_eq!(result(&mail, &Answer::Nothing).0, Checked::NoKey);
    assert_eq!(result(&mail, &text("v=DKIM1; k=ed25519; p=")).0, Checked::NoKey);
    assert_ne!(result(&mail, &text("no key at all")).0, Checked::Pass);
    assert_eq!(result(&mail, &Answer::Unreachable).0, Checked::Unverified);
}

#[test]
fn a_signature_that_does_not_cover_the_sender_proves_nothing() {
    let (mail, key) = signed(&["To", "Subject"], None);
    assert_eq!(result(&mail, &key).0, Checked::Invalid);
}

#[test]
fn no_signature_broken_ones_and_very_many() {
    let nobody = |name: &str| -> Answer { panic!("asked for {name}") };
    assert_eq!(verify(MAIL.as_bytes(), nobody), []);
    assert_eq!(verify(b"", nobody), []);
    let broken = format!("DKIM-Signature: v=1; d=unit.example\r\n{MAIL}");
    assert_eq!(verify(broken.as_bytes(), nobody), [Signature { domain: String::new(), result: Checked::Invalid }]);
    let (mail, key) = signed(&FIELDS, None);
    let many = mail[..mail.find("From:").unwrap()].repeat(1_000) + MAIL;
    let found = verify(many.as_bytes(), |_| key.clone());
    assert!(found.len() == MOST && found.iter().all(|signature| signature.result == Checked::Pass));
}
