//! Answers made in this process from the shipped content: a mail in, its answer out.

use std::path::Path;

use zhuanban::edge;
use zhuanban::extract::{Extraction, extract};
use zhuanban::mail::correspondence;
use zhuanban::read::Reader;
use zhuanban::record::decide::{Decision, Standing, decide};
use zhuanban::record::register::fold;
use zhuanban::record::{Office, Record, Signed};
use zhuanban::reply::{Answer, Received, Writer};
use zhuanban::site::{self, Content};

/// The shipped office.
pub struct Clerk {
    pub sources: site::Sources,
    pub content: Content,
}

/// The day on all mails.
pub const DAY: &str = "2023-07-20";

impl Clerk {
    pub fn new() -> Clerk {
        let sources = edge::sources(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let content = site::load(&sources).unwrap();
        Clerk { sources, content }
    }

    pub fn writer(&self) -> Writer<'_> {
        Writer::load(&self.sources, &self.content).unwrap()
    }

    fn rules(&self) -> Office<'_> {
        let config = &self.content.config;
        Office {
            forms: &self.content.forms,
            units: &self.content.units,
            deadline: Some("2023-07-15"),
            publication: &config.publication,
        }
    }

    /// What is in a mail, without recognising pictures.
    pub fn read(&self, raw: &[u8]) -> (Extraction, Vec<Record>) {
        let extraction = extract(raw, &Reader::new(self.content.forms.clone()));
        let records = Record::of(&extraction, &self.rules(), &signed("2023-07-12"));
        (extraction, records)
    }

    pub fn receipt(&self, raw: &[u8]) -> Answer {
        let (extraction, records) = self.read(raw);
        let mail = correspondence(raw);
        let received = Received { mail: &mail, head: &extraction.mail, faults: &extraction.faults, records: &records };
        self.writer().receipt(&received, DAY).unwrap()
    }

    /// The answer to a decision about a mail's first record.
    pub fn decided(&self, raw: &[u8], decision: &Decision) -> Answer {
        let record = self.read(raw).1.remove(0);
        let decided = decide(&record, decision, &fold(&[], &self.rules()), &self.rules(), &signed(DAY)).unwrap();
        self.writer().decided(&decided, &correspondence(raw), DAY).unwrap().unwrap()
    }

    /// The answer where the record's officer succeeds another.
    pub fn replaced(&self, raw: &[u8]) -> Answer {
        let record = self.read(raw).1.remove(0);
        let accept = |standing| Decision::Accept { standing, basis: None };
        let mut former =
            decide(&record, &accept(Standing::Unsaid), &fold(&[], &self.rules()), &self.rules(), &signed(DAY)).unwrap();
        former.id = "20230101-00000000-1".to_owned();
        let former = [former];
        let register = fold(&former, &self.rules());
        let decided =
            decide(&record, &accept(Standing::Replaces(None)), &register, &self.rules(), &signed(DAY)).unwrap();
        self.writer().decided(&decided, &correspondence(raw), DAY).unwrap().unwrap()
    }

    pub fn correction(&self, raw: &[u8], note: Option<&str>) -> Answer {
        let record = self.read(raw).1.remove(0);
        let ask = Decision::Ask { reason: note.unwrap_or_default().to_owned() };
        let asked = decide(&record, &ask, &fold(&[], &self.rules()), &self.rules(), &signed(DAY)).unwrap();
        self.writer().correction(&asked, note, &signed(DAY).at, &correspondence(raw), DAY).unwrap()
    }
}

fn signed(day: &str) -> Signed {
    Signed { by: "示例员".to_owned(), at: format!("{day}T10:00:00+08:00"), on: day.to_owned() }
}

/// A sample mail.
pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("inbox/new").join(format!("{name}.eml"))).unwrap()
}
