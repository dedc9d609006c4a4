//! Excel workbooks of 1997 to 2003, and what WPS saves as .xls and .et. The library that reads them allocates whatever
//! a file asks for, so what it asks for is counted first.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, Range, Reader, Xls, XlsError};

use super::xlsx::{MOST_TEXT, few, placed, text, too_many_cells};
use super::{Sheet, unreadable};
use crate::fault::Fault;

/// Cells of the rectangle around all cells of one worksheet, empty ones included: the library holds each of them.
const MOST_AREA: u64 = 4_000_000;

/// One sheet for each worksheet.
pub(super) fn open(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    measure(&workbook(bytes).ok_or_else(torn)?)?;
    let mut book = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => encrypted(),
        _ => torn(),
    })?;
    let names = few(book.sheet_names())?;
    let sheets = (1..).zip(&names).filter_map(|(number, name)| {
        let merged = book.merge_cells_by_sheet_name(name).unwrap_or_default();
        let cells = cells(&book.worksheet_range(name).ok()?);
        Some(Sheet::of_cells(number, placed(cells, &merged)))
    });
    let sheets: Vec<Sheet> = sheets.collect();
    if sheets.is_empty() { Err(torn()) } else { Ok(sheets) }
}

fn cells(range: &Range<Data>) -> std::collections::BTreeMap<(usize, usize), String> {
    let (top, left) = range.start().unwrap_or_default();
    let filled = range
        .used_cells()
        .map(|(row, column, value)| ((row + top as usize, column + left as usize), text(&borrowed(value))));
    filled.filter(|(_, text)| !text.is_empty()).collect()
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(n) => DataRef::Int(*n),
        Data::Float(n) => DataRef::Float(*n),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Bool(is) => DataRef::Bool(*is),
        Data::DateTime(date) => DataRef::DateTime(*date),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn torn() -> Fault {
    unreadable("Excel 表格")
}

fn encrypted() -> Fault {
    Fault::new("encrypted", "表格设有密码，无法打开，请对方取消密码后重新发送")
}

/// The stream with the cells.
fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let name = ["Workbook", "Book"].into_iter().find(|name| file.is_stream(name))?;
    let mut content = Vec::new();
    file.open_stream(name).ok()?.take(bytes.len() as u64).read_to_end(&mut content).ok()?;
    Some(content)
}

/// The records of a stream: a type, a length, that many bytes.
fn records(mut stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = stream.split_first_chunk::<4>()?;
        let length = usize::from(u16::from_le_bytes([head[2], head[3]]));
        let (data, rest) = rest.split_at_checked(length)?;
        stream = rest;
        Some((u16::from_le_bytes([head[0], head[1]]), data))
    })
}

fn word(data: &[u8], at: usize) -> Option<u64> {
    data.get(at..at + 2).map(|pair| u64::from(u16::from_le_bytes([pair[0], pair[1]])))
}

/// Refuses a workbook whose cells, laid out, take more than a register of a county could need: a rectangle around two
/// cells far apart, or a long text shared by all cells.
fn measure(stream: &[u8]) -> Result<(), Fault> {
    const BEGIN: u16 = 0x0809;
    const SHARED: u16 = 0x00fc;
    const CONTINUE: u16 = 0x003c;
    const USE: u16 = 0x00fd;
    const CELLS: [u16; 11] = [0x0006, 0x0203, 0x0204, 0x0205, 0x027e, 0x00bd, 0x00be, 0x00d6, 0x0201, 0x0207, USE];
    let mut area = Area::default();
    let mut table: Vec<&[u8]> = Vec::new();
    let mut uses: Vec<u64> = Vec::new();
    let mut in_table = false;
    for (kind, data) in records(stream) {
        in_table = kind == SHARED || in_table && kind == CONTINUE;
        match kind {
            BEGIN => area = Area::default(),
            _ if in_table => table.push(data),
            kind if CELLS.contains(&kind) => {
                let (Some(row), Some(column)) = (word(data, 0), word(data, 2)) else { continue };
                area.add(row, column);
                // Records of several cells end with their last column.
                let last = word(data, data.len().saturating_sub(2)).filter(|_| kind == 0x00bd || kind == 0x00be);
                area.add(row, last.unwrap_or(column));
                if kind == USE {
                    uses.extend(data.get(6..10).map(|n| u64::from(u32::from_le_bytes([n[0], n[1], n[2], n[3]]))));
                }
            }
            _ => (),
        }
        if area.cells() > MOST_AREA {
            return Err(too_many_cells());
        }
    }
    let lengths = lengths(&table).ok_or_else(torn)?;
    let total = uses.iter().filter_map(|n| lengths.get(*n as usize)).sum::<u64>();
    if total > MOST_TEXT as u64 { Err(too_many_cells()) } else { Ok(()) }
}

/// The rectangle around the cells of a worksheet: top, left, bottom, right.
#[derive(Default)]
struct Area(Option<[u64; 4]>);

impl Area {
    fn add(&mut self, row: u64, column: u64) {
        let [top, left, bottom, right] = self.0.unwrap_or([row, column, row, column]);
        self.0 = Some([top.min(row), left.min(column), bottom.max(row), right.max(column)]);
    }

