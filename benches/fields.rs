//! Exactness of whole readings: page in, settled values out.
//!
//! `cargo bench --bench fields -- [FOLDER]…`; a folder holds pictures and `truth.json`, default `../shared/samples/forms`.
//! `MISSES=1` prints every value that was misread or is doubted.
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

/// Confidences from here up count as sure.
const SURE: f32 = settle::SURE;

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
    let models = Models::load(Path::new(&std::env::var("ZHUANBAN_MODELS").unwrap_or("models".to_owned())))?;
    let path = "content/forms/registration.yaml";
    let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let spec = parse::parse(path, &text).map_err(|e| format!("{e:?}"))?;
    let path = "content/units.yaml";
    let units = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
    let units = zhuanban::unit::parse(path, &units).map_err(|e| format!("{e:?}"))?;
    let names = units.list.iter().flat_map(|unit| std::iter::once(&unit.name).chain(&unit.aliases)).cloned().collect();
    let reader = Reader::new(vec![spec.clone()]).with_ocr(Arc::new(models)).with_units(names);
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())?;
    let mut all = Vec::new();
    for folder in folders {
        let folder = Path::new(&folder);
        let path = folder.join("truth.json");
        let truth = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let truth: Value = serde_json::from_str(&truth).map_err(|e| e.to_string())?;
        let only = std::env::var("ONLY").unwrap_or_default();
        let forms: Vec<&Value> = truth["forms"].as_array().into_iter().flatten()
            .filter(|f| f["file"].as_str().is_some_and(|n| n.contains(&only))).collect();
        let (start, before) = (Instant::now(), processor_seconds());
        let judged: Vec<Vec<Judged>> =
            pool.install(|| forms.par_iter().map(|form| judge(&reader, &spec, folder, form)).collect());
        let n = forms.len().max(1) as f32;
        let (wall, cpu) = (start.elapsed().as_secs_f32() / n, (processor_seconds() - before) / n);
        println!("{}: {} pages, {threads} thread(s): {wall:.3} s wall, {cpu:.3} s cpu a page", folder.display(), forms.len());
        all.extend(judged.into_iter().flatten());
    }
    report(&all);
    Ok(())
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

fn report(all: &[Judged]) {
    if std::env::var("MISSES").is_ok() {
        for j in all.iter().filter(|j| j.truth != j.read || j.confidence < SURE) {
            let sign = if j.truth == j.read { "  doubted" } else if j.confidence < SURE { "  MISS" } else { "  SURE MISS" };
            println!("{sign} {} {} {}: {:?} read {:?} ({:.2})", j.file, j.fill, j.field, j.truth, j.read, j.confidence);
        }
    }
    let mut groups: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
    for j in all {
        for name in [j.level.clone(), j.fill.clone(), format!("{} {}", j.level, j.fill), format!("z {}", j.field), "all".to_owned()] {
            groups.entry(name).or_default().push(j);
        }
    }
    println!("{:18} {:>6} {:>7} {:>6} {:>11}", "", "fields", "exact%", "sure%", "sure wrong");
    for (name, own) in &groups {
        let share = |part: usize, whole: usize| 100.0 * part as f32 / whole.max(1) as f32;
        let exact = own.iter().filter(|j| j.truth == j.read).count();
        let sure = own.iter().filter(|j| j.confidence >= SURE).count();
        let wrong = own.iter().filter(|j| j.confidence >= SURE && j.truth != j.read).count();
        println!("{name:18} {:6} {:7.1} {:6.1} {wrong:4} {:5.1}%", own.len(), share(exact, own.len()), share(sure, own.len()), share(wrong, sure));
    }
    for low in [0.0, 0.5, 0.8, 0.9, 0.95, 0.98] {
        let high = match low { 0.0 => 0.5, 0.5 => 0.8, 0.8 => 0.9, 0.9 => 0.95, 0.95 => 0.98, _ => 1.01 };
        let own: Vec<_> = all.iter().filter(|j| (low..high).contains(&j.confidence)).collect();
        let exact = own.iter().filter(|j| j.truth == j.read).count();
        println!("confidence {low:.2}..{high:.2}: {} values, {:.1} % exact", own.len(), 100.0 * exact as f32 / own.len().max(1) as f32);
    }
}
