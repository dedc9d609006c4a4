//! The lines of text in a cell.

use image::{GrayImage, Luma};

use super::geometry::Rect;
use super::ink::{Ink, Piece, ink};

/// A piece of ink with fewer px is dust.
const DUST: u32 = 7;
/// Text is at least this high (px).
const LOWEST: u32 = 9;

/// A line of text cut from a cell.
#[derive(Debug, Clone)]
pub struct Strip {
    /// Its place within the cell's cut-out.
    pub at: Rect,
    /// Its picture, other lines' ink painted over.
    pub picture: GrayImage,
}

/// What a cell holds.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Its lines from top to bottom.
    pub strips: Vec<Strip>,
    /// Whether something larger than text lies over them: a seal, a signature.
    pub covered: bool,
    /// The share of its ink that belongs to none of the lines.
    pub left_over: f32,
}

/// Finds the lines of a cell. `edge` is how far inside its rules may still show, `usual` how high the page's lines are
/// (px), once that is known: thin strokes of a line may fade and leave two halves.
pub fn find(cut: &GrayImage, edge: u32, usual: Option<f32>) -> Found {
    let inner = within_rules(cut, edge);
    let mut found =
        find_within(&image::imageops::crop_imm(cut, inner.0, inner.1, inner.2, inner.3).to_image(), edge, usual);
    for strip in &mut found.strips {
        let (x, y) = (inner.0 as f32, inner.1 as f32);
        strip.at = Rect::new(strip.at.left + x, strip.at.top + y, strip.at.right + x, strip.at.bottom + y);
    }
    found
}

/// The part of a cell's cut-out (x, y, width, height) that is within its rules: px rows and columns near its edges that
/// are dark along most of their length are left out, with one more for the blur.
fn within_rules(cut: &GrayImage, edge: u32) -> (u32, u32, u32, u32) {
    let (w, h) = cut.dimensions();
    let deep = (2 * edge + 2).min(w / 4).min(h / 4);
    let mut values: Vec<u8> = cut.as_raw().clone();
    values.sort_unstable();
    let (paper, darkest) = (values[values.len() * 3 / 4], values[values.len() / 100]);
    let limit = paper - paper.saturating_sub(darkest) / 4;
    let dark = |x: u32, y: u32| usize::from(cut.get_pixel(x, y).0[0] < limit);
    let row = |y: u32| (0..w).map(|x| dark(x, y)).sum::<usize>() as f32 / w as f32;
    let column = |x: u32| (0..h).map(|y| dark(x, y)).sum::<usize>() as f32 / h as f32;
    let rule = |share: &dyn Fn(u32) -> f32, at: &dyn Fn(u32) -> u32| {
        (0..deep).rev().find(|i| share(at(*i)) > RULE).map_or(1, |i| i + 2)
    };
    let left = rule(&column, &|i| i);
    let right = rule(&column, &|i| w - 1 - i);
    let top = rule(&row, &|i| i);
    let bottom = rule(&row, &|i| h - 1 - i);
    (left, top, w.saturating_sub(left + right).max(1), h.saturating_sub(top + bottom).max(1))
}

/// Rules that bend leave a sliver along an edge, and text that touches it would hang together with it: runs of dark px
/// there that are longer than any stroke become paper.
fn without_rules(cut: &GrayImage, edge: u32) -> GrayImage {
    let (w, h) = cut.dimensions();
    let mut out = cut.clone();
    let band = edge.min(h / 5).min(w / 5);
    let lines = (0..band).flat_map(|i| [(i, true), (h - 1 - i, true), (i, false), (w - 1 - i, false)]);
    for (place, along) in lines {
        let length = if along { w } else { h };
        let at = |i: u32| if along { (i, place) } else { (place, i) };
        let level = |i: u32| {
            let (x, y) = at(i);
            cut.get_pixel(x, y).0[0]
        };
        let mut values: Vec<u8> = (0..length).map(level).collect();
        values.sort_unstable();
        let (paper, darkest) = (values[length as usize * 9 / 10], values[0]);
        if paper.saturating_sub(darkest) < 24 {
            continue;
        }
        let limit = paper - (paper - darkest) / 4;
        let mut from = 0;
        for i in 0..=length {
            if i < length && level(i) < limit {
                continue;
            }
            if i - from > LONGEST_STROKE.min(length * 3 / 4) {
                (from..i).for_each(|k| out.put_pixel(at(k).0, at(k).1, Luma([paper])));
            }
            from = i + 1;
        }
    }
    out
}

