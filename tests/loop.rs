//! The loop: for every form in `content/forms`, made-up values are written into the form, the form goes through a mail,
//! and comes back as the same values. One test closes definition, blank form, mail, sheet, reading and checks.

#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use zhuanban::blank::docx::docx;
use zhuanban::extract::extract;
use zhuanban::form::check::check;
use zhuanban::form::parse::parse;
use zhuanban::form::{Field, FormSpec, Kind, Values};
use zhuanban::read::Reader;

mod letter;
use letter::Letter;

/// Sets of values by kind; each covers what another leaves out.
struct Set {
    text: &'static [&'static str],
    name: &'static [&'static str],
    date: &'static str,
    phone: &'static [&'static str],
    mobile: &'static str,
    email: &'static str,
    code: &'static str,
    note: &'static str,
    /// Whether fields that are not required stay empty.
    sparse: bool,
}

const PLAIN: Set = Set {
    text: &["大冶市教育局", "大冶市示例大道1号", "财务科科长", "副局长"],
    name: &["示例甲", "示例乙"],
    date: "2023-07-10",
    phone: &["0714-5550101", "0714-5550102"],
    mobile: "19400000001",
    email: "shili.jia@example.com",
    code: "11420281T0000001XM",
    note: "同意",
    sparse: false,
};

const LONG: Set = Set {
    text: &[
        "大冶市人民政府东岳路街道办事处",
        "湖北省黄石市大冶市东岳路街道示例大道与示例二路交叉口往东约300米示例政务服务中心综合楼A座12层1203室（原示例大厦）",
        "党政办（财务）副主任、四级主任科员",
        "党工委委员、办事处副主任",
    ],
    name: &["示例·阿卜杜拉", "欧阳示例"],
    date: "2023-12-31",
    phone: &["0714-5550101转8001", "19400000009"],
    mobile: "19400000002",
    email: "dong-yue_lu.shili+2023@mail.example.com",
    code: "T0000001X",
    note: "同意报送，请按期办理备案手续。",
    sparse: false,
};

const SPARSE: Set = Set { sparse: true, ..PLAIN };

impl Set {
    /// Values for a form's fields, each in its normal form; fields of one kind take turns.
    fn values(&self, spec: &FormSpec) -> Values {
        let mut turns: BTreeMap<String, usize> = BTreeMap::new();
        let wanted = spec.written().filter(|field| field.required || !self.sparse);
        wanted
            .map(|field| {
                let turn = turns.entry(format!("{:?}", field.kind)).or_default();
                *turn += 1;
                (field.id.clone(), self.value(field, *turn - 1).to_owned())
            })
            .collect()
    }

    fn value(&self, field: &Field, turn: usize) -> &'static str {
        let of = |all: &'static [&'static str]| all[turn % all.len()];
        match field.kind {
            Kind::Text => of(self.text),
            Kind::Name => of(self.name),
            Kind::Date => self.date,
            Kind::Phone => of(self.phone),
            Kind::Mobile => self.mobile,
            Kind::Email => self.email,
            Kind::Code => self.code,
            Kind::Note => self.note,
            Kind::Signature => "",
        }
    }
}

/// Every form on file.
fn forms() -> Vec<FormSpec> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("content/forms");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| parse(&path.display().to_string(), &fs::read_to_string(&path).unwrap());
    let forms: Vec<FormSpec> = paths.map(|path| read(path).unwrap()).collect();
    assert!(!forms.is_empty());
    forms
}

/// The values of the only record that a document sent by mail gives, with the codes of its faults.
fn came_back(spec: &FormSpec, document: &[u8]) -> (Values, Vec<String>) {
    let mail = Letter::new("登记表").text("text/plain", "见附件").attach("登记表.docx", document).bytes();
    let found = extract(&mail, &Reader::new(forms()));
    let [record] = &found.records[..] else { panic!("{} records: {:?}", found.records.len(), found.leaves) };
    assert_eq!(record.form.as_ref(), Some(&spec.id));
    let values = record.fields.iter().map(|(id, value)| (id.clone(), value.0.value.clone())).collect();
    (values, record.faults.iter().map(|fault| fault.code.clone()).collect())
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
        let (back, faults) = came_back(spec, &docx(spec, values).unwrap());
        assert_eq!(&back, values);
        assert!(faults.iter().all(|code| code == "name-odd"), "{faults:?}");
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
    let written: Vec<Vec<u8>> = all.iter().map(|(spec, values)| docx(spec, values).unwrap()).collect();
    let saved_again = convert(&written, "docx", "docx:MS Word 2007 XML", "docx");
    let through_odt = convert(&convert(&written, "docx", "odt", "odt"), "odt", "docx:MS Word 2007 XML", "docx");
    for (at, (spec, values)) in all.iter().enumerate() {
        assert_eq!(&came_back(spec, &saved_again[at]).0, values, "docx saved again");
        assert_eq!(&came_back(spec, &through_odt[at]).0, values, "docx to odt and back");
    }
}

/// What LibreOffice makes of documents, all in one run: its start is the slow part.
fn convert(documents: &[Vec<u8>], from: &str, filter: &str, to: &str) -> Vec<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: String| folder.path().join(name);
    let sources: Vec<PathBuf> = (0..documents.len()).map(|n| path(format!("{n}.{from}"))).collect();
    sources.iter().zip(documents).for_each(|(source, document)| fs::write(source, document).unwrap());
    let profile = format!("-env:UserInstallation=file://{}", path("profile".to_owned()).display());
    let ran = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", filter, "--outdir"])
        .arg(path("out".to_owned()))
        .args(&sources)
        .output()
        .unwrap_or_else(|e| panic!("soffice cannot be run ({e}); `make setup` installs it"));
    let made = |n: usize| fs::read(path(format!("out/{n}.{to}")));
    let missing = |e| panic!("soffice made no .{to} ({e}); `make setup` installs what it needs: {ran:?}");
    (0..documents.len()).map(|n| made(n).unwrap_or_else(missing)).collect()
}
