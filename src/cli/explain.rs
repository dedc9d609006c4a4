//! `extract --explain`: why a document was read as it was, for a person.

use std::path::Path;

use super::office::Office;
use super::voice::{Failure, Voice, put};
use crate::extract::explain::explain;
use crate::said;

/// Explains a file; pictures of its pages go into a folder, numbered.
pub fn run(root: &Path, file: &Path, pictures: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let shown = file.display();
    let bytes = std::fs::read(file).map_err(|e| Failure::Outside(said!("{shown}: {e}", "{shown}：{e}")))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let mut number = 0;
    for explained in explain(&bytes, &name, &office.reader(voice)) {
        explained.lines.iter().for_each(|line| put(line.in_lang(voice.lang)));
        let Some(picture) = explained.picture else { continue };
        number += 1;
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let path = pictures.join(format!("{stem}-explained-{number}.png"));
        let shown = path.display();
        picture.save(&path).map_err(|e| Failure::Outside(said!("{shown}: {e}", "{shown}：{e}")))?;
        put(format_args!("  {shown}"));
    }
    Ok(())
}
