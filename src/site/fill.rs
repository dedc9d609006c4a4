//! What a page with `form:` in its front matter adds: the form as controls, and what its script needs, as JSON. Nothing
//! that is filled in ever comes back here; the page works in the reader's browser alone.

use serde_json::{Value as Json, json};
use tera::{Context, Value};

use super::Content;
use super::page::Page;
use crate::blank::web;
use crate::form::FormSpec;
use crate::report::{Diagnostic, nearest};
use crate::said;
use crate::unit::Unit;
use crate::unit::search::readings;

/// Gives the template of a page its form.
pub fn insert(context: &mut Context, content: &Content, page: &Page) {
    let Some(spec) = page.form.as_ref().and_then(|(_, id)| form(content, id)) else { return };
    let form = web::fill(spec);
    let units: Vec<Json> = content.units.list.iter().map(unit).collect();
    let mut data = json!(form);
    data["units"] = units.into();
    // `<` could end the script element that holds the data.
    context.insert_value("form_data", Value::safe_string(&data.to_string().replace('<', "\\u003c")));
    context.insert("form", &form);
}

/// Pages that name a form which is not there.
pub fn faults(content: &Content) -> Vec<Diagnostic> {
    let named = content.pages.iter().filter_map(|page| Some((page, page.form.as_ref()?)));
    let unknown = named.filter(|(_, (_, id))| form(content, id).is_none());
    let fault = |(page, (at, id)): (&Page, &(_, String))| {
        let message = match nearest(id, content.forms.iter().map(|form| form.id.as_str())) {
            Some(hint) => {
                said!("unknown form `{id}`; did you mean `{hint}`?", "未定义的表格 `{id}`，是否应为 `{hint}`？")
            }
            None => said!("unknown form `{id}`", "未定义的表格 `{id}`"),
        };
        Diagnostic::at(&page.path, *at, message)
    };
    unknown.map(fault).collect()
}

fn form<'a>(content: &'a Content, id: &str) -> Option<&'a FormSpec> {
    content.forms.iter().find(|form| form.id == id)
}

/// Codes are never public (DOMAIN.md §5), also where the office's own list knows them: a unit types its own.
fn unit(unit: &Unit) -> Json {
    json!({"name": unit.name, "aliases": unit.aliases, "pinyin": pinyin(&unit.name)})
}

/// The readings of each Han character, `/` between those of one: `da/dai ye`. A reader types any of them, in full or
/// by their first letters.
fn pinyin(name: &str) -> String {
    readings(name).iter().map(|all| all.join("/")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_has_all_its_readings() {
        let read = pinyin("大冶市还地桥镇（A）");
        let all: Vec<Vec<&str>> = read.split(' ').map(|one| one.split('/').collect()).collect();
        assert_eq!(all.len(), 7, "{read}");
        assert!(all[0].contains(&"da") && all[1] == ["ye"] && all[3].contains(&"huan"), "{read}");
    }
}
