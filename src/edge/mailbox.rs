//! Mails from files: a single .eml, an mbox, a Maildir or any folder of them, or standard input. Beside them scans and
//! documents that came without any mail.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use walkdir::WalkDir;

use super::store;
use crate::extract::{Bare, LARGEST_MAIL, sha256};
use crate::record::BY_HAND;

/// How the names of documents end that are taken in without a mail: what scanners, telephones and offices write.
const DOCUMENTS: [&str; 19] = [
    "pdf", "jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif", "webp", "heic", "heif", "docx", "xlsx", "doc", "xls",
    "wps", "et", "zip", "ofd",
];

/// A document in a folder that was written to this lately may still be on its way: the next run takes it.
const SETTLED: Duration = Duration::from_secs(2);

/// Where a mail is to be read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input, one mail.
    Stdin,
    /// A file with one mail.
    File(PathBuf),
    /// A range of bytes in an mbox.
    Mbox(PathBuf, std::ops::Range<u64>),
    /// A scan or document that came without a mail.
    Document(PathBuf),
}

/// What was found below a path, in order of names.
#[derive(Debug, Default)]
pub struct Found {
    /// What can be taken in.
    pub sources: Vec<Source>,
    /// Documents that are still being written.
    pub growing: Vec<PathBuf>,
    /// Files that are neither mail nor document.
    pub others: Vec<PathBuf>,
}

/// A mail as it came.
pub enum Raw {
    /// All of it.
    Whole(Vec<u8>),
    /// Too large to be held in memory: its start, and the rest to be read on.
    Outsized(Vec<u8>, Box<dyn Read>),
}

impl Raw {
    /// SHA-256 of all of it.
    pub fn sha256(self) -> io::Result<String> {
        match self {
            Raw::Whole(all) => Ok(sha256(&all)),
            Raw::Outsized(start, rest) => store::hashed(&mut start.chain(rest), |_| Ok(())),
        }
    }
}

impl Source {
    /// What to call it in messages.
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "-".to_owned(),
            Source::File(path) | Source::Document(path) => path.display().to_string(),
            Source::Mbox(path, range) => format!("{}@{}", path.display(), range.start),
        }
    }

    /// The raw mail; of one that is over the limit only the start is in memory.
    pub fn read(&self) -> io::Result<Raw> {
        let mut all = self.open()?;
        let mut start = Vec::new();
        all.by_ref().take(LARGEST_MAIL as u64 + 1).read_to_end(&mut start)?;
        Ok(match self {
            _ if start.len() > LARGEST_MAIL => Raw::Outsized(start, all),
            Source::Mbox(..) => Raw::Whole(unquoted(&start)),
            _ => Raw::Whole(start),
        })
    }

    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match self {
            Source::Stdin => Box::new(io::stdin()),
            Source::File(path) | Source::Document(path) => Box::new(fs::File::open(path)?),
            Source::Mbox(path, range) => {
                let mut file = fs::File::open(path)?;
                file.seek(SeekFrom::Start(range.start))?;
                Box::new(file.take(range.end - range.start))
            }
        })
    }

    /// What there is to say of a document that came without a mail; absent for mails.
    pub fn bare(&self) -> io::Result<Option<Bare>> {
        let Source::Document(path) = self else { return Ok(None) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let received = Some(china(written(path)?.min(SystemTime::now()))?);
        Ok(Some(Bare { name, received, from: BY_HAND.to_owned(), ending: ending(path).unwrap_or_default() }))
    }
}

/// When a file was last written to. For a scan that is when it came: the time stays the same in a run that follows a
/// crash, so the records keep their ids.
fn written(path: &Path) -> io::Result<SystemTime> {
    fs::metadata(path)?.modified()
}

fn china(time: SystemTime) -> io::Result<String> {
    let at = Timestamp::try_from(time).map_err(io::Error::other)?;
    Ok(at.to_zoned_datetime(TimeZone::fixed(Offset::constant(8))).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

/// All mails and documents below a path.
pub fn find(path: &Path) -> io::Result<Found> {
    if path == Path::new("-") {
        return Ok(Found { sources: vec![Source::Stdin], ..Found::default() });
    }
    if !path.is_dir() {
        return Ok(Found { sources: of_file(path)?, ..Found::default() });
    }
    let mut found = Found::default();
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(io::Error::other)?;
        if !entry.file_type().is_file() || entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.into_path();
        match (is_mail(&path), is_document(&path)) {
            (true, _) => found.sources.extend(of_file(&path)?),
            (false, true) if is_growing(&path)? => found.growing.push(path),
            (false, true) => found.sources.push(Source::Document(path)),
            (false, false) => found.others.push(path),
        }
    }
    Ok(found)
}

fn ending(path: &Path) -> Option<String> {
    path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase())
}

