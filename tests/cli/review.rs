//! `review`: what a clerk sees, changes and decides.

use serde_json::Value;

use super::office::Office;

/// Six typed records wait.
fn samples() -> Office {
    let names = ["01-docx", "02-xlsx-summary", "03-html-table", "04-body-lines"];
    let office = names.into_iter().fold(Office::new(), Office::with_sample);
    office.run("intake").succeeds();
    office
}

/// A scan waits too; gives its record.
fn with_a_scan(office: Office) -> (Office, Value) {
    let office = office.with_sample("05-scan-jpeg");
    office.run("intake").succeeds();
    let scan = office.records("pending").into_iter().find(|record| codes(record) == ["unread"]).unwrap();
    (office, scan)
}

fn codes(record: &Value) -> Vec<&str> {
    record["faults"].as_array().unwrap().iter().map(|fault| fault["code"].as_str().unwrap()).collect()
}

#[test]
fn list_shows_what_waits_oldest_first_and_no_number_of_anybody() {
    let office = samples();
    let ran = office.run("review list").succeeds().tells("6 records");
    let days: Vec<&str> = ran.out.lines().map(|line| &line[..8]).collect();
    assert!(days.is_sorted(), "{ran}");
    assert!(!ran.out.contains("19400000"), "{ran}");
    office.run("review list --status accepted").succeeds().tells("0 records");
}

#[test]
fn show_gives_the_record_whole_with_the_forms_labels() {
    let office = samples();
    let id = office.id_of("示例丙");
    office
        .run(&format!("review show {id}"))
        .succeeds()
        .prints(&format!("id: {id}"))
        .prints("单位名称（公章）：大冶市人民政府东岳路街道办事处")
        .prints("政府采购联络员手机：19400000004");
}

#[test]
fn an_id_may_be_cut_short_where_it_is_clear() {
    let office = samples();
    office.run("review show 20230706").succeeds().prints("示例丙");
    office.run("review show 202307").fails_with("several records begin with `202307`");
    office.run("review show 20240101").fails_with("no record `20240101`");
}

#[test]
fn edit_normalises_checks_again_and_keeps_history() {
    let office = samples();
    let id = office.id_of("示例·戌");
    let edit = |changes: &str| office.run(&format!("review edit {id} {changes} --by 示例员"));
    edit("unit_code= officer_phone=５５５０１３０ officer_name=示例.戌").succeeds().prints("无疑点");
    let record = &office.records("pending").into_iter().find(|r| r["id"] == id.as_str()).unwrap();
    assert_eq!(record["fields"]["officer_phone"]["value"], "0714-5550130");
    assert_eq!(record["fields"]["officer_phone"]["means"], "office");
    assert_eq!(record["fields"]["officer_name"]["value"], "示例·戌");
    assert_eq!(record["fields"]["unit_code"], Value::Null);
    let last = record["history"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (last["by"].as_str(), last["did"].as_str()),
        (Some("示例员"), Some("修改unit_code、officer_phone、officer_name"))
    );
}

#[test]
fn edit_says_everything_that_is_wrong_and_changes_nothing() {
    let office = samples();
    let id = office.id_of("示例甲");
    let before = office.files("inbox");
    let edit = |changes: &str| office.run(&format!("review edit {id} {changes} --by 示例员"));
    edit("oficer_name=甲 unit=nowhere").fails_with("did you mean `officer_name`?").tells("unknown unit `nowhere`");
    edit("officer_name").ends_in_wrong_use("field=value");
    edit("form=other").fails_with("unknown form `other`");
    assert!(before == office.files("inbox"), "a refused edit changed the inbox");
}

#[test]
fn a_scan_is_entered_by_hand_and_accepted() {
    let (office, scan) = with_a_scan(Office::new());
    let id = scan["id"].as_str().unwrap();
    assert!(office.has(&format!("inbox/{}", scan["image"].as_str().unwrap())));
    office.run(&format!("review accept {id} --by 示例员")).fails_with("has not been read");
    office.run(&format!("review edit {id} officer_name=示例庚 --by 示例员")).fails_with("set the form first");
    let values = "form=registration unit_name=陈贵镇 officer_name=示例庚 officer_post=副所长";
    office.run(&format!("review edit {id} {values} --by 示例员")).succeeds().prints("大冶市陈贵镇人民政府  示例庚");
    office.accept("示例庚", "").succeeds();
    assert!(office.read("content/register/cgz.yaml").contains("示例庚"));
}

