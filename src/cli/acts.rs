//! `review new`, `advise`, `assess`, `announce`: what the office itself enters, and what it does with accepted records.

use super::intake::line;
use super::review::{Desk, pairs};
use super::voice::{Failure, put};
use crate::edge::ledger::Entry;
use crate::edge::register::put_commendation;
use crate::form::FormSpec;
use crate::record::act::{Act, act, commendation};
use crate::record::decide::{Decision, Standing, decide};
use crate::record::entered::entered;
use crate::record::register::{fold, officer_of};
use crate::record::{Record, Signed};
use crate::report::Said;
use crate::said;

/// What the ledger calls the entering of a form by hand.
pub const ENTERED: &str = "entered";

impl Desk<'_> {
    /// Enters a form that came on paper: a pending record without a mail.
    pub(super) fn enter(&self, form: Option<&str>, values: &[String], signed: &Signed) -> Result<(), Failure> {
        let form = self.form(form, |_| true, |form| form.roles.officer.is_some() && form.roles.former.is_none())?;
        let record = entered(&form, &pairs(values)?, &self.office.rules(), signed).map_err(Failure::Refused)?;
        let _lock = self.office.inbox.lock()?;
        if self.is_there(&record) {
            return Ok(());
        }
        self.log_entered(&record, None, signed)?;
        self.office.inbox.put_record(&record)?;
        put(line(&record, self.office));
        Ok(())
    }

    /// Whether the record was entered before; says so.
    fn is_there(&self, record: &Record) -> bool {
        let id = &record.id;
        let there = self.office.inbox.has_record(id);
        if there {
            self.voice.say(&said!(
                "record {id} is there already: the same values were entered on the same day",
                "记录{id}已经录入过（同一天、内容相同），未重复录入"
            ));
        }
        there
    }

    /// The ledger first: what it tells of and is not there shows in `verify`, and entering again completes it.
    fn log_entered(&self, record: &Record, also: Option<&str>, signed: &Signed) -> Result<(), Failure> {
        let entry = |did: &str| {
            let (at, by) = (signed.at.clone(), signed.by.clone());
            Entry { at, by, did: did.to_owned(), on: record.id.clone(), detail: None, prev: String::new() }
        };
        let is_new = !self.office.inbox.has_logged(ENTERED, &record.id)?;
        let all = is_new.then_some(ENTERED).into_iter().chain(also).map(entry).collect();
        Ok(self.office.inbox.log(all)?)
    }

    /// Enters an assessment, which is the office's own and so is accepted at once.
    pub(super) fn assess(
        &self,
        form: Option<&str>,
        values: &[String],
        announce: bool,
        signed: &Signed,
    ) -> Result<(), Failure> {
        let rules = self.office.rules();
        let commends = |form: &FormSpec| form.roles.commendation.is_some();
        let form = self.form(form, commends, commends)?;
        let waiting = entered(&form, &pairs(values)?, &rules, signed).map_err(Failure::Refused)?;
        let id = waiting.id.clone();
        {
            let _lock = self.office.inbox.lock()?;
            let records = self.records()?;
            if !self.is_there(&waiting) {
                complete(&waiting)?;
                let register = fold(&records, &rules);
                let accept = Decision::Accept { standing: Standing::Unsaid, basis: None };
                let accepted = decide(&waiting, &accept, &register, &rules, signed)?;
                self.log_entered(&accepted, Some("accepted"), signed)?;
                self.office.inbox.put_record(&accepted)?;
                put(line(&accepted, self.office));
                self.warn_of_stranger(&accepted, &records);
            }
        }
        if announce { self.act(&id, &Act::Announce { basis: None }, signed) } else { Ok(()) }
    }

    /// The form that is named, if it fits, or the only usual one.
    fn form(
        &self,
        named: Option<&str>,
        fits: impl Fn(&FormSpec) -> bool,
        usual: impl Fn(&FormSpec) -> bool,
    ) -> Result<String, Failure> {
        let forms = &self.office.content.forms;
        let found: Vec<&FormSpec> = match named {
            Some(id) => forms.iter().filter(|form| form.id == id && fits(form)).collect(),
            None => forms.iter().filter(|form| usual(form)).collect(),
        };
        if let [only] = found.as_slice() {
            return Ok(only.id.clone());
        }
        let known: Vec<&str> = forms.iter().filter(|form| fits(form)).map(|form| form.id.as_str()).collect();
        let known = known.join(", ");
        Err(Failure::Usage(said!(
            "say which form it is, `--form ID`; there are: {known}",
            "请用 --form 指明是哪种表；可用的表：{known}"
        )))
    }

    /// An assessment may be of somebody who has left; more often the name is misspelt.
    fn warn_of_stranger(&self, record: &Record, records: &[Record]) {
        let rules = self.office.rules();
        let register = fold(records, &rules);
        let name = officer_of(record, &rules);
        let in_office = record.unit_id().map(|unit| register.of(unit)).unwrap_or_default();
        if !in_office.iter().any(|other| officer_of(other, &rules) == name) {
            self.voice.say(&said!(
                "{name} is not in office at this unit; please check the name",
                "{name}不是该单位在任的专办员，请核对姓名"
            ));
        }
    }

    /// Does something with an accepted record, under the lock: the ledger first, then the record, then what the public
    /// sees. After a crash in between, doing the same again finishes what was begun.
    pub(super) fn act(&self, id: &str, what: &Act, signed: &Signed) -> Result<(), Failure> {
        let _lock = self.office.inbox.lock()?;
        let rules = self.office.rules();
        let records = self.records()?;
        let record = self.find(&records, id)?;
        let after = if what.is_done(record) {
            let id = &record.id;
            self.voice.say(&said!("record {id}: that is so already; nothing to do", "记录{id}已经如此，无需再办"));
            record.clone()
        } else {
            let after = act(record, what, &fold(&records, &rules), &rules, signed)?;
            let detail = after.advised.as_ref().and_then(|advice| advice.reason.clone());
            self.log(what.name(), &after.id, detail.filter(|_| matches!(what, Act::Advise { .. })), signed)?;
            self.office.inbox.put_record(&after)?;
            put(line(&after, self.office));
            after
        };
        self.publish_commendation(&after)
    }

    /// Brings the public commendation of a record up to date.
    pub(super) fn publish_commendation(&self, record: &Record) -> Result<(), Failure> {
        let (id, public) = (&record.id, commendation(record, &self.office.rules()));
        if put_commendation(&self.office.root, id, public.as_ref())? {
            self.voice.say(&said!(
                "content/commendations/{id}.yaml is up to date; `zhuanban build` publishes it",
                "content/commendations/{id}.yaml 已更新；运行 zhuanban build 即可发布"
            ));
        }
        Ok(())
    }
}

/// The office does not accept from itself what it would ask others to complete.
fn complete(record: &Record) -> Result<(), Failure> {
    let doubts = ["missing", "unit-unknown", "unit-doubtful"];
    let wrong = record.faults.iter().map(|fault| &fault.0).filter(|fault| doubts.contains(&fault.code.as_str()));
    let said = |fault: &crate::fault::Fault| {
        let (field, message) = (fault.field.as_deref().unwrap_or("unit"), &fault.message);
        said!("`{field}`: {message}", "{message}（{field}）")
    };
    let all: Vec<Said> = wrong.map(said).collect();
    if all.is_empty() { Ok(()) } else { Err(Failure::Refused(all)) }
}
