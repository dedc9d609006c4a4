//! Whom to remind of the units that are missing: one mail for each address, and the units nobody can be written to about.

use std::collections::BTreeMap;

use super::standing::{Standing, State, UnitStanding};
use crate::unit::{Unit, Units};

/// A mail to be written: who gets it, and about which units.
#[derive(Debug, Clone, PartialEq)]
pub struct Reminder<'a> {
    /// The address.
    pub to: &'a str,
    /// The unit whose address it is.
    pub recipient: &'a Unit,
    /// The missing units it is about, in official order.
    pub units: Vec<&'a UnitStanding>,
}

/// Everybody to be reminded, in official order, and the units without any address: call them.
pub fn missing<'a>(standing: &'a Standing, units: &'a Units) -> (Vec<Reminder<'a>>, Vec<&'a UnitStanding>) {
    let (mut all, mut to_call): (Vec<Reminder<'a>>, Vec<&UnitStanding>) = (Vec::new(), Vec::new());
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for unit in standing.units.iter().filter(|unit| unit.state == State::Missing) {
        let Some((recipient, to)) = addressee(units, &unit.id) else {
            to_call.push(unit);
            continue;
        };
        let place = *places.entry(to.to_lowercase()).or_insert_with(|| {
            all.push(Reminder { to, recipient, units: Vec::new() });
            all.len() - 1
        });
        if let Some(reminder) = all.get_mut(place) {
            reminder.units.push(unit);
        }
    }
    (all, to_call)
}

/// The unit's own mailbox, else that of the nearest unit above it that has one and answers for it (第二条).
fn addressee<'a>(units: &'a Units, id: &str) -> Option<(&'a Unit, &'a str)> {
    let mut unit = units.get(id)?;
    loop {
        if let Some(mailbox) = unit.mailbox.as_deref() {
            return Some((unit, mailbox));
        }
        unit = units.get(unit.parent.as_deref()?)?;
    }
}
