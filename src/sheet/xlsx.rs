//! Excel workbooks: every worksheet a sheet, hidden ones too; a row and a column are one unit each.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{DataRef, Dimensions, ExcelDateTime, Reader, Xlsx};

use super::grid::cell;
use super::{Budget, Cell, Sheet, archive, unreadable};
use crate::fault::Fault;

/// Bytes of one part of a workbook, inflated: the library inflates without a limit, so it is measured before. A register
/// of ten thousand rows has four million.
const MOST_BYTES: u64 = 24 << 20;
/// Bytes of text of one workbook: cells share their strings, so a small file can hold any amount.
pub(super) const MOST_TEXT: usize = 24 << 20;
/// Merged ranges of one worksheet.
const MOST_MERGED: usize = 20_000;
/// Cells of one worksheet, empty ones within the table included.
const MOST_CELLS: usize = 60_000;
/// Worksheets that are read.
const MOST_SHEETS: usize = 100;

/// One sheet for each worksheet.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Result<Vec<Sheet>, Fault> {
    archive::measure(bytes, MOST_BYTES, budget)?;
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|_| unreadable("Excel 表格"))?;
    let names = few(book.sheet_names())?;
    let mut sheets = Vec::new();
    let mut total = 0;
    for (number, name) in (1..).zip(&names) {
        // A chart sheet has no cells.
        let Ok(merged) = book.merge_cells_by_sheet_name(name) else { continue };
        let mut texts = BTreeMap::new();
        let Ok(mut reader) = book.worksheet_cells_reader(name) else { continue };
        while let Some(found) = reader.next_cell().map_err(|_| unreadable("Excel 表格"))? {
            let text = text(found.get_value());
            total += text.len();
            if !text.is_empty() {
                let (row, column) = found.get_position();
                texts.insert((row as usize, column as usize), text);
            }
            if texts.len() > MOST_CELLS || total > MOST_TEXT {
                return Err(too_many_cells());
            }
        }
        sheets.push(Sheet::of_cells(number, placed(texts, &merged)));
    }
    if sheets.is_empty() { Err(unreadable("Excel 表格")) } else { Ok(sheets) }
}

/// The worksheets, unless they are too many to be read.
pub(super) fn few(names: Vec<String>) -> Result<Vec<String>, Fault> {
    let message = || format!("工作表超过 {MOST_SHEETS} 张，请对方只发送需要的部分");
    if names.len() > MOST_SHEETS { Err(Fault::new("too-many-pages", message())) } else { Ok(names) }
}

pub(super) fn too_many_cells() -> Fault {
    Fault::new("too-large", format!("表格超过 {MOST_CELLS} 格，请对方只发送需要的部分"))
}

/// Cells with their rects: merged ones cover their range, empty ones inside the table are kept.
pub(super) fn placed(texts: BTreeMap<(usize, usize), String>, merged: &[Dimensions]) -> Vec<Cell> {
    let right = texts.keys().map(|(_, column)| column + 1).max().unwrap_or(0);
    let mut rows: Vec<usize> = texts.keys().map(|(row, _)| *row).collect();
    rows.dedup();
    // A stray word far out would make millions of empty cells; then only the filled ones are kept.
    let columns = if rows.len().saturating_mul(right) <= MOST_CELLS { right } else { 0 };
    let mut texts = texts;
    for row in rows {
        for column in 0..columns {
            texts.entry((row, column)).or_default();
        }
    }
    let range = |d: &Dimensions| ((d.start.0 as usize, d.start.1 as usize), (d.end.0 as usize, d.end.1 as usize));
    let merged: BTreeMap<Place, Place> =
        merged.iter().take(MOST_MERGED).map(range).filter(|(from, to)| from.0 <= to.0 && from.1 <= to.1).collect();
    let hidden = hidden(&merged, &texts);
    let last_row = texts.keys().next_back().map_or(0, |(row, _)| row + 1);
    texts
        .into_iter()
        .filter(|(at, _)| !hidden.contains(at))
        .map(|((row, column), text)| {
            let own = merged.get(&(row, column));
            let (bottom, end) = own.map_or((row + 1, column + 1), |to| (to.0 + 1, to.1 + 1));
            cell(text, (column, row), (end.min(right.max(column + 1)), bottom.min(last_row.max(row + 1))))
        })
        .collect()
}

/// Row and column.
type Place = (usize, usize);

/// The cells that merged ones cover. Ranges overlap in broken files only, so each cell is met about once.
fn hidden(merged: &BTreeMap<Place, Place>, texts: &BTreeMap<Place, String>) -> BTreeSet<Place> {
    let mut hidden = BTreeSet::new();
    for (from, to) in merged {
        let mut row = from.0;
        while row <= to.0
            && let Some(((next, _), _)) = texts.range((row, 0)..=(to.0, usize::MAX)).next()
        {
            let inside = texts.range((*next, from.1)..=(*next, to.1)).map(|(at, _)| *at);
            hidden.extend(inside.filter(|at| at != from));
            if hidden.len() > MOST_CELLS {
                return hidden;
            }
            row = next + 1;
        }
    }
    hidden
}

