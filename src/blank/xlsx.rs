//! Writes the form as .xlsx, blank or filled in, laid out like the printed one: the same columns, rows and rules on one
//! A4 page. [`summary`] is the other workbook, a row per officer.
//!
//! No clock: the workbook bears a fixed time, so the same form gives the same bytes.

mod summary;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Image, ObjectMovement, Workbook, Worksheet,
    XlsxError,
};

use super::breaking::wrap;
use super::qr::{self, MARK_SIDE, QUIET_ZONE, Symbol};
use super::text::{BODY_FONT, LABEL_FONT, MM_PER_POINT, PADDING, TITLE_FONT, printed};
use super::{Area, Cell, Layout, PAGE, Row, TITLE_SIZE, layout, mark_text};
use crate::form::{FormSpec, Kind, Values};
pub use summary::{SAMPLE, summary};

/// A4 in the numbering of the file format.
const A4: u8 = 9;
/// The file format's number for text: what is typed stays text, so that leading zeros and long codes keep their digits.
const TEXT: u8 = 49;
/// Between the mark and the edges of its cell, in mm.
const CLEAR: f64 = 0.5;
/// Pixels of a module of the mark.
const SCALE: u32 = 8;
const MM_PER_INCH: f64 = 25.4;
/// Pixels of a row and a column nobody changed, in the standard face.
const STANDARD_ROW: u32 = 18;
const STANDARD_COLUMN: u32 = 72;
/// The columns are measured in pixels of this size.
const PIXELS_PER_INCH: f64 = 96.0;

/// The form as .xlsx. Values of unknown fields are left out; without values it is the blank form.
pub fn xlsx(spec: &FormSpec, values: &Values) -> Result<Vec<u8>, String> {
    let mut book = workbook(&spec.title).map_err(told)?;
    let layout = layout(spec);
    let sheet = new_sheet().map_err(told)?;
    let symbol = qr::mark(spec).map_err(|fault| fault.message)?;
    let picture = symbol.png(SCALE)?;
    let mut writer = Writer { spec, values, layout: &layout, symbol, picture, sheet };
    writer.fill().map_err(told)?;
    book.push_worksheet(writer.sheet);
    book.save_to_buffer().map_err(told)
}

/// A workbook that names its title and the same time on any day.
fn workbook(title: &str) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    book.set_default_format(&standard(), STANDARD_ROW, STANDARD_COLUMN)?;
    let time = ExcelDateTime::from_ymd(1980, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&time));
    Ok(book)
}

/// A sheet in the workbook's standard face.
fn new_sheet() -> Result<Worksheet, XlsxError> {
    let mut sheet = Worksheet::new();
    sheet.set_default_format(&standard(), STANDARD_ROW, STANDARD_COLUMN)?;
    Ok(sheet)
}

/// Columns are measured in digits of the standard face: that of a Chinese Excel, whose digits are as wide as those of
/// the faces that stand in for it elsewhere.
fn standard() -> Format {
    Format::new().set_font_name("宋体").set_font_size(11).set_font_charset(CHINESE)
}

fn told(error: XlsxError) -> String {
    format!("cannot write .xlsx: {error}")
}

/// A name that a sheet may have: 31 characters, none of those that stand for something in a formula.
fn sheet_name(title: &str) -> String {
    let name: String = title.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(31).collect();
    if name.is_empty() { "登记表".to_owned() } else { name }
}

struct Writer<'a> {
    spec: &'a FormSpec,
    values: &'a Values,
    layout: &'a Layout,
    symbol: Symbol,
    /// The symbol with its quiet zone as PNG.
    picture: Vec<u8>,
    sheet: Worksheet,
}

