//! The outermost header as values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::Offset;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, DateTime, HeaderValue};

use super::field::Fields;
use super::{Head, auto, charset, repair};
use crate::fault::Fault;

/// Longest subject, name or identifier kept, in characters: a header line may have 998, folded ones any number.
const LONGEST: usize = 998;

/// Reads the head; what is wrong with it goes to the mail's faults.
pub(super) fn read(fields: &Fields<'_>, faults: &mut Vec<Fault>) -> Head {
    if fields.all("From").nth(1).is_some() {
        faults.push(Fault::new("two-from", "邮件有两个发件人字段，可能是伪造的，请核实来源"));
    }
    let (from, from_name) = sender(fields);
    if from.is_empty() && !fields.is_empty() {
        faults.push(Fault::new("no-from", "邮件没有可用的发件人地址"));
    }
    Head {
        message_id: fields.text("Message-ID").map(|id| identifier(&id)).filter(|id| !id.is_empty()),
        subject: readable(fields, "Subject").unwrap_or_default(),
        date: fields.text("Date").and_then(|date| in_china(&date)),
        auto: auto::reason(fields, &from),
        authentication: fields.text("Authentication-Results").map(|text| authentication(&text)).unwrap_or_default(),
        from,
        from_name,
    }
}

/// A field as text with its encoded words decoded.
fn readable(fields: &Fields<'_>, name: &str) -> Option<String> {
    fields.text(name).map(|text| charset::clean(&repair::words(&text), LONGEST))
}

/// Address and name of the first sender; without a From the Sender field stands in.
fn sender(fields: &Fields<'_>) -> (String, Option<String>) {
    let Some(text) = fields.text("From").or_else(|| fields.text("Sender")) else { return Default::default() };
    let line = format!("{}\n", repair::whole_words(&text));
    let HeaderValue::Address(address) = MessageStream::new(line.as_bytes()).parse_address() else {
        return Default::default();
    };
    let first = match &address {
        Address::List(list) => list.first(),
        Address::Group(groups) => groups.iter().find_map(|group| group.addresses.first()),
    };
    let Some(first) = first else { return Default::default() };
    let clean = |text: &str| charset::clean(text, LONGEST);
    let name = first.name.as_deref().map(clean).filter(|name| !name.is_empty());
    (first.address.as_deref().map(clean).unwrap_or_default(), name)
}

fn identifier(text: &str) -> String {
    let inner = text.split_once('<').map_or(text, |(_, id)| id.split('>').next().unwrap_or(id));
    charset::clean(inner, LONGEST)
}

/// A Date field as RFC 3339 in China's time. China has had no daylight saving since 1991.
fn in_china(text: &str) -> Option<String> {
    let date = DateTime::parse_rfc822(&format!("{text}\n")).filter(DateTime::is_valid)?;
    let at = Timestamp::from_second(date.to_timestamp()).ok()?;
    Some(at.display_with_offset(Offset::constant(8)).to_string())
}

/// `server; spf=pass smtp.mailfrom=…; dkim=none` as method to result; the first result of a method counts.
fn authentication(text: &str) -> BTreeMap<String, String> {
    let text = without_comments(text);
    let mut results = BTreeMap::new();
    for part in text.split(';').skip(1) {
        let Some((method, rest)) = part.split_once('=') else { continue };
        let method = method.split('/').next().unwrap_or(method).trim().to_ascii_lowercase();
        let result = rest.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
        let known = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if known(&method) && known(&result) {
            results.entry(method).or_insert(result);
        }
    }
    results
}

fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    let outside = |c: &char| {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => (),
        }
        depth == 0
    };
    text.chars().filter(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::super::field;
    use super::*;

    fn of(raw: &[u8]) -> (Head, Vec<Fault>) {
        let mut faults = Vec::new();
        let head = read(&field::split(raw).0, &mut faults);
        (head, faults)
    }

    #[test]
    fn names_and_subjects_are_readable() {
        let (head, _) =
            of(b"From: \"=?gb18030?B?ssm5uiC+rbDs?=\" <unit@qq.example>\nSubject: \xb5\xc7\xbc\xc7\xb1\xed\n");
        assert_eq!((head.from.as_str(), head.from_name.as_deref()), ("unit@qq.example", Some("采购 经办")));
        assert_eq!(head.subject, "登记表");
        let (head, _) = of(b"From: \"\xb2\xc9\xb9\xba\" <unit@qq.example>\n");
        assert_eq!((head.from.as_str(), head.from_name.as_deref()), ("unit@qq.example", Some("采购")));
    }

    #[test]
    fn a_name_cannot_pose_as_the_address() {
        let (head, _) = of(b"From: =?utf-8?Q?boss=40gov.example_=3Cboss=40gov.example=3E?= <x@evil.example>\n");
        assert_eq!(head.from, "x@evil.example");
    }

    #[test]
    fn two_senders_are_a_fault() {
        let (head, faults) = of(b"From: a@x.example\nFrom: b@x.example\n");
        assert_eq!((head.from.as_str(), faults[0].code.as_str()), ("a@x.example", "two-from"));
    }

    #[test]
    fn dates_come_in_china_time() {
        assert_eq!(in_china("Mon, 03 Jul 2023 14:00:00 +0800").unwrap(), "2023-07-03T14:00:00+08:00");
        assert_eq!(in_china("Mon, 3 Jul 2023 23:30:00 GMT").unwrap(), "2023-07-04T07:30:00+08:00");
        assert_eq!(in_china("yesterday"), None);
    }

    #[test]
    fn only_the_topmost_authentication_counts() {
        let (head, _) = of(b"Authentication-Results: mx.qq.com; spf=pass (a;b=c) x=y;\n dkim=none; dmarc=fail\n\
            Authentication-Results: evil; spf=pass; dkim=pass; arc=pass\n");
        let all: Vec<_> = head.authentication.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(all, ["dkim=none", "dmarc=fail", "spf=pass"]);
    }
}
