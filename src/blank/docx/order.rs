//! Puts the XML of docx-rs into the order of the schema (ECMA-376). The library writes properties in an order of its own;
//! LibreOffice does not mind, Word may call such a document damaged (bokuweb/docx-rs issue 724).

use quick_xml::Reader;
use quick_xml::events::Event;

/// The elements whose children have an order, with as many of their children as a form has.
const ORDER: [(&str, &[&str]); 7] = [
    ("w:style", &["w:name", "w:basedOn", "w:qFormat", "w:pPr", "w:rPr"]),
    ("w:pPr", &["w:pStyle", "w:spacing", "w:jc", "w:outlineLvl"]),
    ("w:rPr", &["w:rFonts", "w:sz", "w:szCs", "w:lang"]),
    (
        "w:tblPr",
        &[
            "w:tblW",
            "w:jc",
            "w:tblBorders",
            "w:tblLayout",
            "w:tblCellMar",
            "w:tblLook",
            "w:tblCaption",
            "w:tblDescription",
        ],
    ),
    ("w:tcPr", &["w:tcW", "w:gridSpan", "w:vMerge", "w:vAlign"]),
    ("w:sectPr", &["w:footerReference", "w:pgSz", "w:pgMar", "w:cols"]),
    ("w:docDefaults", &["w:rPrDefault", "w:pPrDefault"]),
];

/// A child element, or text, as XML.
struct Child {
    /// Empty for text.
    name: String,
    xml: String,
}

/// The same document with every child in its place. A child without a place is an error, not a guess.
pub(super) fn in_order(xml: &str) -> Result<String, String> {
    let mut reader = Reader::from_str(xml);
    let children = children(&mut reader)?;
    Ok(children.into_iter().map(|child| child.xml).collect())
}

/// Reads up to the end of the element the reader is in.
fn children(reader: &mut Reader<&[u8]>) -> Result<Vec<Child>, String> {
    let mut found = Vec::new();
    loop {
        let (name, xml) = match reader.read_event().map_err(|e| format!("docx-rs wrote broken XML: {e}"))? {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                let inner: String = sorted(&name, children(reader)?)?.into_iter().map(|child| child.xml).collect();
                let xml = format!("<{}>{inner}</{name}>", &*tag);
                (name, xml)
            }
            // The width's unit, which a column of the grid cannot have.
            Event::Empty(tag) if tag.name().as_ref() == "w:gridCol" => {
                ("w:gridCol".to_owned(), format!("<{}/>", tag.replace(r#" w:type="dxa""#, "")))
            }
            Event::Empty(tag) => (tag.name().as_ref().to_owned(), format!("<{}/>", tag.trim_end())),
            Event::Decl(text) => (String::new(), format!("<?{}?>", &*text)),
            Event::Text(text) => (String::new(), text.to_string()),
            Event::GeneralRef(name) => (String::new(), format!("&{};", &*name)),
            Event::End(_) | Event::Eof => return Ok(found),
            other => return Err(format!("docx-rs wrote {other:?}")),
        };
        // Properties that say nothing; a style's paragraphs may not have them at all.
        if xml != "<w:rPr/>" {
            found.push(Child { name, xml });
        }
    }
}

fn sorted(parent: &str, mut children: Vec<Child>) -> Result<Vec<Child>, String> {
    let Some((_, order)) = ORDER.iter().find(|(name, _)| *name == parent) else { return Ok(children) };
    let place = |child: &Child| order.iter().position(|name| *name == child.name);
    if let Some(lost) = children.iter().find(|child| place(child).is_none()) {
        return Err(format!("`{}` in `{parent}` has no known place", lost.name));
    }
    children.sort_by_key(place);
    Ok(children)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_sorted_and_text_is_left_alone() {
        let xml = r#"<?xml version="1.0"?><w:p a="&quot;"><w:pPr><w:rPr /><w:jc w:val="x" /><w:pStyle w:val="y" /></w:pPr><w:r><w:t>甲&lt;乙&amp;&#xA; </w:t></w:r></w:p>"#;
        let ordered = r#"<?xml version="1.0"?><w:p a="&quot;"><w:pPr><w:pStyle w:val="y"/><w:jc w:val="x"/></w:pPr><w:r><w:t>甲&lt;乙&amp;&#xA; </w:t></w:r></w:p>"#;
        assert_eq!(in_order(xml).as_deref(), Ok(ordered));
    }

    #[test]
    fn a_child_without_a_place_is_told() {
        assert!(in_order("<w:pPr><w:odd/></w:pPr>").is_err_and(|e| e.contains("w:odd")));
    }
}