impl Writer<'_> {
    fn fill(&mut self) -> Result<(), XlsxError> {
        self.page()?;
        let table = self.layout.table();
        let last = self.layout.edges.len().saturating_sub(2) as u16;
        let title = looks(TITLE_FONT, TITLE_SIZE);
        self.sheet.set_row_height(0, points(table.top - self.top()))?;
        let words = self.wrapped(&self.layout.title.text, self.layout.title.area.width, TITLE_SIZE);
        merge(&mut self.sheet, (0, 0, 0, last), &words, &title)?;
        self.mark(last)?;
        let mut line = 1;
        for row in &self.layout.rows {
            line = self.row(row, line)?;
        }
        self.sheet.set_print_area(0, 0, line - 1, last)?;
        Ok(())
    }

    /// The form's mark at the right end of the title's row. It stands wholly in one cell: programs measure columns
    /// differently, and a picture that reaches into the next one would be stretched.
    fn mark(&mut self, last: u16) -> Result<(), XlsxError> {
        let side = self.mark_side();
        let left = self.layout.table().right() - self.layout.edges[usize::from(last)] - side - CLEAR;
        let picture = Image::new_from_buffer(&self.picture)?
            .set_scale_to_size(pixels(side), pixels(side), true)
            .set_object_movement(ObjectMovement::MoveButDontSizeWithCells)
            .set_alt_text(mark_text(self.spec));
        self.sheet.insert_image_with_offset(0, last, &picture, pixels(left), 0)?;
        Ok(())
    }

    /// The side of the mark with its quiet zone.
    fn mark_side(&self) -> f64 {
        let modules = f64::from(self.symbol.size.modules);
        MARK_SIDE * (1.0 + f64::from(2 * QUIET_ZONE) / modules)
    }

    /// Where the sheet begins: no picture can stand above its first row.
    fn top(&self) -> f64 {
        self.layout.table().top - self.mark_side() - CLEAR
    }

    fn page(&mut self) -> Result<(), XlsxError> {
        let (table, foot, top) = (self.layout.table(), self.layout.foot.area, self.top());
        let inches = |mm: f64| mm / MM_PER_INCH;
        for (at, edge) in self.layout.edges.windows(2).enumerate() {
            self.sheet.set_column_width_pixels(at as u16, pixels(edge[1] - edge[0]))?;
        }
        self.sheet.set_name(sheet_name(&self.spec.title))?;
        self.sheet
            .set_paper_size(A4)
            .set_print_fit_to_pages(1, 1)
            .set_print_center_horizontally(true)
            .set_screen_gridlines(false)
            .set_margins(
                inches(table.left),
                inches(PAGE.width - table.right()),
                inches(top),
                inches(PAGE.height - foot.top),
                inches(top / 2.0),
                inches(PAGE.height - foot.bottom()),
            )
            // The space keeps a digit at the beginning of a title out of the size.
            .set_footer(format!("&C&9 {}", self.layout.foot.text.replace('&', "&&")));
        Ok(())
    }

    /// Writes a row of the form from a line of the sheet on, and says which line is next. Every inline value has a line
    /// of its own, without a rule above it.
    fn row(&mut self, row: &Row, first: u32) -> Result<u32, XlsxError> {
        let values: Vec<&Cell> = row.cells.iter().filter(|cell| cell.role.field().is_some()).collect();
        for (line, cell) in (first..).zip(&values) {
            self.sheet.set_row_height(line, points(cell.area.height))?;
            let column = self.column(cell.area.left);
            let format =
                self.rules(self.value_looks(cell), cell, line == first, line + 1 == first + values.len() as u32);
            let format = format.set_num_format_index(TEXT);
            match self.text(cell) {
                text if text.is_empty() => self.sheet.write_blank(line, column, &format)?,
                text => self.sheet.write_string_with_format(line, column, text, &format)?,
            };
        }
        let next = first + values.len() as u32;
        for cell in row.cells.iter().filter(|cell| cell.role.field().is_none()) {
            let left = self.column(cell.area.left);
            let right = left + self.layout.span(cell).max(1) as u16 - 1;
            let format = self.rules(looks(LABEL_FONT, self.layout.size), cell, true, true);
            let last = self.below(cell, first) - 1;
            let text = self.broken(cell);
            merge(&mut self.sheet, (first, left, last, right), &text, &format)?;
        }
        Ok(next)
    }

    /// The line under a label that begins in a line: a group's label reaches over its rows.
    fn below(&self, cell: &Cell, first: u32) -> u32 {
        let beside = |row: &&Row| cell.area.top - 0.01 < row.top && row.top < cell.area.bottom() - 0.01;
        let values = |row: &Row| row.cells.iter().filter(|cell| cell.role.field().is_some()).count() as u32;
        first + self.layout.rows.iter().filter(beside).map(values).sum::<u32>()
    }

    /// A label with the line breaks of the printed form: a spreadsheet's cells have no padding and would break others.
    fn broken(&self, cell: &Cell) -> String {
        self.wrapped(&cell.text, cell.area.width - 2.0 * PADDING, self.layout.size)
    }

    /// A text with a line break wherever a line of a width in mm is full.
    fn wrapped(&self, text: &str, width: f64, size: f64) -> String {
        let chars: Vec<char> = text.chars().collect();
        let width = points(width) / size;
        let lines = wrap(&chars, width, |c| if c.is_ascii() { 0.5 } else { 1.0 });
        let lines: Vec<String> = lines.into_iter().map(|line| chars[line].iter().collect()).collect();
        lines.join("\n")
    }

    fn column(&self, left: f64) -> u16 {
        self.layout.edges.iter().take_while(|edge| **edge < left - 0.01).count() as u16
    }

    fn text(&self, cell: &Cell) -> String {
        let field = cell.role.field().and_then(|id| self.spec.field(id));
        let value = field.and_then(|field| self.values.get(&field.id)).map_or("", String::as_str);
        let lines = field.map(|field| printed(field.kind, value)).unwrap_or_default();
        format!("{}{}", cell.text, lines.join("\n"))
    }

    fn value_looks(&self, cell: &Cell) -> Format {
        let note = cell.role.field().and_then(|id| self.spec.field(id)).is_some_and(|field| field.kind == Kind::Note);
        let format = looks(BODY_FONT, self.layout.size);
        if note { format.set_align(FormatAlign::Left).set_indent(1) } else { format }
    }

    /// The rules around a cell, bold where it lies at the table's edge.
    fn rules(&self, format: Format, cell: &Cell, above: bool, below: bool) -> Format {
        let (table, area): (Area, Area) = (self.layout.table(), cell.area);
        let at = |a: f64, b: f64| if (a - b).abs() < 0.01 { FormatBorder::Medium } else { FormatBorder::Thin };
        let format =
            format.set_border_left(at(area.left, table.left)).set_border_right(at(area.right(), table.right()));
        let format = if above { format.set_border_top(at(area.top, table.top)) } else { format };
        if below { format.set_border_bottom(at(area.bottom(), table.bottom())) } else { format }
    }
}

/// Centred text that wraps.
fn looks(font: &str, size: f64) -> Format {
    let format = Format::new().set_font_name(font).set_font_size(size).set_font_charset(CHINESE);
    format.set_align(FormatAlign::Center).set_align(FormatAlign::VerticalCenter).set_text_wrap()
}

/// GB 2312 in the numbering of fonts: programs without the font choose a Chinese one.
const CHINESE: u8 = 134;

/// Writes a text over one cell or several: first row, first column, last row, last column.
fn merge(sheet: &mut Worksheet, at: (u32, u16, u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
    let (top, left, bottom, right) = at;
    if (top, left) == (bottom, right) {
        sheet.write_string_with_format(top, left, text, format)?;
    } else {
        sheet.merge_range(top, left, bottom, right, text, format)?;
    }
    Ok(())
}

fn pixels(mm: f64) -> u32 {
    (mm / MM_PER_INCH * PIXELS_PER_INCH).round() as u32
}

fn points(mm: f64) -> f64 {
    mm / MM_PER_POINT
}

#[cfg(test)]
mod tests;
