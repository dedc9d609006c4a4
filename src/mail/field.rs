//! Header blocks: fields with their raw bytes, and parameters (`; name=value`).

use super::repair;

/// Fields of one header that are kept: mail that went through many hands has two hundred.
const MOST_FIELDS: usize = 5_000;
/// Bytes of one value that are read, folds included. Names and subjects are far shorter; the limit keeps repairs linear.
const LONGEST_VALUE: usize = 64 << 10;

/// One field as it stands in the mail.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    name: &'a [u8],
    /// Everything after the colon, folds included.
    raw: &'a [u8],
}

impl<'a> Field<'a> {
    /// The value, folds included, as far as it is read.
    pub fn value(&self) -> &'a [u8] {
        &self.raw[..self.raw.len().min(LONGEST_VALUE)]
    }
}

/// The fields of one header block, in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields<'a>(Vec<Field<'a>>);

impl<'a> Fields<'a> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All fields of a name, topmost first.
    pub fn all(&self, name: &str) -> impl Iterator<Item = Field<'a>> {
        self.0.iter().copied().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// The topmost field of a name, as readable text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.all(name).next().map(|field| repair::unfold(field.value()).trim().to_owned())
    }
}

/// Cuts the header block off; gives the fields and where the body begins.
pub(super) fn split(raw: &[u8]) -> (Fields<'_>, usize) {
    let mut fields: Vec<Field<'_>> = Vec::new();
    let mut at = 0;
    while at < raw.len() {
        let next = line_end(raw, at);
        let line = strip_eol(&raw[at..next]);
        if line.is_empty() {
            return (Fields(fields), next);
        }
        let indented = matches!(line[0], b' ' | b'\t');
        let full = fields.len() == MOST_FIELDS;
        match (name_length(line), fields.last_mut()) {
            (_, Some(field)) if indented => field.raw = extend(raw, field.raw, next),
            (Some(_), _) if full => (),
            (Some(length), _) => fields.push(Field { name: &line[..length], raw: &raw[at + colon(line) + 1..next] }),
            (None, None) if line.starts_with(b"From ") || line.starts_with(b">From ") => (),
            // A folded line whose indent was lost goes on with the field before it, but only inside a header. A boundary
            // is no such line: the empty line before it is missing.
            (None, Some(field)) if !line.starts_with(b"--") && header_goes_on(raw, next) => {
                field.raw = extend(raw, field.raw, next);
            }
            (None, _) => return (Fields(fields), at),
        }
        at = next;
    }
    (Fields(fields), raw.len())
}

fn colon(line: &[u8]) -> usize {
    memchr::memchr(b':', line).unwrap_or(line.len())
}

/// The length of the field name if the line begins a field: printable, no spaces except before the colon. A line that
/// begins with a colon is a field without a name, and nobody's.
fn name_length(line: &[u8]) -> Option<usize> {
    let colon = memchr::memchr(b':', line)?;
    let name = line[..colon].trim_ascii_end();
    name.iter().all(u8::is_ascii_graphic).then_some(name.len())
}

/// Whether a well-known field follows before the next empty line.
fn header_goes_on(raw: &[u8], mut at: usize) -> bool {
    const KNOWN: [&[u8]; 7] = [b"content-", b"mime-version", b"subject", b"from", b"to", b"date", b"message-id"];
    // Ten lines are a long header; the limit keeps hostile mail linear.
    for _ in 0..10 {
        let next = line_end(raw, at);
        let line = strip_eol(&raw[at..next]);
        if line.is_empty() {
            return false;
        }
        if let Some(length) = name_length(line) {
            let name = line[..length].to_ascii_lowercase();
            return KNOWN
                .iter()
                .any(|known| if known.ends_with(b"-") { name.starts_with(known) } else { name == *known });
        }
        at = next;
    }
    false
}

/// The slice `part` of `raw`, made longer up to `end`.
fn extend<'a>(raw: &'a [u8], part: &'a [u8], end: usize) -> &'a [u8] {
    let start = part.as_ptr().addr() - raw.as_ptr().addr();
    &raw[start..end]
}

/// Where the next line begins. A lone CR ends a line only in what has no LF at all; see [`part`](super::part).
pub(super) fn line_end(raw: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &raw[at..]).map_or(raw.len(), |n| at + n + 1)
}

