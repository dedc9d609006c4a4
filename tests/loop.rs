//! The loop: for every form in `content/forms`, made-up values are written into the form, the form goes through a mail,
//! and comes back as the same values. One test closes definition, blank form, fill-in page, mail, sheet, reading and
//! checks. [`cells`] goes through documents, [`printed`] through browser, paper, scanner and camera.

#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zhuanban::extract::{Found, extract};
use zhuanban::form::parse::parse;
use zhuanban::form::{FormSpec, Values};
use zhuanban::read::Reader;

#[path = "loop/cases.rs"]
mod cases;
#[path = "loop/cells.rs"]
mod cells;
mod letter;
#[path = "loop/old.rs"]
mod old;
mod paper;
#[path = "loop/printed.rs"]
mod printed;
#[path = "loop/sheet.rs"]
mod sheet;
#[path = "loop/values.rs"]
mod values;

use letter::Letter;

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every form in force.
fn forms() -> Vec<FormSpec> {
    let paths = std::fs::read_dir(root().join("content/forms")).unwrap().map(|entry| entry.unwrap().path());
    let in_force = paths.filter(|path| !path.to_string_lossy().contains('@'));
    let read = |path: PathBuf| parse(&path.display().to_string(), &std::fs::read_to_string(&path).unwrap());
    let mut forms: Vec<FormSpec> = in_force.map(|path| read(path).unwrap()).collect();
    forms.sort_by(|a, b| a.id.cmp(&b.id));
    assert!(!forms.is_empty());
    forms
}

/// What a document sent by mail gives.
fn found(reader: &Reader, name: &str, document: &[u8]) -> Vec<Found> {
    extract(&mail(name, document), reader).records
}

fn mail(name: &str, document: &[u8]) -> Vec<u8> {
    Letter::new("登记表").text("text/plain", "见附件").attach(name, document).bytes()
}

fn values_of(record: &Found) -> Values {
    record.fields.iter().map(|(id, value)| (id.clone(), value.0.value.clone())).collect()
}

/// Where a record says something that is not so, and nothing that would make a reviewer look.
fn silently_wrong(record: &Found, expected: &Values) -> Vec<String> {
    if record.fields.is_empty() && !record.faults.is_empty() {
        return Vec::new();
    }
    let said: BTreeMap<_, _> = values_of(record);
    let is_told = |id: &str| record.faults.iter().any(|fault| fault.field.as_deref() == Some(id));
    let ids = expected.keys().chain(said.keys());
    let mut wrong: Vec<String> = ids
        .filter(|id| expected.get(*id) != said.get(*id) && !is_told(id))
        .map(|id| format!("{id}: {:?} for {:?}", said.get(id), expected.get(id)))
        .collect();
    wrong.dedup();
    wrong
}

/// Runs a program in the repository; a missing one fails with what installs it.
fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.current_dir(root()).output();
    let output = output.unwrap_or_else(|e| panic!("{name} cannot be run ({e}); `make setup` installs it"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{name} failed\n{}\n{}", said(&output.stdout), said(&output.stderr));
    output
}
