//! What the recogniser saw of one line of text: for each step of its walk along the line, the likely characters.
//!
//! The walk is kept, so that a line read as text can be read again as a phone number or a code without running the
//! network again.

use super::alphabet::Alphabet;
use super::walk::Walk;

/// One step along a line: the likely characters and their probabilities. What is missing from 1 is the blank and the
/// unlikely rest.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// The probability that no character begins or lasts here.
    pub blank: f32,
    /// Characters, most likely first.
    pub likely: Vec<(char, f32)>,
}

/// A character as read.
#[derive(Debug, Clone, PartialEq)]
pub struct Glyph {
    /// The character.
    pub is: char,
    /// Its probability, 0 to 1.
    pub confidence: f32,
    /// What else it may be, most likely first.
    pub alternatives: Vec<(char, f32)>,
    /// Its middle, in steps from the line's left end.
    pub at: f32,
}

/// A line of text as read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// The text.
    pub text: String,
    /// The probability of the least certain character, 0 to 1: it tells wrong lines far better than the mean.
    pub confidence: f32,
    /// Character by character.
    pub characters: Vec<Glyph>,
    /// The recogniser's walk along the line.
    pub steps: Vec<Step>,
    /// Further walks along the same line, where it was read several times.
    pub more: Vec<Vec<Step>>,
    /// How much certainty is taken away, whatever the alphabet: 0 for none.
    pub doubt: f32,
}

impl Line {
    /// The likeliest text under an alphabet: the likeliest character of each step, repeats and blanks dropped.
    pub fn decode(steps: Vec<Step>, alphabet: Alphabet) -> Line {
        let mut characters: Vec<Glyph> = Vec::new();
        let mut last = None;
        let mut lost: f32 = 0.0;
        for (place, step) in steps.iter().enumerate() {
            let place = place as f32 + 0.5;
            let (options, refused) = options(step, alphabet);
            let best = options.first().copied().filter(|(_, p)| *p > step.blank.max(LEAST));
            match best {
                Some((c, p)) if last == Some(c) => widen(characters.last_mut(), p, &options, place),
                Some((c, p)) => {
                    characters.push(Glyph { is: c, confidence: p, alternatives: others(c, &options), at: place })
                }
                None => lost = lost.max(refused),
            }
            last = best.map(|(c, _)| c);
        }
        trim(&mut characters);
        let least = characters.iter().map(|g| g.confidence).fold(1.0 - lost, f32::min);
        let confidence = if characters.is_empty() { 0.0 } else { least.max(0.0) };
        Line {
            text: characters.iter().map(|g| g.is).collect(),
            confidence,
            characters,
            steps,
            more: Vec::new(),
            doubt: 0.0,
        }
    }

    /// A line from several walks along it: the text that all of them together find likeliest.
    pub fn fused(mut walks: Vec<Vec<Step>>, alphabet: Alphabet) -> Line {
        let own: Vec<Line> = walks.iter().map(|steps| Line::decode(steps.clone(), alphabet)).collect();
        let found = candidates(&walks, alphabet, &[]);
        let more = walks.split_off(1.min(walks.len()));
        let steps = walks.pop().unwrap_or_default();
        let Some(best) = found.first() else { return Line { more, ..Line::decode(steps, alphabet) } };
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let agree = own.iter().all(|line| bare(&line.text) == best.text);
        let share = shares(&found, |_| 0.0)[0];
        let confidence = if agree { share } else { share.min(DISPUTED) };
        let said = own.into_iter().find(|line| bare(&line.text) == best.text);
        let (text, characters) = match said {
            Some(line) => (line.text, line.characters),
            None => (best.text.clone(), spread(&best.text, confidence, steps.len())),
        };
        Line { text, confidence, characters, steps, more, doubt: 0.0 }
    }

    /// The same line read again with the characters of another kind of value.
    pub fn read_as(&self, alphabet: Alphabet) -> Line {
        let mut line = if self.more.is_empty() {
            Line::decode(self.steps.clone(), alphabet)
        } else {
            Line::fused(self.walks(), alphabet)
        };
        line.doubt(1.0 - self.doubt);
        line
    }

    /// What the line may say under an alphabet, likeliest first; `besides` are texts to be weighed as well.
    pub fn candidates(&self, alphabet: Alphabet, besides: &[String]) -> Vec<Candidate> {
        candidates(&self.walks(), alphabet, besides)
    }