/// No stroke of text is longer than this (px) along the edge of a cell.
const LONGEST_STROKE: u32 = 70;

/// A row or column of px that is dark along this share of a cell is its rule; text is darker nowhere.
const RULE: f32 = 0.6;

fn find_within(cut: &GrayImage, edge: u32, usual: Option<f32>) -> Found {
    let cut = &without_rules(cut, edge);
    let ink = ink(cut);
    let text: Vec<usize> = (0..ink.pieces.len()).filter(|i| is_text(&ink.pieces[*i], ink.size, edge)).collect();
    let total: u32 = text.iter().map(|i| ink.pieces[*i].area).sum();
    if total < 4 * DUST {
        let covered = ink.pieces.iter().any(|p| p.area > 200 && p.height() > 60 && p.width() > 60);
        return Found { strips: Vec::new(), covered, left_over: 0.0 };
    }
    let profile = profile(&ink, &text);
    let mut runs = halves(runs(&profile), usual);
    runs = runs.into_iter().flat_map(|run| split(&ink, &text, &profile, run)).collect();
    let mut owner = owners(&ink, &text, &runs);
    (0..runs.len()).for_each(|line| drop_dust(&ink, &mut owner, line));
    let strips: Vec<Strip> = (0..runs.len()).filter_map(|line| strip(cut, &ink, &owner, line, &runs)).collect();
    let high = 2.2 * usual.unwrap_or(50.0);
    let large = |p: &Piece| p.height() as f32 > high && p.width() as f32 > high;
    let lost: u32 = text.iter().filter(|i| owner[**i + 1].is_none()).map(|i| ink.pieces[*i].area).sum();
    Found { strips, covered: ink.pieces.iter().any(large), left_over: lost as f32 / total.max(1) as f32 }
}

/// Whether a piece may be text: no dust, no remnant of a rule along the cell's edge.
fn is_text(piece: &Piece, (w, h): (u32, u32), edge: u32) -> bool {
    if piece.area < DUST {
        return false;
    }
    let at_side = piece.x1 <= edge || piece.x0 + edge >= w;
    let at_end = piece.y1 <= edge || piece.y0 + edge >= h;
    let upright = piece.height() > 6 * piece.width() && piece.height() > h / 2;
    let flat = piece.width() > 12 * piece.height() && piece.width() > w / 2;
    !(at_side || at_end || upright && (piece.x0 < 2 * edge || piece.x1 + 2 * edge > w) || flat)
}

/// How much ink each row of px shows.
fn profile(ink: &Ink, text: &[usize]) -> Vec<f32> {
    let mut is_text = vec![false; ink.pieces.len() + 1];
    text.iter().for_each(|i| is_text[*i + 1] = true);
    let w = ink.size.0 as usize;
    let count = |row: &[u32]| row.iter().filter(|l| is_text[**l as usize]).count() as f32;
    ink.label.chunks(w.max(1)).map(count).collect()
}

/// Rows of ink from top to bottom; slivers such as the dots of i or the upper stroke of 二 join the nearest run.
fn runs(profile: &[f32]) -> Vec<(u32, u32)> {
    let most = profile.iter().copied().fold(0.0, f32::max);
    let from = (0.03 * most).max(1.0);
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for (y, ink) in profile.iter().enumerate().filter(|(_, ink)| **ink >= from) {
        let y = y as u32;
        match runs.last_mut() {
            Some(run) if y - run.1 <= 1 => run.1 = y + 1,
            _ => runs.push((y, y + 1)),
        }
        let _ = ink;
    }
    let tallest = runs.iter().map(|r| r.1 - r.0).max().unwrap_or(0);
    let mut joined: Vec<(u32, u32)> = Vec::new();
    for run in runs {
        let height = run.1 - run.0;
        match joined.last_mut() {
            Some(last) => {
                let gap = run.0 - last.1;
                let low = height.min(last.1 - last.0);
                let together = run.1 - last.0;
                let sliver = low * 2 < tallest && gap * 3 <= tallest && together * 10 <= tallest.max(30) * 13;
                if sliver { last.1 = run.1 } else { joined.push(run) }
            }
            None => joined.push(run),
        }
    }
    joined
}