fn is_document(path: &Path) -> bool {
    ending(path).is_some_and(|ending| DOCUMENTS.contains(&ending.as_str()))
}

/// A time to come (a clock that is wrong) says nothing, so it holds nobody up.
fn is_growing(path: &Path) -> io::Result<bool> {
    Ok(written(path)?.elapsed().is_ok_and(|age| age < SETTLED))
}

/// By name: `.eml`, `.mbox`, or a file of a Maildir's `cur` or `new`.
fn is_mail(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_ascii_lowercase());
    let folder = path.parent().and_then(Path::file_name);
    let maildir = || folder.is_some_and(|f| f == "cur") || (folder.is_some_and(|f| f == "new") && in_maildir(path));
    extension.is_some_and(|e| e == "eml" || e == "mbox") || maildir()
}

/// A Maildir has `cur` beside `new`; our own `inbox/new` has not.
fn in_maildir(path: &Path) -> bool {
    path.parent().and_then(Path::parent).is_some_and(|maildir| maildir.join("cur").is_dir())
}

fn of_file(path: &Path) -> io::Result<Vec<Source>> {
    if is_document(path) && !is_mail(path) {
        return Ok(vec![Source::Document(path.to_owned())]);
    }
    let mut start = [0u8; 5];
    let read = fs::File::open(path)?.read(&mut start)?;
    if &start[..read] != b"From " {
        return Ok(vec![Source::File(path.to_owned())]);
    }
    let ranges = split(BufReader::new(fs::File::open(path)?))?;
    if ranges.is_empty() {
        // One mail, whose first line only looks like an mbox's.
        return Ok(vec![Source::File(path.to_owned())]);
    }
    Ok(ranges.into_iter().map(|range| Source::Mbox(path.to_owned(), range)).collect())
}

/// The byte ranges of the mails in an mbox (RFC 4155): each behind a `From ` line that begins the file or follows an
/// empty line. Read line by line: a mailbox may be larger than memory.
fn split(mut all: impl BufRead) -> io::Result<Vec<std::ops::Range<u64>>> {
    let mut starts = Vec::new();
    let mut at = 0u64;
    let mut after_empty = true;
    let mut line = Vec::new();
    while all.read_until(b'\n', &mut line)? > 0 {
        let end = at + line.len() as u64;
        if after_empty && is_separator(&line) {
            starts.push((at, end));
        }
        after_empty = matches!(&line[..], b"\n" | b"\r\n");
        at = end;
        line.clear();
    }
    let ends = starts.iter().skip(1).map(|(separator, _)| *separator).chain([at]);
    Ok(starts.iter().zip(ends).map(|((_, begin), end)| *begin..end).collect())
}

/// `From sender Tue Jul  4 20:00:00 2023`: a time of day tells it from a sentence that begins with From.
fn is_separator(line: &[u8]) -> bool {
    let timed = |w: &[u8]| w[0].is_ascii_digit() && w[1].is_ascii_digit() && w[2] == b':' && w[3].is_ascii_digit();
    line.starts_with(b"From ") && line.windows(4).any(timed)
}

/// `>From ` at the start of a line was `From ` (mboxrd: one `>` is taken off).
fn unquoted(raw: &[u8]) -> Vec<u8> {
    let quoted = |line: &[u8]| {
        let rest = line.iter().position(|b| *b != b'>').unwrap_or(0);
        rest > 0 && line[rest..].starts_with(b"From ")
    };
    raw.split_inclusive(|b| *b == b'\n')
        .flat_map(|line| if quoted(line) { &line[1..] } else { line })
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_begins_like_an_mbox_and_is_none_is_a_mail() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.eml");
        fs::write(&path, "From jia@unit.example\nSubject: 1\n\nbody\n").unwrap();
        assert_eq!(find(&path).unwrap().sources, [Source::File(path)]);
    }

    #[test]
    fn an_mbox_splits_at_its_separators_only() {
        let mbox = b"From a Tue Jul  4 20:00:00 2023\nSubject: 1\n\nFrom here on\n>From x\n\nFrom - Wed Jul  5 20:00:00 2023\nSubject: 2\n\nbody\n";
        let parts: Vec<_> =
            split(&mbox[..]).unwrap().into_iter().map(|r| unquoted(&mbox[r.start as usize..r.end as usize])).collect();
        assert_eq!(parts.len(), 2);
        assert!(parts[0].ends_with(b"\n\nFrom here on\nFrom x\n\n"));
        assert_eq!(parts[1], b"Subject: 2\n\nbody\n");
        let quoted = unquoted(b"a\n>From x\n>>From y\n");
        assert_eq!(quoted, b"a\nFrom x\n>From y\n");
    }
}
