//! The MIME tree: cuts a mail into its leaves. Line by line as RFC 2046 has it, so a boundary that begins with another
//! one's text is not taken for it; what the outer part ends, the inner one ends too.

use std::ops::Range;

use super::field::{self, Fields, Parameters};
use super::transfer;
use super::{Leaf, charset};
use crate::fault::Fault;

/// Multiparts and forwarded mails inside each other. People forward forwards a handful of times; recursion needs an end.
const DEEPEST: usize = 32;
/// Leaves of one mail. A unit's mail has a dozen; each leaf costs a line of output.
pub(super) const MOST_LEAVES: usize = 1_000;
/// Longest name kept, in characters: what file systems take.
pub(super) const LONGEST_NAME: usize = 255;
/// Encoded mails inside each other. RFC 2046 forbids even one; each is held in memory while it is read.
const MOST_DECODED: usize = 3;

/// All leaves of a mail whose header block was already cut off.
pub(super) fn leaves(raw: &[u8], fields: &Fields<'_>, body: usize, faults: &mut Vec<Fault>) -> Vec<Leaf> {
    let mut walk = Walk { raw, dashes: dashes(raw), leaves: Vec::new(), faults, depth: 0, decoded: 0 };
    walk.entity(fields, body..raw.len(), &Place { children: "", leaf: "1".to_owned(), ..Place::default() });
    walk.leaves
}

/// The lines that begin with `--`: the only ones that can be boundaries.
fn dashes(raw: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        let next = field::line_end(raw, at);
        if raw[at..next].starts_with(b"--") {
            found.push(at..next);
        }
        at = next;
    }
    found
}

/// Encodings that leave the bytes as they are.
fn is_identity(encoding: &str) -> bool {
    ["", "7bit", "8bit", "binary"].iter().any(|name| encoding.trim().eq_ignore_ascii_case(name))
}

struct Walk<'a, 'f> {
    raw: &'a [u8],
    dashes: Vec<Range<usize>>,
    leaves: Vec<Leaf>,
    faults: &'f mut Vec<Fault>,
    depth: usize,
    /// Encoded mails around this one.
    decoded: usize,
}

/// Where an entity stands in the tree.
#[derive(Clone, Default)]
struct Place<'p> {
    /// Number to put before those of its parts.
    children: &'p str,
    /// Its own number if it is a leaf.
    leaf: String,
    /// The multipart/alternative around it.
    alternative: Option<String>,
    /// In a multipart/digest a part without a type is a mail.
    digest: bool,
    /// No boundary closed it.
    unclosed: bool,
}

impl Walk<'_, '_> {
    fn entity(&mut self, fields: &Fields<'_>, body: Range<usize>, place: &Place<'_>) {
        let content_type = fields.all("Content-Type").next().map(|f| Parameters::read(f.value())).unwrap_or_default();
        let kind = kind_of(&content_type, fields, place.digest);
        let too_deep = self.depth >= DEEPEST;
        self.depth += 1;
        let boundary = content_type.get("boundary").map(|b| b.trim_end().to_owned());
        let parts = match &boundary {
            Some(boundary) if kind.starts_with("multipart/") && !too_deep => self.split(&body, boundary),
            _ => None,
        };
        let container = kind.starts_with("multipart/") || is_mail(&kind);
        match parts {
            Some(parts) => self.parts(parts, &kind, place),
            None if is_mail(&kind) && !too_deep => self.forwarded(fields, body, place),
            None => {
                let mut leaf = self.leaf(fields, &content_type, kind, body, place);
                if container {
                    leaf.faults.push(unopened(too_deep));
                }
                self.push(leaf);
            }
        }
        self.depth -= 1;
    }

    fn push(&mut self, leaf: Leaf) {
        if self.leaves.len() < MOST_LEAVES {
            self.leaves.push(leaf);
        } else if self.leaves.len() == MOST_LEAVES && !self.faults.iter().any(|fault| fault.code == "too-many-parts") {
            let message = format!("邮件的部分超过 {MOST_LEAVES} 个，其余未列出，请打开原件查看");
            self.faults.push(Fault::new("too-many-parts", message));
        }
    }

    /// The ranges between a multipart's boundaries; absent if there are none.
    fn split(&mut self, body: &Range<usize>, boundary: &str) -> Option<Split> {
        let from = self.dashes.partition_point(|line| line.start < body.start);
        let mut split = Split::default();
        let mut open: Option<usize> = None;
        for line in self.dashes[from..].iter().take_while(|line| line.start < body.end) {
            let Some(closing) = is_boundary(&self.raw[line.clone()], boundary) else { continue };
            // An inner multipart with its outer one's boundary closes that too early; what follows is no less sent.
            split.after_close |= split.closed && !closing;
            split.parts.extend(open.map(|start| start..before_eol(self.raw, start, line.start)));
            open = (!closing).then_some(line.end);
            split.closed = closing;
        }
        // Where the mail breaks off, its last line end belongs to the boundary that never came.
        split.parts.extend(open.map(|start| start..before_eol(self.raw, start, body.end.max(start))));
        // A multipart without parts is no container: what it holds would be listed nowhere.
        (!split.parts.is_empty()).then_some(split)
    }

