//! What the fill-in page needs of a form: its fields as controls, and the page that is printed from them.
//!
//! The printed page is the official table of [`layout_within`] between two bands that hold the QR codes: one at the top
//! left, one at the bottom right, so that the seal on the unit's name and the signature below stay clear of both
//! (MEASURED.md §3). Everything is in mm on A4.

use serde::Serialize;

use super::text::{self, MM_PER_POINT, PADDING};
use super::{Area, Cell, Layout, PAGE, Role, Row, TITLE_GAP, TITLE_LINE, TITLE_SIZE, layout_within, qr};
use crate::form::{Field, FormSpec, Kind, payload};

/// The side of a corner mark: a filled square.
pub const MARK_SIDE: f64 = 5.0;
/// From the page's edge to a corner mark; printers leave up to 5 mm white.
pub const MARK_INSET: f64 = 8.0;
/// The left edge of the table and the first code, and as far from the right edge the other sides.
const MARGIN: f64 = 20.0;
/// The upper edge of the first code, and as far from the lower edge the other one.
const CODE_INSET: f64 = 15.0;
/// The table and its foot line: the quiet zone of the smallest codes ends above and below.
const TABLE: (f64, f64) = (60.0, 237.0);
/// Between a code and the text beside it.
const GUTTER: f64 = 6.0;
/// Values are not set smaller, in points (小五).
const SMALLEST: f64 = 9.0;

/// A form as its fill-in page uses it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillForm {
    /// The form's id.
    pub id: String,
    /// The form's version.
    pub version: u32,
    /// Letters that begin the QR text.
    pub letters: String,
    /// The title as printed.
    pub title: String,
    /// Area code put before local telephone numbers.
    pub area_code: Option<String>,
    /// The field of the unit's name, where units are offered.
    pub unit: String,
    /// The field of the officer's name; its group is what differs between two forms of one unit.
    pub officer: Option<String>,
    /// The most bytes a code holds.
    pub most: usize,
    /// The fields a person writes into, in the order of the QR text.
    pub fields: Vec<FillField>,
    /// The table as printed.
    pub layout: FillLayout,
    /// The corner marks.
    pub marks: Vec<Area>,
    /// Where the two codes stand, without their quiet zones.
    pub codes: [Area; 2],
    /// Where the page's texts stand.
    pub places: Places,
}

/// A field as a control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillField {
    /// The field's id.
    pub id: String,
    /// The label as printed, without its group's.
    pub short: String,
    /// The label with its group's, for messages.
    pub label: String,
    /// The label of its group.
    pub group: Option<String>,
    /// Whether the group begins with it, and whether it ends with it.
    pub edge: (bool, bool),
    /// The kind's name in a definition.
    pub kind: &'static str,
    /// Whether a form without it is incomplete.
    pub required: bool,
    /// Whether it may appear in the public directory.
    pub public: bool,
    /// Which keyboard a phone shows.
    pub inputmode: &'static str,
    /// How it is written, in one sentence.
    pub hint: String,
    /// About how many Han characters its cell takes at the smallest size.
    pub most: usize,
}

/// The printed table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillLayout {
    /// The title and its size in points.
    pub title: FillTitle,
    /// Size of labels and values in points.
    pub size: f64,
    /// Distance of lines in points.
    pub leading: f64,
    /// Every box with rules around it.
    pub ruled: Vec<Area>,
    /// Every text in the table.
    pub cells: Vec<FillCell>,
}

/// The title's size.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillTitle {
    /// In points.
    pub size: f64,
}

/// A text in the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FillCell {
    /// Where it stands.
    #[serde(flatten)]
    pub area: Area,
    /// `label`, `group` or `value`.
    pub role: &'static str,
    /// The field whose value follows the text.
    pub field: Option<String>,
    /// What is printed before the value.
    pub text: String,
}

/// Where the texts beside the table stand.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Places {
    /// The title.
    pub title: Area,
    /// What the codes are, beside the first one.
    pub about: Area,
    /// Name and version of the form.
    pub foot: Area,
    /// How to send the form, beside the second code.
    pub how: Area,
}

/// The form as its fill-in page uses it.
pub fn fill(spec: &FormSpec) -> FillForm {
    let layout = table(spec);
    let codes = codes();
    let left = codes[0].right() + GUTTER;
    let beside = Area { left, width: PAGE.width - MARGIN - left, ..codes[0] };
    let lines = text::lines(&spec.title, beside.width, TITLE_SIZE) as f64;
    let title = Area { height: lines * TITLE_LINE, ..beside };
    let about = Area { top: title.bottom() + 2.0, height: beside.height - title.height - 2.0, ..beside };
    let how = Area { left: MARGIN, width: codes[1].left - GUTTER - MARGIN, ..codes[1] };
    FillForm {
        id: spec.id.clone(),
        version: spec.version,
        letters: spec.letters.clone(),
        title: spec.title.clone(),
        area_code: spec.area_code.clone(),
        unit: spec.roles.unit.clone(),
        officer: spec.roles.officer.clone(),
        most: payload::LONGEST,
        fields: fields(spec, &layout),
        marks: marks(),
        codes,
        places: Places { title, about, foot: layout.foot.area, how },
        layout: FillLayout {
            title: FillTitle { size: TITLE_SIZE },
            size: layout.size,
            leading: layout.leading,
            ruled: layout.rows.iter().flat_map(ruled).collect(),
            cells: layout.rows.iter().flat_map(|row| row.cells.iter().map(cell)).collect(),
        },
    }
}

