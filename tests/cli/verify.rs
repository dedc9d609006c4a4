//! `verify`: a ledger that was changed, a mail that was changed and a record that was lost all show.

use super::office::Office;

const LEDGER: &str = "inbox/ledger.jsonl";

/// Two mails taken in, one officer accepted, each answered: six lines in the ledger.
fn office() -> Office {
    let office = Office::new().form_of("大冶市公安局", "示例甲").form_of("大冶市民政局", "示例乙");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office.run("verify").succeeds().tells("2 mails, 2 leaves: every one accounted for; the ledger is whole");
    assert_eq!(office.read(LEDGER).lines().count(), 6);
    office
}

#[test]
fn a_changed_line() {
    let office = office().changed(LEDGER, "\"by\":\"intake\"", "\"by\":\"nobody\"");
    office.run("verify").fails_with("inbox/ledger.jsonl:2:1: the chain is broken");
    office.in_locale("zh_CN.UTF-8").run("verify").fails_with("inbox/ledger.jsonl:2:1: 链条中断");
}

#[test]
fn a_line_taken_out_or_moved() {
    let office = office();
    let text = office.read(LEDGER);
    let [a, b, c, ..] = text.lines().collect::<Vec<_>>()[..] else { panic!("{text}") };
    let office = office.with(LEDGER, format!("{a}\n{c}\n"));
    office.run("verify").fails_with("inbox/ledger.jsonl:2:1: the chain is broken");
    let office = office.with(LEDGER, format!("{b}\n{a}\n{c}\n"));
    office.run("verify").fails_with("inbox/ledger.jsonl:1:1: the chain is broken");
}

#[test]
fn the_last_lines_changed_or_taken_out() {
    // Nothing follows them in the chain, so the record and the answer themselves are the witnesses.
    let office = office();
    let text = office.read(LEDGER);
    let id = office.id_of("示例甲");
    let first = |n: usize| text.lines().take(n).map(|line| format!("{line}\n")).collect::<String>();
    let office = office.with(LEDGER, first(5));
    office.run("verify").fails_with(&format!("inbox/outbox/{id}-accepted"));
    let office = office.with(LEDGER, first(4));
    office.run("verify").fails_with(&format!("inbox/accepted/{id}.yaml"));
    let last = text.lines().nth(5).unwrap().replace("answered", "sent");
    let office = office.with(LEDGER, format!("{}{last}\n", first(5)));
    office.run("verify").fails_with(&format!("inbox/outbox/{id}-accepted"));
}

#[test]
fn a_decision_changed_in_the_record() {
    let office = office();
    let path = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    office.changed(&path, "by: 示例员", "by: 某人").run("verify").fails_with(&path);
}

#[test]
fn a_line_that_is_none() {
    office()
        .extended(LEDGER, "nothing\n")
        .run("verify")
        .fails_with("inbox/ledger.jsonl:7:1: this line is no ledger entry");
}

#[test]
fn a_changed_mail() {
    let office = office();
    let mail = office.files("inbox/mail").into_keys().find(|name| name.ends_with(".eml")).unwrap();
    let path = format!("inbox/mail/{mail}");
    office.extended(&path, "\r\n").run("verify").fails_with(&format!("{path}: the mail was changed"));
}

#[test]
fn a_lost_record_and_a_lost_outcome() {
    let office = office();
    let id = office.id_of("示例乙");
    let office = office.without(&format!("inbox/pending/{id}.yaml"));
    office.run("verify").fails_with(&format!("record {id} is missing"));
    let account = office.files("inbox/mail").into_keys().find(|name| name.ends_with(".yaml")).unwrap();
    let path = format!("inbox/mail/{account}");
    let text = office.read(&path);
    let leaves = text.lines().filter(|line| !line.starts_with("- {part")).map(|line| format!("{line}\n"));
    let cut: String = leaves.collect::<String>().replace("leaves:\n", "leaves: []\n");
    office.with(&path, cut).run("verify").fails_with("part 1 has no outcome");
}

#[test]
fn an_empty_inbox_is_whole() {
    Office::new().run("verify").succeeds().tells("0 mails, 0 leaves");
}