    fn parts(&mut self, split: Split, kind: &str, place: &Place<'_>) {
        if split.after_close {
            self.faults.push(Fault::new("after-close", "邮件结束标记之后还有内容，已一并读取，请核对原件"));
        }
        let last = split.parts.len();
        for (number, range) in (1..).zip(split.parts) {
            let own =
                if place.children.is_empty() { number.to_string() } else { format!("{}.{number}", place.children) };
            let alternative = (kind == "multipart/alternative").then(|| place.children.to_owned());
            let inner = Place {
                children: &own,
                leaf: own.clone(),
                alternative: alternative.or_else(|| place.alternative.clone()),
                digest: kind == "multipart/digest",
                unclosed: number == last && (!split.closed || place.unclosed),
            };
            let (fields, start) = field::split(&self.raw[range.clone()]);
            self.entity(&fields, range.start + start..range.end, &inner);
        }
    }

    /// A mail inside the mail. Encoded ones are decoded and read on their own.
    fn forwarded(&mut self, fields: &Fields<'_>, body: Range<usize>, place: &Place<'_>) {
        let encoding = fields.text("Content-Transfer-Encoding").unwrap_or_default();
        let inner = Place {
            children: &place.leaf,
            leaf: format!("{}.1", place.leaf),
            unclosed: place.unclosed,
            ..Place::default()
        };
        if !is_identity(&encoding) && self.decoded < MOST_DECODED {
            let decoded = transfer::decode(&encoding, &self.raw[body.clone()]);
            self.faults.extend(decoded.faults);
            if decoded.bytes != self.raw[body.clone()] {
                return self.decoded(&decoded.bytes, &inner);
            }
        }
        let (fields, start) = field::split(&self.raw[body.clone()]);
        self.entity(&fields, body.start + start..body.end, &inner);
    }

    /// Reads a mail that was encoded; its leaves go on in the same list, under the same limits.
    fn decoded(&mut self, raw: &[u8], place: &Place<'_>) {
        let (fields, start) = field::split(raw);
        let mut walk = Walk {
            raw,
            dashes: dashes(raw),
            leaves: std::mem::take(&mut self.leaves),
            faults: self.faults,
            depth: self.depth,
            decoded: self.decoded + 1,
        };
        walk.entity(&fields, start..raw.len(), place);
        self.leaves = walk.leaves;
    }

    fn leaf(
        &mut self,
        fields: &Fields<'_>,
        content_type: &Parameters,
        kind: String,
        body: Range<usize>,
        place: &Place<'_>,
    ) -> Leaf {
        let encoding = fields.text("Content-Transfer-Encoding").unwrap_or_default();
        let mut decoded = transfer::decode(&encoding, &self.raw[body]);
        if place.unclosed {
            decoded.faults.push(Fault::new("unclosed", "邮件没有结束标记，这一部分可能不完整"));
        }
        let disposition =
            fields.all("Content-Disposition").next().map(|f| Parameters::read(f.value())).unwrap_or_default();
        let name = disposition.get("filename").or_else(|| content_type.get("name"));
        let name = name.map(|name| charset::clean(&name, LONGEST_NAME)).filter(|name| !name.is_empty());
        let inline =
            disposition.value == "inline" || disposition.value.is_empty() && fields.all("Content-ID").next().is_some();
        Leaf {
            part: place.leaf.clone(),
            attachment: disposition.value == "attachment" || !inline && name.is_some(),
            inline,
            name,
            content_type: kind,
            bytes: decoded.bytes,
            charset: content_type.get("charset").map(|label| charset::clean(&label, 40).to_ascii_lowercase()),
            alternative: place.alternative.clone(),
            faults: decoded.faults,
        }
    }
}

#[derive(Default)]
struct Split {
    parts: Vec<Range<usize>>,
    closed: bool,
    after_close: bool,
}

/// The type in force: the declared one, else what its place implies. A type that is none is data of unknown kind.
fn kind_of(content_type: &Parameters, fields: &Fields<'_>, digest: bool) -> String {
    let declared = &content_type.value;
    let well_formed = declared.split_once('/').is_some_and(|(main, sub)| !main.is_empty() && !sub.is_empty());
    match declared.as_str() {
        value if well_formed => charset::clean(value, 127),
        "" if digest => "message/rfc822".to_owned(),
        "" => "text/plain".to_owned(),
        _ if fields.all("Content-Disposition").next().is_some() => "application/octet-stream".to_owned(),
        _ => "text/plain".to_owned(),
    }
}

