//! The PDF passes the validator and holds what it was given.

use super::*;
use crate::blank::face::noto;

fn text(text: &str) -> Vec<Run> {
    vec![Run::Text(text.to_owned())]
}

fn notice() -> Vec<Block> {
    let note = Run::Note("编者注：原文如此。".to_owned());
    vec![
        Block::Issuer(text("示例市财政局文件")),
        Block::Number(text("示财〔2023〕1号")),
        Block::Title(text("关于建立政府采购专办员制度的通知")),
        Block::Addressee(text("市政府各部门：")),
        Block::Heading1(text("一、目的")),
        Block::Heading2(text("（一）要求")),
        Block::Paragraph(vec![Run::Lead("第一条".to_owned()), Run::Text("　为贯彻《政府采购法》".to_owned()), note]),
        Block::Attachments(vec![text("工作制度"), text("登记表")]),
        Block::Attachment(text("附件1")),
        Block::Title(text("工作制度")),
        Block::Paragraph(text(&"采购，".repeat(400))),
        Block::Item(1, text("姓名")),
    ]
}

#[test]
fn a_notice_passes_the_validator_and_is_the_same_bytes_again() {
    let write = || official("关于建立政府采购专办员制度的通知", &notice(), &noto()).expect("a document");
    let bytes = write();
    assert!(bytes == write());
    let has = |what: &str| bytes.windows(what.len()).any(|part| part == what.as_bytes());
    assert!(has("<pdfuaid:part>1</pdfuaid:part>") && has("关于建立政府采购专办员制度的通知</rdf:li>"));
    assert!(bytes.len() < 200_000);
}

#[test]
fn documents_of_nothing_and_of_empty_blocks_are_written_too() {
    official("空", &[], &noto()).expect("a document");
    let empty = [Block::Title(vec![]), Block::Paragraph(text("")), Block::Attachments(vec![]), Block::Number(vec![])];
    official("空", &empty, &noto()).expect("a document");
}

#[test]
fn a_character_no_font_has_is_told() {
    let error = official("题", &[Block::Paragraph(text("甲😀"))], &noto()).expect_err("cannot be printed");
    assert!(error.contains("U+1F600"), "{error}");
    let tab = official("题", &[Block::Paragraph(text("甲\t乙"))], &noto());
    assert!(tab.is_err_and(|e| e.contains("U+0009")));
}

#[test]
fn page_numbers_stand_at_the_outer_edge() {
    let fonts = noto();
    let faces = Faces::open(&fonts).expect("fonts");
    let (odd, even) = (number_line(&faces, 1), number_line(&faces, 2));
    assert_eq!(odd.run.iter().map(|(c, _)| c).collect::<String>(), "— 1 —");
    assert!(odd.x > points(LEFT + TYPE_WIDTH / 2.0) && even.x < points(LEFT + 10.0));
    assert_eq!(odd.middle, even.middle);
}
