//! How a line is read: narrow first, at full width where that is not clear or leaves ink out.

use image::GrayImage;
use image::imageops::{FilterType, resize};

use super::{Alphabet, Glyph, Line, Ocr, ink};

/// The recogniser's height.
const HEIGHT: u32 = 48;
/// The recogniser takes a step for so many px.
const STEP: f32 = 8.0;
/// Lines are pressed together to this share of their width: clear print reads as well, and time goes with the width.
/// At 0.6 the comma of 党委副书记、镇长 is lost without a doubt.
const NARROW: f32 = 0.7;
/// The width of a second look.
const WIDER: f32 = 0.9;
/// A line read at least this surely is not read again; above it a second reading was never the better one.
const CLEAR: f32 = 0.9;
/// A line that leaves ink out however it is read is no surer than this.
const LEFT_OUT: f32 = 0.8;

/// Reads a line once, quickly.
pub fn quick(strip: &GrayImage, ocr: &dyn Ocr) -> Line {
    ocr.recognise(&pressed(&ink::stretched(strip), NARROW), Alphabet::Text)
}

/// Reads a line; a second time wider and a third time sharpened where it is not clear or ink is passed over.
pub fn read(strip: &GrayImage, ocr: &dyn Ocr) -> Line {
    let strip = ink::stretched(strip);
    let narrow = pressed(&strip, NARROW);
    let first = ocr.recognise(&narrow, Alphabet::Text);
    let skips = passes_over(&first, &narrow, NARROW);
    if first.confidence >= CLEAR && !skips {
        return first;
    }
    let wide = pressed(&strip, WIDER);
    let second = ocr.recognise(&wide, Alphabet::Text);
    if skips && !passes_over(&second, &wide, WIDER) {
        // What the narrow look passed over is no second opinion.
        return second;
    }
    let agreed = second.confidence >= CLEAR && second.text == first.text;
    let mut walks = vec![first.steps, second.steps];
    if !agreed {
        walks.push(ocr.recognise(&ink::sharpened(&pressed(&strip, 1.0)), Alphabet::Text).steps);
    }
    let mut line = Line::fused(walks, Alphabet::Text);
    if skips {
        line.doubt(LEFT_OUT);
    }
    line
}

/// A line at the recogniser's height and a share of its width.
fn pressed(strip: &GrayImage, share: f32) -> GrayImage {
    let (w, h) = strip.dimensions();
    let width = ((HEIGHT * w) as f32 / h.max(1) as f32 * share).ceil() as u32;
    resize(strip, width.clamp(8, 60 * HEIGHT), HEIGHT, FilterType::Triangle)
}

/// Whether there is ink where no character was read: between two that stand farther apart than their widths explain,
/// before the first or behind the last.
fn passes_over(line: &Line, picture: &GrayImage, share: f32) -> bool {
    let glyphs: Vec<&Glyph> = line.characters.iter().filter(|g| !g.is.is_whitespace()).collect();
    let (Some(first), Some(last)) = (glyphs.first(), glyphs.last()) else { return false };
    let em = em(&glyphs, share);
    let inked = inked(picture);
    let ink = |from: f32, to: f32| {
        let (from, to) = (from.max(0.0) as usize, (to.max(0.0) as usize).min(inked.len()));
        inked.get(from..to).map_or(0, |part| part.iter().filter(|i| **i).count())
    };
    // A speck is no character: a comma is as wide as a tenth of one.
    let much = (0.1 * em).max(2.0) as usize;
    let middle = |g: &Glyph| g.at * STEP;
    let between = |pair: &[&Glyph]| {
        let (a, b) = (pair[0], pair[1]);
        let (left, right) = (units(a.is) * em / 2.0, units(b.is) * em / 2.0);
        let gap = middle(b) - middle(a);
        gap > 1.55 * (left + right) && ink(middle(a) + 1.25 * left, middle(b) - 1.25 * right) > much
    };
    let reach = |g: &Glyph| 0.5 * units(g.is) * em + 0.45 * em;
    let ends = [ink(0.0, middle(first) - reach(first)), ink(middle(last) + reach(last), inked.len() as f32)];
    glyphs.windows(2).any(between) || ends.into_iter().any(|n| n > much.max((0.15 * em) as usize))
}

