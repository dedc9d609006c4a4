//! Two windows on one record: the second to save is told what changed, and nothing is overwritten.

use super::window::Desk;
use crate::office::Office;

fn office() -> (Office, String) {
    let office = Office::new().form_of("大冶市教育局", "示例甲").form_of("大冶市财政局", "示例乙");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    (office, id)
}

#[test]
fn the_second_to_save_is_told_and_overwrites_nothing() {
    let (office, id) = office();
    let desk = Desk::open(&office);
    let (one, other) = (desk.window("示例员"), desk.window("示例职"));
    let path = format!("/records/{id}");
    let (first, second) = (one.see(&path), other.see(&path));
    one.act_on(&first, &id, "save", &[("f.officer_post", "主任")]).is(303);
    let told = other.act_on(&second, &id, "accept", &[("f.officer_post", "科员"), ("unit", "czj")]).is(409);
    let told = told.shows("您的操作没有生效").shows("示例员：修改officer_post").hides("收到");
    told.shows("主任").shows("科员").shows("大冶市财政局");
    let records = office.records("pending");
    let record = records.iter().find(|record| record["id"] == id.as_str()).expect("it waits still");
    assert_eq!(record["fields"]["officer_post"]["value"], "主任");
    assert_eq!(record["unit"]["id"], "jyj");
    assert!(office.records("accepted").is_empty());
}

#[test]
fn a_decision_after_a_decision_is_told_too_also_from_the_command_line() {
    let (office, id) = office();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let page = window.see(&format!("/records/{id}"));
    office.run(&format!("review reject {id} --reason 重复 --by 示例职")).succeeds();
    window.act_on(&page, &id, "accept", &[]).is(409).shows("已退回").shows("示例职：退回：重复");
    assert!(office.records("accepted").is_empty());
}

#[test]
fn a_double_click_is_no_conflict() {
    let (office, id) = office();
    let desk = Desk::open(&office);
    let (window, other) = (desk.window("示例员"), desk.window("示例职"));
    let page = window.see(&format!("/records/{id}"));
    window.act_on(&page, &id, "accept", &[]).is(303);
    window.act_on(&page, &id, "accept", &[]).is(303);
    other.act_on(&page, &id, "accept", &[]).is(409).shows("示例员：备案");
    assert_eq!(office.read("inbox/ledger.jsonl").matches("\"did\":\"accepted\"").count(), 1);
}

#[test]
fn of_many_windows_that_accept_at_once_one_wins() {
    let (office, id) = office();
    let desk = Desk::open(&office);
    let windows: Vec<_> = ["甲", "乙", "丙", "丁"].iter().map(|by| desk.window(by)).collect();
    let pages: Vec<_> = windows.iter().map(|window| window.see(&format!("/records/{id}"))).collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let acts: Vec<_> = windows
            .iter()
            .zip(&pages)
            .map(|(window, page)| scope.spawn(|| window.act_on(page, &id, "accept", &[]).status))
            .collect();
        acts.into_iter().map(|act| act.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 3, "{statuses:?}");
    office.run("verify").succeeds();
}
