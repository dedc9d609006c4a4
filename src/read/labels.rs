//! Which cells are labels, and which field each one means where two fields share a word.

use std::collections::BTreeSet;

use crate::form::FormSpec;
use crate::sheet::{Cell, Rect};

use super::place::{Places, SLACK};
use super::vocabulary::{Meaning, Vocabulary, name_field};

/// A cell that is the label of a field.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// Index of the cell.
    pub cell: usize,
    /// The field's id.
    pub field: String,
    /// Whether its values stand below it, one officer a row, rather than beside it.
    pub heads_column: bool,
    /// Whether the word alone could mean other fields too: 电话 in a signature block means nobody of the form.
    pub ambiguous: bool,
}

/// How many labels side by side make a heading row rather than pairs of label and value.
const HEADING_ROW: usize = 3;

impl Rect {
    /// Whether two rectangles share rows: the middle of the lower one lies in the other.
    pub fn beside(&self, other: &Rect) -> bool {
        let (a, b) = if self.bottom - self.top < other.bottom - other.top { (self, other) } else { (other, self) };
        let middle = (a.top + a.bottom) / 2.0;
        b.top <= middle && middle < b.bottom
    }

    /// Whether two rectangles share columns: the middle of the narrower one lies in the other.
    pub fn in_column(&self, other: &Rect) -> bool {
        let (a, b) = if self.right - self.left < other.right - other.left { (self, other) } else { (other, self) };
        let middle = (a.left + a.right) / 2.0;
        b.left <= middle && middle < b.right
    }
}

/// Finds all labels in reading order.
pub fn find(places: &Places<'_>, spec: &FormSpec, vocabulary: &Vocabulary) -> Vec<Label> {
    let meanings: Vec<&[Meaning]> = places.cells.iter().map(|cell| vocabulary.meanings(&cell.text)).collect();
    let groups = group_cells(places, &meanings);
    let mut labels: Vec<Label> = Vec::new();
    let mut seen = vec![false; spec.fields.len()];
    let mut current: Option<usize> = None;
    for (cell, possible) in meanings.iter().enumerate().filter(|(_, possible)| !possible.is_empty()) {
        if let Ok(at) = groups.binary_search_by_key(&cell, |heading| heading.cell) {
            current = Some(groups[at].group);
            continue;
        }
        let known = covering(places.cells, cell, &groups);
        let group = known.or_else(|| current.filter(|_| !under_unread(places, cell, &meanings)));
        if let Some(index) = choose(possible, spec, group, &seen) {
            let field = &spec.fields[index];
            seen[index] = true;
            current = field.group.as_ref().and_then(|id| spec.groups.iter().position(|g| &g.id == id));
            let heads_column = heads_column(places, cell, &meanings);
            let ambiguous = possible.len() > 1;
            labels.push(Label { cell, field: field.id.clone(), heads_column, ambiguous });
        }
    }
    labels
}

/// Headings of groups: cells that may mean a group and have at least two labels beside or below them, or nothing
/// beside them at all. A lone 分管领导 over one column means that person's name instead.
fn group_cells(places: &Places<'_>, meanings: &[&[Meaning]]) -> Vec<Heading> {
    let group = |m: &Meaning| match m {
        Meaning::Group(index) => Some(*index),
        Meaning::Field { .. } => None,
    };
    let heading = |(cell, possible): (usize, &&[Meaning])| {
        let index = possible.iter().find_map(group)?;
        is_heading(places, cell, meanings).then(|| Heading { cell, group: index, at: reach(places, cell) })
    };
    meanings.iter().enumerate().filter_map(heading).collect()
}

/// The heading of a group of fields.
#[derive(Debug, Clone, Copy)]
struct Heading {
    cell: usize,
    group: usize,
    /// What it stands over.
    at: Rect,
}

/// A heading that was not merged reaches over the empty cells beside it.
fn reach(places: &Places<'_>, cell: usize) -> Rect {
    let mut at = places.cells[cell].at;
    let mut last = cell;
    while let Some(next) = places.right_of(last).filter(|i| places.cells[*i].text.trim().is_empty()) {
        let empty = places.cells[next].at;
        if empty.top != at.top || empty.bottom != at.bottom {
            break;
        }
        at.right = empty.right;
        last = next;
    }
    at
}

