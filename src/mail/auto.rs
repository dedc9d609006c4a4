//! Mail that no person wrote: replies of machines, bounces, lists. It makes no record, and nobody answers it.

use super::field::{Fields, Parameters};

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
    } else if word("Return-Path").is_some_and(|path| path.trim() == "<>") && is_daemon(from) {
        "邮件系统的退信"
    } else if word("X-Autoreply").is_some_and(|value| value != "no") || word("X-Autorespond").is_some() {
        "自动回复（X-Autoreply）"
    } else if word("List-Id").is_some() {
        "邮件列表发来的邮件（List-Id）"
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
    }

    #[test]
    fn ordinary_mail_has_none() {
        assert_eq!(of("Auto-Submitted: no\nPrecedence: normal\nReturn-Path: <a@x.example>\n"), None);
        assert_eq!(reason(&field::split(b"Return-Path: <>\n").0, "clerk@x.example"), None);
    }
}
