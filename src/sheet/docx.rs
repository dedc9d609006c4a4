//! Word documents: paragraphs and tables of `word/document.xml`, stacked in their order into one sheet.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::grid::{Block, Raw, merged, stack};
use super::{Budget, Sheet, archive, unreadable};
use crate::fault::Fault;

/// Tables in tables that are opened; deeper ones are left out. Recursion needs an end.
const DEEPEST: usize = 64;
/// Bytes of the text and its marks, inflated; pictures are not among them. A hundred forms have two million.
const MOST_BYTES: u64 = 32 << 20;
/// Cells and paragraphs that are read: far beyond a county's register.
const MOST_BLOCKS: usize = 400_000;

/// The document as one sheet.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Sheet>, Fault> {
    let xml = decoded(&archive::one(bytes, "word/document.xml", MOST_BYTES, budget)?);
    let blocks = Parser::new(&xml).blocks(None)?;
    Ok(vec![Sheet::of_cells(1, stack(&blocks))])
}

/// Word writes UTF-8; the format allows UTF-16.
fn decoded(bytes: &[u8]) -> String {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
    /// Cells and paragraphs so far.
    blocks: usize,
    /// For each content control around: whether it only shows its prompt (“单击此处输入”).
    prompts: Vec<bool>,
}

/// A row of a table as read.
#[derive(Default)]
struct Row {
    cells: Vec<Raw>,
    deleted: bool,
}

/// What is left out: properties, deleted and moved text, the second rendering of a drawing, field codes, phonetic hints.
const SKIPPED: [&str; 14] = [
    "pPr",
    "rPr",
    "sectPr",
    "tblPr",
    "tblGrid",
    "tblPrEx",
    "sdtPr",
    "sdtEndPr",
    "del",
    "moveFrom",
    "Fallback",
    "instrText",
    "rt",
    "binData",
];

impl<'a> Parser<'a> {
    fn new(xml: &'a str) -> Parser<'a> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_end_names = false;
        Parser { reader, depth: 0, blocks: 0, prompts: Vec::new() }
    }

