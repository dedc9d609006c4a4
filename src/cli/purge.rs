//! `purge`: mails and scans whose time is over. It says what would go, and only `--yes` lets it go.

use std::path::{Path, PathBuf};

use super::office::{Office, sign};
use super::voice::{Failure, Voice, put};
use crate::edge::purge::{Plan, plan, purge};
use crate::said;

/// Shows what is over or, where somebody answers for it (`by`), removes it.
pub fn run(root: &Path, by: Option<&str>, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let lock = by.map(|_| office.inbox.lock()).transpose()?;
    let (records, broken) = office.inbox.records(&office.rules())?;
    if !broken.is_empty() {
        return Err(Failure::Wrong(broken));
    }
    let ledger = office.inbox.ledger()?.map_err(Failure::Wrong)?;
    let signed = sign(by.unwrap_or_default(), None);
    let today = signed.on.parse().map_err(|e| Failure::Outside(said!("the clock: {e}", "系统时间有误：{e}")))?;
    let keep = office.content.config.keep_days;
    let plan = plan(&office.inbox, &records, &ledger, today, keep)?;
    show(root, &plan);
    let (mails, pictures, sent) = (plan.mails.len(), plan.pictures.len(), plan.sent.len());
    let over = said!(
        "reviewed more than {keep} days ago: {mails} mails and scans, {pictures} folders of page images, {sent} files of sent mails",
        "审核后已满{keep}天：邮件和扫描件{mails}件，页面图像{pictures}组，已发邮件文件{sent}个"
    );
    voice.say(&over);
    let Some(lock) = lock else {
        voice.say(&said!(
            "nothing is removed until `zhuanban purge --yes --by NAME`",
            "现在尚未删除；确认后请运行 zhuanban purge --yes --by 姓名"
        ));
        return Ok(());
    };
    if !plan.is_empty() {
        purge(&office.inbox, plan, &signed, &lock)?;
    }
    voice.say(&said!("removed; the accounts and the ledger stay", "已删除；每封邮件的去向和台账保留"));
    Ok(())
}

fn show(root: &Path, plan: &Plan) {
    let all: Vec<&PathBuf> = plan.mails.iter().chain(&plan.pictures).chain(&plan.sent).collect();
    all.iter().for_each(|path| put(path.strip_prefix(root).unwrap_or(path).display()));
}
