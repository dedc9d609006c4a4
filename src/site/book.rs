//! The content with its units looked up once: a search through all units for each unit would not do for 30,000.

use std::collections::HashMap;

use crate::unit::Unit;

use super::Content;

/// Content with an index of its units.
#[derive(Debug)]
pub struct Book<'a> {
    /// The content.
    pub content: &'a Content,
    by_id: HashMap<&'a str, &'a Unit>,
    children: HashMap<&'a str, Vec<&'a Unit>>,
    members: HashMap<&'a str, Vec<&'a Unit>>,
}

impl<'a> Book<'a> {
    /// Indexes the units.
    pub fn of(content: &'a Content) -> Book<'a> {
        let units = &content.units.list;
        let by_id = units.iter().map(|unit| (unit.id.as_str(), unit)).collect();
        let mut book = Book { content, by_id, children: HashMap::new(), members: HashMap::new() };
        for unit in units {
            book.members.entry(&unit.category).or_default().push(unit);
            if let Some(parent) = &unit.parent {
                book.children.entry(parent).or_default().push(unit);
            }
        }
        book
    }

    /// The unit that answers for a unit.
    pub fn parent(&self, unit: &Unit) -> Option<&'a Unit> {
        self.by_id.get(unit.parent.as_deref()?).copied()
    }

    /// The units a unit answers for, in official order.
    pub fn children(&self, unit: &Unit) -> impl Iterator<Item = &'a Unit> {
        self.children.get(unit.id.as_str()).into_iter().flatten().copied()
    }

    /// The units of a category, in official order.
    pub fn members(&self, category: &str) -> &[&'a Unit] {
        self.members.get(category).map_or(&[], Vec::as_slice)
    }
}
