//! `review`: decisions without the desk. Parses, asks where it must, and leaves every rule to `record::decide`.

mod answering;

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::args::{By, Review};
use super::intake::line;
use super::office::{Office, sign};
use super::voice::{Failure, Voice, put};
use crate::edge::review;
use crate::form::check::parse_date;
use crate::record::act::Act;
use crate::record::decide::{Decision, Standing};
use crate::record::register::{Register, fold, labelled, officer_of};
use crate::record::{Record, Signed, Status, sender};
use crate::report::Said;
use crate::said;

/// Runs a command of review.
pub fn run(root: &Path, command: &Review, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let desk = Desk { office: &office, voice };
    match command {
        Review::List { status, json } => desk.list(status, *json),
        Review::Show { id, json } => desk.show(id, *json),
        Review::Edit { id, changes, by } => desk.edit(id, changes, &signed(by)?),
        Review::Accept { ids, join, replace, basis, by } => {
            let standing = standing(*join, replace.as_deref());
            let signed = signed(by)?;
            ids.iter().try_for_each(|id| desk.accept(id, standing.clone(), basis.clone(), &signed))
        }
        Review::Reject { id, reason, by } => {
            desk.decide(id, &Decision::Reject { reason: reason.clone() }, &signed(by)?)
        }
        Review::New { form, values, by } => desk.enter(form.as_deref(), values, &signed(by)?),
        Review::Advise { id, reason, withdraw, by } => {
            let advise = Act::Advise { reason: reason.clone() };
            desk.act(id, &if *withdraw { Act::DropAdvice } else { advise }, &signed(by)?)
        }
        Review::Assess { form, announce, values, by } => desk.assess(form.as_deref(), values, *announce, &signed(by)?),
        Review::Announce { id, basis, withdraw, by } => {
            let announce = Act::Announce { basis: basis.clone() };
            desk.act(id, &if *withdraw { Act::Withdraw } else { announce }, &signed(by)?)
        }
        Review::Ask { id, note, by } => {
            desk.decide(id, &Decision::Ask { reason: note.clone().unwrap_or_default() }, &signed(by)?)
        }
        Review::Reopen { id, reason, by } => {
            desk.decide(id, &Decision::Reopen { reason: reason.clone() }, &signed(by)?)
        }
    }
}

fn signed(by: &By) -> Result<Signed, Failure> {
    let day = by.on.as_deref();
    if let Some(text) = day.filter(|text| parse_date(text).is_none_or(|date| date.to_string() != **text)) {
        return Err(Failure::Usage(said!(
            "`{text}` is no day; write YYYY-MM-DD",
            "“{text}”不是日期，请写成 YYYY-MM-DD"
        )));
    }
    Ok(sign(&by.name, day))
}

fn standing(join: bool, replace: Option<&str>) -> Standing {
    match replace {
        _ if join => Standing::Joins,
        None => Standing::Unsaid,
        Some("") => Standing::Replaces(None),
        Some(record) => Standing::Replaces(Some(record.to_owned())),
    }
}

/// The clerk's place: the office and how to speak.
pub(super) struct Desk<'a> {
    pub(super) office: &'a Office,
    pub(super) voice: Voice,
}

