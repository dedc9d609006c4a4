//! The outermost header as values.

use jiff::Timestamp;
use jiff::tz::Offset;
use mail_parser::parsers::MessageStream;
use mail_parser::{Addr, Address, DateTime, HeaderValue};

use super::field::Fields;
use super::{Head, auto, charset, repair, statement};
use crate::fault::Fault;

/// Longest subject, name or identifier kept, in characters: a header line may have 998, folded ones any number.
const LONGEST: usize = 998;

/// Reads the head; what is wrong with it goes to the mail's faults.
pub(super) fn read(fields: &Fields<'_>, faults: &mut Vec<Fault>) -> Head {
    let mut senders = senders(fields);
    if senders.len() > 1 || fields.all("From").nth(1).is_some() {
        faults.push(Fault::new(TWO_SENDERS, two_senders(&senders)));
    } else if senders.is_empty() && !fields.is_empty() {
        faults.push(Fault::new("no-from", "邮件没有可用的发件人地址"));
    }
    let first = if senders.is_empty() { Default::default() } else { senders.swap_remove(0) };
    let auto = auto::reason(fields, &first.0);
    // Of several senders none is believed: nobody is answered, nothing is held against or for anybody.
    let (from, from_name) = if is_ambiguous(&*faults) { Default::default() } else { first };
    Head {
        message_id: fields.text("Message-ID").map(|id| identifier(&id)).filter(|id| !id.is_empty()),
        subject: readable(fields, "Subject").unwrap_or_default(),
        date: fields.text("Date").and_then(|date| in_china(&date)),
        auto,
        statement: statement::of(fields, None),
        from,
        from_name,
    }
}

/// The fault of a mail that names more than one sender.
const TWO_SENDERS: &str = "two-from";

/// Whether a mail with these faults names more than one sender: programs differ in which they show and which they check,
/// so neither may be answered or taken for the one who wrote it.
pub fn is_ambiguous<'f>(faults: impl IntoIterator<Item = &'f Fault>) -> bool {
    faults.into_iter().any(|fault| fault.code == TWO_SENDERS)
}

fn two_senders(senders: &[Sender]) -> String {
    /// More are not told: a header has room for thousands.
    const TOLD: usize = 5;
    let told: Vec<&str> = senders.iter().take(TOLD).map(|(address, _)| address.as_str()).collect();
    let told = if told.is_empty() { String::new() } else { format!("（{}）", told.join("、")) };
    format!("邮件写有不止一个发件人{told}，可能是伪造的：不采信其中任何一个，也不自动回信，请另行核实来源")
}

/// A field as text with its encoded words decoded.
fn readable(fields: &Fields<'_>, name: &str) -> Option<String> {
    fields.text(name).map(|text| charset::clean(&repair::words(&text), LONGEST))
}

/// Address and name.
type Sender = (String, Option<String>);

/// All senders; without a From the Sender field stands in.
fn senders(fields: &Fields<'_>) -> Vec<Sender> {
    let mut texts: Vec<String> = fields.all("From").map(|field| repair::unfold(field.value())).collect();
    if texts.is_empty() {
        texts.extend(fields.text("Sender"));
    }
    let mut all: Vec<Sender> = texts.iter().flat_map(|text| addresses(text.trim())).collect();
    // `From: 甲,乙 <a@x.example>` is a name that lacks its quotes.
    if all.iter().any(|(address, _)| address.contains('@')) {
        all.retain(|(address, _)| address.contains('@'));
    } else {
        all.truncate(1);
    }
    all
}

fn addresses(text: &str) -> Vec<Sender> {
    let line = format!("{}\n", repair::whole_words(text));
    let HeaderValue::Address(address) = MessageStream::new(line.as_bytes()).parse_address() else { return Vec::new() };
    let clean = |text: &str| charset::clean(text, LONGEST);
    let named = |one: &Addr<'_>| {
        let address = one.address.as_deref().map(clean).filter(|address| !address.is_empty())?;
        Some((address, one.name.as_deref().map(clean).filter(|name| !name.is_empty())))
    };
    match &address {
        Address::List(list) => list.iter().filter_map(named).collect(),
        Address::Group(groups) => groups.iter().flat_map(|group| &group.addresses).filter_map(named).collect(),
    }
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
        assert_eq!((head.from.as_str(), faults[0].code.as_str()), ("", "two-from"));
        assert!(faults[0].message.contains("（a@x.example、b@x.example）"), "{}", faults[0].message);
        let (head, faults) = of(b"From: A <a@x.example>, b@y.example\n");
        assert_eq!((head.from.as_str(), head.from_name, is_ambiguous(&faults)), ("", None, true));
        let (_, faults) = of(b"From: \nFrom: b@x.example\n");
        assert!(is_ambiguous(&faults));
        let (head, faults) = of("From: 甲,乙 <a@x.example>\n".as_bytes());
        assert_eq!((head.from.as_str(), is_ambiguous(&faults)), ("a@x.example", false));
    }

    #[test]
    fn dates_come_in_china_time() {
        assert_eq!(in_china("Mon, 03 Jul 2023 14:00:00 +0800").unwrap(), "2023-07-03T14:00:00+08:00");
        assert_eq!(in_china("Mon, 3 Jul 2023 23:30:00 GMT").unwrap(), "2023-07-04T07:30:00+08:00");
        assert_eq!(in_china("yesterday"), None);
    }
}
