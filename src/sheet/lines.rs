//! Plain text as cells: `label：value` gives two cells of one row, columns give one cell each, any other line one cell.

use std::ops::Range;

use super::Cell;
use super::grid::{MOST_CELLS, cell};
use crate::fault::Fault;

/// Longest label in characters: `统一社会信用代码（组织机构代码）` has 16.
const LONGEST_LABEL: usize = 24;
/// Colons of one line that are looked at: a whole form written into one line has a dozen. Bounds the work on hostile lines.
const MOST_COLONS: usize = 64;
/// Longest line in bytes that is searched for labels and columns; a longer one is one cell.
const LONGEST_LINE: usize = 8_000;
/// Lines of one text that are read: far beyond any mail with its quoted history.
const MOST_LINES: usize = 20_000;
/// Columns of one line. A register has twenty; each costs a cell, and a mail of tabs would fill the memory.
const MOST_COLUMNS: usize = 200;

/// All cells of a text.
pub(super) fn cells(text: &str) -> Vec<Cell> {
    let mut cells = Vec::new();
    place(text, 0, &mut cells);
    cells
}

/// What of a text is not read.
pub(super) fn left_out(text: &str) -> Option<Fault> {
    let message = || format!("文字超过 {MOST_LINES} 行，其余未读取，请打开原件查看");
    text.lines().nth(MOST_LINES).map(|_| Fault::new("too-large", message()))
}

/// Puts a text's lines below `top`; gives the next free row. Empty lines take no row.
pub(super) fn place(text: &str, top: usize, cells: &mut Vec<Cell>) -> usize {
    let mut row = top;
    for line in text.lines().take(MOST_LINES) {
        if cells.len() >= MOST_CELLS {
            break;
        }
        let line = unquoted(line);
        if line.trim().is_empty() {
            continue;
        }
        line_cells(&line, row, cells);
        row += 1;
    }
    row
}

fn line_cells(line: &str, row: usize, cells: &mut Vec<Cell>) {
    let mut add = |text: &str, columns: Range<usize>| {
        cells.push(cell(text.trim().to_owned(), (columns.start, row), (columns.end, row + 1)));
    };
    if line.len() > LONGEST_LINE {
        return add(line, 0..2);
    }
    let pairs = pairs(line);
    if !pairs.is_empty() {
        for (n, (label, value)) in pairs.iter().enumerate() {
            add(label, 2 * n..2 * n + 1);
            add(value, 2 * n + 1..2 * n + 2);
        }
        return;
    }
    let columns = columns(line);
    match columns.as_slice() {
        [only] => add(only, 0..2),
        many => many.iter().take(MOST_COLUMNS).enumerate().for_each(|(n, text)| add(text, n..n + 1)),
    }
}

/// The line without the marks of a quoted reply; odd spaces become plain ones.
fn unquoted(line: &str) -> String {
    let plain: String =
        line.chars().filter(|c| *c != '\u{feff}').map(|c| if c == '\u{a0}' { ' ' } else { c }).collect();
    let body = plain.trim_start_matches(['>', '＞', ' ']);
    // A line that was no quote keeps its indent, which may be a column.
    if body.len() < plain.trim_start().len() { body.to_owned() } else { plain }
}

/// The `label：value` pairs of a line, in order; none if the line is not of that kind.
fn pairs(line: &str) -> Vec<(String, String)> {
    let colons: Vec<(Range<usize>, Range<usize>)> = label_colons(line);
    let mut pairs = Vec::new();
    for (n, (label, colon)) in colons.iter().enumerate() {
        let end = colons.get(n + 1).map_or(line.len(), |(next, _)| next.start);
        let value = line[colon.end..end].trim();
        // What parts two pairs is no part of the value.
        let value = if n + 1 < colons.len() { value.trim_end_matches(is_separator) } else { value };
        pairs.push((compact(unnumbered(&line[label.clone()])), value.to_owned()));
    }
    pairs
}

