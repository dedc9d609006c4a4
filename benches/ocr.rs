//! Accuracy, honesty and speed of reading forms.
//!
//! `cargo bench --bench ocr -- [FOLDER]…`; a folder holds pictures and `truth.json`, default `../shared/samples/forms`.
//! `MISSES=1` prints every value that was misread, `THREADS=1` reads on one thread (default 2).
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use image::RgbImage;
use rayon::prelude::*;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use zhuanban::ocr::{Alphabet, Models, OcrCell, Page, Point, read_page};

/// Confidences from here up count as sure.
const SURE: f32 = 0.95;

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
    let folders: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let folders = if folders.is_empty() { vec!["../shared/samples/forms".to_owned()] } else { folders };
    let models = Models::load(Path::new(&std::env::var("ZHUANBAN_MODELS").unwrap_or("models".to_owned())))?;
    let threads = std::env::var("THREADS").ok().and_then(|n| n.parse().ok()).unwrap_or(2);
    for folder in folders {
        let folder = Path::new(&folder);
        let path = folder.join("truth.json");
        let truth = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let truth: Value = serde_json::from_str(&truth).map_err(|e| e.to_string())?;
        let picture = |form: &Value| Some(image::open(folder.join(form["file"].as_str()?)).ok()?.to_rgb8());
        let forms: Vec<(&Value, RgbImage)> =
            truth["forms"].as_array().into_iter().flatten().filter_map(|f| Some((f, picture(f)?))).collect();
        println!("{}: {} pages", folder.display(), forms.len());
        let pages = timed(threads, &forms, &models)?;
        accuracy(&forms, &pages);
    }
    Ok(())
}

/// Reads all pages with so many threads and says what that took.
fn timed(threads: usize, forms: &[(&Value, RgbImage)], models: &Models) -> Result<Vec<Page>, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())?;
    let (start, before) = (Instant::now(), processor_seconds());
    let pages: Vec<Page> = pool.install(|| forms.par_iter().map(|form| read_page(&form.1, models)).collect());
    let n = forms.len().max(1) as f32;
    let (wall, processor) = (start.elapsed().as_secs_f32() / n, (processor_seconds() - before) / n);
    println!("zhuanban {threads} thread(s): {wall:.3} s wall, {processor:.3} s cpu a page");
    Ok(pages)
}

/// Seconds of processor time this process has used (Linux; 0 elsewhere).
fn processor_seconds() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f32>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
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

/// Lines of a form that belong together: a value, or a label.
#[derive(Default)]
struct Item {
    text: String,
    middles: Vec<Point>,
}

/// Compares what a form says with what was read at the same places.
fn judge(form: &Value, page: &Page) -> Score {
    let mut items: BTreeMap<(&str, &str), Item> = BTreeMap::new();
    for line in form["lines"].as_array().into_iter().flatten() {
        let (Some(kind), Some(key), Some(text)) = (line["kind"].as_str(), line["key"].as_str(), line["text"].as_str())
        else {
            continue;
        };
        let item = items.entry((kind, key)).or_default();
        item.text.push_str(&plain(text));
        item.middles.extend(middle(&line["quad"]));
    }
    let mut score = Score::default();
    for ((kind, key), item) in items.iter().filter(|((kind, _), _)| matches!(*kind, "value" | "label")) {
        let (text, errors, confidence) = at_place(page, if *kind == "value" { key } else { "" }, item);
        if *kind == "label" {
            score.labels += 1;
            score.labels_read += usize::from(errors == 0);
        } else {
            score.fields += 1;
            score.exact += usize::from(errors == 0);
            score.characters += item.text.chars().count();
            score.errors += errors.min(item.text.chars().count());
            score.sure += usize::from(confidence >= SURE);
            score.sure_wrong += usize::from(confidence >= SURE && errors > 0);
        }
        if errors > 0 && std::env::var("MISSES").is_ok() {
            println!("  {} {kind} {key}: {:?} read {text:?} ({confidence:.2})", form["file"], item.text);
        }
    }
    score
}

fn middle(quad: &Value) -> Option<Point> {
    let corner = |i: usize, k: usize| quad[i][k].as_f64().map(|v| v as f32 / 4.0);
    let sum = |k: usize| Some(corner(0, k)? + corner(1, k)? + corner(2, k)? + corner(3, k)?);
    Some(Point::new(sum(0)?, sum(1)?))
}

/// The text of the cells that hold an item's lines, or the run of their lines that resembles it most; with the number of
/// wrong characters and the confidence.
fn at_place(page: &Page, key: &str, item: &Item) -> (String, usize, f32) {
    let holds = |cell: &&OcrCell| item.middles.iter().any(|p| inside(*p, &cell.quad));
    let mut lines: Vec<(String, f32)> = Vec::new();
    for cell in page.cells.iter().filter(holds) {
        for line in &cell.lines {
            let read = line.line.read_as(alphabet(key));
            lines.push((plain(&read.text), read.confidence));
        }
    }
    let runs = (0..lines.len()).flat_map(|a| (a + 1..=lines.len()).map(move |b| (a, b)));
    let read = |(a, b): (usize, usize)| {
        let text: String = lines[a..b].iter().map(|l| l.0.as_str()).collect();
        let confidence = lines[a..b].iter().map(|l| l.1).fold(1.0, f32::min);
        let errors = distance(&item.text, &text);
        (text, errors, confidence)
    };
    runs.map(read).min_by_key(|(_, errors, _)| *errors).unwrap_or((String::new(), item.text.chars().count(), 0.0))
}

/// Whether a point lies in a convex quadrilateral, whichever way round its corners go.
fn inside(p: Point, quad: &[Point; 4]) -> bool {
    let side = |i: usize| {
        let (a, b) = (quad[i], quad[(i + 1) % 4]);
        (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x)
    };
    (0..4).all(|i| side(i) >= 0.0) || (0..4).all(|i| side(i) <= 0.0)
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

/// The fewest edits between two texts.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, v) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, t) in b.iter().enumerate() {
            let cost = (diagonal + usize::from(v != *t)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = row[j + 1];
            row[j + 1] = cost;
        }
    }
    row.last().copied().unwrap_or(0)
}
