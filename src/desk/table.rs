//! A document without pixels as a table a browser can show: its cells where they stand.

use std::sync::Arc;

use serde::Serialize;

use super::papers;
use crate::edge::office::Office;
use crate::record::Record;
use crate::sheet::{self, Budget, Cell, Opened, Surface};

/// Cells shown of one sheet; a form has fewer than a hundred.
const MOST_CELLS: usize = 4_000;

/// A sheet of cells.
#[derive(Debug, Serialize)]
pub struct Table {
    rows: Vec<Row>,
    /// Cells that are not shown.
    left_out: usize,
}

/// A row of cells.
#[derive(Debug, Default, Serialize)]
struct Row {
    spots: Vec<Spot>,
    /// Whether it is the row a record was read from.
    now: bool,
}

/// A cell with how far it reaches.
#[derive(Debug, Serialize)]
struct Spot {
    text: String,
    across: usize,
    down: usize,
}

/// The sheet a record was read from, where it is one of cells.
pub fn of_record(office: &Office, record: &Record) -> Option<Table> {
    let document = &record.document.as_ref()?.0;
    let content = papers::content(office, record, &document.part)?;
    if let Some(text) = content.text {
        return of_text(&text, content.html);
    }
    let Ok(Opened::Sheets(sheets)) = sheet::open(&content.bytes, &mut Budget::default()) else { return None };
    let sheet = sheets.into_iter().find(|sheet| sheet.number == document.page)?;
    match sheet.surface {
        Surface::Cells(cells) => Some(of_row(cells, document.row)),
        Surface::Pixels(_) => None,
    }
}

fn of_text(text: &str, html: bool) -> Option<Table> {
    let sheet = if html { sheet::html(text) } else { sheet::text(text) };
    match sheet.surface {
        Surface::Cells(cells) => Some(of_cells(cells)),
        Surface::Pixels(_) => None,
    }
}

/// Cells as rows.
pub fn of_cells(cells: Vec<Cell>) -> Table {
    of_row(cells, None)
}

/// Cells as rows, one of them marked; rows are counted from 1.
fn of_row(mut cells: Vec<Cell>, now: Option<usize>) -> Table {
    cells
        .sort_by(|a, b| (a.at.top, a.at.left).partial_cmp(&(b.at.top, b.at.left)).unwrap_or(std::cmp::Ordering::Equal));
    let left_out = cells.len().saturating_sub(MOST_CELLS);
    cells.truncate(MOST_CELLS);
    let mut rows: Vec<Row> = Vec::new();
    let mut top = f32::NEG_INFINITY;
    for cell in cells {
        if cell.at.top > top {
            top = cell.at.top;
            rows.push(Row { spots: Vec::new(), now: now == Some(top.max(0.0) as usize + 1) });
        }
        let reach = |from: f32, to: f32| ((to - from).round().max(1.0) as usize).min(100);
        let spot = Spot {
            across: reach(cell.at.left, cell.at.right),
            down: reach(cell.at.top, cell.at.bottom),
            text: cell.text,
        };
        if let Some(row) = rows.last_mut() {
            row.spots.push(spot);
        }
    }
    Table { rows, left_out }
}

/// The text of an HTML body: what a reader would see, row by row, and none of its markup.
pub fn text_of_html(html: &str) -> String {
    let Surface::Cells(cells) = sheet::html(html).surface else { return String::new() };
    let table = of_cells(cells);
    let row = |row: &Row| row.spots.iter().map(|spot| spot.text.as_str()).collect::<Vec<_>>().join("　");
    table.rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

/// Sheets of a document for its page.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Its number.
    pub number: usize,
    /// Its cells; absent where it is drawn.
    pub table: Option<Table>,
}

/// The sheets of a file; empty where it is no document.
pub fn sheets(bytes: &Arc<[u8]>) -> Vec<Shown> {
    let Ok(Opened::Sheets(sheets)) = sheet::open(bytes, &mut Budget::default()) else { return Vec::new() };
    let shown = sheets.into_iter().map(|sheet| Shown {
        number: sheet.number,
        table: match sheet.surface {
            Surface::Cells(cells) => Some(of_cells(cells)),
            Surface::Pixels(_) => None,
        },
    });
    shown.collect()
}
