//! Through documents: the form as .docx and .xlsx, as we write it and as other programs save it again.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use zhuanban::blank::docx::docx;
use zhuanban::blank::xlsx::xlsx;
use zhuanban::form::check::check;
use zhuanban::form::{FormSpec, Kind, Values};
use zhuanban::read::Reader;

use super::values::{LONG, PLAIN, SPARSE};
use super::{forms, found, run, values_of};

/// The values of the only record that a document gives, with the codes of its faults.
fn came_back(spec: &FormSpec, document: &[u8]) -> (Values, Vec<String>) {
    let records = found(&Reader::new(forms()), "登记表", document);
    let [record] = &records[..] else { panic!("{} records", records.len()) };
    assert_eq!(record.form.as_ref(), Some(&spec.id));
    (values_of(record), record.faults.iter().map(|fault| fault.code.clone()).collect())
}

/// Calls with every form and every set of values for it.
fn each(mut go: impl FnMut(&FormSpec, &Values)) {
    for spec in forms() {
        for set in [PLAIN, LONG, SPARSE] {
            let values = set.values(&spec);
            for (id, value) in &values {
                let normal = check(&spec, spec.field(id).unwrap(), value).value;
                assert_eq!(&normal, value, "`{id}` of this test is not in its normal form");
            }
            go(&spec, &values);
        }
    }
}

#[test]
fn what_is_written_into_a_form_comes_back() {
    each(|spec, values| {
        for document in [docx(spec, values), xlsx(spec, values)] {
            let (back, faults) = came_back(spec, &document.unwrap());
            assert_eq!(&back, values);
            assert!(faults.iter().all(|code| code == "name-odd"), "{faults:?}");
        }
    });
}

#[test]
fn what_other_people_write_comes_back_in_its_normal_form() {
    for spec in forms() {
        let values = PLAIN.values(&spec);
        let dressed: Values = values.iter().map(|(id, value)| (id.clone(), dress(&spec, id, value))).collect();
        assert_ne!(dressed, values);
        let (back, _) = came_back(&spec, &docx(&spec, &dressed).unwrap());
        assert_eq!(back, values);
    }
}

/// A value as a clerk may type it.
fn dress(spec: &FormSpec, id: &str, value: &str) -> String {
    let spaced = |text: &str| text.chars().map(|c| format!("{c} ")).collect::<String>();
    match spec.field(id).unwrap().kind {
        Kind::Name => spaced(value),
        Kind::Date => "二〇二三年七月十日".to_owned(),
        Kind::Phone => value.replace("0714-", "（0714）"),
        Kind::Mobile => format!("{} {} {}", &value[..3], &value[3..7], &value[7..]),
        Kind::Email => value.to_uppercase().replace('@', "＠").replace("SHILI.JIA", "shili.jia"),
        Kind::Code => value.to_lowercase(),
        Kind::Text | Kind::Note => format!("　{value}\n"),
        Kind::Signature => String::new(),
    }
}

#[test]
fn a_form_saved_by_libreoffice_comes_back() {
    let mut all: Vec<(FormSpec, Values)> = Vec::new();
    each(|spec, values| all.push((spec.clone(), values.clone())));
    let of = |write: fn(&FormSpec, &Values) -> Result<Vec<u8>, String>| -> Vec<Vec<u8>> {
        all.iter().map(|(spec, values)| write(spec, values).unwrap()).collect()
    };
    let (words, sheets) = (of(docx), of(xlsx));
    const DOCX: &str = "docx:MS Word 2007 XML";
    let saved = [
        ("docx saved again", convert(&words, "docx", DOCX, "docx")),
        ("docx to odt and back", convert(&convert(&words, "docx", "odt", "odt"), "odt", DOCX, "docx")),
        ("xlsx saved again", convert(&sheets, "xlsx", "xlsx:Calc MS Excel 2007 XML", "xlsx")),
    ];
    for (how, documents) in &saved {
        for ((spec, values), document) in all.iter().zip(documents) {
            assert_eq!(&came_back(spec, document).0, values, "{} {how}", spec.id);
        }
    }
}

/// What LibreOffice makes of documents, all in one run: its start is the slow part.
fn convert(documents: &[Vec<u8>], from: &str, filter: &str, to: &str) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: String| folder.path().join(name);
    let sources: Vec<PathBuf> = (0..documents.len()).map(|n| path(format!("{n}.{from}"))).collect();
    sources.iter().zip(documents).for_each(|(source, document)| fs::write(source, document).unwrap());
    let profile = format!("-env:UserInstallation=file://{}", path("profile".to_owned()).display());
    let mut office = Command::new("soffice");
    office
        .args([&profile, "--headless", "--convert-to", filter, "--outdir"])
        .arg(path("out".to_owned()))
        .args(&sources);
    let ran = run(&mut office);
    let made = |n: usize| fs::read(path(format!("out/{n}.{to}")));
    let missing = |e| panic!("soffice made no .{to} ({e}); `make setup` installs what it needs: {ran:?}");
    (0..documents.len()).map(|n| made(n).unwrap_or_else(missing)).collect()
}
