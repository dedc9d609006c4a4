//! Seal and signature of a form.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::seen::Seen;
use crate::fault::Fault;
use crate::form::{FormSpec, Kind};
use crate::ocr;
use crate::read::Reading;

/// Seal and signature; absent while not looked for, or where a page without colour cannot tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// Whether a red seal was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seal: Option<bool>,
    /// Whether there is ink where the signature belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<bool>,
}

/// Looks for the seal on the unit's name and for ink in the signature's cell.
pub fn marks(spec: &FormSpec, picture: &RgbImage, seen: &Seen, reading: &Reading) -> (Marks, Vec<Fault>) {
    let place = |field: &str| reading.evidence.get(field)?.first().map(|e| Seen::straight(&e.at));
    let signature = spec.fields.iter().find(|field| field.kind == Kind::Signature);
    let Some(signature) = signature else { return (Marks::default(), Vec::new()) };
    let (mut marks, mut faults) = (Marks::default(), Vec::new());
    if let Some(unit) = place(&spec.roles.unit) {
        let seal = ocr::marks::seal(picture, &seen.page.mapping, &unit);
        marks.seal = known(seal.found);
        if marks.seal == Some(true) && seal.touches == ocr::marks::Seen::No {
            faults.push(Fault::new("seal-elsewhere", "公章没有盖在单位名称处，请核对"));
        }
    }
    if let Some(at) = place(&signature.id) {
        marks.signature = Some(ocr::marks::signed(picture, &seen.page.mapping, &at));
    }
    (marks, faults)
}

fn known(seen: ocr::marks::Seen) -> Option<bool> {
    match seen {
        ocr::marks::Seen::Yes => Some(true),
        ocr::marks::Seen::No => Some(false),
        ocr::marks::Seen::Unknown => None,
    }
}
