//! The inbox on disk: raw mails, what became of their leaves, records by status, page images, the ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_yaml::FlowMap;
use sha2::{Digest, Sha256};

use super::ledger::{self, Entry};
use super::whole;
use crate::extract::{LARGEST_MAIL, Leaf, MailHead};
use crate::fault::Fault;
use crate::record::{Office, Record, Status, parse};
use crate::report::Diagnostic;
use crate::said;
use crate::yaml;

/// The folder `inbox/`.
#[derive(Debug, Clone)]
pub struct Inbox {
    root: PathBuf,
    authserv: Option<String>,
}

/// Held while the inbox is changed; other processes wait.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// What became of a mail: `inbox/mail/<sha256>.yaml`, written last, so that its presence means the mail is done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The mail.
    pub mail: MailHead,
    /// The ids of its records.
    pub records: Vec<String>,
    /// Its leaves, each with its outcome.
    pub leaves: Vec<FlowMap<Leaf>>,
    /// Faults of the mail as a whole.
    pub faults: Vec<FlowMap<Fault>>,
    /// The day the mail itself was removed, its time being over. What is said here stays, without persons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purged: Option<String>,
    /// The answer written to it, by its event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Why none was written, in Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<String>,
}

/// What is kept of a mail, or of a document that came without one.
#[derive(Debug, Default)]
pub struct Kept {
    /// The file in `inbox/mail`, as it came.
    pub file: Option<String>,
    /// What became of it, if that is written.
    pub account: Option<Result<Account, Diagnostic>>,
}

impl Inbox {
    /// The inbox of an office's root folder.
    pub fn of(root: &Path) -> Inbox {
        Inbox { root: root.join("inbox"), authserv: None }
    }

    /// The same, trusting what the server of this name says of senders; see [`sender`](super::sender).
    pub fn trusting(self, authserv: Option<String>) -> Inbox {
        Inbox { authserv, ..self }
    }

    /// The server whose word on senders is believed.
    pub fn authserv(&self) -> Option<&str> {
        self.authserv.as_deref()
    }

    /// The folder where mails are dropped for `intake`.
    pub fn new_mail(&self) -> PathBuf {
        self.root.join("new")
    }

    /// A file below the inbox by its name in a record.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Waits until no other process changes the inbox.
    pub fn lock(&self) -> io::Result<Lock> {
        fs::create_dir_all(&self.root)?;
        let file = File::options().create(true).truncate(false).write(true).open(self.root.join(".lock"))?;
        file.lock()?;
        Ok(Lock { _file: file })
    }

    /// Puts a raw mail on disk before anything else happens to it.
    pub fn keep_mail(&self, sha256: &str, raw: &[u8]) -> io::Result<()> {
        self.keep(&format!("{sha256}.eml"), raw)
    }

    /// Puts a mail, or a document that came without one, on disk under its hash.
    pub fn keep(&self, name: &str, raw: &[u8]) -> io::Result<()> {
        let path = self.root.join("mail").join(name);
        // The name is the content's hash, so a file of the right length that is there is the same mail, unless a
        // disk lost part of it: then it is written again.
        match fs::read(&path) {
            Ok(kept) if kept == raw => Ok(()),
            _ => whole::write(&path, raw),
        }
    }

    /// Puts a mail on disk that is too large to be held in memory, and gives its SHA-256.
    pub fn keep_outsized(&self, mut raw: impl Read, ending: &str) -> io::Result<String> {
        let folder = self.root.join("mail");
        let mut sha256 = String::new();
        whole::write_by(&folder, |file| {
            sha256 = hashed(&mut raw, |piece| file.write_all(piece))?;
            Ok(folder.join(format!("{sha256}.{ending}")))
        })?;
        Ok(sha256)
    }

    /// The kept file of this name, or its start if it is over the limit, and the SHA-256 of all of it.
    pub fn read_kept(&self, file: &str) -> io::Result<(Vec<u8>, String)> {
        let mut start = Vec::new();
        let mut file = File::open(self.root.join("mail").join(file))?;
        let sha256 = hashed(&mut file, |piece| {
            let room = (LARGEST_MAIL + 1).saturating_sub(start.len());
            start.extend_from_slice(&piece[..piece.len().min(room)]);
            Ok(())
        })?;
        Ok((start, sha256))
    }

    /// Whether a mail was taken in completely.
    pub fn is_done(&self, sha256: &str) -> bool {
        self.account_path(sha256).exists()
    }

