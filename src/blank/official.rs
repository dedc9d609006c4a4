//! A notice and its rules as PDF after GB/T 9704-2012: red issuer line and rule, the standard's grid of 28 × 22
//! characters, attachments on pages of their own, page numbers — 1 —. Tagged and PDF/UA-1 like the forms.
//!
//! Free fonts stand in for the commercial ones the standard names: a Song face for 仿宋 and 楷体, thickened for 小标宋, a
//! Hei face for 黑体. So every page is marked [`MARK`]. What the text does not give, such as a date of issue or a
//! signature, is not made up; editor's notes stand at the end, numbered where they belong.
//!
//! `grid` breaks text into lines, `pages` puts the blocks on pages, [`official`] draws them.

mod grid;
mod pages;
mod title;

use std::num::NonZeroU16;

use krilla::tagging::{ArtifactType, Tag, TagKind};

use super::face::{Faces, Fonts, Hand};
use super::paper::{Element, Ink, Paper, Text, points, unprintable};
use grid::{Glyph, LEFT, PITCH, TOP, TYPE_HEIGHT, TYPE_WIDTH};
use pages::{Kind, Sheet};

/// Stands on every page.
pub const MARK: &str = "网络版，以印发文件为准";

/// Page numbers: 四号, 7 mm below the type area, one character in from the outer edge.
const NUMBER_SIZE: f64 = 14.0;
const NUMBER_BELOW: f64 = 7.0;
/// The mark: 小五, in the upper margin.
const MARK_SIZE: f64 = 9.0;
const MARK_TOP: f64 = 20.0;

/// A part of an official document, in the order in which they are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// 发文机关标志: red and large, 35 mm below the top of the type area of the first page.
    Issuer(Vec<Run>),
    /// 发文字号, centred under the issuer's line, with the red rule below it.
    Number(Vec<Run>),
    /// A title, 2号 and centred. A line break in its text breaks the line there; otherwise it is broken evenly.
    Title(Vec<Run>),
    /// 主送机关, a line below the title and flush left.
    Addressee(Vec<Run>),
    /// 一级标题, 一、…: 黑体.
    Heading1(Vec<Run>),
    /// 二级标题, （一）…: 楷体.
    Heading2(Vec<Run>),
    /// A paragraph, its first line two characters in.
    Paragraph(Vec<Run>),
    /// An entry of a list; the number is how deep it lies, from 0.
    Item(u8, Vec<Run>),
    /// 附件说明 under the text: the names of the attachments. More than one are numbered.
    Attachments(Vec<Vec<Run>>),
    /// 附件1: begins a new page, 黑体 and flush left. Its title follows as a [`Block::Title`].
    Attachment(Vec<Run>),
}

/// A part of a block's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Text as it is.
    Text(String),
    /// The head of a paragraph that is set in 黑体: 第一条.
    Lead(String),
    /// An editor's note on what stands before it.
    Note(String),
}

/// The document as PDF. `title` is what a reader's window shows.
pub fn official(title: &str, blocks: &[Block], fonts: &Fonts) -> Result<Vec<u8>, String> {
    let faces = Faces::open(fonts)?;
    let laid = pages::lay(blocks, &|c, hand| faces.of(hand).em(c));
    if let Some(c) = laid.iter().find_map(|sheet| lacking(&faces, sheet)) {
        return Err(unprintable(c));
    }
    let mut tags = Vec::new();
    let mut outline = Vec::new();
    let mut paper = Paper::new(&faces);
    for (at, sheet) in laid.iter().enumerate() {
        paper.new_page();
        if at == 0 {
            // Once it is content, so that it is read out too.
            let mark = paper.text(mark_line());
            tags.push((None, TagKind::from(Tag::P), vec![mark]));
        } else {
            paper.artifact(ArtifactType::Header, mark_line());
        }
        draw(&mut paper, sheet, at, &mut tags, &mut outline);
        paper.artifact(ArtifactType::Footer, number_line(&faces, at + 1));
    }
    if outline.is_empty() {
        outline.push((title.to_owned(), 0));
    }
    let tags = tags.into_iter().map(|(_, tag, children)| Element::Group(tag, children)).collect();
    paper.finish(title, tags, &outline)
}

