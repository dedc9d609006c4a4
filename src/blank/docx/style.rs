//! The looks of the document, all of them styles, so that a line typed into an empty cell looks like the rest.

use docx_rs::{AlignmentType, Docx, LineSpacing, LineSpacingType, RunFonts, Style, StyleType};

use crate::blank::text::MM_PER_POINT;
use crate::blank::{Layout, TITLE_LINE, TITLE_SIZE};
use crate::form::Kind;

/// Values and foot line.
pub(super) const BODY_FONT: &str = "仿宋";
/// Labels.
pub(super) const LABEL_FONT: &str = "黑体";
/// The title.
pub(super) const TITLE_FONT: &str = "方正小标宋简体";
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

/// Adds the styles to a document.
pub(super) fn add(docx: Docx, layout: &Layout) -> Docx {
    let label = centred(LABEL, "表格栏目", LABEL_FONT, layout.size).line_spacing(exactly(layout.leading));
    // Lines of values may grow: a picture of a signature in a line of exact height would be cut off.
    let value = |id, name| centred(id, name, BODY_FONT, layout.size).line_spacing(at_least(layout.leading));
    docx.default_fonts(fonts(BODY_FONT))
        .default_size(half_points(layout.size))
        .add_style(title(layout))
        .add_style(label)
        .add_style(value(VALUE, "表格内容"))
        .add_style(value(NOTE, "表格说明").align(AlignmentType::Left))
        .add_style(centred(FOOT, "表格页脚", BODY_FONT, FOOT_SIZE))
        .add_style(centred(END, "表格末行", BODY_FONT, 1.0).line_spacing(exactly(1.0)))
}

/// As tall as the layout has it, the air before the table included.
fn title(layout: &Layout) -> Style {
    let after = twips(layout.table().top - layout.title.area.bottom()) as u32;
    let line = exactly(TITLE_LINE / MM_PER_POINT).after(after);
    centred(TITLE, "Title", TITLE_FONT, TITLE_SIZE).line_spacing(line).outline_lvl(0)
}

fn centred(id: &str, name: &str, east_asia: &str, size: f64) -> Style {
    let style = Style::new(id, StyleType::Paragraph).name(name).based_on("Normal");
    style.fonts(fonts(east_asia)).size(half_points(size)).align(AlignmentType::Center)
}

fn fonts(east_asia: &str) -> RunFonts {
    RunFonts::new().east_asia(east_asia).ascii(LATIN_FONT).hi_ansi(LATIN_FONT)
}

fn exactly(leading: f64) -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::Exact).line(points(leading))
}

/// Lines at least so many points apart.
pub(super) fn at_least(leading: f64) -> LineSpacing {
    LineSpacing::new().line_rule(LineSpacingType::AtLeast).line(points(leading))
}

/// Millimetres in twentieths of a point, the unit of the file format.
pub(super) fn twips(mm: f64) -> usize {
    (mm / MM_PER_POINT * 20.0).round().max(0.0) as usize
}

/// Points in twentieths of a point.
pub(super) fn points(points: f64) -> i32 {
    (points * 20.0).round() as i32
}

fn half_points(points: f64) -> usize {
    (points * 2.0).round() as usize
}
