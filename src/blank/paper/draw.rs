//! Draws what a page is planned to hold.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::{GlyphId, KrillaGlyph};

use super::{Code, Ink, Mark, Rule, Text, unprintable};
use crate::blank::face::Faces;

/// The middle of a Chinese character above its baseline, in ems: the em box reaches from 0.88 above to 0.12 below.
const MIDDLE: f64 = 0.38;
/// The thickening that makes a heavy face of a regular one, in ems (小标宋 beside 宋体).
const HEAVY: f32 = 0.025;
/// Red of an issuer's line and its rule.
const RED: (u8, u8, u8) = (0xe6, 0x00, 0x12);

/// Draws a mark, and keeps under its number what the tag tree will call it by.
pub(super) fn draw(
    surface: &mut Surface<'_>,
    faces: &Faces<'_>,
    mark: &Mark,
    leaves: &mut [Option<Identifier>],
) -> Result<(), String> {
    let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
    let (tag, leaf) = match mark {
        Mark::Content(leaf, _) => (ContentTag::Span(SpanTag::empty()), leaves.get_mut(*leaf)),
        Mark::Artifact(kind, _) => (artifact(*kind), None),
        Mark::Rule(_) | Mark::Code(_) => (artifact(ArtifactType::Layout), None),
    };
    let identifier = surface.start_tagged(tag);
    if let Some(leaf) = leaf {
        *leaf = Some(identifier);
    }
    let drawn = match mark {
        Mark::Content(_, text) | Mark::Artifact(_, text) => draw_text(surface, faces, text),
        Mark::Rule(rule) => {
            draw_rule(surface, rule);
            Ok(())
        }
        Mark::Code(code) => draw_code(surface, code),
    };
    surface.end_tagged();
    drawn
}

fn draw_text(surface: &mut Surface<'_>, faces: &Faces<'_>, text: &Text) -> Result<(), String> {
    let face = faces.of(text.hand);
    let (mut words, mut glyphs) = (String::new(), Vec::new());
    for (c, advance) in &text.run {
        let id = face.glyph(*c).ok_or_else(|| unprintable(*c))?;
        let range = words.len()..words.len() + c.len_utf8();
        words.push(*c);
        let advance = (advance / text.size) as f32;
        glyphs.push(KrillaGlyph::new(GlyphId::new(id), advance, 0.0, 0.0, 0.0, range, None));
    }
    let (paint, size) = (colour(text.ink), text.size as f32);
    surface.set_fill(Some(Fill { paint: paint.into(), ..Fill::default() }));
    let heavy = || Stroke { paint: paint.into(), width: size * HEAVY, ..Stroke::default() };
    surface.set_stroke(text.heavy.then(heavy));
    let start = Point::from_xy(text.x as f32, (text.middle + MIDDLE * text.size) as f32);
    surface.draw_glyphs(start, &glyphs, face.font.clone(), &words, size, false);
    Ok(())
}

fn draw_rule(surface: &mut Surface<'_>, rule: &Rule) {
    let mut path = PathBuilder::new();
    path.move_to(rule.from.0 as f32, rule.from.1 as f32);
    path.line_to(rule.to.0 as f32, rule.to.1 as f32);
    surface.set_fill(None);
    let paint = colour(rule.ink).into();
    surface.set_stroke(Some(Stroke { paint, width: rule.width as f32, ..Stroke::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// One path, so that no hairlines show between modules.
fn draw_code(surface: &mut Surface<'_>, code: &Code) -> Result<(), String> {
    let mut path = PathBuilder::new();
    for r in code.symbol.rectangles() {
        let point = |at: f64, modules: u32| (at + f64::from(modules) * code.module) as f32;
        let (left, top) = (point(code.at.0, r.left), point(code.at.1, r.top));
        let (right, bottom) = (point(code.at.0, r.left + r.width), point(code.at.1, r.top + r.height));
        path.push_rect(Rect::from_ltrb(left, top, right, bottom).ok_or("a module without a size")?);
    }
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: colour(Ink::Black).into(), ..Fill::default() }));
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
    Ok(())
}

fn colour(ink: Ink) -> rgb::Color {
    match ink {
        Ink::Black => rgb::Color::new(0, 0, 0),
        Ink::Red => rgb::Color::new(RED.0, RED.1, RED.2),
    }
}
