//! What the fill-in page gets of a definition: its controls, its print, the room for codes and seal.

use super::*;
use crate::form::parse::parse;

fn registration() -> FormSpec {
    parse("registration.yaml", include_str!("../../../content/forms/registration.yaml")).unwrap()
}

/// A code with the widest quiet zone its page must leave: four modules of version 5, which has 37.
fn with_quiet_zone(code: Area) -> Area {
    let quiet = 4.0 * qr::SIDE / 37.0;
    Area {
        left: code.left - quiet,
        top: code.top - quiet,
        width: code.width + 2.0 * quiet,
        height: code.height + 2.0 * quiet,
    }
}

fn meet(a: Area, b: Area) -> bool {
    a.left < b.right() && b.left < a.right() && a.top < b.bottom() && b.top < a.bottom()
}

#[test]
fn nothing_stands_in_a_quiet_zone_and_nothing_leaves_the_page() {
    let form = fill(&registration());
    let others: Vec<Area> =
        form.layout.ruled.iter().chain(&form.marks).copied().chain([form.places.title, form.places.about]).collect();
    for code in form.codes.map(with_quiet_zone) {
        assert!(others.iter().all(|other| !meet(code, *other)), "{code:?} {others:?}");
        assert!(!meet(code, form.places.how));
    }
    for area in others.iter().chain(&form.codes) {
        assert!(area.left >= MARK_INSET && area.right() <= PAGE.width - MARK_INSET, "{area:?}");
        assert!(area.top >= MARK_INSET && area.bottom() <= PAGE.height - MARK_INSET, "{area:?}");
    }
}

#[test]
fn the_codes_stand_on_the_diagonal_away_from_the_seal() {
    let form = fill(&registration());
    let unit = form.layout.cells.iter().find(|cell| cell.field.as_deref() == Some(&form.unit)).unwrap();
    assert!(form.codes[0].right() < unit.area.left && form.codes[1].top > unit.area.bottom());
    assert!(form.layout.ruled.iter().any(|area| area.height >= 42.0), "no cell takes the seal");
}

#[test]
fn the_largest_code_keeps_modules_of_half_a_millimetre() {
    const { assert!(qr::SIDE / 77.0 >= 0.5) };
}

#[test]
fn fields_follow_the_definition_and_know_where_their_group_begins_and_ends() {
    let form = fill(&registration());
    let ids: Vec<&str> = form.fields.iter().map(|field| field.id.as_str()).collect();
    let spec = registration();
    assert_eq!(ids, spec.written().map(|field| field.id.as_str()).collect::<Vec<_>>());
    assert_eq!(form.fields.iter().filter(|field| field.edge.0).count(), 2);
    assert_eq!(form.fields.iter().filter(|field| field.edge.1).count(), 2);
    assert!(form.fields.iter().all(|field| field.most >= 20), "{:?}", form.fields);
}

#[test]
fn an_inline_value_shares_the_box_above_it() {
    let form = fill(&registration());
    let labels_and_values = form.layout.cells.iter().filter(|cell| !cell.text.ends_with('：')).count();
    assert_eq!(form.layout.ruled.len(), labels_and_values);
}
