//! Which cells stand where: neighbours found by row and column, so that a register of ten thousand rows, or a hostile sheet
//! of nothing but labels, is read in one pass rather than one for each cell.

use std::collections::HashMap;

use crate::sheet::{Cell, Rect};

/// Rows or columns a cell may span before it is kept apart.
const LONG: usize = 16;
/// Cells kept apart that are looked at: a form has two or three.
const MOST_LONG: usize = 256;
/// Neighbouring cells may overlap by this much, in the sheet's unit; grids have whole numbers.
pub const SLACK: f32 = 0.01;

/// The cells of a sheet, found by their place.
#[derive(Debug)]
pub struct Places<'c> {
    /// All cells, in reading order.
    pub cells: &'c [Cell],
    rows: Lanes,
    columns: Lanes,
    by_top: Vec<usize>,
}

/// Cells by the rows (or columns) they stand in, each lane in order of its other coordinate.
#[derive(Debug, Default)]
struct Lanes {
    lanes: HashMap<usize, Vec<usize>>,
    long: Vec<usize>,
}

impl Lanes {
    fn add(&mut self, cell: usize, from: f32, to: f32) {
        let (first, last) = span(from, to);
        if last - first < LONG {
            (first..=last).for_each(|lane| self.lanes.entry(lane).or_default().push(cell));
        } else if self.long.len() < MOST_LONG {
            self.long.push(cell);
        }
    }

    fn sort(&mut self, key: impl Fn(usize) -> (f32, f32)) {
        let compare = |a: &usize, b: &usize| key(*a).partial_cmp(&key(*b)).unwrap_or(std::cmp::Ordering::Equal);
        self.lanes.values_mut().for_each(|lane| lane.sort_by(compare));
    }

    /// The cells that may touch a range, each lane from its first cell for which `before` does not hold.
    fn touching(&self, from: f32, to: f32, before: impl Fn(usize) -> bool) -> impl Iterator<Item = &[usize]> {
        let (first, last) = span(from, to);
        // A cell that spans the whole sheet looks at its first rows only.
        let lanes = (first..=last.min(first + LONG * 4)).filter_map(|lane| self.lanes.get(&lane));
        lanes.map(move |lane| &lane[lane.partition_point(|cell| before(*cell))..]).chain([self.long.as_slice()])
    }
}

/// The whole rows or columns that a range touches.
fn span(from: f32, to: f32) -> (usize, usize) {
    let first = (from + SLACK).max(0.0) as usize;
    (first, ((to - SLACK).max(0.0) as usize).max(first))
}

impl<'c> Places<'c> {
    /// Sorts the cells in.
    pub fn new(cells: &'c [Cell]) -> Places<'c> {
        let (mut rows, mut columns) = (Lanes::default(), Lanes::default());
        for (index, cell) in cells.iter().enumerate() {
            rows.add(index, cell.at.top, cell.at.bottom);
            columns.add(index, cell.at.left, cell.at.right);
        }
        rows.sort(|i| (cells[i].at.left, cells[i].at.top));
        columns.sort(|i| (cells[i].at.top, cells[i].at.left));
        let mut by_top: Vec<usize> = (0..cells.len()).collect();
        by_top.sort_by(|a, b| cells[*a].at.top.total_cmp(&cells[*b].at.top));
        Places { cells, rows, columns, by_top }
    }

    /// The nearest cell to the right that shares rows with a cell.
    pub fn right_of(&self, cell: usize) -> Option<usize> {
        let at = self.cells[cell].at;
        let left = |i: usize| self.cells[i].at.left;
        let fits = |i: &usize| left(*i) >= at.right - SLACK && self.cells[*i].at.beside(&at);
        let lanes = self.rows.touching(at.top, at.bottom, move |i| left(i) < at.right - SLACK);
        let key = |i: &usize| (left(*i), self.cells[*i].at.top);
        nearest(
            lanes.filter_map(|lane| lane.iter().copied().find(fits)).chain(self.rows.long.iter().copied().filter(fits)),
            key,
        )
    }

    /// The nearest cell to the left that shares rows with a cell.
    pub fn left_of(&self, cell: usize) -> Option<usize> {
        let at = self.cells[cell].at;
        let fits = |i: &usize| self.cells[*i].at.right <= at.left + SLACK && self.cells[*i].at.beside(&at);
        self.in_rows(at, false).filter(fits).max_by(|a, b| self.cells[*a].at.left.total_cmp(&self.cells[*b].at.left))
    }

    /// The nearest cell below that shares columns with a cell.
    pub fn below(&self, cell: usize) -> Option<usize> {
        let at = self.cells[cell].at;
        let top = |i: usize| self.cells[i].at.top;
        let fits = |i: &usize| top(*i) >= at.bottom - SLACK && self.cells[*i].at.in_column(&at);
        let lanes = self.columns.touching(at.left, at.right, move |i| top(i) < at.bottom - SLACK);
        let key = |i: &usize| (top(*i), self.cells[*i].at.left);
        nearest(
            lanes
                .filter_map(|lane| lane.iter().copied().find(fits))
                .chain(self.columns.long.iter().copied().filter(fits)),
            key,
        )
    }

    /// The cells that may share rows with a rectangle, from its right edge on where `beyond` is set; some come twice.
    pub fn in_rows(&self, at: Rect, beyond: bool) -> impl Iterator<Item = usize> {
        let before = move |i: usize| beyond && self.cells[i].at.left < at.right - SLACK;
        self.rows.touching(at.top, at.bottom, before).flatten().copied()
    }

    /// The cells below a rectangle that may share columns with it, the next ones only; some come twice.
    pub fn under(&self, at: Rect) -> impl Iterator<Item = usize> {
        let before = move |i: usize| self.cells[i].at.top < at.bottom - SLACK;
        self.columns.touching(at.left, at.right, before).flat_map(|lane| lane.iter().take(LONG)).copied()
    }

    /// The cells whose top lies between two heights, from top to bottom.
    pub fn between(&self, from: f32, to: f32) -> &[usize] {
        let first = self.by_top.partition_point(|i| self.cells[*i].at.top < from);
        let last = self.by_top.partition_point(|i| self.cells[*i].at.top < to);
        &self.by_top[first..last.max(first)]
    }
}

fn nearest(found: impl Iterator<Item = usize>, key: impl Fn(&usize) -> (f32, f32)) -> Option<usize> {
    found.min_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::labels::tests::grid;

    #[test]
    fn neighbours_share_rows_and_columns() {
        let cells = grid(&[&["组", "姓名", "甲"], &["^", "职务", "乙"], &["备注", "<", "<"]]);
        let places = Places::new(&cells);
        let text = |i: Option<usize>| i.map_or("", |i| cells[i].text.as_str());
        assert_eq!(text(places.right_of(0)), "姓名");
        assert_eq!(text(places.right_of(1)), "甲");
        assert_eq!(text(places.right_of(2)), "");
        assert_eq!(text(places.below(1)), "职务");
        assert_eq!(text(places.below(4)), "备注");
        assert_eq!(places.between(1.0, 2.0).len(), 2);
    }

    #[test]
    fn a_cell_over_the_whole_sheet_is_found_too() {
        let row: &[&str] = &["单位", "x"];
        let mut cells = grid(&[row; 40]);
        cells.push(Cell {
            text: "长".into(),
            at: Rect { left: 2.0, top: 0.0, right: 3.0, bottom: 40.0 },
            confidence: 1.0,
        });
        let places = Places::new(&cells);
        let last = cells.len() - 1;
        assert_eq!(places.right_of(0), Some(1));
        assert_eq!(places.right_of(41), Some(last));
    }
}
