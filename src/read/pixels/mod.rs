//! A page of pixels: what its QR codes say, what is written in its cells, its seal and its signature.
//!
//! A code whose checksum holds is exact. The page is recognised all the same: that shows where on it each value stands,
//! whether somebody corrected the print by hand, and whether it was sealed and signed.

mod codes;
mod left;
mod marks;
mod seen;

use image::RgbImage;

use self::codes::Codes;
pub use self::marks::Marks;
use self::marks::marks;
use self::seen::Seen;
use super::alphabet::Known;
use super::{Evidence, Means, Reader, Reading};
use crate::fault::Fault;
use crate::form::FormSpec;
use crate::form::check::check;
use crate::form::payload::Payload;
use crate::ocr::{self, Method};
use crate::sheet::{Cell, Picture, Rect};

/// So many labels of a form make a page worth a person's look although it could not be read as one.
const LIKE_A_FORM: usize = 2;
/// A longer side than this in px, that of A3 at 600 dpi, is made a quarter for recognition, and a form somewhere on it too.
const SHRUNK: u32 = 4 * ocr::ink::LONGEST;
/// A picture longer than this (px) is read at less than half its size: what little is read of it tells nothing.
const LARGE: u32 = 2 * crate::ocr::ink::LONGEST;
/// A share of dark pixels below which a page is blank: dust and the shadow of an edge.
const BLANK: f32 = 0.0005;

/// A form on a page.
#[derive(Debug, Clone)]
pub struct PageForm {
    /// What was seen, in px of the page.
    pub reading: Reading,
    /// Seal and signature.
    pub marks: Marks,
    /// What the reviewer should know besides.
    pub faults: Vec<Fault>,
}

/// What a page turned out to be.
#[derive(Debug, Clone)]
pub enum Page {
    /// One form or more.
    Forms(Vec<PageForm>),
    /// Something a person must look at: it may be a form.
    Unread(Vec<Fault>),
    /// No form, and why that is sure.
    Other(String),
}

/// Reads a page.
pub fn read(reader: &Reader, picture: &Picture) -> Page {
    if reader.forms.is_empty() {
        return Page::Other("没有表格定义".to_owned());
    }
    match picture.pixels_with(&reader.fonts) {
        Ok(pixels) => read_pixels(reader, picture, &pixels),
        Err(fault) => Page::Unread(vec![fault]),
    }
}

fn read_pixels(reader: &Reader, page: &Picture, picture: &RgbImage) -> Page {
    let codes = Codes::on(reader, picture);
    let typed = page.typed_with(&reader.fonts).map(|cells| Seen::typed(cells, picture));
    let mut forms = written(reader, picture, typed.as_ref(), &codes);
    // A page that says what it is needs no recognition; one that says too little is looked at.
    let page = if forms.is_empty() { Seen::on(reader, picture) } else { None };
    if forms.is_empty() {
        forms = written(reader, picture, page.as_ref(), &codes);
    }
    for payload in codes.payloads {
        add(reader, &mut forms, payload);
    }
    if forms.is_empty() {
        return other(reader, picture, page.as_ref(), codes.faults);
    }
    forms.iter_mut().for_each(|form| form.faults.extend(codes.faults.iter().cloned()));
    Page::Forms(forms)
}

/// The cells that are recognised on a page, in px of it, and the page itself; for people who ask why.
pub fn cells(reader: &Reader, picture: &Picture) -> Result<(RgbImage, Vec<Cell>), Fault> {
    let pixels = picture.pixels_with(&reader.fonts)?;
    let typed = picture.typed_with(&reader.fonts).map(|cells| Seen::typed(cells, &pixels));
    let page = typed.or_else(|| Seen::on(reader, &pixels));
    let cells = page
        .iter()
        .flat_map(|seen| seen.cells.iter().map(|cell| Cell { at: seen.in_picture(&cell.at), ..cell.clone() }));
    let cells = cells.collect();
    Ok((pixels, cells))
}

/// The forms that stand in the page's cells.
fn written(reader: &Reader, picture: &RgbImage, page: Option<&Seen>, codes: &Codes) -> Vec<PageForm> {
    let Some(seen) = page else { return Vec::new() };
    let readings = seen.readings(reader, codes);
    readings.into_iter().filter_map(|reading| page_form(reader, picture, seen, reading)).collect()
}

fn page_form(reader: &Reader, picture: &RgbImage, seen: &Seen, mut reading: Reading) -> Option<PageForm> {
    let spec = reader.spec(&reading)?;
    let known = Known { spec, units: &reader.units };
    let (marks, mut faults) = marks(spec, picture, seen, &reading);
    let left = left::over(reader, seen, &reading);
    for (id, evidence) in &mut reading.evidence {
        let Some(field) = spec.field(id) else { continue };
        for one in evidence {
            one.means = seen.means;
            let cell = seen.cell(&one.at);
            if let Some(cell) = cell {
                faults.extend(known.reread(field, cell, one));
            }
            let is_cut = cell.is_some_and(|cell| left::is_cut(seen, cell, picture.dimensions()));
            left::weigh(reader, one, &left, is_cut);
            one.at = seen.in_picture(&one.at);
        }
    }
    faults.extend(seen.page.notes.iter().map(|note| Fault::new("page", note.clone())));
    Some(PageForm { reading, marks, faults })
}

