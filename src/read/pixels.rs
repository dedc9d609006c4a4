//! A page of pixels: what its QR codes say, what is written in its cells, its seal and its signature.
//!
//! A code whose checksum holds is exact. The page is recognised all the same: that shows where on it each value stands,
//! whether somebody corrected the print by hand, and whether it was sealed and signed.

use image::RgbImage;
use serde::{Deserialize, Serialize};

use super::alphabet::reread;
use super::{Evidence, Means, Reader, Reading, names_whom, qr};
use crate::fault::Fault;
use crate::form::check::check;
use crate::form::payload::{self, Payload};
use crate::form::{FormSpec, Kind};
use crate::ocr::{self, Method, OcrCell};
use crate::sheet::{Cell, Picture, Rect};

/// Cells are handed to the matcher in rows of about this many px, so that its steps of one row hold.
const ROW: f32 = 24.0;
/// So many labels of a form make a page worth a person's look although it could not be read as one.
const LIKE_A_FORM: usize = 2;
/// A share of dark pixels below which a page is blank: dust and the shadow of an edge.
const BLANK: f32 = 0.0005;

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

/// The codes on a page.
#[derive(Default)]
struct Codes {
    /// What whole ones say, and where.
    payloads: Vec<(Payload, Rect)>,
    /// The form that a code without values names: the mark of a blank form.
    mark: Option<(String, u32)>,
    faults: Vec<Fault>,
}

impl Codes {
    fn on(reader: &Reader, picture: &RgbImage) -> Codes {
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
    fn allow(&self, spec: &FormSpec) -> bool {
        let of_payload = |(p, _): &(Payload, Rect)| p.form == spec.id && p.version == spec.version;
        match &self.mark {
            Some((form, version)) => &spec.id == form && spec.version == *version,
            None => self.payloads.is_empty() || self.payloads.iter().any(of_payload),
        }
    }
}

/// A page with its cells, once as the matcher takes them and, where they were recognised, as the recogniser gave them.
struct Seen {
    page: ocr::Page,
    cells: Vec<Cell>,
    means: Means,
}

impl Seen {
    /// A page that says itself what stands on it; its cells are in px of the picture.
    fn typed(cells: Vec<Cell>, picture: &RgbImage) -> Seen {
        let scaled =
            |at: Rect| Rect { left: at.left / ROW, top: at.top / ROW, right: at.right / ROW, bottom: at.bottom / ROW };
        let cells = cells.into_iter().map(|cell| Cell { at: scaled(cell.at), ..cell }).collect();
        let mapping = ocr::Mapping::identity(picture.dimensions());
        let page = ocr::Page { cells: Vec::new(), mapping, method: Method::Cells, notes: Vec::new() };
        Seen { page, cells, means: Means::Typed }
    }

    fn on(reader: &Reader, picture: &RgbImage) -> Option<Seen> {
        let page = ocr::read_page(picture, reader.ocr.as_deref()?);
        let cell = |cell: &OcrCell| {
            let at = cell.at;
            let at = Rect { left: at.left / ROW, top: at.top / ROW, right: at.right / ROW, bottom: at.bottom / ROW };
            Cell { text: cell.text.clone(), at, confidence: cell.confidence }
        };
        let mut cells: Vec<Cell> = page.cells.iter().map(cell).collect();
        reader.mend(&mut cells);
        Some(Seen { page, cells, means: Means::Ocr })
    }

    /// The forms in the cells. Several tables on a page are a form each where each says for itself whom it is about;
    /// otherwise they are one form that was ruled in pieces.
    fn readings(&self, reader: &Reader, codes: &Codes) -> Vec<Reading> {
        let read = |cells: &[Cell]| reader.read_where(cells, |spec| codes.allow(spec));
        let last = self.page.cells.iter().map(|cell| cell.table).max().unwrap_or(0);
        let of_table = |table: usize| {
            let own = self.cells.iter().zip(&self.page.cells).filter(|(_, of)| of.table == table);
            read(&own.map(|(cell, _)| cell.clone()).collect::<Vec<_>>())
        };
        let each: Vec<Vec<Reading>> =
            if last == 0 { Vec::new() } else { (0..=last).map(of_table).filter(|found| !found.is_empty()).collect() };
        let named = |reading: &Reading| {
            reader.spec(reading).is_some_and(|spec| names_whom(spec).all(|role| !reading.text(role).is_empty()))
        };
        if each.len() > 1 && each.iter().flatten().all(named) {
            return each.concat();
        }
        read(&self.cells)
    }

    /// The recognised cell that a place lies in.
    fn cell(&self, at: &Rect) -> Option<&OcrCell> {
        let (x, y) = ((at.left + at.right) / 2.0, (at.top + at.bottom) / 2.0);
        let holds = |c: &Cell| c.at.left <= x && x < c.at.right && c.at.top <= y && y < c.at.bottom;
        self.cells.iter().zip(&self.page.cells).find(|(cell, _)| holds(cell)).map(|(_, cell)| cell)
    }

    /// A place among the cells, in px of the straightened page.
    fn straight(at: &Rect) -> ocr::Rect {
        ocr::Rect::new(at.left * ROW, at.top * ROW, at.right * ROW, at.bottom * ROW)
    }

    /// The same in px of the picture.
    fn in_picture(&self, at: &Rect) -> Rect {
        let at = Seen::straight(at);
        let corners = [(at.left, at.top), (at.right, at.top), (at.right, at.bottom), (at.left, at.bottom)];
        bounds(&corners.map(|(x, y)| {
            let p = self.page.mapping.source(ocr::Point::new(x, y));
            [p.x, p.y]
        }))
    }
}

/// The forms that stand in the page's cells.
fn written(reader: &Reader, picture: &RgbImage, page: Option<&Seen>, codes: &Codes) -> Vec<PageForm> {
    let Some(seen) = page else { return Vec::new() };
    let readings = seen.readings(reader, codes);
    let form = |reading: Reading| {
        let spec = reader.spec(&reading)?;
        Some(page_form(spec, picture, seen, reading))
    };
    readings.into_iter().filter_map(form).collect()
}

fn page_form(spec: &FormSpec, picture: &RgbImage, seen: &Seen, mut reading: Reading) -> PageForm {
    let (marks, mut faults) = marks(spec, picture, seen, &reading);
    for (id, evidence) in &mut reading.evidence {
        let Some(field) = spec.field(id) else { continue };
        for one in evidence {
            one.means = seen.means;
            if let Some(cell) = seen.cell(&one.at) {
                faults.extend(reread(spec, field, cell, one));
            }
            one.at = seen.in_picture(&one.at);
        }
    }
    faults.extend(seen.page.notes.iter().map(|note| Fault::new("page", note.clone())));
    PageForm { reading, marks, faults }
}

/// Looks for the seal on the unit's name and for ink in the signature's cell.
fn marks(spec: &FormSpec, picture: &RgbImage, seen: &Seen, reading: &Reading) -> (Marks, Vec<Fault>) {
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
