//! The outbox: the office's answers that have not left, and what each says.

use serde::Serialize;

use super::answer::{Answer, Problem, page};
use super::route::Call;
use super::words;
use crate::edge::outbox::{Mail, Outbox};
use crate::report::Lang;

#[derive(Serialize)]
struct View {
    mails: Vec<Line>,
    broken: Vec<String>,
}

/// A mail of ours.
#[derive(Serialize)]
pub struct Line {
    event: String,
    state: &'static str,
    to: String,
    subject: String,
    written: String,
    said: String,
}

fn line(mail: &Mail) -> Line {
    Line {
        event: mail.event.clone(),
        state: mail.state.label(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        written: words::time(&mail.written),
        said: mail.said.clone().unwrap_or_default(),
    }
}

/// All of them, oldest first.
pub fn list(call: &Call<'_>) -> Answer {
    let (mails, broken) = Outbox::of(&call.now.office().inbox).list()?;
    let broken = broken.iter().map(|d| d.render(Lang::Zh)).collect();
    page(&call.now, &call.clerk, "answers.html", &View { mails: mails.iter().map(line).collect(), broken })
}

/// The answers about a record that have not left.
pub fn of_record(call: &Call<'_>, id: &str) -> Vec<Line> {
    let Ok((mails, _)) = Outbox::of(&call.now.office().inbox).list() else { return Vec::new() };
    let about = |mail: &&Mail| mail.event.strip_prefix(id).is_some_and(|rest| rest.starts_with('-'));
    mails.iter().filter(about).map(line).collect()
}

#[derive(Serialize)]
struct One {
    line: Line,
    text: String,
}

/// One of them. The event is looked up among those that are there, so that it is never a path.
pub fn one(call: &Call<'_>, event: &str) -> Answer {
    let (mails, _) = Outbox::of(&call.now.office().inbox).list()?;
    let mail = mails.iter().find(|mail| mail.event == event).ok_or(Problem::NotFound)?;
    page(&call.now, &call.clerk, "mail-out.html", &One { line: line(mail), text: mail.text.clone() })
}
