//! The queue: what there is to do, found and cleared.

use super::window::Desk;
use crate::office::Office;

/// Where texts stand on a page, in order.
fn in_order(page: &str, texts: &[&str]) {
    let places: Vec<usize> = texts.iter().map(|text| page.find(text).unwrap_or_else(|| panic!("no {text}"))).collect();
    assert!(places.is_sorted(), "{texts:?} stand at {places:?}");
}

#[test]
fn the_samples_stand_in_the_queue_oldest_first_with_what_there_is_to_do() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let queue = window.see("/");
    in_order(
        &queue.body,
        &["示例甲", "示例丙", "示例戊", "扫描_20230710_0001.jpg", "IMG_20230714_175402.jpg", "示例辰"],
    );
    let queue =
        queue.shows("来信无登记表").shows("附件打不开").shows("待录入").shows("迟交").shows("△ 1处疑点").shows("≡");
    assert!(queue.body.contains("/thumbnail.png"));

    window.see("/?show=late").shows("示例辰").hides("示例丙");
    window.see("/?show=failed").shows("IMG_20230714_175402.jpg").hides("示例辰");
    window.see("/?show=no-form").shows("（来信无登记表）").hides("示例辰");
    window.see("/?show=unread").shows("扫描_20230710_0001.jpg").hides("示例辰");
    window.see("/?q=%E4%B8%9C%E5%B2%B3").shows("示例丙").hides("示例辰");
    window.see("/?q=BING%40example").shows("示例丙").hides("示例辰");
    window.see("/?q=nobody").shows("没有符合条件的记录");
    window.see("/?status=accepted").shows("没有记录");
    window.see("/?page=99999999999999999999").is(200);

    let scan = office.records("pending").into_iter().find(|r| r["image"].is_string()).unwrap();
    let id = scan["id"].as_str().unwrap();
    for path in ["page.png", "thumbnail.png", "thumbnail.png"] {
        let picture = window.see(&format!("/records/{id}/{path}"));
        assert_eq!(picture.header("content-type"), "image/png");
        assert!(picture.bytes.starts_with(b"\x89PNG"));
    }
    window.see(&format!("/records/{id}?turn=90")).shows("rotate(90)").shows("请对照图像录入");
}

#[test]
fn only_records_without_a_doubt_are_accepted_at_once_and_only_after_a_look() {
    let office = Office::new().with_samples();
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let [clear, other, second, doubtful] = ["示例丙", "示例戊", "示例金", "示例·戌"].map(|name| office.id_of(name));
    let queue = window.see("/");
    assert!(queue.body.contains(&format!("name=\"id\" value=\"{clear}\"")));
    for id in [&second, &doubtful] {
        assert!(!queue.body.contains(&format!("name=\"id\" value=\"{id}\"")), "{id} can be ticked");
    }
    // What is not offered can be sent all the same.
    let ask = window.post("/bulk", &[("id", &clear), ("id", &other), ("id", &second), ("id", &doubtful)]);
    let ask = ask.is(200).shows("确认备案下列2条记录").shows("另有2条有疑点").shows("示例丙").hides("示例金");
    assert_eq!(office.records("accepted").len(), 1, "nothing is accepted before it is confirmed");

    let (ids, revisions) = (ask.all_hidden("id"), ask.all_hidden("revision"));
    // One of them is changed in between.
    office.run(&format!("review edit {other} officer_post=所长 --by 示例乙")).succeeds();
    let mut form: Vec<(&str, &str)> = Vec::new();
    let stale = String::from("x");
    for (id, revision) in ids.iter().zip(&revisions).chain([(&doubtful, &stale)]) {
        form.extend([("id", id.as_str()), ("revision", revision.as_str())]);
    }
    window.post("/bulk/accept", &form).is(200).shows("已备案1条，2条未备案").shows("刚刚被改动");
    assert!(office.has(&format!("inbox/accepted/{clear}.yaml")) && office.has(&format!("inbox/pending/{other}.yaml")));
    assert!(office.has("content/register/dyljd.yaml"));
    office.run("verify").succeeds();
}

#[test]
fn what_the_command_line_does_shows_at_once() {
    let office = Office::new().form_of("大冶市教育局", "示例甲");
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    window.see("/").shows("没有记录");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    window.see("/").shows("示例甲");
    office.run(&format!("review edit {id} officer_name=示例乙 --by 示例员")).succeeds();
    window.see("/").shows("示例乙").hides("示例甲");
    // A file broken by hand is told, and keeps nobody from the others.
    let office = office.changed(&format!("inbox/pending/{id}.yaml"), "status: pending", "status: pendign");
    window.see("/").shows("记录文件有误").shows(&format!("inbox/pending/{id}.yaml"));
    let office = office.changed(&format!("inbox/pending/{id}.yaml"), "status: pendign", "status: pending");
    window.see("/").shows("示例乙").hides("记录文件有误");
    // So is content, until it is mended.
    let office = office.extended("content/units.yaml", "nonsense: 1\n");
    window.get("/").is(500).shows("content/units.yaml:");
    let office = office.changed("content/units.yaml", "nonsense: 1\n", "");
    window.see("/").shows("示例乙");
    drop(office);
}
