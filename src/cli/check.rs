//! `check`: content, register and records without building.

use std::path::Path;

use super::office::Office;
use super::voice::{Failure, Voice};
use crate::edge::outbox::{Outbox, State};
use crate::said;

/// Checks everything people edit.
pub fn check(root: &Path, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let (records, faults) = office.inbox.records(&office.rules())?;
    office.answers()?;
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    let (pages, units, listed) =
        (office.content.pages.len(), office.content.units.list.len(), office.content.listings.len());
    let n = records.len();
    voice.say(&said!(
        "{pages} pages, {units} units, {listed} of them registered, {n} records: no problem found",
        "页面{pages}个，单位{units}个（已登记{listed}个），记录{n}条：未发现问题"
    ));
    outbox(&office, voice)
}

/// Mail that could not be sent, or may not have been, is no fault of any file, but somebody has to know.
pub(super) fn outbox(office: &Office, voice: Voice) -> Result<(), Failure> {
    let (mails, faults) = Outbox::of(&office.inbox).list()?;
    let count = |wanted: &[State]| mails.iter().filter(|mail| wanted.contains(&mail.state)).count();
    let (failed, unsure) = (count(&[State::Failed]), count(&[State::Unsure, State::Sending]));
    if failed > 0 {
        voice.say(&said!(
            "{failed} mail could not be sent; `zhuanban send` lists it",
            "有{failed}封邮件发送失败，运行 zhuanban send 查看"
        ));
    }
    if unsure > 0 {
        voice.say(&said!(
            "{unsure} mail may have left; `zhuanban send` lists it",
            "有{unsure}封邮件不能确定是否发出，运行 zhuanban send 查看"
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::Wrong(faults)) }
}
