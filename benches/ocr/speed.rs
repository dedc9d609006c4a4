//! Seconds a page: ours, and RapidOCR's on the same machine in the same run.

use std::ffi::OsStr;
use std::fmt;
use std::process::Command;
use std::time::Instant;

use rayon::prelude::*;
use zhuanban::extract::{Extraction, extract};
use zhuanban::read::Reader;

use crate::truth::Page;

/// Seconds a page.
pub struct Pace {
    /// By the clock.
    pub wall: f32,
    /// Of processor, all threads together.
    pub processor: f32,
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Pace { wall, processor } = self;
        write!(f, "{wall:.3} s wall, {processor:.3} s processor a page, {:.2} pages/s", 1.0 / wall)
    }
}

/// What was found on each page, and how long that took.
pub struct Run {
    /// One for each page.
    pub found: Vec<Extraction>,
    /// How long.
    pub pace: Pace,
}

/// Takes all mails apart with so many threads.
pub fn ours(pages: &[Page], reader: &Reader, threads: usize) -> Result<Run, String> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|e| e.to_string())?;
    let (start, before) = (Instant::now(), processor_seconds());
    let found = pool.install(|| pages.par_iter().map(|page| extract(&page.mail, reader)).collect());
    let n = pages.len().max(1) as f32;
    let pace = Pace { wall: start.elapsed().as_secs_f32() / n, processor: (processor_seconds() - before) / n };
    Ok(Run { found, pace })
}

/// Lets RapidOCR read the pictures of a folder.
pub fn theirs(python: &OsStr, folder: &str, threads: usize) -> Result<Pace, String> {
    let peer = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/ocr/peer.py");
    let run = Command::new(python).args([peer, folder, &threads.to_string()]).output();
    let run = run.map_err(|e| format!("{}: {e}", python.display()))?;
    let said = String::from_utf8_lossy(&run.stdout);
    match said.split_whitespace().map(str::parse).collect::<Result<Vec<f32>, _>>().as_deref() {
        Ok([wall, processor]) => Ok(Pace { wall: *wall, processor: *processor }),
        _ => Err(format!("{peer} said:\n{said}{}", String::from_utf8_lossy(&run.stderr))),
    }
}

/// Seconds of processor this process has used (Linux; 0 elsewhere).
fn processor_seconds() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    let ticks = |i: usize| fields.get(i).and_then(|f| f.parse::<f32>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}
