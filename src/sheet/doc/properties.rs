//! What paragraphs and characters are: runs of properties in pages of 512 bytes (FKP), each a list of changes (sprm).

use super::pieces::{Header, number};

/// Pages of properties that are read.
const MOST_PAGES: usize = 50_000;
const PAGE: usize = 512;

/// A stretch of the main stream and its property list.
struct Run<'a> {
    from: usize,
    to: usize,
    list: &'a [u8],
}

/// All runs, in order of their places.
pub(super) struct Properties<'a> {
    paragraphs: Vec<Run<'a>>,
    /// Stretches that are deleted or hidden.
    unseen: Vec<(usize, usize)>,
    /// The stream that holds lists too long for a page.
    data: &'a [u8],
}

/// What is known of a paragraph.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Paragraph {
    /// Tables around it.
    pub depth: u32,
    /// At the end of a row: the row's cells.
    pub row_end: Option<Row>,
}

/// The cells of a row by their edges, in twips (a twentieth of a point).
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Row {
    pub edges: Vec<i32>,
    /// For each cell: whether it goes on from the cell on its left, or from the one above.
    pub merged: Vec<(bool, bool)>,
}

impl Paragraph {
    pub fn in_table(&self) -> bool {
        self.depth > 0
    }
}

impl<'a> Properties<'a> {
    pub fn read(header: &Header, main: &'a [u8], table: &[u8], data: &'a [u8]) -> Properties<'a> {
        let paragraphs =
            pages(header.paragraphs, main, table).flat_map(|page| runs(page, 13, paragraph_list)).collect();
        let mut paragraphs: Vec<Run<'a>> = paragraphs;
        paragraphs.sort_by_key(|run| run.from);
        let characters = pages(header.characters, main, table).flat_map(|page| runs(page, 1, character_list));
        let unseen = characters.filter(|run| changes(run.list).any(|(code, value)| is_unseen(code, value)));
        let mut unseen: Vec<(usize, usize)> = unseen.map(|run| (run.from, run.to)).collect();
        unseen.sort_unstable();
        Properties { paragraphs, unseen, data }
    }

    /// Whether the character at this place is deleted or hidden.
    pub fn is_unseen(&self, at: usize) -> bool {
        let next = self.unseen.partition_point(|(from, _)| *from <= at);
        next > 0 && at < self.unseen[next - 1].1
    }

    /// The paragraph whose mark stands at this place.
    pub fn paragraph(&self, at: usize) -> Paragraph {
        let next = self.paragraphs.partition_point(|run| run.from <= at);
        let Some(run) = next.checked_sub(1).map(|n| &self.paragraphs[n]).filter(|run| at < run.to) else {
            return Paragraph::default();
        };
        let mut paragraph = Paragraph::default();
        let (mut in_table, mut ends_row) = (false, false);
        let mut row = Row::default();
        for (code, value) in changes(run.list).chain(self.elsewhere(run.list)) {
            match code {
                IN_TABLE => in_table = is_on(value),
                ROW_END => ends_row = is_on(value),
                DEPTH => paragraph.depth = number(value, 0, 4).unwrap_or_default(),
                CELLS => row = cells(value).unwrap_or_default(),
                _ => (),
            }
        }
        if in_table {
            paragraph.depth = paragraph.depth.max(1);
        }
        paragraph.row_end = (ends_row && in_table).then_some(row);
        paragraph
    }

    /// Lists too long for a page stand in the data stream; a change says where.
    fn elsewhere(&self, list: &'a [u8]) -> impl Iterator<Item = (u16, &'a [u8])> {
        let place =
            changes(list).find(|(code, _)| LONG_LISTS.contains(code)).and_then(|(_, value)| number(value, 0, 4));
        let list = place.and_then(|at| {
            let at = at as usize;
            self.data.get(at.checked_add(2)?..at + 2 + number(self.data, at, 2)? as usize)
        });
        changes(list.unwrap_or_default())
    }
}

// Changes by their codes (MS-DOC 2.6).
const IN_TABLE: u16 = 0x2416;
const ROW_END: u16 = 0x2417;
const DEPTH: u16 = 0x6649;
const CELLS: u16 = 0xd608;
const LONG_LISTS: [u16; 3] = [0x6645, 0x6646, 0x646b];
const DELETED: u16 = 0x0800;
const HIDDEN: u16 = 0x083c;

fn is_unseen(code: u16, value: &[u8]) -> bool {
    matches!(code, DELETED | HIDDEN) && is_on(value)
}

