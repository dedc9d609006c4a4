//! `intake`: mails and scans into pending records, a line for each and a sum that adds up.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::office::{Office, sign};
use super::progress::Progress;
use super::voice::{Failure, Voice, put};
use crate::edge::answers::Answered;
use crate::edge::intake::{Taken, take};
use crate::edge::mailbox::{self, Found, Source};
use crate::record::Record;
use crate::record::register::officer_of;
use crate::said;

/// What came in, counted.
#[derive(Debug, Default)]
pub struct Sum {
    mails: usize,
    /// Those among them that are documents without a mail.
    bare: usize,
    /// Mails of the mailbox that were not even looked at: they were taken in by an earlier run.
    pub seen: Option<usize>,
    known: usize,
    failed: usize,
    records: usize,
    /// record, text, ignored, failed
    leaves: [usize; 4],
    answered: usize,
    silent: usize,
}

/// Takes in the mails of the given places, or of `inbox/new`.
pub fn run(root: &Path, from: &[PathBuf], voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let answers = office.answers()?;
    let (rules, reader) = (office.rules(), office.reader(voice));
    let Found { sources: mails, growing, others } = find(from, &office)?;
    for other in others {
        let name = other.display();
        voice.say(&said!(
            "{name}: neither a mail nor a document, left alone",
            "{name}：不是邮件，也不是登记表文件，未处理"
        ));
    }
    for document in growing {
        let name = document.display();
        voice.say(&said!(
            "{name}: still being written, left for the next intake",
            "{name}：可能仍在复制，留待下次运行 intake 时收取"
        ));
    }
    let bare = mails.iter().filter(|source| matches!(source, Source::Document(_))).count();
    let mut sum = Sum { bare, ..Sum::default() };
    let reader = Arc::new(reader);
    let mut progress = Progress::of(mails.len());
    take(&mails, &office.inbox, &rules, &reader, &sign("intake", None), &answers, |name, taken| {
        progress.clear();
        sum.add(name, taken, &office, voice);
        progress.step();
    });
    progress.clear();
    sum.tell("intake", voice)
}

fn find(from: &[PathBuf], office: &Office) -> Result<Found, Failure> {
    let default = [office.inbox.new_mail()];
    let places = if from.is_empty() { default.as_slice() } else { from };
    let mut all = Found::default();
    for place in places {
        if from.is_empty() && !place.exists() {
            continue;
        }
        let name = place.display();
        let found = mailbox::find(place).map_err(|e| Failure::Outside(said!("{name}: {e}", "{name}：{e}")))?;
        all.sources.extend(found.sources);
        all.growing.extend(found.growing);
        all.others.extend(found.others);
    }
    Ok(all)
}

impl Sum {
    /// Counts one mail and prints its records.
    pub fn add(&mut self, name: &str, taken: io::Result<Taken>, office: &Office, voice: Voice) {
        self.mails += 1;
        match taken {
            Ok(Taken::Known) => self.known += 1,
            Ok(Taken::New { records, leaves, answered }) => {
                self.records += records.len();
                match answered {
                    Answered::Written(_) => self.answered += 1,
                    Answered::Silent(_) => self.silent += 1,
                }
                self.leaves.iter_mut().zip(leaves).for_each(|(sum, n)| *sum += n);
                records.iter().for_each(|record| put(line(record, office)));
            }
            Err(e) => {
                self.failed += 1;
                voice.say(&said!("{name}: {e}", "{name}：{e}"));
            }
        }
    }

    /// Counts a mail that could not be had.
    pub fn add_failed(&mut self) {
        self.mails += 1;
        self.failed += 1;
    }

    /// Whether any mail was counted.
    pub fn has_any(&self) -> bool {
        self.mails > 0
    }

    /// Tells the sums; failures name the command to run again.
    pub fn tell(&self, command: &str, voice: Voice) -> Result<(), Failure> {
        let Sum { mails, bare, seen, known, failed, records, leaves, answered, silent } = self;
        let [with_record, text, ignored, unopened] = leaves;
        let new = mails - known - failed;
        let leaves = with_record + text + ignored + unopened;
        let letters = mails - bare;
        let counted = match bare {
            0 => said!("{mails} mails", "邮件{mails}封"),
            _ => said!("{letters} mails and {bare} documents", "邮件{letters}封、文件{bare}个"),
        };
        let (en, zh) = (counted.en, counted.zh);
        voice.say(&said!(
            "{en} = {new} new + {known} known + {failed} failed; {records} records",
            "{zh}＝新收{new}＋已收过{known}＋失败{failed}；新记录{records}条"
        ));
        voice.say(&said!(
            "{leaves} leaves = {with_record} in records + {text} text + {ignored} ignored + {unopened} could not be opened",
            "邮件内容{leaves}件＝成为记录{with_record}＋正文{text}＋忽略{ignored}＋无法打开{unopened}"
        ));
        if answered + silent > 0 {
            voice.say(&said!(
                "{answered} receipts in inbox/outbox, {silent} mails call for none; `zhuanban send` sends them",
                "写好回执{answered}封，放在 inbox/outbox，不需回复{silent}封；运行 zhuanban send 发出"
            ));
        }
        if let Some(seen) = seen {
            voice.say(&said!("{seen} more in the mailbox were taken in before", "邮箱中另有{seen}封此前已收取"));
        }
        match failed {
            0 => Ok(()),
            n => Err(Failure::Outside(said!(
                "{n} mails could not be taken in; run {command} again",
                "{n}封邮件未能收取，请重新运行 {command}"
            ))),
        }
    }
}

/// `id  unit  officer  doubts` in columns; no telephone number, no code.
pub fn line(record: &Record, office: &Office) -> String {
    let unit = record.unit_id().map_or("（单位未定）", |id| office.unit_name(id));
    let who = match &record.form {
        Some(_) => officer_of(record, &office.rules()),
        None => record.document.as_ref().map_or("（无登记表）".to_owned(), |d| d.0.name.clone()),
    };
    let faults: Vec<&str> = record.faults.iter().map(|fault| fault.0.message.as_str()).collect();
    let faults = if faults.is_empty() { "无疑点".to_owned() } else { faults.join("；") };
    format!("{}  {}  {unit}  {who}  {faults}", record.id, record.status.label())
}
