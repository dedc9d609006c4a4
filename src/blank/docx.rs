//! Writes the form as an editable .docx for Word, WPS and LibreOffice: blank, or filled in with values.
//!
//! Beside the title stands the form's [`mark`](super::mark).
//!
//! The XML is written here, in the order of the schema (ECMA-376). The same definition and values give the same bytes on
//! any day.

mod package;
mod picture;
mod style;

use super::plan::AIR;
use super::qr::{self, Symbol};
use super::text::{DESCRIPTION, PADDING, printed};
use super::{Cell, Layout, PAGE, Role, Row, layout};
use crate::form::{FormSpec, Values};
use package::Parts;
use style::{points, twips};

/// The table's outer and inner rules in eighths of a point: bold enough to be found again on a scan.
const OUTER_RULE: u32 = 12;
const INNER_RULE: u32 = 6;

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
/// The namespaces of the two parts that hold text.
const SPACES: &str = concat!(
    r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" "#,
    r#"xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" "#,
    r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" "#,
    r#"xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture""#
);

/// The form as .docx. Values of unknown fields are left out; without values it is the blank form.
pub fn docx(spec: &FormSpec, values: &Values) -> Result<Vec<u8>, String> {
    let layout = layout(spec);
    let writer = Writer { spec, values, layout: &layout };
    let mark = qr::mark(spec).map_err(|fault| fault.message)?;
    let parts = Parts {
        document: writer.document(&mark),
        footer: writer.footer(),
        styles: style::sheet(&layout),
        mark: mark.png(picture::SCALE)?,
    };
    package::pack(spec, &parts)
}

struct Writer<'a> {
    spec: &'a FormSpec,
    values: &'a Values,
    layout: &'a Layout,
}

