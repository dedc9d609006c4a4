//! What the records say against what stands on the pages, and whether their confidence means something.

use std::collections::BTreeMap;

use zhuanban::extract::Extraction;
use zhuanban::read::settle::SURE;

use crate::truth::{Page, plain};

/// Lower ends of the bins of confidence.
const BINS: [f32; 9] = [0.0, 0.3, 0.5, 0.7, 0.8, 0.9, SURE, 0.98, 0.99];

/// What was counted over some values.
#[derive(Default)]
struct Score {
    /// Values that stand on the pages.
    values: usize,
    exact: usize,
    characters: usize,
    /// Characters to be changed, at most all of a value's.
    errors: usize,
    /// Values read, and those of them that are said to be sure, and those of them that are not exact.
    read: usize,
    sure: usize,
    sure_wrong: usize,
    /// Values read where nothing stands.
    invented: usize,
}

/// One value as it stands and as it was read.
struct Pair<'a> {
    stands: &'a str,
    read: String,
    confidence: f32,
}

/// Prints accuracy by level and fill, then the table of confidences.
pub fn print(pages: &[Page], found: &[Extraction]) {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut bins = [(0, 0); BINS.len()];
    for (page, found) in pages.iter().zip(found) {
        for (id, stands) in &page.values {
            let pair = pair(found, id, stands);
            let Page { level, fill, .. } = page;
            for name in ["all".to_owned(), level.clone(), fill.clone(), format!("{level} {fill}")] {
                scores.entry(name).or_default().add(&pair);
            }
            let (stands, read, confidence) = (pair.stands, &pair.read, pair.confidence);
            if !read.is_empty() {
                let bin = &mut bins[BINS.iter().rposition(|from| confidence >= *from).unwrap_or(0)];
                *bin = (bin.0 + 1, bin.1 + usize::from(read == stands));
            }
            if read != stands && std::env::var_os("MISSES").is_some() {
                println!("  {} {fill} {id}: {stands:?} read {read:?} ({confidence:.2})", page.file);
            }
        }
    }
    table(&scores);
    calibration(&bins);
}

fn pair<'a>(found: &Extraction, id: &str, stands: &'a str) -> Pair<'a> {
    let read = found.records.first().and_then(|record| record.fields.get(id));
    Pair {
        stands,
        read: read.map(|field| plain(&field.0.value)).unwrap_or_default(),
        confidence: read.map_or(0.0, |field| field.0.confidence),
    }
}

impl Score {
    fn add(&mut self, pair: &Pair<'_>) {
        let (exact, length) = (pair.read == pair.stands, pair.stands.chars().count());
        if length > 0 {
            self.values += 1;
            self.exact += usize::from(exact);
            self.characters += length;
            self.errors += strsim::levenshtein(pair.stands, &pair.read).min(length);
        }
        if !pair.read.is_empty() {
            let sure = pair.confidence >= SURE;
            self.read += 1;
            self.sure += usize::from(sure);
            self.sure_wrong += usize::from(sure && !exact);
            self.invented += usize::from(length == 0);
        }
    }
}

fn share(part: usize, whole: usize) -> f32 {
    100.0 * part as f32 / whole.max(1) as f32
}

fn table(scores: &BTreeMap<String, Score>) {
    println!("\n| | values | exact % | characters wrong % | sure % of read | sure but wrong | out of nothing |");
    println!("|---|---|---|---|---|---|---|");
    for (name, s) in scores {
        println!(
            "| {name} | {} | {:.1} | {:.2} | {:.1} | {} ({:.2} %) | {} |",
            s.values,
            share(s.exact, s.values),
            share(s.errors, s.characters),
            share(s.sure, s.read),
            s.sure_wrong,
            share(s.sure_wrong, s.sure),
            s.invented,
        );
    }
}

fn calibration(bins: &[(usize, usize)]) {
    println!("\n| confidence from | values read | exact % |\n|---|---|---|");
    for (from, (read, exact)) in BINS.iter().zip(bins).filter(|(_, bin)| bin.0 > 0) {
        println!("| {from} | {read} | {:.1} |", share(*exact, *read));
    }
}
