//! Zip archives: members with their names read as Chinese Windows writes them, counted while inflating because declared
//! sizes lie.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Member, unreadable};
use crate::fault::Fault;

/// Files in one archive. A unit sends a dozen; a district a few hundred.
const MOST_MEMBERS: usize = 1_000;
/// Bytes of one archive, inflated. Scans hardly shrink, so this is several times the largest mail (50 MB).
const MOST_BYTES: u64 = 256 << 20;
/// Inflated to packed size of one member. Text reaches 20, bombs 1,000.
const MOST_RATIO: u64 = 200;
/// Below this no ratio counts: an empty form in XML packs well.
const SMALL: u64 = 8 << 20;
/// Longest name kept, in characters.
const LONGEST_NAME: usize = 255;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// The members' names, for telling documents from archives.
pub(super) fn names(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let mut archive = load(bytes)?;
    let count = archive.len().min(MOST_MEMBERS * 10);
    Ok((0..count).filter_map(|i| archive.by_index_raw(i).ok().map(|file| readable(file.name_raw()))).collect())
}

/// All members that hold something.
pub(super) fn open(bytes: &[u8]) -> Result<Vec<Member>, Fault> {
    let mut archive = load(bytes)?;
    let mut left = MOST_BYTES;
    let mut members = Vec::new();
    for index in 0..archive.len() {
        let Some((name, is_folder)) = entry(&mut archive, index) else {
            members.push(Member { name: format!("#{}", index + 1), bytes: Err(unreadable("压缩包中的文件")) });
            continue;
        };
        if is_folder || is_junk(&name) {
            continue;
        }
        if members.len() == MOST_MEMBERS {
            let message = format!("压缩包内文件超过 {MOST_MEMBERS} 个，其余未读取，请对方分开发送");
            members.push(Member { name: clean(&name), bytes: Err(Fault::new("too-many-members", message)) });
            break;
        }
        let content = member(&mut archive, index, left);
        left -= content.as_ref().map_or(0, |content| content.len() as u64).min(left);
        members.push(Member { name: clean(&name), bytes: content });
    }
    Ok(members)
}

/// One member of an office document by its exact name, within the limit.
pub(super) fn one(bytes: &[u8], name: &str) -> Result<Vec<u8>, Fault> {
    let mut archive = load(bytes)?;
    let same = |raw: &[u8]| readable(raw).replace('\\', "/").eq_ignore_ascii_case(name);
    let found = (0..archive.len()).find(|i| archive.by_index_raw(*i).is_ok_and(|file| same(file.name_raw())));
    member(&mut archive, found.ok_or_else(|| unreadable("文档"))?, MOST_BYTES)
}

/// Inflates everything and keeps nothing: proves that a document may be handed to a reader that knows no limits.
pub(super) fn measure(bytes: &[u8], most: u64) -> Result<(), Fault> {
    let mut archive = load(bytes)?;
    let mut left = most;
    for index in 0..archive.len() {
        let size = member(&mut archive, index, left)?.len() as u64;
        left -= size.min(left);
    }
    Ok(())
}

fn load(bytes: &[u8]) -> Result<Archive<'_>, Fault> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable("压缩包或文档"))
}

fn entry(archive: &mut Archive<'_>, index: usize) -> Option<(String, bool)> {
    let file = archive.by_index_raw(index).ok()?;
    Some((readable(file.name_raw()), file.is_dir()))
}

/// Inflates one member, never more than `left` bytes.
fn member(archive: &mut Archive<'_>, index: usize, left: u64) -> Result<Vec<u8>, Fault> {
    let raw = archive.by_index_raw(index).map_err(|e| fault(&e))?;
    if raw.encrypted() {
        return Err(Fault::new("encrypted", "压缩包设有密码，无法打开，请对方取消密码后重新发送"));
    }
    drop(raw);
    let file = archive.by_index(index).map_err(|e| fault(&e))?;
    let by_ratio = file.compressed_size().saturating_mul(MOST_RATIO).max(SMALL);
    let limit = left.min(by_ratio);
    let mut content = Vec::new();
    // A broken checksum or a torn stream ends in an error here.
    file.take(limit + 1).read_to_end(&mut content).map_err(|_| unreadable("压缩包中的文件"))?;
    if content.len() as u64 > limit {
        let megabytes = MOST_BYTES >> 20;
        let message = format!("压缩包解开后过大（上限 {megabytes} MB），未读取，请对方分开发送");
        return Err(Fault::new("too-large", message));
    }
    Ok(content)
}

fn fault(error: &ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(_) => {
            Fault::new("unsupported", "压缩包用了不常见的压缩方式，请对方改用普通 ZIP 压缩包")
        }
        _ => unreadable("压缩包中的文件"),
    }
}

/// Chinese Windows writes names in GBK and does not say so: strict UTF-8 first, then GB18030.
fn readable(raw: &[u8]) -> String {
    match std::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GB18030.decode_without_bom_handling(raw).0.into_owned(),
    }
}

/// A name fit for a record: no control characters, no direction overrides, its end kept when it is too long.
fn clean(name: &str) -> String {
    let reorders = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    let kept: Vec<char> = name.chars().filter(|c| !c.is_control() && !reorders(*c)).collect();
    kept[kept.len().saturating_sub(LONGEST_NAME)..].iter().collect()
}

/// What systems leave behind: resource forks, thumbnails, lock files.
fn is_junk(name: &str) -> bool {
    let path = name.replace('\\', "/");
    let file = path.rsplit('/').next().unwrap_or(&path);
    path.split('/').any(|folder| folder == "__MACOSX")
        || matches!(file, "" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || file.starts_with("~$")
        || file.starts_with("._")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn names_are_utf8_or_gb18030_and_cannot_mislead() {
        assert_eq!(readable(b"\xb5\xc7\xbc\xc7\xb1\xed.jpg"), "登记表.jpg");
        assert_eq!(readable("登记表.jpg".as_bytes()), "登记表.jpg");
        assert_eq!(clean("a\u{202e}gpj.exe\n"), "agpj.exe");
        assert_eq!(clean(&format!("{}.pdf", "x".repeat(4000))).len(), LONGEST_NAME);
    }

    #[test]
    fn junk_is_left_out_and_the_rest_kept() {
        let bytes = zipped(&[
            ("__MACOSX/._a.jpg", b"x"),
            ("dir/Thumbs.db", b"x"),
            ("~$form.docx", b"x"),
            ("../../dir/form.txt", b"kept"),
        ]);
        let members = open(&bytes).unwrap();
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].bytes.as_ref().unwrap(), b"kept");
    }

    #[test]
    fn a_bomb_is_stopped_while_inflating() {
        let bytes = zipped(&[("bomb", &vec![0; 20 << 20]), ("form.txt", b"kept")]);
        let members = open(&bytes).unwrap();
        assert_eq!(members[0].bytes.as_ref().unwrap_err().code, "too-large");
        assert_eq!(members[1].bytes.as_ref().unwrap(), b"kept");
        assert_eq!(measure(&bytes, 1 << 20).unwrap_err().code, "too-large");
    }

    #[test]
    fn torn_archives_are_faults() {
        let bytes = zipped(&[("form.txt", b"kept")]);
        assert_eq!(open(&bytes[..bytes.len() / 2]).unwrap_err().code, "unreadable");
    }
}
