//! Names of members: data for a record, never a path.

/// Longest name kept, in characters.
const LONGEST_NAME: usize = 255;

/// Chinese Windows writes names in GBK and does not say so: strict UTF-8 first, then GB18030.
pub(super) fn readable(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// A name fit for a record: no control characters, no direction overrides, its end kept when it is too long.
pub(super) fn clean(name: &str) -> String {
    let reorders = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    let kept: Vec<char> = name.chars().filter(|c| !c.is_control() && !reorders(*c)).collect();
    kept[kept.len().saturating_sub(LONGEST_NAME)..].iter().collect()
}

/// What systems leave behind: resource forks, thumbnails, lock files.
pub(super) fn is_junk(name: &str) -> bool {
    let path = name.replace('\\', "/");
    let file = path.rsplit('/').next().unwrap_or(&path);
    path.split('/').any(|folder| folder == "__MACOSX")
        || matches!(file, "" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || file.starts_with("~$")
        || file.starts_with("._")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_utf8_or_gb18030_and_cannot_mislead() {
        assert_eq!(readable(b"\xb5\xc7\xbc\xc7\xb1\xed.jpg"), "登记表.jpg");
        assert_eq!(readable("登记表.jpg".as_bytes()), "登记表.jpg");
        assert_eq!(clean("a\u{202e}gpj.exe\n"), "agpj.exe");
        assert_eq!(clean(&format!("{}.pdf", "x".repeat(4000))).len(), LONGEST_NAME);
    }

    #[test]
    fn junk_is_what_nobody_put_there() {
        for junk in ["__MACOSX/a.jpg", "a\\Thumbs.db", "~$form.docx", "x/._a.jpg", "folder/"] {
            assert!(is_junk(junk), "{junk}");
        }
        assert!(!is_junk("../登记表.docx"));
    }
}
