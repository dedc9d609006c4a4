//! The typefaces a PDF is set in: which characters they have and how wide these are.

use std::fmt;
use std::sync::Arc;

use krilla::text::Font;
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// The bytes of a font file and which of its fonts is meant: 0, or in a collection such as Debian's
/// `NotoSerifCJK-Regular.ttc` the one for simplified Chinese (2).
pub type FontBytes = (Arc<[u8]>, u32);

/// What a PDF is set in. Both must have every character to be printed.
#[derive(Clone)]
pub struct Fonts {
    /// Running text and values: a Song (serif) face, which stands in for 仿宋, 楷体 and 小标宋 as well.
    pub body: FontBytes,
    /// Labels and first-level headings: a Hei (sans-serif) face.
    pub heading: FontBytes,
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes = [&self.body, &self.heading].map(|(bytes, index)| (bytes.len(), *index));
        f.debug_tuple("Fonts").field(&sizes).finish()
    }
}

/// One of the two faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    Body,
    Heading,
}

/// Both faces, opened.
pub(super) struct Faces<'a> {
    body: Face<'a>,
    heading: Face<'a>,
}

impl<'a> Faces<'a> {
    pub(super) fn open(fonts: &'a Fonts) -> Result<Faces<'a>, String> {
        Ok(Faces { body: Face::open(&fonts.body)?, heading: Face::open(&fonts.heading)? })
    }

    pub(super) fn of(&self, hand: Hand) -> &Face<'a> {
        match hand {
            Hand::Body => &self.body,
            Hand::Heading => &self.heading,
        }
    }
}

/// A font to measure by and to draw with.
pub(super) struct Face<'a> {
    /// For the PDF library.
    pub(super) font: Font,
    charmap: Charmap<'a>,
    metrics: GlyphMetrics<'a>,
    units_per_em: f64,
}

/// The library keeps font data behind a trait that `Arc<[u8]>` itself has only unsized.
struct Shared(Arc<[u8]>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<'a> Face<'a> {
    fn open((bytes, index): &'a FontBytes) -> Result<Face<'a>, String> {
        let data: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(Shared(Arc::clone(bytes)));
        let font = Font::new(data.into(), *index).ok_or_else(|| format!("not a font (index {index})"))?;
        let read = FontRef::from_index(bytes, *index).map_err(|e| format!("not a font (index {index}): {e}"))?;
        let metrics = read.glyph_metrics(Size::unscaled(), LocationRef::default());
        Ok(Face { units_per_em: f64::from(font.units_per_em()), charmap: read.charmap(), metrics, font })
    }

    /// The glyph of a character.
    pub(super) fn glyph(&self, c: char) -> Option<u32> {
        self.charmap.map(c).map(GlyphId::to_u32).filter(|id| *id != 0)
    }

    /// The width of a character in ems. One the font lacks is as wide as a Chinese one.
    pub(super) fn em(&self, c: char) -> f64 {
        let width = self.glyph(c).and_then(|id| self.metrics.advance_width(GlyphId::new(id)));
        width.map_or(1.0, |width| f64::from(width) / self.units_per_em)
    }

    /// What the font cannot print of a text.
    pub(super) fn lacks(&self, text: &str) -> Option<char> {
        text.chars().find(|c| self.glyph(*c).is_none())
    }
}

/// The faces that Debian's package fonts-noto-cjk brings.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test is an edge: it takes the fonts from where set-up put them")]
pub(super) fn noto() -> Fonts {
    use std::sync::OnceLock;
    static NOTO: OnceLock<Fonts> = OnceLock::new();
    let read = |name: &str| -> FontBytes {
        let path = format!("/usr/share/fonts/opentype/noto/{name}");
        (std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}; install fonts-noto-cjk")).into(), 2)
    };
    let both = || Fonts { body: read("NotoSerifCJK-Regular.ttc"), heading: read("NotoSansCJK-Regular.ttc") };
    NOTO.get_or_init(both).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_knows_its_characters_and_their_widths() {
        let fonts = noto();
        let faces = Faces::open(&fonts).expect("fonts");
        for hand in [Hand::Body, Hand::Heading] {
            let face = faces.of(hand);
            assert_eq!((face.em('治'), face.em('〔'), face.em('　')), (1.0, 1.0, 1.0));
            assert!((0.4..0.7).contains(&face.em('8')));
            assert_eq!(face.lacks("大冶市㐀·〔2023〕—"), None);
            assert_eq!(face.lacks("甲😀乙"), Some('😀'));
        }
    }

    #[test]
    fn what_is_no_font_is_told() {
        let junk: FontBytes = (vec![0; 40].into(), 0);
        let fonts = Fonts { body: junk, ..noto() };
        assert!(Faces::open(&fonts).is_err_and(|e| e.contains("not a font")));
        let (bytes, _) = noto().heading;
        let fonts = Fonts { heading: (bytes, 99), ..noto() };
        assert!(Faces::open(&fonts).is_err_and(|e| e.contains("99")));
    }
}
