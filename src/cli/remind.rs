//! `remind`: mails to the units that are missing, or to those that answer for them. Nothing is written without `--yes`.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;

use super::office::{Office, sign};
use super::report::of_today;
use super::voice::{Failure, Voice, put};
use crate::edge::answers::Answers;
use crate::edge::outbox::address_key;
use crate::edge::reminders;
use crate::edge::store::Lock;
use crate::overview::missing::{Reminder, missing};
use crate::overview::standing::{Standing, UnitStanding};
use crate::reply::reminder::QUIET_DAYS;
use crate::said;

/// Shows whom to remind and in which words, or, where somebody answers for it (`by`), puts the mails into the outbox.
pub fn run(root: &Path, by: Option<&str>, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let answers = office.answers()?;
    let lock = by.map(|_| office.inbox.lock()).transpose()?;
    // Of a unit whose record cannot be read nobody knows that it is missing.
    let (records, broken) = office.inbox.records(&office.rules())?;
    if !broken.is_empty() {
        return Err(Failure::Wrong(broken));
    }
    let (today, standing) = of_today(&office, &records)?;
    let (all, to_call) = missing(&standing, &office.content.units);
    if let (Some(by), Some(lock)) = (by, &lock) {
        reminders::finish(answers.outbox(), answers.sender(), &sign(by, None), lock)?;
    }
    let last = reminders::last(&office.inbox)?.map_err(Failure::Wrong)?;
    let run = Run { answers: &answers, standing: &standing, last, lock, by: by.unwrap_or_default(), today: &today };
    let mut written = 0;
    for reminder in &all {
        written += usize::from(run.remind(reminder)?);
    }
    call(&to_call);
    run.tell(written, voice);
    Ok(())
}

struct Run<'a> {
    answers: &'a Answers<'a>,
    standing: &'a Standing,
    last: BTreeMap<String, Date>,
    /// Held where mails are written.
    lock: Option<Lock>,
    by: &'a str,
    today: &'a str,
}

impl Run<'_> {
    /// Reminds one recipient, or says why not now: whether there is a mail.
    fn remind(&self, reminder: &Reminder<'_>) -> Result<bool, Failure> {
        let (key, to, name) = (address_key(reminder.to), reminder.to, &reminder.recipient.name);
        let units: Vec<&str> = reminder.units.iter().map(|unit| unit.name.as_str()).collect();
        let line = format!("{name} <{to}>：{}", units.join("、"));
        if let Some((day, again)) = self.quiet(&key) {
            put(format!("{line}（{day}已提醒，{again}起可再次提醒）"));
            return Ok(false);
        }
        let answer = self.answers.writer().reminder(reminder, self.standing, &key)?;
        let event = answer.event.clone();
        match &self.lock {
            None => put(format!("{line}\n\n{}\n{}", answer.subject, indented(&answer.text))),
            Some(lock) => {
                let is_new = self.answers.outbox().put(answer, self.answers.sender(), &sign(self.by, None), lock)?;
                let path = format!("inbox/outbox/{event}.yaml");
                put(if is_new {
                    format!("{line}　{path}")
                } else {
                    format!("{line}（今天的提醒已撤回，不再重写）")
                });
                return Ok(is_new);
            }
        }
        Ok(true)
    }

    /// The day of the last reminder and the first on which another may be written, while that is still to come.
    fn quiet(&self, key: &str) -> Option<(Date, Date)> {
        let day = *self.last.get(key)?;
        let again = day.checked_add(QUIET_DAYS.days()).ok()?;
        self.today.parse::<Date>().is_ok_and(|today| today < again).then_some((day, again))
    }

    fn tell(&self, n: usize, voice: Voice) {
        let unplaced = self.standing.unplaced.len();
        if unplaced > 0 {
            voice.say(&said!(
                "{unplaced} pending records belong to no unit yet, perhaps to one of these: see `report`",
                "另有{unplaced}条待审核记录尚未确定单位，可能就属于上列单位，请先核对（见 report）"
            ));
        }
        voice.say(&match self.lock {
            None => said!(
                "{n} mails would be written; nothing is until `zhuanban remind --yes --by NAME`",
                "将写{n}封提醒邮件，现在尚未写出；确认后请运行 zhuanban remind --yes --by 姓名"
            ),
            Some(_) => said!(
                "{n} mails written into inbox/outbox; `zhuanban send` sends them",
                "已写好{n}封提醒邮件，放在 inbox/outbox；运行 zhuanban send 发出"
            ),
        });
    }
}

/// The units nobody can be written to about.
fn call(units: &[&UnitStanding]) {
    if units.is_empty() {
        return;
    }
    put(format!("没有登记邮箱，请电话联系（{}个）", units.len()));
    units.iter().for_each(|unit| put(format!("  {}", unit.name)));
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}