    fn account_path(&self, sha256: &str) -> PathBuf {
        self.root.join("mail").join(format!("{sha256}.yaml"))
    }

    /// Marks a mail as done.
    pub fn put_account(&self, account: &Account) -> io::Result<()> {
        let text = yaml::write(account).map_err(io::Error::other)?;
        whole::write(&self.account_path(&account.mail.sha256), text.as_bytes())
    }

    /// All raw mails and bare documents by SHA-256, each with its account if it is done.
    pub fn mails(&self) -> io::Result<BTreeMap<String, Kept>> {
        let mut mails: BTreeMap<String, Kept> = BTreeMap::new();
        for path in files(&self.root.join("mail"))? {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let Some((sha256, ending)) = name.split_once('.').filter(|(hash, _)| is_hash(hash)) else { continue };
            let kept = mails.entry(sha256.to_owned()).or_default();
            match ending {
                "yaml" => kept.account = Some(read_account(&path, sha256)?),
                _ => kept.file = Some(name.to_owned()),
            }
        }
        Ok(mails)
    }

    /// A page image for the reviewer.
    pub fn put_image(&self, name: &str, png: &[u8]) -> io::Result<()> {
        whole::write(&self.root.join(name), png)
    }

    /// Every record, and every file that is none any more. Where a crash left a record in two folders, the one with
    /// the longer history counts. Whoever only reads holds no lock, so a record may move to another folder meanwhile:
    /// then all are read again.
    pub fn records(&self, office: &Office<'_>) -> io::Result<(Vec<Record>, Vec<Diagnostic>)> {
        // More often than any clerk decides; what is gone then is told.
        const TRIES: usize = 100;
        let mut tries = 0;
        loop {
            tries += 1;
            let mut records: BTreeMap<String, Record> = BTreeMap::new();
            let (mut faults, mut moved) = (Vec::new(), false);
            for (status, path) in self.record_files()? {
                let Some((id, shown)) = record_name(&path, status.folder()) else { continue };
                let text = fs::read_to_string(&path);
                moved |= text.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
                match read_record(text, &shown, &id, status, office) {
                    Ok(record) => keep_longer(&mut records, record),
                    Err(mut wrong) => faults.append(&mut wrong),
                }
            }
            if !moved || tries == TRIES {
                return Ok((records.into_values().collect(), faults));
            }
        }
    }

    /// The files of all records, listed until two lists in a row are the same: a record that moves from a folder not yet
    /// listed to one that was would be in none. Where records keep coming, all that were seen count.
    fn record_files(&self) -> io::Result<BTreeSet<(Status, PathBuf)>> {
        const TRIES: usize = 20;
        let mut last = self.listed()?;
        let mut all = last.clone();
        for _ in 0..TRIES {
            let next = self.listed()?;
            if next == last {
                return Ok(next);
            }
            all.extend(next.iter().cloned());
            last = next;
        }
        Ok(all)
    }

    fn listed(&self) -> io::Result<BTreeSet<(Status, PathBuf)>> {
        let mut listed = BTreeSet::new();
        for (status, folder) in Status::FOLDERS {
            let paths = files(&self.root.join(folder))?.into_iter();
            listed.extend(paths.filter(|path| record_name(path, folder).is_some()).map(|path| (status, path)));
        }
        Ok(listed)
    }

    /// Whether a record of this id lies in any folder, readable or not.
    pub fn has_record(&self, id: &str) -> bool {
        Status::FOLDERS.iter().any(|(_, folder)| self.root.join(folder).join(format!("{id}.yaml")).exists())
    }

    /// Writes a record into the folder of its status, then takes it out of the others.
    pub fn put_record(&self, record: &Record) -> io::Result<()> {
        let text = parse::write(record).map_err(io::Error::other)?;
        let name = format!("{}.yaml", record.id);
        whole::write(&self.root.join(record.status.folder()).join(&name), text.as_bytes())?;
        let others = Status::FOLDERS.iter().filter(|(status, _)| *status != record.status);
        for (_, folder) in others {
            let old = self.root.join(folder).join(&name);
            if old.exists() {
                whole::remove(&old)?;
            }
        }
        Ok(())
    }

    /// Appends to the ledger.
    pub fn log(&self, entries: Vec<Entry>) -> io::Result<()> {
        ledger::append(&self.root.join("ledger.jsonl"), entries)
    }

