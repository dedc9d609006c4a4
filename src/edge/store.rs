//! The inbox on disk: raw mails, what became of their leaves, records by status, page images, the ledger.

use std::collections::BTreeMap;
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
}

impl Inbox {
    /// The inbox of an office's root folder.
    pub fn of(root: &Path) -> Inbox {
        Inbox { root: root.join("inbox") }
    }

    /// The folder where mails are dropped for `intake`.
    pub fn new_mail(&self) -> PathBuf {
        self.root.join("new")
    }

    /// A file below the inbox by its name in a record.
    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Removes what killed processes left half written.
    pub fn sweep(&self) {
        whole::sweep(&self.root);
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
        let path = self.root.join("mail").join(format!("{sha256}.eml"));
        // The name is the content's hash, so a file of the right length that is there is the same mail, unless a
        // disk lost part of it: then it is written again.
        match fs::read(&path) {
            Ok(kept) if kept == raw => Ok(()),
            _ => whole::write(&path, raw),
        }
    }

    /// Puts a mail on disk that is too large to be held in memory, and gives its SHA-256.
    pub fn keep_outsized(&self, mut raw: impl Read) -> io::Result<String> {
        let folder = self.root.join("mail");
        let mut sha256 = String::new();
        whole::write_by(&folder, |file| {
            sha256 = hashed(&mut raw, |piece| file.write_all(piece))?;
            Ok(folder.join(format!("{sha256}.eml")))
        })?;
        Ok(sha256)
    }

    /// The raw mail of this name, or its start if it is over the limit, and the SHA-256 of all of it.
    pub fn read_mail(&self, name: &str) -> io::Result<(Vec<u8>, String)> {
        let mut start = Vec::new();
        let mut file = File::open(self.root.join("mail").join(format!("{name}.eml")))?;
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

    /// All raw mails by SHA-256, each with its account if it is done.
    pub fn mails(&self) -> io::Result<BTreeMap<String, Option<Result<Account, Diagnostic>>>> {
        let mut mails = BTreeMap::new();
        for path in files(&self.root.join("mail"))? {
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
            let Some(sha256) = name.strip_suffix(".eml") else { continue };
            let account = self.account_path(sha256);
            let read = account.exists().then(|| read_account(&account, sha256)).transpose()?;
            mails.insert(sha256.to_owned(), read);
        }
        Ok(mails)
    }

    /// A page image for the reviewer.
    pub fn put_image(&self, name: &str, png: &[u8]) -> io::Result<()> {
        whole::write(&self.root.join(name), png)
    }

    /// Every record, and every file that is none any more. Where a crash left a record in two folders, the one with
    /// the longer history counts.
    pub fn records(&self, office: &Office<'_>) -> io::Result<(Vec<Record>, Vec<Diagnostic>)> {
        let mut records: BTreeMap<String, Record> = BTreeMap::new();
        let mut faults = Vec::new();
        for (status, folder) in Status::FOLDERS {
            for path in files(&self.root.join(folder))? {
                let Some((id, shown)) = record_name(&path, folder) else { continue };
                match read_record(&path, &shown, &id, status, office) {
                    Ok(record) => keep_longer(&mut records, record),
                    Err(mut wrong) => faults.append(&mut wrong),
                }
            }
        }
        Ok((records.into_values().collect(), faults))
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

    /// Proves the ledger's chain.
    pub fn ledger(&self) -> io::Result<Result<Vec<Entry>, Vec<Diagnostic>>> {
        ledger::verify(&self.root.join("ledger.jsonl"), "inbox/ledger.jsonl")
    }
}

/// Reads to the end in pieces; the SHA-256 of it all.
fn hashed(raw: &mut impl Read, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<String> {
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

fn record_name(path: &Path, folder: &str) -> Option<(String, String)> {
    let name = path.file_name()?.to_str()?;
    let id = name.strip_suffix(".yaml").filter(|id| !id.starts_with('.'))?;
    Some((id.to_owned(), format!("inbox/{folder}/{name}")))
}

fn read_record(
    path: &Path,
    shown: &str,
    id: &str,
    status: Status,
    office: &Office<'_>,
) -> Result<Record, Vec<Diagnostic>> {
    let text = fs::read_to_string(path)
        .map_err(|e| vec![Diagnostic::of_file(shown, said!("cannot be read: {e}", "无法读取：{e}"))])?;
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
