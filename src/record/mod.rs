//! Records: a submission on its way through review. The private half of the program; the site never sees this type.
//!
//! [`Record::of`] files what was extracted, [`refresh`](checks::refresh) checks its values again after an edit,
//! [`decide`](decide::decide) is every rule of review, [`register`] folds accepted records into who is in office, [`sender`]
//! says what is known of who sent them.

pub mod act;
pub mod checks;
pub mod decide;
pub mod entered;
pub mod parse;
pub mod refusal;
pub mod register;
pub mod retention;
pub mod sender;
#[cfg(test)]
mod tests;
pub mod triage;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_yaml::FlowMap;

use crate::extract::{Document, Extraction, Found, Marks, Vouched};
use crate::fault::Fault;
use crate::form::{FormSpec, Values};
use crate::listing::Publication;
use crate::read::settle::FieldValue;
use crate::unit::Units;

/// Where a record stands in review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Waits for a person.
    Pending,
    /// The officer is registered.
    Accepted,
    /// Sent back or set aside for good, with a reason.
    Rejected,
}

impl Status {
    /// All of them, with the folder each lies in below `inbox/`.
    pub const FOLDERS: [(Status, &'static str); 3] =
        [(Status::Pending, "pending"), (Status::Accepted, "accepted"), (Status::Rejected, "rejected")];

    /// The folder below `inbox/`.
    pub fn folder(self) -> &'static str {
        match self {
            Status::Pending => "pending",
            Status::Accepted => "accepted",
            Status::Rejected => "rejected",
        }
    }

    /// What a clerk calls it.
    pub fn label(self) -> &'static str {
        match self {
            Status::Pending => "待审核",
            Status::Accepted => "已备案",
            Status::Rejected => "已退回",
        }
    }
}

/// One submission: YAML a person can read and edit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The id, equal to the file's name.
    pub id: String,
    /// The form's id; absent while nobody has read it.
    #[serde(default)]
    pub form: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// When its mail was sent, RFC 3339 in China time.
    #[serde(default)]
    pub received: Option<String>,
    /// The mail it came in.
    pub mail: Mail,
    /// The document it stands in; absent for a mail without any form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<FlowMap<Document>>,
    /// The page to look at, below `inbox/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// The unit it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<FlowMap<UnitChoice>>,
    /// What was read, by field id in the form's order.
    #[serde(default)]
    pub fields: IndexMap<String, FlowMap<FieldValue>>,
    /// Seal and signature, where looked for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub marks: Marks,
    /// What the reviewer should look at.
    #[serde(default)]
    pub faults: Vec<FlowMap<Fault>>,
    /// The decision in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Ruling>,
    /// What a pending record waits for, where it is not to be decided yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// The office's advice that the unit name another officer (第五条), until the successor is in office. Never public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advised: Option<Ruling>,
    /// The announcement of what the record commends (第九条); without it nothing of the record is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub announced: Option<Ruling>,
    /// What happened to it, oldest first.
    #[serde(default)]
    pub history: Vec<FlowMap<Event>>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What stands in the sender's place where a form came on paper or as a bare file. It is no address: nobody is answered.
pub const BY_HAND: &str = "纸质/扫描件投递";

/// The mail a record came in.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The raw mail, below `inbox/`; the document itself where it came without a mail, empty for values typed in.
    pub file: String,
    /// The sender's address: who sent it, never proof of the unit. Empty where the mail names none, or several;
    /// [`BY_HAND`] where there was no mail.
    pub from: String,
    /// The subject; the document's name where it came without a mail.
    pub subject: String,
    /// `Message-ID`, for the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What a mail server says of the sender: method to result. Advice; [`sender`] puts it into words.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub authentication: IndexMap<String, String>,
    /// Which server, whether the office trusts it, and the mail's signatures.
    #[serde(default, skip_serializing_if = "Vouched::is_empty")]
    pub vouched: Vouched,
}

impl Mail {
    /// Whether there was no mail: the form came on paper or as a bare file.
    pub fn is_by_hand(&self) -> bool {
        self.from == BY_HAND
    }
}

/// Which unit a record is for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitChoice {
    /// The unit's id in `content/units.yaml`.
    pub id: String,
    /// 0 (nothing alike) to 1 (the same name or code, or chosen by the office).
    pub score: f64,
    /// The next best unit and its score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<(String, f64)>,
}

/// An act of the office that is in force on a record: its decision, its advice, its announcement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// Who decided.
    pub by: String,
    /// The day it took effect, `YYYY-MM-DD`.
    pub on: String,
    /// When it was entered, RFC 3339; orders the register.
    pub at: String,
    /// Why it was rejected, or why a change is advised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Why the officer's name may be published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// The accepted record whose officer this one succeeds (第五条).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
}

