//! The office's mailbox from disk and its password from the environment or a file outside the office's folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::post::{self, Mailbox, Secret};
use crate::report::{Diagnostic, Said};
use crate::said;

/// The mailbox; none where there is no `inbox/mailbox.yaml`.
pub fn mailbox(root: &Path) -> Result<Option<Mailbox>, Vec<Diagnostic>> {
    match fs::read_to_string(root.join(post::PATH)) {
        Ok(text) => post::parse(post::PATH, &text).map(Some),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(vec![Diagnostic::of_file(post::PATH, said!("cannot be read: {e}", "无法读取：{e}"))]),
    }
}

/// The password: `from_environment` (what [`post::PASSWORD`] holds) before the file that the mailbox names.
pub fn password(root: &Path, mailbox: &Mailbox, from_environment: Option<&str>) -> Result<Secret, Vec<Diagnostic>> {
    if let Some(secret) = from_environment.and_then(Secret::new) {
        return Ok(secret);
    }
    let variable = post::PASSWORD;
    let Some((at, written)) = &mailbox.password_file else {
        let message = said!(
            "the mailbox's password or authorization code is missing: set {variable}, or name a file outside this folder with `password_file`",
            "缺少邮箱密码或授权码：请设置环境变量 {variable}，或用 `password_file` 指定本目录之外的文件"
        );
        return Err(vec![Diagnostic::of_file(post::PATH, message)]);
    };
    let fault = |message| vec![Diagnostic::at(post::PATH, *at, message)];
    let path = outside(root, Path::new(written)).map_err(fault)?;
    let text = fs::read_to_string(path).map_err(|e| fault(said!("cannot be read: {e}", "无法读取：{e}")))?;
    Secret::new(&text).ok_or_else(|| fault(said!("the file is empty", "文件是空的")))
}

/// The file's real path; one inside the root is refused: what lies there is copied, shared and backed up.
fn outside(root: &Path, file: &Path) -> Result<PathBuf, Said> {
    let real = |path: &Path| path.canonicalize().map_err(|e| said!("cannot be read: {e}", "无法读取：{e}"));
    let (root, file) = (real(root)?, real(&root.join(file))?);
    match file.starts_with(&root) {
        false => Ok(file),
        true => Err(said!(
            "the password must not lie in the office's folder; move the file out of it",
            "密码文件不能放在本目录之内，请移到目录之外"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_comes_from_outside_the_folder_only() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("office");
        fs::create_dir_all(root.join("inbox")).unwrap();
        fs::write(root.join("inbox/code"), "abcd").unwrap();
        fs::write(folder.path().join("code"), "efgh\n").unwrap();
        assert_eq!(mailbox(&root), Ok(None));
        let of = |file: &str| {
            fs::write(root.join(post::PATH), format!("address: a@example.com\npassword_file: {file}\n")).unwrap();
            password(&root, &mailbox(&root).unwrap().unwrap(), None)
        };
        assert_eq!(of("../code").unwrap().expose(), "efgh");
        for inside in ["inbox/code", "../office/inbox/code"] {
            let said = of(inside).unwrap_err()[0].to_string();
            assert!(said.starts_with("inbox/mailbox.yaml:2:16: the password must not lie"), "{said}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(root.join("inbox/code"), folder.path().join("link")).unwrap();
            assert!(of("../link").is_err());
        }
        assert!(of("../none").unwrap_err()[0].to_string().contains("cannot be read"));
        let named = mailbox(&root).unwrap().unwrap();
        assert_eq!(password(&root, &named, Some("from-env")).unwrap().expose(), "from-env");
        let unnamed = Mailbox { password_file: None, ..named };
        assert!(password(&root, &unnamed, Some("")).unwrap_err()[0].to_string().contains(post::PASSWORD));
    }
}
