//! Exactness of whole readings: page in, settled values out.
//!
//! `cargo bench --bench fields -- [FOLDER]…`; a folder holds pictures and `truth.json`, default `../shared/samples/forms`.
//! `MISSES=1` prints every value that was misread or is doubted, `ONLY=L3` takes the files whose names hold that, `THREADS=1`
//! reads on one thread (default 2). Prints exactness by level, way of filling in and field, and the calibration table.
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use rayon::prelude::*;
use serde_json::Value;
use zhuanban::form::{FormSpec, check::check, parse};
use zhuanban::ocr::Models;
use zhuanban::read::{Reader, pixels, settle};
use zhuanban::sheet::{Budget, Opened, Picture, Surface, open};

/// Field ids in `truth.json` that differ from the form's.
const NAMES: &[(&str, &str)] = &[
    ("address", "unit_address"),
    ("org_code", "unit_code"),
    ("liaison_name", "officer_name"),
    ("liaison_position", "officer_post"),
    ("liaison_office_phone", "officer_phone"),
    ("liaison_mobile", "officer_mobile"),
    ("liaison_email", "officer_email"),
    ("leader_position", "leader_post"),
];

/// A value as read beside the value that stands on the form.
struct Judged {
    level: String,
    fill: String,
    file: String,
    field: String,
    truth: String,
    read: String,
    confidence: f32,
}

fn main() -> Result<(), String> {
    let folders: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let folders = if folders.is_empty() { vec!["../shared/samples/forms".to_owned()] } else { folders };
    let (spec, reader) = reader()?;
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())?;
    let mut all = Vec::new();
    for folder in folders.iter().map(Path::new) {
        let forms = forms(folder)?;
        let (start, before) = (Instant::now(), processor_seconds());
        let read = |form: &Value| judge(&reader, &spec, folder, form);
        let judged: Vec<Vec<Judged>> = pool.install(|| forms.par_iter().map(read).collect());
        let n = forms.len().max(1) as f32;
        let (wall, cpu) = (start.elapsed().as_secs_f32() / n, (processor_seconds() - before) / n);
        let pages = forms.len();
        println!("{}: {pages} pages, {threads} thread(s): {wall:.3} s wall, {cpu:.3} s cpu a page", folder.display());
        all.extend(judged.into_iter().flatten());
    }
    if std::env::var("MISSES").is_ok() {
        misses(&all);
    }
    groups(&all);
    calibration(&all);
    Ok(())
}

/// The shipped form, and a reader for it that knows the shipped units.
fn reader() -> Result<(FormSpec, Reader), String> {
    let models = Models::load(Path::new(&std::env::var("ZHUANBAN_MODELS").unwrap_or("models".to_owned())))?;
    let text = |path: &str| std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"));
    let (form, units) = ("content/forms/registration.yaml", "content/units.yaml");
    let spec = parse::parse(form, &text(form)?).map_err(|e| format!("{e:?}"))?;
    let units = zhuanban::unit::parse(units, &text(units)?).map_err(|e| format!("{e:?}"))?;
    let names = units.list.iter().flat_map(|unit| std::iter::once(&unit.name).chain(&unit.aliases)).cloned().collect();
    let reader = Reader::new(vec![spec.clone()]).with_ocr(Arc::new(models)).with_units(names);
    Ok((spec, reader))
}

/// The forms that `truth.json` describes, those whose files hold `ONLY` in their names.
fn forms(folder: &Path) -> Result<Vec<Value>, String> {
    let path = folder.join("truth.json");
    let truth = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let truth: Value = serde_json::from_str(&truth).map_err(|e| e.to_string())?;
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut forms = truth["forms"].as_array().cloned().unwrap_or_default();
    forms.retain(|form| form["file"].as_str().is_some_and(|name| name.contains(&only)));
    Ok(forms)
}

/// Seconds of processor time this process has used (Linux; 0 elsewhere).
fn processor_seconds() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f32>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn picture(path: &Path) -> Option<Picture> {
    let bytes = std::fs::read(path).ok()?;
    let Ok(Opened::Sheets(mut sheets)) = open(&bytes.into(), &mut Budget::default()) else { return None };
    match sheets.remove(0).surface {
        Surface::Pixels(picture) => Some(picture),
        Surface::Cells(_) => None,
    }
}

