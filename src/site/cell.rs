//! Public values: which there are, what they are called and in which order they stand comes from the form definitions.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::form::{Column, Field, FormSpec, Kind};
use crate::listing::ListedOfficer;

use super::{Content, words};

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

/// An officer's public values in the form's order, each with its field.
pub fn cells<'a>(content: &'a Content, officer: &'a ListedOfficer) -> Vec<(&'a Field, Cell<'a>)> {
    of_form(content, &officer.form, &officer.columns)
}

/// Public values of a form in its order, each with its field.
pub fn of_form<'a>(
    content: &'a Content,
    form: &str,
    columns: &'a BTreeMap<String, String>,
) -> Vec<(&'a Field, Cell<'a>)> {
    let Some(spec) = content.forms.iter().find(|spec| spec.id == form) else { return Vec::new() };
    spec.columns().filter_map(|(field, column)| Some((field, cell(spec, columns, field, column)?))).collect()
}

fn cell<'a>(
    spec: &'a FormSpec,
    columns: &'a BTreeMap<String, String>,
    field: &'a Field,
    column: &'a Column,
) -> Option<Cell<'a>> {
    let own = columns.get(&field.id).filter(|value| !value.is_empty());
    let (shown, value) = match own {
        Some(value) => (field, value),
        None => {
            let stand_in = spec.field(column.stand_in.as_deref()?)?;
            (stand_in, columns.get(&stand_in.id)?)
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
