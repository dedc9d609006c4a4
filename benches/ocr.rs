//! Accuracy and speed of reading the sample forms.
//!
//! `cargo bench --bench ocr -- [FOLDER]`; the folder holds pictures and `truth.json`, default `../shared/samples/forms`.
//! `MISSES=1` prints every value that was misread.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use image::RgbImage;
use rayon::prelude::*;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use zhuanban::ocr::{Alphabet, Models, OcrCell, Page, read_page};

/// Confidences from here up count as sure.
const SURE: f32 = 0.9;

/// What was measured over some fields.
#[derive(Default, Clone)]
struct Score {
    fields: usize,
    exact: usize,
    characters: usize,
    errors: usize,
    sure: usize,
    sure_wrong: usize,
    labels: usize,
    labels_read: usize,
}

fn main() -> Result<(), String> {
    let argument = std::env::args().skip(1).find(|a| !a.starts_with("--"));
    let folder = argument.unwrap_or_else(|| "../shared/samples/forms".to_owned());
    let folder = Path::new(&folder);
    let models = Models::load(Path::new(&std::env::var("ZHUANBAN_MODELS").unwrap_or("models".to_owned())))?;
    let truth = std::fs::read_to_string(folder.join("truth.json")).map_err(|e| format!("{}: {e}", folder.display()))?;
    let truth: Value = serde_json::from_str(&truth).map_err(|e| e.to_string())?;
    let forms: Vec<(&Value, RgbImage)> = truth["forms"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|form| Some((form, image::open(folder.join(form["file"].as_str()?)).ok()?.to_rgb8())))
        .collect();
    let one = timed(1, &forms, &models)?;
    let two = timed(2, &forms, &models)?;
    accuracy(&forms, &one.1);
    println!("seconds a page: {:.3} on one core, {:.3} on two", one.0, two.0);
    Ok(())
}

/// Seconds a page with so many threads, and the pages.
fn timed(threads: usize, forms: &[(&Value, RgbImage)], models: &Models) -> Result<(f32, Vec<Page>), String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())?;
    let start = Instant::now();
    let read = |form: &(&Value, RgbImage)| {
        let start = Instant::now();
        let page = read_page(&form.1, models);
        (page, start.elapsed().as_secs_f32())
    };
    let pages: Vec<(Page, f32)> = pool.install(|| forms.par_iter().map(read).collect());
    let seconds = start.elapsed().as_secs_f32() / forms.len().max(1) as f32;
    if threads == 1 {
        for ((form, _), (page, seconds)) in forms.iter().zip(&pages) {
            println!("{} {:?} {} cells {seconds:.3} s {:?}", form["file"], page.method, page.cells.len(), page.notes);
        }
    }
    Ok((seconds, pages.into_iter().map(|(page, _)| page).collect()))
}

fn accuracy(forms: &[(&Value, RgbImage)], pages: &[Page]) {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for ((form, _), page) in forms.iter().zip(pages) {
        let level = form["level"].as_str().unwrap_or_default();
        let fill = form["fill"].as_str().unwrap_or_default();
        let score = judge(form, page);
        for name in [level.to_owned(), fill.to_owned(), format!("{level} {fill}"), "all".to_owned()] {
            add(scores.entry(name).or_default(), &score);
        }
    }
    println!(
        "{:10} {:>6} {:>7} {:>7} {:>6} {:>11} {:>7}",
        "", "fields", "exact%", "chars%", "sure%", "sure wrong", "labels%"
    );
    for (name, s) in scores {
        let share = |part: usize, whole: usize| 100.0 * part as f32 / whole.max(1) as f32;
        println!(
            "{name:10} {:6} {:7.1} {:7.2} {:6.1} {:4} {:5.1}% {:7.1}",
            s.fields,
            share(s.exact, s.fields),
            100.0 - share(s.errors, s.characters),
            share(s.sure, s.fields),
            s.sure_wrong,
            share(s.sure_wrong, s.sure),
            share(s.labels_read, s.labels)
        );
    }
}

fn add(total: &mut Score, s: &Score) {
    total.fields += s.fields;
    total.exact += s.exact;
    total.characters += s.characters;
    total.errors += s.errors;
    total.sure += s.sure;
    total.sure_wrong += s.sure_wrong;
    total.labels += s.labels;
    total.labels_read += s.labels_read;
}

/// Compares what a form says with what was read anywhere on it.
fn judge(form: &Value, page: &Page) -> Score {
    let mut values: BTreeMap<&str, String> = BTreeMap::new();
    let mut score = Score::default();
    for line in form["lines"].as_array().into_iter().flatten() {
        let (Some(kind), Some(key), Some(text)) = (line["kind"].as_str(), line["key"].as_str(), line["text"].as_str())
        else {
            continue;
        };
        match kind {
            "value" => values.entry(key).or_default().push_str(&plain(text)),
            "label" => {
                let found = page.cells.iter().any(|c| plain(&c.text).contains(&plain(text)));
                score.labels += 1;
                score.labels_read += usize::from(found);
            }
            _ => {}
        }
    }
    for (key, value) in values {
        let (text, errors, confidence) = nearest(page, key, &value);
        score.fields += 1;
        score.exact += usize::from(errors == 0);
        score.characters += value.chars().count();
        score.errors += errors.min(value.chars().count());
        score.sure += usize::from(confidence >= SURE);
        score.sure_wrong += usize::from(confidence >= SURE && errors > 0);
        if errors > 0 && std::env::var("MISSES").is_ok() {
            println!("  {} {key}: {value:?} read {text:?} ({confidence:.2})", form["file"]);
        }
    }
    score
}

/// The cell that resembles a value most, with the number of wrong characters and its confidence.
fn nearest(page: &Page, key: &str, value: &str) -> (String, usize, f32) {
    let read = |cell: &OcrCell| {
        let (text, confidence) = cell.read_as(alphabet(key));
        let text = plain(&text);
        let errors = distance(value, &text);
        (text, errors, confidence)
    };
    let all = page.cells.iter().filter(|c| !c.text.is_empty()).map(read);
    all.min_by_key(|(text, errors, _)| (*errors, text.len())).unwrap_or((String::new(), value.chars().count(), 0.0))
}

fn alphabet(key: &str) -> Alphabet {
    match key {
        "org_code" => Alphabet::Code,
        "liaison_office_phone" | "liaison_mobile" | "leader_phone" => Alphabet::Phone,
        "liaison_email" => Alphabet::Email,
        _ => Alphabet::Text,
    }
}

/// Widths folded, spaces gone.
fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// The fewest edits that make a value out of some part of a text.
fn distance(value: &str, text: &str) -> usize {
    let text: Vec<char> = text.chars().collect();
    let mut row = vec![0; text.len() + 1];
    for (i, v) in value.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, t) in text.iter().enumerate() {
            let cost = (diagonal + usize::from(v != *t)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row.into_iter().min().unwrap_or(0)
}