fn is_heading(places: &Places<'_>, cell: usize, meanings: &[&[Meaning]]) -> bool {
    let cells = places.cells;
    let at = cells[cell].at;
    let labelled = |i: usize| meanings[i].iter().any(|m| matches!(m, Meaning::Field { .. }));
    let spans = |other: &Rect| {
        let right = other.left >= at.right - SLACK && at.top <= other.top + SLACK && other.bottom <= at.bottom + SLACK;
        let under = other.top >= at.bottom - SLACK && at.left <= other.left + SLACK && other.right <= at.right + SLACK;
        (right && at.bottom - at.top > other.bottom - other.top)
            || (under && at.right - at.left > other.right - other.left)
    };
    let near = places.in_rows(at, true).chain(places.under(at));
    let spanned: BTreeSet<usize> =
        near.filter(|i| *i != cell && labelled(*i) && spans(&cells[*i].at)).take(LABELS_ENOUGH).collect();
    let right = places.right_of(cell);
    let alone = right.is_none_or(|i| cells[i].text.trim().is_empty()) && places.below(cell).is_some_and(labelled);
    let starts_row = right.is_some_and(|i| labelled(i) && !heads_column(places, i, meanings));
    spanned.len() >= 2 || alone || starts_row
}

/// Labels that are looked at under one heading; each may be met several times.
const LABELS_ENOUGH: usize = 64;

/// Whether a label stands in a heading row: a run of labels side by side.
fn heads_column(places: &Places<'_>, cell: usize, meanings: &[&[Meaning]]) -> bool {
    let at = places.cells[cell].at;
    let labelled = |i: usize| !meanings[i].is_empty();
    let in_row = |i: usize| places.cells[i].at.beside(&at);
    let pair = |i: &usize| {
        labelled(*i) && in_row(*i) && places.right_of(*i).is_some_and(|right| labelled(right) && in_row(right))
    };
    let mut run = BTreeSet::new();
    places.in_rows(at, false).filter(pair).any(|i| {
        run.insert(i);
        run.len() + 1 >= HEADING_ROW
    })
}

/// The field a label means: the one of the group it stands in, then the printed spelling, then the first not yet seen.
fn choose(possible: &[Meaning], spec: &FormSpec, group: Option<usize>, seen: &[bool]) -> Option<usize> {
    let candidates = candidates(possible, spec);
    let in_group = |index: usize| {
        let own = spec.fields[index].group.as_deref();
        group.is_some_and(|g| own == Some(spec.groups[g].id.as_str()))
    };
    let rank = |(index, printed): &(usize, bool)| (in_group(*index), *printed, !seen[*index]);
    let best = candidates.iter().map(rank).max()?;
    candidates.iter().find(|c| rank(c) == best).map(|(index, _)| *index)
}

/// The fields a cell may mean; a group's heading that heads nothing stands for that person's name.
fn candidates(possible: &[Meaning], spec: &FormSpec) -> Vec<(usize, bool)> {
    let field = |m: &Meaning| match m {
        Meaning::Field { index, printed } => Some((*index, *printed)),
        Meaning::Group(group) => name_field(spec, *group).map(|index| (index, true)),
    };
    possible.iter().filter_map(field).collect()
}

/// Whether a cell at the left edge that is no label spans the rows of a label and more: a heading that could not be read.
/// What it covers is not of the group before.
fn under_unread(places: &Places<'_>, cell: usize, meanings: &[&[Meaning]]) -> bool {
    let (cells, at) = (places.cells, places.cells[cell].at);
    let height = |at: &Rect| at.bottom - at.top;
    let heads = |i: &usize| {
        let other = &cells[*i].at;
        let left = other.right <= at.left + SLACK && other.top <= at.top + SLACK && at.bottom <= other.bottom + SLACK;
        left && height(other) > 1.5 * height(&at) && meanings[*i].is_empty() && places.left_of(*i).is_none()
    };
    places.in_rows(at, false).take(LABELS_ENOUGH).any(|i| heads(&i))
}

