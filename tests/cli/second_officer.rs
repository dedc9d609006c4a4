//! A unit's second officer joins (第四条) or replaces (第五条); the program never decides that by itself.

use super::office::Office;

/// 示例甲 is in office at the police bureau; 示例乙 and 示例丙 have handed in forms for it too.
fn office() -> Office {
    let office = ["示例甲", "示例乙", "示例丙"]
        .into_iter()
        .fold(Office::new(), |office, officer| office.form_of("大冶市公安局", officer));
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office
}

/// The officers of the police bureau that the public may see, in order.
fn in_office(office: &Office) -> Vec<String> {
    if !office.has("content/register/gaj.yaml") {
        return Vec::new();
    }
    let names = |line: &str| line.trim().strip_prefix("officer_name: ").map(str::to_owned);
    office.read("content/register/gaj.yaml").lines().filter_map(names).collect()
}

#[test]
fn refused_unless_said() {
    let office = office();
    let before = office.files("inbox");
    let first = office.id_of("示例甲");
    office.accept("示例乙", "").fails_with(&format!("the unit already has an officer ({first} 示例甲)"));
    assert!(before == office.files("inbox"), "a refused decision changed the inbox");
    assert_eq!(in_office(&office), ["示例甲"]);
    let office = office.in_locale("zh_CN.UTF-8");
    office.accept("示例乙", "").fails_with("是增加（--join）还是接替");
}

#[test]
fn joins() {
    let office = office();
    office.accept("示例乙", "--join").succeeds();
    assert_eq!(in_office(&office), ["示例甲", "示例乙"]);
    office.run("build").succeeds();
    let page = office.read("public/units/gaj.html");
    assert!(page.contains("示例甲") && page.contains("示例乙"));
}

#[test]
fn replaces_and_the_former_one_is_gone_at_once() {
    let office = office();
    office.accept("示例乙", "--replace").succeeds();
    assert_eq!(in_office(&office), ["示例乙"]);
    office.run("build").succeeds();
    for (path, bytes) in office.files("public") {
        assert!(!String::from_utf8_lossy(&bytes).contains("示例甲"), "示例甲 still stands in {path}");
    }
    assert_eq!(office.records("accepted").len(), 2, "the former record stays on file");
    office.run(&format!("review show {}", office.id_of("示例乙"))).succeeds().prints("接替");
}

#[test]
fn one_of_several_is_replaced_by_name() {
    let office = office();
    office.accept("示例乙", "--join").succeeds();
    office.accept("示例丙", "--replace").fails_with("name the one replaced with `--replace RECORD`");
    office.accept("示例丙", "--replace 20230710-00000000-2").fails_with("is no officer of this unit");
    let former = office.id_of("示例甲");
    office.accept("示例丙", &format!("--replace {former}")).succeeds();
    assert_eq!(in_office(&office), ["示例乙", "示例丙"]);
}

#[test]
fn reopening_the_successor_brings_the_former_one_back() {
    let office = office();
    let before = office.read("content/register/gaj.yaml");
    office.accept("示例乙", "--replace").succeeds();
    office.run(&format!("review reopen {} --by 示例员", office.id_of("示例乙"))).succeeds();
    assert_eq!(office.read("content/register/gaj.yaml"), before);
}

#[test]
fn reopening_the_former_one_leaves_the_successor() {
    let office = office();
    office.accept("示例乙", "--replace").succeeds();
    office.run(&format!("review reopen {} --by 示例员", office.id_of("示例甲"))).succeeds();
    assert_eq!(in_office(&office), ["示例乙"]);
    office.accept("示例甲", "").fails_with("the unit already has an officer");
    office.accept("示例甲", "--join").succeeds();
    assert_eq!(in_office(&office), ["示例乙", "示例甲"]);
}

#[test]
fn a_chain_of_successors_comes_apart_in_order() {
    let office = office();
    office.accept("示例乙", "--replace").succeeds();
    office.accept("示例丙", "--replace").succeeds();
    assert_eq!(in_office(&office), ["示例丙"]);
    office.run(&format!("review reopen {} --by 示例员", office.id_of("示例丙"))).succeeds();
    assert_eq!(in_office(&office), ["示例乙"]);
    office.run(&format!("review reopen {} --by 示例员", office.id_of("示例乙"))).succeeds();
    assert_eq!(in_office(&office), ["示例甲"]);
    office.run(&format!("review reopen {} --by 示例员", office.id_of("示例甲"))).succeeds();
    assert_eq!(in_office(&office), [""; 0]);
}

#[test]
fn an_officer_of_another_unit_is_no_second_one() {
    let office = office().form_of("大冶市民政局", "示例丁");
    office.run("intake").succeeds();
    office.accept("示例丁", "").succeeds();
    assert_eq!(in_office(&office), ["示例甲"]);
}

#[test]
fn officers_whose_records_are_lost_are_not_taken_off_the_site() {
    let office = office();
    let lost = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    let office = office.without(&lost);
    office.accept("示例乙", "").fails_with("which this inbox does not have: restore it first");
    assert_eq!(in_office(&office), ["示例甲"]);
}
