//! Why a document was read as it was: every piece of evidence, what won, and where on the page it stands.

use image::{Rgb, RgbImage};

use super::join::{self, Draft};
use super::walk::Walk;
use super::{MailHead, Watch, sha256};
use crate::mail;
use crate::read::settle::{FieldValue, settle};
use crate::read::{Evidence, Means, Reader, pixels};
use crate::report::Said;
use crate::said;
use crate::sheet::{self, Budget, Opened, Picture, Rect};

/// A page and what was made of it.
#[derive(Debug)]
pub struct Explained {
    /// What was seen and why each value won, line by line.
    pub lines: Vec<Said>,
    /// The page with a box around each piece of evidence; absent for text.
    pub picture: Option<RgbImage>,
}

/// Width of a box's line in px.
const LINE: u32 = 3;

/// Explains a mail, or a document as if it were a mail's only attachment.
pub fn explain(bytes: &[u8], name: &str, reader: &Reader) -> Vec<Explained> {
    let is_mail = matches!(sheet::open(&bytes.into(), &mut Budget::default()), Ok(Opened::Mail));
    let head = MailHead { sha256: sha256(bytes), ..MailHead::default() };
    let watch = Watch::default();
    let mut walk = Walk::new(reader, head.id_prefix(), &watch);
    if is_mail {
        walk.leaves(&mail::parse(bytes).leaves, 0);
    } else {
        walk.lone(name, bytes);
    }
    let drafts = join::merge(reader, walk.drafts());
    let leaves = walk.outcomes.iter().map(|leaf| {
        let (part, outcome) = (&leaf.part, leaf.outcome);
        let name = leaf.name.as_deref().unwrap_or("-");
        let reason = leaf.reason.as_deref().unwrap_or_default();
        said!("{part} {name}: {outcome:?} {reason}", "{part} {name}：{outcome:?} {reason}")
    });
    let mut all = vec![Explained { lines: leaves.collect(), picture: None }];
    all.extend(drafts.iter().map(|draft| one(reader, draft)));
    all
}

fn one(reader: &Reader, draft: &Draft) -> Explained {
    let document = &draft.found.document;
    let (name, part, page) = (&document.name, &document.part, document.page);
    let mut lines = vec![said!("{name}, part {part}, page {page}", "{name}，第{part}部分，第{page}页")];
    for other in &document.also {
        let (name, part, page) = (&other.name, &other.part, other.page);
        lines.push(said!("  and {name}, part {part}, page {page}", "  以及{name}，第{part}部分，第{page}页"));
    }
    lines.extend(fields(reader, draft));
    lines.extend(draft.found.faults.iter().map(|fault| {
        let (code, message) = (&fault.code, &fault.message);
        said!("  fault {code}: {message}", "  疑点 {code}：{message}")
    }));
    let picture = draft.found.picture.as_ref().and_then(|picture| drawn(reader, draft, picture, &mut lines));
    Explained { lines, picture }
}

/// The evidence of each field, the value that won first.
fn fields(reader: &Reader, draft: &Draft) -> Vec<Said> {
    let Some((reading, spec)) = draft.reading.as_ref().and_then(|r| Some((r, reader.spec(r)?))) else {
        return vec![said!("  no form was found here", "  这里没有找到登记表")];
    };
    let (form, version) = (&reading.form, reading.version);
    let mut lines = vec![said!("  form {form}, version {version}", "  表格 {form}，第{version}版")];
    let settled = settle(spec, reading);
    for field in &spec.fields {
        let label = spec.full_label(field);
        let won = settled.fields.iter().find(|(id, _)| id == &field.id).map(|(_, value)| value);
        lines.push(match won {
            Some(value) => {
                let (text, Said { en, zh }) = (&value.value, why(value));
                said!("  {label} = {text}   ({en})", "  {label} = {text}   （{zh}）")
            }
            None => said!("  {label}: nothing", "  {label}：无"),
        });
        let seen = reading.evidence.get(&field.id).into_iter().flatten();
        lines.extend(seen.filter(|e| !e.text.is_empty()).map(evidence));
        let faults = settled.faults.iter().filter(|fault| fault.field.as_ref() == Some(&field.id));
        lines.extend(faults.map(|fault| {
            let (code, message) = (&fault.code, &fault.message);
            said!("      fault {code}: {message}", "      疑点 {code}：{message}")
        }));
    }
    lines
}

fn why(value: &FieldValue) -> Said {
    match value.means {
        Means::Qr => said!("from the code, whose checksum holds", "取自二维码，校验码相符"),
        Means::Typed => said!("typed text", "取自录入的文字"),
        Means::Ocr => said!("the surest of what was recognised", "取自识别结果中把握最大的一个"),
        Means::Office => said!("entered by the office", "由采购办录入"),
    }
}

fn evidence(seen: &Evidence) -> Said {
    let Rect { left, top, right, bottom } = seen.at;
    let (means, sure, text) = (seen.means, seen.confidence, seen.text.replace('\n', "⏎"));
    let line = format!("      {means:?} {sure:.3} “{text}” [{left:.0} {top:.0} {right:.0} {bottom:.0}]");
    said!("{line}", "{line}")
}

/// The page with its boxes; the cells that were recognised are listed too, for it is there that reading goes wrong.
fn drawn(reader: &Reader, draft: &Draft, picture: &Picture, lines: &mut Vec<Said>) -> Option<RgbImage> {
    let (mut page, cells) = pixels::cells(reader, picture).ok()?;
    for cell in &cells {
        outline(&mut page, &cell.at, Rgb([170, 170, 170]), 1);
        let Rect { left, top, right, bottom } = cell.at;
        let (text, sure) = (cell.text.replace('\n', "⏎"), cell.confidence);
        let line = format!("  | {sure:.3} “{text}” [{left:.0} {top:.0} {right:.0} {bottom:.0}]");
        lines.push(said!("{line}", "{line}"));
    }
    for seen in draft.reading.iter().flat_map(|reading| reading.evidence.values().flatten()) {
        outline(&mut page, &seen.at, colour(seen), LINE);
    }
    Some(page)
}

/// Blue for a code, green for what is sure, orange for what is not.
fn colour(seen: &Evidence) -> Rgb<u8> {
    match seen.means {
        Means::Qr => Rgb([0, 90, 200]),
        _ if seen.confidence >= crate::read::settle::SURE => Rgb([0, 140, 60]),
        _ => Rgb([220, 110, 0]),
    }
}

fn outline(page: &mut RgbImage, at: &Rect, colour: Rgb<u8>, width: u32) {
    let (w, h) = page.dimensions();
    let clamp = |v: f32, most: u32| (v.max(0.0) as u32).min(most.saturating_sub(1));
    let (x0, y0, x1, y1) = (clamp(at.left, w), clamp(at.top, h), clamp(at.right, w), clamp(at.bottom, h));
    for i in 0..width {
        for x in x0..=x1 {
            page.put_pixel(x, (y0 + i).min(h - 1), colour);
            page.put_pixel(x, y1.saturating_sub(i), colour);
        }
        for y in y0..=y1 {
            page.put_pixel((x0 + i).min(w - 1), y, colour);
            page.put_pixel(x1.saturating_sub(i), y, colour);
        }
    }
}
