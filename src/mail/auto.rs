//! Mail that no person wrote: replies of machines, bounces, lists. It makes no record, and nobody answers it.

use super::field::{Fields, Parameters};
use super::repair;

/// Why the mail is automatic, as a sentence for the clerk.
pub(super) fn reason(fields: &Fields<'_>, from: &str) -> Option<String> {
    let word = |name: &str| fields.text(name).map(|value| value.to_ascii_lowercase());
    let submitted = word("Auto-Submitted").filter(|value| !value.starts_with("no"));
    let bulk = word("Precedence").filter(|value| ["bulk", "list", "junk", "auto_reply"].contains(&value.as_str()));
    let sentence = if submitted.is_some_and(|value| value.starts_with("auto-generated")) {
        "系统自动发出的邮件（Auto-Submitted: auto-generated）"
    } else if word("Auto-Submitted").is_some_and(|value| !value.starts_with("no")) {
        "自动回复（Auto-Submitted）"
    } else if let Some(report) = report(fields) {
        report
    } else if let Some(report) = aggregate(fields) {
        report
    } else if is_bounce(fields, from) {
        "邮件系统的退信"
    } else if word("X-Autoreply").is_some_and(|value| value != "no") || word("X-Autorespond").is_some() {
        "自动回复（X-Autoreply）"
    } else if is_reply_by_subject(fields) {
        "自动回复（主题）"
    } else if word("List-Id").is_some() {
        "邮件列表发来的邮件（List-Id）"
    } else if word("List-Unsubscribe").is_some() {
        "订阅的群发邮件（List-Unsubscribe）"
    } else if let Some(kind) = bulk {
        return Some(format!("群发邮件（Precedence: {kind}）"));
    } else if word("X-Auto-Response-Suppress").is_some_and(|value| value != "none") {
        "系统自动发出的邮件（X-Auto-Response-Suppress）"
    } else {
        return None;
    };
    Some(sentence.to_owned())
}

/// Reports of mail systems about mail.
fn report(fields: &Fields<'_>) -> Option<&'static str> {
    let content_type = Parameters::read(fields.all("Content-Type").next()?.value());
    if content_type.value != "multipart/report" {
        return None;
    }
    Some(match content_type.get("report-type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "delivery-status" => "退信或投递状态报告（DSN）",
        "disposition-notification" => "已读回执（MDN）",
        "feedback-report" => "投诉反馈报告（ARF）",
        _ => "邮件系统的报告",
    })
}

/// Reports about a domain's mail, sent as ordinary mail with an archive (RFC 7489 §7.2.1.1, RFC 8460 §5.3).
fn aggregate(fields: &Fields<'_>) -> Option<&'static str> {
    let subject = subject(fields);
    if fields.text("TLS-Report-Domain").is_some() {
        return Some("加密传输报告（TLS-RPT）");
    }
    (subject.starts_with("report domain:") && subject.contains("submitter:")).then_some("域名邮件统计报告（DMARC）")
}

/// A mail system that could not deliver; some say so only in the subject.
fn is_bounce(fields: &Fields<'_>, from: &str) -> bool {
    const SAID: [&str; 8] = [
        "退信",
        "投递失败",
        "无法投递",
        "undeliver",
        "delivery status notification",
        "failure notice",
        "returned mail",
        "mail delivery failed",
    ];
    let subject = subject(fields);
    let nobody = fields.text("Return-Path").is_some_and(|path| path.trim() == "<>");
    fields.text("X-Failed-Recipients").is_some()
        || is_daemon(from) && (nobody || SAID.iter().any(|said| subject.contains(said)))
}

/// Mail programs in China mark automatic replies in the subject alone. One with attachments may bring a form.
fn is_reply_by_subject(fields: &Fields<'_>) -> bool {
    const SAID: [&str; 5] = ["自动回复", "自动答复", "automatic reply:", "auto reply:", "out of office:"];
    let kind = fields.all("Content-Type").next().map(|field| Parameters::read(field.value()).value);
    let subject = subject(fields);
    kind.is_none_or(|kind| kind != "multipart/mixed") && SAID.iter().any(|said| subject.starts_with(said))
}

fn subject(fields: &Fields<'_>) -> String {
    fields.text("Subject").map(|text| repair::words(&text).trim().to_lowercase()).unwrap_or_default()
}

fn is_daemon(from: &str) -> bool {
    let name = from.split('@').next().unwrap_or_default().to_ascii_lowercase();
    name.is_empty() || ["mailer-daemon", "postmaster", "mail-daemon"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::field;
    use super::*;

    fn of(head: &str) -> Option<String> {
        reason(&field::split(head.as_bytes()).0, "mailer-daemon@x.example")
    }

    #[test]
    fn each_sign_has_its_sentence() {
        assert!(of("Auto-Submitted: auto-replied (vacation)\n").unwrap().contains("自动回复"));
        assert!(of("Precedence: Bulk\n").unwrap().contains("群发"));
        assert!(of("List-Id: <a.example>\n").unwrap().contains("邮件列表"));
        assert!(of("Return-Path: <>\n").unwrap().contains("退信"));
        assert!(of("X-Autoreply: yes\n").is_some());
        assert!(of("X-Auto-Response-Suppress: All\n").is_some());
        assert!(of("Content-Type: multipart/report; report-type=delivery-status\n").unwrap().contains("DSN"));
        assert!(of("Content-Type: multipart/report; report-type=feedback-report\n").unwrap().contains("ARF"));
        assert!(of("List-Unsubscribe: <mailto:a@x.example>\n").unwrap().contains("订阅"));
        assert!(
            of("Subject: Report Domain: x.example Submitter: y.example Report-ID: <1>\n").unwrap().contains("DMARC")
        );
        assert!(of("TLS-Report-Domain: x.example\n").unwrap().contains("TLS-RPT"));
        assert!(of("Subject: =?utf-8?B?57O757uf6YCA5L+h?=\n").unwrap().contains("退信"));
        assert!(of("Subject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDnmbvorrDooag=?=\n").unwrap().contains("自动回复"));
    }

    #[test]
    fn ordinary_mail_has_none() {
        assert_eq!(of("Auto-Submitted: no\nPrecedence: normal\nReturn-Path: <a@x.example>\n"), None);
        assert_eq!(reason(&field::split(b"Return-Path: <>\n").0, "clerk@x.example"), None);
        let replied = b"Subject: Out of office: form\nContent-Type: multipart/mixed; boundary=b\n";
        assert_eq!(reason(&field::split(replied).0, "clerk@x.example"), None);
        assert_eq!(reason(&field::split(b"Subject: Re: returned mail\n").0, "clerk@x.example"), None);
    }
}
