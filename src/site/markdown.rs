//! Markdown to HTML. The parser is pulldown-cmark; the writing is ours, because raw HTML must not pass, every link is
//! checked, official documents have numbered paragraphs, and tables and notes must be usable by everyone.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{
    Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use crate::report::{Diagnostic, Place, Said};
use crate::said;

use super::anchors::{self, Numbering};
use super::cjk;
use super::links::{Reference, Resolved};
use super::notes::Notes;
use super::page::Page;

/// A page's Markdown as HTML.
#[derive(Debug, Default)]
pub struct Rendered {
    /// What stands above the title of an official document: issuer, number, 附件.
    pub head: String,
    /// The body.
    pub body: String,
    /// Headings and articles in order.
    pub toc: Vec<Entry>,
    /// Links that lead inside the site.
    pub references: Vec<Reference>,
    /// Everything wrong.
    pub faults: Vec<Diagnostic>,
}

/// A line of the table of contents.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// The id it leads to.
    pub id: String,
    /// The number of an article, empty for a heading.
    pub number: String,
    /// The heading, or how the article begins.
    pub title: String,
    /// 2 or 3.
    pub level: u8,
}

/// Renders a page. `resolve` turns the address of a link into what is published, or says what is wrong with it.
pub fn render(page: &Page, resolve: &dyn Fn(&str) -> Result<Resolved, Said>) -> Rendered {
    let body = cjk::mark_emphasis(&page.text[page.body_at..]);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST;
    let events = TextMergeWithOffset::new(Parser::new_ext(&body, options).into_offset_iter()).collect();
    let mut writer = Writer {
        page,
        marked: &body,
        resolve,
        events,
        at: 0,
        out: Rendered::default(),
        html: String::new(),
        numbering: Numbering::default(),
        ids: RESERVED.iter().map(|id| id.to_string()).collect(),
        notes: Notes::default(),
        outer: Vec::new(),
        depth: 0,
        opening: true,
        label: None,
        table: Table::default(),
        heading: String::new(),
        last: None,
    };
    writer.run();
    writer.finish()
}

/// Ids the templates and the notes use.
const RESERVED: &[&str] = &["main", "menu", "toc", "notes", "office-contact"];

/// Escapes text for element content and attribute values.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            cjk::MARK => {}
            _ => out.push(c),
        }
    }
    out
}

struct Writer<'a> {
    page: &'a Page,
    /// The body with emphasis marks; places are counted in it.
    marked: &'a str,
    resolve: &'a dyn Fn(&str) -> Result<Resolved, Said>,
    events: Vec<(Event<'a>, Range<usize>)>,
    at: usize,
    out: Rendered,
    html: String,
    numbering: Numbering,
    ids: BTreeSet<String>,
    notes: Notes,
    /// What was written before the note that is being written.
    outer: Vec<String>,
    /// How many blocks (list, quote, note, table) we are in.
    depth: usize,
    /// Whether only the head of an official document was seen so far.
    opening: bool,
    /// The number that begins the current paragraph: its link and its length.
    label: Option<(String, usize)>,
    table: Table,
    /// The text of the last heading, which names a table without a caption.
    heading: String,
    /// The last character of text written, to judge line breaks by.
    last: Option<char>,
}

#[derive(Default)]
struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    in_head: bool,
}

