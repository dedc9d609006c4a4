//! Records from and to YAML. People edit these files, so every mistake is located.

use serde_yaml::FlowMap;

use super::{Office, Record, Status, checks};
use crate::form::check::parse_date;
use crate::report::{Diagnostic, Place, Said, nearest};
use crate::said;
use crate::yaml::{self, Node, Value};

/// Writes a record as YAML.
pub fn write(record: &Record) -> Result<String, String> {
    yaml::write(record)
}

/// Reads a record that lies in the folder of `status` under the name `id`, and checks what a person may have broken.
/// A pending one is normalised and checked again, so that an edit by hand shows its faults at once.
pub fn parse(path: &str, text: &str, id: &str, status: Status, office: &Office<'_>) -> Result<Record, Vec<Diagnostic>> {
    // The tree first: of a syntax error it says what it is, where the types would only say what they expected.
    let tree = yaml::parse(path, text).map_err(|d| vec![d])?;
    let mut record: Record = serde_yaml::from_str(text).map_err(|e| vec![yaml::syntax_error(path, &e)])?;
    let faults: Vec<Diagnostic> = wrong(&record, id, status, office)
        .into_iter()
        .map(|(keys, said)| Diagnostic::at(path, place(&tree, &keys), said))
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    if status == Status::Pending {
        checks::normalise(&mut record, office);
        checks::refresh(&mut record, office);
    }
    Ok(record)
}

/// Everything wrong with a record's content, each with the keys that lead to it.
fn wrong(record: &Record, id: &str, status: Status, office: &Office<'_>) -> Vec<(Vec<String>, Said)> {
    let mut all = Vec::new();
    let mut add = |keys: &[&str], said: Said| all.push((keys.iter().map(|k| k.to_string()).collect(), said));
    let own = &record.id;
    if own != id {
        add(&["id"], said!("id `{own}` is not the file's name `{id}`", "id `{own}` 与文件名 `{id}` 不符"));
    }
    if record.status != status {
        let (is, folder) = (record.status.folder(), status.folder());
        let message = said!(
            "status `{is}` in folder `{folder}`: decide with `zhuanban review`, not by editing",
            "状态 `{is}` 与所在目录 `{folder}` 不符：请用 zhuanban review 作出决定，不要直接改写"
        );
        add(&["status"], message);
    }
    if status == Status::Accepted && record.decision.is_none() {
        add(&["status"], said!("an accepted record needs its `decision`", "已备案的记录缺少 `decision`"));
    }
    let days = [
        (["received"].as_slice(), record.received.as_deref().map(|at| at.get(..10).unwrap_or(at))),
        (&["decision", "on"], record.decision.as_ref().map(|ruling| ruling.on.as_str())),
    ];
    for (keys, day) in days.into_iter().filter_map(|(keys, day)| Some((keys, day?))) {
        if parse_date(day).is_none_or(|date| date.to_string() != day) {
            add(keys, said!("`{day}` is no day; write YYYY-MM-DD", "“{day}”不是日期，请写成 YYYY-MM-DD"));
        }
    }
    if let Some(FlowMap(choice)) = &record.unit {
        let unit = &choice.id;
        if office.units.get(unit).is_none() {
            add(&["unit", "id"], said!("unknown unit `{unit}`", "单位名录中没有 `{unit}`"));
        }
        if !(0.0..=1.0).contains(&choice.score) {
            add(&["unit", "score"], said!("score must be from 0 to 1", "score 应在 0 与 1 之间"));
        }
    }
    let Some(form) = &record.form else { return all };
    let Some(spec) = office.form(form) else {
        add(&["form"], said!("unknown form `{form}`", "没有名为 `{form}` 的表"));
        return all;
    };
    for (field, FlowMap(value)) in &record.fields {
        if spec.field(field).is_none() {
            let hint = nearest(field, spec.fields.iter().map(|f| f.id.as_str()));
            let (en, zh) = hint
                .map_or_else(Default::default, |h| (format!("; did you mean `{h}`?"), format!("，是否应为 `{h}`？")));
            let said = Said { en: format!("unknown field `{field}`{en}"), zh: format!("没有字段 `{field}`{zh}") };
            add(&["fields", field], said);
        }
        if !(0.0..=1.0).contains(&value.confidence) {
            add(
                &["fields", field, "confidence"],
                said!("confidence must be from 0 to 1", "confidence 应在 0 与 1 之间"),
            );
        }
    }
    all
}

/// The place of the value that the keys lead to, as far as they lead.
fn place(tree: &Node, keys: &[String]) -> Place {
    let mut node = tree;
    let mut at = tree.at;
    for key in keys {
        let Value::Map(entries) = &node.value else { return at };
        let Some((spot, value)) = entries.iter().find(|(spot, _)| &spot.text == key) else { return at };
        (node, at) = (value, spot.at);
    }
    at
}
