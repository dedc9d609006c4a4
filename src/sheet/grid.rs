//! Blocks of a document stacked into one grid: a row of text or of a table is one unit high, a column one unit wide.

use std::collections::BTreeMap;

use super::{Cell, Rect, lines};

/// Cells of one sheet: a register of a whole county has ten thousand.
pub(super) const MOST_CELLS: usize = 60_000;
/// Columns a cell may span. HTML's own limit is 1,000.
const WIDEST: usize = 1_000;

/// A piece of a document, from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// A table.
    Table(Vec<Vec<Slot>>),
}

/// A cell of a table before it has a place.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Slot {
    pub blocks: Vec<Block>,
    pub columns: usize,
    pub rows: usize,
    /// Nothing stands here; only room is taken.
    pub gap: bool,
}

impl Slot {
    fn has_table(&self) -> bool {
        self.blocks.iter().any(|block| matches!(block, Block::Table(_)))
    }

    /// The paragraphs as lines.
    fn text(&self) -> String {
        let lines = self.blocks.iter().map(|block| match block {
            Block::Text(text) => text.trim(),
            Block::Table(_) => "",
        });
        let joined = lines.collect::<Vec<_>>().join("\n");
        joined.trim_matches('\n').to_owned()
    }
}

/// A table cell and whether it goes on from the row above.
#[derive(Clone, Default)]
pub(super) struct Raw {
    pub slot: Slot,
    pub continues: bool,
}

impl Raw {
    /// Room at the start of a row; no room at all is none to take.
    pub fn gap(columns: usize) -> Raw {
        Raw { slot: Slot { columns, rows: 1, gap: true, ..Slot::default() }, continues: columns == 0 }
    }
}

/// Cells that go on from the row above are taken out; the cell above them covers their rows.
pub(super) fn merged(rows: Vec<Vec<Raw>>) -> Vec<Vec<Slot>> {
    let mut out: Vec<Vec<Slot>> = Vec::new();
    // Column to the cell (row, place in the row) that may go on there.
    let mut above: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for (number, row) in rows.into_iter().enumerate() {
        let (mut kept, mut column) = (Vec::new(), 0usize);
        for Raw { mut slot, continues } in row {
            let start = column;
            column = start.saturating_add(slot.columns);
            match above.get(&start).filter(|_| continues) {
                Some((owner, place)) => out[*owner][*place].rows += 1,
                None if slot.gap && continues => (),
                None => {
                    above.insert(start, (number, kept.len()));
                    slot.rows = 1;
                    kept.push(slot);
                }
            }
        }
        out.push(kept);
    }
    out
}

/// All cells of a document.
pub(super) fn stack(blocks: &[Block]) -> Vec<Cell> {
    let mut pile = Pile::default();
    pile.blocks(blocks);
    pile.cells.truncate(MOST_CELLS);
    pile.cells
}

#[derive(Default)]
struct Pile {
    cells: Vec<Cell>,
    top: usize,
}

impl Pile {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            if self.cells.len() >= MOST_CELLS {
                return;
            }
            match block {
                Block::Text(text) => self.top = lines::place(text, self.top, &mut self.cells),
                Block::Table(rows) => self.table(rows),
            }
        }
    }

    /// Rows keep their grid; a row that holds tables is layout, its cells are stacked in their order.
    fn table(&mut self, rows: &[Vec<Slot>]) {
        // Column to the first row that is free again below the cell that covers it.
        let mut covered: Vec<usize> = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            if self.cells.len() >= MOST_CELLS {
                return;
            }
            if row.iter().any(Slot::has_table) {
                row.iter().for_each(|slot| self.blocks(&slot.blocks));
            } else {
                self.row(row, number, rows.len() - number, &mut covered);
                self.top += 1;
            }
        }
    }

    /// Places the cells of row `number`; `height` rows are left, itself included.
    fn row(&mut self, row: &[Slot], number: usize, height: usize, covered: &mut Vec<usize>) {
        let mut column = 0;
        for slot in row {
            while covered.get(column).is_some_and(|free| *free > number) {
                column += 1;
            }
            let columns = if column < WIDEST { slot.columns.clamp(1, WIDEST) } else { 1 };
            let rows = slot.rows.clamp(1, height);
            let right = column + columns;
            covered.resize(covered.len().max(right), 0);
            covered[column..right].fill(number + rows);
            if !slot.gap {
                self.cells.push(cell(slot.text(), (column, self.top), (right, self.top + rows)));
            }
            column = right;
        }
    }
}

/// A typed cell from its corners, both as (column, row).
pub(super) fn cell(text: String, from: (usize, usize), to: (usize, usize)) -> Cell {
    let at = Rect { left: from.0 as f32, top: from.1 as f32, right: to.0 as f32, bottom: to.1 as f32 };
    Cell { text, at, confidence: 1.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(text: &str, columns: usize, rows: usize) -> Slot {
        Slot { blocks: vec![Block::Text(text.into())], columns, rows, gap: false }
    }

    fn rect(cell: &Cell) -> (&str, [f32; 4]) {
        (&cell.text, [cell.at.left, cell.at.top, cell.at.right, cell.at.bottom])
    }

    #[test]
    fn spans_push_their_neighbours_aside() {
        let table = Block::Table(vec![
            vec![slot("联络员", 1, 2), slot("姓名", 1, 1), slot("示例甲", 2, 1)],
            vec![slot("职务", 1, 1), slot("", 2, 1)],
        ]);
        let cells = stack(&[Block::Text("登记表".into()), table]);
        let all: Vec<_> = cells.iter().map(rect).collect();
        assert_eq!(all[0], ("登记表", [0., 0., 2., 1.]));
        assert_eq!(all[1], ("联络员", [0., 1., 1., 3.]));
        assert_eq!(all[3], ("示例甲", [2., 1., 4., 2.]));
        assert_eq!(all[4], ("职务", [1., 2., 2., 3.]));
        assert_eq!(all[5], ("", [2., 2., 4., 3.]));
    }

    #[test]
    fn a_row_that_holds_a_table_is_stacked() {
        let inner = Block::Table(vec![vec![slot("单位", 1, 1), slot("示例局", 1, 1)]]);
        let frame = Slot { blocks: vec![Block::Text("说明".into()), inner], columns: 1, rows: 1, gap: false };
        let cells = stack(&[Block::Table(vec![vec![frame], vec![slot("日期", 1, 1)]])]);
        let all: Vec<_> = cells.iter().map(rect).collect();
        assert_eq!(all[0], ("说明", [0., 0., 2., 1.]));
        assert_eq!(all[2], ("示例局", [1., 1., 2., 2.]));
        assert_eq!(all[3], ("日期", [0., 2., 1., 3.]));
    }

    #[test]
    fn absurd_spans_end() {
        let row: Vec<Slot> = (0..5_000).map(|_| slot("x", usize::MAX, usize::MAX)).collect();
        assert_eq!(stack(&[Block::Table(vec![row])]).len(), 5_000);
    }
}
