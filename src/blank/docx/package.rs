//! Packs the document with the parts around it: title and language, fonts with their stand-ins, settings.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::style::LATIN_FONT;
use super::{DECLARATION, escape};
use crate::blank::text::{BODY_FONT, LABEL_FONT, TITLE_FONT};
use crate::form::FormSpec;

/// Each font with the names its kin go by on other systems, best first, and its family.
const FONTS: [(&str, &str, &str); 4] = [
    (BODY_FONT, "仿宋_GB2312,FangSong,FangSong_GB2312,华文仿宋,STFangsong", "modern"),
    (LABEL_FONT, "SimHei,华文黑体,STHeiti", "swiss"),
    (TITLE_FONT, "方正小标宋_GBK,小标宋,FZXiaoBiaoSong-B05S,宋体,SimSun", "roman"),
    (LATIN_FONT, "Liberation Serif", "roman"),
];

/// The footer's name among the document's relations.
pub(super) const FOOTER: &str = "rIdFooter1";
/// The mark's name there.
pub(super) const MARK: &str = "rIdMark1";

/// The parts that differ from form to form.
pub(super) struct Parts {
    pub document: String,
    pub footer: String,
    pub styles: String,
    /// The mark as PNG.
    pub mark: Vec<u8>,
}

/// The parts that are the same for every form.
const CONTENT_TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Default Extension="png" ContentType="image/png"/>"#,
    r#"<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>"#,
    r#"<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>"#,
    r#"<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>"#,
    r#"<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>"#,
    r#"<Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/>"#,
    r#"<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>"#,
    "</Types>"
);
/// `compatibilityMode` 15 keeps Word from opening the form in its compatibility mode.
const SETTINGS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    r#"<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:compat>"#,
    r#"<w:balanceSingleByteDoubleByteWidth/><w:useFELayout/>"#,
    r#"<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>"#,
    r#"</w:compat><w:themeFontLang w:val="zh-CN" w:eastAsia="zh-CN"/></w:settings>"#
);
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The package: no parts but those the form needs, for Word may ask to repair a document because of empty ones.
pub(super) fn pack(spec: &FormSpec, parts: &Parts) -> Result<Vec<u8>, String> {
    let of_package = relations(&[
        ("rId1", &format!("{OFFICE}/officeDocument"), "word/document.xml"),
        (
            "rId2",
            "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
            "docProps/core.xml",
        ),
    ]);
    let of_document = relations(&[
        ("rId1", &format!("{OFFICE}/styles"), "styles.xml"),
        ("rId2", &format!("{OFFICE}/settings"), "settings.xml"),
        ("rId3", &format!("{OFFICE}/fontTable"), "fontTable.xml"),
        (FOOTER, &format!("{OFFICE}/footer"), "footer1.xml"),
        (MARK, &format!("{OFFICE}/image"), "media/mark.png"),
    ]);
    zipped(&[
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", of_package.as_bytes()),
        ("docProps/core.xml", core(spec).as_bytes()),
        ("word/document.xml", parts.document.as_bytes()),
        ("word/_rels/document.xml.rels", of_document.as_bytes()),
        ("word/styles.xml", parts.styles.as_bytes()),
        ("word/settings.xml", SETTINGS.as_bytes()),
        ("word/fontTable.xml", font_table().as_bytes()),
        ("word/footer1.xml", parts.footer.as_bytes()),
        ("word/media/mark.png", &parts.mark),
    ])
}

/// Every entry is dated 1980, the beginning of time for a zip.
fn zipped(parts: &[(&str, &[u8])]) -> Result<Vec<u8>, String> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let written = writer.start_file(*name, options.last_modified_time(DateTime::default()));
        written.map_err(|e| format!("cannot pack `{name}`: {e}"))?;
        writer.write_all(content).map_err(|e| format!("cannot pack `{name}`: {e}"))?;
    }
    Ok(writer.finish().map_err(|e| format!("cannot pack: {e}"))?.into_inner())
}

/// Which part needs which other part: id, type, target.
fn relations(parts: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(r#"<Relationship Id="{id}" Type="{kind}" Target="{target}"/>"#)
    };
    let all: String = parts.iter().map(one).collect();
    format!(r#"{DECLARATION}<Relationships xmlns="{PACKAGE}">{all}</Relationships>"#)
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
