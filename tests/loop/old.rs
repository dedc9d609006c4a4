//! Paper outlives software: a print of version 1 comes back when version 2 is in force.

use std::collections::BTreeMap;

use zhuanban::blank::docx::docx;
use zhuanban::blank::qr::symbol;
use zhuanban::edge;
use zhuanban::form::payload::encode;
use zhuanban::form::{FormSpec, Values};
use zhuanban::read::Reader;
use zhuanban::site::{self, Sources};

use super::paper::{Dice, Lens, Wear, picture};
use super::printed::jpeg;
use super::values::PLAIN;
use super::{found, root, values_of};

const FORM: &str = "content/forms/registration.yaml";

/// The office's content after it reissued the form: no field for the mobile number, another label, a new field.
fn reissued() -> Sources {
    let mut sources = edge::sources(root()).expect("sources");
    let old = String::from_utf8(sources.files[FORM].clone()).expect("text");
    let mut new = old.replace("version: 1", "version: 2").replace("label: 单位地址", "label: 办公场所");
    let (from, to) =
        (new.find("  # 联系方式").expect("a comment"), new.find("  - id: officer_email").expect("a field"));
    new.replace_range(from..to, "");
    new.push_str("  - {id: fax, label: 传真, kind: phone}\n");
    sources.files.insert(FORM.to_owned(), new.into_bytes());
    sources.files.insert("content/forms/registration@1.yaml".to_owned(), old.into_bytes());
    sources
}

fn spec(forms: &[FormSpec], version: u32) -> &FormSpec {
    forms.iter().find(|spec| spec.id == "registration" && spec.version == version).expect("a form")
}

#[test]
fn a_form_of_version_1_is_read_when_version_2_is_in_force() {
    let content = site::load(&reissued()).unwrap_or_else(|faults| panic!("{faults:?}"));
    assert!(content.forms.iter().all(|spec| spec.id != "registration" || spec.version == 2), "v1 is not in force");
    let forms: Vec<FormSpec> = content.forms.iter().chain(&content.old_forms).cloned().collect();
    let (old, reader) = (spec(&forms, 1), Reader::new(forms.clone()));
    let written = PLAIN.values(old);
    let mut expected = written.clone();
    let mobile = expected.remove("officer_mobile").expect("a mobile number");
    for (name, document) in
        [("登记表.docx", docx(old, &written).expect("a document")), ("照片.jpg", photo(old, &written))]
    {
        let records = found(&reader, name, &document);
        let [record] = &records[..] else { panic!("{name}: {} records", records.len()) };
        assert_eq!(values_of(record), expected, "{name}");
        let said: BTreeMap<_, _> = record.faults.iter().map(|f| (f.code.as_str(), f.message.as_str())).collect();
        assert!(said.contains_key("old-version"), "{name}: {said:?}");
        assert!(said["field-dropped"].contains(&mobile), "{name}: nothing is lost");
    }
}

#[test]
fn a_form_of_version_2_is_not_taken_for_the_old_one() {
    let content = site::load(&reissued()).unwrap_or_else(|faults| panic!("{faults:?}"));
    let forms: Vec<FormSpec> = content.forms.iter().chain(&content.old_forms).cloned().collect();
    let (new, reader) = (spec(&forms, 2), Reader::new(forms.clone()));
    let written = PLAIN.values(new);
    for document in [docx(new, &written).expect("a document"), photo(new, &written)] {
        let records = found(&reader, "登记表", &document);
        assert_eq!(values_of(&records[0]), written);
        assert!(records[0].faults.iter().all(|fault| fault.code != "old-version"), "{:?}", records[0].faults);
    }
}

/// Half a page with the form's code on it.
fn photo(spec: &FormSpec, values: &Values) -> Vec<u8> {
    let symbol = symbol(&encode(spec, values).expect("a text")).expect("a symbol");
    let wear = Wear { paper: [120.0, 110.0], turn: 3.0, noise: 4.0, jpeg: Some(70), ..Wear::NONE };
    let scale = f64::from(symbol.size.modules) / 40.0;
    let is_black = |x: f64, y: f64| x >= 0.0 && y >= 0.0 && symbol.is_black((x * scale) as u32, (y * scale) as u32);
    let paint = |x: f64, y: f64| if is_black(x - 20.0, y - 30.0) { [30.0; 3] } else { [250.0; 3] };
    let mut dice = Dice::new(1);
    jpeg(&picture(&paint, &wear, &Lens::held(&mut dice), &mut dice))
}
