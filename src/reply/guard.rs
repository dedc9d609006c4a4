//! Which mail is not answered, after RFC 3834: a machine that answers must not talk to machines, to lists or to itself.
//!
//! Answers go to the address in From, the one the record shows and which DMARC vouches for. Not to Reply-To: with it
//! anybody could have us write to a third party. Not to Return-Path: providers and forwarders put their own bounce
//! addresses there; it only says when nobody wants an answer (the null path).

use std::str::FromStr;

use lettre::Address;

use super::message;
use crate::mail::Correspondence;

/// Receipts that one address gets on one day. A parent unit that sends its units' forms one by one stays below it; two
/// machines that do not say they are machines stop at it.
pub const MOST_ON_ONE_DAY: usize = 20;

/// Names of mailboxes behind which nobody reads.
const NOBODY: [&str; 16] = [
    "no-reply",
    "noreply",
    "no_reply",
    "no.reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "mailer-daemon",
    "mail-daemon",
    "postmaster",
    "daemon",
    "bounce",
    "bounces",
    "nobody",
    "majordomo",
    "listserv",
];

/// What the guard knows besides the mail.
#[derive(Debug, Clone, Default)]
pub struct Known<'a> {
    /// The office's own addresses.
    pub ours: Vec<&'a str>,
    /// Whether the mail holds a form, or a document that might be one.
    pub has_form: bool,
    /// Receipts that its sender got today.
    pub today: usize,
    /// Whether the server that the office trusts says that the sender's domain disowns the mail (DMARC).
    pub forged: bool,
}

/// Why a mail is not answered, for the clerk; absent if it is.
pub fn silence(mail: &Correspondence, known: &Known<'_>) -> Option<String> {
    let head = &mail.head;
    let said = |text: &str| Some(text.to_owned());
    if mail.several_senders {
        return said("邮件有两个发件人字段");
    }
    // Addresses beyond ASCII need SMTPUTF8, which the providers do not speak.
    if Address::from_str(&head.from).is_err() || !head.from.is_ascii() {
        return said("没有可用的发件人地址");
    }
    if let Some(reason) = &head.auto {
        return Some(reason.clone());
    }
    if mail.return_path.as_deref() == Some("") {
        return said("退信地址为空（Return-Path: <>），不接收回复");
    }
    if let Some(sign) = &mail.bulk {
        return Some(format!("邮件列表或群发邮件（{sign}）"));
    }
    if nobody_reads(&head.from) {
        return said("发件人是系统邮箱，无人阅读");
    }
    if known.ours.iter().any(|own| own.eq_ignore_ascii_case(&head.from)) {
        return said("发件人是本办邮箱");
    }
    if known.forged {
        return said("发件人地址未通过域名验证（DMARC），可能系伪造");
    }
    if !known.has_form && mail.thread.iter().any(|id| message::is_ours(id)) {
        return said("是对本办邮件的答复，没有登记表，请人工阅处");
    }
    (known.today >= MOST_ON_ONE_DAY).then(|| format!("该发件人当日已有{MOST_ON_ONE_DAY}封回执"))
}

fn nobody_reads(address: &str) -> bool {
    let name = address.split('@').next().unwrap_or_default().to_ascii_lowercase();
    // A bounce address names whom it bounces for: `bounce+unit=example.com`.
    let name = name.split(['+', '=']).next().unwrap_or_default();
    NOBODY.contains(&name) || name.starts_with("owner-") || name.ends_with("-request") || name.ends_with("-bounces")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::correspondence;

    fn why(header: &str, known: &Known<'_>) -> Option<String> {
        silence(&correspondence(format!("{header}\n").as_bytes()), known)
    }

    const UNIT: &str = "From: unit@example.com\nMessage-ID: <a@example.com>\n";

    #[test]
    fn ordinary_mail_is_answered() {
        assert_eq!(why(UNIT, &Known::default()), None);
        let usual = "Auto-Submitted: no\nReturn-Path: <unit@example.com>\nPrecedence: normal\nAuthentication-Results: mx.example; dmarc=pass\n";
        assert_eq!(why(&format!("{UNIT}{usual}"), &Known { today: MOST_ON_ONE_DAY - 1, ..Known::default() }), None);
    }

    #[test]
    fn what_the_senders_domain_disowns_is_not_answered() {
        assert!(why(UNIT, &Known { forged: true, ..Known::default() }).unwrap().contains("DMARC"));
        let anybodys_word = format!("{UNIT}Authentication-Results: mx.example; dmarc=fail\n");
        assert_eq!(why(&anybodys_word, &Known::default()), None);
    }

    #[test]
    fn each_sign_of_a_machine_keeps_us_silent() {
        for (sign, reason) in [
            ("Auto-Submitted: auto-replied\n", "自动回复"),
            ("Auto-Submitted: auto-generated\n", "自动发出"),
            ("Return-Path: <>\n", "Return-Path"),
            ("List-Id: <a.example>\n", "列表"),
            ("List-Post: <mailto:a@example.com>\n", "List-Post"),
            ("Precedence: bulk\n", "bulk"),
            ("Precedence: list\n", "list"),
            ("Precedence: junk\n", "junk"),
            ("X-Auto-Response-Suppress: All\n", "X-Auto-Response-Suppress"),
            ("Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", "DSN"),
            ("From: other@example.com\n", "两个发件人"),
        ] {
            let said = why(&format!("{UNIT}{sign}"), &Known::default()).unwrap_or_else(|| panic!("answered: {sign}"));
            assert!(said.contains(reason), "{sign}: {said}");
        }
    }

    #[test]
    fn system_mailboxes_and_broken_addresses_are_not_answered() {
        for from in [
            "noreply@example.com",
            "No-Reply@example.com",
            "MAILER-DAEMON@example.com",
            "postmaster@example.com",
            "bounce+unit=example.com@lists.example",
            "list-request@example.com",
            "owner-list@example.com",
            "nobody",
            "",
            "a b@example.com",
            "示例@example.com",
        ] {
            assert!(why(&format!("From: <{from}>\n"), &Known::default()).is_some(), "{from}");
        }
    }

    #[test]
    fn we_do_not_answer_ourselves() {
        let known = Known { ours: vec!["Office@example.com"], ..Known::default() };
        assert!(why("From: office@example.com\n", &known).unwrap().contains("本办"));
    }

    #[test]
    fn thanks_for_our_answer_get_none_but_a_form_does() {
        let reply = format!(
            "{UNIT}In-Reply-To: <{}>\n",
            message::identifier("20230704-edc12cdc-receipt", "office@example.com")
        );
        assert!(why(&reply, &Known::default()).unwrap().contains("答复"));
        assert_eq!(why(&reply, &Known { has_form: true, ..Known::default() }), None);
    }

    #[test]
    fn the_cap_holds() {
        assert!(why(UNIT, &Known { today: MOST_ON_ONE_DAY, ..Known::default() }).unwrap().contains("20封"));
    }
}
