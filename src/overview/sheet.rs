//! How the office's own workbooks look: faces, headings, print set-up. The same content gives the same bytes.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

/// A4 in the numbering of the file format.
const A4: u8 = 9;
/// GB 2312 in the numbering of fonts: programs without the font choose a Chinese one.
const CHINESE: u8 = 134;
/// The file format's number for text: codes and telephone numbers keep their digits.
const TEXT: u8 = 49;
/// The line with the title, the line below it, and the line with the headings.
pub const TITLE_LINE: u32 = 0;
const NOTE_LINE: u32 = 1;
/// Headings stand here, and on every printed page.
pub const HEADING_LINE: u32 = 2;
/// The first line of data.
pub const FIRST_LINE: u32 = 3;
/// Widths of columns, in digits: what does not fit wraps, so that a wide form can still be read on A4.
const NARROWEST: f64 = 7.0;
const WIDEST: f64 = 13.0;
/// A heading has at most so many lines.
const HEADING_LINES: usize = 3;
/// Heights in points: of a line of text, and of the space around it.
const LINE: f64 = 14.0;
const SPACE: f64 = 6.0;

/// A column: its heading, and how wide it is in digits where its content must not say so.
pub struct Column {
    heading: String,
    width: Option<f64>,
}

impl Column {
    /// As wide as its content.
    pub fn new(heading: impl Into<String>) -> Column {
        Column { heading: heading.into(), width: None }
    }

    /// Of this width; longer texts wrap.
    pub fn wide(heading: impl Into<String>, width: f64) -> Column {
        Column { heading: heading.into(), width: Some(width) }
    }
}

/// What a cell holds.
pub enum Cell {
    /// Text.
    Text(String),
    /// A number.
    Number(usize),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

/// A workbook with a title.
pub fn workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let time = ExcelDateTime::from_ymd(1980, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&time));
    Ok(book)
}

/// A sheet with title, note and headings; landscape A4, the headings in sight and on every page, pages numbered.
pub fn sheet(name: &str, title: &str, note: &str, columns: &[Column]) -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    let last = columns.len().saturating_sub(1) as u16;
    sheet.set_name(plain_name(name))?;
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_repeat_rows(HEADING_LINE, HEADING_LINE)?;
    sheet.set_footer(format!("&L&9 {}&C&9第 &P 页 共 &N 页&R&9内部资料，注意保密", title.replace('&', "&&")));
    sheet.set_freeze_panes(FIRST_LINE, 1)?;
    over(&mut sheet, TITLE_LINE, last, title, &face("黑体", 16.0).set_align(FormatAlign::Center))?;
    over(&mut sheet, NOTE_LINE, last, note, &face("宋体", 10.0).set_align(FormatAlign::Left))?;
    sheet.set_row_height(TITLE_LINE, 30)?.set_row_height(NOTE_LINE, 18)?;
    for (at, column) in (0..).zip(columns) {
        sheet.write_string_with_format(HEADING_LINE, at, &column.heading, &heading())?;
    }
    Ok(sheet)
}

/// Writes the rows from [`FIRST_LINE`] on, sets the columns' widths and, where there are rows, a filter. Gives the line
/// after the last.
pub fn rows(sheet: &mut Worksheet, columns: &[Column], rows: &[Vec<Cell>]) -> Result<u32, XlsxError> {
    let widths: Vec<f64> = columns.iter().enumerate().map(|(at, column)| column_width(column, at, rows)).collect();
    for (at, width) in (0..).zip(&widths) {
        sheet.set_column_width(at, *width)?;
    }
    let headings: Vec<Cell> = columns.iter().map(|column| Cell::from(column.heading.as_str())).collect();
    sheet.set_row_height(HEADING_LINE, height(&headings, &widths))?;
    for (line, row) in (FIRST_LINE..).zip(rows) {
        sheet.set_row_height(line, height(row, &widths))?;
        for (at, cell) in (0..).zip(row) {
            write(sheet, line, at, cell, &value())?;
        }
    }
    let after = FIRST_LINE + rows.len() as u32;
    let last = columns.len().saturating_sub(1) as u16;
    if after > FIRST_LINE {
        sheet.autofilter(HEADING_LINE, 0, after - 1, last)?;
    }
    sheet.set_print_area(0, 0, after.max(FIRST_LINE + 1) - 1, last)?;
    Ok(after)
}

fn column_width(column: &Column, at: usize, rows: &[Vec<Cell>]) -> f64 {
    let content = rows.iter().filter_map(|row| row.get(at)).map(width).max().unwrap_or_default();
    let own = content.max(column.heading.width().div_ceil(HEADING_LINES)) as f64 + 2.0;
    column.width.unwrap_or(own.clamp(NARROWEST, WIDEST))
}

/// The height that a row's texts need when they wrap: not every program works it out when it opens a file.
fn height(row: &[Cell], widths: &[f64]) -> f64 {
    let lines = |(cell, room): (&Cell, &f64)| match cell {
        Cell::Text(text) => text.lines().map(|line| ((line.width() as f64 + 1.0) / room).ceil().max(1.0)).sum(),
        Cell::Number(_) => 1.0,
    };
    let most = row.iter().zip(widths).map(lines).fold(1.0, f64::max);
    most * LINE + SPACE
}

fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.lines().map(UnicodeWidthStr::width).max().unwrap_or_default(),
        Cell::Number(n) => n.to_string().len(),
    }
}

/// Writes a cell. Text is written as text: nothing in it is ever a formula.
pub fn write(sheet: &mut Worksheet, line: u32, at: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) if text.is_empty() => sheet.write_blank(line, at, format)?,
        Cell::Text(text) => {
            sheet.write_string_with_format(line, at, text, &format.clone().set_num_format_index(TEXT))?
        }
        Cell::Number(n) => {
            sheet.write_number_with_format(line, at, *n as f64, &format.clone().set_align(FormatAlign::Center))?
        }
    };
    Ok(())
}

fn over(sheet: &mut Worksheet, line: u32, last: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    match last {
        0 => sheet.write_string_with_format(line, 0, text, format)?,
        _ => sheet.merge_range(line, 0, line, last, text, format)?,
    };
    Ok(())
}

fn face(name: &str, size: f64) -> Format {
    let format = Format::new().set_font_name(name).set_font_size(size).set_font_charset(CHINESE);
    format.set_align(FormatAlign::VerticalCenter)
}

fn heading() -> Format {
    let format = face("黑体", 11.0).set_align(FormatAlign::Center).set_text_wrap();
    format.set_border(FormatBorder::Thin).set_background_color(Color::RGB(0xE7_E6_E6))
}

/// A value with a rule around it.
pub fn value() -> Format {
    face("宋体", 10.5).set_text_wrap().set_border(FormatBorder::Thin)
}

/// A sum.
pub fn total() -> Format {
    value().set_bold().set_border_top(FormatBorder::Medium)
}

/// A name that a sheet may have: 31 characters, none of those that stand for something in a formula.
fn plain_name(name: &str) -> String {
    name.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(31).collect()
}

/// What went wrong with a workbook.
pub fn told(error: XlsxError) -> String {
    format!("cannot write .xlsx: {error}")
}
