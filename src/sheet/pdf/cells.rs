//! The cells of a page that was drawn, not scanned: characters put together to lines, lines into the cells its rules make.

use super::super::{Cell, Rect};
use super::layer::{Character, Layer};

/// Rules this far apart (px at 200 dpi) are one line drawn twice, as neighbouring cells draw their borders.
const SAME: f32 = 6.0;
/// Cells of one table: a summary sheet of a hundred officers has two thousand.
const MOST_CELLS: usize = 20_000;

/// Cells in px of the page, those of tables first, then the lines outside of them.
pub fn of(layer: &Layer) -> Vec<Cell> {
    let mut cells = tables(&layer.rules);
    let mut inside: Vec<Vec<&Character>> = vec![Vec::new(); cells.len()];
    let mut outside: Vec<&Character> = Vec::new();
    for character in &layer.characters {
        let (x, y) = middle(&character.at);
        match cells.iter().position(|at| at.left <= x && x < at.right && at.top <= y && y < at.bottom) {
            Some(cell) => inside[cell].push(character),
            None => outside.push(character),
        }
    }
    let ruled = cells.drain(..).zip(inside).map(|(at, characters)| {
        let text = lines(characters).iter().map(|line| text(line)).collect::<Vec<_>>().join("\n");
        Cell { text, at, confidence: 1.0 }
    });
    let mut all: Vec<Cell> = ruled.collect();
    all.extend(lines(outside).iter().flat_map(|line| pieces(line)));
    all.sort_by(|a, b| a.at.top.total_cmp(&b.at.top).then(a.at.left.total_cmp(&b.at.left)));
    all
}

fn middle(at: &Rect) -> (f32, f32) {
    ((at.left + at.right) / 2.0, (at.top + at.bottom) / 2.0)
}

/// Characters whose middles are at one height, from left to right; lines from top to bottom.
fn lines(mut characters: Vec<&Character>) -> Vec<Vec<&Character>> {
    characters.sort_by(|a, b| middle(&a.at).1.total_cmp(&middle(&b.at).1));
    let mut lines: Vec<Vec<&Character>> = Vec::new();
    for character in characters {
        let (_, y) = middle(&character.at);
        match lines.last_mut().filter(|line| line[0].at.top < y && y < line[0].at.bottom) {
            Some(line) => line.push(character),
            None => lines.push(vec![character]),
        }
    }
    lines.iter_mut().for_each(|line| line.sort_by(|a, b| a.at.left.total_cmp(&b.at.left)));
    lines.retain(|line| line.iter().any(|c| !c.is.is_whitespace()));
    lines
}

fn text(line: &[&Character]) -> String {
    line.iter().map(|c| c.is).collect::<String>().trim().to_owned()
}

/// A line outside of tables, parted where a gap of two characters makes columns.
fn pieces(line: &[&Character]) -> Vec<Cell> {
    let mut pieces: Vec<Vec<&Character>> = Vec::new();
    for character in line.iter().filter(|c| !c.is.is_whitespace()) {
        let high = character.at.bottom - character.at.top;
        match pieces.last_mut().filter(|piece| character.at.left - piece[piece.len() - 1].at.right < 2.0 * high) {
            Some(piece) => piece.push(character),
            None => pieces.push(vec![character]),
        }
    }
    let cell = |piece: &Vec<&Character>| {
        let at = piece.iter().map(|c| c.at).reduce(union).unwrap_or_default();
        Cell { text: text(piece), at, confidence: 1.0 }
    };
    pieces.iter().map(cell).collect()
}

fn union(a: Rect, b: Rect) -> Rect {
    Rect {
        left: a.left.min(b.left),
        top: a.top.min(b.top),
        right: a.right.max(b.right),
        bottom: a.bottom.max(b.bottom),
    }
}

/// The cells that rules enclose. Edges are shared exactly, so that cells of a row or a column are told to be so.
fn tables(rules: &[Rect]) -> Vec<Rect> {
    let (across, down): (Vec<&Rect>, Vec<&Rect>) = rules.iter().partition(|r| r.right - r.left >= r.bottom - r.top);
    let ys = edges(across.iter().map(|r| (r.top + r.bottom) / 2.0));
    let xs = edges(down.iter().map(|r| (r.left + r.right) / 2.0));
    if xs.len() < 2 || ys.len() < 2 || xs.len() * ys.len() > MOST_CELLS {
        return Vec::new();
    }
    let (columns, rows) = (xs.len() - 1, ys.len() - 1);
    let parted = |at: f32, from: f32, to: f32, all: &[&Rect], is_down: bool| {
        let middle = (from + to) / 2.0;
        all.iter().any(|r| {
            let (on, first, last) = match is_down {
                true => ((r.left + r.right) / 2.0, r.top, r.bottom),
                false => ((r.top + r.bottom) / 2.0, r.left, r.right),
            };
            (on - at).abs() <= SAME && first <= middle && middle <= last
        })
    };
    // Squares of the whole grid that no rule parts are one cell; what is open to the outside is none.
    let mut of: Vec<usize> = (0..rows * columns).collect();
    let mut open = vec![false; rows * columns];
    for row in 0..rows {
        for column in 0..columns {
            let square = row * columns + column;
            for (x, next) in [(column, column.checked_sub(1)), (column + 1, Some(column + 1).filter(|c| *c < columns))]
            {
                if !parted(xs[x], ys[row], ys[row + 1], &down, true) {
                    match next {
                        Some(next) => join(&mut of, square, row * columns + next),
                        None => open[square] = true,
                    }
                }
            }
            for (y, next) in [(row, row.checked_sub(1)), (row + 1, Some(row + 1).filter(|r| *r < rows))] {
                if !parted(ys[y], xs[column], xs[column + 1], &across, false) {
                    match next {
                        Some(next) => join(&mut of, square, next * columns + column),
                        None => open[square] = true,
                    }
                }
            }
        }
    }
    enclosed(&mut of, &open, columns, &xs, &ys)
}