/// Each colon that ends a label, with its label's range. The first label reaches back to the line's start, later ones to
/// the separator before them.
fn label_colons(line: &str) -> Vec<(Range<usize>, Range<usize>)> {
    let mut found: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (at, c) in line.char_indices().filter(|(_, c)| matches!(c, '：' | ':' | '︰' | '﹕')).take(MOST_COLONS) {
        let after = at + c.len_utf8();
        let from = found.last().map_or(0, |(_, colon)| colon.end);
        let start = if found.is_empty() { 0 } else { later_label(line, from, at) };
        let is_first = found.is_empty();
        let label = &line[start..at];
        if is_label(unnumbered(label)) && !is_other_colon(label, &line[after..]) && (is_first || start > from) {
            found.push((start..at, at..after));
        }
    }
    found
}

/// Where a label that ends at `end` begins: behind the last separator; one that is spaced out (`日  期`) is kept whole.
fn later_label(line: &str, from: usize, end: usize) -> usize {
    let text = &line[from..end];
    let trimmed = text.trim_end();
    let mut start =
        trimmed.rfind(is_separator).map_or(0, |at| at + trimmed[at..].chars().next().map_or(1, char::len_utf8));
    // `…  日  期：`: single characters with spaces between them are one word.
    while trimmed[start..].chars().count() == 1 || is_spaced_out(&trimmed[start..]) {
        let before = trimmed[..start].trim_end();
        let word =
            before.rfind(is_separator).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        if before.is_empty() || word == 0 || before[word..].chars().count() != 1 || !is_han(&before[word..]) {
            break;
        }
        start = word;
    }
    if start == 0 { from } else { from + start }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '，' | ',' | '；' | ';' | '。' | '、' | '|' | '｜')
}

fn is_spaced_out(text: &str) -> bool {
    let mut words = text.split_whitespace();
    words.clone().count() > 1 && words.all(|word| word.chars().count() == 1)
}

fn is_han(text: &str) -> bool {
    text.chars().all(|c| ('\u{3400}'..='\u{9fff}').contains(&c))
}

/// Whether a text can be a label: short, no sentence, and some letter in it.
fn is_label(text: &str) -> bool {
    let text = text.trim();
    let length = text.chars().filter(|c| !c.is_whitespace()).count();
    let sentence = |c: char| matches!(c, '，' | '。' | '；' | '！' | '？' | '!' | '?' | ';' | '@' | '"' | '“' | '<');
    (1..=LONGEST_LABEL).contains(&length) && text.contains(char::is_alphabetic) && !text.contains(sentence)
}

/// Colons of times (10:00), addresses (https://) and ratios.
fn is_other_colon(before: &str, after: &str) -> bool {
    let digits = before.ends_with(|c: char| c.is_ascii_digit()) && after.starts_with(|c: char| c.is_ascii_digit());
    let scheme =
        ["http", "https", "ftp", "mailto", "cid", "file"].iter().any(|s| before.trim().eq_ignore_ascii_case(s));
    digits || scheme || after.starts_with("//")
}

/// A label without bullet or number: `1、`, `（1）`, `一、`, `①`, `•`.
fn unnumbered(label: &str) -> &str {
    let is_bullet = |c: char| c.is_whitespace() || "•·●○■□◆◇★☆※▪▶►→✓-–—*+".contains(c) || ('①'..='⑳').contains(&c);
    let text = label.trim_start_matches(is_bullet);
    let digit = |c: char| c.is_ascii_digit() || "一二三四五六七八九十０１２３４５６７８９".contains(c);
    let open = text.strip_prefix(['（', '(', '〔', '[']);
    let inner = open.unwrap_or(text);
    let rest = inner.trim_start_matches(digit);
    let number = inner.len() - rest.len();
    let close: &[char] = if open.is_some() { &['）', ')', '〕', ']'] } else { &['、', '.', '．', ')', '）'] };
    match rest.strip_prefix(close) {
        Some(tail) if number > 0 && !tail.trim().is_empty() => tail.trim_start_matches(is_bullet),
        _ => text,
    }
}

/// `姓    名` is 姓名: spaces between single Chinese characters only fill the line.
fn compact(label: &str) -> String {
    if is_spaced_out(label) && is_han(&label.split_whitespace().collect::<String>()) {
        return label.split_whitespace().collect();
    }
    label.trim().to_owned()
}

