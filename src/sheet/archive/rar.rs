//! RAR archives, old (1.5 to 4) and new (5 and later) format. They are read from front to back, since a solid archive's
//! members build on each other.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use rars::{
    ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind, ExtractionDecision, ExtractionErrorAction,
};

use super::name::{clean, is_junk, readable};
use super::{
    Budget, MOST_DICTIONARY, MOST_MEMBERS, Member, allowed, encrypted, in_volumes, odd_method, too_large, too_many,
    torn,
};
use crate::fault::Fault;

/// All members in their order, those that could not be read with the reason.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Member>, Fault> {
    let options = ArchiveReadOptions::new()
        .with_max_header_count(MOST_MEMBERS as u64 * 10)
        .with_max_reader_workspace_bytes(MOST_DICTIONARY * 2)
        .with_rar50_dictionary_size_limit(MOST_DICTIONARY);
    let archive = ArchiveReader::read_with_options(bytes, options).map_err(|e| fault(&e))?;
    let left = Rc::new(RefCell::new(*budget));
    let slots = RefCell::new(Vec::new());
    let unpacked = archive.extract_with_control_and_errors(
        options,
        |member| Ok(decide(member, &mut slots.borrow_mut(), &left)),
        |_, error| {
            fail_last(&mut slots.borrow_mut(), error);
            Ok(ExtractionErrorAction::Continue)
        },
    );
    let mut slots = slots.into_inner();
    *budget = *left.borrow();
    if let Err(error) = unpacked {
        // The reader ended with the member under way; those behind it were never reached.
        fail_last(&mut slots, &error);
        let unreached = archive.members().filter(holds_something).skip(slots.len()).take(MOST_MEMBERS);
        slots.extend(unreached.map(|member| Slot { name: name(&member), content: Err(fault(&error)) }));
    }
    let members = slots.into_iter().map(Slot::member);
    Ok(members.filter(|member| !is_junk(&member.name)).collect())
}

/// A member and where its content goes.
struct Slot {
    name: String,
    content: Result<Rc<RefCell<Vec<u8>>>, Fault>,
}

impl Slot {
    fn member(self) -> Member {
        Member { name: clean(&self.name), bytes: self.content.map(|content| content.take()) }
    }
}

/// What to do with a member; it gets a slot if it is a file.
fn decide(member: &ArchiveMember, slots: &mut Vec<Slot>, left: &Rc<RefCell<Budget>>) -> ExtractionDecision {
    if !holds_something(member) {
        return ExtractionDecision::Skip;
    }
    let limit = allowed(member.meta.packed_size, &left.borrow());
    let refused = match &member.meta {
        _ if slots.len() == MOST_MEMBERS => Some(too_many()),
        meta if meta.is_encrypted => Some(encrypted()),
        meta if meta.is_split_before || meta.is_split_after => Some(in_volumes()),
        meta if meta.unpacked_size > limit => Some(too_large(limit)),
        _ => None,
    };
    let endless = slots.len() == MOST_MEMBERS;
    let content = Rc::new(RefCell::new(Vec::new()));
    let name = name(member);
    match refused {
        Some(why) => {
            slots.push(Slot { name, content: Err(why) });
            if endless { ExtractionDecision::Stop } else { ExtractionDecision::Skip }
        }
        None => {
            slots.push(Slot { name, content: Ok(Rc::clone(&content)) });
            ExtractionDecision::Extract(Box::new(Sink { content, limit, left: Rc::clone(left) }))
        }
    }
}

/// Folders and links hold nothing.
fn holds_something(member: &ArchiveMember) -> bool {
    !member.meta.is_directory && !member.meta.is_redirection
}

/// Names without a Unicode form are in the code page of the Windows that packed them.
fn name(member: &ArchiveMember) -> String {
    readable(member.meta.name_bytes())
}