/// Why a pending record is not to be decided yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// On whom it waits.
    pub waits: Waits,
    /// Who said so.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// What is to be corrected, or what the office waits for.
    pub reason: String,
}

/// On whom a record waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Waits {
    /// On the unit, which was asked for a correction.
    Correction,
    /// On the office itself, which set it aside.
    Office,
}

impl Waits {
    /// What a clerk calls it.
    pub fn label(self) -> &'static str {
        match self {
            Waits::Correction => "请对方补正",
            Waits::Office => "搁置",
        }
    }
}

/// One thing that happened to a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub by: String,
    /// What, in Chinese.
    pub did: String,
}

/// Who acts, and when; the clock stays at the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The person's name.
    pub by: String,
    /// Now, RFC 3339.
    pub at: String,
    /// The day the act takes effect, `YYYY-MM-DD`.
    pub on: String,
}

impl Ruling {
    /// The act of somebody at some time.
    pub fn of(signed: &Signed) -> Ruling {
        let Signed { by, at, on } = signed.clone();
        Ruling { by, on, at, reason: None, basis: None, replaces: None }
    }
}

impl Signed {
    fn event(&self, did: impl Into<String>) -> FlowMap<Event> {
        FlowMap(Event { at: self.at.clone(), by: self.by.clone(), did: did.into() })
    }
}

/// What review needs to know of the office's content.
#[derive(Debug, Clone, Copy)]
pub struct Office<'a> {
    /// The forms on file.
    pub forms: &'a [FormSpec],
    /// The units.
    pub units: &'a Units,
    /// Last day of registration, `YYYY-MM-DD`; later submissions are marked late, never refused.
    pub deadline: Option<&'a str>,
    /// The rules of publication.
    pub publication: &'a Publication,
}

impl Office<'_> {
    /// A form by id.
    pub fn form(&self, id: &str) -> Option<&FormSpec> {
        self.forms.iter().find(|spec| spec.id == id)
    }
}

impl Record {
    /// Files everything found in a mail. A mail that needs a person but holds no form makes one record without a
    /// document, so that the queue shows all there is to do; mail that no person wrote makes none.
    pub fn of(extraction: &Extraction, office: &Office<'_>, signed: &Signed) -> Vec<Record> {
        let mut records: Vec<Record> =
            extraction.records.iter().map(|found| Record::of_found(extraction, found, signed)).collect();
        if records.is_empty() && !extraction.mail.auto {
            records.push(Record::of_mail(extraction, signed));
        }
        for record in &mut records {
            checks::match_unit(record, office);
            checks::refresh(record, office);
        }
        records
    }

    fn of_found(extraction: &Extraction, found: &Found, signed: &Signed) -> Record {
        Record {
            id: found.id.clone(),
            form: found.form.clone(),
            document: Some(FlowMap(found.document.clone())),
            image: found.picture.as_ref().map(|_| format!("sheets/{}/1.png", found.id)),
            fields: found.fields.clone(),
            marks: found.marks,
            faults: found.faults.iter().chain(&extraction.faults).cloned().map(FlowMap).collect(),
            ..Record::empty(extraction, signed)
        }
    }

    fn of_mail(extraction: &Extraction, signed: &Signed) -> Record {
        let faults = extraction.faults.iter().cloned().map(FlowMap).collect();
        Record { faults, ..Record::empty(extraction, signed) }
    }

    fn empty(extraction: &Extraction, signed: &Signed) -> Record {
        let mail = &extraction.mail;
        let own = Mail {
            file: format!("mail/{}", mail.file()),
            from: mail.from.clone(),
            subject: mail.subject.clone(),
            message_id: mail.message_id.clone(),
            authentication: mail.authentication.clone(),
            vouched: mail.vouched.clone(),
        };
        let history = vec![signed.event("收到")];
        Record { id: mail.id_prefix(), history, ..Record::waiting(own, mail.date.clone()) }
    }

    /// A pending record that holds nothing yet, and has no id.
    fn waiting(mail: Mail, received: Option<String>) -> Record {
        Record {
            id: String::new(),
            form: None,
            status: Status::Pending,
            received,
            mail,
            document: None,
            image: None,
            unit: None,
            fields: IndexMap::new(),
            marks: Marks::default(),
            faults: Vec::new(),
            decision: None,
            hold: None,
            advised: None,
            announced: None,
            history: Vec::new(),
        }
    }

    /// A field's value, empty if there is none.
    pub fn value(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", |FlowMap(v)| v.value.as_str())
    }

    /// All values by field id.
    pub fn values(&self) -> Values {
        self.fields.iter().map(|(id, FlowMap(v))| (id.clone(), v.value.clone())).collect()
    }

    /// The chosen unit's id.
    pub fn unit_id(&self) -> Option<&str> {
        self.unit.as_ref().map(|FlowMap(choice)| choice.id.as_str())
    }
}
