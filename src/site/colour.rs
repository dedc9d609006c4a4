//! The site's one main colour, checked for contrast; its lighter form for dark screens follows from it.

use crate::report::Said;
use crate::said;

/// A colour on the screen (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// WCAG 2.2 AA for text.
const READABLE: f64 = 4.5;
/// The lightest paper of the style sheet (`--quiet`), on which coloured text must stay readable.
const PAPER: Colour = Colour([0xf6, 0xf4, 0xf0]);
/// The lightest ground of the style sheet on dark screens (`--quiet` there).
const NIGHT: Colour = Colour([0x23, 0x21, 0x20]);

/// Deep red, when the configuration names none.
pub const DEFAULT: Colour = Colour([0x9b, 0x1c, 0x1f]);

impl Colour {
    /// Parses `#rrggbb` and refuses colours in which text would be hard to read.
    pub fn parse(text: &str) -> Result<Colour, Said> {
        let wrong =
            || said!("`{text}` is no colour; write it like `#9b1c1f`", "`{text}` 不是颜色，应写成 #9b1c1f 的形式");
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = u32::from_str_radix(digits.ok_or_else(wrong)?, 16).map_err(|_| wrong())?;
        let [_, rgb @ ..] = number.to_be_bytes();
        let contrast = Colour(rgb).contrast(PAPER);
        if contrast < READABLE {
            return Err(said!(
                "`{text}` is too light: contrast with the page is {contrast:.1}:1, needed is {READABLE}:1",
                "`{text}` 过浅：与页面底色的对比度为 {contrast:.1}:1，应不低于 {READABLE}:1"
            ));
        }
        Ok(Colour(rgb))
    }

    /// The same hue, raised until text in it is readable on a dark page. Raising all channels alike keeps it vivid, where
    /// mixing with white would make it pale.
    pub fn on_dark(self) -> Colour {
        let raised = |by: u8| Colour(self.0.map(|c| c.saturating_add(by)));
        (0..=255).map(raised).find(|c| c.contrast(NIGHT) >= READABLE + 0.3).unwrap_or(Colour([255; 3]))
    }

    /// Contrast ratio as WCAG 2.2 defines it, 1 to 21.
    fn contrast(self, other: Colour) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour([0; 3]).contrast(Colour([255; 3])) - 21.0).abs() < 1e-9);
        assert!(DEFAULT.contrast(PAPER) > 7.0);
    }

    #[test]
    fn light_colours_and_other_text_are_refused() {
        assert!(Colour::parse("#e0a0a0").unwrap_err().en.contains("too light"));
        for text in ["red", "#123", "#9b1c1g", "#９b1c1f"] {
            assert!(Colour::parse(text).unwrap_err().en.contains("is no colour"), "{text}");
        }
        assert_eq!(Colour::parse("#9B1C1F").unwrap().to_string(), "#9b1c1f");
    }

    #[test]
    fn the_dark_form_is_readable_on_a_dark_page() {
        assert!(DEFAULT.on_dark().contrast(NIGHT) >= 4.5);
    }
}
