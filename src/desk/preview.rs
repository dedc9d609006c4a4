//! The answer that would be mailed, shown before anything is done. What was sent comes back with the confirmation, so that
//! nothing has to be entered twice.

use serde::Serialize;

use super::act::Changes;
use super::answer::{Answer, page as answer_page};
use super::index::Row;
use super::room::Now;
use super::route::Call;
use crate::edge::review::{self, Stopped};
use crate::record::Signed;
use crate::record::decide::Decision;

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    unit: &'a str,
    officer: &'a str,
    what: &'a str,
    to: String,
    subject: String,
    text: String,
    /// Why nothing is mailed, where nothing is.
    silent: Option<String>,
    sent: Vec<(&'a str, &'a str)>,
}

/// The page that asks.
pub fn page(
    call: &Call<'_>,
    now: &Now,
    row: &Row,
    changes: &Changes,
    decision: &Decision,
    signed: &Signed,
) -> Result<Answer, Stopped> {
    let office = now.office();
    let answers = office.answers()?;
    let records = now.index.records();
    let (decided, answer) = review::preview(office, &answers, &records, row.record(), changes, decision, signed)?;
    let (answer, silent) = match answer {
        Some(Ok(answer)) => (answer, None),
        Some(Err(why)) => (Default::default(), Some(why)),
        None => (Default::default(), Some("这一决定不需要答复".to_owned())),
    };
    // What is looked at is accepted once it is confirmed.
    let sent = call.form.iter().filter(|(name, _)| !["csrf", "confirmed"].contains(name));
    let sent =
        sent.map(|(name, value)| if (name, value) == ("act", "look") { (name, "accept") } else { (name, value) });
    let view = View {
        id: &decided.id,
        unit: &row.unit,
        officer: &row.officer,
        what: decision.label(),
        to: answer.to,
        subject: answer.subject,
        text: answer.text,
        silent,
        sent: sent.collect(),
    };
    Ok(answer_page(now, &call.clerk, "preview.html", &view))
}