    /// All walks along it.
    pub fn walks(&self) -> Vec<Vec<Step>> {
        std::iter::once(&self.steps).chain(&self.more).cloned().collect()
    }

    /// The part of the line behind so many of its characters, a label: in each walk from where the next one begins.
    pub fn behind(&self, characters: usize) -> Line {
        let part = |steps: &Vec<Step>| {
            let line = Line::decode(steps.clone(), Alphabet::Text);
            let glyphs: Vec<&Glyph> = line.characters.iter().filter(|g| !g.is.is_whitespace()).collect();
            let (last, next) = (glyphs.get(characters.checked_sub(1)?)?, glyphs.get(characters)?);
            steps.get(((last.at + next.at) / 2.0).round() as usize..).map(<[Step]>::to_vec)
        };
        let walks: Vec<Vec<Step>> = self.walks().iter().filter_map(part).collect();
        let mut line = match walks.len() {
            0 => Line::default(),
            1 => Line::decode(walks.into_iter().next().unwrap_or_default(), Alphabet::Text),
            _ => Line::fused(walks, Alphabet::Text),
        };
        line.doubt(1.0 - self.doubt);
        line
    }

    /// Makes it no surer than this, under any alphabet.
    pub fn doubt(&mut self, most: f32) {
        self.doubt = self.doubt.max(1.0 - most);
        self.confidence = self.confidence.min(1.0 - self.doubt);
    }

    /// The mean probability of the characters, which tells text from noise and right way up from upside down.
    pub fn mean(&self) -> f32 {
        let n = self.characters.len().max(1) as f32;
        self.characters.iter().map(|g| g.confidence).sum::<f32>() / n
    }
}

/// No surer is a line that reads otherwise another time.
pub const DISPUTED: f32 = 0.9;

/// A text a line may say.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The text, without blanks.
    pub text: String,
    /// The logarithm of its probability, the mean over all walks: they see the same ink and do not count as witnesses of
    /// their own.
    pub score: f32,
}

/// From about here on a walk's objection to a text grows slowly: one that misses a character is outvoted by two that show
/// it, and of two texts the one it objects to more stays the worse.
const OBJECTION: f32 = 4.0;

