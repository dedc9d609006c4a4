//! The grid of GB/T 9704-2012 and lines of text on it.
//!
//! A Chinese character takes one of 28 places in a line, a letter or digit its own width. A closing mark that would begin
//! the next line is drawn into its own by narrowing the marks in it; else the line ends earlier and is stretched.

use crate::blank::breaking::{back_from, is_closing, is_opening};
use crate::blank::face::Hand;

/// The type area in mm from the page's top left corner: margins 37 above and 28 at the left, 156 × 225.
pub(in crate::blank) const LEFT: f64 = 28.0;
pub(in crate::blank) const TOP: f64 = 37.0;
pub(in crate::blank) const TYPE_WIDTH: f64 = 156.0;
pub(in crate::blank) const TYPE_HEIGHT: f64 = 225.0;
/// Lines on a page.
pub(super) const LINES: usize = 22;
/// Characters in a line.
pub(super) const COLUMNS: usize = 28;
/// From character to character in points.
pub(super) const PITCH: f64 = TYPE_WIDTH * 72.0 / 25.4 / COLUMNS as f64;
/// From line to line in points.
pub(super) const LEADING: f64 = TYPE_HEIGHT * 72.0 / 25.4 / LINES as f64;
/// 3号.
pub(super) const BODY_SIZE: f64 = 16.0;
/// Numbers of notes: small and raised.
const MARK_SIZE: f64 = 8.0;
const MARK_RAISE: f64 = 5.0;
/// A mark can be narrowed by half of its place, for half of it is empty.
const SQUEEZE: f64 = 0.5;

/// How characters of a block are set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Setting {
    pub size: f64,
    /// What a Chinese character takes of the line, in points.
    pub pitch: f64,
    pub hand: Hand,
    pub heavy: bool,
}

/// A character in its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Glyph {
    pub c: char,
    pub size: f64,
    pub hand: Hand,
    pub heavy: bool,
    /// Above the line's middle, in points.
    pub raise: f64,
    /// To the next character, in points.
    pub advance: f64,
    /// Whether it belongs to a note's number.
    pub is_mark: bool,
}

impl Glyph {
    pub(super) fn new(c: char, setting: Setting, em: f64) -> Glyph {
        // An ASCII space is a pause between Chinese characters: half a place.
        let advance = if c == ' ' { 0.5 } else { em } * setting.pitch;
        let Setting { size, hand, heavy, .. } = setting;
        Glyph { c, size, hand, heavy, raise: 0.0, advance, is_mark: false }
    }

    /// A character of a note's number.
    pub(super) fn mark(c: char, em: f64) -> Glyph {
        let (size, advance) = (MARK_SIZE, em * MARK_SIZE);
        Glyph { c, size, hand: Hand::Body, heavy: false, raise: MARK_RAISE, advance, is_mark: true }
    }

    /// Whether another is drawn in one go with it.
    pub(super) fn joins(&self, next: &Glyph) -> bool {
        (self.size, self.hand, self.heavy, self.is_mark) == (next.size, next.hand, next.heavy, next.is_mark)
    }

    /// A note's number may begin a line as little as a closing mark may.
    fn class(&self) -> char {
        if self.is_mark { '”' } else { self.c }
    }

    fn gives(&self) -> f64 {
        let wide = self.advance > 0.9 * self.size;
        if wide && !self.is_mark && (can_narrow(self.c)) { self.advance * SQUEEZE } else { 0.0 }
    }
}

/// Marks that are half empty.
fn can_narrow(c: char) -> bool {
    "，。、；：？！）》〉」』】〕〗（《〈「『【〔〖".contains(c)
}

