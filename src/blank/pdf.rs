//! Writes the form as PDF, blank or filled in: tagged, PDF/UA-1, its text real and selectable.
//!
//! The table is a table to those who hear it read out: every value's cell names its label and its group's. What does
//! not fit its cell is set smaller, down to [`SMALLEST`]; beyond that it is an error, for nothing may be cut off.

mod fit;

use std::num::{NonZeroU16, NonZeroU32};

use krilla::tagging::{ArtifactType, TableHeaderScope, Tag, TagId};

use super::face::{Face, Faces, Fonts, Hand};
use super::paper::{Code, Element, Ink, Paper, Rule, Text, points, unprintable};
use super::text::{DESCRIPTION, MM_PER_POINT, PADDING, printed};
use super::{Area, Cell, Layout, Role, Row, TITLE_LINE, TITLE_SIZE, layout, mark, qr};
use crate::form::{FormSpec, Kind, Values};
pub use fit::SMALLEST;
use fit::{Set, centred};

/// The foot line's size in points (小五).
const FOOT_SIZE: f64 = 9.0;
/// The table's outer and inner rules in points: bold enough to be found again on a scan.
const OUTER_RULE: f64 = 1.5;
const INNER_RULE: f64 = 0.75;

/// The form as PDF. Values of unknown fields are left out; without values it is the blank form. Errors are sentences
/// that name the field whose value cannot be printed.
pub fn pdf(spec: &FormSpec, values: &Values, fonts: &Fonts) -> Result<Vec<u8>, String> {
    let faces = Faces::open(fonts)?;
    let layout = layout(spec);
    let mut writer = Writer { spec, values, layout: &layout, faces: &faces, paper: Paper::new(&faces) };
    let tags = writer.tags()?;
    writer.paper.finish(&spec.title, tags, &[(spec.title.clone(), 0)])
}

struct Writer<'a> {
    spec: &'a FormSpec,
    values: &'a Values,
    layout: &'a Layout,
    faces: &'a Faces<'a>,
    paper: Paper<'a>,
}

