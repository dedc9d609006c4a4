//! Zip archives: members with their names read as Chinese Windows writes them, counted while inflating because declared
//! sizes lie.

use std::io::{Cursor, Read};
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::{Budget, Member, unreadable};
use crate::fault::Fault;

/// Files in one archive. A unit sends a dozen; a district a few hundred.
const MOST_MEMBERS: usize = 1_000;
/// Inflated to packed size of one member. Text reaches 20, bombs 1,000.
const MOST_RATIO: u64 = 200;
/// Below this no ratio counts: an empty form in XML packs well.
const SMALL: u64 = 8 << 20;
/// Longest name kept, in characters.
const LONGEST_NAME: usize = 255;

type Zip<B> = ZipArchive<Cursor<B>>;

/// A zip archive whose members are inflated one at a time, when they are asked for.
#[derive(Debug, Clone)]
pub struct Archive {
    zip: Zip<Arc<[u8]>>,
    /// Places in the archive and names of the members that hold something.
    members: Vec<(usize, String)>,
}

impl Archive {
    /// How many members there are to ask for.
    pub fn len(&self) -> usize {
        self.members.len().min(MOST_MEMBERS + 1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// A member, inflated at the expense of the budget. The last one of an endless archive says that it is endless.
    pub fn member(&mut self, number: usize, budget: &mut Budget) -> Option<Member> {
        let (index, name) = self.members.get(number)?.clone();
        let bytes = if number < MOST_MEMBERS { inflate(&mut self.zip, index, budget) } else { Err(too_many()) };
        Some(Member { name, bytes })
    }
}

fn too_many() -> Fault {
    let message = format!("压缩包内文件超过 {MOST_MEMBERS} 个，其余未读取，请对方分开发送");
    Fault::new("too-many-members", message)
}

/// The members' names, for telling documents from archives.
pub(super) fn names(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let mut archive = load(bytes)?;
    let count = archive.len().min(MOST_MEMBERS * 10);
    Ok((0..count).filter_map(|i| archive.by_index_raw(i).ok().map(|file| readable(file.name_raw()))).collect())
}

/// An archive and the members in it that hold something.
pub(super) fn open(bytes: &Arc<[u8]>) -> Result<Archive, Fault> {
    let mut zip = load(Arc::clone(bytes))?;
    let mut members = Vec::new();
    for index in 0..zip.len() {
        match entry(&mut zip, index) {
            None => members.push((index, format!("#{}", index + 1))),
            Some((name, is_folder)) if is_folder || is_junk(&name) => (),
            Some((name, _)) => members.push((index, clean(&name))),
        }
        if members.len() > MOST_MEMBERS {
            break;
        }
    }
    Ok(Archive { zip, members })
}

/// One member of an office document by its exact name, of at most `most` bytes.
pub(super) fn one(bytes: &[u8], name: &str, most: u64, budget: &mut Budget) -> Result<Vec<u8>, Fault> {
    let mut zip = load(bytes)?;
    let same = |raw: &[u8]| readable(raw).replace('\\', "/").eq_ignore_ascii_case(name);
    let found = (0..zip.len()).find(|i| zip.by_index_raw(*i).is_ok_and(|file| same(file.name_raw())));
    let index = found.ok_or_else(|| unreadable("文档"))?;
    let mut own = Budget { bytes: budget.bytes.min(most), ..Budget::default() };
    let before = own.bytes;
    let content = inflate(&mut zip, index, &mut own);
    budget.bytes -= before - own.bytes;
    content
}

/// Inflates everything and keeps nothing: proves that a document may be handed to a reader that knows no limits.
pub(super) fn measure(bytes: &[u8], most_of_one: u64, budget: &mut Budget) -> Result<(), Fault> {
    let mut zip = load(bytes)?;
    for index in 0..zip.len() {
        let size = inflate(&mut zip, index, budget)?.len() as u64;
        let is_xml = entry(&mut zip, index).is_some_and(|(name, _)| !name.contains("/media/"));
        if is_xml && size > most_of_one {
            return Err(too_large(most_of_one));
        }
    }
    Ok(())
}

fn load<B: AsRef<[u8]>>(bytes: B) -> Result<Zip<B>, Fault> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|_| unreadable("压缩包或文档"))
}

fn entry<B: AsRef<[u8]>>(zip: &mut Zip<B>, index: usize) -> Option<(String, bool)> {
    let file = zip.by_index_raw(index).ok()?;
    Some((readable(file.name_raw()), file.is_dir()))
}

/// Inflates one member, never more than the budget has left.
fn inflate<B: AsRef<[u8]>>(zip: &mut Zip<B>, index: usize, budget: &mut Budget) -> Result<Vec<u8>, Fault> {
    let raw = zip.by_index_raw(index).map_err(|e| fault(&e))?;
    if raw.encrypted() {
        return Err(Fault::new("encrypted", "压缩包设有密码，无法打开，请对方取消密码后重新发送"));
    }
    drop(raw);
    let file = zip.by_index(index).map_err(|e| fault(&e))?;
    let by_ratio = file.compressed_size().saturating_mul(MOST_RATIO).max(SMALL);
    let limit = budget.bytes.min(by_ratio);
    let mut content = Vec::new();
    let read = file.take(limit + 1).read_to_end(&mut content);
    budget.bytes -= (content.len() as u64).min(budget.bytes);
    // A broken checksum or a torn stream ends in an error here.
    read.map_err(|_| unreadable("压缩包中的文件"))?;
    if content.len() as u64 > limit { Err(too_large(Budget::default().bytes)) } else { Ok(content) }
}

fn too_large(most: u64) -> Fault {
    let message = format!("压缩包或文档解开后过大（上限 {} MB），未读取，请对方分开发送", most >> 20);
    Fault::new("too-large", message)
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
    let reorders = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
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

    fn members(bytes: Vec<u8>, budget: &mut Budget) -> Vec<Member> {
        let mut archive = open(&Arc::from(bytes)).unwrap();
        (0..archive.len()).filter_map(|number| archive.member(number, budget)).collect()
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
        let members = members(bytes.clone(), &mut Budget::default());
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].bytes.as_ref().unwrap(), b"kept");
    }

    #[test]
    fn a_bomb_is_stopped_while_inflating() {
        let bytes = zipped(&[("bomb", &vec![0; 20 << 20]), ("form.txt", b"kept")]);
        let members = members(bytes.clone(), &mut Budget::default());
        assert_eq!(members[0].bytes.as_ref().unwrap_err().code, "too-large");
        assert_eq!(members[1].bytes.as_ref().unwrap(), b"kept");
        assert_eq!(measure(&bytes, 1 << 20, &mut Budget::default()).unwrap_err().code, "too-large");
    }

    #[test]
    fn a_budget_is_spent_by_all_members_together() {
        let bytes = zipped(&[("a", &vec![0; 3 << 20]), ("b", &vec![0; 3 << 20])]);
        let mut budget = Budget { bytes: 4 << 20, ..Budget::default() };
        let members = members(bytes, &mut budget);
        assert!(members[0].bytes.is_ok());
        assert_eq!((members[1].bytes.as_ref().unwrap_err().code.as_str(), budget.bytes), ("too-large", 0));
    }

    #[test]
    fn torn_archives_are_faults() {
        let bytes = zipped(&[("form.txt", b"kept")]);
        assert_eq!(open(&Arc::from(&bytes[..bytes.len() / 2])).unwrap_err().code, "unreadable");
    }
}
