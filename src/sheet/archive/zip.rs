//! Zip archives, the container of office documents too.

use std::io::{Cursor, Read};
use std::sync::Arc;

use ::zip::ZipArchive;
use ::zip::result::ZipError;

use super::name::{clean, is_junk, readable};
use super::{Budget, MOST_MEMBERS, Member, allowed, encrypted, odd_method, too_large, too_many, torn, unreadable};
use crate::fault::Fault;

type Zip<B> = ZipArchive<Cursor<B>>;

/// A zip archive whose members are inflated one at a time, when they are asked for.
#[derive(Debug, Clone)]
pub(in crate::sheet) struct Folder {
    zip: Zip<Arc<[u8]>>,
    /// Places in the archive and names of the members that hold something.
    members: Vec<(usize, String)>,
}

impl Folder {
    pub(super) fn len(&self) -> usize {
        self.members.len().min(MOST_MEMBERS + 1)
    }

    pub(super) fn member(&mut self, number: usize, budget: &mut Budget) -> Option<Member> {
        let (index, name) = self.members.get(number)?.clone();
        let bytes = if number < MOST_MEMBERS { inflate(&mut self.zip, index, budget) } else { Err(too_many()) };
        Some(Member { name, bytes })
    }
}

/// The members' names, for telling documents from archives.
pub(in crate::sheet) fn names(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let mut archive = load(bytes)?;
    let count = archive.len().min(MOST_MEMBERS * 10);
    Ok((0..count).filter_map(|i| archive.by_index_raw(i).ok().map(|file| readable(file.name_raw()))).collect())
}

/// An archive and the members in it that hold something.
pub(in crate::sheet) fn open(bytes: &Arc<[u8]>) -> Result<Folder, Fault> {
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
    Ok(Folder { zip, members })
}

/// One member of an office document by its exact name, of at most `most` bytes.
pub(in crate::sheet) fn one(bytes: &[u8], name: &str, most: u64, budget: &mut Budget) -> Result<Vec<u8>, Fault> {
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
pub(in crate::sheet) fn measure(bytes: &[u8], most_of_one: u64, budget: &mut Budget) -> Result<(), Fault> {
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
        return Err(encrypted());
    }
    drop(raw);
    let file = zip.by_index(index).map_err(|e| fault(&e))?;
    let limit = allowed(file.compressed_size(), budget);
    let mut content = Vec::new();
    let read = file.take(limit + 1).read_to_end(&mut content);
    budget.bytes -= (content.len() as u64).min(budget.bytes);
    // A broken checksum or a torn stream ends in an error here.
    read.map_err(|_| torn())?;
    if content.len() as u64 > limit { Err(too_large(limit)) } else { Ok(content) }
}

fn fault(error: &ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(_) => odd_method(),
        _ => torn(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use ::zip::ZipWriter;
    use ::zip::write::SimpleFileOptions;

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
        let mut folder = open(&Arc::from(bytes)).unwrap();
        (0..folder.len()).filter_map(|number| folder.member(number, budget)).collect()
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
    fn passwords_are_told() {
        for bytes in [
            &include_bytes!("../../../tests/documents/archives/password.zip")[..],
            include_bytes!("../../../tests/documents/archives/aes.zip"),
        ] {
            let members = members(bytes.to_vec(), &mut Budget::default());
            assert_eq!(
                (members[0].name.as_str(), members[0].bytes.as_ref().unwrap_err().code.as_str()),
                ("表一.txt", "encrypted")
            );
        }
    }

    #[test]
    fn torn_archives_are_faults() {
        let bytes = zipped(&[("form.txt", b"kept")]);
        assert_eq!(open(&Arc::from(&bytes[..bytes.len() / 2])).unwrap_err().code, "unreadable");
    }
}
