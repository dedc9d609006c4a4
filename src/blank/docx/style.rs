//! The looks of the document, all of them styles, so that a line typed into an empty cell looks like the rest.

use super::DECLARATION;
use crate::blank::text::{BODY_FONT, LABEL_FONT, MM_PER_POINT, TITLE_FONT};
use crate::blank::{Layout, TITLE_LINE, TITLE_SIZE};
use crate::form::Kind;

/// Digits and mail addresses.
pub(super) const LATIN_FONT: &str = "Times New Roman";
/// The foot line's size in points (小五).
const FOOT_SIZE: f64 = 9.0;

/// The form's title.
pub(super) const TITLE: &str = "Title";
/// A field's or a group's label.
pub(super) const LABEL: &str = "FormLabel";
/// The foot line.
pub(super) const FOOT: &str = "FormFoot";
/// The line after the table: a document must not end with one.
pub(super) const END: &str = "FormEnd";
const VALUE: &str = "FormValue";
const NOTE: &str = "FormNote";

/// The style of a value.
pub(super) fn of_value(kind: Kind) -> &'static str {
    match kind {
        Kind::Note => NOTE,
        Kind::Text | Kind::Name | Kind::Date | Kind::Phone | Kind::Mobile | Kind::Email | Kind::Code => VALUE,
        Kind::Signature => VALUE,
    }
}

/// The part of the document that holds its styles.
pub(super) fn sheet(layout: &Layout) -> String {
    // Lines of values may grow: a picture of a signature in a line of exact height would be cut off.
    let (line, body) = (at_least(layout.leading, 0), run(BODY_FONT, layout.size));
    let styles = [
        title(layout),
        style(LABEL, "表格栏目", &exactly(layout.leading, 0), "center", "", &run(LABEL_FONT, layout.size)),
        style(VALUE, "表格内容", &line, "center", "", &body),
        style(NOTE, "表格说明", &line, "left", "", &body),
        style(FOOT, "表格页脚", "", "center", "", &run(BODY_FONT, FOOT_SIZE)),
        style(END, "表格末行", &exactly(1.0, 0), "center", "", &run(BODY_FONT, 1.0)),
    ];
    format!(
        concat!(
            r#"{}<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults>"#,
            r#"<w:rPrDefault><w:rPr>{}<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>"#,
            r#"<w:pPrDefault/></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal">"#,
            r#"<w:name w:val="Normal"/><w:qFormat/></w:style>{}</w:styles>"#
        ),
        DECLARATION,
        body,
        styles.concat()
    )
}

/// As wide and as tall as the layout has it, the air before the table included.
fn title(layout: &Layout) -> String {
    let (table, area) = (layout.table(), layout.title.area);
    let (left, right) = (twips(area.left - table.left), twips(table.right() - area.right()));
    let line = exactly(TITLE_LINE / MM_PER_POINT, twips(table.top - area.bottom()));
    let line = format!(r#"{line}<w:ind w:left="{left}" w:right="{right}"/>"#);
    style(TITLE, "Title", &line, "center", r#"<w:outlineLvl w:val="0"/>"#, &run(TITLE_FONT, TITLE_SIZE))
}

fn style(id: &str, name: &str, spacing: &str, align: &str, level: &str, run: &str) -> String {
    format!(
        concat!(
            r#"<w:style w:type="paragraph" w:styleId="{}"><w:name w:val="{}"/><w:basedOn w:val="Normal"/><w:qFormat/>"#,
            r#"<w:pPr>{}<w:jc w:val="{}"/>{}</w:pPr><w:rPr>{}</w:rPr></w:style>"#
        ),
        id, name, spacing, align, level, run
    )
}

fn run(east_asia: &str, size: f64) -> String {
    let half_points = (size * 2.0).round();
    format!(
        concat!(
            r#"<w:rFonts w:ascii="{}" w:hAnsi="{}" w:eastAsia="{}"/>"#,
            r#"<w:sz w:val="{}"/><w:szCs w:val="{}"/>"#
        ),
        LATIN_FONT, LATIN_FONT, east_asia, half_points, half_points
    )
}

fn exactly(leading: f64, after: u32) -> String {
    let line = points(leading);
    format!(r#"<w:spacing w:after="{after}" w:line="{line}" w:lineRule="exact"/>"#)
}

/// Lines at least so many points apart, the first of them `before` twips below what stands above.
pub(super) fn at_least(leading: f64, before: u32) -> String {
    let line = points(leading);
    format!(r#"<w:spacing w:before="{before}" w:line="{line}" w:lineRule="atLeast"/>"#)
}

/// Millimetres in twentieths of a point, the unit of the file format.
pub(super) fn twips(mm: f64) -> u32 {
    points(mm / MM_PER_POINT)
}

/// Points in twentieths of a point.
pub(super) fn points(points: f64) -> u32 {
    (points * 20.0).round().max(0.0) as u32
}
