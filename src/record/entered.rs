//! Records of forms that came by hand: their values are typed in, there is no mail.

use super::decide::edit;
use super::{BY_HAND, Mail, Office, Record, Signed};
use crate::extract::sha256;
use crate::report::Said;

/// A pending record of a form from its values, received on the day it is signed for.
///
/// Its id comes from that day and the values, so that entering the same form twice on one day makes one record.
pub fn entered(
    form: &str,
    values: &[(String, String)],
    office: &Office<'_>,
    signed: &Signed,
) -> Result<Record, Vec<Said>> {
    let today = signed.at.get(..10) == Some(&signed.on);
    let received = if today { signed.at.clone() } else { format!("{}T00:00:00+08:00", signed.on) };
    let mail = Mail { from: BY_HAND.to_owned(), ..Mail::default() };
    let blank = Record { form: Some(form.to_owned()), ..Record::waiting(mail, Some(received)) };
    let form = ("form".to_owned(), form.to_owned());
    let changes: Vec<_> = [form].into_iter().chain(values.iter().cloned()).collect();
    let filled = edit(&blank, &changes, office, signed)?;
    Ok(Record { id: id(&filled, signed), history: vec![signed.event("录入")], ..filled })
}

/// `20230712-3f9a2c1b-hand`: parts of mails begin with a digit, so it is no mail's.
fn id(record: &Record, signed: &Signed) -> String {
    let form = record.form.as_deref().unwrap_or_default();
    let unit = record.unit_id().unwrap_or_default();
    let values: String = record.values().iter().map(|(field, value)| format!("\n{field}={value}")).collect();
    let day: String = signed.on.chars().filter(char::is_ascii_digit).collect();
    format!("{day}-{}-hand", &sha256(format!("{form}\n{unit}{values}").as_bytes())[..8])
}
