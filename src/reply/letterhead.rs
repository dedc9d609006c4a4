//! What stands on every mail of the office: who writes, when, and where to find the forms.

use serde_json::{Value, json};

use crate::form::FormSpec;
use crate::site::page::Page;
use crate::site::{Content, words};

/// `letterhead` of the templates. `day` is the day of writing, `YYYY-MM-DD`.
pub(super) fn of(content: &Content, day: &str) -> Value {
    let office = &content.config.office;
    json!({
        "name": office.name, "short": office.short, "room": office.room, "phone": office.phone,
        "mailbox": office.mailbox, "day": words::day(day), "theme": content.config.theme.to_string(),
        "site": {"name": content.config.name, "url": content.config.base_url.as_str()},
        "downloads": address(content, |page| page.template.1 == "downloads.html"),
        "fill": address(content, |page| fills(page, content)),
    })
}

/// The absolute address of the first page that is wanted.
fn address(content: &Content, wanted: impl Fn(&Page) -> bool) -> Option<String> {
    content.pages.iter().find(|page| wanted(page)).map(|page| content.config.base_url.of(&page.output()))
}

/// The page to fill in the form that registers an officer for the first time.
fn fills(page: &Page, content: &Content) -> bool {
    let spec = |id: &str| content.forms.iter().find(|form| form.id == id);
    let first = |form: &FormSpec| form.roles.officer.is_some() && form.roles.former.is_none() && !form.internal;
    page.form.as_ref().and_then(|(_, id)| spec(id)).is_some_and(first)
}
