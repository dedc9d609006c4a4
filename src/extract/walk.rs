//! The walk over a mail's leaves: text bodies, documents, archives and mails within mails.

use std::collections::HashMap;
use std::sync::Arc;

use super::join::Draft;
use super::{Bytes, Document, Found, Leaf, Marks, Outcome, Watch, links, sha256};
use crate::fault::Fault;
use crate::mail::{self, Leaf as Part};
use crate::read::pixels::{self, Page, PageForm};
use crate::read::{Reader, Reading, names_whom};
use crate::sheet::{self, Archive, Budget, Opened, Picture, Sheet, Surface};
use indexmap::IndexMap;

/// Archives in archives and mails in mails deeper than this hold no form a unit would send.
const DEEPEST: usize = 4;
/// Pictures smaller than this (px, either side) are logos and icons: a form at 60 dpi is larger.
const SMALLEST: u32 = 400;
/// Records of one mail: a district has a few hundred units.
const MOST_RECORDS: usize = 2_000;
/// Leaves of one mail, members of archives included. A thousand mails of a thousand parts fit into a small archive.
const MOST_LEAVES: usize = 5_000;

/// The state of one walk.
pub struct Walk<'r> {
    reader: &'r Reader,
    watch: &'r Watch,
    prefix: String,
    seen: HashMap<String, String>,
    /// How many records have each id so far.
    ids: HashMap<String, usize>,
    budget: Budget,
    drafts: Vec<Draft>,
    /// Outcomes so far, one for each leaf.
    pub outcomes: Vec<Leaf>,
    /// Faults of the mail as a whole.
    pub faults: Vec<Fault>,
}

/// A document under way: where it stands and what it is called.
struct Origin {
    part: String,
    name: Option<String>,
    content_type: String,
    bytes: Bytes,
    sha256: String,
    /// What was odd when the mail was cut and decoded.
    faults: Vec<Fault>,
}

impl Origin {
    fn new(part: &str, name: Option<&str>, content_type: &str, bytes: &[u8]) -> Origin {
        let (name, content_type) = (name.map(str::to_owned), content_type.to_owned());
        Origin {
            part: part.to_owned(),
            name,
            content_type,
            bytes: Arc::from(bytes),
            sha256: sha256(bytes),
            faults: vec![],
        }
    }

    fn of(part: &Part) -> Origin {
        let origin = Origin::new(&part.part, part.name.as_deref(), &part.content_type, &part.bytes);
        Origin { faults: part.faults.clone(), ..origin }
    }

    /// Why the mail could not be taken apart here.
    fn unopened(&self) -> Option<Fault> {
        self.faults.iter().find(|fault| ["too-deep", "no-boundary"].contains(&fault.code.as_str())).cloned()
    }

    fn document(&self, page: usize, row: Option<usize>) -> Document {
        let name = self.name.clone().unwrap_or_else(|| "（无文件名）".to_owned());
        Document { name, sha256: self.sha256.clone(), part: self.part.clone(), page, row, also: vec![] }
    }
}

/// What came of one document.
struct Became(Outcome, Option<String>);

