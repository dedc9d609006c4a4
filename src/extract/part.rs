//! One leaf of a mail by its part number, for a person who wants to look at it: through forwarded mails and archives, as
//! the walk numbered them.

use std::sync::Arc;

use super::Bytes;
use crate::mail;
use crate::sheet::{self, Budget, Opened};

/// A leaf's content. Name and type are in the mail's account.
#[derive(Debug, Clone)]
pub struct Content {
    /// The bytes as sent.
    pub bytes: Bytes,
    /// The text, for the parts of a mail that are text.
    pub text: Option<String>,
}

/// The leaf with this number; none where the mail has no such leaf, or it cannot be reached.
pub fn part(raw: &[u8], number: &str) -> Option<Content> {
    in_mail(raw, number, &mut Budget::default(), 0)
}

/// As deep as the walk goes, and no deeper.
const DEEPEST: usize = 4;

fn in_mail(raw: &[u8], number: &str, budget: &mut Budget, depth: usize) -> Option<Content> {
    let leaves = mail::parse(raw).leaves;
    if let Some(leaf) = leaves.iter().find(|leaf| leaf.part == number) {
        return Some(Content { bytes: Arc::from(leaf.bytes.as_slice()), text: leaf.text() });
    }
    let below = |leaf: &&mail::Leaf| number.strip_prefix(&leaf.part).is_some_and(|rest| rest.starts_with('.'));
    let holder = leaves.iter().find(below)?;
    in_document(&Arc::from(holder.bytes.as_slice()), &number[holder.part.len() + 1..], budget, depth + 1)
}

fn in_document(bytes: &Bytes, number: &str, budget: &mut Budget, depth: usize) -> Option<Content> {
    if depth > DEEPEST {
        return None;
    }
    match sheet::open(bytes, budget).ok()? {
        Opened::Mail => in_mail(bytes, number, budget, depth),
        Opened::Archive(mut archive) => {
            let (first, rest) = number.split_once('.').map_or((number, None), |(first, rest)| (first, Some(rest)));
            let index: usize = first.parse().ok().filter(|index| (1..=archive.len()).contains(index))?;
            // Members come in turn: an archive may be one stream.
            let member: Bytes = (0..index).map(|at| archive.member(at, budget)).last()??.bytes.ok()?.into();
            match rest {
                None => Some(Content { bytes: member, text: None }),
                Some(rest) => in_document(&member, rest, budget, depth + 1),
            }
        }
        Opened::Sheets(_) | Opened::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;
    use crate::read::Reader;

    #[test]
    fn every_leaf_of_the_samples_is_found_again_by_its_number() {
        let samples: [&[u8]; 4] = [
            include_bytes!("../../inbox/new/01-docx.eml"),
            include_bytes!("../../inbox/new/03-html-table.eml"),
            include_bytes!("../../inbox/new/07-forwarded.eml"),
            include_bytes!("../../inbox/new/08-zip-late.eml"),
        ];
        let mut nested = 0;
        for raw in samples {
            for leaf in extract(raw, &Reader::new(vec![])).leaves {
                let found = part(raw, &leaf.part).unwrap_or_else(|| panic!("part {}", leaf.part));
                assert_eq!(crate::extract::sha256(&found.bytes), leaf.sha256, "part {}", leaf.part);
                nested += usize::from(leaf.part.matches('.').count() > 0);
            }
            assert!(part(raw, "99").is_none() && part(raw, "1.99.1").is_none() && part(raw, "").is_none());
        }
        assert!(nested > 2);
    }
}
