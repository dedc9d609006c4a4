//! Two decoders, each bounded and caught: what they panic on is a page without a code.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::{DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer, Luma8Source};

use super::Code;
use super::plane::Plane;

/// Finder patterns looked at on a page, the largest first. A form has six; noise and screens of dots have thousands.
const PATTERNS: usize = 400;
/// Threes of finder patterns tried on a page, the likeliest first.
const THREES: usize = 4000;

/// The codes rxing finds. Its parts are called one by one rather than through `QrReader`, which has no bound, looks
/// for micro codes as well, and guesses a charset where the bytes say UTF-8.
pub fn by_rxing(plane: &Plane) -> Vec<Code> {
    catch_unwind(AssertUnwindSafe(|| rxing_codes(plane).unwrap_or_default())).unwrap_or_default()
}

fn rxing_codes(plane: &Plane) -> rxing::common::Result<Vec<Code>> {
    let source = Luma8Source::new_with_slice(&plane.light, plane.width as u32, plane.height as u32)?;
    let binarizer = HybridBinarizer::new(source);
    let matrix = binarizer.get_black_matrix()?;
    let mut patterns = FindFinderPatterns(matrix, true, 0);
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.size));
    patterns.truncate(PATTERNS);
    let mut used = Vec::new();
    let mut codes = Vec::new();
    for three in GenerateFinderPatternSets(&mut patterns).into_iter().take(THREES) {
        let FinderPatternSet { bl, tl, tr } = three;
        if [bl, tl, tr].iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        let Ok(found) = SampleQR(matrix, &three) else { continue };
        let Ok(read) = Decode(found.getBits()) else { continue };
        if !read.isValid() {
            continue;
        }
        used.extend([bl, tl, tr]);
        let text = String::from_utf8(read.content().bytes().to_vec()).unwrap_or_else(|_| read.text());
        let corners: Vec<[f32; 2]> = found.getPoints().iter().map(|point| [point.x, point.y]).collect();
        codes.extend(code(plane, text, &corners));
    }
    Ok(codes)
}

/// The codes rqrr finds. It copies the whole picture for each pair it tries, so it is shown no large one.
pub fn by_rqrr(plane: &Plane) -> Vec<Code> {
    catch_unwind(AssertUnwindSafe(|| rqrr_codes(plane))).unwrap_or_default()
}

fn rqrr_codes(plane: &Plane) -> Vec<Code> {
    let light = |x: usize, y: usize| plane.light[y * plane.width + x];
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(plane.width, plane.height, light);
    let read = |grid: rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        rqrr::Grid::decode_to(&grid, &mut bytes).ok()?;
        let corners = grid.bounds.map(|point| [point.x as f32, point.y as f32]);
        code(plane, String::from_utf8(bytes).ok()?, &corners)
    };
    picture.detect_grids().into_iter().filter_map(read).collect()
}

/// A code in the page's own pixels.
fn code(plane: &Plane, text: String, corners: &[[f32; 2]]) -> Option<Code> {
    let [a, b, c, d] = corners else { return None };
    let on_page = |[x, y]: &[f32; 2]| [x * plane.scale[0], y * plane.scale[1]];
    Some(Code { text, corners: [on_page(a), on_page(b), on_page(c), on_page(d)] })
}