    fn next(&mut self) -> Result<Event<'static>, Fault> {
        // Owned events are copies of one tag or one run of text.
        let event = self.reader.read_event().map_err(|_| unreadable("Word 文档"))?.into_owned();
        match &event {
            Event::Start(tag) if matches!(tag.local_name().as_ref(), "p" | "tc" | "tr") => {
                self.blocks += 1;
                if self.blocks > MOST_BLOCKS {
                    let message = format!("文档超过 {MOST_BLOCKS} 段，请对方只发送需要的部分");
                    return Err(Fault::new("too-large", message));
                }
            }
            Event::Start(tag) if tag.local_name().as_ref() == "sdt" => self.prompts.push(false),
            Event::Start(tag) if tag.local_name().as_ref() == "showingPlcHdr" => {
                self.prompts.last_mut().into_iter().for_each(|prompt| *prompt = true);
            }
            Event::End(tag) if tag.local_name().as_ref() == "sdt" => {
                self.prompts.pop();
            }
            _ => (),
        }
        Ok(event)
    }

    /// Skips to the end of the element just begun.
    fn skip(&mut self) -> Result<(), Fault> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => return Ok(()),
                _ => (),
            }
        }
        Ok(())
    }

    /// Paragraphs and tables until the element `end` closes; elements around them (content controls, insertions) are
    /// looked through.
    fn blocks(&mut self, end: Option<&str>) -> Result<Vec<Block>, Fault> {
        let mut blocks = Vec::new();
        loop {
            match self.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "p" => self.paragraph(&mut blocks)?,
                    "tbl" => self.table(&mut blocks)?,
                    name if SKIPPED.contains(&name) => self.skip()?,
                    _ => (),
                },
                Event::End(tag) if Some(tag.local_name().as_ref()) == end => return Ok(blocks),
                Event::Eof => return Ok(blocks),
                _ => (),
            }
        }
    }

    /// One paragraph as text; text boxes anchored in it follow it.
    fn paragraph(&mut self, blocks: &mut Vec<Block>) -> Result<(), Fault> {
        let mut text = String::new();
        let mut boxes = Vec::new();
        let mut is_text = false;
        loop {
            match self.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "t" => is_text = true,
                    "tab" | "ptab" => text.push('\t'),
                    "br" | "cr" => text.push('\n'),
                    "noBreakHyphen" => text.push('-'),
                    "txbxContent" if self.depth < DEEPEST => boxes.extend(self.inside("txbxContent")?),
                    // A paragraph cannot hold another one; a torn file can.
                    "p" if self.depth < DEEPEST => {
                        self.depth += 1;
                        self.paragraph(&mut boxes)?;
                        self.depth -= 1;
                    }
                    name if SKIPPED.contains(&name) || matches!(name, "txbxContent" | "p") => self.skip()?,
                    _ => (),
                },
                event if is_text && is_content(&event) && !self.prompts.contains(&true) => {
                    text.push_str(&content(&event));
                }
                Event::End(tag) => match tag.local_name().as_ref() {
                    "t" => is_text = false,
                    "p" => break,
                    _ => (),
                },
                Event::Eof => break,
                _ => (),
            }
        }
        blocks.push(Block::Text(text));
        blocks.append(&mut boxes);
        Ok(())
    }

    fn inside(&mut self, end: &str) -> Result<Vec<Block>, Fault> {
        self.depth += 1;
        let blocks = self.blocks(Some(end));
        self.depth -= 1;
        blocks
    }

    fn table(&mut self, blocks: &mut Vec<Block>) -> Result<(), Fault> {
        if self.depth >= DEEPEST {
            return self.skip();
        }
        self.depth += 1;
        let mut rows: Vec<Row> = Vec::new();
        loop {
            match self.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "tr" => rows.push(Row::default()),
                    "tc" => {
                        let cell = self.cell()?;
                        rows.last_mut().into_iter().for_each(|row| row.cells.push(cell.clone()));
                    }
                    "gridBefore" => rows.last_mut().into_iter().for_each(|row| {
                        row.cells.push(Raw::gap(value(&tag).and_then(|v| v.parse().ok()).unwrap_or(0)))
                    }),
                    // Directly in a row's properties: the row is a tracked deletion.
                    "del" => {
                        rows.last_mut().into_iter().for_each(|row| row.deleted = true);
                        self.skip()?;
                    }
                    name if SKIPPED.contains(&name) => self.skip()?,
                    _ => (),
                },
                Event::End(tag) if tag.local_name().as_ref() == "tbl" => break,
                Event::Eof => break,
                _ => (),
            }
        }
        self.depth -= 1;
        rows.retain(|row| !row.deleted);
        blocks.push(Block::Table(merged(rows.into_iter().map(|row| row.cells).collect())));
        Ok(())
    }

    fn cell(&mut self) -> Result<Raw, Fault> {
        let mut cell = Raw::default();
        cell.slot.columns = 1;
        loop {
            match self.next()? {
                Event::Start(tag) => match tag.local_name().as_ref() {
                    "gridSpan" => cell.slot.columns = value(&tag).and_then(|v| v.parse().ok()).unwrap_or(1),
                    "vMerge" => cell.continues = value(&tag).is_none_or(|v| v != "restart"),
                    "p" => self.paragraph(&mut cell.slot.blocks)?,
                    "tbl" => self.table(&mut cell.slot.blocks)?,
                    name if SKIPPED.contains(&name) => self.skip()?,
                    _ => (),
                },
                Event::End(tag) if tag.local_name().as_ref() == "tc" => break,
                Event::Eof => break,
                _ => (),
            }
        }
        Ok(cell)
    }
}

fn is_content(event: &Event<'_>) -> bool {
    matches!(event, Event::Text(_) | Event::CData(_) | Event::GeneralRef(_))
}

/// The text of an event inside `w:t`.
fn content(event: &Event<'_>) -> String {
    match event {
        Event::Text(text) => text.xml10_content().into_owned(),
        Event::CData(text) => text.xml10_content().into_owned(),
        Event::GeneralRef(entity) => match entity.resolve_char_ref() {
            Ok(Some(c)) => c.to_string(),
            _ => resolve_predefined_entity(&entity.xml10_content()).unwrap_or_default().to_owned(),
        },
        _ => String::new(),
    }
}

