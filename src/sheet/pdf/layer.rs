//! What a PDF page says it draws: characters with their places, and the rules of its tables.

use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::kurbo::{Affine, BezPath, Point, Rect as Bounds, Shape};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, font::GlyphRun, interpret_page,
};
use hayro::hayro_syntax::page::Page;

use unicode_normalization::UnicodeNormalization;

use super::super::Rect;

/// A filled path no thicker than this (px at 200 dpi) is a rule: 1 mm.
const THICKEST: f64 = 8.0;
/// A rule is at least this long, in px: shorter ones underline a character.
const SHORTEST: f64 = 20.0;
/// Characters and rules of one page that are kept: a full page of small print has five thousand.
const MOST: usize = 40_000;
/// Characters less high than this (px at 200 dpi) are not for reading: 1 mm.
const LEAST_HEIGHT: f64 = 8.0;
/// Paint this light on white paper is not for reading either.
const LIGHTEST: u8 = 235;

/// A character as drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Character {
    /// What it is; U+FFFD where the font does not tell.
    pub is: char,
    /// Its em square, in px.
    pub at: Rect,
}

/// The drawing of one page, in px of its picture.
#[derive(Debug, Default)]
pub struct Layer {
    /// Visible characters in the order they are drawn.
    pub characters: Vec<Character>,
    /// Horizontal and vertical rules.
    pub rules: Vec<Rect>,
    /// The share of the page that pictures cover, at most 1 for each.
    pub pictured: f64,
    /// Width and height of the page in px.
    pub size: (f64, f64),
}

/// Follows a page's drawing; `transform` leads from the page to px.
pub fn of(page: &Page<'_>, transform: Affine, size: (u32, u32), settings: InterpreterSettings) -> Layer {
    let size = (f64::from(size.0), f64::from(size.1));
    let cache = InterpreterCache::new();
    let bounds = Bounds::new(0.0, 0.0, size.0, size.1);
    let mut context = Context::new(transform, bounds, &cache, page.xref(), settings);
    let mut layer = Layer { size, ..Layer::default() };
    interpret_page(page, &mut context, &mut layer);
    layer
}

impl Layer {
    fn rule(&mut self, bounds: Bounds) {
        let (width, height) = (bounds.width(), bounds.height());
        let thin = width.min(height) <= THICKEST && width.max(height) >= SHORTEST;
        if thin && self.rules.len() < MOST {
            self.rules.push(rect(bounds));
        }
    }
}

/// Fonts name one glyph for a character and its radical (月 and ⽉, U+2F49), and browsers then print the radical.
fn plain(c: char) -> char {
    let is_radical = matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}');
    if is_radical { std::iter::once(c).nfkc().next().unwrap_or(c) } else { c }
}

fn rect(b: Bounds) -> Rect {
    Rect { left: b.x0 as f32, top: b.y0 as f32, right: b.x1 as f32, bottom: b.y1 as f32 }
}

fn is_visible(props: &DrawProps<'_>) -> bool {
    match &props.paint {
        Paint::Color(color) => {
            let [r, g, b, a] = color.to_rgba().to_rgba8();
            a > 40 && r.min(g).min(b) < LIGHTEST
        }
        Paint::Pattern(_) => true,
    }
}

impl<'a> Device<'a> for Layer {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if !is_visible(&props) {
            return;
        }
        // A box that is stroked is four rules; one that is filled is one, if it is thin.
        let drawn = props.transform * path.clone();
        match mode {
            DrawMode::Fill(_) => self.rule(drawn.bounding_box()),
            DrawMode::Stroke(_) => drawn.segments().for_each(|segment| self.rule(segment.bounding_box())),
            _ => {}
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if matches!(mode, DrawMode::Invisible) || !is_visible(&props) {
            return;
        }
        for glyph in run.glyphs() {
            let place = props.transform * glyph.transform();
            let (origin, up, along) =
                (place * Point::ORIGIN, place * Point::new(0.0, 1000.0), place * Point::new(1000.0, 0.0));
            let height = (up - origin).hypot();
            if height < LEAST_HEIGHT || self.characters.len() >= MOST {
                continue;
            }
            let text = match glyph.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(text)) => text,
                None => '\u{fffd}'.to_string(),
            };
            let em = Bounds::from_points(origin, origin + (up - origin) * 0.88 + (along - origin));
            let full = rect(em);
            for is in text.chars().map(plain) {
                let wide = if is.is_ascii() { 0.5 } else { 1.0 };
                let right = full.left + (full.right - full.left) * wide;
                self.characters.push(Character { is, at: Rect { right, ..full } });
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let bounds = props.transform.transform_rect_bbox(Bounds::new(0.0, 0.0, width, height));
        let page = Bounds::new(0.0, 0.0, self.size.0, self.size.1);
        self.pictured += bounds.intersect(page).area() / page.area().max(1.0);
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn radicals_are_the_characters_they_look_like() {
        assert_eq!("2023年⽉⽇，（⼀）".chars().map(plain).collect::<String>(), "2023年月日，（一）");
    }
}
