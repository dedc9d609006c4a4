//! The office's folder as every command sees it: content loaded and checked, the inbox, the clock.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};

use super::answers::Answers;
use super::failure::Failure;
use super::store::Inbox;
use super::{fonts, models, post};
use crate::form::FormSpec;
use crate::read::Reader;
use crate::record::{self, Signed};
use crate::report::Said;
use crate::site::{self, Content, Sources};

/// An office's folder with its content.
#[derive(Debug)]
pub struct Office {
    /// The root folder.
    pub root: PathBuf,
    /// Content, free of faults.
    pub content: Content,
    /// The inbox.
    pub inbox: Inbox,
    sources: Sources,
    deadline: Option<String>,
}

impl Office {
    /// Loads the content below a root folder; every fault of every file at once.
    pub fn open(root: &Path) -> Result<Office, Failure> {
        Office::of(root, super::sources(root)?)
    }

    /// The same from files that were read already.
    pub fn of(root: &Path, sources: Sources) -> Result<Office, Failure> {
        let content = site::load(&sources)?;
        let deadline = content.config.deadline.as_ref().map(|d| d.date.to_string());
        let authserv = super::post::mailbox(root)?.and_then(|mailbox| mailbox.authserv);
        Ok(Office { root: root.to_owned(), content, inbox: Inbox::of(root).trusting(authserv), sources, deadline })
    }

    /// What review needs to know.
    pub fn rules(&self) -> record::Office<'_> {
        record::Office {
            forms: &self.content.forms,
            units: &self.content.units,
            deadline: self.deadline.as_deref(),
            publication: &self.content.config.publication,
        }
    }

    /// The forms and their old versions, prepared for reading, with the recogniser and the fonts this machine has; tells
    /// what it lacks.
    pub fn reader_telling(&self, tell: impl FnOnce(&Said)) -> Reader {
        let forms: Vec<FormSpec> = self.content.forms.iter().chain(&self.content.old_forms).cloned().collect();
        let found = fonts::find().map(|found| fonts::for_reading(&found)).unwrap_or_default();
        let units = self.content.units.list.iter();
        let names = units.flat_map(|unit| std::iter::once(&unit.name).chain(&unit.aliases)).cloned().collect();
        let reader = Reader::new(forms).with_fonts(found).with_units(names);
        match models::load(&self.root) {
            Ok(models) => reader.with_ocr(Arc::new(models)),
            Err(lacking) => {
                tell(&lacking);
                reader
            }
        }
    }

    /// The office as it answers; a broken mailbox configuration or mail template stops here, before anything is done.
    pub fn answers(&self) -> Result<Answers<'_>, Failure> {
        let mailbox = post::mailbox(&self.root)?;
        Ok(Answers::load(&self.root, &self.sources, &self.content, mailbox.as_ref())?)
    }

    /// A unit's name, or its id where it is unknown.
    pub fn unit_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.content.units.get(id).map_or(id, |unit| &unit.name)
    }
}

/// Signs an act with the clock in China time.
pub fn sign(by: &str, on: Option<&str>) -> Signed {
    let now = Timestamp::now().to_zoned_datetime(TimeZone::fixed(Offset::constant(8)));
    let today = now.date().to_string();
    Signed {
        by: by.trim().to_owned(),
        at: now.strftime("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string(),
        on: on.map_or(today, str::to_owned),
    }
}