fn is_mail(kind: &str) -> bool {
    matches!(kind, "message/rfc822" | "message/global" | "message/news")
}

/// Why a container is listed as a leaf.
fn unopened(too_deep: bool) -> Fault {
    if too_deep {
        Fault::new("too-deep", format!("邮件嵌套超过 {DEEPEST} 层，里面的内容未打开"))
    } else {
        Fault::new("no-boundary", "邮件分段标记缺失，这一部分无法拆开，按原样保存")
    }
}

/// Whether a line is this boundary, and if so whether it is the closing one.
fn is_boundary(line: &[u8], boundary: &str) -> Option<bool> {
    let line = line.trim_ascii_end();
    let rest = line.strip_prefix(b"--")?;
    if rest == boundary.as_bytes() {
        return Some(false);
    }
    (rest.strip_suffix(b"--")? == boundary.as_bytes()).then_some(true)
}

/// The line end before a boundary belongs to the boundary.
fn before_eol(raw: &[u8], start: usize, boundary: usize) -> usize {
    start + field::strip_eol(&raw[start..boundary]).len()
}

#[cfg(test)]
mod tests {
    use super::super::{Message, parse};

    fn parts(message: &Message) -> Vec<&str> {
        message.leaves.iter().map(|leaf| leaf.part.as_str()).collect()
    }

    #[test]
    fn numbers_are_those_of_imap() {
        let raw = "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: message/rfc822\n\n\
            Content-Type: multipart/alternative; boundary=ab\n\n--ab\n\ntext\n--ab\nContent-Type: text/html\n\nx\n--ab--\n\
            --a\nContent-Type: message/rfc822\n\nSubject: s\n\nlast\n--a--\n";
        let message = parse(raw.as_bytes());
        assert_eq!(parts(&message), ["1", "2.1", "2.2", "3.1"]);
        assert_eq!(message.leaves[1].alternative.as_deref(), Some("2"));
        assert_eq!(message.leaves[2].bytes, b"x");
        assert_eq!(message.leaves[3].bytes, b"last");
        assert!(message.leaves.iter().all(|leaf| leaf.faults.is_empty()));
    }

    #[test]
    fn a_missing_close_still_decodes_and_says_so() {
        let raw =
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Transfer-Encoding: base64\n\nQUJD\nRA==\n";
        let leaf = &parse(raw).leaves[0];
        assert_eq!((leaf.bytes.as_slice(), leaf.faults[0].code.as_str()), (b"ABCD".as_slice(), "unclosed"));
    }

    #[test]
    fn a_multipart_without_parts_is_a_leaf() {
        for body in ["preamble only\n--b--\n", "text--b--\nmore\n", ""] {
            let message = parse(format!("Content-Type: multipart/mixed; boundary=b\n\n{body}").as_bytes());
            assert_eq!((parts(&message), message.leaves[0].bytes.as_slice()), (vec!["1"], body.as_bytes()));
            assert_eq!(message.leaves[0].faults[0].code, "no-boundary");
        }
    }

    #[test]
    fn mails_encoded_in_mails_are_few_and_lose_no_leaf() {
        use base64::Engine;
        let encode = |raw: String| base64::engine::general_purpose::STANDARD.encode(raw);
        let head = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n";
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}--b--\n", "--b\n\nx\n".repeat(1_500));
        let message = parse(format!("{head}{}", encode(many)).as_bytes());
        assert_eq!(message.leaves.len(), super::MOST_LEAVES);
        assert!(message.faults.iter().any(|fault| fault.code == "too-many-parts"));
        let deep = (0..6).fold("Subject: s\n\nx".to_owned(), |inner, _| format!("{head}{}", encode(inner)));
        assert_eq!(parse(deep.as_bytes()).leaves.len(), 1);
    }

    #[test]
    fn nesting_and_numbers_of_parts_have_an_end() {
        let nested = "Content-Type: message/rfc822\n\n".repeat(100_000);
        let message = parse(nested.as_bytes());
        assert_eq!(message.leaves.len(), 1);
        assert_eq!(message.leaves[0].faults[0].code, "too-deep");
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(5000));
        let message = parse(many.as_bytes());
        assert_eq!((message.leaves.len(), message.faults[0].code.as_str()), (super::MOST_LEAVES, "no-from"));
        assert!(message.faults.iter().any(|fault| fault.code == "too-many-parts"));
    }
}