/// The values read of one form beside the true ones.
fn judge(reader: &Reader, spec: &FormSpec, folder: &Path, form: &Value) -> Vec<Judged> {
    let text = |key: &str| form[key].as_str().unwrap_or_default().to_owned();
    let page = picture(&folder.join(text("file"))).map(|picture| pixels::read(reader, &picture));
    let reading = match page {
        Some(pixels::Page::Forms(forms)) => forms.into_iter().next().map(|form| form.reading),
        _ => None,
    };
    let settled = reading.map(|reading| settle::settle(spec, &reading).fields).unwrap_or_default();
    let mut judged = Vec::new();
    for (key, value) in form["fields"].as_object().into_iter().flatten().filter(|(key, _)| *key != "signature") {
        let id = NAMES.iter().find(|(name, _)| name == key).map_or(key.as_str(), |(_, id)| id);
        let Some(field) = spec.field(id) else { continue };
        let truth = check(spec, field, value.as_str().unwrap_or_default()).value;
        let own = settled.iter().find(|(field, _)| field == id).map(|(_, v)| v);
        if truth.is_empty() && own.is_none() {
            continue;
        }
        let (read, confidence) = own.map_or((String::new(), 0.0), |v| (v.value.clone(), v.confidence));
        let (level, fill, file) = (text("level"), text("fill"), text("file"));
        judged.push(Judged { level, fill, file, field: id.to_owned(), truth, read, confidence });
    }
    judged
}

impl Judged {
    fn is_exact(&self) -> bool {
        self.truth == self.read
    }

    fn is_sure(&self) -> bool {
        self.confidence >= settle::SURE
    }
}

fn misses(all: &[Judged]) {
    for j in all.iter().filter(|j| !j.is_exact() || !j.is_sure()) {
        let sign = match (j.is_exact(), j.is_sure()) {
            (true, _) => "  doubted",
            (false, false) => "  MISS",
            (false, true) => "  SURE MISS",
        };
        println!("{sign} {} {} {}: {:?} read {:?} ({:.2})", j.file, j.fill, j.field, j.truth, j.read, j.confidence);
    }
}

fn share(part: usize, whole: usize) -> f32 {
    100.0 * part as f32 / whole.max(1) as f32
}

/// By level, by way of filling in, by both, by field.
fn groups(all: &[Judged]) {
    let mut groups: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
    for j in all {
        let both = format!("{} {}", j.level, j.fill);
        for name in [j.level.clone(), j.fill.clone(), both, format!("= {}", j.field), "all".to_owned()] {
            groups.entry(name).or_default().push(j);
        }
    }
    println!("{:18} {:>6} {:>7} {:>6} {:>11}", "", "fields", "exact%", "sure%", "sure wrong");
    for (name, own) in &groups {
        let count = |is: fn(&Judged) -> bool| own.iter().filter(|j| is(j)).count();
        let (n, exact, sure) = (own.len(), count(Judged::is_exact), count(Judged::is_sure));
        let wrong = count(|j| j.is_sure() && !j.is_exact());
        let (right, certain, false_) = (share(exact, n), share(sure, n), share(wrong, sure));
        println!("{name:18} {n:6} {right:7.1} {certain:6.1} {wrong:4} {false_:5.1}%");
    }
}

/// How many of the values of each confidence are exact.
fn calibration(all: &[Judged]) {
    for (low, high) in [(0.0, 0.5), (0.5, 0.8), (0.8, 0.9), (0.9, 0.95), (0.95, 0.98), (0.98, 1.01)] {
        let own: Vec<&Judged> = all.iter().filter(|j| (low..high).contains(&j.confidence)).collect();
        let exact = own.iter().filter(|j| j.is_exact()).count();
        println!(
            "confidence {low:.2} to {:.2}: {} values, {:.1} % exact",
            high.min(1.0),
            own.len(),
            share(exact, own.len())
        );
    }
}
