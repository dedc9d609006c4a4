//! Pages of the web as people write them: YAML front matter, then Markdown.

use crate::report::{Diagnostic, Place, Said};
use crate::said;
use crate::yaml::{self, Decoder, Entries, Node};

/// Where pages stand.
pub const FOLDER: &str = "content/pages/";

/// A page's source: its front matter, and where its Markdown is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The path below the root, `content/pages/rules.md`.
    pub path: String,
    /// The id, `rules`; also its address.
    pub id: String,
    /// The title.
    pub title: String,
    /// The title in the lines in which it is to be set; a break must not tear words apart.
    pub title_lines: Vec<String>,
    /// Its name in the main menu.
    pub menu: String,
    /// The template and the place where it is named.
    pub template: (Place, String),
    /// What it is about, in one sentence.
    pub description: Option<String>,
    /// Key words.
    pub keywords: Vec<String>,
    /// When it went on the web, `YYYY-MM-DD HH:MM`.
    pub published: Option<String>,
    /// Who it comes from.
    pub source: Option<String>,
    /// 栏目类别 of the page tags; follows from the template when absent.
    pub column_type: Option<String>,
    /// Whether it has a table of contents.
    pub toc: bool,
    /// Whether it is also offered as PDF after GB/T 9704-2012.
    pub pdf: bool,
    /// Whether articles, items and sections get addresses.
    pub anchors: bool,
    /// The form it is for, and the place where it is named.
    pub form: Option<(Place, String)>,
    /// The whole file.
    pub text: String,
    /// Where the Markdown begins in it, in bytes.
    pub body_at: usize,
}

const KEYS: &[&str] = &[
    "title",
    "title_lines",
    "menu",
    "template",
    "description",
    "keywords",
    "published",
    "source",
    "column_type",
    "toc",
    "pdf",
    "anchors",
    "form",
];

impl Page {
    /// The path of its output: `index.html` for the home page, else a folder of its own.
    pub fn output(&self) -> String {
        if self.is_home() { "index.html".to_owned() } else { format!("{}/index.html", self.id) }
    }

    /// The path of its PDF.
    pub fn pdf_path(&self) -> String {
        format!("downloads/{}.pdf", self.id)
    }

    /// Whether it is the home page.
    pub fn is_home(&self) -> bool {
        self.id == "index"
    }

    /// The path below [`FOLDER`], as links name it.
    pub fn file(&self) -> &str {
        self.path.strip_prefix(FOLDER).unwrap_or(&self.path)
    }
}

/// Parses a page; every fault of the front matter at once.
pub fn parse(path: &str, text: &str) -> Result<Page, Vec<Diagnostic>> {
    let id = page_id(path).map_err(|message| vec![Diagnostic::of_file(path, message)])?;
    let (front, body_at) = split(text).ok_or_else(|| vec![no_front_matter(path)])?;
    let node = yaml::parse(path, &front).map_err(|d| vec![d])?;
    let mut d = Decoder::new(path);
    let page = front_matter(&mut d, &node, path, id, text, body_at);
    d.finish(page)
}

/// The id of a page from its path; it becomes part of the address.
fn page_id(path: &str) -> Result<String, Said> {
    let id = path.strip_prefix(FOLDER).unwrap_or(path).strip_suffix(".md").unwrap_or(path);
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_/".contains(c);
    let id = id.strip_suffix("/index").unwrap_or(id);
    id.chars().all(good).then(|| id.to_owned()).ok_or_else(|| {
        said!(
            "the file name becomes the address and may hold only a-z, 0-9, `-` and `_`",
            "文件名即网址，只能含 a-z、0-9、- 和 _"
        )
    })
}

fn no_front_matter(path: &str) -> Diagnostic {
    let place = Place { line: 1, column: 1 };
    Diagnostic::at(
        path,
        place,
        said!("a page begins with front matter between two lines `---`", "页面应以两行 --- 之间的说明开头"),
    )
}

/// The front matter, with an empty line for its first `---` so that places agree, and where the body begins.
fn split(text: &str) -> Option<(String, usize)> {
    let rest = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"))?;
    let start = text.len() - rest.len();
    let mut at = start;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((format!("\n{}", &text[start..at]), at + line.len()));
        }
        at += line.len();
    }
    None
}

