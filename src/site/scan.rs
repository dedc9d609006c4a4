//! Finds ids and links in rendered HTML. Our text and attribute values escape `"`, so a quoted attribute can only stand
//! in a tag.

/// The values of an attribute, in order.
pub fn values<'h>(html: &'h str, attribute: &str) -> impl Iterator<Item = &'h str> {
    let opening = format!(" {attribute}=\"");
    let mut rest = html;
    std::iter::from_fn(move || {
        let start = rest.find(&opening)? + opening.len();
        let (value, after) = rest[start..].split_once('"')?;
        rest = after;
        Some(value)
    })
}

/// Every address a page leads to or loads.
pub fn links(html: &str) -> Vec<String> {
    values(html, "href").chain(values(html, "src")).map(|link| link.replace("&amp;", "&")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_order() {
        let html = "<a id=\"x\" href=\"a?b&amp;c\">href=\"</a><img src=\"i.png\"><p id=\"y\">";
        assert_eq!(values(html, "id").collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(links(html), ["a?b&c", "i.png"]);
    }
}
