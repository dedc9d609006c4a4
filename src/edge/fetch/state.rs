//! `inbox/fetch.yaml`: which of the server's mails were taken in, so that none is carried over the network twice. That no
//! mail is *taken in* twice does not depend on it: that is known by the mails' SHA-256.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::super::store::Inbox;
use super::super::whole;
use crate::post::Imap;
use crate::post::uids::Uids;
use crate::yaml;

/// What is known of one folder of one mailbox.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    host: String,
    user: String,
    folder: String,
    /// While the server says the same, its ids mean the same mails.
    uidvalidity: u32,
    /// Mails that are on disk and accounted for.
    taken: Uids,
    /// Those of them that are still to be moved on the server.
    #[serde(default, skip_serializing_if = "Uids::is_empty")]
    waiting: Uids,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    folders: Vec<Known>,
}

/// The state of the folder mail is fetched from.
#[derive(Debug)]
pub struct State {
    path: PathBuf,
    others: Vec<Known>,
    known: Known,
}

impl State {
    /// What is known of a folder. With another validity nothing is, nor where the file cannot be understood: then mails
    /// are looked at again, which costs time only.
    pub fn of(inbox: &Inbox, imap: &Imap, uidvalidity: u32) -> io::Result<State> {
        let path = inbox.path("fetch.yaml");
        let text = match fs::read_to_string(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            other => other?,
        };
        let file: File = serde_yaml::from_str(&text).unwrap_or_default();
        let fresh = Known {
            host: imap.server.host.clone(),
            user: imap.server.user.clone(),
            folder: imap.folder.clone(),
            uidvalidity,
            taken: Uids::default(),
            waiting: Uids::default(),
        };
        let same = |k: &Known| (&k.host, &k.user, &k.folder) == (&fresh.host, &fresh.user, &fresh.folder);
        let (mine, others): (Vec<_>, Vec<_>) = file.folders.into_iter().partition(same);
        let known = mine.into_iter().find(|k| k.uidvalidity == uidvalidity).unwrap_or(fresh);
        Ok(State { path, others, known })
    }

    /// Whether a mail was taken in.
    pub fn has(&self, uid: u32) -> bool {
        self.known.taken.contains(uid)
    }

    /// Forgets the mails that are no longer in the folder: their ids never come again.
    pub fn keep_only(&mut self, listed: &[u32]) {
        self.known.taken = self.known.taken.among(listed).into_iter().collect();
        self.known.waiting = self.known.waiting.among(listed).into_iter().collect();
    }

    /// Notes mails that were taken in, and that they are to be moved.
    pub fn took(&mut self, uids: &[u32], to_be_moved: bool) {
        self.known.taken.add(uids.iter().copied());
        if to_be_moved {
            self.known.waiting.add(uids.iter().copied());
        }
    }

    /// The mails that are to be moved.
    pub fn waiting(&self) -> &Uids {
        &self.known.waiting
    }

    /// Notes that some of them were moved.
    pub fn moved(&mut self, uids: &[u32]) {
        self.known.waiting.remove(uids);
    }

    /// Writes it to disk.
    pub fn save(&self) -> io::Result<()> {
        let folders = self.others.iter().chain([&self.known]).cloned().collect();
        let text = yaml::write(&File { folders }).map_err(io::Error::other)?;
        whole::write(&self.path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post;

    fn imap(folder: &str) -> Imap {
        let text = format!("address: a@example.com\npreset: qq\nimap: {{folder: {folder}}}\n");
        post::parse("m.yaml", &text).unwrap().imap.unwrap()
    }

    #[test]
    fn each_folder_has_its_own_ids_and_a_new_validity_forgets_them() {
        let root = tempfile::tempdir().unwrap();
        let inbox = Inbox::of(root.path());
        let mut state = State::of(&inbox, &imap("a"), 7).unwrap();
        state.took(&[1, 2, 3], true);
        state.save().unwrap();
        let mut state = State::of(&inbox, &imap("a"), 7).unwrap();
        assert_eq!(state.waiting().to_string(), "1:3");
        state.keep_only(&[2, 3, 4]);
        assert_eq!(state.waiting().lowest(9), [2, 3]);
        state.moved(&[2, 3]);
        state.save().unwrap();
        let state = State::of(&inbox, &imap("a"), 7).unwrap();
        assert_eq!([1, 2, 3, 4].map(|uid| state.has(uid)), [false, true, true, false]);
        assert!(state.waiting().is_empty());
        State::of(&inbox, &imap("b"), 7).unwrap().save().unwrap();
        assert!(State::of(&inbox, &imap("a"), 7).unwrap().has(2), "another folder's state was lost");
        assert!(!State::of(&inbox, &imap("a"), 8).unwrap().has(2));
    }

    #[test]
    fn a_file_that_is_none_is_begun_again() {
        let root = tempfile::tempdir().unwrap();
        let inbox = Inbox::of(root.path());
        whole::write(&inbox.path("fetch.yaml"), b"folders: {").unwrap();
        assert!(!State::of(&inbox, &imap("a"), 7).unwrap().has(1));
    }
}