/// Joins runs that together are no higher than a usual line: they are one whose thin strokes are gone.
fn halves(mut runs: Vec<(u32, u32)>, usual: Option<f32>) -> Vec<(u32, u32)> {
    let Some(usual) = usual else { return runs };
    let fits = |a: (u32, u32), b: (u32, u32)| {
        let gap = (b.0 - a.1) as f32;
        let low = ((a.1 - a.0).min(b.1 - b.0)) as f32;
        ((b.1 - a.0) as f32) < 1.3 * usual && gap < 0.4 * usual && (low < 0.5 * usual || gap <= 3.0)
    };
    while let Some(i) = (1..runs.len()).find(|i| fits(runs[i - 1], runs[*i])) {
        runs[i - 1].1 = runs[i].1;
        runs.remove(i);
    }
    runs.retain(|r| (r.1 - r.0) as f32 > 0.3 * usual);
    runs
}

/// A run that holds two lines with touching ink, or a word written downwards, is cut at its thinnest row.
fn split(ink: &Ink, text: &[usize], profile: &[f32], run: (u32, u32)) -> Vec<(u32, u32)> {
    let height = run.1 - run.0;
    let inside = |p: &Piece| p.y0 < run.1 && p.y1 > run.0;
    let own: Vec<&Piece> = text.iter().map(|i| &ink.pieces[*i]).filter(|p| inside(p)).collect();
    let left = own.iter().map(|p| p.x0).min().unwrap_or(0);
    let right = own.iter().map(|p| p.x1).max().unwrap_or(0);
    let width = right - left;
    if !(2 * LOWEST..=400).contains(&height) {
        return vec![run];
    }
    if 2 * height > 3 * width && width >= 12 {
        return downwards(profile, run, (height as f32 / width as f32).round() as u32);
    }
    let (from, to) = (run.0 + height * 3 / 10, run.0 + height * 7 / 10);
    let Some(cut) = (from..to).min_by(|a, b| profile[*a as usize].total_cmp(&profile[*b as usize])) else {
        return vec![run];
    };
    let peak = |a: u32, b: u32| profile[a as usize..b as usize].iter().copied().fold(0.0, f32::max);
    let thin = profile[cut as usize] < 0.22 * peak(run.0, cut).min(peak(cut, run.1));
    let wide = width > 2 * height && height >= 4 * LOWEST;
    if thin && wide { vec![(run.0, cut), (cut, run.1)] } else { vec![run] }
}

fn downwards(profile: &[f32], run: (u32, u32), n: u32) -> Vec<(u32, u32)> {
    let step = (run.1 - run.0) as f32 / n.max(1) as f32;
    let mut cuts = vec![run.0];
    for k in 1..n {
        let middle = run.0 as f32 + step * k as f32;
        let (from, to) = ((middle - 0.3 * step) as u32, (middle + 0.3 * step) as u32);
        let thinnest = (from..=to).min_by(|a, b| profile[*a as usize].total_cmp(&profile[*b as usize]));
        cuts.push(thinnest.unwrap_or(middle as u32));
    }
    cuts.push(run.1);
    cuts.windows(2).map(|w| (w[0], w[1])).collect()
}

/// The line each piece belongs to: the one that holds most of its height; of a piece over several lines, none.
fn owners(ink: &Ink, text: &[usize], runs: &[(u32, u32)]) -> Vec<Option<usize>> {
    let mut owner = vec![None; ink.pieces.len() + 1];
    for i in text {
        let piece = &ink.pieces[*i];
        let shared = |r: &(u32, u32)| piece.y1.min(r.1).saturating_sub(piece.y0.max(r.0));
        let best = (0..runs.len()).max_by_key(|k| shared(&runs[*k]));
        let others = |k: usize| (0..runs.len()).filter(|o| *o != k).map(|o| shared(&runs[o])).max().unwrap_or(0);
        owner[*i + 1] = best.filter(|k| shared(&runs[*k]) * 3 >= piece.height() && others(*k) * 5 <= piece.height());
    }
    owner
}

/// Takes specks out of a line that lie farther from its text than its text is high.
fn drop_dust(ink: &Ink, owner: &mut [Option<usize>], line: usize) {
    let own: Vec<usize> = (0..ink.pieces.len()).filter(|i| owner[*i + 1] == Some(line)).collect();
    let Some(high) = own.iter().map(|i| ink.pieces[*i].height()).max() else { return };
    let is_speck = |p: &Piece| p.width().max(p.height()) * 4 <= high;
    let text: Vec<Piece> = own.iter().map(|i| ink.pieces[*i]).filter(|p| !is_speck(p)).collect();
    for i in own {
        let p = &ink.pieces[i];
        let near = |t: &Piece| p.x0 < t.x1 + high * 7 / 10 && t.x0 < p.x1 + high * 7 / 10;
        if is_speck(p) && !text.iter().any(near) {
            owner[i + 1] = None;
        }
    }
}