/// Adds what a code says to the form on the page that it belongs to, or as a form of its own.
fn add(reader: &Reader, forms: &mut Vec<PageForm>, (payload, at): (Payload, Rect)) {
    let reading = Reading {
        form: payload.form,
        version: payload.version,
        row: None,
        evidence: payload.values.into_iter().map(|(id, text)| (id, vec![decoded(text, at)])).collect(),
    };
    let Some(spec) = reader.spec(&reading) else { return };
    let free = |form: &PageForm| !form.reading.evidence.values().flatten().any(|e| e.means == Means::Qr);
    let same = |form: &&mut PageForm| {
        form.reading.form == reading.form && form.reading.version == reading.version && free(form)
    };
    match forms.iter_mut().filter(same).max_by_key(|form| agreement(spec, &form.reading, &reading)) {
        Some(form) => join(&mut form.reading, reading),
        None => forms.push(PageForm { reading, marks: Marks::default(), faults: Vec::new() }),
    }
}

fn decoded(text: String, at: Rect) -> Evidence {
    Evidence { text, means: Means::Qr, confidence: 1.0, at }
}

/// How many fields say the same.
fn agreement(spec: &FormSpec, a: &Reading, b: &Reading) -> usize {
    let equal = |field: &&crate::form::Field| {
        let value = |reading: &Reading| check(spec, field, reading.text(&field.id)).value;
        !value(a).is_empty() && value(a) == value(b)
    };
    spec.written().filter(equal).count()
}

/// The code's values go first; they stand where the same field was seen on the page.
fn join(form: &mut Reading, code: Reading) {
    for (id, mut decoded) in code.evidence {
        let seen = form.evidence.entry(id).or_default();
        if let Some(place) = seen.first().map(|e| e.at) {
            decoded.iter_mut().for_each(|e| e.at = place);
        }
        seen.splice(0..0, decoded);
    }
}

/// A page without a form: sure that it is none, or for a person to look at.
fn other(reader: &Reader, picture: &RgbImage, page: Option<&Seen>, faults: Vec<Fault>) -> Page {
    let unread = |fault: Fault| Page::Unread(std::iter::once(fault).chain(faults.iter().cloned()).collect());
    if is_blank(picture) {
        return Page::Other("空白页".to_owned());
    }
    let Some(seen) = page else {
        return unread(Fault::new("unread", "扫描件尚未识别（未安装文字识别模型），请对照图像录入"));
    };
    if seen.page.method == Method::Nothing || !seen.page.notes.is_empty() && seen.page.method == Method::Cells {
        return unread(Fault::new("unread", "图像上的文字识别不出，请对照图像录入"));
    }
    let (width, height) = picture.dimensions();
    if width.max(height) > SHRUNK {
        return unread(Fault::new("unread", "图像过大，缩小后未能识别，请对照图像录入，或请对方按 A4 扫描后重新发送"));
    }
    if picture.width().max(picture.height()) > LARGE {
        return unread(Fault::new("unread", "图像过大，缩小后文字识别不清，请对照图像录入"));
    }
    if reader.likeness(&seen.cells) >= LIKE_A_FORM {
        return unread(Fault::new("unread", "像是登记表，但未能识别，请对照图像录入"));
    }
    let lines = seen.page.cells.iter().filter(|cell| !cell.text.is_empty()).count();
    Page::Other(format!("图像上有{lines}处文字，不是登记表"))
}

/// Whether a page shows nothing: hardly a pixel is much darker than the paper.
fn is_blank(picture: &RgbImage) -> bool {
    let mut counts = [0u64; 256];
    picture.pixels().for_each(|pixel| counts[usize::from(pixel.0[0])] += 1);
    let total: u64 = counts.iter().sum();
    let mut below = 0;
    let middle = (0..256).find(|level| {
        below += counts[*level];
        below * 2 >= total
    });
    // A page that is dark all over is no blank paper.
    let Some(dark) = middle.and_then(|level: usize| level.checked_sub(60)).filter(|dark| *dark > 40) else {
        return false;
    };
    (counts[..dark].iter().sum::<u64>() as f32) < BLANK * total as f32
}

fn bounds(corners: &[[f32; 2]; 4]) -> Rect {
    let of = |axis: usize, pick: fn(f32, f32) -> f32| corners.iter().map(|c| c[axis]).reduce(pick).unwrap_or(0.0);
    Rect { left: of(0, f32::min), top: of(1, f32::min), right: of(0, f32::max), bottom: of(1, f32::max) }
}

#[cfg(test)]
mod tests;
