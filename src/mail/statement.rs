//! Authentication-Results (RFC 8601): what a mail server says of the sender of a mail that it took in.
//!
//! Anybody can write such a field into a mail. It is worth something only where the server that the office trusts wrote
//! it, and that server writes it above everything that came with the mail: of its fields the topmost counts, and those
//! below change nothing (§5). A server that spreads its results over several fields is believed in the first.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

use super::field::Fields;
use super::{charset, repair};

/// Longest name of a server or domain that is kept.
const LONGEST: usize = 255;

/// What one server says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    /// The server by the name it gives itself (authserv-id), lower case; empty where nobody says anything.
    pub server: String,
    /// Method (`spf`, `dkim`, `dmarc` …) to result (`pass`, `fail`, `none` …).
    pub results: BTreeMap<String, String>,
    /// Method to the domain it looked at.
    pub domains: BTreeMap<String, String>,
}

/// The topmost statement of the server of this name; without a name the topmost of all, which nobody vouches for.
pub(super) fn of(fields: &Fields<'_>, server: Option<&str>) -> Statement {
    let texts = fields.all("Authentication-Results").map(|field| repair::unfold(field.value()));
    let mut statements = texts.map(|text| read(&text));
    let wanted = |statement: &Statement| server.is_none_or(|name| statement.server.eq_ignore_ascii_case(name.trim()));
    statements.find(wanted).unwrap_or_default()
}

/// Reads a field by its grammar (§2.2). What breaks it costs the result it stands in. Of a version we do not know only
/// the server is told.
fn read(text: &str) -> Statement {
    let mut at = Scanner(text.chars().peekable());
    let mut statement = Statement { server: clean(&at.value(";")), ..Statement::default() };
    let version = at.value(";");
    if !version.is_empty() && version != "1" {
        return statement;
    }
    loop {
        at.skip_to_semicolon();
        if at.0.next().is_none() {
            return statement;
        }
        if let Some((method, result, domain)) = resinfo(&mut at) {
            statement.add(method, result, domain);
        }
    }
}

impl Statement {
    /// The first result of a method counts, but of several signatures one that is good is enough.
    fn add(&mut self, method: String, result: String, domain: Option<String>) {
        let better = method == "dkim" && result == "pass" && self.results.get("dkim").is_some_and(|old| old != "pass");
        if self.results.contains_key(&method) && !better {
            return;
        }
        self.domains.remove(&method);
        self.domains.extend(domain.map(|domain| (method.clone(), domain)));
        self.results.insert(method, result);
    }
}

/// `method [/ version] = result *(property = value)`, up to the semicolon; none for `none` and for what is broken.
fn resinfo(at: &mut Scanner<'_>) -> Option<(String, String, Option<String>)> {
    let method = at.value("=/;");
    if at.takes('/') && at.value("=;") != "1" || !at.takes('=') {
        return None;
    }
    let result = at.value("=;");
    let known = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !known(&method) || !known(&result) {
        return None;
    }
    let (mut best, mut domain) = (0, None);
    while let Some((name, value)) = property(at) {
        let rank = rank(&method, &name);
        if rank > best {
            (best, domain) = (rank, Some(domain_of(&value)));
        }
    }
    Some((method, result, domain.filter(|domain| !domain.is_empty())))
}

/// `ptype . property = value`; the parts of the name may stand apart.
fn property(at: &mut Scanner<'_>) -> Option<(String, String)> {
    let mut name = String::new();
    loop {
        let part = at.value("=;");
        if part.is_empty() {
            break;
        }
        name += &part;
    }
    at.takes('=').then(|| (name, at.value(";")))
}

/// Which property tells best whose mail a method looked at; 0 for those that do not tell.
fn rank(method: &str, property: &str) -> u8 {
    match (method, property) {
        ("dkim", "header.d") | ("spf", "smtp.mailfrom") | ("dmarc", "header.from") => 2,
        ("dkim", "header.i") | ("spf", "smtp.helo") => 1,
        _ => 0,
    }
}

fn domain_of(address: &str) -> String {
    clean(address.rsplit('@').next().unwrap_or(address).trim_end_matches('.'))
}

fn clean(text: &str) -> String {
    charset::clean(text, LONGEST).to_lowercase()
}

struct Scanner<'a>(Peekable<Chars<'a>>);