/// The width of a Chinese character in px of the picture, from the distances of neighbours; a few tell nothing.
fn em(glyphs: &[&Glyph], share: f32) -> f32 {
    let one = |p: &[&Glyph]| (p[1].at - p[0].at) * STEP * 2.0 / (units(p[0].is) + units(p[1].is));
    let mut all: Vec<f32> = glyphs.windows(2).map(one).collect();
    all.sort_by(f32::total_cmp);
    let usual = 0.88 * HEIGHT as f32 * share;
    all.get(all.len() / 2).filter(|_| all.len() >= 3).map_or(usual, |em| em.clamp(0.7 * usual, 1.6 * usual))
}

/// The width of a character, in widths of a Chinese one.
fn units(c: char) -> f32 {
    if c.is_ascii() { if matches!(c, '@' | 'm' | 'w' | 'M' | 'W') { 0.8 } else { 0.5 } } else { 1.0 }
}

/// Which columns of px show ink.
fn inked(picture: &GrayImage) -> Vec<bool> {
    let (w, h) = picture.dimensions();
    let dark = |x: u32| (0..h).filter(|y| picture.get_pixel(x, *y).0[0] < 140).count();
    (0..w).map(|x| dark(x) >= 2).collect()
}

#[cfg(test)]
mod tests {
    use super::super::line::Step;
    use super::*;

    /// A line of blocks, one for each sign but those left out, and what was read of it.
    fn line(read: &str, blocks: &[u32]) -> (Line, GrayImage) {
        let picture = GrayImage::from_fn(400, HEIGHT, |x, y| {
            let on = blocks.iter().any(|b| (b * 40 + 6..b * 40 + 34).contains(&x)) && (8..40).contains(&y);
            image::Luma([if on { 30 } else { 240 }])
        });
        let mut steps = vec![Step { blank: 1.0, likely: vec![] }; 50];
        for (i, c) in read.chars().enumerate().filter(|(_, c)| *c != '_') {
            steps[i * 5 + 2] = Step { blank: 0.01, likely: vec![(c, 0.99)] };
        }
        (Line::decode(steps, Alphabet::Text), picture)
    }

    /// Reads the first look doubtfully, later ones as told.
    struct Looks(std::sync::Mutex<Vec<(&'static str, f32)>>);

    impl Ocr for Looks {
        fn recognise(&self, _: &GrayImage, alphabet: Alphabet) -> Line {
            let (text, sure) = self.0.lock().unwrap().pop().unwrap();
            let step = |c| [Step { blank: 1.0 - sure, likely: vec![(c, sure)] }, Step { blank: 1.0, likely: vec![] }];
            Line::decode(text.chars().flat_map(step).collect(), alphabet)
        }

        fn detect(&self, _: &GrayImage) -> Vec<super::super::Quad> {
            Vec::new()
        }
    }

    /// The text, and how many looks are left over.
    fn looks(mut looks: Vec<(&'static str, f32)>) -> (String, f32, usize) {
        looks.reverse();
        let ocr = Looks(std::sync::Mutex::new(looks));
        let line = read(&GrayImage::from_pixel(200, 48, image::Luma([220])), &ocr);
        let left = ocr.0.lock().unwrap().len();
        (line.text, line.confidence, left)
    }

    #[test]
    fn a_clear_line_is_read_once_and_a_doubtful_one_until_two_agree() {
        let (text, sure, left) = looks(vec![("示例", 0.99), ("示例", 0.99), ("示例", 0.99)]);
        assert_eq!((text.as_str(), left), ("示例", 2));
        assert!(sure > 0.98);
        let (text, _, left) = looks(vec![("示例", 0.6), ("示例", 0.99), ("示例", 0.99)]);
        assert_eq!((text.as_str(), left), ("示例", 1));
        let (text, sure, left) = looks(vec![("示列", 0.6), ("示例", 0.9), ("示例", 0.9)]);
        assert_eq!((text.as_str(), left), ("示例", 0));
        assert!(sure <= 0.9, "{sure}");
    }

    #[test]
    fn a_character_passed_over_is_noticed() {
        let passed = |read: &str, blocks: &[u32]| {
            let (line, picture) = line(read, blocks);
            passes_over(&line, &picture, 1.0)
        };
        assert!(!passed("大冶市财政局", &[0, 1, 2, 3, 4, 5]));
        assert!(passed("大_市财政局", &[0, 1, 2, 3, 4, 5]));
        assert!(passed("_冶市财政局", &[0, 1, 2, 3, 4, 5]));
        assert!(passed("大冶市财政_", &[0, 1, 2, 3, 4, 5]));
        assert!(!passed("大冶市_财政局", &[0, 1, 2, 4, 5, 6]), "a gap without ink is a space");
    }
}
