//! What is known of who sent a record's mail, in words for the reviewer. Advice: nothing here accepts or refuses.

use serde_yaml::FlowMap;

use super::{Mail, Record};
use crate::extract::{Checked, Signature};
use crate::mail::is_ambiguous;

/// Whether the record's mail names more than one sender. Nobody is answered then, and no sender is looked up.
pub fn sender_is_ambiguous(record: &Record) -> bool {
    is_ambiguous(record.faults.iter().map(|FlowMap(fault)| fault))
}

/// What the reviewer should know of the sender, a sentence each; nothing for a record that came without mail.
pub fn advice(record: &Record) -> Vec<String> {
    let mail = &record.mail;
    // Only mail has a sender: not what was typed in, nor a scan from the office's own desk.
    if !mail.file.ends_with(".eml") {
        return Vec::new();
    }
    if sender_is_ambiguous(record) {
        return vec!["发件人不明：邮件写有不止一个发件人，请通过其他途径核实来源".to_owned()];
    }
    let mut all = vec![server(mail)];
    all.extend(mail.vouched.signatures.iter().map(|signature| signed(signature, mail)));
    all
}

/// What the mail server says, and whether it is to be believed.
fn server(mail: &Mail) -> String {
    let (server, results) = (&mail.vouched.server, results(mail));
    if results.is_empty() {
        return "发件人验证：收件服务器没有给出结果，不能证明邮件确由该地址发出".to_owned();
    }
    if mail.vouched.trusted {
        return format!("发件人验证（{server}）：{results}");
    }
    let server = if server.is_empty() { "不明" } else { server };
    format!("发件人验证（自称{server}，未经核实，任何人都能写入，请勿采信）：{results}")
}

fn results(mail: &Mail) -> String {
    let known = [("spf", "SPF"), ("dkim", "DKIM"), ("dmarc", "DMARC")];
    let told = known.iter().filter_map(|(method, name)| {
        let result = mail.authentication.get(*method)?;
        let domain = mail.vouched.domains.get(*method);
        let apart = domain.filter(|domain| result == "pass" && !aligned(&mail.from, domain));
        let apart = apart.map_or(String::new(), |domain| format!("（{domain}，{}）", apart_from_sender(method)));
        Some(format!("{name} {}{apart}", in_words(result)))
    });
    told.collect::<Vec<_>>().join("，")
}

fn apart_from_sender(method: &str) -> &'static str {
    if method == "dkim" { "签名域与发件人不一致" } else { "投递域与发件人不一致" }
}

/// Results of RFC 8601 §2.7 in words.
fn in_words(result: &str) -> &str {
    match result {
        "pass" => "通过",
        "fail" | "hardfail" | "reject" => "未通过",
        "softfail" => "可疑",
        "neutral" => "无结论",
        "none" => "未设置",
        "policy" => "不符合策略",
        "temperror" => "暂时无法检验",
        "permerror" => "设置有误，无法检验",
        other => other,
    }
}

fn signed(signature: &Signature, mail: &Mail) -> String {
    let domain = if signature.domain.is_empty() { "未注明域名" } else { &signature.domain };
    let found = match signature.result {
        Checked::Pass if aligned(&mail.from, &signature.domain) => "有效，与发件人一致",
        Checked::Pass => "有效，但签名域与发件人不一致",
        Checked::BodyChanged => "无效：正文或附件在签名后被改动",
        Checked::HeaderChanged => "无效：邮件头在签名后被改动，或签名系伪造",
        Checked::Expired => "已过有效期",
        Checked::NoKey => "无效：该域名没有公布对应的公钥",
        Checked::Invalid => "无效：签名残缺，或未覆盖发件人",
        Checked::Unverified => "未能核验：暂时查询不到公钥",
    };
    format!("DKIM 签名（{domain}）：{found}")
}

/// Whether a domain is the sender's own, or one of both stands within the other (relaxed alignment, RFC 7489 §3.1; there
/// is no list of public suffixes here, and nobody signs for one).
fn aligned(from: &str, domain: &str) -> bool {
    let own = from.rsplit('@').next().unwrap_or_default().trim_end_matches('.').to_lowercase();
    let domain = domain.trim_end_matches('.').to_lowercase();
    let within = |inner: &str, outer: &str| inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'));
    !domain.is_empty() && (own == domain || within(&own, &domain) || within(&domain, &own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Vouched;

    fn mail(server: &str, trusted: bool, results: &[(&str, &str, &str)]) -> Mail {
        let vouched = Vouched {
            server: server.into(),
            trusted,
            domains: results.iter().map(|(method, _, domain)| ((*method).into(), (*domain).into())).collect(),
            signatures: Vec::new(),
        };
        let authentication = results.iter().map(|(method, result, _)| ((*method).into(), (*result).into())).collect();
        Mail { file: "mail/x.eml".into(), from: "jia@unit.example".into(), authentication, vouched, ..Mail::default() }
    }

    #[test]
    fn the_trusted_server_is_quoted_and_any_other_is_doubted() {
        let results = [("spf", "pass", "unit.example"), ("dkim", "none", ""), ("dmarc", "fail", "unit.example")];
        let told = server(&mail("mx.example", true, &results));
        assert_eq!(told, "发件人验证（mx.example）：SPF 通过，DKIM 未设置，DMARC 未通过");
        assert!(server(&mail("mx.example", false, &results)).contains("请勿采信"));
        assert!(server(&mail("", false, &[])).contains("没有给出结果"));
    }

    #[test]
    fn a_pass_of_another_domain_is_told() {
        let told = server(&mail("mx", true, &[("spf", "pass", "bulk.example"), ("dkim", "pass", "evil.example")]));
        assert!(told.contains("SPF 通过（bulk.example，投递域与发件人不一致）"), "{told}");
        assert!(told.contains("DKIM 通过（evil.example，签名域与发件人不一致）"), "{told}");
    }

    #[test]
    fn signatures_are_told_with_whose_they_are() {
        let of = |domain: &str, result| signed(&Signature { domain: domain.into(), result }, &mail("", false, &[]));
        assert_eq!(of("unit.example", Checked::Pass), "DKIM 签名（unit.example）：有效，与发件人一致");
        assert!(of("other.example", Checked::Pass).ends_with("签名域与发件人不一致"));
        assert!(of("", Checked::Invalid).contains("未注明域名"));
    }

    #[test]
    fn domains_align_within_each_other_only() {
        assert!(aligned("a@Unit.example", "unit.EXAMPLE"));
        assert!(aligned("a@mail.unit.example", "unit.example") && aligned("a@unit.example", "mail.unit.example"));
        assert!(!aligned("a@unit.example", "evilunit.example") && !aligned("a@unit.example", ""));
        assert!(!aligned("", "unit.example"));
    }
}