/// The member under way came to nothing; one that has a reason already keeps it.
fn fail_last(slots: &mut [Slot], error: &Error) {
    if let Some(last) = slots.last_mut().filter(|last| last.content.is_ok()) {
        last.content = Err(fault(error));
    }
}

/// Takes a member's bytes as far as it may grow.
struct Sink {
    content: Rc<RefCell<Vec<u8>>>,
    limit: u64,
    left: Rc<RefCell<Budget>>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut content = self.content.borrow_mut();
        let mut left = self.left.borrow_mut();
        let size = bytes.len() as u64;
        if content.len() as u64 + size > self.limit || size > left.bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        left.bytes -= size;
        content.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn fault(error: &Error) -> Fault {
    match (error.kind(), error.root_cause()) {
        // This build has no decryption, so a list of files that is encrypted ends here.
        (ErrorKind::PasswordRequired | ErrorKind::BadPassword, _) | (_, Error::FeatureDisabled { .. }) => encrypted(),
        (ErrorKind::UnsupportedFeature | ErrorKind::UnsupportedFormat, _) => odd_method(),
        (ErrorKind::ResourceLimit | ErrorKind::Io, _) => too_large(Budget::default().bytes),
        _ => torn(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    macro_rules! archive {
        ($name:literal) => {
            include_bytes!(concat!("../../../tests/documents/archives/", $name, ".rar"))
        };
    }

    fn opened(bytes: &[u8]) -> Vec<(String, Result<usize, String>)> {
        let members = open(bytes, &mut Budget::default()).unwrap();
        members.into_iter().map(|m| (m.name, m.bytes.map(|b| b.len()).map_err(|f| f.code))).collect()
    }

    #[test]
    fn old_and_new_archives_give_their_members_and_not_what_is_junk() {
        for (bytes, name) in [(&archive!("rar4")[..], "登记表.txt"), (archive!("rar5"), "登记表/表一.txt")] {
            let members = open(bytes, &mut Budget::default()).unwrap();
            assert_eq!(members.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), [name]);
            assert!(members[0].bytes.as_ref().unwrap().starts_with("单位名称：示例局".as_bytes()));
        }
    }

    #[test]
    fn solid_archives_give_their_later_members() {
        for bytes in [&archive!("rar4-solid")[..], archive!("rar5-solid")] {
            assert_eq!(
                opened(bytes).iter().map(|(_, content)| content.clone()).collect::<Vec<_>>(),
                [Ok(159), Ok(159)]
            );
        }
    }

    #[test]
    fn passwords_and_volumes_are_told() {
        for (bytes, code) in [
            (&archive!("rar4-password")[..], "encrypted"),
            (archive!("rar5-password"), "encrypted"),
            (archive!("rar4-volume"), "unsupported"),
            (archive!("rar5-volume"), "unsupported"),
        ] {
            assert_eq!(opened(bytes)[0].1, Err(code.to_owned()));
        }
        assert_eq!(open(archive!("rar5-hidden"), &mut Budget::default()).unwrap_err().code, "encrypted");
    }

    #[test]
    fn a_bomb_is_stopped_and_its_neighbour_read() {
        let members = opened(archive!("rar5-bomb"));
        assert_eq!(members[0], ("bomb".to_owned(), Err("too-large".to_owned())));
        assert_eq!(members[1].1, Ok(159));
    }

    #[test]
    fn the_budget_is_spent() {
        let mut budget = Budget { bytes: 200, ..Budget::default() };
        let members = open(archive!("rar5-solid"), &mut budget).unwrap();
        assert_eq!((members[0].bytes.is_ok(), members[1].bytes.is_ok(), budget.bytes), (true, false, 41));
    }

    #[test]
    fn torn_archives_are_faults() {
        let whole = archive!("rar5");
        for end in [9, 40, whole.len() / 2] {
            let torn = open(&whole[..end], &mut Budget::default());
            assert!(torn.map_or_else(|f| f.code == "unreadable", |m| m.iter().all(|m| m.bytes.is_err())), "{end}");
        }
    }
}
