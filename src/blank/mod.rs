//! The official table, laid out from a form's definition alone: the blank form and every print of it follow from here.
//!
//! [`layout`] says what stands where, in millimetres on A4; [`docx`](docx::docx) writes it as an editable document,
//! [`pdf`](pdf::pdf) as one to print, [`xlsx`](xlsx::xlsx) as a sheet to fill in.
//! [`official`](official::official) sets the notice that goes with the form.
//! [`mark`] is the place of the small QR code that says which form a blank sheet is.
//! A row holds one field: its label on the left, its value on the right. Rows of a group share the group's label
//! before them, and an `inline` field stands inside the value's cell, under the field before it.

mod breaking;
pub mod docx;
pub mod face;
pub mod official;
mod paper;
pub mod pdf;
mod plan;
pub mod qr;
pub mod text;
pub mod web;
pub mod xlsx;

use crate::form::{Field, FormSpec};
use plan::Plan;

/// A4, in mm.
pub const PAGE: Area = Area { left: 0.0, top: 0.0, width: 210.0, height: 297.0 };
/// What the official form takes of the page, title and foot line included; wide margins take the holes of a file.
const PRINTED: Area = Area { left: 20.0, top: 24.0, width: 170.0, height: 258.0 };
/// A line of the title at 22 pt.
const TITLE_LINE: f64 = 11.0;
/// Air between the title and the table.
const TITLE_GAP: f64 = 5.0;
/// The foot line with the air above it.
const FOOT: f64 = 8.0;
/// What a blank form's mark takes beside the title: its side and twice the quiet zone of its largest modules.
const MARK_ROOM: f64 = qr::MARK_SIDE * (1.0 + 2.0 * 4.0 / 37.0);
/// A group's label: four characters a line at 14 pt, as 政府采购 / 联络员 breaks.
const GROUP_WIDTH: f64 = 26.0;
/// A label beside its group's: four characters such as 办公电话 in one line.
const LABEL_WIDTH: f64 = 30.0;
/// A label in a form without groups.
const LONE_LABEL_WIDTH: f64 = 46.0;

/// The title's size in points (2号, GB/T 9704-2012).
pub const TITLE_SIZE: f64 = 22.0;

/// A rectangle on the page, in mm from the page's top left corner.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Area {
    /// From the page's left edge.
    pub left: f64,
    /// From the page's top edge.
    pub top: f64,
    /// To the right of `left`.
    pub width: f64,
    /// Below `top`.
    pub height: f64,
}

impl Area {
    /// The right edge.
    pub fn right(&self) -> f64 {
        self.left + self.width
    }

    /// The lower edge.
    pub fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

/// A form laid out on one page.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The printed title, centred in its area at [`TITLE_SIZE`].
    pub title: Line,
    /// The table's columns as the x of every edge, from the left edge of the table to its right edge.
    pub edges: Vec<f64>,
    /// The rows from top to bottom.
    pub rows: Vec<Row>,
    /// Size of labels and values in points.
    pub size: f64,
    /// Distance of lines in a cell in points.
    pub leading: f64,
    /// Name and version of the form, small, at the foot of the page.
    pub foot: Line,
}

/// A line of text outside the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Where it stands.
    pub area: Area,
    /// What it says.
    pub text: String,
}

/// A ruled row of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The row's upper edge.
    pub top: f64,
    /// The row's height.
    pub height: f64,
    /// The cells that begin in this row: a group's label, the label, the value and the inline values under it.
    pub cells: Vec<Cell>,
}

/// A cell of the table, or for an inline field the part of a cell that is its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Where it stands. A group's label spans its rows.
    pub area: Area,
    /// What it is for.
    pub role: Role,
    /// What is printed in it: the label; before an inline value, its own label; nothing before other values.
    pub text: String,
}

/// What a cell is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Role {
    /// The label of the row.
    Label,
    /// The label of a group, beside all its rows.
    GroupLabel,
    /// Room for the value of the field with this id, ruled on every side.
    Value(String),
    /// Room for the value of an inline field: no rule between it and the value above.
    Inline(String),
}

impl Role {
    /// The field whose value goes here.
    pub fn field(&self) -> Option<&str> {
        match self {
            Role::Value(id) | Role::Inline(id) => Some(id),
            Role::Label | Role::GroupLabel => None,
        }
    }
}

impl Layout {
    /// How many columns a cell covers.
    pub fn span(&self, cell: &Cell) -> usize {
        let inside = |x: &&f64| **x > cell.area.left + 0.01 && **x < cell.area.right() + 0.01;
        self.edges.iter().filter(inside).count()
    }