impl Writer<'_> {
    fn document(&self, mark: &Symbol) -> String {
        let title = marked(&self.layout.title.text, &picture::drawing(self.spec, self.layout, mark));
        let (table, end, section) = (self.table(), paragraph(style::END, "", ""), section(self.layout));
        format!("{DECLARATION}<w:document {SPACES}><w:body>{title}{table}{end}{section}</w:body></w:document>")
    }

    fn footer(&self) -> String {
        let foot = paragraph(style::FOOT, "", &self.layout.foot.text);
        format!("{DECLARATION}<w:ftr {SPACES}>{foot}</w:ftr>")
    }

    fn table(&self) -> String {
        let column = |edge: &[f64]| format!(r#"<w:gridCol w:w="{}"/>"#, twips(edge[1] - edge[0]));
        let grid: String = self.layout.edges.windows(2).map(column).collect();
        let rows: String = self.layout.rows.iter().map(|row| self.row(row)).collect();
        let properties = table_properties(self.layout.table().width, &self.spec.title);
        format!("<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>")
    }

    fn row(&self, row: &Row) -> String {
        let mut cells = String::new();
        // A row whose first label stands to the right of the table's edge lies beside a group's label from above.
        if row.cells.first().is_some_and(|cell| cell.area.left > self.layout.table().left) {
            let width = self.layout.edges[1] - self.layout.edges[0];
            cells.push_str(&self::cell(width, r#"<w:vMerge w:val="continue"/>"#, &paragraph(style::LABEL, "", "")));
        }
        for (at, cell) in row.cells.iter().enumerate() {
            match cell.role {
                Role::Inline(_) => {}
                Role::GroupLabel => cells.push_str(&self.cell(cell, r#"<w:vMerge w:val="restart"/>"#, &[])),
                Role::Label => cells.push_str(&self.cell(cell, "", &[])),
                Role::Value(_) => cells.push_str(&self.cell(cell, "", &row.cells[at + 1..])),
            }
        }
        let height = twips(row.height);
        let properties = format!(r#"<w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/>"#);
        format!("<w:tr><w:trPr>{properties}</w:trPr>{cells}</w:tr>")
    }

    /// A cell with its own text or value and the inline values under it.
    fn cell(&self, cell: &Cell, merge: &str, inline: &[Cell]) -> String {
        let span = match self.layout.span(cell) {
            0 | 1 => String::new(),
            wide => format!(r#"<w:gridSpan w:val="{wide}"/>"#),
        };
        let mut content = self.paragraphs(cell, "");
        for below in inline {
            // Apart from the value above by what the layout gives them, less the line each of them is.
            let apart = twips(below.area.height).saturating_sub(points(self.layout.leading));
            let spacing = style::at_least(self.layout.leading, apart);
            content.push_str(&self.paragraphs(below, &spacing));
        }
        self::cell(cell.area.width, &format!("{span}{merge}"), &content)
    }

    fn paragraphs(&self, cell: &Cell, spacing: &str) -> String {
        let Some(field) = cell.role.field().and_then(|id| self.spec.field(id)) else {
            return paragraph(style::LABEL, spacing, &cell.text);
        };
        let value = self.values.get(&field.id).map_or("", String::as_str);
        let lines = printed(field.kind, value);
        let before = |at| if at == 0 { cell.text.as_str() } else { "" };
        let one = |(at, line): (usize, &String)| {
            paragraph(style::of_value(field.kind), spacing, &format!("{}{line}", before(at)))
        };
        lines.iter().enumerate().map(one).collect()
    }
}

/// The title's paragraph, from which the mark hangs.
fn marked(title: &str, drawing: &str) -> String {
    let (style, title) = (style::TITLE, escape(title));
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r>{drawing}</w:r><w:r><w:t>{title}</w:t></w:r></w:p>"#)
}

fn paragraph(style: &str, spacing: &str, text: &str) -> String {
    let run = match text {
        "" => String::new(),
        text => format!(r#"<w:r><w:t xml:space="preserve">{}</w:t></w:r>"#, escape(text)),
    };
    format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/>{spacing}</w:pPr>{run}</w:p>"#)
}

fn cell(width: f64, merge: &str, content: &str) -> String {
    let width = twips(width);
    format!(
        r#"<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{merge}<w:vAlign w:val="center"/></w:tcPr>{content}</w:tc>"#
    )
}

/// The first column heads its rows; the table has a name and a description for those who hear it read out.
fn table_properties(width: f64, title: &str) -> String {
    let rule = |(side, size)| format!(r#"<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>"#);
    let sides = [("top", OUTER_RULE), ("left", OUTER_RULE), ("bottom", OUTER_RULE), ("right", OUTER_RULE)];
    let borders: String =
        sides.into_iter().chain([("insideH", INNER_RULE), ("insideV", INNER_RULE)]).map(rule).collect();
    let margin = |(side, width)| format!(r#"<w:{side} w:w="{}" w:type="dxa"/>"#, twips(width));
    let margins = [("top", AIR / 2.0), ("left", PADDING), ("bottom", AIR / 2.0), ("right", PADDING)];
    let margins: String = margins.into_iter().map(margin).collect();
    let (width, title) = (twips(width), escape(title));
    format!(
        concat!(
            r#"<w:tblPr><w:tblW w:w="{width}" w:type="dxa"/><w:jc w:val="center"/>"#,
            r#"<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/>"#,
            r#"<w:tblCellMar>{margins}</w:tblCellMar><w:tblLook w:val="0680" w:firstRow="0" w:lastRow="0" "#,
            r#"w:firstColumn="1" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>"#,
            r#"<w:tblCaption w:val="{title}"/><w:tblDescription w:val="{description}"/></w:tblPr>"#
        ),
        width = width,
        borders = borders,
        margins = margins,
        title = title,
        description = DESCRIPTION,
    )
}

/// The page: its footer, its size and its margins.
fn section(layout: &Layout) -> String {
    let (title, table, foot) = (layout.title.area, layout.table(), layout.foot.area);
    let margins = [
        ("top", title.top),
        ("right", PAGE.width - table.right()),
        ("bottom", PAGE.height - foot.top),
        ("left", table.left),
        ("header", title.top / 2.0),
        ("footer", PAGE.height - foot.bottom()),
        ("gutter", 0.0),
    ];
    let margins: String = margins.into_iter().map(|(side, mm)| format!(r#" w:{side}="{}""#, twips(mm))).collect();
    let (footer, width, height) = (package::FOOTER, twips(PAGE.width), twips(PAGE.height));
    format!(
        concat!(
            r#"<w:sectPr><w:footerReference w:type="default" r:id="{}"/>"#,
            r#"<w:pgSz w:w="{}" w:h="{}"/><w:pgMar{}/></w:sectPr>"#
        ),
        footer, width, height, margins
    )
}

fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

#[cfg(test)]
mod tests;
