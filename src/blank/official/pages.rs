//! Puts the blocks of an official document on pages, line by line of the grid.

use std::num::NonZeroU16;

use super::grid::{BODY_SIZE, Glyph, LEADING, LEFT, PITCH, Setting, TOP, TYPE_HEIGHT, TYPE_WIDTH, lines};
use super::title::title_lines;
use super::{Block, Run};
use crate::blank::face::Hand;
use crate::blank::paper::{Ink, Rule, points};

/// The issuer's line: its top below that of the type area (mm), its largest size, and the part of the width it may take.
const ISSUER_BELOW: f64 = 35.0;
const ISSUER_SIZE: f64 = 62.0;
const ISSUER_PART: f64 = 0.92;
/// The red rule, below the number (mm), and how thick it is (points).
const RULE_BELOW: f64 = 4.0;
const RULE_WIDTH: f64 = 1.5;
/// 2号.
const TITLE_SIZE: f64 = 22.0;
/// Notes: 小四.
const NOTE_SIZE: f64 = 12.0;
const NOTE_LEADING: f64 = 19.0;
const NOTE_RULE: f64 = 0.5;
/// Above the notes, so that nobody takes them for the document's.
const NOTES_HEAD: &str = "编者注（非文件原文）";
/// How far a list's entries stand in.
const ITEM_INDENT: f64 = 2.0;

const BODY: Setting = Setting { size: BODY_SIZE, pitch: PITCH, hand: Hand::Body, heavy: false };
const HEI: Setting = Setting { hand: Hand::Heading, ..BODY };
const TITLE: Setting = Setting { size: TITLE_SIZE, pitch: TITLE_SIZE, hand: Hand::Body, heavy: true };
const NOTE: Setting = Setting { size: NOTE_SIZE, pitch: NOTE_SIZE, hand: Hand::Body, heavy: false };

/// The width of a character in ems.
pub(super) type Measure<'a> = &'a dyn Fn(char, Hand) -> f64;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub lines: Vec<Line>,
    pub rules: Vec<Rule>,
}

/// A line in its place.
#[derive(Debug)]
pub(super) struct Line {
    /// Left end and middle, in points.
    pub x: f64,
    pub middle: f64,
    pub glyphs: Vec<Glyph>,
    pub ink: Ink,
    /// Lines with the same number are one block.
    pub block: usize,
    pub kind: Kind,
    /// The text of the whole block, without notes, if it is a heading.
    pub title: String,
}

/// What a block is to those who hear it read out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Heading(NonZeroU16),
    Text,
    Note,
}

/// How a block stands in the type area.
#[derive(Debug, Clone, Copy)]
enum Stand {
    /// First line and the others so far in, in points.
    In(f64, f64),
    Centred,
}

/// The document on its pages; never none.
pub(super) fn lay(blocks: &[Block], measure: Measure<'_>) -> Vec<Sheet> {
    let mut flow = Flow::new(measure);
    for block in blocks {
        flow.block(block);
    }
    flow.notes();
    flow.sheets
}

struct Flow<'a> {
    measure: Measure<'a>,
    sheets: Vec<Sheet>,
    /// Below the top of the type area, in points.
    y: f64,
    block: usize,
    notes: Vec<String>,
    /// Level of the last heading, so that none is left out.
    level: u16,
    /// Whether the last block was a title: a line is left free below it.
    below_title: bool,
}

