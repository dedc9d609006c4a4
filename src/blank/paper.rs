//! Puts text and rules on pages and writes them as a tagged PDF that krilla's validator passes as PDF/UA-1.
//!
//! A page is planned in points from its top left corner. Every text is either content, which has its place in the tag
//! tree, or an artifact such as a page number. No times and no ids from outside: the same pages are the same bytes.

mod draw;

use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::geom::Point;
use krilla::metadata::Metadata;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{ArtifactType, Identifier, Node, TagGroup, TagKind, TagTree};
use krilla::{Document, SerializeSettings};

use super::PAGE;
use super::face::{Faces, Hand};
use super::qr::Symbol;
use super::text::MM_PER_POINT;

/// Colour of text and rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ink {
    #[default]
    Black,
    Red,
}

/// A line of text on the page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Text {
    /// The left end.
    pub x: f64,
    /// The middle of the line's height.
    pub middle: f64,
    pub size: f64,
    pub hand: Hand,
    pub heavy: bool,
    pub ink: Ink,
    /// The characters, each with how far it is to the next.
    pub run: Vec<(char, f64)>,
}

/// A straight rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub from: (f64, f64),
    pub to: (f64, f64),
    pub width: f64,
    pub ink: Ink,
}

/// What stands on a page: content with its number in the tag tree, or artifacts.
enum Mark {
    Content(usize, Text),
    Artifact(ArtifactType, Text),
    Rule(Rule),
    Code(Code),
}

/// A QR symbol: which, and where its top left module begins.
pub(super) struct Code {
    pub symbol: Symbol,
    pub at: (f64, f64),
    /// The side of a module.
    pub module: f64,
}

/// A branch or leaf of the tag tree.
pub(super) enum Element {
    Group(TagKind, Vec<Element>),
    Leaf(usize),
}

impl Element {
    pub(super) fn group(tag: impl Into<TagKind>, children: Vec<Element>) -> Element {
        Element::Group(tag.into(), children)
    }
}

/// A document in the making.
pub(super) struct Paper<'a> {
    faces: &'a Faces<'a>,
    pages: Vec<Vec<Mark>>,
    leaves: usize,
}

impl<'a> Paper<'a> {
    pub(super) fn new(faces: &'a Faces<'a>) -> Paper<'a> {
        Paper { faces, pages: Vec::new(), leaves: 0 }
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Vec::new());
    }

    fn mark(&mut self, mark: Mark) {
        match self.pages.last_mut() {
            Some(page) => page.push(mark),
            None => self.pages.push(vec![mark]),
        }
    }

    /// Content, on the last page. What is returned must go into the tag tree once.
    pub(super) fn text(&mut self, text: Text) -> Element {
        self.leaves += 1;
        self.mark(Mark::Content(self.leaves - 1, text));
        Element::Leaf(self.leaves - 1)
    }

    /// What is not part of the text: a foot line, a page number.
    pub(super) fn artifact(&mut self, kind: ArtifactType, text: Text) {
        self.mark(Mark::Artifact(kind, text));
    }

    pub(super) fn rule(&mut self, rule: Rule) {
        self.mark(Mark::Rule(rule));
    }

    /// A QR symbol. What it says must stand on the page in words too.
    pub(super) fn code(&mut self, code: Code) {
        self.mark(Mark::Code(code));
    }

    /// The PDF. `outline` names places by the page's number from 0.
    pub(super) fn finish(
        self,
        title: &str,
        tags: Vec<Element>,
        outline: &[(String, usize)],
    ) -> Result<Vec<u8>, String> {
        let mut document = Document::new_with(settings()?);
        let mut leaves: Vec<Option<Identifier>> = vec![None; self.leaves];
        for page in &self.pages {
            let (width, height) = (points(PAGE.width), points(PAGE.height));
            let size = PageSettings::from_wh(width as f32, height as f32).ok_or("no page size")?;
            let mut sheet = document.start_page_with(size);
            let mut surface = sheet.surface();
            for mark in page {
                draw::draw(&mut surface, self.faces, mark, &mut leaves)?;
            }
            surface.finish();
            sheet.finish();
        }
        let mut tree = TagTree::new().with_lang(Some("zh-CN".to_owned()));
        for element in tags {
            tree.push(node(element, &mut leaves)?);
        }
        document.set_tag_tree(tree);
        document.set_outline(outline_of(outline));
        document.set_metadata(Metadata::new().title(title.to_owned()).language("zh-CN".to_owned()));
        document.finish().map_err(|e| format!("cannot write PDF: {e}: {e:?}"))
    }
}

/// PDF/UA-1: a document that its validator refuses is not written.
fn settings() -> Result<SerializeSettings, String> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = configuration.map_err(|e| format!("cannot write PDF/UA-1: {e:?}"))?;
    Ok(SerializeSettings { configuration, ..SerializeSettings::default() })
}

/// Told wherever a text is refused because no face has one of its characters.
pub(super) fn unprintable(c: char) -> String {
    format!("字体中没有字符“{}”（U+{:04X}），无法印刷", c.escape_debug(), u32::from(c))
}

fn node(element: Element, leaves: &mut [Option<Identifier>]) -> Result<Node, String> {
    match element {
        // The validator takes no identifier twice, and would not tell which one was.
        Element::Leaf(leaf) => match leaves.get_mut(leaf).and_then(Option::take) {
            Some(identifier) => Ok(identifier.into()),
            None => Err(format!("text {leaf} is not in the tag tree exactly once")),
        },
        Element::Group(tag, children) => {
            let children: Result<Vec<Node>, String> = children.into_iter().map(|child| node(child, leaves)).collect();
            Ok(TagGroup::with_children(tag, children?).into())
        }
    }
}

fn outline_of(places: &[(String, usize)]) -> Outline {
    let mut outline = Outline::new();
    for (text, page) in places {
        let top = krilla::destination::XyzDestination::new(*page, Point::from_xy(0.0, 0.0));
        outline.push_child(OutlineNode::new(text.clone(), top));
    }
    outline
}

/// Millimetres in points.
pub(super) fn points(mm: f64) -> f64 {
    mm / MM_PER_POINT
}
