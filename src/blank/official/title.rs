//! Breaks a title into lines that keep words whole and are about as long as each other.

use super::grid::{Glyph, lines};
use crate::blank::breaking::may_break;

/// Words common in titles that a line's end may not cut (GB/T 9704-2012 7.3.1: 回行时词意完整).
const WORDS: &str = "政府采购 政府 采购 财政 工作 制度 通知 管理 办法 建立 关于 印发 实施 规定 登记 人员 \
    意见 方案 公告 进一步 加强 做好 有关 问题 事项 办公室 委员会 人民 单位 名录 监督 检查 考核";

/// A title's lines: broken where it says so, else into as few lines as it takes, as even as words allow.
pub(super) fn title_lines(glyphs: &[Glyph], width: f64) -> Vec<Vec<Glyph>> {
    let parts = glyphs.split(|glyph| glyph.c == '\n');
    parts.flat_map(|part| even_lines(part, width)).collect()
}

fn even_lines(part: &[Glyph], width: f64) -> Vec<Vec<Glyph>> {
    let wide: f64 = part.iter().map(|glyph| glyph.advance).sum();
    let count = (wide / width).ceil().max(1.0);
    if count <= 1.0 {
        return vec![part.to_vec()];
    }
    let text: Vec<char> = part.iter().map(|glyph| glyph.c).collect();
    let reach = |at: usize| part[..at].iter().map(|glyph| glyph.advance).sum::<f64>();
    let fits = |at: &usize| reach(*at) <= width && (wide - reach(*at)) <= width * (count - 1.0);
    let off = |at: usize| (reach(at) - wide / count).abs() + if cuts(&text, at) { width } else { 0.0 };
    let best = (1..part.len()).filter(fits).filter(|at| !part[*at].is_mark).min_by(|a, b| off(*a).total_cmp(&off(*b)));
    match best {
        Some(at) => {
            let mut lines = vec![part[..at].to_vec()];
            lines.extend(even_lines(&part[at..], width));
            lines
        }
        None => lines(part, width, 0.0, 0.0),
    }
}

/// Whether a break at `at` cuts a word, or puts a mark where it may not stand.
fn cuts(text: &[char], at: usize) -> bool {
    let around: String = text[at.saturating_sub(4)..(at + 4).min(text.len())].iter().collect();
    let middle = text[at.saturating_sub(4)..at].iter().map(|c| c.len_utf8()).sum::<usize>();
    let cut = |word: &str| around.match_indices(word).any(|(from, _)| from < middle && middle < from + word.len());
    !may_break(text[at - 1], text[at]) || WORDS.split_whitespace().any(cut)
}