impl<'r> Walk<'r> {
    /// A walk that gives its records ids with this prefix.
    pub fn new(reader: &'r Reader, prefix: String, watch: &'r Watch) -> Walk<'r> {
        let (seen, ids, budget) = (HashMap::new(), HashMap::new(), Budget::default());
        Walk { reader, watch, prefix, seen, ids, budget, drafts: vec![], outcomes: vec![], faults: vec![] }
    }

    /// What is to become a record, once every leaf has been walked.
    pub fn drafts(&mut self) -> Vec<Draft> {
        std::mem::take(&mut self.drafts)
    }

    /// A document that came without a mail.
    pub fn lone(&mut self, name: &str, bytes: &[u8]) {
        let origin = Origin::new("1", Some(name), "application/octet-stream", bytes);
        let became = self.document(&origin, 0);
        self.note(0, &origin, became);
    }

    /// Every leaf of a mail nobody wrote.
    pub fn ignore_all(&mut self, parts: &[Part], why: &str) {
        for part in parts {
            self.note(self.outcomes.len(), &Origin::of(part), Became(Outcome::Ignored, Some(why.to_owned())));
        }
    }

    /// The leaves of a mail, `depth` containers deep.
    pub fn leaves(&mut self, parts: &[Part], depth: usize) {
        let mut readings: HashMap<&str, Vec<Reading>> =
            parts.iter().filter(|p| is_body(p)).map(|p| (p.part.as_str(), self.read_body(p))).collect();
        let chosen = chosen_alternatives(parts, &readings);
        for part in parts {
            let origin = Origin::of(part);
            let at = self.outcomes.len();
            let became = match (chosen.get(part.part.as_str()), readings.remove(part.part.as_str())) {
                (Some(other), _) if other != &part.part => {
                    Became(Outcome::Ignored, Some(format!("与第{other}部分内容相同的另一种格式")))
                }
                (_, Some(readings)) => self.body(&origin, &readings),
                (_, None) => self.part(&origin, depth),
            };
            self.note(at, &origin, became);
            if is_body(part) {
                self.files_in_text(part, depth);
            }
        }
    }

    /// Files that stand in the middle of a text, as mail programs sent them before MIME.
    fn files_in_text(&mut self, part: &Part, depth: usize) {
        for file in part.files_in_text() {
            let (origin, at) = (Origin::of(&file), self.outcomes.len());
            let became = self.document(&origin, depth + 1);
            self.note(at, &origin, became);
        }
    }

    /// A part of the mail that is no text: a document, or a container the mail parser had to leave closed.
    fn part(&mut self, origin: &Origin, depth: usize) -> Became {
        if let Some(fault) = elsewhere(&origin.content_type) {
            return self.failed(origin, fault);
        }
        let Some(fault) = origin.unopened() else { return self.document(origin, depth) };
        if origin.bytes.iter().all(u8::is_ascii_whitespace) {
            return Became(Outcome::Ignored, Some(fault.message));
        }
        match self.document(origin, depth) {
            Became(Outcome::Ignored, _) => self.failed(origin, fault),
            became => became,
        }
    }

    fn read_body(&mut self, part: &Part) -> Vec<Reading> {
        let Some(text) = part.text() else { return Vec::new() };
        let is_html = part.content_type == "text/html";
        self.faults.extend(sheet::left_out(&text, is_html).filter(|fault| !self.faults.contains(fault)));
        let sheet = if is_html { sheet::html(&text) } else { sheet::text(&text) };
        let Surface::Cells(cells) = sheet.surface else { return Vec::new() };
        let mut readings = self.reader.read(&cells);
        readings.retain(|reading| self.is_meant(reading));
        readings
    }

    /// A signature block has a name and a telephone number too; a form in a mail's text names unit and officer.
    fn is_meant(&self, reading: &Reading) -> bool {
        let Some(spec) = self.reader.spec(reading) else { return false };
        names_whom(spec).all(|role| !reading.text(role).is_empty()) && reading.filled() >= 3
    }

    fn body(&mut self, origin: &Origin, readings: &[Reading]) -> Became {
        if readings.is_empty() {
            return Became(Outcome::Text, None);
        }
        let body = Origin::new(&origin.part, Some("邮件正文"), &origin.content_type, &origin.bytes);
        let body = Origin { faults: origin.faults.clone(), ..body };
        for reading in readings {
            self.found(&body, 1, reading.clone());
        }
        Became(Outcome::Record, None)
    }

    fn document(&mut self, origin: &Origin, depth: usize) -> Became {
        if origin.bytes.is_empty() {
            return self.failed(origin, Fault::new("empty", "附件是空的（0字节），请发件人重新发送"));
        }
        if let Some(first) = self.seen.get(&origin.sha256) {
            return Became(Outcome::Ignored, Some(format!("与第{first}部分完全相同")));
        }
        self.seen.insert(origin.sha256.clone(), origin.part.clone());
        if let Err(fault) = self.watch.begin(&origin.sha256) {
            return self.failed(origin, fault);
        }
        match sheet::open(&origin.bytes, &mut self.budget) {
            Err(fault) => self.failed(origin, fault),
            Ok(Opened::Sheets(sheets)) => self.sheets(origin, sheets),
            Ok(Opened::Archive(_) | Opened::Mail) if self.outcomes.len() >= MOST_LEAVES => self.failed(
                origin,
                Fault::new("too-many-parts", format!("邮件内的文件超过{MOST_LEAVES}个，其余未打开，请对方分开发送")),
            ),
            Ok(Opened::Archive(_) | Opened::Mail) if depth >= DEEPEST => {
                self.failed(origin, Fault::new("too-deep", format!("文件嵌套超过{DEEPEST}层，请直接作为附件发送")))
            }
            Ok(Opened::Archive(archive)) => self.archive(origin, *archive, depth),
            Ok(Opened::Mail) => self.inner_mail(origin, depth),
            Ok(Opened::Other(what)) => Became(Outcome::Ignored, Some(format!("{what}，不是登记表"))),
        }
    }

    fn archive(&mut self, origin: &Origin, mut archive: Archive, depth: usize) -> Became {
        let count = archive.len();
        for index in 0..count {
            let Some(member) = archive.member(index, &mut self.budget) else { break };
            let part = format!("{}.{}", origin.part, index + 1);
            let content = member.bytes.as_deref().unwrap_or_default();
            let inner = Origin::new(&part, Some(&member.name), "application/octet-stream", content);
            let at = self.outcomes.len();
            let became = match member.bytes {
                Ok(_) => self.document(&inner, depth + 1),
                Err(fault) => self.failed(&inner, fault),
            };
            self.note(at, &inner, became);
        }
        Became(Outcome::Record, Some(format!("压缩包，内有{count}个文件")))
    }

    fn inner_mail(&mut self, origin: &Origin, depth: usize) -> Became {
        let inner = mail::parse(&origin.bytes);
        self.faults.extend(inner.faults);
        let mut parts = inner.leaves;
        for part in &mut parts {
            part.part = format!("{}.{}", origin.part, part.part);
            part.alternative = part.alternative.take().map(|group| format!("{}.{group}", origin.part));
        }
        self.leaves(&parts, depth + 1);
        Became(Outcome::Record, Some("作为附件转发的邮件".to_owned()))
    }

    fn sheets(&mut self, origin: &Origin, sheets: Vec<Sheet>) -> Became {
        let before = self.drafts.len();
        let pages = sheets.len();
        let mut skipped = Vec::new();
        for sheet in sheets {
            self.watch.page();
            let why = match sheet.surface {
                Surface::Cells(cells) => {
                    let readings = self.reader.read(&cells);
                    readings.into_iter().for_each(|reading| self.found(origin, sheet.number, reading));
                    None
                }
                Surface::Pixels(picture) => self.pixels(origin, sheet.number, picture),
            };
            skipped.extend(why.map(|why| if pages > 1 { format!("第{}页：{why}", sheet.number) } else { why }));
        }
        let why = (!skipped.is_empty()).then(|| skipped.join("；"));
        match self.drafts.len() > before {
            true => Became(Outcome::Record, why),
            false => Became(Outcome::Ignored, why.or_else(|| Some("文档中没有找到登记表".to_owned()))),
        }
    }

    /// A page of pixels; why it is no form, if it is none.
    fn pixels(&mut self, origin: &Origin, page: usize, picture: Picture) -> Option<String> {
        let (width, height) = picture.size;
        if width < SMALLEST || height < SMALLEST {
            return Some(format!("图片太小（{width}×{height}像素），不是登记表"));
        }
        match pixels::read(self.reader, &picture) {
            Page::Other(why) => return Some(why),
            Page::Unread(faults) => {
                let mut found = self.record(origin, page, None);
                found.faults.extend(faults);
                found.picture = Some(picture);
                self.keep(Draft { found, reading: None });
            }
            Page::Forms(forms) => {
                for PageForm { reading, marks, faults } in forms {
                    let mut found = self.record(origin, page, reading.row);
                    found.faults.extend(faults);
                    found.marks = marks;
                    found.picture = Some(picture.clone());
                    self.keep(Draft { found, reading: Some(reading) });
                }
            }
        }
        None
    }

    /// A form in a document's cells.
    fn found(&mut self, origin: &Origin, page: usize, reading: Reading) {
        let found = self.record(origin, page, reading.row);
        self.keep(Draft { found, reading: Some(reading) });
    }

    /// A document that cannot be opened: a record says so, so that it is not forgotten.
    fn failed(&mut self, origin: &Origin, fault: Fault) -> Became {
        let reason = fault.message.clone();
        let mut found = self.record(origin, 1, None);
        found.faults.push(fault);
        self.keep(Draft { found, reading: None });
        Became(Outcome::Failed, Some(reason))
    }

    /// Records beyond the limit are told once, on the mail.
    fn keep(&mut self, draft: Draft) {
        if self.drafts.len() < MOST_RECORDS {
            self.drafts.push(draft);
        } else if !self.faults.iter().any(|fault| fault.code == "too-many-records") {
            let message = format!("邮件内的登记表超过{MOST_RECORDS}份，其余未登记，请对方分开发送");
            self.faults.push(Fault::new("too-many-records", message));
        }
    }

    /// A record of a document about which nothing is known yet.
    fn record(&mut self, origin: &Origin, page: usize, row: Option<usize>) -> Found {
        Found {
            id: self.id(&origin.part, page, row),
            form: None,
            document: origin.document(page, row),
            marks: Marks::default(),
            fields: IndexMap::new(),
            faults: origin.faults.clone(),
            picture: None,
        }
    }

    /// Ids name the place, not a running number: a later version that reads more gives the old records their old ids.
    fn id(&mut self, part: &str, page: usize, row: Option<usize>) -> String {
        let page = if page > 1 { format!("p{page}") } else { String::new() };
        let row = row.map_or(String::new(), |row| format!("r{row}"));
        let id = format!("{}-{part}{page}{row}", self.prefix);
        let same = self.ids.entry(id.clone()).or_default();
        *same += 1;
        if *same == 1 { id } else { format!("{id}n{same}") }
    }

    /// Notes what became of a leaf; a container stands before what it holds, so its place was kept in `at`.
    fn note(&mut self, at: usize, origin: &Origin, Became(outcome, reason): Became) {
        let mut reasons: Vec<String> = reason.into_iter().collect();
        reasons.extend(origin.faults.iter().map(|fault| fault.message.clone()));
        reasons.dedup();
        let reason = (!reasons.is_empty()).then(|| reasons.join("；"));
        let leaf = Leaf {
            part: origin.part.clone(),
            name: origin.name.clone(),
            content_type: origin.content_type.clone(),
            bytes: origin.bytes.len(),
            sha256: origin.sha256.clone(),
            outcome,
            reason,
        };
        self.outcomes.insert(at, leaf);
    }

    /// What is wrong with the mail as a whole once its leaves are known.
    pub fn mail_faults(&mut self, parts: &[Part]) {
        let bodies = parts.iter().filter(|part| is_body(part)).filter_map(Part::text);
        let mut links: Vec<links::Large> = bodies.flat_map(|text| links::expiring(&text)).collect();
        links.sort();
        links.dedup();
        for link in &links {
            self.faults.push(Fault::new("link-only", link.message()));
        }
        if self.drafts.is_empty() && links.is_empty() {
            self.faults.push(Fault::new("no-form", "邮件中没有找到登记表"));
        }
    }
}

