//! `purge`: what is over goes, what waits stays, and `verify` can still count.

use std::path::Path;

use jiff::civil::Date;
use zhuanban::edge;
use zhuanban::edge::purge::{Plan, plan, purge};
use zhuanban::edge::store::Inbox;
use zhuanban::record::{self, Signed};
use zhuanban::site;

use super::office::Office;

/// One mail whose form is accepted, one whose form waits, an automatic reply.
fn office() -> Office {
    let office =
        Office::new().form_of("大冶市公安局", "示例甲").form_of("大冶市民政局", "示例乙").with_sample("09-auto-reply");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office
}

/// What would go on a day. The program has the clock's day alone; nobody waits a year for a test.
fn on(office: &Office, day: &str) -> (Inbox, Plan) {
    let root = office.folder("");
    let content = site::load(&edge::sources(Path::new(&root)).unwrap()).unwrap();
    let rules = record::Office {
        forms: &content.forms,
        units: &content.units,
        deadline: None,
        publication: &content.config.publication,
    };
    let inbox = Inbox::of(Path::new(&root));
    let (records, broken) = inbox.records(&rules).unwrap();
    assert!(broken.is_empty());
    let ledger = inbox.ledger().unwrap().unwrap();
    let plan = plan(&inbox, &records, &ledger, day.parse::<Date>().unwrap(), 365).unwrap();
    (inbox, plan)
}

fn purge_on(office: &Office, day: &str) -> usize {
    let (inbox, plan) = on(office, day);
    let gone = plan.mails.len();
    let lock = inbox.lock().unwrap();
    let signed = Signed { by: "示例员".into(), at: format!("{day}T08:00:00.000000+08:00"), on: day.into() };
    purge(&inbox, plan, &signed, &lock).unwrap();
    gone
}

fn kept(office: &Office) -> usize {
    office.files("inbox/mail").keys().filter(|name| name.ends_with(".eml")).count()
}

#[test]
fn nothing_goes_before_its_time_and_never_unasked() {
    let office = office();
    let before = office.files("inbox");
    office.run("purge").succeeds().tells("0 mails and scans").tells("nothing is removed until");
    office.run("purge --yes").ends_in_wrong_use("--by");
    office.run("purge --yes --by 示例员").succeeds();
    assert!(before == office.files("inbox"), "a purge of nothing changed the inbox");
    office.in_locale("zh_CN.UTF-8").run("purge").succeeds().tells("审核后已满365天：邮件和扫描件0件");
    Office::new()
        .changed("content/site.yaml", "keep_days: 365", "keep_days: ever")
        .run("purge")
        .fails_with("no number of days");
}

#[test]
fn what_is_decided_goes_and_what_waits_stays() {
    let office = office();
    let ledger = office.read("inbox/ledger.jsonl").lines().count();
    assert_eq!(purge_on(&office, "2099-01-01"), 2);
    assert_eq!(kept(&office), 1, "the mail whose form waits");
    assert_eq!(office.records("all").len(), 2, "records stay");
    assert_eq!(office.read("inbox/ledger.jsonl").lines().count(), ledger + 1);
    office.run("verify").succeeds().tells("every one accounted for");
    // A purged mail is known and not taken in again.
    office.run("intake").succeeds().tells("3 mails = 0 new + 3 known");
    assert_eq!(purge_on(&office, "2099-01-02"), 0);
    assert_eq!(office.read("inbox/ledger.jsonl").lines().count(), ledger + 1);
}

#[test]
fn a_purge_that_was_cut_short_shows_and_is_finished() {
    let office = office();
    let mails = office.files("inbox/mail");
    // Marked, and then the power went: the ledger knows nothing, the files are still there.
    let (inbox, plan) = on(&office, "2099-01-01");
    let marked = plan.accounts[0].clone();
    let at = Some("2099-01-01T00:00:00.000000+08:00".to_owned());
    inbox.put_account(&edge::store::Account { purged: at, ..marked }).unwrap();
    office.run("verify").fails_with("does not hold this purge");
    assert_eq!(purge_on(&office, "2099-01-02"), 2);
    office.run("verify").succeeds();
    // Witnessed, and then the power went: a file is left.
    let gone =
        mails.iter().find(|(name, _)| name.ends_with(".eml") && !office.has(&format!("inbox/mail/{name}"))).unwrap();
    let office = office.with(&format!("inbox/mail/{}", gone.0), gone.1);
    office.run("verify").fails_with("purged only in part");
    assert_eq!(purge_on(&office, "2099-01-03"), 1);
    office.run("verify").succeeds();
}

#[test]
fn an_account_marked_by_hand_or_a_mail_that_is_gone_shows() {
    let office = office();
    let account = office.files("inbox/mail").into_keys().find(|name| name.ends_with(".yaml")).unwrap();
    let mail = format!("inbox/mail/{}", account.replace(".yaml", ".eml"));
    let office = office.without(&mail);
    office.run("verify").fails_with("the mail it tells of is gone");
    let office = office.extended(&format!("inbox/mail/{account}"), "purged: \"2099-01-01T00:00:00+08:00\"\n");
    office.run("verify").fails_with("does not hold this purge");
}