impl<'a> Writer<'a> {
    fn run(&mut self) {
        while self.at < self.events.len() {
            let (event, range) = self.events[self.at].clone();
            self.at += 1;
            self.event(event, range);
        }
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => {
                self.last = code.chars().next_back();
                self.html += &format!("<code>{}</code>", escape(&code));
            }
            Event::Html(html) | Event::InlineHtml(html) => self.raw_html(&html, range),
            Event::FootnoteReference(label) => self.note_reference(&label),
            Event::SoftBreak => {
                let next = next_text(&self.events[self.at..]).and_then(|t| t.chars().next());
                if cjk::break_is_space(self.last, next) {
                    self.html.push('\n');
                }
            }
            Event::HardBreak => self.html += "<br>\n",
            Event::Rule => self.html += "<hr>\n",
            // Not switched on in the options.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'a>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.paragraph(range),
            Tag::Heading { level, id, .. } => self.heading(level, id, range),
            Tag::BlockQuote(_) => self.open("<blockquote>\n"),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(info) => info.split_whitespace().next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                let class = if language.is_empty() {
                    String::new()
                } else {
                    format!(" class=\"language-{}\"", escape(language))
                };
                self.html += &format!("<pre><code{class}>");
            }
            Tag::List(Some(1)) => self.open("<ol>\n"),
            Tag::List(Some(first)) => self.open(&format!("<ol start=\"{first}\">\n")),
            Tag::List(None) => self.open("<ul>\n"),
            Tag::Item => self.html += "<li>",
            Tag::DefinitionList => self.open("<dl>\n"),
            Tag::DefinitionListTitle => self.html += "<dt>",
            Tag::DefinitionListDefinition => self.html += "<dd>",
            Tag::FootnoteDefinition(label) => self.open_note(&label, range),
            Tag::Table(alignments) => self.open_table(alignments),
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.column = 0;
                self.html += "<thead>\n<tr>";
            }
            Tag::TableRow => {
                self.table.column = 0;
                self.html += "<tr>";
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.html += "<em>",
            Tag::Strong => self.html += "<strong>",
            Tag::Strikethrough => self.html += "<del>",
            Tag::Link { link_type, dest_url, title, .. } => self.link(link_type, &dest_url, &title, range),
            Tag::Image { dest_url, title, .. } => self.image(&dest_url, &title, range),
            // Not switched on, or without a tag of their own.
            Tag::HtmlBlock | Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let close = match tag {
            TagEnd::Paragraph => return self.end_paragraph(),
            TagEnd::FootnoteDefinition => return self.close_note(),
            TagEnd::Heading(level) => format!("</{}>\n", level_tag(level)),
            TagEnd::BlockQuote(_) => return self.close("</blockquote>\n"),
            TagEnd::CodeBlock => "</code></pre>\n".to_owned(),
            TagEnd::List(true) => return self.close("</ol>\n"),
            TagEnd::List(false) => return self.close("</ul>\n"),
            TagEnd::Item => "</li>\n".to_owned(),
            TagEnd::DefinitionList => return self.close("</dl>\n"),
            TagEnd::DefinitionListTitle => "</dt>\n".to_owned(),
            TagEnd::DefinitionListDefinition => "</dd>\n".to_owned(),
            TagEnd::Table => return self.close("</tbody>\n</table>\n</section>\n"),
            TagEnd::TableHead => {
                self.table.in_head = false;
                "</tr>\n</thead>\n<tbody>\n".to_owned()
            }
            TagEnd::TableRow => "</tr>\n".to_owned(),
            TagEnd::TableCell => if self.table.in_head { "</th>" } else { "</td>" }.to_owned(),
            TagEnd::Emphasis => "</em>".to_owned(),
            TagEnd::Strong => "</strong>".to_owned(),
            TagEnd::Strikethrough => "</del>".to_owned(),
            TagEnd::Link => "</a>".to_owned(),
            TagEnd::Image | TagEnd::HtmlBlock | TagEnd::Superscript | TagEnd::Subscript | TagEnd::MetadataBlock(_) => {
                return;
            }
        };
        self.html += &close;
    }

    fn open(&mut self, tag: &str) {
        self.depth += 1;
        self.html += tag;
    }

    fn close(&mut self, tag: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.html += tag;
    }

    /// A paragraph; in an official document it may have a number, which is its address, or a place in the head.
    fn paragraph(&mut self, range: Range<usize>) {
        self.last = None;
        let text = self.inner_text(TagEnd::Paragraph);
        if self.depth > 0 || !self.page.anchors {
            self.html += "<p>";
            return;
        }
        if let Some(label) = self.numbering.label(&text) {
            self.opening = false;
            self.claim(&label.id, range);
            self.html +=
                &format!("<p id=\"{}\" class=\"{}\">", label.id, if label.listed { "article" } else { "item" });
            if label.listed {
                let (number, rest) = text.split_at(label.len);
                self.out.toc.push(Entry {
                    id: label.id.clone(),
                    number: number.to_owned(),
                    title: beginning(rest),
                    level: 2,
                });
            }
            self.label = Some((label.id, label.len));
            return;
        }
        let role = anchors::role(&text, self.opening);
        self.opening &= role.is_some_and(anchors::is_above_title);
        self.html += &role.map_or("<p>".to_owned(), |role| format!("<p class=\"{role}\">"));
    }

    fn end_paragraph(&mut self) {
        self.html += "</p>\n";
        self.label = None;
        let above = |html: &str| {
            let role = html.strip_prefix("<p class=\"").and_then(|rest| rest.split('"').next());
            role.is_some_and(anchors::is_above_title)
        };
        // The head ends with the first paragraph that does not belong above the title.
        if self.opening && self.depth == 0 && self.page.anchors && above(&self.html) {
            self.out.head += &std::mem::take(&mut self.html);
        }
    }

    fn heading(&mut self, level: HeadingLevel, id: Option<CowStr<'a>>, range: Range<usize>) {
        self.last = None;
        self.opening = false;
        self.numbering = Numbering::default();
        if level == HeadingLevel::H1 {
            let message = "the title in the front matter is the page's only first heading; begin with `##`";
            self.fault(range.clone(), said!("{message}", "一级标题只能是说明中的 title，正文标题请从 ## 开始"));
        }
        let text = self.inner_text(TagEnd::Heading(level));
        let id = match id {
            Some(id) => {
                let id = cjk::unmark(&id);
                self.claim(&id, range);
                id
            }
            None => self.free_id(&text),
        };
        self.html += &format!("<{} id=\"{}\">", level_tag(level), escape(&id));
        if level <= HeadingLevel::H3 {
            let level = if level == HeadingLevel::H3 { 3 } else { 2 };
            self.out.toc.push(Entry { id, number: String::new(), title: text.clone(), level });
        }
        self.heading = text;
    }

    /// Takes an id that the author or the numbering chose; a second use is a fault.
    fn claim(&mut self, id: &str, range: Range<usize>) {
        if !self.ids.insert(id.to_owned()) {
            self.fault(range, said!("anchor `{id}` is used twice on this page", "锚点 `{id}` 在本页使用了两次"));
        }
    }

    /// An id made from a heading: its letters and digits.
    fn free_id(&mut self, text: &str) -> String {
        let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let base = words.join("-").to_lowercase();
        let base = if base.is_empty() { "section".to_owned() } else { base };
        let mut id = base.clone();
        let mut n = 2;
        while !self.ids.insert(id.clone()) {
            id = format!("{base}-{n}");
            n += 1;
        }
        id
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if let Some(at) = text.find("[^") {
            let name: String = text[at + 2..].chars().take_while(|c| *c != ']').collect();
            self.fault(range, said!("there is no note `[^{name}]`", "没有注释 `[^{name}]` 的内容"));
        }
        self.last = text.chars().rfind(|c| *c != cjk::MARK).or(self.last);
        match self.label.take() {
            Some((id, len)) if text.len() >= len => {
                self.html += &format!("<a class=\"number\" href=\"#{id}\">{}</a>", escape(&text[..len]));
                self.html += &escape(&text[len..]);
            }
            _ => self.html += &escape(text),
        }
    }

    fn raw_html(&mut self, html: &str, range: Range<usize>) {
        let html = html.trim();
        // Comments are for the author.
        if !html.is_empty() && !html.starts_with("<!--") {
            let shown: String = cjk::unmark(html).chars().take(40).collect();
            self.fault(range, said!("raw HTML is not allowed in pages: `{shown}`", "页面中不能写 HTML：`{shown}`"));
        }
    }

    fn link(&mut self, kind: LinkType, url: &str, title: &str, range: Range<usize>) {
        let url = cjk::unmark(url);
        let url = if kind == LinkType::Email { format!("mailto:{url}") } else { url };
        let href = self.resolved(&url, range);
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape(title)) };
        self.html += &format!("<a href=\"{}\"{title}>", escape(&href));
    }

    fn image(&mut self, url: &str, title: &str, range: Range<usize>) {
        let alt = self.inner_text(TagEnd::Image);
        self.skip_to(TagEnd::Image);
        let src = self.resolved(&cjk::unmark(url), range);
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape(title)) };
        self.html += &format!("<img src=\"{}\" alt=\"{}\"{title}>", escape(&src), escape(&alt));
    }

    fn resolved(&mut self, url: &str, range: Range<usize>) -> String {
        match (self.resolve)(url) {
            Ok(Resolved { href, inside }) => {
                if let Some((output, fragment)) = inside {
                    let place = self.place(range.start);
                    self.out.references.push(Reference { path: self.page.path.clone(), place, output, fragment });
                }
                href
            }
            Err(message) => {
                self.fault(range, message);
                String::new()
            }
        }
    }

    fn note_reference(&mut self, label: &str) {
        let (number, id) = self.notes.refer(label);
        self.ids.insert(id.clone());
        self.html += &format!(
            "<sup class=\"note-ref\"><a id=\"{id}\" href=\"#note-{number}\" aria-label=\"编者注{number}\">[{number}]</a></sup>"
        );
    }

    fn open_note(&mut self, label: &str, range: Range<usize>) {
        self.notes.define(label, self.place(range.start));
        self.outer.push(std::mem::take(&mut self.html));
        self.depth += 1;
    }

    fn close_note(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        let outer = self.outer.pop().unwrap_or_default();
        let html = std::mem::replace(&mut self.html, outer);
        self.notes.fill(html);
    }

    /// A table in a region that scrolls by itself; its caption is a paragraph before it that begins with 表：, else the
    /// heading above it, which only screen readers need.
    fn open_table(&mut self, alignments: Vec<Alignment>) {
        self.table = Table { alignments, column: 0, in_head: true };
        let (class, caption) = match self.take_caption() {
            Some(caption) => ("", caption),
            None if self.heading.is_empty() => (" class=\"unseen\"", self.page.title.clone()),
            None => (" class=\"unseen\"", self.heading.clone()),
        };
        let caption = escape(&caption);
        self.open(&format!(
            "<section class=\"scroll\" tabindex=\"0\" aria-label=\"{caption}\">\n<table>\n<caption{class}>{caption}</caption>\n"
        ));
    }

    /// Takes back the paragraph just written if it is the caption.
    fn take_caption(&mut self) -> Option<String> {
        let start = self.html.rfind("<p>表：")?;
        let text = self.html[start..].strip_prefix("<p>表：")?.strip_suffix("</p>\n")?;
        let caption = (!text.contains('<')).then(|| text.to_owned())?;
        self.html.truncate(start);
        Some(caption.replace("&amp;", "&").replace("&quot;", "\"").replace("&#39;", "'"))
    }

    fn cell(&mut self) {
        let align = match self.table.alignments.get(self.table.column) {
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Left | Alignment::None) | None => "",
        };
        self.table.column += 1;
        self.html += &if self.table.in_head { format!("<th scope=\"col\"{align}>") } else { format!("<td{align}>") };
    }

    /// The text between here and an end tag, without markup and notes.
    fn inner_text(&self, end: TagEnd) -> String {
        let mut text = String::new();
        for (event, _) in &self.events[self.at..] {
            match event {
                Event::End(tag) if *tag == end => break,
                Event::Text(t) | Event::Code(t) => text += t,
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                _ => {}
            }
        }
        cjk::unmark(&text)
    }

    fn skip_to(&mut self, end: TagEnd) {
        while self.at < self.events.len() && self.events[self.at].0 != Event::End(end) {
            self.at += 1;
        }
    }

    fn place(&self, offset: usize) -> Place {
        // Lines are those of the file; columns without the marks put in before parsing.
        let before = cjk::unmark(&self.marked[..offset]);
        let text = &self.page.text;
        Place::of_offset(text, self.page.body_at + before.len())
    }

    fn fault(&mut self, range: Range<usize>, message: Said) {
        self.out.faults.push(Diagnostic::at(&self.page.path, self.place(range.start), message));
    }

    fn finish(mut self) -> Rendered {
        let notes = std::mem::take(&mut self.notes);
        for (label, place) in notes.unused() {
            let message = said!("no text refers to the note `[^{label}]`", "正文没有引用注释 `[^{label}]`");
            self.out.faults.push(Diagnostic::at(&self.page.path, place, message));
        }
        self.html += &notes.section();
        self.out.body = self.html;
        self.out
    }
}

fn next_text<'e>(events: &'e [(Event<'_>, Range<usize>)]) -> Option<&'e str> {
    events.iter().find_map(|(event, _)| match event {
        Event::Text(text) | Event::Code(text) => Some(text.trim_start_matches(cjk::MARK)),
        _ => None,
    })
}

fn level_tag(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "h1",
        HeadingLevel::H2 => "h2",
        HeadingLevel::H3 => "h3",
        HeadingLevel::H4 => "h4",
        HeadingLevel::H5 => "h5",
        HeadingLevel::H6 => "h6",
    }
}

/// How an article begins: its first clause, at most this many characters.
const BEGINNING: usize = 16;

fn beginning(text: &str) -> String {
    let text = text.trim();
    let clause: String = text.chars().take_while(|c| !"，。；：（".contains(*c)).collect();
    match clause.char_indices().nth(BEGINNING) {
        Some((cut, _)) => format!("{}…", &clause[..cut]),
        None => clause,
    }
}

#[cfg(test)]
mod tests;
