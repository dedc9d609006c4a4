//! Cells that hold label and value together, `姓名：示例甲`, become two cells side by side; of several such lines each
//! becomes a row. So does each label of several that stand in one cell because the rule between them was not seen. After
//! this every medium has its labels and values in cells of their own.

use crate::sheet::{Cell, Rect};

use super::vocabulary::Vocabulary;

/// Splits what can be split; all other cells stay as they are.
pub fn split(cells: &[Cell], vocabulary: &Vocabulary) -> Vec<Cell> {
    let parts = |cell: &Cell| pairs(cell, vocabulary).or_else(|| stacked(cell, vocabulary));
    cells.iter().flat_map(|cell| parts(cell).unwrap_or_else(|| vec![cell.clone()])).collect()
}

/// The labels of a cell whose every line is one: 单位名称 over （公章） is a single label, 姓名 over 电话 are two.
fn stacked(cell: &Cell, vocabulary: &Vocabulary) -> Option<Vec<Cell>> {
    let lines: Vec<&str> = cell.text.lines().filter(|line| !line.trim().is_empty()).collect();
    let labels = lines.len() > 1 && lines.iter().all(|line| !vocabulary.meanings(line).is_empty());
    if !labels || !vocabulary.meanings(&cell.text).is_empty() {
        return None;
    }
    let Rect { left, top, right, bottom } = cell.at;
    let height = (bottom - top) / lines.len() as f32;
    let part = |(index, text): (usize, &str)| {
        let (top, bottom) = (top + height * index as f32, top + height * (index + 1) as f32);
        Cell { text: text.to_owned(), at: Rect { left, top, right, bottom }, confidence: cell.confidence }
    };
    Some(lines.into_iter().enumerate().map(part).collect())
}

/// The pairs of a cell whose every line is a known label, a colon and a value.
fn pairs(cell: &Cell, vocabulary: &Vocabulary) -> Option<Vec<Cell>> {
    let lines: Vec<&str> = cell.text.lines().filter(|line| !line.trim().is_empty()).collect();
    let parts: Option<Vec<(&str, &str)>> = lines.iter().map(|line| pair(line, vocabulary)).collect();
    let parts = parts.filter(|parts| !parts.is_empty())?;
    let Rect { left, top, right, bottom } = cell.at;
    let (middle, height) = ((left + right) / 2.0, (bottom - top) / parts.len() as f32);
    let row = |(index, (label, value)): (usize, (&str, &str))| {
        let (top, bottom) = (top + height * index as f32, top + height * (index + 1) as f32);
        let part = |text: &str, left, right| Cell {
            text: text.trim().to_owned(),
            at: Rect { left, top, right, bottom },
            confidence: cell.confidence,
        };
        [part(label, left, middle), part(value, middle, right)]
    };
    Some(parts.into_iter().enumerate().flat_map(row).collect())
}

fn pair<'l>(line: &'l str, vocabulary: &Vocabulary) -> Option<(&'l str, &'l str)> {
    let (label, value) = vocabulary.split(line)?;
    let colon = line[label.len()..].starts_with([':', '：']);
    (colon && !value.trim().is_empty()).then_some((label, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::labels::tests::{grid, registration};

    fn texts(text: &str) -> Vec<String> {
        let cells = split(&grid(&[&[text]]), &Vocabulary::new(&registration()));
        cells.into_iter().map(|cell| cell.text).collect()
    }

    #[test]
    fn label_and_value_in_one_cell_part() {
        assert_eq!(texts("联络员姓名：示例甲"), ["联络员姓名", "示例甲"]);
        assert_eq!(texts("单位名称：甲局\n日期：2023年7月10日"), ["单位名称", "甲局", "日期", "2023年7月10日"]);
    }

    #[test]
    fn labels_of_one_cell_part_and_a_label_of_two_lines_stays() {
        assert_eq!(texts("姓名\n办公电话"), ["姓名", "办公电话"]);
        assert_eq!(texts("单位名称\n（公章）"), ["单位名称\n（公章）"]);
        assert_eq!(texts("分管\n领导"), ["分管\n领导"]);
        assert_eq!(texts("姓名\n示例甲"), ["姓名\n示例甲"]);
    }

    #[test]
    fn a_value_with_an_inline_field_stays_whole() {
        assert_eq!(texts("甲局\n日期：2023年7月10日"), ["甲局\n日期：2023年7月10日"]);
        assert_eq!(texts("日期："), ["日期："]);
        assert_eq!(texts("会议时间：10:30"), ["会议时间：10:30"]);
    }
}