fn enclosed(of: &mut [usize], open: &[bool], columns: usize, xs: &[f32], ys: &[f32]) -> Vec<Rect> {
    let mut cells: Vec<(usize, Option<Rect>)> = Vec::new();
    for (square, is_open) in open.iter().enumerate() {
        let root = root(of, square);
        let (row, column) = (square / columns, square % columns);
        let at = Rect { left: xs[column], top: ys[row], right: xs[column + 1], bottom: ys[row + 1] };
        let whole = (!is_open).then_some(at);
        match cells.iter_mut().find(|(of, _)| *of == root) {
            Some((_, cell)) => *cell = cell.zip(whole).map(|(a, b)| union(a, b)),
            None => cells.push((root, whole)),
        }
    }
    cells.into_iter().filter_map(|(_, at)| at).collect()
}

fn join(of: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(of, a), root(of, b));
    of[a.max(b)] = a.min(b);
}

fn root(of: &mut [usize], mut at: usize) -> usize {
    while of[at] != at {
        of[at] = of[of[at]];
        at = of[at];
    }
    at
}

/// Distinct positions, those close to each other taken as one.
fn edges(all: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut all: Vec<f32> = all.collect();
    all.sort_by(f32::total_cmp);
    all.dedup_by(|b, a| *b - *a <= SAME);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn across(y: f32, left: f32, right: f32) -> Rect {
        Rect { left, top: y, right, bottom: y + 2.0 }
    }

    fn down(x: f32, top: f32, bottom: f32) -> Rect {
        Rect { left: x, top, right: x + 2.0, bottom }
    }

    fn word(text: &str, left: f32, top: f32) -> Vec<Character> {
        let at = |n: usize| Rect {
            left: left + 30.0 * n as f32,
            top,
            right: left + 30.0 * (n + 1) as f32,
            bottom: top + 30.0,
        };
        text.chars().enumerate().map(|(n, is)| Character { is, at: at(n) }).collect()
    }

    /// Two rows; in the lower one the right cells are merged: 组 | 姓名 | 甲 over 组 | 备注 ·
    fn table() -> Vec<Rect> {
        let ys = [across(0.0, 0.0, 300.0), across(50.0, 100.0, 300.0), across(100.0, 0.0, 300.0)];
        let xs = [down(0.0, 0.0, 100.0), down(100.0, 0.0, 100.0), down(200.0, 0.0, 50.0), down(298.0, 0.0, 100.0)];
        ys.into_iter().chain(xs).collect()
    }

    #[test]
    fn rules_make_cells_and_merged_ones_span() {
        let spans: Vec<(i32, i32, i32, i32)> =
            tables(&table()).iter().map(|r| (r.left as i32, r.top as i32, r.right as i32, r.bottom as i32)).collect();
        assert_eq!(spans, [(1, 1, 101, 101), (101, 1, 201, 51), (201, 1, 299, 51), (101, 51, 299, 101)]);
    }

    #[test]
    fn characters_go_into_their_cells_line_by_line() {
        let characters =
            [word("姓名", 110.0, 10.0), word("示例甲", 210.0, 10.0), word("二行", 5.0, 60.0), word("一行", 5.0, 10.0)];
        let layer = Layer { characters: characters.concat(), rules: table(), ..Layer::default() };
        let texts: Vec<String> = of(&layer).into_iter().map(|cell| cell.text).collect();
        assert_eq!(texts, ["一行\n二行", "姓名", "示例甲", ""]);
    }

    #[test]
    fn a_line_outside_of_tables_parts_at_wide_gaps() {
        let characters = [word("单位：甲", 0.0, 0.0), word("日期", 300.0, 4.0)].concat();
        let layer = Layer { characters, ..Layer::default() };
        let texts: Vec<String> = of(&layer).into_iter().map(|cell| cell.text).collect();
        assert_eq!(texts, ["单位：甲", "日期"]);
    }

    #[test]
    fn a_rule_alone_is_no_table() {
        assert!(tables(&[across(0.0, 0.0, 500.0), across(80.0, 0.0, 500.0)]).is_empty());
    }
}
