//! The directory: who is responsible for purchasing in each unit, as far as it may be published.
//!
//! Which values there are, what they are called and in which order they stand comes from the form definitions alone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::form::{Column, Field, FormSpec, Kind};
use crate::listing::{ListedOfficer, Listing};
use crate::unit::Unit;

use super::config::SiteConfig;
use super::{Content, words};

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

/// A public value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cell<'a> {
    /// The column's heading.
    pub title: &'a str,
    /// The value.
    pub value: &'a str,
    /// Where it leads: a telephone or mail link.
    pub href: Option<String>,
    /// Whether another value stands in for one that may not be published.
    pub stand_in: bool,
}

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

/// Makes the directory page.
pub fn directory(content: &Content) -> Directory<'_> {
    let columns = columns(content);
    let categories = content.units.categories.iter().map(|c| CategoryView {
        id: &c.id,
        name: &c.name,
        units: content.units.list.iter().filter(|u| u.category == c.id).map(|u| row(content, u, &columns)).collect(),
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
    let officers: Vec<_> = content.listings.values().flat_map(|l| &l.officers).collect();
    let used = |title: &&str| officers.iter().any(|o| cells(content, o).iter().any(|(_, cell)| cell.title == *title));
    titles.retain(used);
    titles
}

fn row<'a>(content: &'a Content, unit: &'a Unit, columns: &[&str]) -> Row<'a> {
    let officers = content.listings.get(&unit.id).map_or(&[][..], |listing| &listing.officers);
    let in_columns = |officer| {
        let cells = cells(content, officer);
        let find = |title: &&str| cells.iter().find(|(_, cell)| cell.title == *title).map(|(_, cell)| cell.clone());
        columns.iter().map(find).collect()
    };
    Row {
        name: &unit.name,
        path: path(unit),
        parent: unit.parent.as_deref().and_then(|id| content.units.get(id)).map(|p| p.name.as_str()),
        officers: officers.iter().map(in_columns).collect(),
    }
}

/// An officer's public values in the form's order, each with its field.
fn cells<'a>(content: &'a Content, officer: &'a ListedOfficer) -> Vec<(&'a Field, Cell<'a>)> {
    let Some(spec) = content.forms.iter().find(|spec| spec.id == officer.form) else { return Vec::new() };
    spec.columns().filter_map(|(field, column)| Some((field, cell(spec, officer, field, column)?))).collect()
}

fn cell<'a>(spec: &'a FormSpec, officer: &'a ListedOfficer, field: &'a Field, column: &'a Column) -> Option<Cell<'a>> {
    let own = officer.columns.get(&field.id).filter(|value| !value.is_empty());
    let (shown, value) = match own {
        Some(value) => (field, value),
        None => {
            let stand_in = spec.field(column.stand_in.as_deref()?)?;
            (stand_in, officer.columns.get(&stand_in.id)?)
        }
    };
    Some(Cell { title: &column.title, value, href: href(shown.kind, value), stand_in: own.is_none() })
}

fn href(kind: Kind, value: &str) -> Option<String> {
    match kind {
        Kind::Phone => Some(words::tel(value)),
        Kind::Email => Some(format!("mailto:{value}")),
        Kind::Text | Kind::Name | Kind::Date | Kind::Note => None,
        // Never public; nothing to lead to.
        Kind::Mobile | Kind::Code | Kind::Signature => None,
    }
}

/// Makes a unit's page.
pub fn unit<'a>(content: &'a Content, unit: &'a Unit) -> UnitView<'a> {
    let listing = content.listings.get(&unit.id);
    let all: Vec<_> = listing.map_or(&[][..], |l| &l.officers).iter().map(|o| cells(content, o)).collect();
    let category = content.units.categories.iter().find(|c| c.id == unit.category);
    UnitView {
        name: &unit.name,
        category: category.map_or(("", ""), |c| (&c.id, &c.name)),
        parent: unit.parent.as_deref().and_then(|id| content.units.get(id)).map(|u| link(u, &content.listings)),
        children: content.units.children(&unit.id).map(|u| link(u, &content.listings)).collect(),
        mailbox: unit.mailbox.as_deref(),
        facts: facts(&all),
        officers: all.into_iter().map(officer_cells).collect(),
        updated: listing.map(|l| l.updated.as_str()),
        report: report(&content.config, unit),
    }
}

fn link<'a>(unit: &'a Unit, listings: &BTreeMap<String, Listing>) -> UnitLink<'a> {
    let registered = listings.get(&unit.id).is_some_and(|l| !l.officers.is_empty());
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

/// All units as links by category, for the site map.
pub fn by_category(content: &Content) -> Vec<(&str, Vec<UnitLink<'_>>)> {
    let units =
        |id: &str| content.units.list.iter().filter(|u| u.category == id).map(|u| link(u, &content.listings)).collect();
    content.units.categories.iter().map(|c| (c.name.as_str(), units(&c.id))).collect()
}

/// The categories with their numbers of units, for the home page: id, name, number.
pub fn categories(content: &Content) -> Vec<(&str, &str, usize)> {
    let count = |id: &str| content.units.list.iter().filter(|unit| unit.category == id).count();
    let all = content.units.categories.iter().map(|c| (c.id.as_str(), c.name.as_str(), count(&c.id)));
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
