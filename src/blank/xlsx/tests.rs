//! Other programs read back what was written.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, SheetVisible, Xlsx};

use super::*;
use crate::blank::tests::forms;

fn cells(bytes: &[u8], sheet: usize) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).expect("a workbook");
    let range = book.worksheet_range_at(sheet).expect("a sheet").expect("readable");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        other => panic!("not text: {other:?}"),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut text = String::new();
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    archive.by_name(name).expect(name).read_to_string(&mut text).expect("UTF-8");
    text
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(id, value)| (id.to_string(), value.to_string())).collect()
}

#[test]
fn the_form_holds_title_labels_and_values_in_their_cells() {
    let filled = values(&[("unit_name", "大冶市示例局"), ("date", "2023-07-10"), ("officer_phone", "0714-8730000")]);
    let seen = cells(&xlsx(&forms()[0], &filled).expect("a workbook"), 0);
    assert_eq!(seen[0][0], "大冶市政府采购专办员登记表");
    assert_eq!(seen[1], ["单位名称（公章）", "", "大冶市示例局"]);
    assert_eq!(seen[2], ["", "", "日期：2023年7月10日"]);
    assert_eq!(seen[5][..2], ["政府采购\n联络员", "姓名"]);
    assert_eq!(seen[7], ["", "办公电话", "0714-8730000"]);
}

#[test]
fn every_label_of_every_form_is_there_once_a_row() {
    for form in forms() {
        let seen = cells(&xlsx(&form, &Values::new()).expect("a workbook"), 0).concat();
        for cell in layout(&form).rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.text.is_empty()) {
            assert!(
                seen.iter().any(|text| text.replace('\n', "").starts_with(&cell.text)),
                "{} in {seen:?}",
                cell.text
            );
        }
    }
}

#[test]
fn the_form_is_one_a4_page_with_merged_labels() {
    let bytes = xlsx(&forms()[0], &Values::new()).expect("a workbook");
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"paperSize="9""#) && sheet.contains("<pageSetUpPr fitToPage=\"1\"/>"));
    for merged in ["A1:C1", "A2:B3", "A6:A10", "A11:A13", "A14:B14"] {
        assert!(sheet.contains(&format!(r#"<mergeCell ref="{merged}"/>"#)), "{merged} in {sheet}");
    }
    assert!(sheet.contains("第1版（RF1）"));
}

#[test]
fn the_same_input_is_the_same_bytes_and_bears_no_time_of_today() {
    for form in forms() {
        assert_eq!(xlsx(&form, &Values::new()), xlsx(&form, &Values::new()));
        assert_eq!(summary(&form, &["甲局"], "寄来。"), summary(&form, &["甲局"], "寄来。"));
    }
    let core = part(&xlsx(&forms()[0], &Values::new()).expect("a workbook"), "docProps/core.xml");
    assert!(core.contains("1980-01-01T00:00:00Z") && !core.contains("202"), "{core}");
}

#[test]
fn the_summary_has_every_written_field_as_a_heading_and_a_marked_sample() {
    for form in forms() {
        let seen = cells(&summary(&form, &[], "").expect("a workbook"), 0);
        let headings: Vec<String> = form.written().map(|field| form.full_label(field)).collect();
        assert_eq!(seen[2][0], "序号");
        assert_eq!(seen[2][1..], headings);
        assert_eq!(seen[3][0], SAMPLE);
        assert!(seen[3][1..].iter().all(|cell| !cell.is_empty()));
        assert!(seen[4..].concat().iter().all(String::is_empty), "rows to be filled in are empty");
    }
}

#[test]
fn the_sample_is_nobody() {
    let seen = cells(&summary(&forms()[0], &[], "").expect("a workbook"), 0).concat().join(" ");
    assert!(seen.contains("示例甲") && seen.contains("example.com") && seen.contains("0714-8730000"));
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    assert!(seen.split([' ', '-']).all(|word| digits(word) != 11 || !word.starts_with('1')), "{seen}");
}

#[test]
fn units_are_offered_from_a_hidden_sheet_and_the_header_is_frozen() {
    let bytes = summary(&forms()[0], &["甲局", "乙=局"], "发送至采购办邮箱。").expect("a workbook");
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<formula1>单位名单!$A$1:$A$2</formula1>"), "{sheet}");
    assert!(sheet.contains(r#"errorStyle="warning""#), "a check may only warn");
    assert!(sheet.contains(r#"state="frozen""#) && sheet.contains(r#"topLeftCell="C4""#));
    assert_eq!(cells(&bytes, 1), [["甲局"], ["乙=局"]]);
    let book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(&bytes)).expect("a workbook");
    let visible: Vec<SheetVisible> = book.sheets_metadata().iter().map(|sheet| sheet.visible).collect();
    assert_eq!(visible, [SheetVisible::Visible, SheetVisible::Hidden]);
    assert!(cells(&bytes, 0)[1][0].ends_with("发送至采购办邮箱。"));
}

#[test]
fn cells_to_be_filled_in_are_text() {
    for bytes in [xlsx(&forms()[0], &Values::new()), summary(&forms()[0], &[], "")] {
        // The built-in format, which no program takes for one of its own.
        let styles = part(&bytes.expect("a workbook"), "xl/styles.xml");
        assert!(styles.contains(r#"numFmtId="49""#), "{styles}");
    }
}

#[test]
fn the_mark_of_the_form_is_in_the_workbook_with_words_for_those_who_cannot_see_it() {
    let bytes = xlsx(&forms()[0], &Values::new()).expect("a workbook");
    let drawing = part(&bytes, "xl/drawings/drawing1.xml");
    assert!(drawing.contains("大冶市政府采购专办员登记表第1版"));
    let ends = ["<xdr:col>2</xdr:col>", "<xdr:row>0</xdr:row>"].map(|end| drawing.matches(end).count());
    assert_eq!(ends, [2, 2], "the mark begins and ends in one cell: {drawing}");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
    let mut png = Vec::new();
    archive.by_name("xl/media/image1.png").expect("a mark").read_to_end(&mut png).expect("readable");
    assert_eq!(png, qr::mark(&forms()[0]).expect("a mark").png(SCALE).expect("a picture"));
}

#[test]
fn a_sheet_may_not_be_named_everything() {
    assert_eq!(sheet_name("甲/乙[丙]:'*?\\"), "甲乙丙");
    assert_eq!(sheet_name("[]"), "登记表");
    assert_eq!(sheet_name(&"表".repeat(40)).chars().count(), 31);
}
