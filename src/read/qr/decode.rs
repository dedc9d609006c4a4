//! Two decoders, each bounded and caught: what they panic on is a page without a code.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR};
use rxing::{Binarizer, Luma8Source};

use super::Code;
use super::plane::Plane;

/// Finder patterns looked at on a page, the largest first. A form has six; noise and screens of dots have thousands.
const PATTERNS: usize = 400;
/// Threes of finder patterns tried on a page, the likeliest first.
const THREES: usize = 4000;

/// Rows on which [`crowd`] and the finder look.
const ROW_STEP: u32 = 3;
/// Runs that look like the middle of a finder pattern before a page counts as noise or a trap. A form has a few
/// hundred, a noisy photo some thousand. The finder compares each pattern with each other, so their number is squared.
const CROWD: usize = 10_000;
/// On a crowded page a module is at least this part of the longest side: 0.37 mm on A4.
const FINEST_IN_CROWD: usize = 800;

/// What a decoder saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// The codes it could read.
    pub codes: Vec<Code>,
    /// The finder patterns it saw, whether read or not.
    pub patterns: usize,
}

/// The codes rxing finds. Its parts are called one by one rather than through `QrReader`, which has no bound, looks
/// for micro codes as well, and guesses a charset where the bytes say UTF-8.
pub fn by_rxing(plane: &Plane) -> Seen {
    catch_unwind(AssertUnwindSafe(|| rxing_codes(plane).unwrap_or_default())).unwrap_or_default()
}

fn rxing_codes(plane: &Plane) -> rxing::common::Result<Seen> {
    let source = Luma8Source::new_with_slice(&plane.light, plane.width as u32, plane.height as u32)?;
    let binarizer = HybridBinarizer::new(source);
    let matrix = binarizer.get_black_matrix()?;
    let longest = plane.width.max(plane.height);
    let finest = if crowd(matrix) > CROWD { longest / FINEST_IN_CROWD } else { 0 };
    let mut patterns = FindFinderPatterns(matrix, true, finest as u32);
    let mut seen = Seen { codes: Vec::new(), patterns: patterns.len() };
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.size));
    patterns.truncate(PATTERNS);
    let mut used = Vec::new();
    for three in GenerateFinderPatternSets(&mut patterns).into_iter().take(THREES) {
        let parts = [three.bl, three.tl, three.tr];
        if parts.iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        if let Some(code) = rxing_code(plane, matrix, &three) {
            used.extend(parts);
            seen.codes.push(code);
        }
    }
    Ok(seen)
}

/// The code that three finder patterns belong to, if they do.
fn rxing_code(plane: &Plane, matrix: &BitMatrix, three: &FinderPatternSet) -> Option<Code> {
    let found = SampleQR(matrix, three).ok()?;
    let read = Decode(found.getBits()).ok().filter(|read| read.isValid())?;
    let text = String::from_utf8(read.content().bytes().to_vec()).unwrap_or_else(|_| read.text());
    // It gives the corners row by row.
    let [a, b, d, c] = found.getPoints() else { return None };
    Some(code(plane, text, [a, b, c, d].map(|point| [point.x, point.y])))
}

/// How many runs of black look like the middle of a finder pattern (1:1:3:1:1, each off by a half at most) on the
/// rows that the finder will go through.
fn crowd(matrix: &BitMatrix) -> usize {
    let mut count = 0;
    for y in (ROW_STEP - 1..matrix.height()).step_by(ROW_STEP as usize) {
        let (mut runs, mut black, mut length) = ([0u32; 5], false, 0);
        for x in 0..matrix.width() {
            if matrix.get(x, y) == black {
                length += 1;
                continue;
            }
            runs = [runs[1], runs[2], runs[3], runs[4], length];
            count += usize::from(black && is_finder(runs));
            (black, length) = (!black, 1);
        }
    }
    count
}

fn is_finder(runs: [u32; 5]) -> bool {
    let seven: u32 = runs.iter().sum();
    let one = |run: u32| run * 14 >= seven && run * 7 <= seven * 2;
    let three = runs[2] >= 3 && runs[2] * 7 >= seven * 2 && runs[2] * 7 <= seven * 4;
    three && [runs[0], runs[1], runs[3], runs[4]].into_iter().all(one)
}

/// The codes rqrr finds. It copies the whole picture for each pair it tries, so it is shown no large one.
pub fn by_rqrr(plane: &Plane) -> Seen {
    let codes = catch_unwind(AssertUnwindSafe(|| rqrr_codes(plane))).unwrap_or_default();
    Seen { codes, patterns: 0 }
}

fn rqrr_codes(plane: &Plane) -> Vec<Code> {
    let light = |x: usize, y: usize| plane.light[y * plane.width + x];
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(plane.width, plane.height, light);
    let read = |grid: rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        rqrr::Grid::decode_to(&grid, &mut bytes).ok()?;
        let corners = grid.bounds.map(|point| [point.x as f32, point.y as f32]);
        Some(code(plane, String::from_utf8(bytes).ok()?, corners))
    };
    picture.detect_grids().into_iter().filter_map(read).collect()
}

/// A code in the page's own pixels.
fn code(plane: &Plane, text: String, corners: [[f32; 2]; 4]) -> Code {
    Code { text, corners: corners.map(|[x, y]| [x * plane.scale[0], y * plane.scale[1]]) }
}
