//! What a walk along a line may say: its likeliest texts, and how likely a given text is.
//!
//! A text's probability is the sum over all ways of walking it (CTC, Graves 2006), so that texts of different length and
//! readings of the same line at different widths can be compared.

use std::collections::BTreeMap;

use super::alphabet::Alphabet;
use super::line::{Step, options};

/// So many beginnings are followed; with more, no line of the sample forms read otherwise.
const FOLLOWED: usize = 10;
/// Characters less likely than this at a step are not followed.
const FOLLOWED_FROM: f32 = 1e-3;
/// Any character may stand anywhere with this probability: what is missing under a seal costs, but excludes nothing.
const FLOOR: f32 = 1e-5;
/// From this blank on nothing stands at a step.
const NOTHING: f32 = 0.9995;

/// A walk with the characters an alphabet allows; a blank between words is none of them.
#[derive(Debug, Clone)]
pub struct Walk {
    steps: Vec<(f32, Vec<(char, f32)>)>,
}

/// Probability of a beginning that ends in a blank, and of one that ends in its last character.
type Ends = (f32, f32);

impl Walk {
    /// Steps as an alphabet sees them.
    pub fn new(steps: &[Step], alphabet: Alphabet) -> Walk {
        let seen = |step: &Step| {
            let mut likely = options(step, alphabet).0;
            let spaces: f32 = likely.iter().filter(|(c, _)| c.is_whitespace()).map(|(_, p)| p).sum();
            likely.retain(|(c, _)| !c.is_whitespace());
            (step.blank + spaces, likely)
        };
        Walk { steps: steps.iter().map(seen).collect() }
    }

    /// The likeliest texts, best first.
    pub fn texts(&self) -> Vec<String> {
        let mut beam: Vec<(String, Ends)> = vec![(String::new(), (1.0, 0.0))];
        for (blank, likely) in &self.steps {
            if *blank > NOTHING {
                beam.iter_mut().for_each(|(_, ends)| *ends = (ends.0 + ends.1, 0.0));
            } else {
                beam = next(beam, *blank, likely);
            }
        }
        beam.into_iter().map(|(text, _)| text).collect()
    }

    /// The logarithm of a text's probability.
    pub fn score(&self, text: &str) -> f32 {
        let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        // Before, on and between the characters: even places are blanks.
        let mut ways = vec![0f32; 2 * text.len() + 1];
        let mut sum = 0.0;
        for (i, (blank, likely)) in self.steps.iter().enumerate() {
            ways = if i == 0 { first(&ways) } else { onward(&ways, &text) };
            for (place, way) in ways.iter_mut().enumerate() {
                let on = |c: char| likely.iter().find(|(o, _)| *o == c).map_or(0.0, |(_, p)| *p);
                *way *= if place % 2 == 0 { *blank } else { on(text[place / 2]) }.max(FLOOR);
            }
            let total: f32 = ways.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            ways.iter_mut().for_each(|way| *way /= total);
            sum += total.ln();
        }
        let ends: f32 = ways.iter().rev().take(2).sum();
        sum + ends.max(f32::MIN_POSITIVE).ln()
    }
}

/// A walk begins before the first character or on it.
fn first(ways: &[f32]) -> Vec<f32> {
    (0..ways.len()).map(|place| if place < 2 { 1.0 } else { 0.0 }).collect()
}

/// A walk stays, goes on by one, or leaves out the blank between two different characters.
fn onward(ways: &[f32], text: &[char]) -> Vec<f32> {
    let from = |place: usize| {
        let stays = ways[place] + if place > 0 { ways[place - 1] } else { 0.0 };
        let skips = place % 2 == 1 && place > 2 && text[place / 2] != text[place / 2 - 1];
        stays + if skips { ways[place - 2] } else { 0.0 }
    };
    (0..ways.len()).map(from).collect()
}

/// The beginnings after one more step, the likeliest ones only.
fn next(beam: Vec<(String, Ends)>, blank: f32, likely: &[(char, f32)]) -> Vec<(String, Ends)> {
    let mut found: BTreeMap<String, Ends> = BTreeMap::new();
    let mut add = |text: String, ends: Ends| {
        let own = found.entry(text).or_default();
        *own = (own.0 + ends.0, own.1 + ends.1);
    };
    for (text, (in_blank, on_last)) in beam {
        for (c, p) in likely.iter().filter(|(_, p)| *p >= FOLLOWED_FROM) {
            let again = text.ends_with(*c);
            if again {
                add(text.clone(), (0.0, on_last * p));
            }
            add(format!("{text}{c}"), (0.0, p * if again { in_blank } else { in_blank + on_last }));
        }
        add(text, ((in_blank + on_last) * blank, 0.0));
    }
    let mut beam: Vec<(String, Ends)> = found.into_iter().collect();
    beam.sort_by(|(_, a), (_, b)| (b.0 + b.1).total_cmp(&(a.0 + a.1)));
    beam.truncate(FOLLOWED);
    let total: f32 = beam.iter().map(|(_, ends)| ends.0 + ends.1).sum::<f32>().max(f32::MIN_POSITIVE);
    beam.iter_mut().for_each(|(_, ends)| *ends = (ends.0 / total, ends.1 / total));
    beam
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(steps: &[&[(char, f32)]]) -> Walk {
        let step = |likely: &&[(char, f32)]| {
            let sum: f32 = likely.iter().map(|(_, p)| p).sum();
            Step { blank: 1.0 - sum, likely: likely.to_vec() }
        };
        Walk::new(&steps.iter().map(step).collect::<Vec<_>>(), Alphabet::Text)
    }

    #[test]
    fn the_likeliest_texts_come_first() {
        let walk = walk(&[&[('8', 0.6), ('B', 0.4)], &[], &[('1', 0.9)]]);
        assert_eq!(walk.texts()[..3], ["81", "B1", "8"]);
        assert!((walk.score("81").exp() - 0.54).abs() < 0.01, "{}", walk.score("81").exp());
        assert!((walk.score("B1").exp() - 0.36).abs() < 0.01);
    }

    #[test]
    fn all_ways_of_walking_a_text_count() {
        let walk = walk(&[&[('1', 0.5)], &[('1', 0.5)]]);
        assert_eq!(walk.texts()[0], "1");
        assert!((walk.score("1").exp() - 0.75).abs() < 0.01);
        assert!(walk.score("11").exp() < 1e-4, "no blank parts them");
    }

    #[test]
    fn what_was_not_seen_costs_and_is_possible() {
        let walk = walk(&[&[('大', 0.9)], &[('市', 0.9)], &[('局', 0.9)]]);
        assert!(walk.score("大市局") > walk.score("大冶市局"));
        assert!(walk.score("大冶市局").is_finite());
    }
}
