//! A page of policy as an official document: its Markdown, the same that makes the web page, as blocks of
//! [`official`](crate::blank::official).

use std::collections::BTreeMap;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::blank::official::{Block, Run};
use crate::site::anchors;
use crate::site::page::Page;

/// The blocks of a page: what stands above the title, the title, the text, the attachments.
pub fn blocks(page: &Page) -> Vec<Block> {
    let text = page.text.get(page.body_at..).unwrap_or_default();
    let parts = parts(text);
    let mut blocks: Vec<Block> = Vec::new();
    let mut titled = false;
    for part in parts {
        let role = part.role(!titled);
        if !titled && !role.is_some_and(anchors::is_above_title) {
            blocks.push(Block::Title(vec![Run::Text(page.title_lines.join("\n"))]));
            titled = true;
        }
        let after_attachment = matches!(blocks.last(), Some(Block::Attachment(_))) && titled;
        blocks.push(part.block(role, after_attachment));
    }
    blocks
}

/// A paragraph, heading or list item of the Markdown.
#[derive(Debug, Default)]
struct Part {
    runs: Vec<Run>,
    /// Depth in lists, from 1; 0 outside of any.
    depth: u8,
    heading: bool,
}

impl Part {
    fn text(&self) -> String {
        let text = |run: &Run| match run {
            Run::Text(text) | Run::Lead(text) => text.clone(),
            Run::Note(_) => String::new(),
        };
        self.runs.iter().map(text).collect()
    }

    fn role(&self, opening: bool) -> Option<&'static str> {
        anchors::role(&self.text(), opening)
    }

    fn block(self, role: Option<&str>, after_attachment: bool) -> Block {
        match role {
            Some("issuer") => Block::Issuer(self.runs),
            Some("document-number") => Block::Number(self.runs),
            Some("annex-mark") => Block::Attachment(self.runs),
            Some("addressees") => Block::Addressee(self.runs),
            Some("annexes") => Block::Attachments(attachments(self.runs)),
            _ if after_attachment => Block::Title(self.runs),
            _ if self.heading => Block::Heading1(self.runs),
            _ if self.depth > 0 => Block::Item(self.depth - 1, self.runs),
            _ => Block::Paragraph(led(self.runs)),
        }
    }
}

/// 附件：1. 甲↵2. 乙 as one list of runs for each, without the word and the numbers, which the block sets itself.
fn attachments(runs: Vec<Run>) -> Vec<Vec<Run>> {
    let mut all: Vec<Vec<Run>> = vec![Vec::new()];
    for run in runs {
        let Run::Text(text) = run else {
            if let Some(last) = all.last_mut() {
                last.push(run);
            }
            continue;
        };
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                all.push(Vec::new());
            }
            let line = line.strip_prefix("附件：").unwrap_or(line).trim_start();
            let name = line.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', '．', ' ']);
            if let Some(last) = all.last_mut().filter(|_| !name.is_empty()) {
                last.push(Run::Text(name.to_owned()));
            }
        }
    }
    all.retain(|runs| !runs.is_empty());
    all
}

/// 第N条 at the head of a paragraph is set in 黑体.
fn led(mut runs: Vec<Run>) -> Vec<Run> {
    let Some(Run::Text(text)) = runs.first() else { return runs };
    let head = text.split_once(' ').map(|(head, _)| head).filter(|h| h.starts_with('第') && h.ends_with('条'));
    let Some(head) = head.map(str::to_owned) else { return runs };
    let rest = text[head.len()..].replace(' ', "\u{3000}");
    runs[0] = Run::Text(rest);
    runs.insert(0, Run::Lead(head));
    runs
}

/// Takes the Markdown apart; an editor's note becomes a run where it is referred to.
fn parts(text: &str) -> Vec<Part> {
    let events: Vec<Event<'_>> = Parser::new_ext(text, Options::ENABLE_FOOTNOTES).collect();
    let notes = notes(&events);
    let (mut parts, mut depth, mut in_note) = (Vec::new(), 0u8, false);
    let mut part = Part::default();
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(_)) => in_note = true,
            Event::End(TagEnd::FootnoteDefinition) => in_note = false,
            _ if in_note => {}
            Event::Start(Tag::List(_)) => {
                flush(&mut parts, &mut part);
                depth = depth.saturating_add(1);
            }
            Event::End(TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Heading { .. }) => part.heading = true,
            Event::Start(Tag::Item) => part.depth = depth,
            Event::Text(text) | Event::Code(text) => part.runs.push(Run::Text(text.into_string())),
            Event::HardBreak => part.runs.push(Run::Text("\n".to_owned())),
            Event::FootnoteReference(label) => part.runs.extend(notes.get(label.as_ref()).cloned().map(Run::Note)),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item) => flush(&mut parts, &mut part),
            _ => {}
        }
    }
    parts
}

fn flush(parts: &mut Vec<Part>, part: &mut Part) {
    let done = std::mem::take(part);
    if !done.runs.is_empty() {
        parts.push(Part { runs: merged(done.runs), ..done });
    }
}

/// Neighbouring texts as one.
fn merged(runs: Vec<Run>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for run in runs {
        match (out.last_mut(), run) {
            (Some(Run::Text(before)), Run::Text(text)) => before.push_str(&text),
            (_, run) => out.push(run),
        }
    }
    out
}

/// The text of each footnote by its label, without the word 编者注, which the block sets itself.
fn notes(events: &[Event<'_>]) -> BTreeMap<String, String> {
    let mut notes: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<String> = None;
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => current = Some(label.to_string()),
            Event::End(TagEnd::FootnoteDefinition) => current = None,
            Event::Text(text) => {
                if let Some(label) = &current {
                    notes.entry(label.clone()).or_default().push_str(text);
                }
            }
            _ => {}
        }
    }
    notes.values_mut().for_each(|note| *note = note.trim_start_matches("编者注：").to_owned());
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Page {
        let front = "---\ntitle: 关于甲的通知\n---\n";
        crate::site::page::parse("content/pages/notice.md", &format!("{front}{text}")).unwrap()
    }

    fn text(text: &str) -> Vec<Run> {
        vec![Run::Text(text.to_owned())]
    }

    #[test]
    fn the_parts_of_an_official_document_are_known() {
        let blocks = blocks(&page(
            "示例市财政局文件\n\n示财〔2023〕1号\n\n甲局，乙局：\n\n第一条 甲。[^a]\n\n附件：1. [丙](x.md)\\\n2\\. 丁\n\n## 附件 1\n\n丙\n\n- 戊\n  - 己\n\n[^a]: 编者注：原文如此。\n",
        ));
        assert_eq!(
            blocks,
            [
                Block::Issuer(text("示例市财政局文件")),
                Block::Number(text("示财〔2023〕1号")),
                Block::Title(text("关于甲的通知")),
                Block::Addressee(text("甲局，乙局：")),
                Block::Paragraph(vec![
                    Run::Lead("第一条".into()),
                    Run::Text("\u{3000}甲。".into()),
                    Run::Note("原文如此。".into())
                ]),
                Block::Attachments(vec![text("丙"), text("丁")]),
                Block::Attachment(text("附件 1")),
                Block::Title(text("丙")),
                Block::Item(0, text("戊")),
                Block::Item(1, text("己")),
            ]
        );
    }
}
