//! Reads a form definition from YAML and proves its invariants, every fault located.

use std::collections::BTreeSet;

use super::check::parse_date;
use super::{Column, Field, FormSpec, Group, Kind, Roles};
use crate::report::{Diagnostic, Place, Said, nearest};
use crate::said;
use crate::yaml::{self, Decoder, Entries, Node, Value};

const FORM_KEYS: &[&str] = &[
    "id",
    "version",
    "issued",
    "letters",
    "title",
    "other_titles",
    "synonyms",
    "area_code",
    "roles",
    "internal",
    "groups",
    "fields",
];
const ROLE_KEYS: &[&str] = &["unit", "unit_code", "officer", "former", "reason", "subject", "commendation", "date"];
const GROUP_KEYS: &[&str] = &["id", "label", "aliases"];
const FIELD_KEYS: &[&str] = &["id", "label", "aliases", "group", "kind", "required", "inline", "column"];
const COLUMN_KEYS: &[&str] = &["title", "needs_basis", "stand_in", "unit_mailbox_only"];

/// Parses `content/forms/<id>.yaml`. Every fault of the file is reported at once.
pub fn parse(path: &str, text: &str) -> Result<FormSpec, Vec<Diagnostic>> {
    let node = yaml::parse(path, text).map_err(|d| vec![d])?;
    let mut decoder = Decoder::new(path);
    let spec = form(&mut decoder, &node);
    decoder.finish(spec)
}

fn form(d: &mut Decoder, node: &Node) -> Option<FormSpec> {
    let e = d.entries(node, FORM_KEYS);
    let groups: Vec<Group> = d.list(e.get("groups")).iter().filter_map(|g| group(d, g)).collect();
    let fields = fields(d, &e, &groups);
    let id = required_id(d, &e, "id");
    let version = d.parsed(&e, "version", version);
    if e.get("version").is_none() {
        d.required(&e, "version");
    }
    let letters = d.required(&e, "letters");
    let title = d.required(&e, "title");
    let roles = roles(d, &e, &written_ids(&e));
    let synonyms = d.list(e.get("synonyms")).iter().map(|set| d.texts(Some(set))).collect();
    Some(FormSpec {
        other_titles: d.texts(e.get("other_titles")),
        synonyms,
        area_code: d.text(&e, "area_code"),
        internal: d.flag(&e, "internal"),
        issued: d.parsed(&e, "issued", day),
        roles: roles?,
        groups,
        fields,
        id: id?,
        version: version?,
        letters: letters?,
        title: title?,
    })
}

fn version(text: &str) -> Result<u32, Said> {
    let parsed = text.parse().ok().filter(|v| *v > 0);
    parsed.ok_or_else(|| said!("version must be a whole number from 1", "version 应为从 1 起的整数"))
}

fn day(text: &str) -> Result<String, Said> {
    let day = parse_date(text).map(|date| date.to_string());
    day.ok_or_else(|| said!("`{text}` is no day; write YYYY-MM-DD", "“{text}”不是日期，请写成 YYYY-MM-DD"))
}

/// An id that is safe in file names and addresses.
fn required_id(d: &mut Decoder, e: &Entries<'_>, key: &str) -> Option<String> {
    let id = d.required(e, key)?;
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    if id.chars().all(good) {
        return Some(id);
    }
    let at = e.get(key).map_or(Place::default(), |node| node.at);
    d.fault(at, said!("id `{id}` may hold only a-z, 0-9, `_` and `-`", "标识 `{id}` 只能含 a-z、0-9、_ 和 -"));
    None
}

fn group(d: &mut Decoder, node: &Node) -> Option<Group> {
    let e = d.entries(node, GROUP_KEYS);
    let (id, label) = (required_id(d, &e, "id"), d.required(&e, "label"));
    Some(Group { aliases: d.texts(e.get("aliases")), id: id?, label: label? })
}

fn fields(d: &mut Decoder, e: &Entries<'_>, groups: &[Group]) -> Vec<Field> {
    if e.get("fields").is_none() {
        d.required(e, "fields");
    }
    let nodes = d.list(e.get("fields"));
    let read: Vec<(Place, Field)> = nodes.iter().filter_map(|n| Some((n.at, field(d, n, groups)?))).collect();
    let mut seen = BTreeSet::new();
    for (at, field) in &read {
        let id = &field.id;
        if !seen.insert(id.clone()) {
            d.fault(*at, said!("field `{id}` is defined twice", "字段 `{id}` 定义了两次"));
        }
    }
    for (at, field) in &read {
        stand_in_is_public(d, *at, field, &read);
    }
    read.into_iter().map(|(_, field)| field).collect()
}

/// The ids as written, also of fields that are broken otherwise: one mistake is reported once.
fn written_ids(e: &Entries<'_>) -> Vec<String> {
    let Some(Value::List(fields)) = e.get("fields").map(|node| &node.value) else { return Vec::new() };
    let id = |field: &Node| match &field.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| key.text == "id").map(|(_, node)| node.value.clone()),
        _ => None,
    };
    let text = |value: Value| if let Value::Text(text) = value { Some(text) } else { None };
    fields.iter().filter_map(id).filter_map(text).collect()
}

/// What stands in for a withheld value is shown to everyone, so it must be public itself.
fn stand_in_is_public(d: &mut Decoder, at: Place, field: &Field, all: &[(Place, Field)]) {
    let Some(stand_in) = field.column.as_ref().and_then(|c| c.stand_in.as_ref()) else { return };
    if !all.iter().any(|(_, f)| &f.id == stand_in && f.column.is_some()) {
        d.fault(at, said!("`stand_in: {stand_in}` is not a public field", "`stand_in: {stand_in}` 不是公开字段"));
    }
}