/// Cuts glyphs into lines of at most `width` points, the first of them `indent` narrower and the rest `hang`. All but the
/// last are as wide as they may be.
pub(super) fn lines(glyphs: &[Glyph], width: f64, indent: f64, hang: f64) -> Vec<Vec<Glyph>> {
    let classes: Vec<char> = glyphs.iter().map(Glyph::class).collect();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < glyphs.len() {
        let room = width - if start == 0 { indent } else { hang };
        let end = end_of(glyphs, &classes, start, room);
        let mut line = glyphs[start..end].to_vec();
        while line.len() > 1 && line.last().is_some_and(|glyph| glyph.c == ' ') && end < glyphs.len() {
            line.pop();
        }
        if end < glyphs.len() || wide(&line) > room {
            fit(&mut line, room);
        }
        lines.push(line);
        start = end;
    }
    lines
}

fn wide(line: &[Glyph]) -> f64 {
    line.iter().map(|glyph| glyph.advance).sum()
}

/// Where a line ends that begins at `start`.
fn end_of(glyphs: &[Glyph], classes: &[char], start: usize, room: f64) -> usize {
    let mut reach = 0.0;
    let fits = |glyph: &&Glyph| {
        reach += glyph.advance;
        reach <= room + 0.01
    };
    let full = start + glyphs[start..].iter().take_while(fits).count();
    // Marks that would begin the next line, if the line's own marks can make room for them.
    let marks = classes[full..].iter().take_while(|c| is_closing(**c)).count();
    let drawn = &glyphs[start..full + marks];
    let over = wide(drawn) - room;
    let ends_well = classes.get(full + marks - 1).is_some_and(|c| !is_opening(*c));
    if marks > 0 && ends_well && over <= gives(drawn).iter().sum::<f64>() {
        return full + marks;
    }
    back_from(classes, start, full)
}

/// Makes a line exactly as wide as its room.
fn fit(line: &mut [Glyph], room: f64) {
    let slack = room - wide(line);
    if slack < 0.0 { narrow(line, -slack) } else { stretch(line, slack) }
}

/// What each character of a line can give. An opening mark gives of the room before it: the first has none.
fn gives(line: &[Glyph]) -> Vec<f64> {
    let of = |(at, glyph): (usize, &Glyph)| if at == 0 && is_opening(glyph.c) { 0.0 } else { glyph.gives() };
    line.iter().enumerate().map(of).collect()
}

/// Takes first from the mark at the line's end, where it is not seen, then from the others: behind a closing one, before
/// an opening one.
fn narrow(line: &mut [Glyph], over: f64) {
    let mut gives = gives(line);
    let at_end = gives.pop().unwrap_or_default().min(over);
    if let Some(last) = line.last_mut() {
        last.advance -= at_end;
    }
    let all: f64 = gives.iter().sum();
    let part = if all > 0.0 { ((over - at_end) / all).min(1.0) } else { 0.0 };
    for (at, give) in gives.into_iter().enumerate() {
        let from = if is_opening(line[at].c) { at.saturating_sub(1) } else { at };
        line[from].advance -= give * part;
    }
}

