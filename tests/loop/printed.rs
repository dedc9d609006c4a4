//! Through the fill-in page in a real Chromium, the printer, and whatever befalls the paper: the same values or an honest
//! fault, never a wrong value.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageReader, RgbImage};
use rayon::prelude::*;
use serde_json::{Value, json};
use zhuanban::edge;
use zhuanban::extract::Found;
use zhuanban::form::payload::encode;
use zhuanban::form::{FormSpec, Values};
use zhuanban::read::{Means, Reader};
use zhuanban::site::{self, Options, Sources};

use super::cases::{ALL, Case, SOME};
use super::sheet::{DPI, Sheet};
use super::values::{PLAIN, PRINTED, SPARSE, Set};
use super::{forms, found, mail, root, run, silently_wrong, values_of};

/// A form filled in by different units and printed in one go.
struct Print {
    spec: FormSpec,
    values: Vec<Values>,
    pdf: Vec<u8>,
    /// Its pages at [`DPI`].
    pages: Vec<RgbImage>,
}

/// Every form, also those for the office's own use, which the site offers no page for: this test gives them one.
fn prints(forms: &[FormSpec]) -> Vec<Print> {
    let folder = tempfile::tempdir().expect("a folder");
    let site = folder.path().join("site");
    write_site(forms, &site);
    let values_of = |spec: &FormSpec| [PRINTED, PLAIN, SPARSE].map(|set: Set| fitting(spec, set.values(spec))).to_vec();
    let pdf = |spec: &FormSpec| folder.path().join(format!("{}.pdf", spec.id));
    // Typed with the plain bar.
    let typed =
        |values: Values| values.into_iter().map(|(id, value)| (id, value.replace('｜', "|"))).collect::<Values>();
    let typed = |spec: &FormSpec| values_of(spec).into_iter().map(typed).collect::<Vec<Values>>();
    let job = |spec: &FormSpec| json!({"path": format!("loop-{}/", spec.id), "out": pdf(spec), "forms": typed(spec)});
    let jobs = folder.path().join("jobs.json");
    fs::write(&jobs, json!(forms.iter().map(job).collect::<Vec<Value>>()).to_string()).expect("written");
    run(Command::new("node").arg("tests/loop/print.mjs").args([&site, &jobs]));
    let print = |spec: &FormSpec| Print {
        spec: spec.clone(),
        values: values_of(spec),
        pages: pages(&pdf(spec)),
        pdf: fs::read(pdf(spec)).expect("a print"),
    };
    forms.iter().map(print).collect()
}

/// The site with a fill-in page for each form.
fn write_site(forms: &[FormSpec], site: &Path) {
    run(Command::new("bash").arg("scripts/setup-web.sh"));
    let mut sources: Sources = edge::sources(root()).expect("sources");
    for FormSpec { id, .. } in forms {
        let page = format!("---\ntitle: 填表\ntemplate: fill.html\nform: {id}\n---\n");
        sources.files.insert(format!("content/pages/loop-{id}.md"), page.into_bytes());
    }
    // No downloads are made here, so nothing may link to them.
    sources.files.retain(|path, _| !path.ends_with(".md") || path.contains("/loop-") || path.ends_with("/index.md"));
    sources.files.insert("content/pages/index.md".to_owned(), b"---\ntitle: x\n---\n".to_vec());
    let config = sources.files.get_mut("content/site.yaml").expect("a configuration");
    let text = String::from_utf8_lossy(config).into_owned();
    *config = text.lines().map(|line| if line.starts_with("menu:") { "menu: [index]" } else { line }).fold(
        Vec::new(),
        |mut all, line| {
            all.extend(line.as_bytes());
            all.push(b'\n');
            all
        },
    );
    let outputs = site::build(&sources, &Options::default(), Vec::new()).expect("a site");
    for output in outputs {
        let path = site.join(&output.path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, output.bytes).expect("written");
    }
}

/// Values that a code holds: the longest are cut, and a bar is the one the page shows for it.
fn fitting(spec: &FormSpec, mut values: Values) -> Values {
    while encode(spec, &values).is_err() {
        let longest = values.values_mut().max_by_key(|value| value.len()).expect("a value");
        longest.pop();
    }
    values.values_mut().for_each(|value| *value = value.replace('|', "｜"));
    values
}

