//! What the recogniser saw of one line of text: for each step of its walk along the line, the likely characters.
//!
//! The walk is kept, so that a line read as text can be read again as a phone number or a code without running the
//! network again.

use super::alphabet::Alphabet;

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
    /// Another walk along the same line, where it was read twice.
    pub second: Option<Box<Line>>,
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
            second: None,
            doubt: 0.0,
        }
    }

    /// The same line read again with the characters of another kind of value.
    pub fn read_as(&self, alphabet: Alphabet) -> Line {
        let own = Line::decode(self.steps.clone(), alphabet);
        let mut line = match &self.second {
            Some(second) => {
                let second = Line::decode(second.steps.clone(), alphabet);
                let is_wide = own.steps.len() >= second.steps.len();
                if is_wide { Line::settled(own, second) } else { Line::settled(second, own) }
            }
            None => own,
        };
        line.doubt(1.0 - self.doubt);
        line
    }

    /// A line read at its full width and, before, narrower: what both say is as sure as the surer says; otherwise the
    /// wider is taken, unless the narrower is much surer, and is not sure.
    pub fn settled(wide: Line, narrow: Line) -> Line {
        let same = wide.text == narrow.text;
        let clearer = narrow.confidence > wide.confidence + MUCH && narrow.characters.len() >= wide.characters.len();
        let (mut best, other) = if clearer { (narrow, wide) } else { (wide, narrow) };
        best.confidence = if same { best.confidence.max(other.confidence) } else { best.confidence.min(DISPUTED) };
        best.second = Some(Box::new(other));
        best
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

/// How much surer a narrower reading must be to count for more.
const MUCH: f32 = 0.15;
/// No surer is a line that reads otherwise the second time.
const DISPUTED: f32 = 0.9;

/// Below this a character is noise where everything likelier was refused.
const LEAST: f32 = 0.02;

/// The allowed characters of a step with the shares of their look-alikes, and the share of what is refused.
fn options(step: &Step, alphabet: Alphabet) -> (Vec<(char, f32)>, f32) {
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
    fn nothing_read_is_not_sure() {
        assert_eq!(Line::decode(vec![step(&[])], Alphabet::Text).confidence, 0.0);
    }
}
