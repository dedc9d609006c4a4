//! `extract`: the stream. One JSON object a line in, exactly one a line out, in order; nothing else is written, so the
//! same function runs under any engine that splits lines among workers.

use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::office::Office;
use super::voice::{Failure, Voice};
use crate::edge::sender::believe;
use crate::edge::timely::{extract, side_by_side};
use crate::extract::Extraction;
use crate::read::Reader;
use crate::said;

/// Lines under way at once, and the bytes they may hold together: memory stays bounded however long the stream is.
const LINES_AT_ONCE: usize = 64;
const BYTES_AT_ONCE: usize = 64 << 20;

#[derive(Deserialize)]
struct Input {
    id: serde_json::Value,
    eml: String,
}

#[derive(Serialize)]
struct Output<'i> {
    id: &'i serde_json::Value,
    #[serde(flatten)]
    extraction: Extraction,
}

/// Reads stdin to its end.
pub fn run(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let reader = Arc::new(office.reader(voice));
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut number = 0;
    loop {
        let lines = batch(&mut input)?;
        if lines.is_empty() {
            return Ok(output.flush()?);
        }
        let results: Vec<Result<String, String>> =
            side_by_side(&lines, |line| one(line, &reader, office.inbox.authserv()));
        for result in results {
            number += 1;
            match result {
                Ok(line) if line.is_empty() => {}
                Ok(line) => writeln!(output, "{line}")?,
                Err(why) => {
                    output.flush()?;
                    return Err(Failure::Usage(said!("stdin:{number}: {why}", "标准输入第{number}行：{why}")));
                }
            }
        }
        output.flush()?;
    }
}

/// The next lines, up to both limits.
fn batch(input: &mut impl BufRead) -> io::Result<Vec<Vec<u8>>> {
    let (mut lines, mut bytes) = (Vec::new(), 0);
    while lines.len() < LINES_AT_ONCE && bytes < BYTES_AT_ONCE {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        bytes += line.len();
        lines.push(line);
    }
    Ok(lines)
}

/// One line; the error is broken framing. Blank lines give nothing.
fn one(line: &[u8], reader: &Arc<Reader>, authserv: Option<&str>) -> Result<String, String> {
    if line.iter().all(u8::is_ascii_whitespace) {
        return Ok(String::new());
    }
    let input: Input = serde_json::from_slice(line).map_err(|e| e.to_string())?;
    let raw: Arc<[u8]> = STANDARD.decode(input.eml.as_bytes()).map_err(|e| format!("`eml`: {e}"))?.into();
    let mut extraction = extract(&raw, reader);
    believe(&raw, &mut extraction.mail, authserv);
    serde_json::to_string(&Output { id: &input.id, extraction }).map(|line| one_line(&line)).map_err(|e| e.to_string())
}

/// Some readers take these for line ends too; inside JSON strings, the only place they can stand, they may be escaped.
fn one_line(json: &str) -> String {
    const ENDS: [(char, &str); 3] = [('\u{85}', "\\u0085"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    ENDS.iter().fold(
        json.to_owned(),
        |line, (end, escaped)| {
            if line.contains(*end) { line.replace(*end, escaped) } else { line }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_to_every_reader() {
        let line = one_line("{\"name\":\"a\u{2028}b\u{85}c\"}");
        assert_eq!(line, r#"{"name":"a\u2028b\u0085c"}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&line).unwrap()["name"], "a\u{2028}b\u{85}c");
    }
}
