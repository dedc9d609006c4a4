//! Records kept in memory: a file is read again only when it is another one than before, so that a desk with thousands of
//! records answers at once although the command line changes them beside it.

use std::collections::{BTreeMap, HashMap};
use std::fs::Metadata;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use rayon::prelude::*;

use super::store::{Inbox, record_name};
use crate::extract::sha256;
use crate::record::{Office, Record, Status, parse};
use crate::report::Diagnostic;
use crate::said;

/// A record and the state of its file.
#[derive(Debug, Clone)]
pub struct Filed {
    /// The record.
    pub record: Arc<Record>,
    /// Changes whenever the file does.
    pub revision: String,
}

/// All record files of an inbox as last seen.
#[derive(Debug, Default)]
pub struct Shelf {
    files: HashMap<PathBuf, (Stamp, Read)>,
}

/// A file as read, or what is wrong with it.
type Read = Result<Filed, Vec<Diagnostic>>;

/// Records are replaced by renaming, so a new one has another inode even where clock and size say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    changed: Option<SystemTime>,
    bytes: u64,
    inode: u64,
}

impl Stamp {
    fn of(metadata: &Metadata) -> Stamp {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Stamp { changed: metadata.modified().ok(), bytes: metadata.len(), inode }
    }
}

/// A file that has to be read.
struct New {
    path: PathBuf,
    stamp: Stamp,
    id: String,
    shown: String,
    status: Status,
}

impl Shelf {
    /// Reads what changed; whether anything did.
    pub fn refresh(&mut self, inbox: &Inbox, office: &Office<'_>) -> io::Result<bool> {
        let mut there = HashMap::new();
        let mut new = Vec::new();
        for (status, path) in inbox.record_files()? {
            let Some((id, shown)) = record_name(&path, status.folder()) else { continue };
            // Gone since the folder was listed: then it is in another one, or is none any more.
            let Ok(metadata) = path.metadata() else { continue };
            let stamp = Stamp::of(&metadata);
            match self.files.remove(&path) {
                Some((old, read)) if old == stamp => drop(there.insert(path, (old, read))),
                _ => new.push(New { path, stamp, id, shown, status }),
            }
        }
        let changed = !new.is_empty() || !self.files.is_empty();
        there.par_extend(new.into_par_iter().map(|new| {
            let read = read(&new, office);
            (new.path, (new.stamp, read))
        }));
        self.files = there;
        Ok(changed)
    }

    /// Every record, and every file that is none. Where a crash left a record in two folders, the one with the longer
    /// history counts.
    pub fn records(&self) -> (BTreeMap<String, Filed>, Vec<Diagnostic>) {
        let mut records: BTreeMap<String, Filed> = BTreeMap::new();
        let mut faults = Vec::new();
        for (_, read) in self.files.values() {
            match read {
                Err(wrong) => faults.extend(wrong.iter().cloned()),
                Ok(filed) => match records.get(&filed.record.id) {
                    Some(other) if other.record.history.len() >= filed.record.history.len() => {}
                    _ => drop(records.insert(filed.record.id.clone(), filed.clone())),
                },
            }
        }
        faults.sort();
        (records, faults)
    }
}

fn read(new: &New, office: &Office<'_>) -> Read {
    let text = std::fs::read_to_string(&new.path)
        .map_err(|e| vec![Diagnostic::of_file(&new.shown, said!("cannot be read: {e}", "无法读取：{e}"))])?;
    let record = parse::parse(&new.shown, &text, &new.id, new.status, office)?;
    Ok(Filed { record: Arc::new(record), revision: sha256(text.as_bytes())[..16].to_owned() })
}
