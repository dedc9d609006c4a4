//! Intake: mails, and documents that came without one, from files into pending records. What came is on disk first, the
//! account of its leaves last.

use std::io::{self, Read as _};
use std::sync::Arc;

use serde_yaml::FlowMap;

use super::answers::{Answered, Answers};
use super::ledger::Entry;
use super::mailbox::{Raw, Source};
use super::store::{Account, Inbox};
use super::timely::{extract, extract_bare, side_by_side};
use super::{failpoint, sender};
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
        let prepared: Vec<io::Result<Prepared>> =
            side_by_side(chunk, |source| prepare(source, inbox, office, reader, signed));
        for (source, prepared) in chunk.iter().zip(prepared) {
            let taken = prepared.and_then(|prepared| file(prepared, inbox, signed, answers));
            tell(&source.name(), taken);
        }
    }
}

/// A mail that is on disk and read, but not filed. Its documents are in memory no more.
enum Prepared {
    Known,
    Read(Box<Read>),
}

struct Read {
    records: Vec<Record>,
    account: Account,
    faults: Vec<Fault>,
    leaves: [usize; 4],
}

fn prepare(
    source: &Source,
    inbox: &Inbox,
    office: &Office<'_>,
    reader: &Arc<Reader>,
    signed: &Signed,
) -> io::Result<Prepared> {
    let Some(mut extraction) = extracted(source, inbox, reader)? else { return Ok(Prepared::Known) };
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
    let records = Record::of(&extraction, office, signed);
    let ids = records.iter().map(|record| record.id.clone()).collect();
    let (leaves, faults) = (count(&extraction), extraction.faults.clone());
    Ok(Prepared::Read(Box::new(Read { records, account: account(extraction, ids), faults, leaves })))
}

/// What a mail holds, once it is on disk; absent if it was taken in before.
fn extracted(source: &Source, inbox: &Inbox, reader: &Arc<Reader>) -> io::Result<Option<Extraction>> {
    let bare = source.bare()?;
    let ending = bare.as_ref().map_or("eml", |bare| &bare.ending);
    let (start, sha256) = match source.read()? {
        Raw::Whole(raw) => {
            let sha256 = sha256(&raw);
            if inbox.is_done(&sha256) {
                return Ok(None);
            }
            inbox.keep(&format!("{sha256}.{ending}"), &raw)?;
            failpoint::pass();
            (raw, sha256)
        }
        Raw::Outsized(start, rest) => {
            let sha256 = inbox.keep_outsized(start.chain(rest), ending)?;
            (start, sha256)
        }
    };
    if inbox.is_done(&sha256) {
        return Ok(None);
    }
    let start: Arc<[u8]> = start.into();
    let mut extraction = match bare {
        Some(bare) => extract_bare(&bare, &start, reader),
        None => extract(&start, reader),
    };
    if extraction.mail.document.is_none() {
        sender::check(&start, &mut extraction.mail, inbox.authserv());
    }
    extraction.mail.sha256 = sha256;
    Ok(Some(extraction))
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
fn file(prepared: Prepared, inbox: &Inbox, signed: &Signed, answers: &Answers<'_>) -> io::Result<Taken> {
    let Prepared::Read(mut read) = prepared else { return Ok(Taken::Known) };
    let lock = inbox.lock()?;
    let mail = read.account.mail.clone();
    let sha256 = &mail.sha256;
    if inbox.is_done(sha256) {
        return Ok(Taken::Known);
    }
    let mut records = Vec::new();
    for record in read.records.iter().filter(|record| !inbox.has_record(&record.id)) {
        inbox.put_record(record)?;
        records.push(record.clone());
    }
    let (at, by) = (signed.at.clone(), signed.by.clone());
    let detail = Some(format!("{} records", read.account.records.len()));
    let entry = Entry { at, by, did: "received".into(), on: sha256.clone(), detail, prev: String::new() };
    // A crash may have come between the ledger and the account: then the ledger has this mail already.
    if !inbox.has_logged("received", sha256)? {
        inbox.log(vec![entry])?;
    }
    let answered = answers.receipt(&mail, &read.faults, &read.records, signed, &lock)?;
    match answered.clone() {
        Answered::Written(event) => read.account.answer = Some(event),
        Answered::Silent(reason) => read.account.unanswered = Some(reason),
    }
    inbox.put_account(&read.account)?;
    Ok(Taken::New { records, leaves: read.leaves, answered })
}

fn account(extraction: Extraction, records: Vec<String>) -> Account {
    Account {
        mail: extraction.mail,
        records,
        leaves: extraction.leaves.into_iter().map(FlowMap).collect(),
        faults: extraction.faults.into_iter().map(FlowMap).collect(),
        answer: None,
        unanswered: None,
        purged: None,
    }
}

fn count(extraction: &Extraction) -> [usize; 4] {
    let of = |outcome| extraction.leaves.iter().filter(|leaf| leaf.outcome == outcome).count();
    [of(Outcome::Record), of(Outcome::Text), of(Outcome::Ignored), of(Outcome::Failed)]
}