    fn cells(&self) -> u64 {
        self.0.map_or(0, |[top, left, bottom, right]| (bottom - top + 1) * (right - left + 1))
    }
}

/// Bytes of each shared text. The table goes on in further records; a text cut there begins anew with its flags.
fn lengths(table: &[&[u8]]) -> Option<Vec<u64>> {
    let Some((first, _)) = table.split_first() else { return Some(Vec::new()) };
    let count = u32::from_le_bytes(*first.get(4..)?.first_chunk::<4>()?) as usize;
    let mut reader = Segments { rest: table, at: 8 };
    let mut lengths = Vec::new();
    // What the table says of its length is not believed.
    while lengths.len() < count && reader.has_more() {
        lengths.push(reader.text()?);
    }
    Some(lengths)
}

struct Segments<'a> {
    rest: &'a [&'a [u8]],
    at: usize,
}

impl Segments<'_> {
    fn has_more(&mut self) -> bool {
        while self.rest.first().is_some_and(|segment| self.at >= segment.len()) {
            self.rest = &self.rest[1..];
            self.at = 0;
        }
        !self.rest.is_empty()
    }

    fn byte(&mut self) -> Option<u8> {
        self.has_more().then_some(())?;
        let byte = self.rest[0][self.at];
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self, size: usize) -> Option<u64> {
        (0..size).try_fold(0, |value, n| Some(value | u64::from(self.byte()?) << (8 * n)))
    }

    fn skip(&mut self, mut count: u64) -> Option<()> {
        while count > 0 {
            self.has_more().then_some(())?;
            let here = ((self.rest[0].len() - self.at) as u64).min(count);
            self.at += here as usize;
            count -= here;
        }
        Some(())
    }

    /// Skips a text and gives its bytes in UTF-8 at most.
    fn text(&mut self) -> Option<u64> {
        let characters = self.number(2)?;
        let mut flags = self.byte()?;
        let runs = if flags & 8 != 0 { self.number(2)? } else { 0 };
        let extra = if flags & 4 != 0 { self.number(4)? } else { 0 };
        let mut left = characters;
        while left > 0 {
            let width = u64::from(flags & 1) + 1;
            if self.rest.first().is_none_or(|segment| self.at >= segment.len()) {
                self.has_more().then_some(())?;
                flags = self.byte()?;
                continue;
            }
            let here = (((self.rest[0].len() - self.at) as u64) / width).min(left);
            // A character cut in two ends what can be read.
            (here > 0).then_some(())?;
            self.at += (here * width) as usize;
            left -= here;
        }
        self.skip(runs * 4)?;
        self.skip(extra)?;
        Some(characters * 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: &[u8] = include_bytes!("../../tests/documents/summary.xls");

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &(data.len() as u16).to_le_bytes(), data].concat()
    }

    fn cell(kind: u16, row: u16, column: u16, text: u32) -> Vec<u8> {
        record(kind, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0, 0], &text.to_le_bytes()].concat())
    }

    #[test]
    fn a_workbook_of_old_is_read_as_a_new_one() {
        let sheets = open(SUMMARY).unwrap();
        let super::super::Surface::Cells(cells) = &sheets[0].surface else { panic!() };
        let has = |text: &str| cells.iter().any(|cell| cell.text.contains(text));
        assert!(has("单位名称") && has("19400000"), "{cells:?}");
    }

    #[test]
    fn a_sheet_that_spans_the_world_is_refused_before_it_is_built() {
        let stream = [cell(0x0203, 0, 0, 0), cell(0x0203, 65_535, 255, 0)].concat();
        assert_eq!(measure(&stream).unwrap_err().code, "too-large");
        // Another worksheet begins anew.
        let stream = [cell(0x0203, 0, 0, 0), record(0x0809, &[]), cell(0x0203, 65_535, 255, 0)].concat();
        assert!(measure(&stream).is_ok());
    }

    #[test]
    fn a_text_shared_by_many_cells_is_counted_for_each() {
        let mut table = [2u32.to_le_bytes(), 2u32.to_le_bytes()].concat();
        table.extend([1, 0, 0, b'x']);
        table.extend([&30_000u16.to_le_bytes()[..], &[0], &[b'x'; 5_000]].concat());
        let rest = [&[0u8][..], &[b'x'; 25_000]].concat();
        let shared = [record(0x00fc, &table), record(0x003c, &rest)].concat();
        let uses = |text: u32| (0..1_000).flat_map(|row| cell(USE_FOR_TEST, row, 0, text)).collect::<Vec<u8>>();
        assert!(measure(&[shared.clone(), uses(0)].concat()).is_ok());
        assert_eq!(measure(&[shared, uses(1)].concat()).unwrap_err().code, "too-large");
    }

    const USE_FOR_TEST: u16 = 0x00fd;

    #[test]
    fn torn_workbooks_are_faults() {
        for end in [512, SUMMARY.len() / 2] {
            assert_eq!(open(&SUMMARY[..end]).unwrap_err().code, "unreadable");
        }
    }
}
