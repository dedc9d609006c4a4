//! `report` and `roster`: who has registered, who is late or missing, and the whole register as a workbook.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use super::office::Office;

/// The samples that are typed; two officers in office, one of them advised to leave.
fn office() -> Office {
    let names = ["01-docx", "02-xlsx-summary", "03-html-table", "08-zip-late"];
    let office = names.into_iter().fold(Office::new(), Office::with_sample);
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office.accept("示例丙", "").succeeds();
    office
}

fn json(office: &Office) -> Value {
    serde_json::from_str(&office.run("report --format json").succeeds().out).unwrap()
}

fn unit(report: &Value, id: &str) -> Value {
    let units = report["units"].as_array().unwrap();
    units.iter().find(|unit| unit["id"] == id).unwrap_or_else(|| panic!("no unit {id}")).clone()
}

/// The texts of a sheet, row by row.
fn sheet(book: &[u8], name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    let range = book.worksheet_range(name).unwrap();
    let text = |cell: &Data| cell.to_string();
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// The row whose first cell says this.
fn row<'s>(sheet: &'s [Vec<String>], first: &str) -> &'s [String] {
    sheet.iter().find(|row| row[0] == first).unwrap_or_else(|| panic!("no row {first} in {sheet:#?}"))
}

#[test]
fn every_unit_is_registered_waiting_or_missing() {
    let report = json(&office());
    let total = &report["total"];
    let [units, registered, waiting, missing] =
        ["units", "registered", "waiting", "missing"].map(|key| total[key].as_u64().unwrap());
    assert_eq!(units, registered + waiting + missing);
    assert_eq!((units, registered, waiting), (29, 2, 4));
    assert_eq!(unit(&report, "jyj")["state"], "registered");
    assert_eq!(unit(&report, "slj")["state"], "waiting");
    assert_eq!(
        (&unit(&report, "slj")["late"], &unit(&report, "jyj")["late"]),
        (&Value::Bool(true), &Value::Bool(false))
    );
    assert_eq!(unit(&report, "gaj")["state"], "missing");
    let parent = report["parents"].as_array().unwrap().iter().find(|p| p["id"] == "jyj").unwrap();
    assert_eq!((&parent["units"], &parent["registered"], &parent["waiting"]), (&3.into(), &1.into(), &2.into()));
    // The sample register is of 2023.
    assert_eq!(unit(&report, "jyj")["officers"][0]["reconfirm"], true);
}

#[test]
fn the_text_is_the_same_in_every_locale_and_stands_in_columns() {
    let office = office();
    let english = office.run("report").succeeds().prints("未报送（已过截止日期）").prints("请重新确认");
    let chinese = office.in_locale("zh_CN.UTF-8").run("report").succeeds();
    assert_eq!(english.out, chinese.out);
    let table: Vec<&str> = english.out.lines().skip(2).take_while(|line| !line.is_empty()).collect();
    use unicode_width::UnicodeWidthStr;
    assert!(table.iter().all(|line| line.width() == table[0].width()), "{english}");
    assert!(!english.out.contains("19400000"), "{english}");
}

#[test]
fn a_form_sent_back_leaves_the_unit_missing_and_says_why() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds();
    office.run(&format!("review reject {} --reason 缺公章 --by 示例员", office.id_of("示例甲"))).succeeds();
    let report = json(&office);
    assert_eq!(
        (&unit(&report, "gaj")["state"], &unit(&report, "gaj")["returned"]),
        (&"missing".into(), &"缺公章".into())
    );
    office.run("report").succeeds().prints("已退回，待重新报送：缺公章");
}

