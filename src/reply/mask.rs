//! Private values as an answer may show them (DOMAIN.md §5): enough for the sender to see that they were read, too little
//! for anybody else, for the sender's address is no proof of the unit.

use crate::form::check::is_mobile;
use crate::form::{Field, FormSpec, Kind};

/// Stands for a private value of which nothing can be shown.
const FILLED_IN: &str = "（已填写）";

/// A field's value as an answer shows it. What has no public column is private.
pub fn shown(spec: &FormSpec, field: &Field, value: &str) -> String {
    // The unit is what a public page is about, so its name needs no column.
    let public = field.column.is_some() || spec.roles.unit == field.id;
    let form_date = spec.roles.date.as_deref() == Some(field.id.as_str());
    match field.kind {
        Kind::Mobile => masked(value, 3, 4),
        Kind::Code => masked(value, 2, 3),
        Kind::Email => mailbox(value),
        Kind::Phone if !public => phone(value),
        Kind::Name if !public => masked(value, 1, 0),
        Kind::Date if form_date => crate::site::words::day(value),
        Kind::Phone | Kind::Name | Kind::Text | Kind::Note | Kind::Date if public => without_mobiles(value),
        Kind::Phone | Kind::Name | Kind::Text | Kind::Note | Kind::Date | Kind::Signature => FILLED_IN.to_owned(),
    }
}

/// `138****1234`: the ends stay, if there is something between them.
fn masked(value: &str, front: usize, back: usize) -> String {
    let length = value.chars().count();
    if length <= front + back {
        return "*".repeat(length);
    }
    let hide = |(at, c)| if at < front || at >= length - back { c } else { '*' };
    value.chars().enumerate().map(hide).collect()
}

/// `j***@example.com`.
fn mailbox(value: &str) -> String {
    match value.rsplit_once('@') {
        Some((name, domain)) => format!("{}***@{domain}", name.chars().take(1).collect::<String>()),
        None => masked(value, 1, 0),
    }
}

/// `0714-****102`: the area code says nothing.
fn phone(value: &str) -> String {
    let one = |number: &str| match number.split_once('-') {
        Some((area, rest)) => format!("{area}-{}", masked(rest, 0, 3)),
        None => masked(number, 3, 3),
    };
    value.split('、').map(one).collect::<Vec<_>>().join("、")
}

/// A public value in which somebody wrote a mobile number all the same.
pub(super) fn without_mobiles(text: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        out.push_str(&if is_mobile(&digits) { masked(&digits, 3, 4) } else { std::mem::take(&mut digits) });
        digits.clear();
        out.extend((c != '\0').then_some(c));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_masks_are_those_of_the_office() {
        assert_eq!(masked("13800001234", 3, 4), "138****1234");
        assert_eq!(masked("35000000000000T123", 2, 3), "35*************123");
        assert_eq!(masked("示例甲", 1, 0), "示**");
        assert_eq!(mailbox("jyj@example.com"), "j***@example.com");
        assert_eq!(mailbox("no address"), "n*********");
        assert_eq!(phone("0714-5550102、5550103"), "0714-****102、555*103");
    }

    #[test]
    fn short_values_are_hidden_whole() {
        assert_eq!(masked("1234567", 3, 4), "*******");
        assert_eq!(masked("甲", 1, 0), "*");
    }

    #[test]
    fn a_mobile_number_in_the_wrong_box_is_hidden() {
        assert_eq!(without_mobiles("0714-5550101"), "0714-5550101");
        assert_eq!(without_mobiles("0714-5550101、19400000001"), "0714-5550101、194****0001");
        assert_eq!(without_mobiles("科长19400000001（办）"), "科长194****0001（办）");
    }
}
