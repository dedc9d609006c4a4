//! The last guard: fails the build when a mobile-shaped number stands in any output byte (DOMAIN.md §5).
//!
//! The types already keep mobile numbers out of the site; this catches what a person typed into a page, an address or a
//! template. Eleven digits `1[3-9]…` count, also with single blanks or hyphens inside, in full width and after +86.

use crate::report::{Diagnostic, Place, Said};
use crate::said;

/// A mobile-shaped number in a text: where it begins and ends, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// The first mobile-shaped number in some bytes.
pub fn find(bytes: &[u8]) -> Option<Found> {
    let grouped = !is_packed(bytes);
    let mut at = 0;
    while at < bytes.len() {
        match digit(bytes, at) {
            None => at += 1,
            Some(_) => {
                let run = Run::read(bytes, at, grouped);
                if let Some(found) = run.mobile(bytes) {
                    return Some(found);
                }
                at = run.end;
            }
        }
    }
    None
}

/// PDFs, packed documents and pictures: their numbers are lists of measures, in which only eleven digits without any
/// separator mean something.
fn is_packed(bytes: &[u8]) -> bool {
    [b"%PDF".as_slice(), b"PK\x03\x04", b"\x89PNG"].iter().any(|start| bytes.starts_with(start))
}

/// A digit, plain or full-width, and its length in bytes.
fn digit(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match bytes[at..] {
        [d @ b'0'..=b'9', ..] => Some((d - b'0', 1)),
        // U+FF10 to U+FF19 in UTF-8.
        [0xEF, 0xBC, d @ 0x90..=0x99, ..] => Some((d - 0x90, 3)),
        _ => None,
    }
}

/// Length in bytes of what people put between the groups of a number.
fn separator(bytes: &[u8]) -> usize {
    let known: [&[u8]; 8] = [
        b" ",
        b"-",
        b"&nbsp;",
        "\u{a0}".as_bytes(),
        "\u{2011}".as_bytes(),
        "–".as_bytes(),
        "－".as_bytes(),
        "\u{3000}".as_bytes(),
    ];
    known.iter().find(|s| bytes.starts_with(s)).map_or(0, |s| s.len())
}

/// Groups of digits with single separators between them.
struct Run {
    /// Digits with their places, and which digits begin a group.
    digits: Vec<(u8, usize, usize)>,
    starts: Vec<usize>,
    end: usize,
}

impl Run {
    fn read(bytes: &[u8], mut at: usize, grouped: bool) -> Run {
        let mut run = Run { digits: Vec::new(), starts: vec![0], end: at };
        loop {
            while at < bytes.len() {
                let Some((value, len)) = digit(bytes, at) else { break };
                run.digits.push((value, at, at + len));
                at += len;
            }
            run.end = at;
            let next = at + if grouped { separator(&bytes[at..]) } else { 0 };
            if next == at || next >= bytes.len() || digit(bytes, next).is_none() {
                return run;
            }
            run.starts.push(run.digits.len());
            at = next;
        }
    }

    /// A mobile number made of whole groups, or behind a country code.
    fn mobile(&self, bytes: &[u8]) -> Option<Found> {
        self.starts.iter().flat_map(|&start| [start, start + 2, start + 4]).find_map(|start| {
            let found = self.digits.get(start..start + 11)?;
            let shaped = found[0].0 == 1 && (3..=9).contains(&found[1].0);
            let begins = self.starts.contains(&start) || self.follows_country_code(start);
            let ends = start + 11 == self.digits.len() || self.starts.contains(&(start + 11));
            let found = Found { start: found[0].1, end: found[10].2 };
            (shaped && begins && ends && self.stands_alone(bytes, found)).then_some(found)
        })
    }

    fn follows_country_code(&self, start: usize) -> bool {
        let before: Vec<u8> = self.digits[..start].iter().rev().take(4).map(|d| d.0).collect();
        matches!(before[..], [6, 8] | [6, 8, 0, 0])
    }

    /// A number inside a longer run of letters and digits is a hash or an id.
    fn stands_alone(&self, bytes: &[u8], found: Found) -> bool {
        let word = |b: &u8| b.is_ascii_alphabetic() || *b == b'_';
        // A country code written together with the number belongs to it.
        let before = bytes[..found.start].iter().rev().find(|b| !b.is_ascii_digit());
        !before.is_some_and(word) && !bytes.get(found.end).is_some_and(word)
    }
}

/// What the guard says about an output, at the place in the source that brought the number in if it is known.
pub fn check(output: &str, bytes: &[u8], sources: &[(&str, &str)]) -> Option<Diagnostic> {
    let found = find(bytes)?;
    let shown = mask(&bytes[found.start..found.end]);
    let message = |from: &str| -> Said {
        said!(
            "`{output}` would publish the mobile number {shown}{from}; mobile numbers are never published",
            "`{output}` 将公开手机号码 {shown}{from}；手机号码一律不公开"
        )
    };
    let at = |(path, text): &(&str, &str)| {
        let there = find(text.as_bytes())?;
        Some(Diagnostic::at(path, Place::of_offset(text, there.start), message("")))
    };
    sources.iter().find_map(at).or_else(|| Some(Diagnostic::of_file(output, message(""))))
}

/// The number as it may stand in a log: 138****1234.
fn mask(bytes: &[u8]) -> String {
    let digits: Vec<u8> = (0..bytes.len()).filter_map(|at| digit(bytes, at)).map(|d| d.0).collect();
    let text = |part: &[u8]| part.iter().map(|d| char::from(b'0' + d)).collect::<String>();
    match digits.len() {
        11 => format!("{}****{}", text(&digits[..3]), text(&digits[7..])),
        _ => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_in_packed_files_are_no_numbers_but_eleven_digits_are() {
        assert_eq!(find(b"%PDF-1.7 /W [194 0000 0001]"), None);
        assert!(find(b"%PDF-1.7 (19400000001)").is_some());
    }

    #[test]
    fn mobile_numbers_are_found_however_they_are_written() {
        for text in [
            "19400000001",
            "<td>19400000001</td>",
            "194 0000 0001",
            "194-0000-0001",
            "1 9 4 0 0 0 0 0 0 0 1",
            "电话19400000001。",
            "+8619400000001",
            "+86 194 0000 0001",
            "008619400000001",
            "1940000&nbsp;0001",
            "１９４００００００01",
            "tel:+86-194-0000-0001",
            "0714-8731721 19400000001",
            "19400000001-",
            "?q=19400000001&x",
        ] {
            assert!(find(text.as_bytes()).is_some(), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "0714-8731721",
            "826738166@qq.com",
            "2023-07-15",
            "12345678901",
            "119400000001",
            "194000000012",
            "a19400000001",
            "19400000001f",
            "冶财〔2023〕29号",
            "11420281T0000001XM",
            "site-19400000001ab.css",
            "14:30 2023-07-15",
            "",
        ] {
            assert_eq!(find(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_message_names_output_and_source_but_not_the_number() {
        let d = check(
            "x/index.html",
            b"<p>194 0000 0001",
            &[("content/a.md", "甲"), ("content/b.md", "\n电 194 0000 0001")],
        )
        .unwrap();
        assert_eq!(
            d.to_string(),
            "content/b.md:2:3: `x/index.html` would publish the mobile number 194****0001; mobile numbers are never published"
        );
        assert_eq!(check("x", b"19400000001", &[]).unwrap().path, "x");
    }
}
