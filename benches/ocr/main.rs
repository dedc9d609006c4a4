//! Reading scanned forms from end to end: accuracy, honesty and speed.
//!
//! `cargo bench --bench ocr -- [FOLDER]…`; a folder holds pictures and `truth.json`, default `../shared/samples/forms`.
//! Each picture comes as the attachment of a mail and goes through [`extract`]; what the record says is compared.
//!
//! - `MISSES=1` prints every value that is not exact.
//! - `RAPIDOCR=target/rapidocr/bin/python` has RapidOCR read the same pages between our runs (`peer.py` says how to
//!   install it) and prints how many times faster we are, on one thread and on two.
#![allow(clippy::disallowed_methods)]

mod score;
mod speed;
mod truth;

use std::path::Path;
use std::sync::Arc;

use zhuanban::form::parse::parse;
use zhuanban::ocr::Models;
use zhuanban::read::Reader;

/// The form that the samples are.
const FORM: &str = "content/forms/registration.yaml";

fn main() -> Result<(), String> {
    let folders: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let folders = if folders.is_empty() { vec!["../shared/samples/forms".to_owned()] } else { folders };
    let reader = reader()?;
    for folder in folders {
        let pages = truth::pages(Path::new(&folder))?;
        println!("{folder}: {} pages", pages.len());
        for threads in [1, 2] {
            let ours = speed::ours(&pages, &reader, threads)?;
            println!("  {threads} thread(s): {}", ours.pace);
            if let Some(python) = std::env::var_os("RAPIDOCR") {
                let theirs = speed::theirs(&python, &folder, threads)?;
                println!(
                    "  RapidOCR {threads} thread(s): {theirs}; we are {:.1} times as fast",
                    theirs.wall / ours.pace.wall
                );
            }
            if threads == 2 {
                score::print(&pages, &ours.found);
            }
        }
    }
    Ok(())
}

fn reader() -> Result<Reader, String> {
    let text = std::fs::read_to_string(FORM).map_err(|e| format!("{FORM}: {e}"))?;
    let form = parse(FORM, &text).map_err(|e| format!("{e:?}"))?;
    let models = Models::load(Path::new(&std::env::var("ZHUANBAN_MODELS").unwrap_or("models".to_owned())))?;
    Ok(Reader::new(vec![form]).with_ocr(Arc::new(models)))
}
