//! Golden cases of the site: each folder of `tests/site/cases` is laid over `tests/site/base` and the shipped templates.
//!
//! `errors.txt` holds the expected messages. `output.txt` holds lines `path: text` (must stand in that output) and
//! `path ! text` (must not); a hash in a file name is left out. `remove.txt` names files to take away.
//! `UPDATE=1 cargo test --test site` rewrites `errors.txt`; read the difference before you commit it.

#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::{Path, PathBuf};

use zhuanban::edge;
use zhuanban::site::{self, Options, Output, Sources};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn sources_of(case: &Path) -> Sources {
    let read = |path: &Path| edge::sources(path).expect("readable").files;
    let shipped = read(&root()).into_iter().filter(|(path, _)| path.starts_with("templates/"));
    let mut files: std::collections::BTreeMap<_, _> = shipped.collect();
    files.extend(read(&root().join("tests/site/base")));
    files.extend(read(case));
    let removed = fs::read_to_string(case.join("remove.txt")).unwrap_or_default();
    files.retain(|path, _| !removed.lines().any(|line| line == path));
    Sources { files }
}

fn check_errors(case: &Path, built: Result<Vec<Output>, Vec<String>>) -> Result<(), String> {
    let said = built.err().ok_or("the build succeeded")?.join("\n") + "\n";
    let path = case.join("errors.txt");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &said).map_err(|e| e.to_string())?;
    }
    let expected = fs::read_to_string(path).map_err(|e| e.to_string())?;
    if said == expected { Ok(()) } else { Err(format!("expected:\n{expected}said:\n{said}")) }
}

fn check_output(case: &Path, built: Result<Vec<Output>, Vec<String>>) -> Result<(), String> {
    let outputs = built.map_err(|faults| faults.join("\n"))?;
    let expected = fs::read_to_string(case.join("output.txt")).map_err(|e| e.to_string())?;
    let wrong: Vec<&str> = expected.lines().filter(|line| !holds(&outputs, line)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("not so:\n{}", wrong.join("\n"))) }
}

fn holds(outputs: &[Output], line: &str) -> bool {
    let text = |path: &str| {
        let (stem, ending) = path.rsplit_once('.').expect("a file with an ending");
        let named =
            |o: &&Output| o.path == path || (o.path.starts_with(stem) && o.path.ends_with(&format!(".{ending}")));
        outputs
            .iter()
            .find(named)
            .map(|o| String::from_utf8_lossy(&o.bytes).into_owned())
            .unwrap_or_else(|| panic!("no {path}"))
    };
    match (line.split_once(": "), line.split_once(" ! ")) {
        (_, Some((path, unwanted))) if !path.contains(": ") => !text(path).contains(unwanted),
        (Some((path, wanted)), _) => text(path).contains(wanted),
        _ => panic!("neither `: ` nor ` ! ` in {line}"),
    }
}

#[test]
fn every_case_gives_what_it_should() {
    let cases = root().join("tests/site/cases");
    let mut count = 0;
    let mut failed = Vec::new();
    for entry in fs::read_dir(cases).expect("cases") {
        let case = entry.expect("a case").path();
        let built = site::build(&sources_of(&case), &Options::default(), Vec::new());
        let built = built.map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>());
        let check = if case.join("errors.txt").exists() { check_errors } else { check_output };
        if let Err(what) = check(&case, built) {
            failed.push(format!("== {}\n{what}", case.display()));
        }
        count += 1;
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(count > 20, "only {count} cases were found");
}

#[test]
fn a_build_is_the_same_every_time() {
    let sources = sources_of(&root().join("tests/site/cases/plain"));
    let build = || site::build(&sources, &Options::default(), Vec::new()).expect("builds");
    assert_eq!(build(), build());
}

#[test]
fn the_base_url_of_the_command_line_goes_everywhere() {
    let sources = sources_of(&root().join("tests/site/cases/plain"));
    let options = Options { base_url: Some("http://127.0.0.1:8000/a/b".to_owned()) };
    let outputs = site::build(&sources, &options, Vec::new()).expect("builds");
    assert!(holds(&outputs, "sitemap.xml: <loc>http://127.0.0.1:8000/a/b/directory/</loc>"));
    assert!(holds(&outputs, "404.html: href=\"/a/b/directory/\""));
    assert!(!outputs.iter().any(|o| String::from_utf8_lossy(&o.bytes).contains("example.gov.cn")));
    let wrong = Options { base_url: Some("nowhere".to_owned()) };
    assert!(site::build(&sources, &wrong, Vec::new()).is_err());
}
