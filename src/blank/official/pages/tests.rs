//! Blocks stand where the standard has them.

use super::*;

fn text(text: &str) -> Vec<Run> {
    vec![Run::Text(text.to_owned())]
}

fn laid(blocks: &[Block]) -> Vec<Sheet> {
    lay(blocks, &|c, _| if c.is_ascii() { 0.5 } else { 1.0 })
}

fn said(line: &Line) -> String {
    line.glyphs.iter().map(|glyph| glyph.c).collect()
}

/// Below the top of the type area, in lines of the grid, and in from its left edge, in characters.
fn place(line: &Line) -> (f64, f64) {
    let (down, right) = ((line.middle - points(TOP)) / LEADING - 0.5, (line.x - points(LEFT)) / PITCH);
    ((down * 100.0).round() / 100.0, (right * 100.0).round() / 100.0)
}

#[test]
fn the_issuer_is_red_and_35_mm_down_and_the_rule_stands_under_the_number() {
    let sheets = laid(&[Block::Issuer(text("大冶市财政局文件")), Block::Number(text("冶财〔2023〕29号"))]);
    let [issuer, number] = &sheets[0].lines[..] else { panic!("{:?}", sheets[0].lines) };
    let top = issuer.middle - issuer.glyphs[0].size / 2.0;
    assert!((top - points(TOP + 35.0)).abs() < 0.1);
    assert_eq!((issuer.ink, number.ink), (Ink::Red, Ink::Black));
    let [rule] = sheets[0].rules[..] else { panic!("one rule") };
    assert!((rule.from.1 - (number.middle + BODY_SIZE / 2.0) - points(4.0)).abs() < 0.1);
    assert!((rule.to.0 - rule.from.0 - points(156.0)).abs() < 0.1);
    assert_eq!(rule.ink, Ink::Red);
}

#[test]
fn paragraphs_stand_two_characters_in_and_fill_22_lines_a_page() {
    let sheets = laid(&[Block::Paragraph(text(&"采".repeat(26 + 28 * 30)))]);
    assert_eq!(sheets.iter().map(|sheet| sheet.lines.len()).collect::<Vec<_>>(), [22, 9]);
    assert_eq!(place(&sheets[0].lines[0]), (0.0, 2.0));
    assert_eq!(place(&sheets[0].lines[21]), (21.0, 0.0));
    assert_eq!(place(&sheets[1].lines[0]), (0.0, 0.0));
    assert!(sheets.iter().flat_map(|sheet| &sheet.lines).all(|line| line.block == 0));
}

#[test]
fn an_attachment_begins_a_page_and_its_title_stands_a_line_below() {
    let blocks = [
        Block::Paragraph(text("正文。")),
        Block::Attachments(vec![text("工作制度"), text(&"登".repeat(30))]),
        Block::Attachment(text("附件 1")),
        Block::Title(text("工作制度")),
        Block::Paragraph(text("第一条")),
    ];
    let sheets = laid(&blocks);
    let first: Vec<_> = sheets[0].lines.iter().map(|line| (said(line), place(line))).collect();
    assert_eq!(first[1], ("附件：1. 工作制度".to_owned(), (2.0, 2.0)));
    assert_eq!(first[2].0, format!("2. {}", "登".repeat(21)));
    assert_eq!((first[2].1, first[3].1), ((3.0, 5.0), (4.0, 6.5)));
    let second: Vec<_> = sheets[1].lines.iter().map(|line| (said(line), place(line).0)).collect();
    assert_eq!(second[0], ("附件1".to_owned(), 0.0));
    assert_eq!(sheets[1].lines[0].glyphs[0].hand, Hand::Heading);
    assert_eq!(second[1..], [("工作制度".to_owned(), 2.0), ("第一条".to_owned(), 4.0)]);
}

#[test]
fn without_a_number_the_text_still_stands_on_the_grid() {
    let sheets =
        laid(&[Block::Issuer(text("示例局文件")), Block::Title(text("通知")), Block::Addressee(text("各部门："))]);
    let down: Vec<f64> = sheets[0].lines[1..].iter().map(|line| place(line).0).collect();
    assert_eq!(down, [6.0, 8.0]);
}

#[test]
fn a_single_attachment_has_no_number() {
    let sheets = laid(&[Block::Attachments(vec![text("登记表")])]);
    assert_eq!(said(&sheets[0].lines[0]), "附件：登记表");
}

#[test]
fn titles_are_broken_where_they_say_or_evenly_without_cutting_words() {
    let title = "市财政局关于建立大冶市政府采购专办员工作制度的通知";
    let lines = |title: &str| laid(&[Block::Title(text(title))])[0].lines.iter().map(said).collect::<Vec<_>>();
    assert_eq!(lines(title), ["市财政局关于建立大冶市", "政府采购专办员工作制度的通知"]);
    let said = "市财政局关于建立大冶市政府采购专办员\n工作制度的通知";
    assert_eq!(lines(said), ["市财政局关于建立大冶市政府采购专办员", "工作制度的通知"]);
    assert_eq!(lines("工作制度"), ["工作制度"]);
    let long = title.repeat(3);
    let broken = lines(&long);
    assert_eq!(broken.concat(), long);
    assert!(broken.len() == 4 && broken.iter().all(|line| line.chars().count() <= 20), "{broken:?}");
}

#[test]
fn a_heading_is_never_the_last_line_of_a_page_and_no_level_is_left_out() {
    let blocks = [
        Block::Paragraph(text(&"采".repeat(26 + 28 * 20))),
        Block::Heading2(text("（一）要求")),
        Block::Heading1(text("一、目的")),
    ];
    let sheets = laid(&blocks);
    assert_eq!((sheets[0].lines.len(), sheets[1].lines.len()), (21, 2));
    let level = |line: &Line| match line.kind {
        Kind::Heading(level) => level.get(),
        Kind::Text | Kind::Note => 0,
    };
    assert_eq!(sheets[1].lines.iter().map(level).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn notes_are_numbered_through_and_stand_at_the_end() {
    let noted = |text: &str, note: &str| {
        Block::Paragraph(vec![Run::Text(text.to_owned()), Run::Note(note.to_owned()), Run::Text("。".to_owned())])
    };
    let sheets = laid(&[noted("联络员", "编者注：即专办员。"), noted("本办法", "即本制度。")]);
    let all: Vec<String> = sheets[0].lines.iter().map(said).collect();
    assert_eq!(all, ["联络员[1]。", "本办法[2]。", NOTES_HEAD, "[1] 即专办员。", "[2] 即本制度。"]);
    assert_eq!(sheets[0].lines[3].kind, Kind::Note);
    assert!(sheets[0].lines[0].glyphs[3..6].iter().all(|glyph| glyph.is_mark && glyph.raise > 0.0));
}

#[test]
fn many_notes_go_on_over_the_page() {
    let note = Run::Note("注".repeat(300));
    let sheets = laid(&[Block::Paragraph(vec![note; 20])]);
    assert!(sheets.len() > 3);
    let lowest = sheets.iter().flat_map(|sheet| &sheet.lines).map(|line| line.middle).fold(0.0, f64::max);
    assert!(lowest < points(TOP + TYPE_HEIGHT), "{lowest}");
}

#[test]
fn nothing_is_a_page_and_an_attachment_alone_is_no_second_one() {
    assert_eq!(laid(&[]).len(), 1);
    assert_eq!(laid(&[Block::Attachment(text("附件1")), Block::Title(text("工作制度"))]).len(), 1);
}