/// The group whose heading covers a cell from the left or from above; of several the nearest.
fn covering(cells: &[Cell], cell: usize, groups: &[Heading]) -> Option<usize> {
    let at = cells[cell].at;
    let covers = |heading: &Rect| {
        let left = heading.right <= at.left + SLACK
            && heading.beside(&at)
            && heading.bottom - heading.top > at.bottom - at.top;
        let above = heading.bottom <= at.top + SLACK
            && heading.in_column(&at)
            && heading.right - heading.left > at.right - at.left;
        left || above
    };
    // A heading stands before what it covers; more of them between the two than this is no form.
    let before = groups.partition_point(|heading| heading.cell < cell);
    let near = groups[..before].iter().rev().take(LABELS_ENOUGH);
    near.copied().find(|heading| covers(&heading.at)).map(|heading| heading.group)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The shipped form definition.
    pub fn registration() -> FormSpec {
        let path = "content/forms/registration.yaml";
        crate::form::parse::parse(path, include_str!("../../content/forms/registration.yaml")).unwrap()
    }

    /// A grid from rows of texts; `^` continues the cell above, `<` the cell to the left.
    pub fn grid(rows: &[&[&str]]) -> Vec<Cell> {
        let mut cells: Vec<Cell> = Vec::new();
        for (y, row) in rows.iter().enumerate() {
            for (x, text) in row.iter().enumerate() {
                let (x, y) = (x as f32, y as f32);
                match *text {
                    "^" => cells
                        .iter_mut()
                        .filter(|c| c.at.left <= x && x < c.at.right && c.at.bottom == y)
                        .for_each(|c| c.at.bottom += 1.0),
                    "<" => {
                        cells.iter_mut().filter(|c| c.at.right == x && c.at.top == y).for_each(|c| c.at.right += 1.0)
                    }
                    text => cells.push(Cell {
                        text: text.to_owned(),
                        at: Rect { left: x, top: y, right: x + 1.0, bottom: y + 1.0 },
                        confidence: 1.0,
                    }),
                }
            }
        }
        cells
    }

    fn found(rows: &[&[&str]]) -> Vec<(String, bool)> {
        let spec = registration();
        find(&Places::new(&grid(rows)), &spec, &Vocabulary::new(&spec))
            .into_iter()
            .map(|l| (l.field, l.heads_column))
            .collect()
    }

    fn ids(rows: &[&[&str]]) -> Vec<String> {
        found(rows).into_iter().map(|(id, _)| id).collect()
    }

    #[test]
    fn the_group_beside_the_rows_decides() {
        let rows: &[&[&str]] = &[
            &["政府采购联络员", "姓名", ""],
            &["^", "职务", ""],
            &["政府采购分管领导", "姓名", ""],
            &["^", "职务", ""],
            &["^", "电话", ""],
        ];
        assert_eq!(ids(rows), ["officer_name", "officer_post", "leader_name", "leader_post", "leader_phone"]);
    }

    #[test]
    fn a_heading_that_could_not_be_read_is_another_group() {
        let rows: &[&[&str]] = &[
            &["政府采购联络员", "姓名", "", "职务", ""],
            &["^", "办公电话", "", "手机", ""],
            &["政府烫营领", "姓名", "", "职务", ""],
            &["^", "电话", "", "", ""],
        ];
        let expected = ["officer_name", "officer_post", "officer_phone", "officer_mobile"];
        let leader = ["leader_name", "leader_post", "leader_phone"];
        assert_eq!(ids(rows), [&expected[..], &leader[..]].concat());
    }

    #[test]
    fn the_group_above_the_columns_decides() {
        let rows: &[&[&str]] = &[
            &["单位名称", "联络员", "<", "分管领导", "<"],
            &["^", "姓名", "电话", "姓名", "电话"],
            &["甲局", "示例甲", "8731721", "示例乙", "8731722"],
        ];
        let all = found(rows);
        let expected = ["unit_name", "officer_name", "officer_phone", "leader_name", "leader_phone"];
        assert_eq!(all.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), expected);
        assert!(all.iter().all(|(_, heads)| *heads), "{all:?}");
    }

    #[test]
    fn a_heading_that_was_not_merged_reaches_over_empty_cells() {
        let rows: &[&[&str]] = &[
            &["单位名称", "单位地址", "联络员", "", "分管领导", ""],
            &["", "", "姓名", "电话", "姓名", "电话"],
            &["甲局", "某路", "示例甲", "8731721", "示例乙", "8731722"],
        ];
        let expected = ["unit_name", "unit_address", "officer_name", "officer_phone", "leader_name", "leader_phone"];
        assert_eq!(ids(rows), expected);
    }

    #[test]
    fn a_lone_group_heading_over_a_column_means_the_name() {
        let rows: &[&[&str]] =
            &[&["单位名称", "联络员", "手机", "分管领导", "分管领导电话"], &["甲局", "示例甲", "", "示例乙", ""]];
        assert_eq!(ids(rows), ["unit_name", "officer_name", "officer_mobile", "leader_name", "leader_phone"]);
    }

    #[test]
    fn lines_under_a_heading_belong_to_it() {
        let rows: &[&[&str]] = &[
            &["联络员", ""],
            &["姓名", "示例甲"],
            &["电话", "8731721"],
            &["分管领导", ""],
            &["姓名", "示例乙"],
            &["电话", "8731722"],
        ];
        assert_eq!(ids(rows), ["officer_name", "officer_phone", "leader_name", "leader_phone"]);
    }

    #[test]
    fn without_any_group_order_decides() {
        let rows: &[&[&str]] = &[
            &["单位名称", "甲局"],
            &["联络员姓名", "示例甲"],
            &["电话", "8731721"],
            &["分管领导姓名", "示例乙"],
            &["电话", "8731722"],
        ];
        assert_eq!(ids(rows), ["unit_name", "officer_name", "officer_phone", "leader_name", "leader_phone"]);
    }

    #[test]
    fn pairs_side_by_side_are_no_heading_row() {
        let rows: &[&[&str]] = &[&["姓名", "示例甲", "职务", "科长", "手机", "19400000001"]];
        assert!(found(rows).iter().all(|(_, heads)| !heads));
    }
}
