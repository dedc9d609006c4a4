//! A form of an old version becomes a record of the version in force: paper outlives software, and the office reviews
//! one kind of record.

use crate::fault::Fault;
use crate::form::FormSpec;
use crate::form::check::check;
use crate::read::settle::FieldValue;

/// Field ids and values.
type Fields = Vec<(String, FieldValue)>;

/// The fields that the version in force still has, in its order, and what the reviewer should know. Nothing is lost: the
/// value of a field that is no more stands in its fault.
pub fn renew(read_as: &FormSpec, in_force: &FormSpec, mut fields: Fields) -> (Fields, Vec<Fault>) {
    let (old, new) = (read_as.version, in_force.version);
    if old == new {
        return (fields, Vec::new());
    }
    let mut faults = vec![Fault::new("old-version", format!("所填表格为第{old}版，现行为第{new}版，请核对各栏"))];
    fields.retain(|(id, value)| {
        let label = || read_as.field(id).map_or_else(|| id.clone(), |field| read_as.full_label(field));
        let dropped = || format!("“{}”一栏现行表格已取消，原填写：{}", label(), value.value);
        let kept = in_force.field(id).is_some();
        faults.extend((!kept).then(|| Fault::new("field-dropped", dropped())));
        kept
    });
    for (id, value) in &mut fields {
        if let Some(field) = in_force.field(id) {
            value.value = check(in_force, field, &value.value).value;
        }
    }
    fields.sort_by_key(|(id, _)| in_force.fields.iter().position(|field| &field.id == id));
    (fields, faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::parse::parse;
    use crate::read::Means;

    fn form(version: u32, fields: &str) -> FormSpec {
        let head = "id: t\nletters: TF\ntitle: 表\nroles: {unit: unit}\n";
        parse("t.yaml", &format!("{head}version: {version}\nfields:\n{fields}")).expect("a form")
    }

    fn read(pairs: &[(&str, &str)]) -> Fields {
        let value = |text: &str| FieldValue {
            value: text.to_owned(),
            means: Means::Qr,
            confidence: 1.0,
            place: None,
            alternatives: Vec::new(),
        };
        pairs.iter().map(|(id, text)| ((*id).to_owned(), value(text))).collect()
    }

    #[test]
    fn a_field_that_is_no_more_is_told_and_the_others_take_their_new_order() {
        let old = form(
            1,
            "- {id: unit, label: 单位, kind: text}\n- {id: fax, label: 传真, kind: text}\n- {id: note, label: 注, kind: text}\n",
        );
        let new = form(2, "- {id: note, label: 注, kind: text}\n- {id: unit, label: 单位, kind: text}\n");
        let (fields, faults) = renew(&old, &new, read(&[("unit", "甲局"), ("fax", "8730000"), ("note", "乙")]));
        assert_eq!(fields, read(&[("note", "乙"), ("unit", "甲局")]));
        let codes: Vec<&str> = faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(codes, ["old-version", "field-dropped"]);
        assert!(faults[1].message.contains("“传真”") && faults[1].message.contains("8730000"));
    }

    #[test]
    fn the_version_in_force_needs_no_word() {
        let form = form(2, "- {id: unit, label: 单位, kind: text}\n");
        assert_eq!(renew(&form, &form, read(&[("unit", "甲局")])), (read(&[("unit", "甲局")]), Vec::new()));
    }
}