/// A line without its end.
pub(super) fn strip_eol(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// A structured value such as Content-Type: the value itself in lower case and its parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters {
    pub value: String,
    list: Vec<(String, String)>,
}

impl Parameters {
    /// Reads `value; name=value; …` leniently.
    pub fn read(raw: &[u8]) -> Parameters {
        let text = repair::unfold(raw);
        let (value, mut rest) = text.split_once(';').unwrap_or((&text, ""));
        let mut list = Vec::new();
        while let Some((name, after)) = rest.split_once('=') {
            // `; ;` and parameters without a value.
            let name = name.rsplit(';').next().unwrap_or(name).trim().to_ascii_lowercase();
            let (value, tail) = parameter_value(after);
            list.push((name, value));
            rest = tail;
        }
        let value = value.split('(').next().unwrap_or(value).trim().trim_matches('"').to_ascii_lowercase();
        Parameters { value, list }
    }

    /// A parameter, its segments joined and its charset decoded.
    pub fn get(&self, name: &str) -> Option<String> {
        let extended = repair::segments(name, &self.list);
        let plain = self.list.iter().find(|(key, _)| key == name).map(|(_, value)| repair::words(value));
        extended.or(plain).filter(|value| !value.trim().is_empty())
    }
}

/// A value, quoted or not, and what follows it.
fn parameter_value(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, rest) = text.split_once(';').unwrap_or((text, ""));
        return (value.trim().to_owned(), rest);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            // `C:\forms\a.pdf` keeps its backslashes.
            '\\' if matches!(chars.peek(), Some((_, '"' | '\\'))) => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_raw_bytes_and_the_body_its_place() {
        let raw = b"From: a\r\nSubject: x\r\n y\r\n\r\nbody";
        let (fields, body) = split(raw);
        assert_eq!(&raw[body..], b"body");
        assert_eq!(fields.text("subject").unwrap(), "x y");
    }

    #[test]
    fn a_line_that_is_no_field_begins_the_body() {
        let raw = b"From: a\nno colon here\n\nx";
        assert_eq!(&raw[split(raw).1..], b"no colon here\n\nx");
    }

    #[test]
    fn a_boundary_or_a_nameless_field_is_no_lost_fold() {
        let raw = b"MIME-Version: 1.0\n--ab\nContent-Type: text/plain\n\nx";
        assert!(raw[split(raw).1..].starts_with(b"--ab"));
        assert_eq!(split(b"From: a\n:From: b\n\nx").0.all("From").count(), 1);
        assert_eq!(split(b"From: a\n:From: b\n\nx").1, 18);
    }

    #[test]
    fn endless_headers_are_cut_and_the_body_is_found() {
        let raw = ["a:\n".repeat(MOST_FIELDS + 5), "Subject: x\n\nbody".to_owned()].concat();
        let (fields, body) = split(raw.as_bytes());
        assert_eq!((fields.text("subject"), &raw[body..]), (None, "body"));
        let long = format!("Subject: {}\n\n", "=?a?b?".repeat(100_000));
        assert!(split(long.as_bytes()).0.text("subject").unwrap().len() <= LONGEST_VALUE);
    }

    #[test]
    fn a_lost_indent_does_not_lose_the_encoding() {
        let (fields, _) = split(b"Content-Type: image/png;\nname=\"a.png\"\nContent-Transfer-Encoding: base64\n\nx");
        assert_eq!(fields.text("content-transfer-encoding").unwrap(), "base64");
        assert_eq!(Parameters::read(fields.all("Content-Type").next().unwrap().value()).get("name").unwrap(), "a.png");
    }

    #[test]
    fn parameters_quoted_bare_and_broken() {
        let read = Parameters::read(b" Attachment ; filename=\"a;\\\"b\\\".pdf\"; size=3; ;x=C:\\y");
        assert_eq!(read.value, "attachment");
        assert_eq!(read.get("filename").unwrap(), "a;\"b\".pdf");
        assert_eq!(read.get("x").unwrap(), "C:\\y");
        assert_eq!(Parameters::read(b"a/b; name=\"open").get("name").unwrap(), "open");
        assert_eq!(Parameters::read(b"a/b; name=\"\"").get("name"), None);
    }
}