impl Scanner<'_> {
    /// Skips white space and comments, nested ones too.
    fn blank(&mut self) {
        while let Some(c) = self.0.peek() {
            match c {
                '(' => self.comment(),
                c if c.is_whitespace() => drop(self.0.next()),
                _ => return,
            }
        }
    }

    fn comment(&mut self) {
        let mut depth = 0usize;
        while let Some(c) = self.0.next() {
            match c {
                '\\' => drop(self.0.next()),
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => (),
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// A word, lower case, and the white space around it: quoted strings and what stands between them, up to one of the
    /// ends, a blank or a comment. Empty where none stands.
    fn value(&mut self, ends: &str) -> String {
        self.blank();
        let mut value = String::new();
        while let Some(c) = self.0.next_if(|c| !ends.contains(*c) && !c.is_whitespace() && *c != '(') {
            if c == '"' { self.quoted(&mut value) } else { value.push(c) }
        }
        self.blank();
        value.to_lowercase()
    }

    fn quoted(&mut self, value: &mut String) {
        while let Some(c) = self.0.next().filter(|c| *c != '"') {
            value.extend(if c == '\\' { self.0.next() } else { Some(c) });
        }
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.blank();
        let taken = self.0.next_if_eq(&wanted).is_some();
        self.blank();
        taken
    }

    /// To the next semicolon outside of quotes and comments.
    fn skip_to_semicolon(&mut self) {
        while self.0.peek().is_some_and(|c| *c != ';') {
            self.value(";");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::field;
    use super::*;

    fn said(head: &str, server: Option<&str>) -> (String, String) {
        let statement = of(&field::split(head.as_bytes()).0, server);
        let results: Vec<_> = statement.results.iter().map(|(k, v)| format!("{k}={v}")).collect();
        (statement.server, results.join(" "))
    }

    fn results(value: &str) -> String {
        said(&format!("Authentication-Results: {value}\n"), None).1
    }

    fn domains(value: &str) -> Vec<(String, String)> {
        read(value).domains.into_iter().collect()
    }

    #[test]
    fn only_the_topmost_of_the_trusted_server_counts() {
        let head = "Authentication-Results: relay.example; spf=neutral\n\
            Received: from somewhere\n\
            Authentication-Results: MX.office.example; spf=fail\n\
            Authentication-Results: mx.office.example; spf=pass; dkim=pass\n\
            Authentication-Results: evil.example; dmarc=pass\n";
        assert_eq!(said(head, Some("mx.office.example")), ("mx.office.example".into(), "spf=fail".into()));
        assert_eq!(said(head, None), ("relay.example".into(), "spf=neutral".into()));
        assert_eq!(said(head, Some("nobody.example")), Default::default());
    }

    #[test]
    fn a_field_of_the_trusted_server_that_cannot_be_read_does_not_hand_its_place_on() {
        let head = "Authentication-Results: mx.example 2; spf=fail\nAuthentication-Results: mx.example; spf=pass\n";
        assert_eq!(said(head, Some("mx.example")), ("mx.example".into(), String::new()));
    }

    #[test]
    fn the_examples_of_the_rfc() {
        assert_eq!(results("example.org 1; none"), "");
        assert_eq!(results("example.com; spf=pass smtp.mailfrom=example.net"), "spf=pass");
        assert_eq!(
            results(
                "example.com;\n\tauth=pass (cram-md5) smtp.auth=sender@example.net;\n spf=pass smtp.mailfrom=a.net"
            ),
            "auth=pass spf=pass"
        );
        assert_eq!(results("example.com; dkim=pass reason=\"good signature\" header.i=@m.example.net"), "dkim=pass");
        let commented = "foo.example.net (foobar) 1 (baz);\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\n\
            \tpolicy (A dot can go here) . (like that) expired\n (this surprised me) = (as I wasn't expecting it) 1362471462";
        assert_eq!(results(commented), "dkim=fail");
    }

    #[test]
    fn what_is_quoted_or_a_comment_is_no_result() {
        assert_eq!(results("mx; spf=fail smtp.mailfrom=\"a; dmarc=pass\"@x.example"), "spf=fail");
        assert_eq!(results("mx; spf=fail (x; (y) dmarc=pass \\) ; dkim=pass); dkim=none"), "dkim=none spf=fail");
        assert_eq!(results("mx (; spf=pass"), "");
        assert_eq!(results("mx; spf=fail reason=\"; dkim=pass"), "spf=fail");
        assert_eq!(said("Authentication-Results: \"mx.Example\"; spf=pass\n", Some("mx.example")).1, "spf=pass");
    }

    #[test]
    fn broken_parts_cost_only_themselves() {
        assert_eq!(results("mx; ; spf; =pass; dkim=; arc=p@ss; x/2=pass; dmarc=pass;"), "dmarc=pass");
        assert_eq!(results(""), "");
        assert_eq!(results(";;;==((\"\\"), "");
    }

    #[test]
    fn of_several_results_the_first_counts_and_one_good_signature_is_enough() {
        assert_eq!(results("mx; spf=fail; spf=pass"), "spf=fail");
        let two = "mx; dkim=fail header.d=list.example; dkim=pass header.i=@Unit.example header.d=unit.example";
        assert_eq!((results(two), domains(two)), ("dkim=pass".into(), vec![("dkim".into(), "unit.example".into())]));
    }

    #[test]
    fn the_domains_are_told() {
        let all = "mx; spf=pass smtp.helo=h.example smtp.mailfrom=jia@Unit.example; dkim=pass header.i=@d.example;\
            dmarc=fail header.from=x.example";
        let told = [("dkim", "d.example"), ("dmarc", "x.example"), ("spf", "unit.example")];
        assert_eq!(domains(all), told.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