/// What stands for content that did not come with the mail.
fn elsewhere(content_type: &str) -> Option<Fault> {
    let fault = |code, message: &str| Some(Fault::new(code, message));
    match content_type {
        "message/partial" => fault("partial", "邮件被拆成几封发送，单独一封无法读取，请对方不拆分重新发送"),
        "message/external-body" => fault("external", "附件的内容没有随邮件发来，请对方改用普通附件发送"),
        _ => None,
    }
}

/// Text for people: a text part that is not sent as a file.
fn is_body(part: &Part) -> bool {
    !part.attachment && part.name.is_none() && matches!(part.content_type.as_str(), "text/plain" | "text/html")
}

/// For each text body that is one of several alternatives, the one that reads best.
fn chosen_alternatives(parts: &[Part], readings: &HashMap<&str, Vec<Reading>>) -> HashMap<String, String> {
    let mut best: HashMap<&str, (usize, &str)> = HashMap::new();
    let bodies = || parts.iter().filter(|p| is_body(p)).filter_map(|p| Some((p.alternative.as_deref()?, p)));
    for (group, part) in bodies() {
        let filled = readings.get(part.part.as_str()).into_iter().flatten().map(Reading::filled).sum::<usize>();
        let current = best.entry(group).or_insert((filled, &part.part));
        if filled > current.0 {
            *current = (filled, &part.part);
        }
    }
    bodies().filter_map(|(group, part)| Some((part.part.clone(), best.get(group)?.1.to_owned()))).collect()
}
