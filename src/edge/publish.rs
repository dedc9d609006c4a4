//! Writes a built site: whole files or none, nothing rewritten that is the same, nothing removed that is not ours.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

use crate::site::Output;

/// Lists what the last build wrote, one path per line. Only these files may be removed by the next.
pub const MANIFEST: &str = ".zhuanban-manifest";

/// What publishing did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Published {
    /// Files written, new or changed.
    pub written: usize,
    /// Files left as they were, with their time of change.
    pub unchanged: usize,
    /// Files removed because nothing makes them any more.
    pub removed: usize,
}

/// Writes the outputs below `out`.
///
/// The manifest names old and new files while files change, so that a build that is killed in between leaves nothing
/// behind that the next build would not remove.
pub fn publish(outputs: &[Output], out: &Path) -> io::Result<Published> {
    fs::create_dir_all(out)?;
    let old = manifest(out)?;
    let new: BTreeSet<String> = outputs.iter().map(|output| output.path.clone()).collect();
    let both: BTreeSet<String> = old.union(&new).cloned().collect();
    write_manifest(out, &both)?;
    let mut done = Published::default();
    for output in outputs {
        match write_if_changed(&inside(out, &output.path)?, &output.bytes)? {
            true => done.written += 1,
            false => done.unchanged += 1,
        }
    }
    for path in old.difference(&new) {
        done.removed += usize::from(remove(out, &inside(out, path)?)?);
    }
    write_manifest(out, &new)?;
    Ok(done)
}

fn manifest(out: &Path) -> io::Result<BTreeSet<String>> {
    match fs::read_to_string(out.join(MANIFEST)) {
        Ok(text) => Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error),
    }
}

fn write_manifest(out: &Path, paths: &BTreeSet<String>) -> io::Result<()> {
    let text: String = paths.iter().map(|path| format!("{path}\n")).collect();
    write_if_changed(&out.join(MANIFEST), text.as_bytes()).map(drop)
}

/// A path below `out`; a manifest or an output that leads elsewhere is refused.
fn inside(out: &Path, path: &str) -> io::Result<PathBuf> {
    let plain = !path.is_empty() && Path::new(path).components().all(|step| matches!(step, Component::Normal(_)));
    plain.then(|| out.join(path)).ok_or_else(|| io::Error::other(format!("`{path}` leads out of the output folder")))
}

/// Whether the file was written: not when it already holds these bytes.
fn write_if_changed(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if same(path, bytes) {
        return Ok(false);
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    readable_by_the_web_server(file.as_file())?;
    file.persist(path)?;
    Ok(true)
}

fn same(path: &Path, bytes: &[u8]) -> bool {
    let size = fs::metadata(path).map(|m| m.is_file() && m.len() == bytes.len() as u64);
    matches!(size, Ok(true)) && fs::read(path).is_ok_and(|old| old == bytes)
}

/// Temporary files are made for their owner alone.
#[cfg(unix)]
fn readable_by_the_web_server(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable_by_the_web_server(_: &fs::File) -> io::Result<()> {
    Ok(())
}

/// Removes a file and the folders it leaves empty. Whether it was there.
fn remove(out: &Path, path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    }
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != out);
    // Removing a folder that is not empty fails, which is what we want.
    folders.map(fs::remove_dir).take_while(Result::is_ok).for_each(drop);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outputs(list: &[(&str, &str)]) -> Vec<Output> {
        list.iter().map(|(path, text)| Output { path: path.to_string(), bytes: text.as_bytes().to_vec() }).collect()
    }

    fn files(out: &Path) -> Vec<String> {
        let all = walkdir::WalkDir::new(out).min_depth(1).sort_by_file_name().into_iter().map(Result::unwrap);
        all.map(|e| e.path().strip_prefix(out).unwrap().to_string_lossy().into_owned())
            .filter(|p| p != MANIFEST)
            .collect()
    }

    #[test]
    fn unchanged_files_are_not_rewritten_and_vanished_ones_go() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("public");
        let first = publish(&outputs(&[("index.html", "a"), ("x/y/index.html", "b")]), &out).unwrap();
        assert_eq!(first, Published { written: 2, unchanged: 0, removed: 0 });
        let time = fs::metadata(out.join("index.html")).unwrap().modified().unwrap();
        fs::write(out.join("CNAME"), "mine").unwrap();
        let second = publish(&outputs(&[("index.html", "a"), ("z.html", "c")]), &out).unwrap();
        assert_eq!(second, Published { written: 1, unchanged: 1, removed: 1 });
        assert_eq!(fs::metadata(out.join("index.html")).unwrap().modified().unwrap(), time);
        assert_eq!(files(&out), ["CNAME", "index.html", "z.html"]);
    }

    #[test]
    fn a_changed_file_of_the_same_length_is_written() {
        let dir = tempfile::tempdir().unwrap();
        publish(&outputs(&[("a", "1")]), dir.path()).unwrap();
        assert_eq!(publish(&outputs(&[("a", "2")]), dir.path()).unwrap().written, 1);
        assert_eq!(fs::read(dir.path().join("a")).unwrap(), b"2");
    }

    #[test]
    fn a_manifest_cannot_remove_files_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("public");
        fs::create_dir(&out).unwrap();
        fs::write(dir.path().join("precious"), "x").unwrap();
        fs::write(out.join(MANIFEST), "../precious\n").unwrap();
        assert!(publish(&[], &out).is_err());
        assert!(dir.path().join("precious").exists());
        assert!(publish(&outputs(&[("../a", "x")]), &dir.path().join("other")).is_err());
    }
}
