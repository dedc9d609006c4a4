//! Records are files that people edit. Edited into nonsense, each says where; the site and the other records go on.

use super::office::{Office, Ran};

/// An office with two pending records and a site; gives the first record's path.
fn office() -> (Office, String) {
    let office = Office::new().form_of("大冶市公安局", "示例甲").form_of("大冶市民政局", "示例乙");
    office.run("intake").succeeds();
    office.run("build").succeeds();
    let path = format!("inbox/pending/{}.yaml", office.id_of("示例甲"));
    (office, path)
}

/// The last line on which a text stands, from 1.
fn line_of(text: &str, wanted: &str) -> usize {
    let found = text.lines().enumerate().filter(|(_, line)| line.contains(wanted)).last();
    found.unwrap_or_else(|| panic!("no `{wanted}` in {text}")).0 + 1
}

/// `check` fails at the place of `new` with the message; `public` and the other record are as they were.
fn nonsense(old: &str, new: &str, message: &str) -> Ran {
    let (office, path) = office();
    let other = office.id_of("示例乙");
    let before = office.files("public");
    let office = office.changed(&path, old, new);
    let line = line_of(&office.read(&path), new.lines().last().unwrap_or_default().trim());
    let ran = office.run("check").fails_with(&format!("{path}:{line}:"));
    office.run("review list").fails_with(&format!("{path}:{line}:")).prints(&other);
    office.run(&format!("review show {other}")).succeeds().prints("示例乙");
    assert!(before == office.files("public"), "a broken record changed public/");
    office.run("build").succeeds().tells(" 0 written");
    ran.tells(message)
}

#[test]
fn broken_yaml() {
    nonsense("status: pending", "status: pending: x", "mapping values are not allowed");
    nonsense("status: pending", "status: pending\nstatus: pending", "duplicate mapping key: status\n");
}

#[test]
fn unknown_and_missing_keys() {
    nonsense("status: pending", "status: pending\nstate: pending", "unknown key `state`");
    nonsense("status: pending", "stats: pending", "unknown key `stats`; did you mean `status`?");
}

#[test]
fn another_id_than_the_files() {
    nonsense("id: 2023", "id: 2024", "is not the file's name");
}

#[test]
fn a_decision_by_editing() {
    nonsense("status: pending", "status: accepted", "decide with `zhuanban review`, not by editing");
    nonsense("status: pending", "status: maybe", "maybe");
}

#[test]
fn a_form_a_unit_and_a_field_that_are_none() {
    nonsense("form: registration", "form: registraton", "unknown form `registraton`");
    nonsense("id: gaj", "id: gajj", "unknown unit `gajj`");
    nonsense("officer_name:", "oficer_name:", "unknown field `oficer_name`; did you mean `officer_name`?");
}

#[test]
fn values_out_of_range() {
    nonsense("confidence: 1", "confidence: 7", "confidence must be from 0 to 1");
    nonsense("score: 1", "score: 9", "score must be from 0 to 1");
    nonsense("means: typed", "means: guessed", "guessed");
    nonsense("value: 科长", "value: [科长]", "expected string");
    nonsense("received: \"2023", "received: \"20xx", "is no day; write YYYY-MM-DD");
}

#[test]
fn an_empty_file_and_a_file_of_noise() {
    for noise in [b"".as_slice(), b"\n", b"\xff\xfe\0\0", b"null\n", b"- a\n", b"42"] {
        let (office, path) = office();
        let office = office.with(&path, noise);
        office.run("check").fails_with(&path).tells("1 problem found");
        office.run("build").succeeds().tells(" 0 written");
    }
}

#[test]
fn a_broken_record_cannot_be_decided() {
    let (office, path) = office();
    let id = office.id_of("示例甲");
    let office = office.changed(&path, "status: pending", "status: [pending");
    for command in [format!("accept {id}"), format!("reject {id} --reason 甲"), format!("edit {id} unit=gaj")] {
        office.run(&format!("review {command} --by 示例员")).fails_with(&path);
    }
    assert!(!office.has("content/register/gaj.yaml"));
}

#[test]
fn an_accepted_record_without_its_decision() {
    let (office, _) = office();
    office.accept("示例甲", "").succeeds();
    let path = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    let whole = office.read(&path);
    let from = whole.find("decision:").unwrap();
    let to = whole.find("history:").unwrap();
    let office = office.with(&path, format!("{}{}", &whole[..from], &whole[to..]));
    office.run("check").fails_with(&format!("{path}:3:1: ")).tells("needs its `decision`");
}

#[test]
fn a_day_that_is_none() {
    let (office, _) = office();
    office.accept("示例甲", "").succeeds();
    let path = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    for (old, new) in [("2023-07-20", "2023-07-32"), ("\"2023-07-20\"", "gestern")] {
        let whole = office.read(&path);
        let office = Office::new().with(&path, whole).changed(&path, old, new);
        office.run("check").fails_with(&path).tells("is no day");
    }
}

#[test]
fn values_edited_by_hand_are_normalised_when_they_are_accepted() {
    let (office, path) = office();
    let office =
        office.changed(&path, "value: 0714-5550101", "value: 5550109").changed(&path, "value: 科长", "value: ' '");
    office.accept("示例甲", "").succeeds();
    let listed = office.read("content/register/gaj.yaml");
    assert!(listed.contains("officer_phone: 0714-5550109") && !listed.contains("officer_post"), "{listed}");
}
