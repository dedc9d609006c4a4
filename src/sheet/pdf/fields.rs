//! Values typed into a PDF form (AcroForm): label and value side by side, for the reader that knows the labels.

use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Array, Dict, Name, String as Text};

use super::super::Cell;
use super::super::grid::cell;

/// Fields inside each other, and fields of one document. A form has a dozen.
const DEEPEST: usize = 8;
const MOST_FIELDS: usize = 2_000;
/// Characters of one value.
const LONGEST: usize = 10_000;

/// A cell for the group, the label and the value of each filled text or choice field; none if nothing is filled in.
pub(super) fn cells(document: &Pdf) -> Vec<Cell> {
    let root: Option<Dict<'_>> = document.xref().get(document.xref().root_id());
    let fields = root.and_then(|root| root.get::<Dict<'_>>("AcroForm")?.get::<Array<'_>>("Fields"));
    let mut found = Vec::new();
    for field in fields.iter().flat_map(|fields| fields.iter::<Dict<'_>>()) {
        walk(&field, "", 0, &mut found);
    }
    if found.iter().all(|field| field.value.is_empty()) {
        return Vec::new();
    }
    (0..).zip(&found).flat_map(|(row, field)| field.cells(row)).collect()
}

struct Field {
    group: String,
    label: String,
    value: String,
}

impl Field {
    fn cells(&self, row: usize) -> [Cell; 3] {
        let texts = [&self.group, &self.label, &self.value].map(String::clone);
        let mut column = 0;
        texts.map(|text| {
            column += 1;
            cell(text, (column - 1, row), (column, row + 1))
        })
    }
}

/// A field, or a group of fields that share its name and its value.
fn walk(field: &Dict<'_>, group: &str, depth: usize, found: &mut Vec<Field>) {
    if depth > DEEPEST || found.len() >= MOST_FIELDS {
        return;
    }
    let name = text_of(field, "TU").or_else(|| text_of(field, "T")).unwrap_or_default();
    let kids = field.get::<Array<'_>>("Kids");
    // Kids without a name of their own are only the places where the field is drawn.
    let named = |kid: &Dict<'_>| kid.contains_key("T");
    let kids: Vec<Dict<'_>> =
        kids.iter().flat_map(|kids| kids.iter::<Dict<'_>>()).filter(named).take(MOST_FIELDS).collect();
    if kids.is_empty() {
        found.push(Field { group: group.to_owned(), label: name, value: value(field) });
        return;
    }
    for kid in &kids {
        walk(kid, &name, depth + 1, found);
    }
}

/// A text, the choices taken, or the name of a box that is ticked.
fn value(field: &Dict<'_>) -> String {
    let choices = || {
        let list = field.get::<Array<'_>>("V")?;
        Some(list.iter::<Text<'_>>().take(100).map(|text| decoded(text.as_bytes())).collect::<Vec<_>>().join("、"))
    };
    let ticked = || {
        let name = field.get::<Name<'_>>("V")?;
        let name = decoded(name.as_ref());
        (name != "Off").then_some(name)
    };
    text_of(field, "V").or_else(choices).or_else(ticked).unwrap_or_default()
}

fn text_of(field: &Dict<'_>, key: &str) -> Option<String> {
    field.get::<Text<'_>>(key).map(|text| decoded(text.as_bytes()))
}

/// UTF-16 or UTF-8 by its mark, else UTF-8 or what Chinese programs write instead of it.
fn decoded(bytes: &[u8]) -> String {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned(),
        },
    };
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// A document of one page whose form has these fields.
    fn document(fields: &str) -> Pdf {
        let text = format!(
            "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{fields}]>>>>endobj\n\
             2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
             3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\n\
             4 0 obj<</T(unit)/TU<FEFF53554F4D>/V<FEFF5C40>>>endobj\n\
             5 0 obj<</T(loop)/Kids[5 0 R]>>endobj\ntrailer<</Root 1 0 R>>\n"
        );
        Pdf::new(Arc::new(text.into_bytes())).unwrap()
    }

    fn texts(fields: &str) -> Vec<String> {
        cells(&document(fields)).into_iter().map(|cell| cell.text).collect()
    }

    #[test]
    fn the_tooltip_is_the_label_and_text_is_decoded() {
        assert_eq!(texts("4 0 R"), ["", "单位", "局"]);
        assert_eq!(texts("<</T(name)/V(a\\rb)>>"), ["", "name", "a\nb"]);
        assert_eq!(texts("<</T(n)/V<B5C7>>>"), ["", "n", "登"]);
    }

    #[test]
    fn groups_choices_and_boxes() {
        let group = "<</T(officer)/Kids[<</T(name)/V(x)>><</T(post)/V[(a)(b)]>><</T(box)/V/Yes>>]>>";
        assert_eq!(texts(group), ["officer", "name", "x", "officer", "post", "a、b", "officer", "box", "Yes"]);
        assert_eq!(texts("<</T(n)/V(x)/Kids[<</Rect[0 0 1 1]>>]>>"), ["", "n", "x"]);
    }

    #[test]
    fn an_empty_form_and_a_group_inside_itself() {
        assert_eq!(texts("<</T(n)>><</T(box)/V/Off>>"), Vec::<String>::new());
        assert_eq!(texts("5 0 R 4 0 R").last().unwrap(), "局");
    }
}