/// The `w:val` of a property.
fn value(tag: &BytesStart<'_>) -> Option<String> {
    let is_val = |key: &str| key == "val" || key.ends_with(":val");
    let attribute = tag.attributes().flatten().find(|attribute| is_val(attribute.key.as_ref()))?;
    Some(attribute.value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Cell;
    use super::*;

    fn document(body: &str) -> String {
        format!("<w:document xmlns:w='w' xmlns:mc='mc'><w:body>{body}</w:body></w:document>")
    }

    fn read(body: &str) -> Vec<Cell> {
        let xml = document(body);
        let mut parser = Parser::new(&xml);
        stack(&parser.blocks(None).unwrap())
    }

    fn texts(body: &str) -> Vec<String> {
        read(body).into_iter().map(|cell| cell.text).collect()
    }

    fn p(text: &str) -> String {
        format!("<w:p><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>")
    }

    fn tc(properties: &str, text: &str) -> String {
        format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", p(text))
    }

    #[test]
    fn spans_and_merges_have_their_rects() {
        let body = format!(
            "<w:tbl><w:tr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr></w:tbl>",
            tc("<w:vMerge w:val='restart'/>", "联络员"),
            tc("", "姓名"),
            tc("<w:gridSpan w:val='2'/>", "示例甲"),
            tc("<w:vMerge/>", ""),
            tc("", "职务"),
            tc("<w:gridSpan w:val='2'/>", "")
        );
        let cells = read(&body);
        assert_eq!(cells.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["联络员", "姓名", "示例甲", "职务", ""]);
        assert_eq!((cells[0].at.top, cells[0].at.bottom), (0., 2.));
        assert_eq!((cells[2].at.left, cells[2].at.right), (2., 4.));
        assert_eq!((cells[4].at.left, cells[4].at.top), (2., 1.));
    }

    #[test]
    fn breaks_are_lines_and_entities_characters() {
        let body = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲&amp;乙</w:t><w:br/><w:t>&#x4e19;</w:t></w:r></w:p><w:p/></w:tc></w:tr></w:tbl>";
        assert_eq!(texts(body), ["甲&乙\n丙"]);
    }

    #[test]
    fn paragraphs_and_tables_keep_their_order() {
        let body = format!("{}<w:tbl><w:tr>{}</w:tr></w:tbl>{}", p("单位：示例局"), tc("", "格"), p("日期：今日"));
        let cells = read(&body);
        let all: Vec<_> = cells.iter().map(|c| (c.text.as_str(), c.at.top)).collect();
        assert_eq!(all, [("单位", 0.), ("示例局", 0.), ("格", 1.), ("日期", 2.), ("今日", 2.)]);
    }

    #[test]
    fn deletions_are_not_read_and_insertions_are() {
        let body = "<w:p><w:del><w:r><w:delText>旧</w:delText><w:t>旧</w:t></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins></w:p>";
        assert_eq!(texts(body), ["新"]);
        let row = format!(
            "<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{}</w:tr><w:tr>{}</w:tr></w:tbl>",
            tc("", "旧"),
            tc("", "新")
        );
        assert_eq!(texts(&row), ["新"]);
    }

    #[test]
    fn text_boxes_are_read_once_and_prompts_not_at_all() {
        let inner = format!("<w:txbxContent>{}</w:txbxContent>", p("框内"));
        let drawing = format!(
            "<mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent>"
        );
        assert_eq!(texts(&format!("<w:p><w:r>{drawing}<w:t>正文</w:t></w:r></w:p>")), ["正文", "框内"]);
        let control = |prompt: &str, text: &str| {
            format!(
                "<w:tbl><w:tr><w:sdt><w:sdtPr>{prompt}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt></w:tr></w:tbl>",
                tc("", text)
            )
        };
        assert_eq!(texts(&control("", "示例甲")), ["示例甲"]);
        assert_eq!(texts(&control("<w:showingPlcHdr/>", "单击此处输入")), [""]);
    }

    #[test]
    fn nested_tables_and_rows_that_begin_late() {
        let inner = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", tc("", "单位"), tc("", "示例局"));
        assert_eq!(texts(&format!("<w:tbl><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>")), ["单位", "示例局"]);
        let late = format!("<w:tbl><w:tr><w:trPr><w:gridBefore w:val='2'/></w:trPr>{}</w:tr></w:tbl>", tc("", "格"));
        assert_eq!(read(&late)[0].at.left, 2.);
    }

    #[test]
    fn a_whole_file_is_opened() {
        use std::io::Write;
        let table = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", tc("", "姓名"), tc("", "示例甲"));
        let mut file = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        file.start_file("[Content_Types].xml", zip::write::SimpleFileOptions::default()).unwrap();
        file.write_all(b"<Types/>").unwrap();
        file.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
        file.write_all(document(&table).as_bytes()).unwrap();
        let bytes = file.finish().unwrap();
        let opened = super::super::open(&std::sync::Arc::from(bytes.into_inner()), &mut Budget::default()).unwrap();
        let super::super::Opened::Sheets(sheets) = opened else { panic!() };
        let super::super::Surface::Cells(cells) = &sheets[0].surface else { panic!() };
        assert_eq!(cells.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(), ["姓名", "示例甲"]);
    }

    #[test]
    fn endless_nesting_ends() {
        let deep = "<w:tbl><w:tr><w:tc>".repeat(50_000);
        read(&deep);
        read(&"<w:p>".repeat(50_000));
    }
}