    /// Whether the ledger holds this act. Only its end is searched: the act would be the last of its process.
    pub fn has_logged(&self, did: &str, on: &str) -> io::Result<bool> {
        ledger::has_lately(&self.root.join("ledger.jsonl"), did, on)
    }

    /// Whether the ledger holds this act, however long ago.
    pub fn has_ever_logged(&self, did: &str, on: &str) -> io::Result<bool> {
        ledger::has(&self.root.join("ledger.jsonl"), did, on)
    }

    /// The acts of one kind on one day, `YYYY-MM-DD`.
    pub fn logged_on(&self, day: &str, did: &str) -> io::Result<Vec<Entry>> {
        ledger::of_day(&self.root.join("ledger.jsonl"), day, did)
    }

    /// The beginning of a raw mail, as much as any header needs; absent when the mail is gone.
    pub fn mail_head(&self, file: &str) -> io::Result<Option<Vec<u8>>> {
        const MOST: u64 = 1 << 20;
        let file = match File::open(self.root.join(file)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let mut head = Vec::new();
        file.take(MOST).read_to_end(&mut head)?;
        Ok(Some(head))
    }

    /// Proves the ledger's chain.
    pub fn ledger(&self) -> io::Result<Result<Vec<Entry>, Vec<Diagnostic>>> {
        ledger::verify(&self.root.join("ledger.jsonl"), "inbox/ledger.jsonl")
    }
}

/// Reads to the end in pieces; the SHA-256 of it all.
pub(super) fn hashed(raw: &mut impl Read, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<String> {
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        let read = raw.read(&mut piece)?;
        if read == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(&piece[..read]);
        each(&piece[..read])?;
    }
}

/// The files of a folder in order of their names; an absent folder is empty.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn record_name(path: &Path, folder: &str) -> Option<(String, String)> {
    let name = path.file_name()?.to_str()?;
    let id = name.strip_suffix(".yaml").filter(|id| !id.starts_with('.'))?;
    Some((id.to_owned(), format!("inbox/{folder}/{name}")))
}

fn read_record(
    text: io::Result<String>,
    shown: &str,
    id: &str,
    status: Status,
    office: &Office<'_>,
) -> Result<Record, Vec<Diagnostic>> {
    let text = text.map_err(|e| vec![Diagnostic::of_file(shown, said!("cannot be read: {e}", "无法读取：{e}"))])?;
    parse::parse(shown, &text, id, status, office)
}

fn read_account(path: &Path, sha256: &str) -> io::Result<Result<Account, Diagnostic>> {
    let text = fs::read_to_string(path)?;
    let shown = format!("inbox/mail/{sha256}.yaml");
    Ok(serde_yaml::from_str(&text).map_err(|e| yaml::syntax_error(&shown, &e)))
}

fn keep_longer(records: &mut BTreeMap<String, Record>, record: Record) {
    match records.get(&record.id) {
        Some(other) if other.history.len() >= record.history.len() => {}
        _ => {
            records.insert(record.id.clone(), record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::listing::Publication;
    use crate::record::{Event, Ruling};

    #[test]
    fn a_record_that_moves_while_all_are_read_is_neither_lost_nor_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::of(folder.path());
        let units = crate::unit::parse("u.yaml", "categories: [{id: a, name: 甲}]\nunits: []\n").unwrap();
        let publication = Publication::default();
        let office = Office { forms: &[], units: &units, deadline: None, publication: &publication };
        let text = "id: r1\nstatus: pending\nmail: {file: '', from: '', subject: ''}\n";
        let mut record = parse::parse("r1.yaml", text, "r1", Status::Pending, &office).unwrap();
        inbox.put_record(&record).unwrap();
        std::thread::scope(|scope| {
            let clerk = scope.spawn(|| {
                for step in 0..200 {
                    let decided = step % 2 == 0;
                    let day = || "2023-07-20".to_owned();
                    let ruling = |by: &str| Ruling {
                        by: by.to_owned(),
                        on: day(),
                        at: day(),
                        reason: None,
                        basis: None,
                        replaces: None,
                    };
                    record.status = if decided { Status::Accepted } else { Status::Pending };
                    record.decision = decided.then(|| ruling("示例员"));
                    record
                        .history
                        .push(FlowMap(Event { at: day(), by: "示例员".to_owned(), did: "改".to_owned() }));
                    inbox.put_record(&record).unwrap();
                }
            });
            while !clerk.is_finished() {
                let (records, faults) = inbox.records(&office).unwrap();
                assert_eq!((records.len(), faults), (1, Vec::new()));
            }
        });
    }
}