/// The official table between the codes. Its title moves up beside the first code.
fn table(spec: &FormSpec) -> Layout {
    let whole = Area { left: MARGIN, top: 0.0, width: PAGE.width - 2.0 * MARGIN, height: TABLE.1 };
    let head = layout_within(spec, whole).title.area.height + TITLE_GAP;
    layout_within(spec, Area { top: TABLE.0 - head, height: TABLE.1 - TABLE.0 + head, ..whole })
}

/// Top left and bottom right.
fn codes() -> [Area; 2] {
    let first = Area { left: MARGIN, top: CODE_INSET, width: qr::SIDE, height: qr::SIDE };
    let far = |page: f64, near: f64| page - near - qr::SIDE;
    [first, Area { left: far(PAGE.width, MARGIN), top: far(PAGE.height, CODE_INSET), ..first }]
}

/// Four filled squares, from the top left in reading order.
pub fn marks() -> Vec<Area> {
    let far = |page: f64| page - MARK_INSET - MARK_SIDE;
    let mark = |left, top| Area { left, top, width: MARK_SIDE, height: MARK_SIDE };
    let (right, bottom) = (far(PAGE.width), far(PAGE.height));
    vec![mark(MARK_INSET, MARK_INSET), mark(right, MARK_INSET), mark(MARK_INSET, bottom), mark(right, bottom)]
}

fn fields(spec: &FormSpec, layout: &Layout) -> Vec<FillField> {
    let written: Vec<&Field> = spec.written().collect();
    let group = |at: usize| written.get(at).and_then(|field| field.group.as_deref());
    let field = |(at, field): (usize, &&Field)| {
        let own = group(at);
        let begins = own.is_some() && (at == 0 || group(at - 1) != own);
        let ends = own.is_some() && group(at + 1) != own;
        FillField {
            id: field.id.clone(),
            short: field.label.clone(),
            label: spec.full_label(field),
            group: own.and_then(|id| spec.group(id)).map(|group| group.label.clone()),
            edge: (begins, ends),
            kind: name_of(field.kind),
            required: field.required,
            public: field.column.is_some(),
            inputmode: inputmode(field.kind),
            hint: hint(spec, field),
            most: room(layout, &field.id),
        }
    };
    written.iter().enumerate().map(field).collect()
}

fn name_of(kind: Kind) -> &'static str {
    Kind::ALL.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name)
}

fn inputmode(kind: Kind) -> &'static str {
    match kind {
        Kind::Phone | Kind::Mobile => "tel",
        Kind::Email => "email",
        Kind::Text | Kind::Name | Kind::Date | Kind::Code | Kind::Signature | Kind::Note => "text",
    }
}

fn hint(spec: &FormSpec, field: &Field) -> String {
    let how = match field.kind {
        Kind::Text if field.id == spec.roles.unit => "写全称，与公章一致。输入名称或拼音，可从列表中选择。",
        Kind::Date => "例如 2023年7月10日、2023-07-10。也可以留空，打印后手写。",
        Kind::Phone => "分机号写在“转”字后。两个号码用顿号隔开。",
        Kind::Mobile => "11位手机号码。",
        Kind::Email => "注意区分字母和数字。",
        Kind::Code => "18位统一社会信用代码，或9位组织机构代码。",
        Kind::Text | Kind::Name | Kind::Note | Kind::Signature => "",
    };
    let private = if field.column.is_some() { "" } else { "不对外公布。" };
    let private = if matches!(field.kind, Kind::Date) || field.id == spec.roles.unit { "" } else { private };
    format!("{how}{private}")
}

/// Han characters a field's cell takes at the smallest size.
fn room(layout: &Layout, id: &str) -> usize {
    let cells = layout.rows.iter().flat_map(|row| &row.cells);
    let Some(cell) = cells.into_iter().find(|cell| cell.role.field() == Some(id)) else { return 0 };
    let size = SMALLEST * MM_PER_POINT;
    let per_line = ((cell.area.width - 2.0 * PADDING) / size).floor();
    let lines = (cell.area.height / (size * 1.25)).floor().max(1.0);
    ((per_line * lines) as usize).saturating_sub(cell.text.chars().count())
}

/// The boxes of a row: an inline value shares the box of the value above it.
fn ruled(row: &Row) -> Vec<Area> {
    let mut boxes: Vec<Area> = Vec::new();
    for cell in &row.cells {
        match (&cell.role, boxes.last_mut()) {
            (Role::Inline(_), Some(above)) => above.height = cell.area.bottom() - above.top,
            _ => boxes.push(cell.area),
        }
    }
    boxes
}

fn cell(cell: &Cell) -> FillCell {
    let role = match cell.role {
        Role::Label => "label",
        Role::GroupLabel => "group",
        Role::Value(_) | Role::Inline(_) => "value",
    };
    FillCell { area: cell.area, role, field: cell.role.field().map(str::to_owned), text: cell.text.clone() }
}

#[cfg(test)]
mod tests;