impl<'a> Flow<'a> {
    fn new(measure: Measure<'a>) -> Flow<'a> {
        Flow {
            measure,
            sheets: vec![Sheet::default()],
            y: 0.0,
            block: 0,
            notes: Vec::new(),
            level: 0,
            below_title: false,
        }
    }

    fn block(&mut self, block: &Block) {
        let text = Stand::In(2.0 * PITCH, 0.0);
        match block {
            Block::Issuer(runs) => self.issuer(runs),
            Block::Number(runs) => self.number(runs),
            Block::Title(runs) => self.title(runs),
            Block::Addressee(runs) => self.put(runs, BODY, Stand::In(0.0, 0.0), Kind::Text),
            Block::Heading1(runs) => self.heading(runs, HEI, 2),
            Block::Heading2(runs) => self.heading(runs, BODY, 3),
            Block::Paragraph(runs) => self.put(runs, BODY, text, Kind::Text),
            Block::Item(depth, runs) => {
                let indent = ITEM_INDENT * PITCH * (f64::from(*depth).min(4.0) + 1.0);
                self.put(runs, BODY, Stand::In(indent, indent), Kind::Text);
            }
            Block::Attachments(names) => self.attachments(names),
            Block::Attachment(runs) => {
                if !self.sheet().lines.is_empty() {
                    self.new_page();
                }
                let runs: Vec<Run> = runs.iter().map(without_spaces).collect();
                self.put(&runs, HEI, Stand::In(0.0, 0.0), Kind::Text);
            }
        }
    }

    /// As large as the width allows, its upper edge where the standard has it.
    fn issuer(&mut self, runs: &[Run]) {
        let ems: f64 = plain(runs).chars().map(|c| (self.measure)(c, Hand::Body)).sum();
        let size = (points(TYPE_WIDTH) * ISSUER_PART / ems.max(1.0)).min(ISSUER_SIZE);
        let setting = Setting { size, pitch: size, hand: Hand::Body, heavy: true };
        let glyphs = self.glyphs(runs, setting);
        self.y = points(ISSUER_BELOW);
        self.place(vec![glyphs], size, Stand::Centred, Kind::Text, Ink::Red, "");
    }

    /// Two lines below the issuer's, with the rule below it; what follows stands on the grid again.
    fn number(&mut self, runs: &[Run]) {
        self.y += 2.0 * LEADING;
        let glyphs = self.glyphs(runs, BODY);
        self.place(vec![glyphs], BODY_SIZE, Stand::Centred, Kind::Text, Ink::Black, "");
        self.y += points(RULE_BELOW);
        let (left, right, y) = (points(LEFT), points(LEFT + TYPE_WIDTH), points(TOP) + self.y);
        let rule = Rule { from: (left, y), to: (right, y), width: RULE_WIDTH, ink: Ink::Red };
        self.sheet().rules.push(rule);
        self.y = ((self.y / LEADING).round() + 2.0) * LEADING;
    }

    /// A title stands a line below an attachment's label.
    fn title(&mut self, runs: &[Run]) {
        if self.y > 0.0 && self.y < 1.5 * LEADING {
            self.skip(1.0);
        }
        self.snap();
        self.level = 1;
        let title = plain(runs).replace('\n', "");
        let glyphs = self.glyphs(runs, TITLE);
        let lines = title_lines(&glyphs, points(TYPE_WIDTH));
        self.place(lines, LEADING, Stand::Centred, Kind::Heading(NonZeroU16::MIN), Ink::Black, &title);
        self.below_title = true;
    }

    /// Not as the last line of a page, and no level deeper than the one below the last.
    fn heading(&mut self, runs: &[Run], setting: Setting, level: u16) {
        if self.y + 1.5 * LEADING > points(TYPE_HEIGHT) {
            self.new_page();
        }
        self.level = level.min(self.level + 1);
        let level = NonZeroU16::new(self.level).unwrap_or(NonZeroU16::MIN);
        self.put(runs, setting, Stand::In(2.0 * PITCH, 0.0), Kind::Heading(level));
    }

    /// 附件：1. …, the names one below the other.
    fn attachments(&mut self, names: &[Vec<Run>]) {
        self.skip(1.0);
        for (at, name) in names.iter().enumerate() {
            let label = if at == 0 { "附件：" } else { "" };
            let number = if names.len() > 1 { format!("{}. ", at + 1) } else { String::new() };
            let before = self.glyphs(&[Run::Text(format!("{label}{number}"))], BODY);
            let wide: f64 = before.iter().map(|glyph| glyph.advance).sum();
            let indent = if at == 0 { 2.0 } else { 5.0 } * PITCH;
            let runs: Vec<Run> =
                std::iter::once(Run::Text(format!("{label}{number}"))).chain(name.iter().cloned()).collect();
            self.put(&runs, BODY, Stand::In(indent, indent + wide), Kind::Text);
        }
    }

    fn put(&mut self, runs: &[Run], setting: Setting, stand: Stand, kind: Kind) {
        let glyphs = self.glyphs(runs, setting);
        let (indent, hang) = match stand {
            Stand::In(indent, hang) => (indent, hang),
            Stand::Centred => (0.0, 0.0),
        };
        let lines = lines(&glyphs, points(TYPE_WIDTH), indent, hang);
        if std::mem::take(&mut self.below_title) {
            self.skip(1.0);
        }
        self.snap();
        self.place(lines, LEADING, stand, kind, Ink::Black, &plain(runs));
    }

    /// Places the lines of a block one below the other, over as many pages as they need.
    fn place(&mut self, lines: Vec<Vec<Glyph>>, leading: f64, stand: Stand, kind: Kind, ink: Ink, title: &str) {
        // A line without characters would be a tag without content.
        for (at, glyphs) in lines.into_iter().filter(|line| !line.is_empty()).enumerate() {
            if self.y + leading > points(TYPE_HEIGHT) + 0.1 {
                self.new_page();
            }
            let wide: f64 = glyphs.iter().map(|glyph| glyph.advance).sum();
            let x = points(LEFT)
                + match (stand, at) {
                    (Stand::In(indent, _), 0) => indent,
                    (Stand::In(_, hang), _) => hang,
                    (Stand::Centred, _) => (points(TYPE_WIDTH) - wide) / 2.0,
                };
            let middle = points(TOP) + self.y + leading / 2.0;
            let (block, title) = (self.block, title.to_owned());
            self.sheet().lines.push(Line { x, middle, glyphs, ink, block, kind, title });
            self.y += leading;
        }
        self.block += 1;
    }

    /// The runs as glyphs; notes are counted and kept for the end.
    fn glyphs(&mut self, runs: &[Run], setting: Setting) -> Vec<Glyph> {
        let mut glyphs = Vec::new();
        for run in runs {
            let (text, setting) = match run {
                Run::Text(text) => (text, setting),
                Run::Lead(text) => (text, Setting { hand: Hand::Heading, ..setting }),
                Run::Note(note) => {
                    self.notes.push(note.clone());
                    let mark = format!("[{}]", self.notes.len());
                    glyphs.extend(mark.chars().map(|c| Glyph::mark(c, (self.measure)(c, Hand::Body))));
                    continue;
                }
            };
            glyphs.extend(text.chars().map(|c| Glyph::new(c, setting, (self.measure)(c, setting.hand))));
        }
        glyphs
    }

    /// The editor's notes after everything else, under a rule, smaller than the text.
    fn notes(&mut self) {
        if self.notes.is_empty() {
            return;
        }
        self.y += LEADING / 2.0;
        if self.y + 3.0 * NOTE_LEADING > points(TYPE_HEIGHT) {
            self.new_page();
        }
        let (left, y) = (points(LEFT), points(TOP) + self.y);
        let rule = Rule { from: (left, y), to: (left + 8.0 * PITCH, y), width: NOTE_RULE, ink: Ink::Black };
        self.sheet().rules.push(rule);
        self.y += NOTE_LEADING / 3.0;
        let head = self.glyphs(&[Run::Lead(NOTES_HEAD.to_owned())], NOTE);
        self.place(vec![head], NOTE_LEADING, Stand::In(0.0, 0.0), Kind::Text, Ink::Black, "");
        for (at, note) in std::mem::take(&mut self.notes).into_iter().enumerate() {
            let number = format!("[{}] ", at + 1);
            let note = note.strip_prefix("编者注：").unwrap_or(&note);
            let hang: f64 = self.glyphs(&[Run::Text("[00] ".to_owned())], NOTE).iter().map(|glyph| glyph.advance).sum();
            let glyphs = self.glyphs(&[Run::Text(format!("{number}{note}"))], NOTE);
            let lines = lines(&glyphs, points(TYPE_WIDTH), 0.0, hang);
            self.place(lines, NOTE_LEADING, Stand::In(0.0, hang), Kind::Note, Ink::Black, "");
        }
    }

    /// Down to the next line of the grid.
    fn snap(&mut self) {
        self.y = (self.y / LEADING - 0.01).ceil().max(0.0) * LEADING;
    }

    fn skip(&mut self, lines: f64) {
        self.y += lines * LEADING;
    }

    fn new_page(&mut self) {
        self.sheets.push(Sheet::default());
        self.y = 0.0;
    }

    fn sheet(&mut self) -> &mut Sheet {
        if self.sheets.is_empty() {
            self.sheets.push(Sheet::default());
        }
        let last = self.sheets.len() - 1;
        &mut self.sheets[last]
    }
}

/// 附件1, as the standard writes it, where a text has 附件 1.
fn without_spaces(run: &Run) -> Run {
    match run {
        Run::Text(text) | Run::Lead(text) => Run::Text(text.replace([' ', '　'], "")),
        Run::Note(note) => Run::Note(note.clone()),
    }
}

/// The text without its notes.
fn plain(runs: &[Run]) -> String {
    let text = |run: &Run| match run {
        Run::Text(text) | Run::Lead(text) => text.clone(),
        Run::Note(_) => String::new(),
    };
    runs.iter().map(text).collect()
}

#[cfg(test)]
mod tests;
