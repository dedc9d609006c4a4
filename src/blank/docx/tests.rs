//! The document opens, says what it was given, and is the same every time.

use std::io::{Cursor, Read};

use super::*;
use crate::blank::tests::forms;

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut text = String::new();
    archive.by_name(name).expect(name).read_to_string(&mut text).expect("UTF-8");
    text
}

/// The document's paragraphs as a reader sees them.
fn paragraphs(bytes: &[u8]) -> Vec<String> {
    let xml = part(bytes, "word/document.xml");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut found = Vec::new();
    // A picture's place is text of the file, but none of the document.
    let mut is_number = false;
    loop {
        use quick_xml::events::Event;
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) if tag.name().as_ref() == "w:p" => found.push(String::new()),
            Event::Start(tag) => is_number = tag.name().as_ref() == "wp:posOffset",
            Event::End(_) => is_number = false,
            Event::Text(text) if !is_number => found.last_mut().expect("a paragraph").push_str(&text),
            Event::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                found.last_mut().expect("a paragraph").push_str(&quick_xml::escape::unescape(&entity).expect("known"));
            }
            Event::Eof => return found,
            _ => {}
        }
    }
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(id, value)| (id.to_string(), value.to_string())).collect()
}

#[test]
fn the_blank_form_holds_every_label_in_order() {
    for form in forms() {
        let seen = paragraphs(&docx(&form, &Values::new()).expect("a document"));
        let mut rest = seen.iter();
        assert_eq!(rest.next(), Some(&form.title));
        for cell in layout(&form).rows.iter().flat_map(|row| &row.cells).filter(|cell| !cell.text.is_empty()) {
            assert!(rest.any(|text| text.starts_with(&cell.text)), "{} in {seen:?}", cell.text);
        }
    }
}

#[test]
fn values_stand_in_their_cells_and_the_day_has_its_label() {
    let filled =
        values(&[("unit_name", "大冶市示例局"), ("date", "2023-07-10"), ("leader_name", "示例乙"), ("other", "不")]);
    let seen = paragraphs(&docx(&forms()[0], &filled).expect("a document"));
    let at = seen.iter().position(|text| text == "大冶市示例局").expect("the unit");
    assert_eq!(seen[at - 1..at + 3], ["单位名称（公章）", "大冶市示例局", "日期：2023年7月10日", "单位地址"]);
    assert!(seen.windows(2).any(|pair| pair == ["姓名", "示例乙"]));
    assert!(!seen.contains(&"不".to_owned()));
}

#[test]
fn whatever_is_written_comes_out_as_it_is() {
    let filled = values(&[("unit_name", "<&\"']]>😀\u{0}\u{b}·&amp;"), ("unit_address", "a\nb")]);
    let seen = paragraphs(&docx(&forms()[0], &filled).expect("a document"));
    assert!(seen.contains(&"<&\"']]>😀·&amp;".to_owned()), "{seen:?}");
    assert!(seen.contains(&"a b".to_owned()));
}

#[test]
fn the_same_form_is_the_same_bytes() {
    for form in forms() {
        assert_eq!(docx(&form, &Values::new()), docx(&form, &Values::new()));
    }
    let bytes = docx(&forms()[0], &Values::new()).expect("a document");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
    for at in 0..archive.len() {
        let file = archive.by_index(at).expect("an entry");
        assert!(file.last_modified().is_none_or(|time| time.year() == 1980), "{at}");
    }
}