/// Columns parted by tabs or by two spaces and more; `姓  名` stays one.
fn columns(line: &str) -> Vec<String> {
    let line = line.trim();
    if line.contains('\t') {
        return line.split('\t').take(MOST_COLUMNS).map(compact).collect();
    }
    let wide = line.replace('\u{3000}', "  ");
    let words = wide.split("  ").map(str::trim).filter(|word| !word.is_empty());
    let mut columns: Vec<(String, bool)> = Vec::new();
    for word in words {
        let single = word.chars().count() == 1 && is_han(word);
        match columns.last_mut() {
            Some((column, true)) if single => column.push_str(word),
            _ => columns.push((word.to_owned(), single)),
        }
    }
    columns.into_iter().map(|(column, _)| column).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let cells = cells(text);
        let last = cells.iter().map(|c| c.at.top as usize).max().map_or(0, |n| n + 1);
        let row = |n: usize| cells.iter().filter(|c| c.at.top as usize == n).map(|c| c.text.clone()).collect();
        (0..last).map(row).collect()
    }

    fn row(text: &str) -> Vec<String> {
        rows(text).concat()
    }

    #[test]
    fn label_and_value() {
        assert_eq!(row("单位名称（公章）：示例局"), ["单位名称（公章）", "示例局"]);
        assert_eq!(row("Tel: 0714-8731721"), ["Tel", "0714-8731721"]);
        assert_eq!(row("手机："), ["手机", ""]);
        assert_eq!(row("姓    名：示例甲"), ["姓名", "示例甲"]);
        assert_eq!(row("姓　　名：示例甲"), ["姓名", "示例甲"]);
        let cells = cells("手机：1");
        assert_eq!((cells[0].at.left, cells[1].at.left, cells[1].at.right), (0., 1., 2.));
    }

    #[test]
    fn quotes_bullets_and_numbers_are_no_part_of_a_label() {
        for line in [
            "> > 职务：科员",
            "1、职务：科员",
            "（1）职务：科员",
            "1. 职务：科员",
            "• 职务：科员",
            "一、职务：科员",
            "①职务：科员",
        ] {
            assert_eq!(row(line), ["职务", "科员"], "{line}");
        }
    }

    #[test]
    fn times_and_addresses_are_no_labels() {
        assert_eq!(row("会议定于10:00召开"), ["会议定于10:00召开"]);
        assert_eq!(row("https://example.com/a"), ["https://example.com/a"]);
        assert_eq!(row("时间：10:00"), ["时间", "10:00"]);
        assert_eq!(row("各位同事，请注意以下事项：如下"), ["各位同事，请注意以下事项：如下"]);
    }

    #[test]
    fn several_pairs_on_one_line() {
        assert_eq!(row("姓名：示例甲    职务：科员"), ["姓名", "示例甲", "职务", "科员"]);
        assert_eq!(
            row("姓名：示例甲，手机：19400000000；邮箱：a@example.com"),
            ["姓名", "示例甲", "手机", "19400000000", "邮箱", "a@example.com"]
        );
        assert_eq!(row("单位：示例局  日  期：2023年7月1日"), ["单位", "示例局", "日期", "2023年7月1日"]);
        assert_eq!(row("地址：大冶大道1号 时间:8:30"), ["地址", "大冶大道1号", "时间", "8:30"]);
    }

    #[test]
    fn columns_by_tab_and_by_wide_spaces() {
        assert_eq!(row("单位\t示例局\t\t科员"), ["单位", "示例局", "", "科员"]);
        assert_eq!(row("姓  名    示例甲"), ["姓名", "示例甲"]);
        assert_eq!(row("请查收 附件"), ["请查收 附件"]);
        let cells = cells("请查收");
        assert_eq!((cells[0].at.left, cells[0].at.right), (0., 2.));
    }

    #[test]
    fn endless_columns_and_lines_end() {
        let wide = format!("{}\n", "\t".repeat(7_000)).repeat(2_000);
        assert!(cells(&wide).len() <= MOST_CELLS + MOST_COLUMNS);
    }

    #[test]
    fn empty_lines_take_no_row() {
        assert_eq!(rows("甲：1\n\n  \r\n乙：2\r\n"), [["甲", "1"], ["乙", "2"]]);
    }
}