fn front_matter(d: &mut Decoder, node: &Node, path: &str, id: String, text: &str, body_at: usize) -> Option<Page> {
    let e = d.entries(node, KEYS);
    let title = d.required(&e, "title");
    let title_lines = title_lines(d, &e, title.as_deref());
    let default_template = if id == "index" { "home.html" } else { "page.html" };
    let template = d.text(&e, "template").unwrap_or_else(|| default_template.to_owned());
    let at = e.get("template").map_or(node.at, |node| node.at);
    Some(Page {
        title_lines,
        menu: d.text(&e, "menu").or_else(|| title.clone()).unwrap_or_default(),
        template: (at, template),
        description: d.text(&e, "description"),
        keywords: d.texts(e.get("keywords")),
        published: d.parsed(&e, "published", minute),
        source: d.text(&e, "source"),
        column_type: d.text(&e, "column_type"),
        toc: d.flag(&e, "toc"),
        pdf: d.flag(&e, "pdf"),
        anchors: d.parsed(&e, "anchors", anchors).is_some(),
        form: d.text(&e, "form").map(|form| (e.get("form").map_or(node.at, |node| node.at), form)),
        path: path.to_owned(),
        id,
        text: text.to_owned(),
        body_at,
        title: title?,
    })
}

/// The title's lines, which together must be the title; without them the title is one line.
fn title_lines(d: &mut Decoder, e: &Entries<'_>, title: Option<&str>) -> Vec<String> {
    let lines = d.texts(e.get("title_lines"));
    let Some(title) = title else { return lines };
    if lines.is_empty() {
        return vec![title.to_owned()];
    }
    if lines.concat() != title {
        let at = e.get("title_lines").map_or(Place::default(), |node| node.at);
        d.fault(at, said!("`title_lines` together must be the title", "title_lines 各行连起来应与 title 一致"));
    }
    lines
}

fn minute(text: &str) -> Result<String, Said> {
    let shape = |(i, c): (usize, char)| match i {
        4 | 7 => c == '-',
        10 => c == ' ',
        13 => c == ':',
        _ => c.is_ascii_digit(),
    };
    let good = text.len() == 16 && text.chars().enumerate().all(shape) && text.parse::<jiff::civil::DateTime>().is_ok();
    good.then(|| text.to_owned()).ok_or_else(|| {
        said!(
            "`{text}` is no time; write it like `2023-07-04 09:00`",
            "`{text}` 不是时间，应写成 2023-07-04 09:00 的形式"
        )
    })
}

fn anchors(text: &str) -> Result<(), Said> {
    (text == "articles")
        .then_some(())
        .ok_or_else(|| said!("`anchors` can only be `articles`", "anchors 只能是 articles"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_and_body_are_told_apart() {
        let text = "---\ntitle: 工作制度\ntoc: true\nanchors: articles\n---\n\n第一条\n";
        let page = parse("content/pages/rules.md", text).unwrap();
        assert_eq!(
            (page.id.as_str(), page.menu.as_str(), page.output().as_str()),
            ("rules", "工作制度", "rules/index.html")
        );
        assert!(page.toc && page.anchors);
        assert_eq!(&text[page.body_at..], "\n第一条\n");
    }

    #[test]
    fn faults_are_located_in_the_file() {
        let text = "---\ntitel: x\npublished: 2023-13-01 09:00\nanchors: all\n---\n";
        let faults: Vec<_> = parse("content/pages/a.md", text).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            faults,
            [
                "content/pages/a.md:2:1: unknown key `titel`; did you mean `title`?",
                "content/pages/a.md:2:1: missing key `title`",
                "content/pages/a.md:3:12: `2023-13-01 09:00` is no time; write it like `2023-07-04 09:00`",
                "content/pages/a.md:4:10: `anchors` can only be `articles`",
            ]
        );
    }

    #[test]
    fn title_lines_are_the_title() {
        let page = |lines: &str| parse("content/pages/a.md", &format!("---\ntitle: 甲乙\ntitle_lines: {lines}\n---\n"));
        assert_eq!(page("[甲, 乙]").unwrap().title_lines, ["甲", "乙"]);
        assert_eq!(page("").unwrap().title_lines, ["甲乙"]);
        assert_eq!(page("[甲, 丙]").unwrap_err()[0].place, Place { line: 3, column: 14 });
    }

    #[test]
    fn a_page_needs_front_matter_and_a_plain_name() {
        assert!(parse("content/pages/a.md", "甲").unwrap_err()[0].message.en.contains("front matter"));
        assert!(parse("content/pages/a.md", "---\ntitle: x\n").unwrap_err()[0].message.en.contains("front matter"));
        assert!(parse("content/pages/甲.md", "").unwrap_err()[0].message.en.contains("file name"));
    }
}
