//! 7z archives, read from front to back: most of them are solid.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use sevenz_rust2::{ArchiveEntry, ArchiveReader, EntryDecision, Error, Password};

use super::name::{clean, is_junk};
use super::{Budget, MOST_DICTIONARY, MOST_MEMBERS, Member, allowed, encrypted, odd_method, too_large, too_many, torn};
use crate::fault::Fault;

/// All members, those that could not be read with the reason. Empty files come last, as the format keeps them.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Member>, Fault> {
    let limit = usize::try_from(MOST_DICTIONARY >> 10).unwrap_or(usize::MAX);
    let reader = ArchiveReader::new_with_memory_limit(Cursor::new(bytes), Password::empty(), limit);
    let mut reader = reader.map_err(|e| fault(&e))?;
    reader.set_thread_count(1);
    let files = reader.archive().files.iter().filter(|entry| !entry.is_directory() && !entry.is_anti_item());
    let names: Vec<String> = files.map(|entry| clean(entry.name())).collect();
    let mut members = Vec::new();
    let packed = bytes.len() as u64;
    let read = reader.for_each_entries_with_decision(|entry, content| {
        if entry.is_directory() || entry.is_anti_item() {
            return Ok(EntryDecision::Continue);
        }
        if members.len() == MOST_MEMBERS {
            members.push(member(entry, Err(too_many())));
            return Ok(EntryDecision::Stop);
        }
        let (bytes, decision) = inflate(entry, content, packed, budget);
        members.push(member(entry, bytes));
        Ok(decision)
    });
    if members.len() <= MOST_MEMBERS {
        let why = read.err().map_or_else(torn, |e| fault(&e));
        members.extend(unreached(&names, &members, &why));
    }
    members.retain(|member| !is_junk(&member.name));
    Ok(members)
}

fn member(entry: &ArchiveEntry, bytes: Result<Vec<u8>, Fault>) -> Member {
    Member { name: clean(entry.name()), bytes }
}

/// Reads one member, never more than the budget has left. What is too large ends its block: those behind it in a solid
/// block cannot be had without it.
fn inflate(
    entry: &ArchiveEntry,
    content: &mut dyn Read,
    packed: u64,
    budget: &mut Budget,
) -> (Result<Vec<u8>, Fault>, EntryDecision) {
    let limit = allowed(packed, budget);
    let mut bytes = Vec::new();
    let read = content.take(limit + 1).read_to_end(&mut bytes);
    let size = bytes.len() as u64;
    budget.bytes -= size.min(budget.bytes);
    match read {
        Err(e) => (Err(fault(&Error::from(e))), EntryDecision::SkipBlock),
        Ok(_) if size > limit => (Err(too_large(limit)), EntryDecision::SkipBlock),
        Ok(_) if size < entry.size() => (Err(torn()), EntryDecision::SkipBlock),
        Ok(_) => (Ok(bytes), EntryDecision::Continue),
    }
}

/// Members that were never given, because one before them could not be read.
fn unreached(names: &[String], given: &[Member], why: &Fault) -> Vec<Member> {
    let mut count = HashMap::<&str, usize>::new();
    given.iter().for_each(|member| *count.entry(&member.name).or_default() += 1);
    let was_given = |name: &&String| match count.get_mut(name.as_str()) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let missing = names.iter().filter(was_given).take(MOST_MEMBERS);
    missing.map(|name| Member { name: name.clone(), bytes: Err(why.clone()) }).collect()
}

fn fault(error: &Error) -> Fault {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => encrypted(),
        // This build has no decryption.
        Error::UnsupportedCompressionMethod(method) if method.contains("AES") => encrypted(),
        Error::UnsupportedCompressionMethod(_) | Error::Unsupported(_) | Error::ExternalUnsupported => odd_method(),
        Error::MaxMemLimited { .. } => too_large(Budget::default().bytes),
        _ => torn(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &[u8] = include_bytes!("../../../tests/documents/archives/plain.7z");

    fn opened(bytes: &[u8]) -> Vec<(String, Result<usize, String>)> {
        let members = open(bytes, &mut Budget::default()).unwrap();
        members.into_iter().map(|m| (m.name, m.bytes.map(|b| b.len()).map_err(|f| f.code))).collect()
    }

    #[test]
    fn a_solid_archive_gives_all_its_members() {
        let members = open(PLAIN, &mut Budget::default()).unwrap();
        let names: Vec<&str> = members.iter().map(|member| member.name.as_str()).collect();
        assert_eq!(names, ["two.txt", "表一.txt", "empty.txt"]);
        assert!(members[1].bytes.as_ref().unwrap().starts_with("单位名称：示例局".as_bytes()));
        assert_eq!(members[2].bytes.as_ref().unwrap(), b"");
    }

    #[test]
    fn older_methods_are_read() {
        assert!(opened(include_bytes!("../../../tests/documents/archives/bzip2.7z"))[0].1.is_ok());
    }

    #[test]
    fn a_password_is_told_with_and_without_a_list_of_files() {
        let [(name, content)] = &opened(include_bytes!("../../../tests/documents/archives/password.7z"))[..] else {
            panic!()
        };
        assert_eq!((name.as_str(), content), ("表一.txt", &Err("encrypted".to_owned())));
        let hidden = include_bytes!("../../../tests/documents/archives/hidden.7z");
        assert_eq!(open(hidden, &mut Budget::default()).unwrap_err().code, "encrypted");
    }

    #[test]
    fn a_bomb_is_stopped_and_its_neighbour_read() {
        let members = opened(include_bytes!("../../../tests/documents/archives/bomb.7z"));
        assert_eq!(members[0], ("bomb".to_owned(), Err("too-large".to_owned())));
        assert!(members[1].1.is_ok());
    }

    #[test]
    fn torn_archives_are_faults() {
        for end in [10, PLAIN.len() / 2, PLAIN.len() - 1] {
            assert_eq!(open(&PLAIN[..end], &mut Budget::default()).unwrap_err().code, "unreadable");
        }
        let mut broken = PLAIN.to_vec();
        broken[40] ^= 0xff;
        assert!(opened(&broken).iter().any(|(_, content)| content == &Err("unreadable".to_owned())));
    }
}
