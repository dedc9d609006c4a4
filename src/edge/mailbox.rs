//! Mails from files: a single .eml, an mbox, a Maildir or any folder of them, standard input, or what was fetched.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::fault::Fault;

/// Where a mail is to be read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Standard input, one mail.
    Stdin,
    /// A file with one mail.
    File(PathBuf),
    /// A range of bytes in an mbox.
    Mbox(PathBuf, std::ops::Range<u64>),
    /// A mail that was fetched and is on disk.
    Kept {
        /// What to call it.
        name: String,
        /// Where it is.
        path: PathBuf,
        /// What was wrong with it on its way.
        faults: Vec<Fault>,
    },
}

impl Source {
    /// What to call it in messages.
    pub fn name(&self) -> String {
        match self {
            Source::Stdin => "-".to_owned(),
            Source::File(path) => path.display().to_string(),
            Source::Mbox(path, range) => format!("{}@{}", path.display(), range.start),
            Source::Kept { name, .. } => name.clone(),
        }
    }

    /// What was wrong with it on its way.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Source::Kept { faults, .. } => faults,
            _ => &[],
        }
    }

    /// The raw mail.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Source::Stdin => {
                let mut raw = Vec::new();
                io::stdin().lock().read_to_end(&mut raw)?;
                Ok(raw)
            }
            Source::File(path) | Source::Kept { path, .. } => fs::read(path),
            Source::Mbox(path, range) => {
                let mut file = fs::File::open(path)?;
                file.seek(SeekFrom::Start(range.start))?;
                let mut raw = Vec::new();
                file.take(range.end - range.start).read_to_end(&mut raw)?;
                Ok(unquoted(&raw))
            }
        }
    }
}

/// All mails below a path, in order of their names. Files that are no mail are returned apart, to be told.
pub fn find(path: &Path) -> io::Result<(Vec<Source>, Vec<PathBuf>)> {
    if path == Path::new("-") {
        return Ok((vec![Source::Stdin], Vec::new()));
    }
    if !path.is_dir() {
        return Ok((of_file(path)?, Vec::new()));
    }
    let (mut sources, mut others) = (Vec::new(), Vec::new());
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(io::Error::other)?;
        if !entry.file_type().is_file() || entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if is_mail(entry.path()) { sources.extend(of_file(entry.path())?) } else { others.push(entry.into_path()) }
    }
    Ok((sources, others))
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
    let mut start = [0u8; 5];
    let read = fs::File::open(path)?.read(&mut start)?;
    if &start[..read] != b"From " {
        return Ok(vec![Source::File(path.to_owned())]);
    }
    let ranges = split(BufReader::new(fs::File::open(path)?))?;
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
