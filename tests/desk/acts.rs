//! What a clerk does with a record, and what it leaves on disk.

use super::window::{Desk, Page};
use crate::office::Office;

/// The fields of a record's page as they stand, as a browser sends them with a form.
fn fields(page: &Page) -> Vec<(String, String)> {
    let inputs = page.body.split("name=\"f.").skip(1);
    let pair = |rest: &str| {
        let name = rest.split('"').next().unwrap();
        let value = rest.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        (format!("f.{name}"), value.to_owned())
    };
    inputs.map(pair).collect()
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect()
}

#[test]
fn a_record_is_corrected_and_accepted_in_one_step_and_the_next_one_opens() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let (id, next) = (office.id_of("示例甲"), office.id_of("示例申"));
    let page = window.see(&format!("/records/{id}")).shows("大冶市教育局").shows("电子文字").shows("公开");
    let mut sent = fields(&page);
    assert_eq!(sent.len(), 12);
    sent.iter_mut().filter(|(name, _)| name == "f.officer_phone").for_each(|(_, value)| *value = "5550199".to_owned());
    let done = window.act_on(&page, &id, "accept", &borrowed(&sent)).is(303);
    assert!(done.header("location").starts_with(&format!("/records/{next}?done={id}")), "{}", done.headers);
    assert!(office.read("content/register/jyj.yaml").contains("0714-5550199"), "normalised, and published");
    let record = &office.records("accepted")[0];
    let did: Vec<&str> = record["history"].as_array().unwrap().iter().map(|e| e["did"].as_str().unwrap()).collect();
    assert_eq!(did, ["收到", "修改officer_phone", "备案"], "what was not changed is not said to be");
    assert_eq!(record["decision"]["by"], "示例员");
    assert!(office.read("inbox/ledger.jsonl").contains("\"did\":\"accepted\""));
    office.run("verify").succeeds();

    // The way back stands on the next page.
    let after = window.see(done.header("location")).shows("示例甲：备案").shows("撤回");
    let undo = [("act", "reopen"), ("revision", &after.hidden("revision"))];
    window.post(&format!("/records/{id}"), &undo).is(303);
    assert!(office.has(&format!("inbox/pending/{id}.yaml")) && !office.has("content/register/jyj.yaml"));
    window.see("/ledger").shows("撤回").shows("链条完整").shows(&id);
}

#[test]
fn a_second_officer_is_shown_beside_the_first_and_must_be_said_to_join_or_replace() {
    let office = Office::new().form_of("大冶市教育局", "示例甲").form_of("大冶市教育局", "示例乙");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    let (first, second) = (office.id_of("示例甲"), office.id_of("示例乙"));
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    window.see(&format!("/records/{second}")).shows("该单位现有专办员").shows("≠ 示例乙");
    window.act(&second, "accept", &[]).is(422).shows("请选择增加还是接替").hides("--join");
    window.act(&second, "accept", &[("standing", "replace:nobody")]).is(422).shows("已不在任");
    window.act(&second, "accept", &[("standing", &format!("replace:{first}"))]).is(303);
    let register = office.read("content/register/jyj.yaml");
    assert!(register.contains("示例乙") && !register.contains("示例甲"));
}

#[test]
fn rejecting_asking_and_setting_aside_need_a_reason_and_leave_the_queue() {
    let office = Office::new().form_of("大冶市教育局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    for act in ["reject", "ask", "aside"] {
        window.act(&id, act, &[("reason", "  ")]).is(422).shows("请填写理由");
    }
    let asked = [("ready", "未加盖单位公章，请盖章后重新发送"), ("reason", "并\n补电话"), ("confirmed", "1")];
    window.act(&id, "ask", &asked).is(303);
    window.see("/").hides("示例甲").shows("待补正");
    window.see("/?show=asked").shows("示例甲");
    window.see(&format!("/records/{id}")).shows("未加盖单位公章，请盖章后重新发送；并 补电话");
    window.act(&id, "reopen", &[]).is(303);
    window.see("/").shows("示例甲");
    window.act(&id, "aside", &[("reason", "等电话")]).is(303);
    window.see("/?show=aside").shows("示例甲");
    window.act(&id, "reject", &[("reason", "重复"), ("confirmed", "1")]).is(303);
    window.see("/?status=rejected").shows("示例甲").shows("重复");
    window.see(&format!("/records/{id}")).shows("退回：重复").hides("name=\"act\" value=\"accept\"");
    window.act(&id, "nonsense", &[]).is(400);
    let ledger = office.read("inbox/ledger.jsonl");
    for did in ["correction-asked", "reopened", "set-aside", "rejected"] {
        assert!(ledger.contains(&format!("\"did\":\"{did}\"")), "{did}");
    }
    office.run("verify").succeeds();
}

