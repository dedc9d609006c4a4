//! Word documents of 1997 to 2003, and what WPS saves as .doc and .wps (MS-DOC): the text by its piece table, its tables
//! by cell marks. Older ones, and tables inside tables, are a fault that asks for .docx.
//!
//! The steps: [`pieces`] finds where in the file each character stands, [`properties`] what paragraphs and characters
//! are, [`table`] makes rows of cells.

mod pieces;
mod properties;
mod table;

use std::io::{Cursor, Read};

use cfb::CompoundFile;

use self::pieces::{Header, Pieces};
use self::properties::{Paragraph, Properties};
use super::grid::{Block, stack};
use super::{Sheet, unreadable};
use crate::fault::Fault;

/// Characters that are read: a hundred forms have a hundred thousand.
const MOST_CHARACTERS: usize = 4_000_000;

/// The document as one sheet.
pub(super) fn open(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|_| torn())?;
    let main = stream(&mut file, "WordDocument", bytes.len()).ok_or_else(torn)?;
    let header = Header::read(&main)?;
    let table = stream(&mut file, header.table_stream, bytes.len()).ok_or_else(torn)?;
    let data = stream(&mut file, "Data", bytes.len()).unwrap_or_default();
    let pieces = Pieces::read(&header, &table).ok_or_else(torn)?;
    let properties = Properties::read(&header, &main, &table, &data);
    Ok(vec![Sheet::of_cells(1, stack(&blocks(&pieces, &main, &properties)?))])
}

fn torn() -> Fault {
    unreadable("Word 文档")
}

/// A stream of the file; what its directory says of its length is not believed.
fn stream(file: &mut CompoundFile<Cursor<&[u8]>>, name: &str, most: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    file.open_stream(name).ok()?.take(most as u64).read_to_end(&mut content).ok()?;
    Some(content)
}

/// Paragraphs and tables in their order.
fn blocks(pieces: &Pieces, main: &[u8], properties: &Properties) -> Result<Vec<Block>, Fault> {
    let mut blocks = Vec::new();
    let mut rows = table::Rows::default();
    let mut text = Text::default();
    for (number, (character, at)) in pieces.characters(main).enumerate() {
        if number >= MOST_CHARACTERS {
            let message = format!("文档超过 {} 万字，请对方只发送需要的部分", MOST_CHARACTERS / 10_000);
            return Err(Fault::new("too-large", message));
        }
        if !matches!(character, '\r' | '\x07' | '\x0c') {
            if !properties.is_unseen(at) {
                text.push(character);
            }
            continue;
        }
        let paragraph = properties.paragraph(at);
        if paragraph.depth > 1 {
            return Err(super::sniff::ask("表格里套表格的旧版 Word 文档", "Word（.docx）或 PDF"));
        }
        end_of_paragraph(character, paragraph, text.take(), &mut rows, &mut blocks);
    }
    end_of_paragraph('\r', Paragraph::default(), text.take(), &mut rows, &mut blocks);
    Ok(blocks)
}

/// A paragraph mark ends a line, a cell mark a cell, and the mark of a row end a row.
fn end_of_paragraph(mark: char, paragraph: Paragraph, text: String, rows: &mut table::Rows, blocks: &mut Vec<Block>) {
    if !paragraph.in_table() {
        blocks.extend(rows.take());
        blocks.push(Block::Text(text));
    } else if let Some(row) = paragraph.row_end {
        rows.end_row(row);
    } else {
        rows.line(text);
        if mark == '\x07' {
            rows.end_cell();
        }
    }
}

/// A paragraph under way, without field codes and without what only holds a place.
#[derive(Default)]
struct Text {
    text: String,
    /// For each field around: whether its code is over and its result goes on.
    fields: Vec<bool>,
}

impl Text {
    fn push(&mut self, character: char) {
        match character {
            '\x13' => self.fields.push(false),
            '\x14' => self.fields.last_mut().into_iter().for_each(|shown| *shown = true),
            '\x15' => drop(self.fields.pop()),
            _ if self.fields.contains(&false) => (),
            '\x0b' => self.text.push('\n'),
            '\x1e' => self.text.push('-'),
            '\t' => self.text.push('\t'),
            character if character.is_control() => (),
            character => self.text.push(character),
        }
    }

    fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cell, Surface};
    use super::*;

    /// The filled form as LibreOffice saves it.
    const FORM: &[u8] = include_bytes!("../../tests/documents/form.doc");

    fn cells(bytes: &[u8]) -> Vec<Cell> {
        let Surface::Cells(cells) = open(bytes).unwrap().remove(0).surface else { panic!() };
        cells
    }

    #[test]
    fn a_form_is_read_as_the_docx_it_was_made_from() {
        let docx = super::super::docx::open(
            include_bytes!("../../tests/documents/form.docx"),
            &mut super::super::Budget::default(),
        );
        let Surface::Cells(wanted) = docx.unwrap().remove(0).surface else { panic!() };
        let all = |cells: &[Cell]| cells.iter().map(|cell| (cell.text.clone(), cell.at)).collect::<Vec<_>>();
        assert_eq!(all(&cells(FORM)), all(&wanted));
    }

    #[test]
    fn torn_documents_are_faults() {
        for end in [512, FORM.len() / 4] {
            assert_eq!(open(&FORM[..end]).unwrap_err().code, "unreadable");
        }
    }

    #[test]
    fn passwords_and_old_age_are_told() {
        let main = FORM.windows(2).position(|pair| pair == [0xec, 0xa5]).unwrap();
        let mut locked = FORM.to_vec();
        locked[main + 0x0b] |= 1;
        assert_eq!(open(&locked).unwrap_err().code, "encrypted");
        let mut old = FORM.to_vec();
        old[main + 2..main + 4].copy_from_slice(&[0x65, 0]);
        assert_eq!(open(&old).unwrap_err().code, "unsupported");
    }

    #[test]
    fn field_codes_are_not_text_and_their_results_are() {
        let mut text = Text::default();
        "a\x13 HYPERLINK \"x\" \x14b\x15c\x0bd".chars().for_each(|c| text.push(c));
        assert_eq!(text.take(), "abc\nd");
    }
}