/// Widens the gaps between characters, but not within words, by the same.
fn stretch(line: &mut [Glyph], slack: f64) {
    let gap = |pair: &[Glyph]| !(pair[1].is_mark || pair[0].c.is_ascii_graphic() && pair[1].c.is_ascii_graphic());
    let gaps: Vec<usize> = line.windows(2).enumerate().filter(|(_, pair)| gap(pair)).map(|(at, _)| at).collect();
    let part = slack / gaps.len().max(1) as f64;
    for at in gaps {
        line[at].advance += part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTING: Setting = Setting { size: BODY_SIZE, pitch: PITCH, hand: Hand::Body, heavy: false };

    fn glyphs(text: &str) -> Vec<Glyph> {
        text.chars().map(|c| Glyph::new(c, SETTING, if c.is_ascii() { 0.5 } else { 1.0 })).collect()
    }

    fn cut(text: &str, columns: f64) -> Vec<Vec<Glyph>> {
        lines(&glyphs(text), columns * PITCH, 0.0, 0.0)
    }

    fn text(lines: &[Vec<Glyph>]) -> Vec<String> {
        lines.iter().map(|line| line.iter().map(|glyph| glyph.c).collect()).collect()
    }

    #[test]
    fn the_grid_is_that_of_the_standard() {
        assert!((PITCH - 15.79).abs() < 0.01 && (LEADING - 28.99).abs() < 0.01);
    }

    #[test]
    fn twenty_eight_characters_fill_a_line() {
        let lines = lines(&glyphs(&"采".repeat(60)), TYPE_WIDTH * 72.0 / 25.4, 2.0 * PITCH, 0.0);
        assert_eq!(lines.iter().map(Vec::len).collect::<Vec<_>>(), [26, 28, 6]);
        assert!(lines.iter().flatten().all(|glyph| (glyph.advance - PITCH).abs() < 0.001));
    }

    #[test]
    fn a_closing_mark_is_drawn_in_where_marks_can_make_room() {
        let lines = cut("政，府，采购。联络员", 6.0);
        assert_eq!(text(&lines), ["政，府，采购。", "联络员"]);
        assert!((wide(&lines[0]) - 6.0 * PITCH).abs() < 0.001);
        assert!(lines[0].iter().all(|glyph| can_narrow(glyph.c) || (glyph.advance - PITCH).abs() < 0.001));
        let marks: Vec<f64> = lines[0].iter().filter(|g| can_narrow(g.c)).map(|g| g.advance / PITCH).collect();
        assert!((marks[0] - 0.75).abs() < 0.01 && (marks[2] - 0.5).abs() < 0.01, "the last gives first: {marks:?}");
    }

    #[test]
    fn an_opening_mark_gives_of_the_room_before_it_and_the_first_of_a_line_nothing() {
        let lines = cut("《法（甲）乙，采", 6.5);
        assert_eq!(text(&lines), ["《法（甲）乙，", "采"]);
        assert!((lines[0][0].advance - PITCH).abs() < 0.001);
        assert!((lines[0][5].advance - PITCH).abs() < 0.001);
        let more = cut("《法（甲）乙，采", 6.0);
        assert_eq!(text(&more)[0], "《法（甲）乙，");
        assert!((more[0][0].advance - PITCH).abs() < 0.001 && more[0][1].advance < PITCH, "{:?}", more[0]);
    }

    #[test]
    fn without_room_the_character_before_it_goes_along_and_the_line_is_stretched() {
        let lines = cut("政府采购联络）。员", 6.0);
        assert_eq!(text(&lines), ["政府采购联", "络）。员"]);
        assert!((wide(&lines[0]) - lines[0][4].advance + PITCH - 6.0 * PITCH).abs() < 0.001);
        assert!((lines[0][4].advance - PITCH).abs() < 0.001, "the last character stands at the edge");
    }

    #[test]
    fn opening_marks_do_not_end_a_line_and_numbers_stay_whole() {
        assert_eq!(text(&cut("政府采购联（络员）", 6.0)), ["政府采购联", "（络员）"]);
        assert_eq!(text(&cut("电话是八0714-8731721", 6.0)), ["电话是八", "0714-8731721"]);
    }

    #[test]
    fn a_note_stays_with_what_it_notes() {
        let mut all = glyphs("政府采购联络");
        all.extend("[1]".chars().map(|c| Glyph::mark(c, 0.4)));
        all.extend(glyphs("员工"));
        assert_eq!(text(&lines(&all, 6.0 * PITCH, 0.0, 0.0)), ["政府采购联", "络[1]员工"]);
    }

    #[test]
    fn no_line_is_too_wide_and_nothing_is_lost() {
        let whole = "二、各部门（含“二级”单位）、《办法》。（财政部令第18号）等；826738166@qq.com——，，，，（（（（终";
        for columns in 3..28 {
            let lines = cut(whole, f64::from(columns));
            assert_eq!(text(&lines).concat(), whole);
            let longest = lines.iter().map(|line| wide(line)).fold(0.0, f64::max);
            assert!(longest <= f64::from(columns) * PITCH + 0.01, "{columns}: {longest}");
        }
    }
}
