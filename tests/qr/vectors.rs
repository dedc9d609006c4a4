//! `vectors.json` holds for the encoder and decoder here, as it does for the one in the browser.

use serde::Deserialize;
use serde_json::Value;
use zhuanban::form::payload::{decode, encode, mark};
use zhuanban::form::{FormSpec, Values, parse::parse};

#[derive(Deserialize)]
struct Vectors {
    forms: Vec<Value>,
    write: Vec<Write>,
    refused: Vec<Refused>,
    read: Vec<Read>,
    faults: Vec<Bad>,
}

#[derive(Deserialize)]
struct Write {
    name: String,
    form: String,
    version: u32,
    values: Values,
    text: String,
    read: Option<Values>,
}

#[derive(Deserialize)]
struct Refused {
    name: String,
    form: String,
    version: u32,
    values: Values,
    fault: String,
    fields: Vec<String>,
}

#[derive(Deserialize)]
struct Read {
    name: String,
    text: String,
    form: String,
    version: u32,
    values: Values,
}

#[derive(Deserialize)]
struct Bad {
    name: String,
    text: String,
    fault: String,
}

fn vectors() -> (Vectors, Vec<FormSpec>) {
    let vectors: Vectors = serde_json::from_str(include_str!("vectors.json")).unwrap();
    // JSON is YAML.
    let forms = vectors.forms.iter().map(|form| parse("vectors.json", &form.to_string()).unwrap()).collect();
    (vectors, forms)
}

fn form<'f>(forms: &'f [FormSpec], id: &str, version: u32) -> &'f FormSpec {
    forms.iter().find(|form| form.id == id && form.version == version).unwrap()
}

#[test]
fn values_give_their_text_and_the_text_its_values() {
    let (vectors, forms) = vectors();
    for Write { name, form: id, version, values, text, read } in vectors.write {
        let spec = form(&forms, &id, version);
        assert_eq!(encode(spec, &values).unwrap(), text, "{name}");
        let got = decode(&text, &forms).unwrap();
        assert_eq!((got.form, got.version), (id, version), "{name}");
        assert_eq!(got.values, read.unwrap_or(values), "{name}");
    }
}

#[test]
fn values_too_long_are_refused_by_name() {
    let (vectors, forms) = vectors();
    for Refused { name, form: id, version, values, fault, fields } in vectors.refused {
        let faults = encode(form(&forms, &id, version), &values).unwrap_err();
        assert!(faults.iter().all(|f| f.code == fault), "{name}: {faults:?}");
        let named: Vec<String> = faults.iter().filter_map(|f| f.field.clone()).collect();
        assert_eq!(named, fields, "{name}");
    }
}

#[test]
fn texts_of_other_writers_are_read() {
    let (vectors, forms) = vectors();
    for Read { name, text, form, version, values } in vectors.read {
        let got = decode(&text, &forms).unwrap();
        assert_eq!((got.form, got.version, got.values), (form, version, values), "{name}");
    }
}

#[test]
fn bad_texts_have_their_fault() {
    let (vectors, forms) = vectors();
    for Bad { name, text, fault } in vectors.faults {
        assert_eq!(decode(&text, &forms).unwrap_err().code(), fault, "{name}");
    }
}

#[test]
fn the_registration_form_has_the_order_other_programs_rely_on() {
    let (_, forms) = vectors();
    let shipped = parse("registration.yaml", include_str!("../../content/forms/registration.yaml")).unwrap();
    let ids = |spec: &FormSpec| spec.written().map(|field| field.id.clone()).collect::<Vec<_>>();
    let expected = form(&forms, "registration", 1);
    assert_eq!((shipped.version, &*shipped.letters, ids(&shipped)), (1, "RF", ids(expected)));
}

#[test]
fn the_documentation_shows_the_first_vector_and_every_fault() {
    let (vectors, _) = vectors();
    let docs = include_str!("../../docs/qr-payload.md");
    assert!(docs.contains(&format!("\n{}\n", vectors.write[0].text)));
    let shipped = parse("registration.yaml", include_str!("../../content/forms/registration.yaml")).unwrap();
    assert!(docs.contains(&format!("\n{}\n", mark(&shipped).unwrap())));
    for fault in vectors.faults.iter().map(|bad| &bad.fault).chain(vectors.refused.iter().map(|bad| &bad.fault)) {
        assert!(docs.contains(&format!("`{fault}`")), "{fault}");
    }
    let printed = include_str!("../../templates/fill.html");
    for sentence in
        ["请勿在二维码上盖章、签字或折叠。", "左侧和右下角的两个二维码相同，内容就是本页表格中填写的各栏文字"]
    {
        assert!(docs.contains(&format!("> {sentence}")) && printed.contains(sentence), "{sentence}");
    }
}
