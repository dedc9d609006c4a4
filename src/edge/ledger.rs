//! The ledger: who decided what, when. Append-only lines of JSON, each with the SHA-256 of the line before, so that a
//! line changed, moved or lost afterwards shows.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use memchr::memmem;
use serde::{Deserialize, Serialize};

use super::failpoint;
use crate::extract::sha256;
use crate::report::{Diagnostic, Place};
use crate::said;

/// What the first line has in place of a predecessor's hash.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// One act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// What: `received`, `edited`, `accepted`, `rejected`, `reopened`; of answers `answered`, `cancelled`, `sent`.
    pub did: String,
    /// To which record or mail.
    pub on: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// SHA-256 of the line before, lower-case hex.
    #[serde(default)]
    pub prev: String,
}

/// Appends entries, chained. The caller holds the inbox lock.
pub fn append(path: &Path, entries: Vec<Entry>) -> io::Result<()> {
    // What a crash or a full disk left of the last append was never acknowledged: it goes, and the act is done again.
    let (whole, last) = end(path)?;
    let mut prev = last.map_or(GENESIS.to_owned(), |line| sha256(&line));
    let mut added = String::new();
    for entry in entries {
        let line = serde_json::to_string(&Entry { prev, ..entry }).map_err(io::Error::other)?;
        prev = sha256(line.as_bytes());
        added.push_str(&line);
        added.push('\n');
    }
    failpoint::pass();
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.set_len(whole)?;
    let written = file.write_all(added.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        file.set_len(whole)?;
    }
    failpoint::pass();
    written
}

/// How long the ledger is up to its last whole line, and that line. Only the file's end is read: it grows for years.
fn end(path: &Path) -> io::Result<(u64, Option<Vec<u8>>)> {
    let mut file = match File::open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((0, None)),
        other => other?,
    };
    let length = file.metadata()?.len();
    let mut reach = 1 << 14;
    loop {
        let start = length.saturating_sub(reach);
        file.seek(SeekFrom::Start(start))?;
        let mut part = Vec::new();
        Read::by_ref(&mut file).take(length - start).read_to_end(&mut part)?;
        let whole = part.iter().rposition(|byte| *byte == b'\n');
        let before = whole.and_then(|at| part[..at].iter().rposition(|byte| *byte == b'\n'));
        match (whole, before) {
            (Some(at), before) if before.is_some() || start == 0 => {
                let line = part[before.map_or(0, |at| at + 1)..at].to_vec();
                return Ok((start + at as u64 + 1, Some(line)));
            }
            (None, _) if start == 0 => return Ok((0, None)),
            _ => reach *= 2,
        }
    }
}

fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    }
}

/// Whether any entry is this act. Asked for every mail of a mailbox, so lines are told by their bytes before they are read.
pub fn has(path: &Path, did: &str, on: &str) -> io::Result<bool> {
    let text = read(path)?;
    let line = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        &text[start..end]
    };
    let mut named = memmem::find_iter(text.as_bytes(), on.as_bytes()).map(line);
    Ok(named.any(|line| serde_json::from_str::<Entry>(line).is_ok_and(|e| e.did == did && e.on == on)))
}

/// The entries of one kind on one day.
pub fn of_day(path: &Path, day: &str, did: &str) -> io::Result<Vec<Entry>> {
    let text = read(path)?;
    let lines = text.lines().filter(|line| line.contains(day));
    let entries = lines.filter_map(|line| serde_json::from_str::<Entry>(line).ok());
    Ok(entries.filter(|e| e.did == did && e.at.starts_with(day)).collect())
}

/// All entries, or every line that breaks the chain.
pub fn verify(path: &Path, shown: &str) -> io::Result<Result<Vec<Entry>, Vec<Diagnostic>>> {
    let text = read(path)?;
    let mut prev = GENESIS.to_owned();
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    for (index, line) in text.lines().enumerate() {
        let at = Place { line: index + 1, column: 1 };
        match serde_json::from_str::<Entry>(line) {
            Ok(entry) if entry.prev == prev => entries.push(entry),
            Ok(_) => faults.push(Diagnostic::at(
                shown,
                at,
                said!("the chain is broken: the line before was changed", "链条中断：此前的行被改动过"),
            )),
            Err(_) => faults.push(Diagnostic::at(shown, at, said!("this line is no ledger entry", "此行不是台账记录"))),
        }
        prev = sha256(line.as_bytes());
    }
    Ok(if faults.is_empty() { Ok(entries) } else { Err(faults) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(on: &str) -> Entry {
        Entry {
            at: "2023-07-12T08:00:00+08:00".into(),
            by: "示例员".into(),
            did: "accepted".into(),
            on: on.into(),
            detail: None,
            prev: String::new(),
        }
    }

    #[test]
    fn lines_longer_than_what_is_read_at_once_are_chained_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let long = Entry { detail: Some("长".repeat(30_000)), ..entry("a") };
        append(&path, vec![long.clone(), long]).unwrap();
        append(&path, vec![entry("b")]).unwrap();
        append(&path, vec![entry("c")]).unwrap();
        assert_eq!(verify(&path, "l").unwrap().unwrap().len(), 4);
        assert!(has(&path, "accepted", "a").unwrap() && has(&path, "accepted", "c").unwrap());
        assert!(!has(&path, "accepted", "d").unwrap() && !has(&path, "rejected", "a").unwrap());
    }

    #[test]
    fn the_chain_holds_and_a_changed_line_shows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        append(&path, vec![entry("a"), entry("b")]).unwrap();
        append(&path, vec![entry("c")]).unwrap();
        assert_eq!(verify(&path, "l").unwrap().unwrap().len(), 3);

        let forged = fs::read_to_string(&path).unwrap().replace("\"on\":\"b\"", "\"on\":\"x\"");
        fs::write(&path, forged).unwrap();
        let faults = verify(&path, "l").unwrap().unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].place.line, 3);
    }

    #[test]
    fn what_a_crash_left_of_a_line_is_told_and_goes_with_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        append(&path, vec![entry("a")]).unwrap();
        let torn = fs::read_to_string(&path).unwrap() + "{\"at\":\"20";
        fs::write(&path, torn).unwrap();
        assert_eq!(verify(&path, "l").unwrap().unwrap_err()[0].place.line, 2);
        append(&path, vec![entry("b")]).unwrap();
        let on: Vec<String> = verify(&path, "l").unwrap().unwrap().into_iter().map(|entry| entry.on).collect();
        assert_eq!(on, ["a", "b"]);
    }
}
