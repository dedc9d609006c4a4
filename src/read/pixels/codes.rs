//! The QR codes of a page: values whose checksum holds, the mark of a blank form, and what is wrong with the others.

use image::RgbImage;

use super::bounds;
use crate::fault::Fault;
use crate::form::FormSpec;
use crate::form::payload::{self, Payload};
use crate::read::{Reader, qr};
use crate::sheet::Rect;

/// The codes on a page.
#[derive(Default)]
pub struct Codes {
    /// What whole ones say, and where.
    pub payloads: Vec<(Payload, Rect)>,
    /// The form that a code without values names: the mark of a blank form.
    pub mark: Option<(String, u32)>,
    /// What is wrong with codes that are not taken.
    pub faults: Vec<Fault>,
}

impl Codes {
    /// Looks for them.
    pub fn on(reader: &Reader, picture: &RgbImage) -> Codes {
        let specs: Vec<FormSpec> = reader.specs().cloned().collect();
        let mut codes = Codes::default();
        for code in qr::find(picture, payload::is_whole) {
            match payload::decode(&code.text, &specs) {
                Ok(payload) if payload.values.is_empty() => codes.mark = Some((payload.form, payload.version)),
                Ok(payload) => codes.payloads.push((payload, bounds(&code.corners))),
                Err(fault) => codes.faults.push(fault.fault()),
            }
        }
        codes
    }

    /// Whether a form may stand on the page, as far as its codes say.
    pub fn allow(&self, spec: &FormSpec) -> bool {
        let of_payload = |(p, _): &(Payload, Rect)| p.form == spec.id && p.version == spec.version;
        match &self.mark {
            Some((form, version)) => &spec.id == form && spec.version == *version,
            None => self.payloads.is_empty() || self.payloads.iter().any(of_payload),
        }
    }
}
