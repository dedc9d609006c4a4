//! `check`: content, register and records without building.

use std::path::Path;

use super::office::Office;
use super::voice::{Failure, Voice};
use crate::said;

/// Checks everything people edit.
pub fn check(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let (records, faults) = office.inbox.records(&office.rules())?;
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    let (pages, units, listed) =
        (office.content.pages.len(), office.content.units.list.len(), office.content.listings.len());
    let n = records.len();
    voice.say(&said!(
        "{pages} pages, {units} units, {listed} of them registered, {n} records: no problem found",
        "页面{pages}个，单位{units}个（已登记{listed}个），记录{n}条：未发现问题"
    ));
    Ok(())
}
