//! Files written whole or not at all: temporary file, fsync, rename, fsync of the folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use walkdir::WalkDir;

use super::failpoint;

/// How the names of files begin that are not whole yet.
const TEMPORARY: &str = ".tmp-";

/// Writes a file whole: a reader, or a machine that loses power, sees the old content or the new, never a part.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file needs a folder"))?;
    write_by(folder, |file| file.write_all(bytes).map(|()| path.to_owned()))
}

/// The same for what is written piece by piece; its path, in that folder, is known once it is written.
pub fn write_by(folder: &Path, fill: impl FnOnce(&mut File) -> io::Result<PathBuf>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    failpoint::pass();
    let mut temporary = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
    let path = fill(temporary.as_file_mut())?;
    temporary.as_file().sync_all()?;
    failpoint::pass();
    temporary.persist(path).map_err(|e| e.error)?;
    failpoint::pass();
    sync_folder(folder)
}

/// Removes what killed processes left of files they were writing. What is younger than a day may still be under way.
pub fn sweep(folder: &Path) {
    const LEFT_BEHIND: Duration = Duration::from_secs(24 * 60 * 60);
    for entry in WalkDir::new(folder).into_iter().filter_map(Result::ok) {
        let is_ours = entry.file_type().is_file() && entry.file_name().to_string_lossy().starts_with(TEMPORARY);
        let age = || entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_ours && age().is_some_and(|age| age > LEFT_BEHIND) {
            // One that cannot be removed stays; that is no reason to do nothing else.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Removes a file for good; one that is gone already is no error.
pub fn remove(path: &Path) -> io::Result<()> {
    failpoint::pass();
    match fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => path.parent().map_or(Ok(()), sync_folder),
    }
}

/// A rename or removal is lasting only once its folder is on disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|f| f.sync_all()) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn only_what_was_left_long_ago_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("mail")).unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
        for (name, old) in [("mail/.tmp-old", true), ("mail/.tmp-new", false), ("mail/old.eml", true)] {
            let file = File::create(folder.path().join(name)).unwrap();
            if old {
                file.set_modified(long_ago).unwrap();
            }
        }
        sweep(folder.path());
        let left = fs::read_dir(folder.path().join("mail")).unwrap().map(|e| e.unwrap().file_name());
        assert_eq!(left.collect::<std::collections::BTreeSet<_>>(), [".tmp-new".into(), "old.eml".into()].into());
    }
}
