//! The directory: who is responsible for purchasing in each unit, as far as it may be published.
//!
//! The columns come from the form definitions alone (see [`cell`](super::cell)).

use std::collections::BTreeSet;

use serde::Serialize;

use crate::unit::Unit;

use super::Content;
use super::book::Book;
use super::cell::{Cell, cells};
use super::unit_page::{UnitLink, link, path};

/// The directory page.
#[derive(Debug, Serialize)]
pub struct Directory<'a> {
    /// Headings of the public columns in which anything stands.
    pub columns: Vec<&'a str>,
    /// Categories with their units, both in official order.
    pub categories: Vec<CategoryView<'a>>,
    /// How far registration has come.
    #[serde(flatten)]
    pub totals: Totals<'a>,
}

/// A category with its units.
#[derive(Debug, Serialize)]
pub struct CategoryView<'a> {
    /// Its id, also the anchor on the page.
    pub id: &'a str,
    /// Its heading.
    pub name: &'a str,
    /// Its units.
    pub units: Vec<Row<'a>>,
}

/// A unit's rows in the table.
#[derive(Debug, Serialize)]
pub struct Row<'a> {
    /// The unit's name.
    pub name: &'a str,
    /// Its page below the root.
    pub path: String,
    /// The unit that answers for it.
    pub parent: Option<&'a str>,
    /// Per officer one cell per column; an empty one has no value.
    pub officers: Vec<Vec<Option<Cell<'a>>>>,
}

/// Makes the directory page.
pub fn directory<'a>(book: &Book<'a>) -> Directory<'a> {
    let content = book.content;
    let columns = columns(content);
    let categories = content.units.categories.iter().map(|c| CategoryView {
        id: &c.id,
        name: &c.name,
        units: book.members(&c.id).iter().map(|unit| row(book, unit, &columns)).collect(),
    });
    Directory { categories: categories.filter(|c| !c.units.is_empty()).collect(), totals: Totals::of(content), columns }
}

/// The headings of all forms' columns, the officer's before the unit's, without those in which nothing stands.
fn columns(content: &Content) -> Vec<&str> {
    let all = || content.forms.iter().flat_map(|spec| spec.columns());
    let of_officers = all().filter(|(field, _)| field.group.is_some());
    let of_units = all().filter(|(field, _)| field.group.is_none());
    let mut titles: Vec<&str> = Vec::new();
    for (_, column) in of_officers.chain(of_units) {
        if !titles.contains(&column.title.as_str()) {
            titles.push(&column.title);
        }
    }
    let officers = content.listings.values().flat_map(|listing| &listing.officers);
    let used: BTreeSet<&str> = officers.flat_map(|o| cells(content, o)).map(|(_, cell)| cell.title).collect();
    titles.retain(|title| used.contains(title));
    titles
}

fn row<'a>(book: &Book<'a>, unit: &'a Unit, columns: &[&str]) -> Row<'a> {
    let content = book.content;
    let officers = content.listings.get(&unit.id).map_or(&[][..], |listing| &listing.officers);
    let in_columns = |officer| {
        let cells = cells(content, officer);
        let find = |title: &&str| cells.iter().find(|(_, cell)| cell.title == *title).map(|(_, cell)| cell.clone());
        columns.iter().map(find).collect()
    };
    Row {
        name: &unit.name,
        path: path(unit),
        parent: book.parent(unit).map(|parent| parent.name.as_str()),
        officers: officers.iter().map(in_columns).collect(),
    }
}

/// All units as links by category, for the site map.
pub fn by_category<'a>(book: &Book<'a>) -> Vec<(&'a str, Vec<UnitLink<'a>>)> {
    let units = |id: &str| book.members(id).iter().map(|unit| link(book, unit)).collect();
    book.content.units.categories.iter().map(|c| (c.name.as_str(), units(&c.id))).collect()
}

/// The categories with their numbers of units, for the home page: id, name, number.
pub fn categories<'a>(book: &Book<'a>) -> Vec<(&'a str, &'a str, usize)> {
    let categories = book.content.units.categories.iter();
    let all = categories.map(|c| (c.id.as_str(), c.name.as_str(), book.members(&c.id).len()));
    all.filter(|(_, _, count)| *count > 0).collect()
}

/// How far registration has come.
#[derive(Debug, Serialize)]
pub struct Totals<'a> {
    /// How many units there are.
    pub total: usize,
    /// How many of them have an officer.
    pub registered: usize,
    /// Day of the last change.
    pub updated: Option<&'a str>,
}

impl Totals<'_> {
    /// Counts.
    pub fn of(content: &Content) -> Totals<'_> {
        Totals {
            total: content.units.list.len(),
            registered: content.listings.values().filter(|l| !l.officers.is_empty()).count(),
            updated: content.listings.values().map(|l| l.updated.as_str()).max(),
        }
    }
}