#[test]
fn the_answer_is_shown_before_it_goes_and_taken_back_with_the_decision() {
    let office = Office::new().form_of("大冶市教育局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let page = window.see(&format!("/records/{id}"));
    let sent = [("reason", "请补盖公章"), ("f.officer_post", "主任")];
    let shown = window.act_on(&page, &id, "ask", &sent).is(200).shows("sender@example.com").shows("请补盖公章");
    assert!(office.records("pending")[0]["hold"].is_null(), "nothing is done before it is confirmed");
    assert_eq!(office.records("pending")[0]["fields"]["officer_post"]["value"], "科长");
    assert!(!office.files("inbox/outbox").keys().any(|name| name.contains("correction")));

    // The page sends everything again.
    let names = ["act", "revision", "reason", "f.officer_post", "confirmed"];
    let all: Vec<(&str, String)> = names.iter().map(|name| (*name, shown.hidden(name))).collect();
    let all: Vec<(&str, &str)> = all.iter().map(|(name, value)| (*name, value.as_str())).collect();
    window.post(&format!("/records/{id}"), &all).is(303);
    assert_eq!(office.records("pending")[0]["hold"]["reason"], "请补盖公章");
    assert_eq!(office.records("pending")[0]["fields"]["officer_post"]["value"], "主任");
    let waiting = office.files("inbox/outbox").into_keys().find(|name| name.contains("correction")).expect("an answer");
    let event = waiting.rsplit_once('.').unwrap().0.to_owned();
    window.see("/answers").shows("请补正").shows("sender@example.com");
    window.see(&format!("/answers/{event}")).shows("请补盖公章");
    window.see(&format!("/records/{id}")).shows("待发答复").shows(&event);
    window.get("/answers/..%2fmailbox").is(404);

    window.act(&id, "reopen", &[]).is(303);
    window.see("/answers").hides("请补正");
    window.act(&id, "look", &[]).is(200).shows("确认备案").shows("已备案");
    assert!(office.records("accepted").is_empty());
}

#[test]
fn a_scan_that_nobody_could_read_is_typed_in() {
    let office = Office::new().with_sample("05-scan-jpeg");
    office.run("intake").succeeds();
    let id = office.records("pending")[0]["id"].as_str().unwrap().to_owned();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    window.see(&format!("/records/{id}")).shows("（未识别）");
    window.act(&id, "accept", &[]).is(422).shows("请先选择表格并录入内容");
    window.act(&id, "save", &[("form", "registration")]).is(303);
    let unit = [("f.unit_name", "武汉某某大学"), ("f.officer_name", "示 例 庚")];
    window.act(&id, "accept", &unit).is(422).shows("请先选定单位");
    let page = window.see(&format!("/records/{id}")).shows("示例庚").shows("人工录入").shows("没有相近的单位");
    window.act_on(&page, &id, "accept", &[("unit", "cgz")]).is(303);
    assert!(office.read("content/register/cgz.yaml").contains("示例庚"));
}

#[test]
fn a_doubt_that_was_looked_at_is_settled() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    let id = office.id_of("示例·戌");
    let path = format!("inbox/pending/{id}.yaml");
    let old = office.read(&path);
    let doubt = "faults:\n- {code: disagreement, field: officer_post, message: 两处不一致}\n";
    let office = office.with(&path, old.replacen("faults:\n", doubt, 1));
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let page = window.see(&format!("/records/{id}")).shows("两处不一致");
    let sent = fields(&page);
    window.act_on(&page, &id, "save", &borrowed(&sent)).is(303);
    window.see(&format!("/records/{id}")).shows("两处不一致");
    let mut sent = borrowed(&sent);
    sent.push(("sure", "officer_post"));
    window.act(&id, "save", &sent).is(303);
    window.see(&format!("/records/{id}")).hides("两处不一致");
}

#[test]
fn the_script_is_answered_by_the_checks_of_the_program() {
    let office = Office::new();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let check = |field: &str, value: &str| {
        let form = [("form", "registration"), ("field", field), ("value", value)];
        window.post("/check", &form).body
    };
    assert_eq!(check("officer_phone", "8731721"), "{\"value\":\"0714-8731721\",\"messages\":[]}");
    assert!(check("officer_mobile", "1940").contains("不是11位手机号码"));
    assert!(check("officer_name", " ").contains("未填写"));
    assert!(check("officer_post", "</script>").contains("</script>"));
    window.post("/check", &[("form", "registration"), ("field", "nothing")]).is(404);
    assert!(window.see("/units?q=jiaoyuju").body.contains("大冶市教育局"));
    assert!(window.see("/units?q=%E6%95%99%E8%82%B2").body.contains("jyj"));
    assert_eq!(window.see("/units?q=").body, "[]");
}
