//! `review new`, `advise`, `assess`, `announce`: what the office itself enters, and what it does with accepted records.

use super::intake::line;
use super::review::{Desk, pairs};
use super::voice::{Failure, put};
use crate::edge::review;
use crate::form::FormSpec;
use crate::record::act::Act;
use crate::record::decide::{Decision, Standing, decide};
use crate::record::entered::entered;
use crate::record::register::{fold, officer_of};
use crate::record::{Record, Signed};
use crate::report::Said;
use crate::said;

impl Desk<'_> {
    /// Enters a form that came on paper: a pending record without a mail.
    pub(super) fn enter(&self, form: Option<&str>, values: &[String], signed: &Signed) -> Result<(), Failure> {
        let form = self.form(form, |_| true, |form| form.roles.officer.is_some() && form.roles.former.is_none())?;
        let record = entered(&form, &pairs(values)?, &self.office.rules(), signed).map_err(Failure::Refused)?;
        let lock = self.office.inbox.lock()?;
        let new = review::enter(&lock, self.office, &record, None, signed)?;
        self.tell_entered(&record, new);
        Ok(())
    }

    fn tell_entered(&self, record: &Record, new: bool) {
        if new {
            return put(line(record, self.office));
        }
        let id = &record.id;
        self.voice.say(&said!(
            "record {id} is there already: the same values were entered on the same day",
            "记录{id}已经录入过（同一天、内容相同），未重复录入"
        ));
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
            let lock = self.office.inbox.lock()?;
            let records = self.records()?;
            complete(&waiting)?;
            let accept = Decision::Accept { standing: Standing::Unsaid, basis: None };
            let accepted = decide(&waiting, &accept, &fold(&records, &rules), &rules, signed)?;
            let new = review::enter(&lock, self.office, &accepted, Some(accept.name()), signed)?;
            self.tell_entered(&accepted, new);
            self.warn_of_stranger(&accepted, &records);
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

    /// Does something with an accepted record, under the lock.
    pub(super) fn act(&self, id: &str, what: &Act, signed: &Signed) -> Result<(), Failure> {
        let lock = self.office.inbox.lock()?;
        let records = self.records()?;
        let record = self.find(&records, id)?;
        let all: Vec<&Record> = records.iter().collect();
        let acted = review::apply(&lock, self.office, &all, record, what, signed)?;
        if acted.before {
            let id = &record.id;
            self.voice.say(&said!("record {id}: that is so already; nothing to do", "记录{id}已经如此，无需再办"));
        } else {
            put(line(&acted.record, self.office));
        }
        self.tell_commendation(&acted.record, acted.commended);
        Ok(())
    }

    pub(super) fn tell_commendation(&self, record: &Record, changed: bool) {
        let id = &record.id;
        if changed {
            self.voice.say(&said!(
                "content/commendations/{id}.yaml is up to date; `zhuanban build` publishes it",
                "content/commendations/{id}.yaml 已更新；运行 zhuanban build 即可发布"
            ));
        }
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