/// A value as a person would write it: no `.0`, no exponent, dates as YYYY-MM-DD.
pub(super) fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Int(n) => n.to_string(),
        // Display of floats never uses an exponent and gives the shortest digits that read back.
        DataRef::Float(n) => n.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.trim().to_owned(),
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Bool(true) => "是".to_owned(),
        DataRef::Bool(false) => "否".to_owned(),
        DataRef::DateTime(date) => date_text(date),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

fn date_text(date: &ExcelDateTime) -> String {
    if date.is_duration() {
        return date.as_f64().to_string();
    }
    let (year, month, day, hour, minute, ..) = date.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    match (date.as_f64() < 1.0, hour, minute) {
        (true, ..) => format!("{hour:02}:{minute:02}"),
        (_, 0, 0) => day,
        _ => format!("{day} {hour:02}:{minute:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_come_as_floats_and_leave_as_digits() {
        assert_eq!(text(&DataRef::Float(19400000000.0)), "19400000000");
        assert_eq!(text(&DataRef::Float(1e21)), "1000000000000000000000");
        assert_eq!(text(&DataRef::Float(0.5)), "0.5");
        assert_eq!(text(&DataRef::Int(815)), "815");
    }

    #[test]
    fn dates_are_civil() {
        let date = |days| ExcelDateTime::new(days, calamine::ExcelDateTimeType::DateTime, false);
        assert_eq!(date_text(&date(45122.0)), "2023-07-15");
        assert_eq!(date_text(&date(45122.5)), "2023-07-15 12:00");
    }

    #[test]
    fn merged_cells_cover_their_range_and_empty_ones_stay() {
        let texts = [((0, 0), "标题"), ((1, 0), "单位"), ((1, 2), "手机"), ((2, 0), "示例局")];
        let texts = texts.map(|(at, text)| (at, text.to_owned())).into();
        let cells = placed(texts, &[Dimensions::new((0, 0), (0, 2))]);
        assert_eq!((cells[0].at.right, cells[0].at.bottom), (3., 1.));
        let row: Vec<_> = cells.iter().filter(|c| c.at.top == 2.).map(|c| c.text.as_str()).collect();
        assert_eq!(row, ["示例局", "", ""]);
        assert_eq!(cells.iter().filter(|c| c.at.top == 0.).count(), 1);
    }

    #[test]
    fn a_stray_word_makes_no_millions_of_cells() {
        let texts: BTreeMap<_, _> =
            (0..1_000).map(|row| ((row, 0), "x".into())).chain([((5, 16_000), "x".into())]).collect();
        assert_eq!(placed(texts, &[]).len(), 1_001);
    }

    fn workbook(sheets: &[(&str, &str, &str)]) -> Vec<u8> {
        const NS: &str = "xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main' \
            xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'";
        const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let mut list = String::new();
        let mut links = String::new();
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let mut add = |name: &str, text: &str| {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
        };
        for (n, (name, state, body)) in sheets.iter().enumerate() {
            list += &format!("<sheet name='{name}' sheetId='{n}' state='{state}' r:id='r{n}'/>");
            links += &format!("<Relationship Id='r{n}' Type='{OFFICE}/worksheet' Target='worksheets/sheet{n}.xml'/>");
            add(&format!("xl/worksheets/sheet{n}.xml"), &format!("<worksheet {NS}>{body}</worksheet>"));
        }
        add("[Content_Types].xml", &format!("<Types xmlns='{PACKAGE}/content-types'/>"));
        add("xl/workbook.xml", &format!("<workbook {NS}><sheets>{list}</sheets></workbook>"));
        let root = format!("<Relationship Id='r' Type='{OFFICE}/officeDocument' Target='xl/workbook.xml'/>");
        add("_rels/.rels", &format!("<Relationships xmlns='{PACKAGE}/relationships'>{root}</Relationships>"));
        let links = format!("<Relationships xmlns='{PACKAGE}/relationships'>{links}</Relationships>");
        add("xl/_rels/workbook.xml.rels", &links);
        zip.finish().unwrap().into_inner()
    }

    fn texts(sheet: &Sheet) -> Vec<&str> {
        let super::super::Surface::Cells(cells) = &sheet.surface else { panic!() };
        cells.iter().map(|cell| cell.text.as_str()).collect()
    }

    #[test]
    fn every_worksheet_is_read_also_hidden_ones() {
        let row = |text: &str| {
            format!(
                "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>{text}</t></is></c><c r='C1'><v>1.94E10</v></c></row></sheetData>"
            )
        };
        let bytes = workbook(&[("甲", "visible", &row("单位")), ("乙", "hidden", &row("机构"))]);
        let sheets = open(&bytes, &mut Budget::default()).unwrap();
        assert_eq!(
            sheets.iter().map(texts).collect::<Vec<_>>(),
            [["单位", "", "19400000000"], ["机构", "", "19400000000"]]
        );
        assert_eq!(sheets[1].number, 2);
    }

    #[test]
    fn a_sheet_that_spans_the_world_is_no_world() {
        let far = "<sheetData><row r='1'><c r='A1'><v>1</v></c></row>\
            <row r='1048576'><c r='XFD1048576'><v>2</v></c></row></sheetData>";
        let sheets = open(&workbook(&[("甲", "visible", far)]), &mut Budget::default()).unwrap();
        assert_eq!(texts(&sheets[0]).iter().filter(|text| !text.is_empty()).count(), 2);
    }
}