impl Desk<'_> {
    /// All records; broken ones are told, and do not keep anybody from the others.
    pub(super) fn records(&self) -> Result<Vec<Record>, Failure> {
        let (records, faults) = self.office.inbox.records(&self.office.rules())?;
        if !faults.is_empty() {
            self.voice.show(&faults);
        }
        Ok(records)
    }

    /// A record by id, or the beginning of one if only one begins so.
    pub(super) fn find<'r>(&self, records: &'r [Record], id: &str) -> Result<&'r Record, Failure> {
        if let Some(exact) = records.iter().find(|r| r.id == id) {
            return Ok(exact);
        }
        let mut begins = records.iter().filter(|r| !id.is_empty() && r.id.starts_with(id));
        match (begins.next(), begins.next()) {
            (Some(only), None) => Ok(only),
            (None, _) if self.office.inbox.has_record(id) => {
                Err(said!("record {id} cannot be read until its file is corrected", "请先改正记录{id}的文件").into())
            }
            (None, _) => Err(said!(
                "no record `{id}`; `zhuanban review list --status all` shows them",
                "没有记录{id}；可用 zhuanban review list --status all 查看"
            )
            .into()),
            (Some(_), Some(_)) => {
                Err(said!("several records begin with `{id}`", "有多条记录以{id}开头，请写全").into())
            }
        }
    }

    fn list(&self, status: &str, json: bool) -> Result<(), Failure> {
        let wanted = Status::FOLDERS.iter().find(|(_, folder)| *folder == status).map(|(s, _)| *s);
        if wanted.is_none() && status != "all" {
            return Err(Failure::Usage(said!(
                "unknown status `{status}`: pending, accepted, rejected or all",
                "未知的状态 {status}：应为 pending、accepted、rejected 或 all"
            )));
        }
        let (all, broken) = self.office.inbox.records(&self.office.rules())?;
        let mut records: Vec<&Record> = all.iter().filter(|r| wanted.is_none_or(|w| r.status == w)).collect();
        records.sort_by(|a, b| (&a.received, &a.id).cmp(&(&b.received, &b.id)));
        if json {
            print_json(&records)?;
        } else {
            self.print_lines(&records, &fold(&all, &self.office.rules()));
        }
        // The others are listed all the same, but a script must notice that some are not.
        if broken.is_empty() { Ok(()) } else { Err(Failure::Wrong(broken)) }
    }

    fn print_lines(&self, records: &[&Record], in_office: &Register<'_>) {
        for record in records {
            put(line(record, self.office) + &self.second(record, in_office));
        }
        let n = records.len();
        self.voice.say(&said!("{n} records", "共{n}条记录"));
    }

    /// Tells of officers the unit already has, where that is still to be decided.
    fn second(&self, record: &Record, in_office: &Register<'_>) -> String {
        let others = record.unit_id().map(|unit| in_office.of(unit)).unwrap_or_default();
        if record.status != Status::Pending || others.is_empty() {
            return String::new();
        }
        let rules = self.office.rules();
        let names = others.iter().map(|r| officer_of(r, &rules)).collect::<Vec<_>>().join("、");
        format!("；该单位已有专办员{names}，请选择增加或接替")
    }

    fn show(&self, id: &str, json: bool) -> Result<(), Failure> {
        let records = self.records()?;
        let record = self.find(&records, id)?;
        if json {
            return print_json(record);
        }
        put(crate::record::parse::write(record).map_err(io::Error::other)?.trim_end());
        let rules = self.office.rules();
        put("---");
        for (label, value) in labelled(record, &rules) {
            put(format_args!("{label}：{value}"));
        }
        for sentence in sender::advice(record) {
            put(sentence);
        }
        for other in record.unit_id().map(|unit| fold(&records, &rules).of(unit).to_vec()).unwrap_or_default() {
            put(format_args!("在任专办员：{} {}", other.id, officer_of(other, &rules)));
        }
        Ok(())
    }

    fn edit(&self, id: &str, changes: &[String], signed: &Signed) -> Result<(), Failure> {
        let pairs = pairs(changes)?;
        let lock = self.office.inbox.lock()?;
        let records = self.records()?;
        let record = self.find(&records, id)?;
        let edited = review::change(&lock, self.office, record, &pairs, signed)?;
        put(line(&edited, self.office));
        Ok(())
    }

    /// Accepts; a second officer is asked about where somebody can answer.
    fn accept(&self, id: &str, standing: Standing, basis: Option<String>, signed: &Signed) -> Result<(), Failure> {
        let standing = if standing == Standing::Unsaid { self.ask(id)? } else { standing };
        self.decide(id, &Decision::Accept { standing, basis }, signed)
    }

    fn ask(&self, id: &str) -> Result<Standing, Failure> {
        let records = self.records()?;
        let record = self.find(&records, id)?;
        let register = fold(&records, &self.office.rules());
        let in_office = record.unit_id().map(|unit| register.of(unit)).unwrap_or_default();
        let waits = record.status == Status::Pending;
        if in_office.is_empty() || !waits || !io::stdin().is_terminal() {
            return Ok(Standing::Unsaid);
        }
        let rules = self.office.rules();
        let all =
            in_office.iter().map(|r| format!("{} {}", r.id, officer_of(r, &rules))).collect::<Vec<_>>().join("、");
        let question = said!(
            "The unit already has: {all}. Does this officer [j]oin or [r]eplace? ",
            "该单位已有专办员：{all}。新专办员是增加（j）还是接替（r）？"
        );
        eprint!("{}", question.in_lang(self.voice.lang));
        io::stderr().flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(match answer.trim().to_lowercase().as_str() {
            "j" | "join" | "增加" => Standing::Joins,
            "r" | "replace" | "接替" => Standing::Replaces(None),
            _ => Standing::Unsaid,
        })
    }

    /// Applies a decision under the lock.
    fn decide(&self, id: &str, decision: &Decision, signed: &Signed) -> Result<(), Failure> {
        let answers = self.office.answers()?;
        let lock = self.office.inbox.lock()?;
        let records = self.records()?;
        let record = self.find(&records, id)?;
        let all: Vec<&Record> = records.iter().collect();
        let decided = review::rule(&lock, self.office, &answers, &all, record, decision, signed)?;
        if decided.before {
            let (id, en, zh) = (&record.id, record.status.folder(), record.status.label());
            self.voice.say(&said!("record {id} is {en} already; nothing to do", "记录{id}{zh}，无需再办"));
        } else {
            put(line(&decided.record, self.office));
        }
        self.tell_commendation(&decided.record, decided.commended);
        self.tell_answers(&decided);
        if let Some(unit) = decided.relisted {
            self.voice.say(&said!(
                "content/register/{unit}.yaml is up to date; `zhuanban build` publishes it",
                "content/register/{unit}.yaml 已更新；运行 zhuanban build 即可发布"
            ));
        }
        Ok(())
    }
}

/// What is typed as `field=value`.
pub(super) fn pairs(changes: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let pair = |change: &String| change.split_once('=').map(|(k, v)| (k.trim().to_owned(), v.to_owned()));
    let pairs: Option<Vec<_>> = changes.iter().map(pair).collect();
    pairs.ok_or_else(|| Failure::Usage(said!("write values as field=value", "内容请写成 字段=内容")))
}

/// Prints data for another program.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let fail = |e: serde_json::Error| -> Said { said!("{e}", "{e}") };
    put(serde_json::to_string_pretty(value).map_err(fail)?);
    Ok(())
}
