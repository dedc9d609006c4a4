//! Writes the form as an editable .docx for Word, WPS and LibreOffice: blank, or filled in with values.
//!
//! The same definition and values give the same bytes on any day: no clock, and every id is set here.

mod order;
mod package;
mod style;

use docx_rs::{
    Docx, Footer, HeightRule, PageMargin, Paragraph, Run, Table, TableAlignmentType, TableBorder, TableBorderPosition,
    TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, VMergeType, WidthType,
};

use super::plan::AIR;
use super::text::{PADDING, printed};
use super::{Cell, Layout, PAGE, Role, Row, layout};
use crate::form::{FormSpec, Values};
use style::{at_least, points, twips};

/// The table's outer and inner rules in eighths of a point: bold enough to be found again on a scan.
const OUTER_RULE: usize = 12;
const INNER_RULE: usize = 6;

/// The form as .docx. Values of unknown fields are left out; without values it is the blank form.
pub fn docx(spec: &FormSpec, values: &Values) -> Result<Vec<u8>, String> {
    let layout = layout(spec);
    let mut writer = Writer { spec, values, layout: &layout, paragraphs: 0 };
    package::pack(writer.document().build(), spec)
}

struct Writer<'a> {
    spec: &'a FormSpec,
    values: &'a Values,
    layout: &'a Layout,
    paragraphs: u32,
}

impl Writer<'_> {
    fn document(&mut self) -> Docx {
        let layout = self.layout;
        let foot = Footer::new().add_paragraph(self.paragraph(style::FOOT, &layout.foot.text));
        let title = self.paragraph(style::TITLE, &layout.title.text);
        let table = self.table();
        let end = self.paragraph(style::END, "");
        style::add(Docx::new(), layout)
            .page_size(twips(PAGE.width) as u32, twips(PAGE.height) as u32)
            .page_margin(margins(layout))
            .footer(foot)
            .add_paragraph(title)
            .add_table(table)
            .add_paragraph(end)
    }

    /// A paragraph with an id of ours: the library's own ids count on from one document to the next.
    fn paragraph(&mut self, style: &str, text: &str) -> Paragraph {
        self.paragraphs += 1;
        let paragraph = Paragraph::new().id(format!("{:08X}", self.paragraphs)).style(style);
        if text.is_empty() { paragraph } else { paragraph.add_run(Run::new().add_text(text)) }
    }

    fn table(&mut self) -> Table {
        let layout = self.layout;
        let rows = layout.rows.iter().map(|row| self.row(row)).collect();
        let grid = layout.edges.windows(2).map(|edge| twips(edge[1] - edge[0])).collect();
        let (padding, air) = (twips(PADDING), twips(AIR / 2.0));
        let table = Table::new(rows)
            .set_grid(grid)
            .width(twips(layout.table().width), WidthType::Dxa)
            .layout(TableLayoutType::Fixed)
            .align(TableAlignmentType::Center)
            .margins(TableCellMargins::new().margin(air, padding, air, padding));
        use TableBorderPosition::{Bottom, InsideH, InsideV, Left, Right, Top};
        let rule = |table: Table, at, size| table.set_border(TableBorder::new(at).size(size));
        let table = [Top, Left, Bottom, Right].into_iter().fold(table, |table, at| rule(table, at, OUTER_RULE));
        [InsideH, InsideV].into_iter().fold(table, |table, at| rule(table, at, INNER_RULE))
    }

    fn row(&mut self, row: &Row) -> TableRow {
        let mut cells = Vec::new();
        // A row whose first label stands to the right of the table's edge lies beside a group's label from above.
        if row.cells.first().is_some_and(|cell| cell.area.left > self.layout.table().left) {
            let width = self.layout.edges[1] - self.layout.edges[0];
            let below = TableCell::new().width(twips(width), WidthType::Dxa).vertical_merge(VMergeType::Continue);
            cells.push(below.add_paragraph(self.paragraph(style::LABEL, "")));
        }
        for (at, cell) in row.cells.iter().enumerate() {
            match cell.role {
                Role::Inline(_) => {}
                Role::GroupLabel => cells.push(self.cell(cell, &[]).vertical_merge(VMergeType::Restart)),
                Role::Label => cells.push(self.cell(cell, &[])),
                Role::Value(_) => cells.push(self.cell(cell, &row.cells[at + 1..])),
            }
        }
        TableRow::new(cells).row_height(twips(row.height) as f32).height_rule(HeightRule::AtLeast).cant_split()
    }

    /// A cell with its own text or value and the inline values under it.
    fn cell(&mut self, cell: &Cell, inline: &[Cell]) -> TableCell {
        let mut made =
            TableCell::new().width(twips(cell.area.width), WidthType::Dxa).vertical_align(VAlignType::Center);
        let span = self.layout.span(cell);
        if span > 1 {
            made = made.grid_span(span);
        }
        for paragraph in self.paragraphs_of(cell) {
            made = made.add_paragraph(paragraph);
        }
        for below in inline {
            // Apart from the value above by what the layout gives them, less the line each of them is.
            let apart = twips(below.area.height).saturating_sub(points(self.layout.leading) as usize);
            for paragraph in self.paragraphs_of(below) {
                made = made.add_paragraph(paragraph.line_spacing(at_least(self.layout.leading).before(apart as u32)));
            }
        }
        made
    }

    fn paragraphs_of(&mut self, cell: &Cell) -> Vec<Paragraph> {
        let Some(field) = cell.role.field().and_then(|id| self.spec.field(id)) else {
            return vec![self.paragraph(style::LABEL, &cell.text)];
        };
        let value = self.values.get(&field.id).map_or("", String::as_str);
        let style = style::of_value(field.kind);
        let lines = printed(field.kind, value);
        let before = |at| if at == 0 { cell.text.as_str() } else { "" };
        lines.iter().enumerate().map(|(at, line)| self.paragraph(style, &format!("{}{line}", before(at)))).collect()
    }
}

fn margins(layout: &Layout) -> PageMargin {
    let (title, foot) = (layout.title.area, layout.foot.area);
    PageMargin {
        top: twips(title.top) as i32,
        left: twips(title.left) as i32,
        right: twips(PAGE.width - title.right()) as i32,
        bottom: twips(PAGE.height - foot.top) as i32,
        header: twips(title.top / 2.0) as i32,
        footer: twips(PAGE.height - foot.bottom()) as i32,
        gutter: 0,
    }
}

#[cfg(test)]
mod tests;
