//! Intake: mails, and documents that came without one, from files into pending records. What came is on disk first, the
//! account of its leaves last.

use std::io;
use std::sync::Arc;

use serde_yaml::FlowMap;

use super::answers::{Answered, Answers};
use super::failpoint;
use super::ledger::Entry;
use super::mailbox::Source;
use super::store::{Account, Inbox};
use super::timely::{extract, extract_bare, side_by_side};
use crate::extract::{Extraction, Outcome, sha256};
use crate::fault::Fault;
use crate::read::Reader;
use crate::record::{Office, Record, Signed};
use crate::sheet::Picture;

/// Mails under way at once for each core: enough that none waits for the slowest, few enough that memory does not grow
/// with the mailbox.
const FOR_EACH_CORE: usize = 4;

/// What one mail came to.
#[derive(Debug)]
pub enum Taken {
    /// It was taken in before; nothing new.
    Known,
    /// Its new records and the outcomes of its leaves.
    New {
        /// The records filed, in the mail's order.
        records: Vec<Record>,
        /// The mail's leaves by outcome: record, text, ignored, failed.
        leaves: [usize; 4],
        /// The receipt, or why there is none.
        answered: Answered,
    },
}

/// Takes mails in and tells of each in order, with its source's name.
pub fn take(
    sources: &[Source],
    inbox: &Inbox,
    office: &Office<'_>,
    reader: &Arc<Reader>,
    signed: &Signed,
    answers: &Answers<'_>,
    mut tell: impl FnMut(&str, io::Result<Taken>),
) {
    for chunk in sources.chunks(FOR_EACH_CORE * rayon::current_num_threads()) {
        let prepared: Vec<io::Result<Prepared>> = side_by_side(chunk, |source| prepare(source, inbox, reader));
        for (source, prepared) in chunk.iter().zip(prepared) {
            let taken = prepared.and_then(|prepared| file(prepared, inbox, office, signed, answers));
            tell(&source.name(), taken);
        }
    }
}

/// A mail that is on disk and read, but not filed.
enum Prepared {
    Known,
    Read(Box<Extraction>),
}

fn prepare(source: &Source, inbox: &Inbox, reader: &Arc<Reader>) -> io::Result<Prepared> {
    let raw: Arc<[u8]> = source.read()?.into();
    let sha256 = sha256(&raw);
    if inbox.is_done(&sha256) {
        return Ok(Prepared::Known);
    }
    let bare = source.bare()?;
    let ending = bare.as_ref().map_or("eml", |bare| &bare.ending);
    inbox.keep(&format!("{sha256}.{ending}"), &raw)?;
    failpoint::pass();
    let mut extraction = match bare {
        Some(bare) => extract_bare(&bare, &raw, reader),
        None => extract(&raw, reader),
    };
    for found in &mut extraction.records {
        if let Some(picture) = &found.picture {
            let name = format!("sheets/{}/1.png", found.id);
            match png(picture) {
                Ok(png) => inbox.put_image(&name, &png)?,
                Err(fault) => {
                    found.faults.push(fault);
                    found.picture = None;
                }
            }
        }
    }
    Ok(Prepared::Read(Box::new(extraction)))
}

/// The page as PNG, quickly compressed: it is looked at once or twice.
fn png(picture: &Picture) -> Result<Vec<u8>, Fault> {
    use image::codecs::png::{CompressionType, FilterType, PngEncoder};
    let pixels = picture.pixels()?;
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut png, CompressionType::Fast, FilterType::Adaptive);
    let written = pixels.write_with_encoder(encoder);
    written.map_err(|e| Fault::new("unreadable", format!("页面图像无法保存：{e}")))?;
    Ok(png)
}

/// Files a mail's records and its receipt under the lock; the account comes last, so a crash before it only means doing
/// this again.
fn file(
    prepared: Prepared,
    inbox: &Inbox,
    office: &Office<'_>,
    signed: &Signed,
    answers: &Answers<'_>,
) -> io::Result<Taken> {
    let Prepared::Read(extraction) = prepared else { return Ok(Taken::Known) };
    let lock = inbox.lock()?;
    let mail = &extraction.mail;
    if inbox.is_done(&mail.sha256) {
        return Ok(Taken::Known);
    }
    let all = Record::of(&extraction, office, signed);
    let ids: Vec<String> = all.iter().map(|record| record.id.clone()).collect();
    let mut records = Vec::new();
    for record in all.iter().filter(|record| !inbox.has_record(&record.id)) {
        inbox.put_record(record)?;
        records.push(record.clone());
    }
    let (at, by) = (signed.at.clone(), signed.by.clone());
    let detail = Some(format!("{} records", ids.len()));
    let entry = Entry { at, by, did: "received".into(), on: mail.sha256.clone(), detail, prev: String::new() };
    // A crash may have come between the ledger and the account: then the ledger has this mail already.
    if !inbox.has_logged("received", &mail.sha256)? {
        inbox.log(vec![entry])?;
    }
    let answered = answers.receipt(&extraction, &all, signed, &lock)?;
    inbox.put_account(&account(&extraction, ids, &answered))?;
    Ok(Taken::New { records, leaves: count(&extraction), answered })
}

fn account(extraction: &Extraction, records: Vec<String>, answered: &Answered) -> Account {
    let (answer, unanswered) = match answered.clone() {
        Answered::Written(event) => (Some(event), None),
        Answered::Silent(reason) => (None, Some(reason)),
    };
    Account {
        mail: extraction.mail.clone(),
        records,
        leaves: extraction.leaves.iter().cloned().map(FlowMap).collect(),
        faults: extraction.faults.iter().cloned().map(FlowMap).collect(),
        answer,
        unanswered,
        purged: None,
    }
}

fn count(extraction: &Extraction) -> [usize; 4] {
    let of = |outcome| extraction.leaves.iter().filter(|leaf| leaf.outcome == outcome).count();
    [of(Outcome::Record), of(Outcome::Text), of(Outcome::Ignored), of(Outcome::Failed)]
}
