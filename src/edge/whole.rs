//! Files written whole or not at all: temporary file, fsync, rename, fsync of the folder.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failpoint;

/// Writes a file whole: a reader, or a machine that loses power, sees the old content or the new, never a part.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::other("a file needs a folder"))?;
    write_by(folder, |file| file.write_all(bytes).map(|()| path.to_owned()))
}

/// The same for what is written piece by piece; its path, in that folder, is known once it is written.
pub fn write_by(folder: &Path, fill: impl FnOnce(&mut File) -> io::Result<PathBuf>) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    failpoint::pass();
    let mut temporary = tempfile::Builder::new().prefix(".tmp-").tempfile_in(folder)?;
    let path = fill(temporary.as_file_mut())?;
    temporary.as_file().sync_all()?;
    failpoint::pass();
    temporary.persist(path).map_err(|e| e.error)?;
    failpoint::pass();
    sync_folder(folder)
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