fn lacking(faces: &Faces<'_>, sheet: &Sheet) -> Option<char> {
    let glyphs = sheet.lines.iter().flat_map(|line| &line.glyphs);
    glyphs.map(|glyph| (glyph.c, glyph.hand)).find(|(c, hand)| faces.of(*hand).glyph(*c).is_none()).map(|(c, _)| c)
}

/// The blocks so far: which block, its tag, its parts. A block goes on over a page's end.
type Tagged = Vec<(Option<usize>, TagKind, Vec<Element>)>;

fn draw(paper: &mut Paper<'_>, sheet: &Sheet, page: usize, tags: &mut Tagged, outline: &mut Vec<(String, usize)>) {
    for rule in &sheet.rules {
        paper.rule(*rule);
    }
    for line in &sheet.lines {
        let mut parts = Vec::new();
        let mut x = line.x;
        for segment in line.glyphs.chunk_by(|a, b| a.joins(b)) {
            parts.push(segment_of(paper, segment, x, line.middle, line.ink));
            x += segment.iter().map(|glyph| glyph.advance).sum::<f64>();
        }
        match tags.iter_mut().find(|(block, _, _)| *block == Some(line.block)) {
            Some((_, _, children)) => children.extend(parts),
            None => {
                if let Kind::Heading(level) = line.kind
                    && level == NonZeroU16::MIN
                {
                    outline.push((line.title.clone(), page));
                }
                tags.push((Some(line.block), tag(line), parts));
            }
        }
    }
}

fn segment_of(paper: &mut Paper<'_>, segment: &[Glyph], x: f64, middle: f64, ink: Ink) -> Element {
    let Some(first) = segment.first() else { return Element::group(Tag::Span, Vec::new()) };
    let run = segment.iter().map(|glyph| (glyph.c, glyph.advance)).collect();
    let middle = middle - first.raise;
    let leaf = paper.text(Text { x, middle, size: first.size, hand: first.hand, heavy: first.heavy, ink, run });
    if first.is_mark { Element::group(Tag::Reference, vec![leaf]) } else { leaf }
}

fn tag(line: &pages::Line) -> TagKind {
    match line.kind {
        Kind::Heading(level) => Tag::Hn(level, Some(line.title.clone())).into(),
        Kind::Text => Tag::P.into(),
        Kind::Note => Tag::Note.into(),
    }
}

fn mark_line() -> Text {
    let run = MARK.chars().map(|c| (c, MARK_SIZE)).collect();
    let x = points(LEFT + TYPE_WIDTH) - MARK_SIZE * MARK.chars().count() as f64;
    Text { x, middle: points(MARK_TOP), size: MARK_SIZE, hand: Hand::Body, heavy: false, ink: Ink::Black, run }
}

/// — 1 —, to the right on odd pages and to the left on even ones.
fn number_line(faces: &Faces<'_>, number: usize) -> Text {
    let face = faces.of(Hand::Body);
    let run: Vec<(char, f64)> = format!("— {number} —").chars().map(|c| (c, face.em(c) * NUMBER_SIZE)).collect();
    let wide: f64 = run.iter().map(|(_, advance)| advance).sum();
    let x = if number % 2 == 1 { points(LEFT + TYPE_WIDTH) - PITCH - wide } else { points(LEFT) + PITCH };
    let middle = points(TOP + TYPE_HEIGHT + NUMBER_BELOW) + NUMBER_SIZE / 2.0;
    Text { x, middle, size: NUMBER_SIZE, hand: Hand::Body, heavy: false, ink: Ink::Black, run }
}

#[cfg(test)]
mod tests;