#[test]
fn the_document_says_its_title_and_language_and_names_its_table() {
    let bytes = docx(&forms()[0], &Values::new()).expect("a document");
    assert!(part(&bytes, "docProps/core.xml").contains("<dc:title>大冶市政府采购专办员登记表</dc:title>"));
    assert!(part(&bytes, "word/styles.xml").contains(r#"w:eastAsia="zh-CN""#));
    assert!(part(&bytes, "word/fontTable.xml").contains("仿宋_GB2312"));
    assert!(part(&bytes, "word/document.xml").contains(r#"<w:tblCaption w:val="大冶市政府采购专办员登记表"/>"#));
    assert!(part(&bytes, "word/footer1.xml").contains("第1版"));
}

#[test]
fn merged_cells_fill_the_grid_of_every_row() {
    for form in forms() {
        let (layout, xml) =
            (layout(&form), part(&docx(&form, &Values::new()).expect("a document"), "word/document.xml"));
        for row in xml.split("<w:tr>").skip(1) {
            let spans = row.split("<w:gridSpan w:val=\"").skip(1);
            let wide: usize =
                spans.map(|rest| rest.split('"').next().and_then(|n| n.parse().ok()).unwrap_or(0) - 1).sum();
            assert_eq!(row.matches("<w:tc>").count() + wide, layout.edges.len() - 1, "{row}");
        }
    }
}

#[test]
fn every_part_is_declared_and_every_reference_has_its_part() {
    let bytes = docx(&forms()[0], &Values::new()).expect("a document");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
    let types = part(&bytes, "[Content_Types].xml");
    for at in 0..archive.len() {
        let name = archive.by_index(at).expect("an entry").name().expect("a name").into_owned();
        let by_ending = |(_, ending): (&str, &str)| types.contains(&format!("Extension=\"{ending}\""));
        let is_picture = name.ends_with(".png") && name.rsplit_once('.').is_some_and(by_ending);
        let known = is_picture
            || types.contains(&format!("PartName=\"/{name}\""))
            || name.ends_with(".rels")
            || name.starts_with('[');
        assert!(known, "{name} is not declared");
    }
    let relations = part(&bytes, "word/_rels/document.xml.rels");
    assert!(
        part(&bytes, "word/document.xml").contains(r#"r:id="rIdFooter1""#) && relations.contains(r#"Id="rIdFooter1""#)
    );
    assert!(part(&bytes, "word/document.xml").contains(r#"r:embed="rIdMark1""#) && relations.contains("rIdMark1"));
    for target in relations.split("Target=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        archive.by_name(&format!("word/{target}")).expect(target);
    }
}

/// The elements whose children have an order in ECMA-376, with the children a form has.
const ORDER: [(&str, &str); 8] = [
    ("w:style", "w:name w:basedOn w:qFormat w:pPr w:rPr"),
    ("w:pPr", "w:pStyle w:spacing w:ind w:jc w:outlineLvl"),
    ("w:rPr", "w:rFonts w:sz w:szCs w:lang"),
    ("w:tblPr", "w:tblW w:jc w:tblBorders w:tblLayout w:tblCellMar w:tblLook w:tblCaption w:tblDescription"),
    ("w:tcPr", "w:tcW w:gridSpan w:vMerge w:vAlign"),
    ("w:tbl", "w:tblPr w:tblGrid w:tr"),
    ("w:sectPr", "w:footerReference w:pgSz w:pgMar w:cols"),
    ("w:docDefaults", "w:rPrDefault w:pPrDefault"),
];

/// Every element with its children's names, in the order in which elements end.
fn families(xml: &str) -> Vec<(String, Vec<String>)> {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_str(xml);
    let (mut open, mut done) = (vec![(String::new(), Vec::new())], Vec::new());
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                open.last_mut().expect("a parent").1.push(name.clone());
                open.push((name, Vec::new()));
            }
            Event::Empty(tag) => open.last_mut().expect("a parent").1.push(tag.name().as_ref().to_owned()),
            Event::End(_) => done.extend(open.pop()),
            Event::Eof => return done,
            _ => {}
        }
    }
}

#[test]
fn properties_stand_in_the_order_of_the_schema() {
    for form in forms() {
        let bytes = docx(&form, &values(&[("unit", "甲"), ("note", "一\n二")])).expect("a document");
        for part_name in ["word/document.xml", "word/styles.xml", "word/footer1.xml"] {
            for (name, children) in families(&part(&bytes, part_name)) {
                let Some((_, order)) = ORDER.iter().find(|(known, _)| *known == name) else { continue };
                let place = |child: &String| order.split(' ').position(|known| known == child);
                let places: Vec<usize> = children.iter().map(|c| place(c).unwrap_or_else(|| panic!("{c}"))).collect();
                assert!(places.is_sorted(), "{name}: {children:?}");
            }
        }
    }
}

#[test]
fn the_mark_is_a_picture_that_says_which_form_it_is_and_stands_on_the_table() {
    let form = &forms()[0];
    let bytes = docx(form, &Values::new()).expect("a document");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).expect("a zip");
    let mut png = Vec::new();
    archive.by_name("word/media/mark.png").expect("a mark").read_to_end(&mut png).expect("readable");
    assert_eq!(png, qr::mark(form).expect("a mark").png(picture::SCALE).expect("a picture"));
    let xml = part(&bytes, "word/document.xml");
    assert!(xml.contains(r#"descr="标明表格名称和版本的二维码：大冶市政府采购专办员登记表第1版""#), "{xml}");
    let table = layout(form).table();
    let place = crate::blank::mark(&layout(form));
    assert!(place.bottom() < table.top && place.left >= layout(form).title.area.right());
}

#[test]
fn a_title_is_escaped_where_it_is_an_attribute() {
    assert!(table_properties(1.0, r#"甲"<乙>"#).contains(r#"w:val="甲&quot;&lt;乙&gt;""#));
}