impl Writer<'_> {
    fn tags(&mut self) -> Result<Vec<Element>, String> {
        self.paper.new_page();
        let title = self.title()?;
        self.mark()?;
        self.rules();
        let rows: Result<Vec<Element>, String> = self.layout.rows.iter().map(|row| self.row(row)).collect();
        self.foot()?;
        let body = Element::group(Tag::TBody, rows?);
        let table = Tag::Table.with_summary(Some(DESCRIPTION.to_owned()));
        Ok(vec![title, Element::group(table, vec![body])])
    }

    fn title(&mut self) -> Result<Element, String> {
        let line = &self.layout.title;
        check(self.faces.of(Hand::Body), &line.text)?;
        let set = Set::new(
            self.faces.of(Hand::Body),
            std::slice::from_ref(&line.text),
            line.area.width,
            TITLE_SIZE,
            TITLE_LINE / MM_PER_POINT,
        );
        let lines = self.place(&set, line.area, Hand::Body, true, false);
        Ok(Element::group(Tag::Hn(NonZeroU16::MIN, Some(line.text.clone())), lines))
    }

    fn foot(&mut self) -> Result<(), String> {
        let line = &self.layout.foot;
        let face = self.faces.of(Hand::Body);
        check(face, &line.text)?;
        let chars: Vec<char> = line.text.chars().collect();
        let text = centred(face, &chars, line.area, FOOT_SIZE);
        self.paper.artifact(ArtifactType::Footer, text);
        Ok(())
    }

    /// The form's mark beside the title.
    fn mark(&mut self) -> Result<(), String> {
        let symbol = qr::mark(self.spec).map_err(|fault| fault.message)?;
        let place = mark(self.layout);
        let module = points(place.width) / f64::from(symbol.size.modules);
        self.paper.code(Code { symbol, at: (points(place.left), points(place.top)), module });
        Ok(())
    }

    /// The rules around every cell, and the bold ones around the table.
    fn rules(&mut self) {
        for row in &self.layout.rows {
            for (at, cell) in row.cells.iter().enumerate() {
                match cell.role {
                    Role::Inline(_) => {}
                    Role::Label | Role::GroupLabel => self.frame(cell.area, INNER_RULE),
                    // The inline values under it are in the same cell.
                    Role::Value(_) => {
                        let height = row.cells[at..].iter().map(|cell| cell.area.height).sum();
                        self.frame(Area { height, ..cell.area }, INNER_RULE);
                    }
                }
            }
        }
        self.frame(self.layout.table(), OUTER_RULE);
    }

    fn frame(&mut self, area: Area, width: f64) {
        let [left, top, right, bottom] = [area.left, area.top, area.right(), area.bottom()].map(points);
        // Ends reach over, so that corners are closed.
        let over = width / 2.0;
        for y in [top, bottom] {
            self.paper.rule(Rule { from: (left - over, y), to: (right + over, y), width, ink: Ink::Black });
        }
        for x in [left, right] {
            self.paper.rule(Rule { from: (x, top - over), to: (x, bottom + over), width, ink: Ink::Black });
        }
    }

    fn row(&mut self, row: &Row) -> Result<Element, String> {
        let mut cells = Vec::new();
        for (at, cell) in row.cells.iter().enumerate() {
            match &cell.role {
                Role::Inline(_) => {}
                Role::GroupLabel | Role::Label => cells.push(self.label(cell, row)?),
                Role::Value(id) => {
                    let parts: Result<Vec<Element>, String> =
                        row.cells[at..].iter().map(|part| self.value(part)).collect();
                    let tag = Tag::TD.with_headers(Some(self.headers(id)));
                    cells.push(Element::group(tag, parts?));
                }
            }
        }
        Ok(Element::group(Tag::TR, cells))
    }

    /// The ids of the cells that head a value's: its group's and its own label's.
    fn headers(&self, field: &str) -> Vec<TagId> {
        let group = self.spec.field(field).and_then(|field| field.group.as_deref());
        let beside = group.filter(|id| self.spec.group(id).is_some()).map(|id| tag_id("group", id));
        beside.into_iter().chain([tag_id("field", field)]).collect()
    }

    fn label(&mut self, cell: &Cell, row: &Row) -> Result<Element, String> {
        let face = self.faces.of(Hand::Heading);
        check(face, &cell.text)?;
        let set = Set::fitted(face, std::slice::from_ref(&cell.text), cell.area, self.layout);
        let set = set.ok_or_else(|| format!("“{}”太长，栏目中印不下", cell.text))?;
        let lines = self.place(&set, cell.area, Hand::Heading, false, false);
        let field = row.cells.iter().find_map(|cell| cell.role.field()).unwrap_or_default();
        let down =
            self.layout.rows.iter().filter(|row| cell.area.top < row.top + 0.01 && row.top < cell.area.bottom() - 0.01);
        let id = match cell.role {
            Role::GroupLabel => self.headers(field).into_iter().next(),
            Role::Label | Role::Value(_) | Role::Inline(_) => Some(tag_id("field", field)),
        };
        let tag = Tag::TH(TableHeaderScope::Row)
            .with_id(id)
            .with_row_span(many(down.count()))
            .with_col_span(many(self.layout.span(cell)));
        Ok(Element::group(tag, lines))
    }

    fn value(&mut self, cell: &Cell) -> Result<Element, String> {
        let Some(field) = cell.role.field().and_then(|id| self.spec.field(id)) else {
            return Err("a cell without a field".to_owned());
        };
        let value = self.values.get(&field.id).map_or("", String::as_str);
        let mut lines = printed(field.kind, value);
        if let Some(first) = lines.first_mut() {
            first.insert_str(0, &cell.text);
        }
        let name = self.spec.full_label(field);
        for line in &lines {
            check(self.faces.of(Hand::Body), line).map_err(|e| format!("“{name}”：{e}"))?;
        }
        let set = Set::fitted(self.faces.of(Hand::Body), &lines, cell.area, self.layout);
        let set = set.ok_or_else(|| format!("“{name}”太长，缩小到{SMALLEST}磅仍印不下，请缩短"))?;
        let lines = self.place(&set, cell.area, Hand::Body, false, field.kind == Kind::Note && !value.is_empty());
        Ok(Element::group(Tag::P, lines))
    }

    /// Draws lines in the middle of their cell.
    fn place(&mut self, set: &Set, area: Area, hand: Hand, heavy: bool, left: bool) -> Vec<Element> {
        let face = self.faces.of(hand);
        let top = points(area.top + area.height / 2.0) - set.leading * set.lines.len() as f64 / 2.0;
        let mut placed = Vec::new();
        for (at, line) in set.lines.iter().enumerate() {
            let mut text = centred(face, line, area, set.size);
            text.middle = top + set.leading * (at as f64 + 0.5);
            if left {
                text.x = points(area.left + PADDING);
            }
            placed.push(self.paper.text(Text { hand, heavy, ..text }));
        }
        placed
    }
}

fn check(face: &Face<'_>, text: &str) -> Result<(), String> {
    face.lacks(text).map_or(Ok(()), |c| Err(unprintable(c)))
}

fn tag_id(kind: &str, id: &str) -> TagId {
    TagId::from(format!("{kind}-{id}").into_bytes())
}

/// A span is only written when it is one.
fn many(count: usize) -> Option<NonZeroU32> {
    u32::try_from(count).ok().and_then(NonZeroU32::new).filter(|count| count.get() > 1)
}

#[cfg(test)]
mod tests;