/// The pages of a PDF as another program draws them.
fn pages(pdf: &Path) -> Vec<RgbImage> {
    let folder = tempfile::tempdir().expect("a folder");
    run(Command::new("pdftoppm").args(["-png", "-r", &DPI.to_string()]).arg(pdf).arg(folder.path().join("page")));
    let mut files: Vec<_> = fs::read_dir(folder.path()).expect("pages").map(|e| e.expect("a page").path()).collect();
    files.sort();
    files.iter().map(|path| ImageReader::open(path).expect("a page").decode().expect("an image").into_rgb8()).collect()
}

pub fn jpeg(page: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, 92).encode_image(page).expect("encoded");
    bytes.into_inner()
}

/// What is wrong with what came back of one page, if anything is.
fn complaint(case: &Case, spec: &FormSpec, expected: &Values, records: &[Found]) -> Option<String> {
    let said = |what: String| Some(format!("{} of {}: {what}", case.name, spec.id));
    let [record] = records else { return said(format!("{} records", records.len())) };
    let faults = || record.faults.iter().map(|f| format!("{} {:?}", f.code, f.field)).collect::<Vec<_>>().join(", ");
    let wrong = silently_wrong(record, expected);
    if !wrong.is_empty() {
        return said(format!("wrong without a word: {wrong:?}"));
    }
    let is_read = &values_of(record) == expected && record.fields.values().all(|value| value.0.means == Means::Qr);
    if case.is_read && !is_read { said(format!("not read; {}", faults())) } else { None }
}

#[test]
fn what_is_printed_from_the_page_comes_back_whatever_befalls_it() {
    let prints = prints(&forms());
    let reader = Reader::new(forms());
    for Print { spec, values, pages, .. } in &prints {
        assert_eq!(pages.len(), values.len(), "{}: a page for each form", spec.id);
    }
    let every = prints.iter().flat_map(|print| ALL.iter().map(move |case| (print, case)));
    let in_turn = prints.iter().cycle().zip(&SOME);
    let jobs: Vec<(usize, (&Print, &Case))> = every.chain(in_turn).enumerate().collect();
    let complaints: Vec<String> = jobs
        .par_iter()
        .filter_map(|(n, (Print { spec, values, pages, .. }, case))| {
            let at = n % values.len();
            let page = jpeg(&Sheet::new(&pages[at], spec).after(case, *n as u64));
            let complaint = complaint(case, spec, &values[at], &found(&reader, "扫描件.jpg", &page))?;
            let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{} of {}.jpg", case.name, spec.id));
            fs::write(&kept, page).expect("written");
            Some(format!("{complaint}: {}", kept.display()))
        })
        .collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    a_print_saved_as_pdf_is_read(&prints, &reader);
    the_program_itself_says_the_same(&prints[0]);
}

/// Units also mail the browser's PDF as it is, all their forms in one file.
fn a_print_saved_as_pdf_is_read(prints: &[Print], reader: &Reader) {
    for Print { spec, values, pdf, .. } in prints {
        let records = found(reader, "登记表.pdf", pdf);
        let read: Vec<Values> = records.iter().map(values_of).collect();
        assert_eq!(&read, values, "{}", spec.id);
    }
}

/// The same through the command that intake and other engines use.
fn the_program_itself_says_the_same(Print { spec, values, pages, .. }: &Print) {
    let case = &ALL[2];
    let page = Sheet::new(&pages[0], spec).after(case, 1);
    let line = json!({"id": 1, "eml": STANDARD.encode(mail("扫描件.jpg", &jpeg(&page)))}).to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_zhuanban"))
        .args(["--root", &root().to_string_lossy(), "extract"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    program.stdin.take().expect("its input").write_all(line.as_bytes()).expect("written");
    let output = program.wait_with_output().expect("its output");
    let said: Value = serde_json::from_slice(&output.stdout).expect("a line of JSON");
    let fields = said["records"][0]["fields"].as_object().unwrap_or_else(|| panic!("{said}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let read: BTreeMap<String, String> = fields.iter().map(|(id, field)| (id.clone(), text(&field["value"]))).collect();
    assert_eq!(&read, &values[0]);
}
