//! HTML: tables as grids, everything else as lines, parsed as browsers do.

use html5ever::tendril::TendrilSink;
use scraper::{ElementRef, Html, HtmlTreeSink, Node};

use super::Cell;
use super::grid::{Block, Slot, stack};
use crate::fault::Fault;

/// Bytes of HTML that are read: a mail with a long quoted history has a few hundred kB; the tree is ten times that.
const MOST_BYTES: usize = 4 << 20;
/// Elements inside each other that are walked. Deeper ones are left out; recursion needs an end.
const DEEPEST: usize = 400;
/// Elements inside each other where parsing ends. Generated mail reaches a few hundred.
const TOO_DEEP: usize = 2_000;
/// Elements and texts of one page. Twenty bytes of `<p>x</p>` behind a thousand unclosed `<b>` make a thousand elements.
const MOST_NODES: usize = 500_000;
/// Bytes given to the parser between two looks at how much it has made of them.
const PIECE: usize = 2_000;
/// Blanks outside quotes in one tag: each attribute has one, and the parser compares every two of them.
const MOST_BLANKS: usize = 2_000;

/// All cells of a page.
pub(super) fn cells(text: &str) -> Vec<Cell> {
    let page = parsed(shallow(&text[..text.floor_char_boundary(MOST_BYTES)]));
    let mut flow = Flow::default();
    flow.element(page.root_element(), 0);
    stack(&flow.finish())
}

/// What of a page is not read.
pub(super) fn left_out(text: &str) -> Option<Fault> {
    if text.len() > MOST_BYTES {
        let message = format!("网页超过 {} MB，其余未读取，请打开原件查看", MOST_BYTES >> 20);
        return Some(Fault::new("too-large", message));
    }
    let message = || format!("网页元素嵌套超过 {TOO_DEEP} 层，其余未读取，请打开原件查看");
    (shallow(text).len() < text.len()).then(|| Fault::new("too-deep", message()))
}

/// The tree of a page, up to where it grows out of all proportion.
fn parsed(mut text: &str) -> Html {
    let sink = HtmlTreeSink::new(Html::new_document());
    let mut parser = html5ever::parse_document(sink, html5ever::ParseOpts::default());
    while !text.is_empty() && parser.tokenizer.sink.sink.0.borrow().tree.values().len() < MOST_NODES {
        let (piece, rest) = text.split_at(text.ceil_char_boundary(PIECE));
        parser.process(piece.into());
        text = rest;
    }
    parser.finish()
}

/// The text up to where its elements stand too deep: the parser's work grows with the square of their depth.
fn shallow(text: &str) -> &str {
    let (mut depth, mut inside) = (0usize, 0);
    for (at, _) in text.match_indices('<') {
        let tag = &text.as_bytes()[at + 1..];
        match tag.first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            // A tag inside the quotes of another one is none.
            Some(first) if first.is_ascii_alphabetic() && at >= inside => {
                let Some(length) = tag_length(tag) else { return &text[..at] };
                inside = at + length;
                depth += usize::from(!closes_itself(tag));
            }
            _ => (),
        }
        if depth > TOO_DEEP {
            return &text[..at];
        }
    }
    text
}

/// How long a tag is; absent if it has more attributes than any tag a program writes.
fn tag_length(tag: &[u8]) -> Option<usize> {
    let (mut quote, mut blanks, mut last) = (None, 0, 0);
    for (at, byte) in tag.iter().enumerate() {
        match (quote, *byte) {
            (None, b'>') => return Some(at),
            // Elsewhere a quotation mark is part of a name.
            (None, b'"' | b'\'') if last == b'=' => quote = Some(*byte),
            (None, b' ' | b'\t' | b'\n' | b'\r' | b'/') => blanks += 1,
            (Some(open), byte) if byte == open => quote = None,
            _ => (),
        }
        if blanks > MOST_BLANKS {
            return None;
        }
        if !byte.is_ascii_whitespace() {
            last = *byte;
        }
    }
    Some(tag.len())
}

/// Elements without an end, or whose end may be left out.
fn closes_itself(tag: &[u8]) -> bool {
    const OPEN_ENDED: [&str; 23] = [
        "br", "p", "li", "td", "th", "tr", "img", "hr", "input", "meta", "link", "col", "dt", "dd", "option", "tbody",
        "thead", "tfoot", "colgroup", "area", "base", "wbr", "o:p",
    ];
    let name = tag.iter().take(10).take_while(|b| b.is_ascii_alphanumeric() || **b == b':');
    let name: String = name.map(|b| char::from(b.to_ascii_lowercase())).collect();
    OPEN_ENDED.contains(&name.as_str())
}

/// Blocks so far and the line being filled.
#[derive(Default)]
struct Flow {
    blocks: Vec<Block>,
    line: String,
    /// White space stands between the last word and the next.
    space: bool,
}

impl Flow {
    fn finish(mut self) -> Vec<Block> {
        self.end_line();
        self.blocks
    }

