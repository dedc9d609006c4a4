//! `remind`: whom the office writes to about units that are missing, never unseen and never twice in a fortnight.

use super::office::Office;

/// 教育局 has a mailbox and answers for two schools, one of which has registered; 公安局 has a mailbox too.
fn office() -> Office {
    let gaj = "  - id: gaj\n    name: 大冶市公安局\n";
    let office = Office::new()
        .changed("content/units.yaml", gaj, &format!("{gaj}    mailbox: gaj@example.com\n"))
        .form_of("大冶市示例中心学校", "示例甲");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office
}

const REMIND: &str = "remind --yes --by 示例员";

fn outbox(office: &Office) -> Vec<String> {
    let mails = office.files("inbox/outbox").into_iter().filter(|(name, _)| name.starts_with("reminder-"));
    mails.filter(|(name, _)| name.ends_with(".yaml")).map(|(_, text)| String::from_utf8(text).unwrap()).collect()
}

#[test]
fn without_yes_it_shows_everything_and_writes_nothing() {
    let office = office();
    let before = office.files("inbox");
    office
        .run("remind")
        .succeeds()
        .prints("大冶市教育局 <jyj@example.com>：大冶市教育局、大冶市示例实验小学")
        .prints("关于报送政府采购专办员登记表的提醒（2个单位）")
        .prints("上列二级单位由你单位负责")
        .prints("没有登记邮箱，请电话联系")
        .prints("大冶市民政局")
        .tells("2 mails would be written");
    assert!(before == office.files("inbox"), "remind wrote without --yes");
    office.run("remind --yes").ends_in_wrong_use("--by");
    office.in_locale("zh_CN.UTF-8").run("remind").succeeds().tells("将写2封提醒邮件，现在尚未写出");
}

#[test]
fn each_address_gets_one_mail_and_none_again_within_a_fortnight() {
    let office = office();
    office.run(REMIND).succeeds().prints("inbox/outbox/reminder-").tells("2 mails written");
    let mails = outbox(&office);
    assert_eq!(mails.len(), 2, "{mails:?}");
    let jyj = mails.iter().find(|mail| mail.contains("jyj@example.com")).unwrap();
    for text in ["大冶市教育局：", "1. 大冶市教育局", "2. 大冶市示例实验小学", "2023年7月15日", "现已过截止日期"]
    {
        assert!(jyj.contains(text), "{text} not in {jyj}");
    }
    assert!(!jyj.contains("示例中心学校"), "it has registered");
    let gaj = mails.iter().find(|mail| mail.contains("gaj@example.com")).unwrap();
    assert!(!gaj.contains("二级单位"), "{gaj}");
    let before = office.files("inbox");
    office.run(REMIND).succeeds().prints("已提醒").tells("0 mails written");
    assert!(before == office.files("inbox"), "a second reminder");
    office.run("verify").succeeds();
}

#[test]
fn a_form_sent_back_is_named_with_the_reason() {
    let office = Office::new().form_of("大冶市教育局", "示例乙");
    office.run("intake").succeeds();
    office.run("remind").succeeds().prints("大冶市教育局 <jyj@example.com>：大冶市示例中心学校");
    office.run(&format!("review reject {} --reason 缺公章 --by 示例员", office.id_of("示例乙"))).succeeds();
    office.run("remind").succeeds().prints("大冶市教育局（此前报送的已退回：缺公章）");
}

#[test]
fn a_broken_record_or_ledger_stops_it() {
    let office = office();
    let path = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    let office = office.changed(&path, "status: accepted", "status: acepted");
    office.run(REMIND).fails_with(&path);
    let office = office.changed(&path, "status: acepted", "status: accepted");
    office.changed("inbox/ledger.jsonl", "intake", "nobody").run(REMIND).fails_with("the chain is broken");
}