fn candidates(walks: &[Vec<Step>], alphabet: Alphabet, besides: &[String]) -> Vec<Candidate> {
    let walks: Vec<Walk> = walks.iter().map(|steps| Walk::new(steps, alphabet)).collect();
    let mut texts: Vec<String> = walks.iter().flat_map(Walk::texts).chain(besides.iter().cloned()).collect();
    texts.sort_unstable();
    texts.dedup();
    let mut sums = vec![0f32; texts.len()];
    for walk in &walks {
        let scores: Vec<f32> = texts.iter().map(|text| walk.score(text)).collect();
        let best = scores.iter().copied().fold(f32::MIN, f32::max);
        let damped = |score: f32| {
            let objection = best - score;
            best - objection.min(OBJECTION) - (objection - OBJECTION).max(0.0).ln_1p()
        };
        let several = walks.len() > 1;
        sums.iter_mut().zip(scores).for_each(|(sum, s)| *sum += if several { damped(s) } else { s });
    }
    let n = walks.len().max(1) as f32;
    let scored = texts.into_iter().zip(sums).map(|(text, sum)| Candidate { text, score: sum / n });
    let mut found: Vec<Candidate> = scored.filter(|c| !c.text.is_empty()).collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

/// The share of each candidate in the probability of all, each weighed by what is known beforehand (a logarithm).
pub fn shares(found: &[Candidate], weight: impl Fn(&str) -> f32) -> Vec<f32> {
    let weighed: Vec<f32> = found.iter().map(|c| c.score + weight(&c.text)).collect();
    let most = weighed.iter().copied().fold(f32::MIN, f32::max);
    let total: f32 = weighed.iter().map(|w| (w - most).exp()).sum();
    weighed.iter().map(|w| (w - most).exp() / total).collect()
}

/// Characters that no single walk gave as they stand, evenly along the line.
fn spread(text: &str, confidence: f32, steps: usize) -> Vec<Glyph> {
    let n = text.chars().count().max(1) as f32;
    let glyph = |(i, is)| Glyph { is, confidence, alternatives: Vec::new(), at: steps as f32 * (i as f32 + 0.5) / n };
    text.chars().enumerate().map(glyph).collect()
}

/// Below this a character is noise where everything likelier was refused.
const LEAST: f32 = 0.02;

/// The allowed characters of a step with the shares of their look-alikes, and the share of what is refused.
pub(super) fn options(step: &Step, alphabet: Alphabet) -> (Vec<(char, f32)>, f32) {
    let mut options: Vec<(char, f32)> = Vec::with_capacity(step.likely.len());
    let mut refused = 0.0;
    for (c, p) in &step.likely {
        let Some(meant) = alphabet.meant(*c) else {
            refused += p;
            continue;
        };
        match options.iter_mut().find(|(o, _)| *o == meant) {
            Some(option) => option.1 += p,
            None => options.push((meant, *p)),
        }
    }
    options.sort_by(|a, b| b.1.total_cmp(&a.1));
    (options, refused)
}

/// A character that lasts over several steps is as sure as its surest step.
fn widen(glyph: Option<&mut Glyph>, p: f32, options: &[(char, f32)], place: f32) {
    if let Some(glyph) = glyph.filter(|g| p > g.confidence) {
        glyph.confidence = p;
        glyph.at = place;
        glyph.alternatives = others(glyph.is, options);
    }
}

fn others(c: char, options: &[(char, f32)]) -> Vec<(char, f32)> {
    options.iter().copied().filter(|(o, p)| *o != c && *p > 0.001).take(4).collect()
}

/// Spaces at the ends say nothing.
fn trim(characters: &mut Vec<Glyph>) {
    while characters.last().is_some_and(|g| g.is.is_whitespace()) {
        characters.pop();
    }
    let lead = characters.iter().take_while(|g| g.is.is_whitespace()).count();
    characters.drain(..lead);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(likely: &[(char, f32)]) -> Step {
        let sum: f32 = likely.iter().map(|(_, p)| p).sum();
        Step { blank: 1.0 - sum, likely: likely.to_vec() }
    }

    #[test]
    fn repeats_join_and_blanks_part() {
        let steps = vec![step(&[('1', 0.9)]), step(&[('1', 0.8)]), step(&[]), step(&[('1', 0.7)])];
        let line = Line::decode(steps, Alphabet::Text);
        assert_eq!(line.text, "11");
        assert_eq!(line.confidence, 0.7);
    }

    #[test]
    fn a_letter_in_a_number_is_its_look_alike() {
        let steps = vec![step(&[('O', 0.6), ('0', 0.35)]), step(&[]), step(&[('7', 0.9)])];
        let line = Line::decode(steps, Alphabet::Text);
        assert_eq!(line.text, "O7");
        assert_eq!(line.characters[0].alternatives, [('0', 0.35)]);
        let phone = line.read_as(Alphabet::Phone);
        assert_eq!(phone.text, "07");
        assert!(phone.confidence > 0.89, "{}", phone.confidence);
    }

    #[test]
    fn what_an_alphabet_drops_lowers_the_confidence() {
        let steps = vec![step(&[('1', 0.99)]), step(&[]), step(&[('局', 0.97)])];
        let line = Line::decode(steps, Alphabet::Digits);
        assert_eq!(line.text, "1");
        assert!(line.confidence < 0.05, "{}", line.confidence);
    }

    #[test]
    fn what_two_walks_read_differently_is_disputed() {
        let walk = |a: f32| vec![step(&[('8', a), ('B', 0.99 - a)]), step(&[]), step(&[('1', 0.99)])];
        let line = Line::fused(vec![walk(0.2), walk(0.95)], Alphabet::Text);
        assert_eq!((line.text.as_str(), line.more.len()), ("81", 1));
        assert!(line.confidence <= DISPUTED, "{}", line.confidence);
        assert!(Line::fused(vec![walk(0.97), walk(0.98)], Alphabet::Text).confidence > 0.95);
    }

    #[test]
    fn a_label_before_the_value_is_cut_off() {
        let steps = "日期:8月".chars().flat_map(|c| [step(&[(c, 0.99)]), step(&[])]).collect();
        assert_eq!(Line::decode(steps, Alphabet::Text).behind(3).text, "8月");
    }

    #[test]
    fn nothing_read_is_not_sure() {
        assert_eq!(Line::decode(vec![step(&[])], Alphabet::Text).confidence, 0.0);
    }
}