fn is_on(value: &[u8]) -> bool {
    value.first() == Some(&1)
}

/// The pages a table of runs names: places, one more than pages, then the pages' numbers.
fn pages<'a>(place: (usize, usize), main: &'a [u8], table: &[u8]) -> impl Iterator<Item = &'a [u8]> {
    let table = place.0.checked_add(place.1).and_then(|end| table.get(place.0..end)).unwrap_or_default();
    let count = table.len().saturating_sub(4) / 8;
    let numbers: Vec<usize> = (0..count.min(MOST_PAGES))
        .filter_map(|n| number(table, (count + 1) * 4 + n * 4, 4))
        .map(|n| (n & 0x3f_ffff) as usize)
        .collect();
    numbers.into_iter().filter_map(|n| main.get(n * PAGE..(n + 1) * PAGE))
}

/// The runs of a page: places, one more than runs, then for each run `width` bytes of which the first says where its list
/// stands, in units of two bytes. The last byte of the page counts them.
fn runs<'a>(page: &'a [u8], width: usize, list: fn(&'a [u8], usize) -> Option<&'a [u8]>) -> Vec<Run<'a>> {
    let count = usize::from(page[PAGE - 1]);
    let run = |n: usize| {
        let (from, to) = (number(page, n * 4, 4)? as usize, number(page, n * 4 + 4, 4)? as usize);
        let at = usize::from(*page.get((count + 1) * 4 + n * width)?) * 2;
        Some(Run { from, to, list: if at == 0 { &[] } else { list(page, at)? } })
    };
    (0..count).filter_map(run).collect()
}

/// A paragraph's list: its length in units of two bytes, its style, the changes.
fn paragraph_list(page: &[u8], at: usize) -> Option<&[u8]> {
    let (start, length) = match usize::from(*page.get(at)?) {
        0 => (at + 2, usize::from(*page.get(at + 1)?) * 2),
        half => (at + 1, half * 2 - 1),
    };
    page.get(start..start + length)?.get(2..)
}

fn character_list(page: &[u8], at: usize) -> Option<&[u8]> {
    page.get(at + 1..at + 1 + usize::from(*page.get(at)?))
}

/// The changes of a list: code and value. The code says how long the value is.
fn changes(mut list: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let code = number(list, 0, 2)? as u16;
        let rest = list.get(2..)?;
        let (skip, length) = match code >> 13 {
            0 | 1 => (0, 1),
            2 | 4 | 5 => (0, 2),
            3 => (0, 4),
            7 => (0, 3),
            _ if code == CELLS => (2, (number(rest, 0, 2)? as usize).checked_sub(1)?),
            _ => (1, usize::from(*rest.first()?)),
        };
        let value = rest.get(skip..skip + length)?;
        list = &rest[skip + length..];
        Some((code, value))
    })
}

/// The cells of a row: their number, their edges, and twenty bytes for each cell whose first two say how it is merged.
fn cells(value: &[u8]) -> Option<Row> {
    let count = usize::from(*value.first()?);
    let edge = |n: usize| number(value, 1 + n * 2, 2).map(|edge| i32::from(edge as u16 as i16));
    let edges: Vec<i32> = (0..=count).map(edge).collect::<Option<_>>()?;
    let flags = |n: usize| number(value, 1 + (count + 1) * 2 + n * 20, 2).unwrap_or_default();
    let merged = (0..count).map(flags).map(|flags| (flags & 2 != 0, flags & 0x60 == 0x20)).collect();
    Some(Row { edges, merged })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_know_their_lengths() {
        let list = [0x16, 0x24, 1, 0x49, 0x66, 2, 0, 0, 0, 0x15, 0xc6, 2, 9, 9, 0x17, 0x24, 1, 0x16];
        let all: Vec<(u16, usize)> = changes(&list).map(|(code, value)| (code, value.len())).collect();
        assert_eq!(all, [(IN_TABLE, 1), (DEPTH, 4), (0xc615, 2), (ROW_END, 1)]);
    }

    #[test]
    fn a_row_has_edges_and_merges() {
        let mut value = vec![2];
        value.extend([-10i16, 100, 300].iter().flat_map(|edge| edge.to_le_bytes()));
        value.extend([0x20, 0].iter().chain(&[0; 18]));
        let row = cells(&value).unwrap();
        assert_eq!(row, Row { edges: vec![-10, 100, 300], merged: vec![(false, true), (false, false)] });
        assert_eq!(cells(&value[..4]), None);
    }
}
