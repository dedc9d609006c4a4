//! Why a document was read as it was: every piece of evidence, what won, and where on the page it stands.

mod boxes;

use image::RgbImage;

use super::join::{self, Draft};
use super::walk::Walk;
use super::{MailHead, Outcome, Watch, sha256};
use crate::mail;
use crate::read::pixels::{self, Marks};
use crate::read::settle::{FieldValue, SURE, settle};
use crate::read::{Evidence, Means, Reader};
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
        let (part, Said { en, zh }) = (&leaf.part, became(leaf.outcome));
        let name = leaf.name.as_deref().unwrap_or("-");
        let reason = leaf.reason.as_deref().unwrap_or_default();
        said!("{part} {name}: {en} {reason}", "{part} {name}：{zh} {reason}")
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
    lines.extend(marks(&draft.found.marks));
    lines.extend(fields(reader, draft));
    lines.extend(draft.found.faults.iter().map(|fault| {
        let (code, message) = (&fault.code, &fault.message);
        said!("  fault {code}: {message}", "  疑点 {code}：{message}")
    }));
    let picture = draft.found.picture.as_ref().and_then(|picture| drawn(reader, draft, picture, &mut lines));
    Explained { lines, picture }
}

fn became(outcome: Outcome) -> Said {
    match outcome {
        Outcome::Record => said!("record", "登记"),
        Outcome::Text => said!("text", "正文"),
        Outcome::Ignored => said!("ignored", "忽略"),
        Outcome::Failed => said!("failed", "失败"),
    }
}

/// Seal and signature, where looked for.
fn marks(marks: &Marks) -> Option<Said> {
    let en = |mark: Option<bool>| mark.map_or("not known", |seen| if seen { "yes" } else { "no" });
    let zh = |mark: Option<bool>| mark.map_or("无法判断", |seen| if seen { "有" } else { "无" });
    let (seal, signature) = (marks.seal, marks.signature);
    let (a, b, c, d) = (en(seal), en(signature), zh(seal), zh(signature));
    (seal.is_some() || signature.is_some()).then(|| said!("  seal: {a}, signature: {b}", "  公章：{c}，签字：{d}"))
}

/// The evidence of each field, the value that won first; numbered as on the picture.
fn fields(reader: &Reader, draft: &Draft) -> Vec<Said> {
    let Some((reading, spec)) = draft.reading.as_ref().and_then(|r| Some((r, reader.spec(r)?))) else {
        return vec![said!("  no form was found here", "  这里没有找到登记表")];
    };
    let (form, version) = (&reading.form, reading.version);
    let mut lines = vec![said!("  form {form}, version {version}", "  表格 {form}，第{version}版")];
    let settled = settle(spec, reading);
    let mut number = 0;
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
        for seen in reading.evidence.get(&field.id).into_iter().flatten() {
            number += 1;
            lines.push(evidence(seen, number));
        }
        let faults = settled.faults.iter().filter(|fault| fault.field.as_ref() == Some(&field.id));
        lines.extend(faults.map(|fault| {
            let (code, message) = (&fault.code, &fault.message);
            said!("      fault {code}: {message}", "      疑点 {code}：{message}")
        }));
    }
    lines
}

fn why(value: &FieldValue) -> Said {
    let sure = value.confidence;
    match value.means {
        Means::Qr => said!("from the code, whose checksum holds", "取自二维码，校验码相符"),
        Means::Typed => said!("typed text", "取自录入的文字"),
        Means::Ocr if sure >= SURE => said!("recognised, {sure:.3}", "识别所得，把握{sure:.3}"),
        Means::Ocr => said!("recognised, {sure:.3}: doubtful", "识别所得，把握{sure:.3}，存疑"),
        Means::Office => said!("entered by the office", "由采购办录入"),
    }
}

fn evidence(seen: &Evidence, number: usize) -> Said {
    let Rect { left, top, right, bottom } = seen.at;
    let (sure, text) = (seen.confidence, seen.text.replace('\n', "⏎"));
    let (en, zh) = match seen.means {
        Means::Qr => ("code", "二维码"),
        Means::Typed => ("typed", "文字"),
        Means::Ocr => ("recognised", "识别"),
        Means::Office => ("office", "录入"),
    };
    let rest = format!("{sure:.3} “{text}” [{left:.0} {top:.0} {right:.0} {bottom:.0}]");
    said!("      #{number} {en} {rest}", "      #{number} {zh} {rest}")
}

/// The page with its boxes; the cells that were recognised are listed too, for it is there that reading goes wrong.
fn drawn(reader: &Reader, draft: &Draft, picture: &Picture, lines: &mut Vec<Said>) -> Option<RgbImage> {
    let (mut page, cells) = pixels::cells(reader, picture).ok()?;
    for cell in &cells {
        boxes::cell(&mut page, &cell.at);
        let Rect { left, top, right, bottom } = cell.at;
        let (text, sure) = (cell.text.replace('\n', "⏎"), cell.confidence);
        let line = format!("  | {sure:.3} “{text}” [{left:.0} {top:.0} {right:.0} {bottom:.0}]");
        lines.push(said!("{line}", "{line}"));
    }
    for (number, seen) in (1..).zip(all_evidence(reader, draft)) {
        boxes::evidence(&mut page, seen, number);
    }
    Some(page)
}

/// In the order in which it is told.
fn all_evidence<'d>(reader: &Reader, draft: &'d Draft) -> Vec<&'d Evidence> {
    let Some((reading, spec)) = draft.reading.as_ref().and_then(|r| Some((r, reader.spec(r)?))) else { return vec![] };
    spec.fields.iter().filter_map(|field| reading.evidence.get(&field.id)).flatten().collect()
}
