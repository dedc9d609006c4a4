//! Reminders: what the office writes to units that have not registered. They answer nobody, so they begin a thread.

use serde::Serialize;
use tera::Context;

use super::{Answer, Writer, letterhead, quoted, tidy};
use crate::overview::missing::Reminder;
use crate::overview::standing::{Standing, UnitStanding};
use crate::report::Diagnostic;
use crate::site::words;

/// So many days nobody is reminded again.
pub const QUIET_DAYS: i64 = 14;

/// What the templates see.
#[derive(Debug, Serialize)]
struct View<'a> {
    recipient: &'a str,
    /// The form's title.
    title: &'a str,
    /// Today, and the last day of registration, as people write them.
    today: String,
    deadline: Option<String>,
    overdue: bool,
    units: Vec<Line<'a>>,
    /// Whether units are among them for which the recipient answers.
    answers_for_others: bool,
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    name: &'a str,
    /// Why what it sent was sent back.
    returned: Option<String>,
}

impl Writer<'_> {
    /// A reminder; its event is made of whom it goes to (`key`) and the day.
    pub fn reminder(&self, reminder: &Reminder<'_>, standing: &Standing, key: &str) -> Result<Answer, Vec<Diagnostic>> {
        let registers = |form: &&crate::form::FormSpec| form.roles.officer.is_some() && form.roles.former.is_none();
        let title = self.content.forms.iter().find(registers).map_or("登记表", |form| form.title.as_str());
        let units: Vec<Line<'_>> = reminder.units.iter().copied().map(line).collect();
        let count = units.len();
        let view = View {
            recipient: &reminder.recipient.name,
            title,
            today: words::day(&standing.today),
            deadline: standing.deadline.as_deref().map(words::day),
            overdue: standing.overdue,
            units,
            answers_for_others: reminder.units.iter().any(|unit| unit.id != reminder.recipient.id),
        };
        let mut context = Context::new();
        context.insert("view", &view);
        context.insert("letterhead", &letterhead::of(self.content, &standing.today));
        let text = self.engine.render("mail/remind.txt", &context)?;
        let html = self.engine.render("mail/remind.html", &context)?;
        Ok(Answer {
            event: event(key, &standing.today),
            to: reminder.to.to_owned(),
            subject: format!("关于报送政府采购专办员登记表的提醒（{count}个单位）"),
            thread: Vec::new(),
            about: None,
            text: tidy(&text),
            html,
        })
    }
}

fn line(unit: &UnitStanding) -> Line<'_> {
    Line { name: &unit.name, returned: unit.returned.as_deref().map(quoted) }
}

/// What every reminder's event begins with.
const BEGIN: &str = "reminder-";

/// `reminder-3f9a2c1b-2023-07-20`.
fn event(key: &str, day: &str) -> String {
    format!("{BEGIN}{key}-{day}")
}

/// The key and the day of a reminder's event.
pub fn taken_apart(event: &str) -> Option<(&str, &str)> {
    let rest = event.strip_prefix(BEGIN)?;
    let day = rest.len().checked_sub("2023-07-20".len())?;
    let (key, day) = rest.split_at_checked(day)?;
    Some((key.strip_suffix('-')?, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_whom_and_when() {
        assert_eq!(taken_apart(&event("3f9a2c1b", "2023-07-20")), Some(("3f9a2c1b", "2023-07-20")));
        assert_eq!(taken_apart("20230704-edc12cdc-receipt"), None);
        assert_eq!(taken_apart("reminder-x"), None);
    }
}