/// Cuts one line out, with a little paper around it.
fn strip(cut: &GrayImage, ink: &Ink, owner: &[Option<usize>], line: usize, runs: &[(u32, u32)]) -> Option<Strip> {
    let own = || ink.pieces.iter().enumerate().filter(|(i, _)| owner[*i + 1] == Some(line)).map(|(_, p)| p);
    let area: u32 = own().map(|p| p.area).sum();
    let run = runs[line];
    let all = || {
        let touches = |p: &&Piece| p.area >= DUST && p.y0 < run.1 && p.y1 > run.0;
        ink.pieces.iter().filter(touches)
    };
    let (x0, x1, y0, y1) = if area >= 2 * DUST {
        (own().map(|p| p.x0).min()?, own().map(|p| p.x1).max()?, own().map(|p| p.y0).min()?, own().map(|p| p.y1).max()?)
    } else {
        (all().map(|p| p.x0).min()?, all().map(|p| p.x1).max()?, run.0, run.1)
    };
    if y1 - y0 < LOWEST {
        return None;
    }
    let margin = ((y1 - y0) as f32 * MARGIN).ceil().max(2.0) as u32;
    let (w, h) = ink.size;
    let (x0, x1) = (x0.saturating_sub(2 * margin), (x1 + 2 * margin).min(w));
    let (y0, y1) = (y0.saturating_sub(margin), (y1 + margin).min(h));
    let foreign = |label: u32| label > 0 && owner[label as usize].is_some_and(|k| k != line);
    let picture = GrayImage::from_fn(x1 - x0, y1 - y0, |x, y| {
        let (px, py) = (x + x0, y + y0);
        let near = |dx: i64, dy: i64| {
            let (qx, qy) = (i64::from(px) + dx, i64::from(py) + dy);
            let inside = qx >= 0 && qy >= 0 && qx < i64::from(w) && qy < i64::from(h);
            inside && foreign(ink.label[(qy * i64::from(w) + qx) as usize])
        };
        let hidden = near(0, 0) || near(1, 0) || near(-1, 0) || near(0, 1) || near(0, -1);
        if hidden { Luma([ink.paper[px as usize]]) } else { *cut.get_pixel(px, py) }
    });
    Some(Strip { at: Rect::new(x0 as f32, y0 as f32, x1 as f32, y1 as f32), picture })
}

/// Paper left above and below a line, as a share of its height; more costs a point or two of accuracy.
const MARGIN: f32 = 0.1;

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(w: u32, h: u32, ink: impl Fn(u32, u32) -> bool) -> GrayImage {
        GrayImage::from_fn(w, h, |x, y| Luma([if ink(x, y) { 30 } else { 220 }]))
    }

    /// Blocks like characters, 20 px square with a hole.
    fn text(x: u32, y: u32, top: u32) -> bool {
        (30..330).contains(&x)
            && (top..top + 20).contains(&y)
            && x % 25 < 20
            && !(x % 25 > 6 && x % 25 < 12 && (y - top) % 9 > 5)
    }

    #[test]
    fn two_lines_are_two() {
        let found = find(&cell(400, 100, |x, y| text(x, y, 15) || text(x, y, 60)), 4, None);
        assert_eq!(found.strips.len(), 2);
        assert!(found.strips[0].at.bottom < found.strips[1].at.top);
    }

    #[test]
    fn the_rest_of_a_rule_is_no_text() {
        assert!(find(&cell(400, 100, |_, y| y < 2), 4, None).strips.is_empty());
        assert!(find(&cell(400, 100, |x, _| x > 396), 4, None).strips.is_empty());
    }

    #[test]
    fn dust_is_no_text() {
        let found = find(
            &cell(400, 100, |x, y| (x, y) == (50, 50) || (200..202).contains(&x) && (30..32).contains(&y)),
            4,
            None,
        );
        assert!(found.strips.is_empty());
    }

    #[test]
    fn a_word_written_downwards_is_read_sign_by_sign() {
        let sign = |x: u32, y: u32| (40..70).contains(&x) && (10..100).contains(&y) && ((y - 10) % 30 < 28 || x == 50);
        assert_eq!(find(&cell(110, 110, sign), 4, None).strips.len(), 3);
    }

    #[test]
    fn an_empty_cell_is_empty() {
        assert!(find(&cell(300, 80, |_, _| false), 4, None).strips.is_empty());
    }
}