    /// The whole table.
    pub fn table(&self) -> Area {
        let (left, right) = (self.edges.first().copied(), self.edges.last().copied());
        let left = left.unwrap_or_default();
        let top = self.rows.first().map_or(self.title.area.bottom(), |row| row.top);
        let bottom = self.rows.last().map_or(top, |row| row.top + row.height);
        Area { left, top, width: right.unwrap_or(left) - left, height: bottom - top }
    }
}

/// The official form on its A4 page.
pub fn layout(spec: &FormSpec) -> Layout {
    layout_within(spec, PRINTED)
}

/// The same form in another part of the page, for a print that needs room for more than the form. Rows give way
/// down to what a line of writing needs.
pub fn layout_within(spec: &FormSpec, printed: Area) -> Layout {
    let (left, width) = (printed.left + MARK_ROOM, printed.width - 2.0 * MARK_ROOM);
    let title_lines = text::lines(&spec.title, width, TITLE_SIZE) as f64;
    let title = Area { left, width, height: title_lines * TITLE_LINE, ..printed };
    let table =
        Area { top: title.bottom() + TITLE_GAP, height: printed.height - title.height - TITLE_GAP - FOOT, ..printed };
    let foot = Area { top: printed.bottom() - FOOT / 2.0, height: FOOT / 2.0, ..printed };
    let edges = edges(spec, table);
    let (kind, plans) = plan::plan(spec, &edges, table.height);
    Layout {
        title: Line { area: title, text: spec.title.clone() },
        rows: rows(&plans, &edges, table.top),
        edges,
        size: kind.size,
        leading: kind.leading,
        foot: Line { area: foot, text: foot_text(spec) },
    }
}

/// Where a blank form's mark stands, without its quiet zone: at the top right, on the table, beside the title.
pub fn mark(layout: &Layout) -> Area {
    let (side, table) = (qr::MARK_SIDE, layout.table());
    let quiet = (MARK_ROOM - side) / 2.0;
    Area { left: table.right() - side, top: table.top - quiet - side, width: side, height: side }
}

/// Name, version and the letters by which its QR text begins, so that a stray sheet can be told; and what its code is.
fn foot_text(spec: &FormSpec) -> String {
    let (title, version, letters) = (&spec.title, spec.version, &spec.letters);
    format!("{title}　第{version}版（{letters}{version}）　右上角二维码只标明表格名称和版本，不含填写内容")
}

/// What the mark says, for those who cannot see it.
fn mark_text(spec: &FormSpec) -> String {
    format!("标明表格名称和版本的二维码：{}第{}版", spec.title, spec.version)
}

fn edges(spec: &FormSpec, table: Area) -> Vec<f64> {
    let grouped = spec.fields.iter().any(|field| group_of(spec, field).is_some());
    let labels = if grouped { vec![GROUP_WIDTH, GROUP_WIDTH + LABEL_WIDTH] } else { vec![LONE_LABEL_WIDTH] };
    let inner = labels.into_iter().map(|x| table.left + x);
    std::iter::once(table.left).chain(inner).chain([table.right()]).collect()
}

/// The label of the field's group.
fn group_of<'a>(spec: &'a FormSpec, field: &Field) -> Option<&'a str> {
    let group = field.group.as_deref().and_then(|id| spec.group(id))?;
    Some(&group.label)
}

fn rows(plans: &[Plan<'_>], edges: &[f64], top: f64) -> Vec<Row> {
    let mut top = top;
    let mut rows = Vec::with_capacity(plans.len());
    for (at, plan) in plans.iter().enumerate() {
        let mut cells = Vec::new();
        if plan.opens_group {
            let height = plan::run(&plans[at..]).iter().map(|plan| plan.height).sum();
            let area = Area { left: edges[0], top, width: edges[1] - edges[0], height };
            cells.push(Cell { area, role: Role::GroupLabel, text: plan.group.unwrap_or_default().to_owned() });
        }
        cells.extend(cells_of(plan, edges, top));
        rows.push(Row { top, height: plan.height, cells });
        top += plan.height;
    }
    rows
}

/// The label, the value and the inline values, one above the other.
fn cells_of(plan: &Plan<'_>, edges: &[f64], top: f64) -> Vec<Cell> {
    let [.., value_left, right] = *edges else { return Vec::new() };
    let left = if plan.group.is_some() { edges[1] } else { edges[0] };
    let area = Area { left, top, width: value_left - left, height: plan.height };
    let mut cells = vec![Cell { area, role: Role::Label, text: plan.field.label.clone() }];
    let share = plan.height / (plan.inline.len() + 1) as f64;
    let mut part = Area { left: value_left, top, width: right - value_left, height: share };
    cells.push(Cell { area: part, role: Role::Value(plan.field.id.clone()), text: String::new() });
    for field in &plan.inline {
        part.top += share;
        let text = format!("{}：", field.label);
        cells.push(Cell { area: part, role: Role::Inline(field.id.clone()), text });
    }
    cells
}

#[cfg(test)]
mod tests;
