//! A unit's page: who is responsible for purchasing there, as far as it may be published.

use serde::Serialize;

use crate::form::Field;
use crate::unit::Unit;

use super::book::Book;
use super::cell::{Cell, cells};
use super::config::SiteConfig;
use super::words;

/// A link to a unit's page.
#[derive(Debug, Serialize)]
pub struct UnitLink<'a> {
    /// The unit's name.
    pub name: &'a str,
    /// Its page below the root.
    pub path: String,
    /// Whether it has an officer.
    pub registered: bool,
}

/// A unit's page.
#[derive(Debug, Serialize)]
pub struct UnitView<'a> {
    /// The unit's name.
    pub name: &'a str,
    /// Its category's id and name.
    pub category: (&'a str, &'a str),
    /// The unit that answers for it.
    pub parent: Option<UnitLink<'a>>,
    /// The units it answers for.
    pub children: Vec<UnitLink<'a>>,
    /// Its own public mailbox.
    pub mailbox: Option<&'a str>,
    /// What is published about the unit itself: values of fields outside any group.
    pub facts: Vec<Cell<'a>>,
    /// What is published about each officer.
    pub officers: Vec<Vec<Cell<'a>>>,
    /// Day of the last change.
    pub updated: Option<&'a str>,
    /// Mail link for mistakes.
    pub report: String,
}

/// The path of a unit's page. Flat: a folder per unit costs 2.5 times the file-system work (MEASURED.md §1).
pub fn path(unit: &Unit) -> String {
    format!("units/{}.html", unit.id)
}

/// Makes a unit's page.
pub fn unit<'a>(book: &Book<'a>, unit: &'a Unit) -> UnitView<'a> {
    let content = book.content;
    let listing = content.listings.get(&unit.id);
    let all: Vec<_> = listing.map_or(&[][..], |l| &l.officers).iter().map(|o| cells(content, o)).collect();
    let category = content.units.categories.iter().find(|c| c.id == unit.category);
    UnitView {
        name: &unit.name,
        category: category.map_or(("", ""), |c| (&c.id, &c.name)),
        parent: book.parent(unit).map(|u| link(book, u)),
        children: book.children(unit).map(|u| link(book, u)).collect(),
        mailbox: unit.mailbox.as_deref(),
        facts: facts(&all),
        officers: all.into_iter().map(officer_cells).collect(),
        updated: listing.map(|l| l.updated.as_str()),
        report: report(&content.config, unit),
    }
}

/// A link to a unit's page.
pub fn link<'a>(book: &Book<'_>, unit: &'a Unit) -> UnitLink<'a> {
    let registered = book.content.listings.get(&unit.id).is_some_and(|l| !l.officers.is_empty());
    UnitLink { name: &unit.name, path: path(unit), registered }
}

/// Values of the unit itself stand once, though every officer's form carries them.
fn facts<'a>(officers: &[Vec<(&'a Field, Cell<'a>)>]) -> Vec<Cell<'a>> {
    let mut facts: Vec<Cell<'a>> = Vec::new();
    for (_, cell) in officers.iter().flatten().filter(|(field, _)| field.group.is_none()) {
        if !facts.iter().any(|known| known.title == cell.title && known.value == cell.value) {
            facts.push(cell.clone());
        }
    }
    facts
}

/// An officer's own values; what already stands in for another is not repeated.
fn officer_cells<'a>(cells: Vec<(&'a Field, Cell<'a>)>) -> Vec<Cell<'a>> {
    let own: Vec<Cell<'a>> =
        cells.into_iter().filter(|(field, _)| field.group.is_some()).map(|(_, cell)| cell).collect();
    let repeated = |cell: &Cell<'_>| !cell.stand_in && own.iter().any(|c| c.stand_in && c.value == cell.value);
    own.iter().filter(|cell| !repeated(cell)).cloned().collect()
}

fn report(config: &SiteConfig, unit: &Unit) -> String {
    let name = &unit.name;
    let subject = format!("名录更正：{name}");
    let body = format!("单位：{name}\n有误的内容：\n正确的内容：\n联系人和办公电话：\n");
    words::mailto(&config.office.mailbox, &subject, &body)
}
