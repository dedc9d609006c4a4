//! Records that wait: for a correction from the unit, or because the office set them aside.

use super::office::Office;

#[test]
fn what_waits_says_for_what_and_can_be_taken_up_again() {
    let office = Office::new().form_of("大冶市教育局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    office.run(&format!("review ask {id} --by 示例员")).fails_with("this needs a reason");
    office.run(&format!("review ask {id} --reason 补盖公章 --by 示例员")).succeeds();
    let record = &office.records("pending")[0];
    assert_eq!((&record["hold"]["waits"], &record["hold"]["reason"]), (&"correction".into(), &"补盖公章".into()));
    office.run(&format!("review reopen {id} --by 示例员")).succeeds();
    assert!(office.records("pending")[0]["hold"].is_null());
    office.run(&format!("review set-aside {id} --reason 等电话 --by 示例员")).succeeds();
    office.accept("示例甲", "").succeeds();
    assert!(office.records("accepted")[0]["hold"].is_null());
    office.run("verify").succeeds();
}
