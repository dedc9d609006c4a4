//! `purge`: says what is past its time, and with `--yes` removes it.

use std::path::Path;

use super::voice::{Failure, Voice, put};
use crate::edge::office::{Office, sign};
use crate::edge::purge::{Goes, Plan, What, plan};
use crate::record::retention::Rule;
use crate::report::{Diagnostic, Said};
use crate::said;

/// Lists what goes; does it when told so.
pub fn run(root: &Path, yes: bool, by: &str, voice: Voice) -> Result<(), Failure> {
    if by.trim().is_empty() {
        return Err(Failure::Usage(said!("say who purges: `--by NAME`", "请注明经办人：--by 姓名")));
    }
    let office = Office::open(root)?;
    let lock = office.inbox.lock()?;
    let (plan, broken) = planned(&office, by)?;
    tell(&plan, &office, voice);
    if yes && !plan.is_empty() {
        plan.carry_out(&office.inbox, &lock)?;
    }
    voice.say(&sum(&plan, yes));
    for mbox in &plan.mboxes {
        let mbox = mbox.display();
        voice.say(&said!(
            "{mbox} holds mails that are purged, among others: take them out of it, or remove it",
            "{mbox} 中有已到期的邮件，程序不能单独删除，请自行清理该文件"
        ));
    }
    // Their mails are kept until they can be read; a script must notice.
    if broken.is_empty() { Ok(()) } else { Err(Failure::Wrong(broken)) }
}

/// What goes, and the records that cannot be read. Nothing goes while the ledger cannot be trusted.
fn planned(office: &Office, by: &str) -> Result<(Plan, Vec<Diagnostic>), Failure> {
    let (rules, signed) = (office.rules(), sign(by, None));
    let entries = office.inbox.ledger()?.map_err(Failure::Wrong)?;
    let (records, broken) = office.inbox.records(&rules)?;
    let today = signed.on.parse().map_err(|e| -> Said { said!("{e}", "{e}") })?;
    let rule = Rule { months: office.content.config.retention_months, today };
    Ok((plan(&office.inbox, &records, &entries, &rules, &rule, &signed)?, broken))
}

fn tell(plan: &Plan, office: &Office, voice: Voice) {
    for file in &plan.files {
        put(line(file, office).in_lang(voice.lang));
    }
    for (record, over) in &plan.values {
        let path = format!("inbox/{}/{}.yaml", record.status.folder(), record.id);
        let Said { en, zh } = over.why();
        put(said!("private values  {path}  {en}", "个人信息  {path}  {zh}").in_lang(voice.lang));
    }
}

/// `what  path  size  why`
fn line(file: &Goes, office: &Office) -> Said {
    let Said { en, zh } = file.over.map_or_else(|| without_date(file.what), |over| over.why());
    let (what, size) = (name(file.what), size(file.bytes));
    let path = file.path.strip_prefix(&office.root).unwrap_or(&file.path).display();
    let Said { en: what_en, zh: what_zh } = what;
    said!("{what_en}  {path}  {size}  {en}", "{what_zh}  {path}  {size}  {zh}")
}

fn name(what: What) -> Said {
    match what {
        What::Mail => said!("mail", "来信"),
        What::Scan => said!("scan", "扫描件"),
        What::Copy => said!("copy", "来信副本"),
        What::Answer => said!("answer", "已发邮件"),
    }
}

fn without_date(what: What) -> Said {
    match what {
        What::Copy => said!("a copy of a mail that is purged", "已到期来信的副本"),
        _ => said!("an earlier purge was cut short", "上次清除未完成"),
    }
}

/// Decimal, as file managers show it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

fn sum(plan: &Plan, yes: bool) -> Said {
    if plan.is_empty() {
        return said!("nothing is past its time", "没有到期应清除的内容");
    }
    let count = |what: What| plan.files.iter().filter(|file| file.what == what).count();
    let [mails, scans, copies, answers] = [What::Mail, What::Scan, What::Copy, What::Answer].map(count);
    let (files, values) = (plan.files.len(), plan.values.len());
    let bytes = size(plan.files.iter().map(|file| file.bytes).sum());
    let all = said!(
        "{files} files ({bytes}) = {mails} mails + {scans} scans + {copies} copies + {answers} answers; private values of {values} records",
        "文件{files}个（{bytes}）＝来信{mails}＋扫描件{scans}＋来信副本{copies}＋已发邮件{answers}；记录{values}条的个人信息"
    );
    let Said { en, zh } = all;
    if yes {
        return said!("removed: {en}", "已清除：{zh}");
    }
    said!(
        "would be removed: {en}. Nothing was; `--yes` removes it for good",
        "到期应清除：{zh}。尚未清除；核对无误后加 --yes 执行，清除后不能恢复"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!([0, 999, 1_000, 999_900, 12_340_000].map(size), ["0 B", "999 B", "1.0 kB", "999.9 kB", "12.3 MB"]);
    }
}
