//! Puts into a document what docx-rs has no words for: title, language, fonts with their stand-ins, and the table's
//! name and description for those who hear it read out.

use docx_rs::XMLDocx;

use crate::form::FormSpec;

/// Values and foot line.
pub(super) const BODY_FONT: &str = "仿宋";
/// Labels.
pub(super) const LABEL_FONT: &str = "黑体";
/// The title.
pub(super) const TITLE_FONT: &str = "方正小标宋简体";
/// Digits and mail addresses.
pub(super) const LATIN_FONT: &str = "Times New Roman";

/// Each font with the names its kin go by on other systems, best first, and its family.
const FONTS: [(&str, &str, &str); 4] = [
    (BODY_FONT, "仿宋_GB2312,FangSong,FangSong_GB2312,华文仿宋,STFangsong", "modern"),
    (LABEL_FONT, "SimHei,华文黑体,STHeiti", "swiss"),
    (TITLE_FONT, "方正小标宋_GBK,小标宋,FZXiaoBiaoSong-B05S,宋体,SimSun", "roman"),
    (LATIN_FONT, "Liberation Serif", "roman"),
];

/// Whoever hears the table read out is told what is where.
const DESCRIPTION: &str = "左侧为栏目名称，右侧为填写内容。";

/// The document as docx-rs built it, completed.
pub(super) fn finish(mut document: XMLDocx, spec: &FormSpec) -> Result<XMLDocx, String> {
    let language = r#"<w:lang w:val="zh-CN" w:eastAsia="zh-CN" w:bidi="ar-SA"/>"#;
    insert(&mut document.styles, "</w:rPr></w:rPrDefault>", language)?;
    insert(&mut document.document, "</w:tblPr>", &table_words(&spec.title))?;
    document.font_table = font_table().into_bytes();
    document.doc_props.core = core(spec).into_bytes();
    Ok(document)
}

/// Puts an addition before the first place where `mark` stands.
fn insert(part: &mut Vec<u8>, mark: &str, addition: &str) -> Result<(), String> {
    let at = part.windows(mark.len()).position(|window| window == mark.as_bytes());
    let at = at.ok_or_else(|| format!("docx-rs wrote no `{mark}`"))?;
    part.splice(at..at, addition.bytes());
    Ok(())
}

/// The first column heads its rows; the table has a name and a description.
fn table_words(title: &str) -> String {
    format!(
        concat!(
            r#"<w:tblLook w:val="0680" w:firstRow="0" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" "#,
            r#"w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val="{}"/><w:tblDescription w:val="{}"/>"#
        ),
        escape(title),
        DESCRIPTION
    )
}

fn font_table() -> String {
    let font = |(name, kin, family): (&str, &str, &str)| {
        let charset = if name == LATIN_FONT { "00" } else { "86" };
        format!(
            concat!(
                r#"<w:font w:name="{}"><w:altName w:val="{}"/><w:charset w:val="{}"/>"#,
                r#"<w:family w:val="{}"/><w:pitch w:val="variable"/></w:font>"#
            ),
            name, kin, charset, family
        )
    };
    let fonts: String = FONTS.into_iter().map(font).collect();
    let space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    format!(r#"{DECLARATION}<w:fonts xmlns:w="{space}">{fonts}</w:fonts>"#)
}

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

/// Title, language and version. No author and no times: they would be made up.
fn core(spec: &FormSpec) -> String {
    format!(
        concat!(
            r#"{}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" "#,
            r#"xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier>{}@{}</dc:identifier><dc:language>zh-CN"#,
            r#"</dc:language><dc:title>{}</dc:title><cp:version>{}</cp:version></cp:coreProperties>"#
        ),
        DECLARATION,
        escape(&spec.id),
        spec.version,
        escape(&spec.title),
        spec.version
    )
}

fn escape(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_addition_stands_before_the_first_mark_and_a_missing_mark_is_told() {
        let mut part = b"<a></b><c></b>".to_vec();
        assert_eq!(insert(&mut part, "</b>", "x"), Ok(()));
        assert_eq!(part, b"<a>x</b><c></b>");
        assert!(insert(&mut part, "</d>", "x").is_err_and(|e| e.contains("</d>")));
    }

    #[test]
    fn a_title_is_escaped_where_it_is_an_attribute() {
        assert!(table_words(r#"甲"<乙>"#).contains(r#"w:val="甲&quot;&lt;乙&gt;""#));
    }
}