#[test]
fn accept_registers_and_a_second_time_is_no_fault() {
    let office = samples();
    office.accept("示例甲", "").succeeds().prints("已备案").tells("content/register/jyj.yaml is up to date");
    let register = office.read("content/register/jyj.yaml");
    assert!(register.contains("officer_email: jyj@example.com"), "the unit's own mailbox is public");
    let ledger = office.read("inbox/ledger.jsonl");
    office.accept("示例甲", "").succeeds().tells("is accepted already; nothing to do");
    assert_eq!(register, office.read("content/register/jyj.yaml"));
    assert_eq!(ledger, office.read("inbox/ledger.jsonl"));
}

#[test]
fn accept_needs_a_unit_and_an_officer() {
    let office = Office::new().form_of("武汉某某大学", "示例甲").form_of("大冶市公安局", "示例乙");
    office.run("intake").succeeds();
    office.accept("示例甲", "").fails_with("belongs to no known unit");
    let id = office.id_of("示例乙");
    office.run(&format!("review edit {id} officer_name= --by 示例员")).succeeds().prints("未填写");
    office.run(&format!("review accept {id} --by 示例员")).fails_with("names no officer");
    office.run(&format!("review edit {} unit=gaj --by 示例员", office.id_of("示例甲"))).succeeds();
    office.accept("示例甲", "").succeeds();
    assert!(office.has("content/register/gaj.yaml"));
}

#[test]
fn reject_needs_a_reason_and_a_name_and_reopen_takes_it_back() {
    let office = samples();
    let id = office.id_of("示例戊");
    office.run(&format!("review reject {id} --by 示例员")).fails_with("this needs a reason");
    office.feed(&format!("review reject {id} --reason 未盖章 --by"), b"").ends_in_wrong_use("--by");
    office.run(&format!("review reject {id} --reason 未盖章 --by 示例员")).succeeds().prints("已退回");
    assert!(office.has(&format!("inbox/rejected/{id}.yaml")) && !office.has(&format!("inbox/pending/{id}.yaml")));
    office.accept("示例戊", "").fails_with("takes that back");
    office.run(&format!("review reopen {id} --reason 已补章 --by 示例员")).succeeds().prints("待审核");
    office.accept("示例戊", "").succeeds();
    let record = &office.records("accepted")[0];
    let did: Vec<&str> = record["history"].as_array().unwrap().iter().map(|e| e["did"].as_str().unwrap()).collect();
    assert_eq!(did, ["收到", "退回：未盖章", "撤回决定：已补章", "备案"]);
}

#[test]
fn reopening_takes_the_officer_off_the_site() {
    let office = samples();
    office.accept("示例甲", "").succeeds();
    office.run("build").succeeds();
    assert!(office.read("public/units/jyj.html").contains("示例甲"));
    office.run(&format!("review reopen {} --by 示例员", office.id_of("示例甲"))).succeeds();
    assert!(!office.has("content/register/jyj.yaml"));
    office.run("build").succeeds();
    assert!(!office.read("public/units/jyj.html").contains("示例甲"));
}

#[test]
fn several_records_are_accepted_at_once_up_to_the_first_that_cannot_be() {
    let office = samples();
    let [a, b, c] = ["示例甲", "示例丙", "示例戊"].map(|officer| office.id_of(officer));
    let (office, scan) = with_a_scan(office);
    let bad = scan["id"].as_str().unwrap();
    office.run(&format!("review accept {a} {b} --by 示例员")).succeeds();
    office.run(&format!("review accept {bad} {c} --by 示例员")).fails_with("has not been read");
    assert_eq!(office.records("accepted").len(), 2);
}

#[test]
fn a_basis_of_its_own_for_a_name() {
    let office = samples();
    office.accept("示例甲", "--basis 本人同意").succeeds();
    assert!(office.read("content/register/jyj.yaml").contains("basis: 本人同意"));
}
