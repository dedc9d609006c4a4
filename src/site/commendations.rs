//! The commendations (第九条) that were announced, the latest first, as far as they may be published.

use serde::Serialize;

use super::book::Book;
use super::cell::{Cell, of_form};
use super::unit_page::{UnitLink, link};

/// One commendation.
#[derive(Debug, Serialize)]
pub struct CommendationView<'a> {
    /// The commended officer's unit.
    pub unit: UnitLink<'a>,
    /// Day of the announcement.
    pub announced: &'a str,
    /// What is published of it.
    pub cells: Vec<Cell<'a>>,
}

/// All of them.
pub fn commendations<'a>(book: &Book<'a>) -> Vec<CommendationView<'a>> {
    let content = book.content;
    let view = |one: &'a crate::listing::commendation::Commendation| {
        let unit = link(book, content.units.get(&one.unit)?);
        let cells = of_form(content, &one.form, &one.columns).into_iter().map(|(_, cell)| cell).collect();
        Some(CommendationView { unit, announced: &one.announced, cells })
    };
    content.commendations.iter().filter_map(view).collect()
}