fn field(d: &mut Decoder, node: &Node, groups: &[Group]) -> Option<Field> {
    let e = d.entries(node, FIELD_KEYS);
    let id = required_id(d, &e, "id");
    let label = d.required(&e, "label");
    let kind = d.parsed(&e, "kind", kind);
    if e.get("kind").is_none() {
        d.required(&e, "kind");
    }
    let group = d.parsed(&e, "group", |text| known_group(text, groups));
    let column = e.get("column").and_then(|node| column(d, node, kind));
    Some(Field {
        aliases: d.texts(e.get("aliases")),
        required: d.flag(&e, "required"),
        inline: d.flag(&e, "inline"),
        id: id?,
        label: label?,
        kind: kind?,
        group,
        column,
    })
}

fn kind(text: &str) -> Result<Kind, Said> {
    if let Some((_, kind)) = Kind::ALL.iter().find(|(name, _)| *name == text) {
        return Ok(*kind);
    }
    let names = Kind::ALL.map(|(name, _)| name);
    Err(match nearest(text, names) {
        Some(hint) => {
            said!("unknown kind `{text}`; did you mean `{hint}`?", "未知的类型 `{text}`，是否应为 `{hint}`？")
        }
        None => {
            let all = names.join(", ");
            said!("unknown kind `{text}`; known kinds: {all}", "未知的类型 `{text}`；可用的类型：{all}")
        }
    })
}

fn known_group(text: &str, groups: &[Group]) -> Result<String, Said> {
    let found = groups.iter().any(|g| g.id == text);
    found.then(|| text.to_owned()).ok_or_else(|| said!("unknown group `{text}`", "未定义的分组 `{text}`"))
}

fn column(d: &mut Decoder, node: &Node, kind: Option<Kind>) -> Option<Column> {
    let e = d.entries(node, COLUMN_KEYS);
    if kind.is_some_and(|k| !k.may_be_public()) {
        let message = "a mobile number, code or signature is never public; remove `column`";
        d.fault(node.at, said!("{message}", "手机、代码和签字一律不公开，请删去 column"));
    }
    let title = d.required(&e, "title");
    Some(Column {
        needs_basis: d.flag(&e, "needs_basis"),
        stand_in: d.text(&e, "stand_in"),
        unit_mailbox_only: d.flag(&e, "unit_mailbox_only"),
        title: title?,
    })
}

fn roles(d: &mut Decoder, e: &Entries<'_>, fields: &[String]) -> Option<Roles> {
    let Some(node) = e.get("roles") else {
        d.required(e, "roles");
        return None;
    };
    let e = d.entries(node, ROLE_KEYS);
    let mut role = |key: &str| d.parsed(&e, key, |text| known_field(text, fields));
    let (unit, unit_code, date) = (role("unit"), role("unit_code"), role("date"));
    let (officer, former, reason) = (role("officer"), role("former"), role("reason"));
    let (subject, commendation) = (role("subject"), role("commendation"));
    if e.get("unit").is_none() {
        d.required(&e, "unit");
    }
    Some(Roles { unit: unit?, unit_code, officer, former, reason, subject, commendation, date })
}

fn known_field(text: &str, fields: &[String]) -> Result<String, Said> {
    if fields.iter().any(|id| id == text) {
        return Ok(text.to_owned());
    }
    Err(match nearest(text, fields.iter().map(String::as_str)) {
        Some(hint) => {
            said!("unknown field `{text}`; did you mean `{hint}`?", "未知的字段 `{text}`，是否应为 `{hint}`？")
        }
        None => said!("unknown field `{text}`", "未知的字段 `{text}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
id: tiny
version: 1
letters: TF
title: 表
roles: {unit: unit_name, officer: who}
groups:
  - {id: officer, label: 联络员}
fields:
  - {id: unit_name, label: 单位, kind: text}
  - {id: who, label: 姓名, group: officer, kind: name, column: {title: 专办员}}
";

    fn faults(text: &str) -> Vec<String> {
        parse("f.yaml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_good_definition_parses() {
        let spec = parse("f.yaml", GOOD).unwrap();
        assert_eq!(spec.full_label(&spec.fields[1]), "联络员姓名");
        assert_eq!(spec.columns().count(), 1);
    }

    #[test]
    fn an_unknown_kind_is_located_with_a_hint() {
        let text = GOOD.replace("kind: text", "kind: txt");
        assert_eq!(faults(&text), ["f.yaml:9:38: unknown kind `txt`; did you mean `text`?"]);
    }

    #[test]
    fn all_faults_come_at_once() {
        let text =
            GOOD.replace("letters: TF\n", "").replace("kind: name", "kind: mobile").replace("title: 表", "titel: 表");
        let all = faults(&text).join("\n");
        for part in ["unknown key `titel`; did you mean `title`?", "missing key `letters`", "never public"] {
            assert!(all.contains(part), "{part} not in:\n{all}");
        }
    }

    #[test]
    fn roles_and_groups_must_exist() {
        let text = GOOD.replace("officer: who", "officer: woh").replace("group: officer", "group: boss");
        let all = faults(&text).join("\n");
        assert!(all.contains("unknown field `woh`; did you mean `who`?"), "{all}");
        assert!(all.contains("unknown group `boss`"), "{all}");
    }

    #[test]
    fn a_field_defined_twice_is_a_fault() {
        let text = GOOD.replace("id: who", "id: unit_name").replace("officer: who", "officer: unit_name");
        assert!(faults(&text)[0].contains("`unit_name` is defined twice"));
    }
}
