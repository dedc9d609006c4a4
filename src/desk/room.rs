//! What the desk works with: content, templates and records, read again only where something on disk changed. The command
//! line, a text editor and other desks may change them at any time.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use walkdir::WalkDir;

use super::index::Index;
use crate::edge;
use crate::edge::failure::Failure;
use crate::edge::office::Office;
use crate::edge::shelf::Shelf;
use crate::edge::sources::FOLDERS;
use crate::site::Sources;
use crate::site::engine::{Engine, FOLDER_DESK};

/// Content and templates as loaded.
pub struct Loaded {
    /// The office.
    pub office: Office,
    /// The desk's templates.
    pub engine: Engine,
    /// The desk's style sheet and script by name.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// How things stand at the time of a request.
#[derive(Clone)]
pub struct Now {
    /// Content and templates.
    pub loaded: Arc<Loaded>,
    /// The records.
    pub index: Arc<Index>,
}

impl Now {
    /// The office.
    pub fn office(&self) -> &Office {
        &self.loaded.office
    }
}

/// Keeps what was read.
pub struct Room {
    root: PathBuf,
    kept: Mutex<Kept>,
}

struct Kept {
    prints: Prints,
    shelf: Shelf,
    now: Now,
}

/// Every file that content and templates are read from, with what changes when it does.
type Prints = Vec<(PathBuf, Option<SystemTime>, u64)>;

impl Room {
    /// Reads everything once.
    pub fn open(root: &Path) -> Result<Room, Failure> {
        let prints = prints(root)?;
        let loaded = load(root)?;
        let mut shelf = Shelf::default();
        shelf.refresh(&loaded.office.inbox, &loaded.office.rules())?;
        let index = Index::of(shelf.records(), &loaded.office);
        let now = Now { loaded: Arc::new(loaded), index: Arc::new(index) };
        Ok(Room { root: root.to_owned(), kept: Mutex::new(Kept { prints, shelf, now }) })
    }

    /// How things stood at the last look: good enough for what belongs to a page that has just been answered.
    pub fn lately(&self) -> Now {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).now.clone()
    }

    /// How things stand now.
    pub fn now(&self) -> Result<Now, Failure> {
        // What is kept is replaced as a whole; after a panic elsewhere it is old at worst, and checked here.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let prints = prints(&self.root)?;
        let mut changed = false;
        if prints != kept.prints {
            let loaded = load(&self.root)?;
            // Accepting a record changes the register, which is content, but no rule that records are checked by.
            if !same_rules(&loaded.office, &kept.now.loaded.office) {
                kept.shelf = Shelf::default();
            }
            kept.now.loaded = Arc::new(loaded);
            kept.prints = prints;
            changed = true;
        }
        let loaded = Arc::clone(&kept.now.loaded);
        changed |= kept.shelf.refresh(&loaded.office.inbox, &loaded.office.rules())?;
        if changed {
            kept.now.index = Arc::new(Index::of(kept.shelf.records(), &loaded.office));
        }
        Ok(kept.now.clone())
    }
}

fn same_rules(a: &Office, b: &Office) -> bool {
    let (a, b) = (a.rules(), b.rules());
    a.forms == b.forms && a.units == b.units && a.deadline == b.deadline && a.publication == b.publication
}

fn load(root: &Path) -> Result<Loaded, Failure> {
    let sources = edge::sources(root)?;
    let (engine, files) = (Engine::of_desk(&sources)?, files(&sources));
    Ok(Loaded { office: Office::of(root, sources)?, engine, files })
}

fn files(sources: &Sources) -> BTreeMap<String, Vec<u8>> {
    let folder = format!("{FOLDER_DESK}static/");
    let named = |(path, bytes): (&String, &Vec<u8>)| Some((path.strip_prefix(&folder)?.to_owned(), bytes.clone()));
    sources.files.iter().filter_map(named).collect()
}

fn prints(root: &Path) -> io::Result<Prints> {
    let mut all = Prints::new();
    for folder in FOLDERS {
        for entry in WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().filter_map(Result::ok) {
            // Gone since its folder was listed: the next look sees that.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_file() {
                all.push((entry.into_path(), metadata.modified().ok(), metadata.len()));
            }
        }
    }
    Ok(all)
}
