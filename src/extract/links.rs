//! 超大附件: attachments that are only links which expire. They are no MIME parts but HTML, and cannot be taken in.

/// Paths of the download pages of QQ Mail and NetEase (MEASURED.md §2).
const PAGES: [&str; 4] = ["ftnExs_download", "/ftn/download", "large-attachment-download", "cloud-attachment-download"];

/// The texts of all such links in a mail body, with name, size and expiry as the provider wrote them.
pub fn expiring(body: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in body.split("<a ").skip(1) {
        let Some((attributes, rest)) = tag.split_once('>') else { continue };
        if PAGES.iter().any(|page| attributes.contains(page)) {
            let text = rest.split_once("</a").map_or(rest, |(text, _)| text);
            found.push(plain(text));
        }
    }
    let bare = body.contains("超大附件") || PAGES.iter().any(|page| body.contains(page));
    if found.is_empty() && bare {
        found.push("超大附件".to_owned());
    }
    found.retain(|text| !text.is_empty());
    found
}

/// Text without tags, blanks folded, at most as long as a reviewer will read.
fn plain(html: &str) -> String {
    let mut inside = false;
    let text: String = html
        .chars()
        .filter(|c| {
            match c {
                '<' => inside = true,
                '>' if inside => {
                    inside = false;
                    return false;
                }
                _ => {}
            }
            !inside
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_size_and_expiry_are_kept() {
        let body = r#"<p>x</p><a href="https://mail.qq.com/cgi-bin/ftnExs_download?k=1"><b>表.zip</b> (86.2M, 2023年8月1日 到期)</a>"#;
        assert_eq!(expiring(body), ["表.zip (86.2M, 2023年8月1日 到期)"]);
    }

    #[test]
    fn ordinary_links_are_none() {
        assert!(expiring(r#"<a href="https://example.com/">表.zip</a>"#).is_empty());
    }
}
