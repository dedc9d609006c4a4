//! Packed folders: zip, rar, 7z and winmail.dat, all as [`Archive`] of [`Member`]s, counted while inflating because
//! declared sizes lie.

mod name;
mod rar;
mod sevenz;
mod tnef;
pub(super) mod zip;

use std::sync::Arc;

pub(super) use self::zip::{measure, names, one};

use super::{Budget, Member, unreadable};
use crate::fault::Fault;

/// Files in one archive. A unit sends a dozen; a district a few hundred.
const MOST_MEMBERS: usize = 1_000;
/// Inflated to packed size of one member. Text reaches 20, bombs 1,000.
const MOST_RATIO: u64 = 200;
/// Below this no ratio counts: an empty form in XML packs well.
const SMALL: u64 = 8 << 20;
/// Memory a rar or 7z archive may ask for as its dictionary; 7-Zip's own "ultra" asks for 64 MB.
const MOST_DICTIONARY: u64 = 128 << 20;

/// An archive whose members are asked for one at a time.
#[derive(Debug, Clone)]
pub struct Archive {
    packed: Packed,
}

#[derive(Debug, Clone)]
enum Packed {
    /// Members are inflated when they are asked for.
    Zip(zip::Folder),
    /// Formats that are read from front to back: everything is inflated already.
    Loose(Vec<Member>),
}

impl Archive {
    /// How many members there are to ask for.
    pub fn len(&self) -> usize {
        match &self.packed {
            Packed::Zip(folder) => folder.len(),
            Packed::Loose(members) => members.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A member, inflated at the expense of the budget; each is given once. The last one of an endless archive says that
    /// it is endless.
    pub fn member(&mut self, number: usize, budget: &mut Budget) -> Option<Member> {
        match &mut self.packed {
            Packed::Zip(folder) => folder.member(number, budget),
            Packed::Loose(members) => members.get_mut(number).map(take),
        }
    }

    fn loose(members: Vec<Member>) -> Archive {
        Archive { packed: Packed::Loose(members) }
    }
}

/// Hands a member over and keeps its name.
fn take(member: &mut Member) -> Member {
    let name = member.name.clone();
    std::mem::replace(member, Member { name, bytes: Ok(Vec::new()) })
}

/// The formats by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Rar,
    SevenZip,
    Tnef,
}

/// Which format it is; absent if it is none.
pub(super) fn format(bytes: &[u8]) -> Option<Format> {
    const MAGIC: [(&[u8], Format); 6] = [
        (b"PK\x03\x04", Format::Zip),
        (b"PK\x05\x06", Format::Zip),
        (b"PK00PK", Format::Zip),
        (b"Rar!\x1a\x07", Format::Rar),
        (b"7z\xbc\xaf\x27\x1c", Format::SevenZip),
        (b"\x78\x9f\x3e\x22", Format::Tnef),
    ];
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, format)| *format)
}

/// An archive of a known format, opened at the expense of the budget.
pub(super) fn open(bytes: &Arc<[u8]>, format: Format, budget: &mut Budget) -> Result<Archive, Fault> {
    Ok(match format {
        Format::Zip => Archive { packed: Packed::Zip(zip::open(bytes)?) },
        Format::Rar => Archive::loose(rar::open(bytes, budget)?),
        Format::SevenZip => Archive::loose(sevenz::open(bytes, budget)?),
        Format::Tnef => Archive::loose(tnef::open(bytes)?),
    })
}

/// How far a member of so many packed bytes may be inflated.
fn allowed(packed: u64, budget: &Budget) -> u64 {
    budget.bytes.min(packed.saturating_mul(MOST_RATIO).max(SMALL))
}

fn too_many() -> Fault {
    let message = format!("压缩包内文件超过 {MOST_MEMBERS} 个，其余未读取，请对方分开发送");
    Fault::new("too-many-members", message)
}

fn too_large(most: u64) -> Fault {
    let (here, all) = (most >> 20, Budget::default().bytes >> 20);
    let limits = format!("此处上限 {here} MB：一封邮件共 {all} MB，单个文件不超过压缩后的 {MOST_RATIO} 倍");
    let message = format!("压缩包或文档解开后过大（{limits}），未读取，请对方分开发送");
    Fault::new("too-large", message)
}

fn encrypted() -> Fault {
    Fault::new("encrypted", "压缩包设有密码，无法打开，请对方取消密码后重新发送")
}

fn in_volumes() -> Fault {
    Fault::new("unsupported", "压缩包是分卷的，单独一卷无法打开，请对方不分卷重新压缩，或直接附上文件")
}

fn odd_method() -> Fault {
    Fault::new("unsupported", "压缩包用了不常见的压缩方式，请对方改用普通 ZIP 压缩包")
}

fn torn() -> Fault {
    unreadable("压缩包中的文件")
}
