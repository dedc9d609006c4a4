//! Reads the files a site is made from.

use std::io;
use std::path::Path;

use walkdir::WalkDir;

use crate::site::Sources;

/// The folders a site is made from, below the root.
pub const FOLDERS: [&str; 2] = ["content", "templates"];

/// Reads `content/` and `templates/`. Hidden files and editors' backups are left out; links are not followed, so nothing
/// outside the root can be published.
pub fn sources(root: &Path) -> io::Result<Sources> {
    let mut sources = Sources::default();
    for folder in FOLDERS {
        if !root.join(folder).exists() {
            continue;
        }
        for entry in
            WalkDir::new(root.join(folder)).into_iter().filter_entry(|e| !is_hidden(&e.file_name().to_string_lossy()))
        {
            let entry = entry?;
            if !entry.file_type().is_file() {
                continue;
            }
            let Some(path) = below(root, entry.path()) else { continue };
            sources.files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(sources)
}

/// The path below the root, with `/`; none when it is not UTF-8.
fn below(root: &Path, path: &Path) -> Option<String> {
    let steps: Option<Vec<&str>> = path.strip_prefix(root).ok()?.iter().map(|step| step.to_str()).collect();
    Some(steps?.join("/"))
}

fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_files_of_the_two_folders_are_read() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        };
        for path in [
            "content/pages/a.md",
            "content/.a.md.swp",
            "content/b.md~",
            "templates/t.html",
            "inbox/secret.yaml",
            "content/.git/x",
        ] {
            write(path);
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.path().join("inbox"), root.path().join("content/leak")).unwrap();
        let found: Vec<_> = sources(root.path()).unwrap().files.into_keys().collect();
        assert_eq!(found, ["content/pages/a.md", "templates/t.html"]);
    }
}
