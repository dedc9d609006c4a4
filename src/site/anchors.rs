//! Numbering of official documents: which paragraphs have an address of their own, and which belong to the head.
//!
//! 第七条 is `art-7`, （三） within it `art-7-3`, 一、 is `sec-1`; nothing is written into the Markdown for it.

/// The number a paragraph begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The id of the paragraph.
    pub id: String,
    /// How many bytes of the paragraph's text the number takes.
    pub len: usize,
    /// Whether it is listed in the table of contents: articles and sections are, items are not.
    pub listed: bool,
}

/// Reads the numbers of one document from top to bottom.
#[derive(Debug, Default)]
pub struct Numbering {
    article: Option<u32>,
}

impl Numbering {
    /// The number at the beginning of the next paragraph.
    pub fn label(&mut self, text: &str) -> Option<Label> {
        if let Some((n, len)) = between(text, "第", "条") {
            self.article = Some(n);
            return Some(Label { id: format!("art-{n}"), len, listed: true });
        }
        if let Some((n, len)) = between(text, "", "、") {
            self.article = None;
            return Some(Label { id: format!("sec-{n}"), len, listed: true });
        }
        let (n, len) = between(text, "（", "）").or_else(|| between(text, "(", ")"))?;
        self.article.map(|article| Label { id: format!("art-{article}-{n}"), len, listed: false })
    }
}

fn between(text: &str, open: &str, close: &str) -> Option<(u32, usize)> {
    let inner = text.strip_prefix(open)?;
    let (digits, _) = inner.split_once(close)?;
    Some((numeral(digits)?, open.len() + digits.len() + close.len()))
}

/// Reads 一 to 九百九十九 or ASCII digits.
fn numeral(text: &str) -> Option<u32> {
    if !text.is_empty() && text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (mut total, mut digit, mut any) = (0, 0, false);
    for c in text.chars() {
        match "〇一二三四五六七八九".chars().position(|d| d == c) {
            Some(value) => digit = value as u32,
            None => {
                let unit = if c == '十' {
                    10
                } else if c == '百' {
                    100
                } else {
                    return None;
                };
                total += digit.max(1) * unit;
                digit = 0;
            }
        }
        any = true;
    }
    any.then_some(total + digit).filter(|n| *n > 0)
}

/// What a paragraph is in an official document, as the class it is styled by.
pub fn role(text: &str, opening: bool) -> Option<&'static str> {
    let text = text.trim();
    let short = text.chars().count() <= 30;
    if opening && short && text.ends_with("文件") {
        Some("issuer")
    } else if opening && short && text.contains('〔') && text.ends_with('号') {
        Some("document-number")
    } else if is_annex_mark(text) {
        Some("annex-mark")
    } else if text.ends_with('：') && text.contains('，') && opening {
        Some("addressees")
    } else if text.starts_with("附件：") {
        Some("annexes")
    } else {
        None
    }
}

/// 附件 or 附件 1, alone.
fn is_annex_mark(text: &str) -> bool {
    text.strip_prefix("附件").is_some_and(|rest| rest.trim().is_empty() || numeral(rest.trim()).is_some())
}

/// Whether paragraphs of this role stand above the document's title.
pub fn is_above_title(role: &str) -> bool {
    matches!(role, "issuer" | "document-number" | "annex-mark")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numerals_are_read() {
        for (text, n) in
            [("一", 1), ("十", 10), ("十一", 11), ("二十", 20), ("九十九", 99), ("一百〇五", 105), ("12", 12)]
        {
            assert_eq!(numeral(text), Some(n), "{text}");
        }
        for text in ["", "甲", "1a", "〇"] {
            assert_eq!(numeral(text), None, "{text}");
        }
    }

    #[test]
    fn items_belong_to_the_article_before_them() {
        let mut numbering = Numbering::default();
        let ids: Vec<_> =
            ["（一）前", "第七条 应", "（一）甲；", "(二) 乙。", "第十一条 自", "一、总则", "(一) 无", "联系电话："]
                .iter()
                .map(|text| numbering.label(text).map(|l| l.id))
                .collect();
        let expected =
            [None, Some("art-7"), Some("art-7-1"), Some("art-7-2"), Some("art-11"), Some("sec-1"), None, None];
        assert_eq!(ids, expected.map(|id| id.map(str::to_owned)));
    }

    #[test]
    fn the_head_of_a_document_is_known() {
        assert_eq!(role("大冶市财政局文件", true), Some("issuer"));
        assert_eq!(role("冶财〔2023〕29号", true), Some("document-number"));
        assert_eq!(role("附件 1", false), Some("annex-mark"));
        assert_eq!(role("附件：1. 登记表", false), Some("annexes"));
        assert_eq!(role("高新区管委会，各乡镇人民政府：", true), Some("addressees"));
    }
}
