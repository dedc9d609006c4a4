//! The file's header (FIB) and its piece table: which bytes are the text's characters, in order.

use super::torn;
use crate::fault::Fault;
use crate::sheet::sniff::ask;

/// What the header says.
pub(super) struct Header {
    /// Which of the two table streams counts.
    pub table_stream: &'static str,
    /// Place and length in the table stream: piece table, runs of characters, runs of paragraphs.
    pub pieces: (usize, usize),
    pub characters: (usize, usize),
    pub paragraphs: (usize, usize),
    /// Characters of the main text; those of notes and headers, which are not read; those of text boxes.
    lengths: [usize; 3],
}

impl Header {
    pub fn read(main: &[u8]) -> Result<Header, Fault> {
        const WORD_97: u32 = 0xc1;
        let word = |at| number(main, at, 2).ok_or_else(torn);
        if word(0)? != 0xa5ec {
            return Err(torn());
        }
        let flags = word(0x0a)?;
        if flags & 0x0100 != 0 {
            return Err(Fault::new("encrypted", "文档设有密码，无法打开，请对方取消密码后重新发送"));
        }
        if word(2)? < WORD_97 {
            return Err(ask("很旧的 Word 文档（Word 95 及以前）", "Word（.docx）或 PDF"));
        }
        let long = |at| number(main, at, 4).map(|n| n as usize).ok_or_else(torn);
        let place = |at| Ok::<_, Fault>((long(at)?, long(at + 4)?));
        // Footnotes, headers, comments and endnotes stand between the text and the text boxes.
        let between = long(0x50)?.saturating_add(long(0x54)?).saturating_add(long(0x5c)?).saturating_add(long(0x60)?);
        Ok(Header {
            table_stream: if flags & 0x0200 != 0 { "1Table" } else { "0Table" },
            pieces: place(0x1a2)?,
            characters: place(0xfa)?,
            paragraphs: place(0x102)?,
            lengths: [long(0x4c)?, between, long(0x64)?],
        })
    }

    /// Whether the character at this place of the text is read.
    fn is_wanted(&self, at: usize) -> bool {
        let [text, between, boxes] = self.lengths;
        let boxes_at = text.saturating_add(between);
        at < text || (boxes_at..boxes_at.saturating_add(boxes)).contains(&at)
    }
}

/// A run of characters that stand together in the file.
struct Piece {
    /// First character and the one behind the last, counted in the text.
    from: usize,
    to: usize,
    /// Where the first one stands in the main stream.
    at: usize,
    /// One byte for each character (Windows-1252) instead of two (UTF-16).
    narrow: bool,
}

/// The piece table.
pub(super) struct Pieces<'h> {
    header: &'h Header,
    list: Vec<Piece>,
}

impl<'h> Pieces<'h> {
    pub fn read(header: &'h Header, table: &[u8]) -> Option<Pieces<'h>> {
        let (start, length) = header.pieces;
        let mut rest = table.get(start..start.checked_add(length)?)?;
        // Property lists stand before the table; it alone begins with 2.
        while rest.first() == Some(&1) {
            rest = rest.get(3 + number(rest, 1, 2)? as usize..)?;
        }
        let length = number(rest.strip_prefix(&[2])?, 0, 4)? as usize;
        let table = rest.get(5..5usize.checked_add(length)?)?;
        let count = table.len().checked_sub(4)? / 12;
        let piece = |n: usize| {
            let place = number(table, (count + 1) * 4 + n * 8 + 2, 4)?;
            let (narrow, place) = (place & 0x4000_0000 != 0, (place & 0x3fff_ffff) as usize);
            let (from, to) = (number(table, n * 4, 4)? as usize, number(table, n * 4 + 4, 4)? as usize);
            Some(Piece { from, to, at: if narrow { place / 2 } else { place }, narrow })
        };
        Some(Pieces { header, list: (0..count).map(piece).collect::<Option<_>>()? })
    }

    /// The characters of the text and its boxes, each with its place in the main stream.
    pub fn characters<'a>(&'a self, main: &'a [u8]) -> impl Iterator<Item = (char, usize)> {
        let units = self.list.iter().flat_map(move |piece| {
            let width = if piece.narrow { 1 } else { 2 };
            // A piece that leaves the file ends there.
            let whole = main.len().saturating_sub(piece.at) / width;
            let count = piece.to.saturating_sub(piece.from).min(whole);
            let wanted = (0..count).filter(move |n| self.header.is_wanted(piece.from + n));
            wanted.map(move |n| {
                let at = piece.at + n * width;
                (if piece.narrow { windows(main[at]) } else { u16::from_le_bytes([main[at], main[at + 1]]) }, at)
            })
        });
        Characters { units, high: None }
    }
}

/// UTF-16 put together to characters, with the place of each one's last unit.
struct Characters<I> {
    units: I,
    high: Option<u16>,
}

impl<I: Iterator<Item = (u16, usize)>> Iterator for Characters<I> {
    type Item = (char, usize);

    fn next(&mut self) -> Option<(char, usize)> {
        loop {
            let (unit, at) = self.units.next()?;
            let pair = self.high.take().map(|high| [high, unit]);
            if (0xd800..0xdc00).contains(&unit) {
                self.high = Some(unit);
                continue;
            }
            let units = pair.as_ref().map_or(std::slice::from_ref(&unit), |pair| pair.as_slice());
            let character = char::decode_utf16(units.iter().copied()).last()?;
            return Some((character.unwrap_or(char::REPLACEMENT_CHARACTER), at));
        }
    }
}

/// A byte of a narrow piece as a UTF-16 unit.
fn windows(byte: u8) -> u16 {
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&byte));
    // Control characters mark ends of paragraphs and cells.
    if byte < 0x20 { u16::from(byte) } else { text.encode_utf16().next().unwrap_or_default() }
}

/// A little-endian number of up to four bytes.
pub(super) fn number(bytes: &[u8], at: usize, size: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(size)?)?;
    Some(field.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte)))
}