#[test]
fn the_workbook_holds_the_same_sums() {
    let office = office();
    let out = office.folder("情况.xlsx");
    office.run(&format!("report --format xlsx --out {out}")).succeeds().prints(&out);
    let book = office.files("")["情况.xlsx"].clone();
    let sums = sheet(&book, "汇总");
    assert_eq!(&row(&sums, "合计")[1..5], ["29", "2", "4", "23"]);
    assert_eq!(row(&sums, "街道")[1..5], ["4", "1", "0", "3"]);
    assert_eq!(&row(&sheet(&book, "按一级单位"), "大冶市教育局")[1..4], ["3", "1", "2"]);
    let units = sheet(&book, "单位明细");
    assert_eq!(row(&units, "大冶市公安局")[3], "未报送");
    assert_eq!(row(&units, "大冶市水利和湖泊局")[7], "逾期报送");
    // The same content gives the same bytes on the same day.
    office.run(&format!("report --format xlsx --out {out}")).succeeds();
    assert!(book == office.files("")["情况.xlsx"]);
}

#[test]
fn the_roster_has_every_field_changes_and_assessments() {
    let office = office();
    let first = office.id_of("示例甲");
    office.run(&format!("review advise {first} --reason 长期不在岗 --by 示例员 --on 2023-09-01")).succeeds();
    let values = "unit_name=东岳路街道办事处 former_name=示例丙 officer_name=示例辛 reason=工作调动";
    office.run(&format!("review new --form replacement {values} --by 示例员 --on 2023-10-08")).succeeds();
    office.accept("示例辛", "").succeeds();
    let values = "unit_name=教育局 subject_name=示例甲 period=2023年 result=良好";
    office.run(&format!("review assess {values} --by 示例员")).succeeds();
    let out = office.folder("名册.xlsx");
    office.run(&format!("roster --out {out}")).succeeds().prints(&out).tells("private");
    let book = office.files("")["名册.xlsx"].clone();
    let departments = sheet(&book, "市政府各部门");
    let officer = row(&departments, "大冶市教育局").join("|");
    for value in ["示例甲", "19400000001", "财务科科长", "2023-07-20", &first, "建议更换：长期不在岗"]
    {
        assert!(officer.contains(value), "{value} not in {officer}");
    }
    assert!(departments[2].contains(&"政府采购分管领导姓名".to_owned()), "{:?}", departments[2]);
    assert_eq!(row(&departments, "大冶市公安局").last().unwrap(), "尚未登记");
    let changes = sheet(&book, "变动");
    assert_eq!(
        changes[3][..6],
        ["2023-07-20", "大冶市人民政府东岳路街道办事处", "更换", "示例丙", "示例辛", "工作调动"]
    );
    assert_eq!(changes[4][..6], ["2023-09-01", "大冶市教育局", "建议更换", "示例甲", "（尚未更换）", "长期不在岗"]);
    assert!(row(&sheet(&book, "考核"), "大冶市教育局").contains(&"未公布".to_owned()));
}

#[test]
fn no_cell_is_ever_a_formula() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds();
    let id = office.id_of("示例甲");
    office.run(&format!("review edit {id} officer_post==HYPERLINK(\"http://example.com\") --by 示例员")).succeeds();
    office.accept("示例甲", "").succeeds();
    let out = office.folder("名册.xlsx");
    office.run(&format!("roster --out {out}")).succeeds();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(office.files("")["名册.xlsx"].clone())).unwrap();
    let formulas = book.worksheet_formula("市政府各部门").unwrap();
    assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
    assert!(
        row(&sheet(&office.files("")["名册.xlsx"], "市政府各部门"), "大冶市公安局").join("|").contains("=HYPERLINK")
    );
}

#[test]
fn wrong_use_and_broken_records() {
    let office = office();
    office.run("report --format csv").ends_in_wrong_use("csv");
    office.run("report --out x.xlsx").ends_in_wrong_use("is for `--format xlsx`");
    office.run(&format!("roster --out {}", office.folder("content/site.yaml/x.xlsx"))).exits(3);
    let path = format!("inbox/accepted/{}.yaml", office.id_of("示例甲"));
    let office = office.changed(&path, "status: accepted", "status: acepted");
    office.run("report").fails_with("cannot be read (1)").tells(&path).prints("合计");
    office.in_locale("zh_CN.UTF-8").run("report").fails_with("未计入");
}