    /// An empty line matters nowhere.
    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.space = false;
        if !line.trim().is_empty() {
            self.blocks.push(Block::Text(line));
        }
    }

    fn children(&mut self, element: ElementRef<'_>, depth: usize) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) if is_preformatted(element) => self.verbatim(text),
                Node::Text(text) => self.words(text),
                Node::Element(_) => ElementRef::wrap(child).into_iter().for_each(|inner| self.element(inner, depth)),
                _ => (),
            }
        }
    }

    fn element(&mut self, element: ElementRef<'_>, depth: usize) {
        if depth > DEEPEST || is_hidden(element) {
            return;
        }
        match element.value().name() {
            "br" => self.end_line(),
            "table" => {
                self.end_line();
                let rows = rows(element, depth);
                self.blocks.push(Block::Table(rows));
            }
            name if is_block(name) => {
                self.end_line();
                self.children(element, depth + 1);
                self.end_line();
            }
            _ => self.children(element, depth + 1),
        }
    }

    /// White space is one space; a no-break space is a space the writer wanted.
    fn words(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c') {
                self.space = true;
                continue;
            }
            if std::mem::take(&mut self.space) && !self.line.is_empty() {
                self.line.push(' ');
            }
            self.line.push(if c == '\u{a0}' { ' ' } else { c });
        }
    }

    fn verbatim(&mut self, text: &str) {
        for (n, line) in text.split('\n').enumerate() {
            if n > 0 {
                self.end_line();
            }
            self.line.push_str(line.trim_end_matches('\r'));
        }
    }
}

/// The rows of a table, not those of tables inside it.
fn rows(table: ElementRef<'_>, depth: usize) -> Vec<Vec<Slot>> {
    let mut rows = Vec::new();
    for part in table.child_elements().filter(|part| !is_hidden(*part)) {
        match part.value().name() {
            "tr" => rows.push(row(part, depth)),
            "thead" | "tbody" | "tfoot" => {
                let own = part.child_elements().filter(|tr| tr.value().name() == "tr" && !is_hidden(*tr));
                rows.extend(own.map(|tr| row(tr, depth)));
            }
            "caption" => rows.push(vec![slot(part, depth)]),
            _ => (),
        }
    }
    rows
}

fn row(tr: ElementRef<'_>, depth: usize) -> Vec<Slot> {
    let cells = tr.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th"));
    cells.filter(|cell| !is_hidden(*cell)).map(|cell| slot(cell, depth)).collect()
}

fn slot(cell: ElementRef<'_>, depth: usize) -> Slot {
    let mut flow = Flow::default();
    flow.children(cell, depth + 3);
    let span = |name: &str| cell.value().attr(name).and_then(|v| v.trim().parse().ok()).unwrap_or(1);
    // rowspan="0" means: to the end of the table.
    let rows = match span("rowspan") {
        0 => usize::MAX,
        rows => rows,
    };
    Slot { blocks: flow.finish(), columns: span("colspan"), rows, gap: false }
}

fn is_hidden(element: ElementRef<'_>) -> bool {
    const UNSEEN: [&str; 8] = ["head", "script", "style", "template", "noscript", "title", "svg", "iframe"];
    let style = element.value().attr("style").unwrap_or_default();
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    UNSEEN.contains(&element.value().name())
        || element.value().attr("hidden").is_some()
        || style.contains("display:none")
}

fn is_preformatted(element: ElementRef<'_>) -> bool {
    matches!(element.value().name(), "pre" | "textarea")
}

fn is_block(name: &str) -> bool {
    const BLOCKS: [&str; 34] = [
        "html",
        "body",
        "p",
        "div",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "pre",
        "blockquote",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "address",
        "center",
        "fieldset",
        "form",
        "figure",
        "details",
        "option",
        "caption",
    ];
    BLOCKS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(html: &str) -> Vec<String> {
        cells(html).into_iter().map(|cell| cell.text).collect()
    }

    #[test]
    fn tables_and_lines_between_them() {
        let html = "<p>你好：</p><table><tr><td>单位&nbsp;名称<td>示例局</table><div>手机：194<br>邮箱：a&amp;b</div>";
        assert_eq!(texts(html), ["你好", "", "单位 名称", "示例局", "手机", "194", "邮箱", "a&b"]);
    }

    #[test]
    fn spans_are_honoured() {
        let all = cells("<table><tr><td rowspan=2>组<td>姓名<td>甲<tr><td>职务<td>乙</table>");
        assert_eq!((all[3].text.as_str(), all[3].at.left, all[3].at.top), ("职务", 1., 1.));
        assert_eq!(all[0].at.bottom, 2.);
    }

    #[test]
    fn layout_tables_are_flattened() {
        let html = "<table><tr><td>说明<table><tr><td>单位<td>示例局</table>落款</table>";
        assert_eq!(texts(html), ["说明", "单位", "示例局", "落款"]);
    }

    #[test]
    fn what_is_not_seen_is_not_read_and_quotes_are() {
        let html =
            "<style>x</style><span style='display : none'>隐</span><blockquote>姓名：示例甲</blockquote><!--c-->";
        assert_eq!(texts(html), ["姓名", "示例甲"]);
    }

    #[test]
    fn cells_keep_their_lines() {
        assert_eq!(texts("<table><tr><td>局<br>长<p>兼</p><td></table>"), ["局\n长\n兼", ""]);
    }

    #[test]
    fn a_page_that_grows_in_the_parser_ends() {
        let open: String = (0..900).map(|n| format!("<b id={n}>")).collect();
        let bomb = format!("姓名：示例甲<div>{open}</div>{}", "<p>x</p>".repeat(100_000));
        assert_eq!(texts(&bomb)[..2], ["姓名", "示例甲"]);
        let attributes: String = (0..300_000).map(|n| format!(" a{n}=1")).collect();
        assert_eq!(texts(&format!("姓名：示例甲<p{attributes}>")), ["姓名", "示例甲"]);
    }

    #[test]
    fn endless_nesting_ends() {
        cells(&"<div>".repeat(20_000));
        cells(&"<table><tr><td>".repeat(5_000));
    }
}
