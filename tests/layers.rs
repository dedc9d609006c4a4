//! The layers of `lib.rs` hold: each module imports only from those named for it, and only the edge touches the world.
#![allow(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use walkdir::WalkDir;

/// What each module may import from the crate. A module that is missing here is a module nobody has placed yet.
const ALLOWED: &[(&str, &str)] = &[
    ("report", ""),
    ("fault", ""),
    ("yaml", "report"),
    ("form", "report fault yaml"),
    ("unit", "report yaml"),
    ("listing", "report yaml form"),
    ("blank", "report fault form"),
    ("mail", "fault"),
    ("sheet", "fault"),
    ("ocr", ""),
    ("read", "report fault form blank sheet ocr"),
    ("extract", "report fault form mail sheet read"),
    ("record", "report fault yaml form unit listing mail read extract"),
    ("overview", "report form unit listing record"),
    ("site", "report yaml form unit listing blank"),
    ("download", "report form blank site"),
    ("post", "report yaml"),
    ("reply", "report fault form unit mail extract record overview site"),
    (
        "edge",
        "report fault yaml form unit listing blank mail sheet ocr read extract record overview site download post reply",
    ),
    (
        "cli",
        "report fault yaml form unit listing blank mail sheet ocr read extract record overview site download post reply \
         edge",
    ),
];

/// Every `crate::module` that stands in a file outside of comments.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = BTreeSet::new();
    for line in code {
        for part in line.split("crate::").skip(1) {
            if let Some(group) = part.strip_prefix('{') {
                found.extend(group.split(',').map(|m| m.trim().split("::").next().unwrap_or_default().to_owned()));
            } else {
                found.insert(
                    part.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned(),
                );
            }
        }
    }
    found
}

fn sources() -> Vec<(String, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = WalkDir::new(&src).into_iter().filter_map(Result::ok);
    let rust = files.filter(|e| e.path().extension().is_some_and(|x| x == "rs"));
    rust.map(|entry| {
        let name = entry.path().strip_prefix(&src).unwrap().to_string_lossy().into_owned();
        let module = name.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        (name, module, std::fs::read_to_string(entry.path()).unwrap())
    })
    .collect()
}

#[test]
fn each_module_imports_only_from_its_left() {
    let allowed: BTreeMap<&str, &str> = ALLOWED.iter().copied().collect();
    let modules: BTreeSet<&str> = allowed.keys().copied().collect();
    let mut wrong = Vec::new();
    for (name, module, text) in sources().iter().filter(|(_, m, _)| m != "lib" && m != "main") {
        let Some(may) = allowed.get(module.as_str()) else {
            wrong.push(format!("src/{name}: module `{module}` has no place in tests/layers.rs"));
            continue;
        };
        for import in imports(text).iter().filter(|i| modules.contains(i.as_str()) && *i != module) {
            if !may.split(' ').any(|m| m == import) {
                wrong.push(format!("src/{name}: `{module}` may not import `{import}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_site_cannot_name_a_record() {
    for (name, _, text) in sources().iter().filter(|(_, module, _)| module == "site") {
        assert!(!imports(text).contains("record"), "src/{name} imports record");
    }
    assert!(imports("use crate::{record, form};").contains("record"));
    assert!(imports("    let x = crate::record::Record::of();").contains("record"));
}

#[test]
fn every_file_opens_with_what_it_is_and_has_a_telling_name() {
    for (name, _, text) in sources() {
        assert!(text.starts_with("//!"), "src/{name} does not open with //!");
        for vague in ["utils", "helpers", "common", "misc"] {
            assert!(!name.contains(vague), "src/{name}: name it for what it holds");
        }
    }
}

#[test]
fn only_the_edge_lifts_the_ban_on_io() {
    for (name, module, text) in sources() {
        if !["edge", "desk", "cli"].contains(&module.as_str()) {
            assert!(!text.contains("allow(clippy::disallowed_methods)"), "src/{name} lifts the ban on I/O");
        }
    }
}
