//! Rows of cells on one grid: Word gives each row's cells their own edges.

use super::properties::Row;
use crate::sheet::grid::{Block, Raw, Slot, merged};

/// Edges closer than this (twips; a millimetre is 57) are one.
const SAME_EDGE: i32 = 30;

/// A table under way.
#[derive(Default)]
pub(super) struct Rows {
    rows: Vec<(Vec<Vec<Block>>, Row)>,
    cells: Vec<Vec<Block>>,
    lines: Vec<Block>,
}

impl Rows {
    /// A paragraph inside a cell.
    pub fn line(&mut self, text: String) {
        self.lines.push(Block::Text(text));
    }

    pub fn end_cell(&mut self) {
        self.cells.push(std::mem::take(&mut self.lines));
    }

    /// The row is over, and its cells' edges are known.
    pub fn end_row(&mut self, row: Row) {
        self.lines.clear();
        self.rows.push((std::mem::take(&mut self.cells), row));
    }

    /// The table that just ended, if there was one. A row without an end is what a torn file has.
    pub fn take(&mut self) -> Option<Block> {
        if !self.lines.is_empty() {
            self.end_cell();
        }
        if !self.cells.is_empty() {
            self.end_row(Row::default());
        }
        let rows = std::mem::take(&mut self.rows);
        let grid = grid(rows.iter().flat_map(|(_, row)| &row.edges));
        let rows: Vec<Vec<Raw>> = rows.into_iter().map(|(cells, row)| place(cells, &row, &grid)).collect();
        (!rows.is_empty()).then(|| Block::Table(merged(rows)))
    }
}

/// All edges of a table from left to right, those that are nearly the same as one.
fn grid<'a>(edges: impl Iterator<Item = &'a i32>) -> Vec<i32> {
    let mut edges: Vec<i32> = edges.copied().collect();
    edges.sort_unstable();
    edges.dedup_by(|next, kept| *next - *kept < SAME_EDGE);
    edges
}

fn column(grid: &[i32], edge: i32) -> usize {
    grid.partition_point(|known| *known <= edge).saturating_sub(1)
}

/// The cells of a row with the columns they span. Without edges each has one.
fn place(cells: Vec<Vec<Block>>, row: &Row, grid: &[i32]) -> Vec<Raw> {
    let mut placed: Vec<Raw> = Vec::new();
    let start = row.edges.first().map_or(0, |edge| column(grid, *edge));
    if start > 0 {
        placed.push(Raw::gap(start));
    }
    for (number, blocks) in cells.into_iter().enumerate() {
        let columns = match row.edges.get(number..number + 2) {
            Some([left, right]) => column(grid, *right).saturating_sub(column(grid, *left)).max(1),
            _ => 1,
        };
        let (from_left, continues) = row.merged.get(number).copied().unwrap_or_default();
        match placed.last_mut().filter(|cell| from_left && !cell.slot.gap) {
            Some(left) => left.slot.columns += columns,
            None => placed.push(Raw { slot: Slot { blocks, columns, rows: 1, gap: false }, continues }),
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(edges: &[i32], merged: &[(bool, bool)]) -> Row {
        Row { edges: edges.to_vec(), merged: merged.to_vec() }
    }

    fn table(rows: &[(&[&str], Row)]) -> Vec<Vec<(usize, usize)>> {
        let mut under_way = Rows::default();
        for (cells, row) in rows {
            for cell in *cells {
                under_way.line((*cell).to_owned());
                under_way.end_cell();
            }
            under_way.end_row(row.clone());
        }
        let Some(Block::Table(rows)) = under_way.take() else { panic!() };
        rows.iter().map(|row| row.iter().map(|slot| (slot.columns, slot.rows)).collect()).collect()
    }

    #[test]
    fn cells_span_the_columns_of_other_rows() {
        let rows =
            [(&["a", "b"][..], row(&[0, 1000, 3000], &[])), (&["c", "d", "e"], row(&[5, 1000, 2000, 3010], &[]))];
        assert_eq!(table(&rows), [vec![(1, 1), (2, 1)], vec![(1, 1); 3]]);
    }

    #[test]
    fn merged_cells_are_one() {
        let down = [(false, true), (false, false)];
        let rows = [(&["a", "b"][..], row(&[0, 1000, 2000], &[])), (&["", "c"], row(&[0, 1000, 2000], &down))];
        assert_eq!(table(&rows), [vec![(1, 2), (1, 1)], vec![(1, 1)]]);
        let right = [(false, false), (true, false)];
        assert_eq!(table(&[(&["a", ""][..], row(&[0, 1000, 2000], &right))]), [vec![(2, 1)]]);
    }

    #[test]
    fn rows_that_begin_late_and_rows_without_edges() {
        let rows = [(&["a", "b"][..], row(&[0, 1000, 2000], &[])), (&["c"], row(&[1000, 2000], &[]))];
        assert_eq!(table(&rows)[1].len(), 2);
        assert_eq!(table(&[(&["a", "b"][..], Row::default())]), [vec![(1, 1), (1, 1)]]);
    }
}
