//! A value read once more as what it is: a telephone number has no O, a code's check character tells 8 from B.
//!
//! What the recogniser saw is weighed against what is known of such values ([`super::prior`]); a value that this decides
//! is doubtful, and the reviewer is told by what it was decided.

use super::Evidence;
use super::prior::{at_providers, holds, is_echo, weight};
use super::settle::SURE;
use crate::fault::Fault;
use crate::form::check::{check, is_han};
use crate::form::{Field, FormSpec, Kind};
use crate::ocr::line::{DISPUTED, shares};
use crate::ocr::{Alphabet, Line, OcrCell};

/// No surer is a value that breaks the rules of its kind.
const BROKEN: f32 = 0.8;
/// No surer is a value that was decided by what is known beforehand rather than by the ink.
const DECIDED: f32 = 0.9;

/// What is known beforehand of the values of a form.
#[derive(Debug, Clone, Copy)]
pub struct Known<'k> {
    /// The form.
    pub spec: &'k FormSpec,
    /// The names of the units that may send one.
    pub units: &'k [String],
}

impl Known<'_> {
    /// Sets text and confidence of a value seen in a cell to what it says as a value of its field.
    pub fn reread(&self, field: &Field, cell: &OcrCell, seen: &mut Evidence) -> Option<Fault> {
        if field.kind == Kind::Text {
            without_seal(seen, cell, field.id == self.spec.roles.unit);
        }
        let Some(lines) = lines_of(cell, &seen.text) else {
            // Cut otherwise than it was read: as sure as the whole cell.
            seen.confidence = seen.confidence.min(cell.confidence);
            return None;
        };
        seen.confidence = lines.iter().map(|line| line.confidence).fold(1.0, f32::min);
        let sound = self.is_sound(field, &seen.text);
        if seen.confidence >= SURE && sound {
            return None;
        }
        let fault = match lines.as_slice() {
            [line] => self.weighed(field, line, seen),
            _ => self.alphabet_only(field, &lines, seen),
        };
        if !self.is_sound(field, &seen.text) {
            seen.confidence = seen.confidence.min(BROKEN);
        }
        fault
    }

    fn is_sound(&self, field: &Field, text: &str) -> bool {
        let is_short = field.id == self.spec.roles.unit && text.chars().count() < SHORTEST_UNIT;
        !is_short && holds(&check(self.spec, field, text))
    }

    /// The candidate that ink and prior knowledge together find likeliest.
    fn weighed(&self, field: &Field, line: &Line, seen: &mut Evidence) -> Option<Fault> {
        let alphabet = of_kind(field.kind);
        let own = line.read_as(alphabet);
        let found = line.candidates(alphabet, &self.besides(field, &own.text));
        let known = |text: &str| weight(self.spec, field, text) + self.listed(field, text);
        let (ink, both) = (shares(&found, |_| 0.0), shares(&found, known));
        let best = (0..found.len()).max_by(|a, b| both[*a].total_cmp(&both[*b]))?;
        let text = &found[best].text;
        // Blanks are no characters of a walk: where they alone differ, the text stays as it was read.
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let same = |other: &str| bare(other) == *text;
        let agreed = line.walks().iter().all(|w| same(&Line::decode(w.clone(), alphabet).text));
        let decided = ink[best] < 0.5;
        seen.confidence = both[best].min(if decided { DECIDED } else { 1.0 }).min(if agreed { 1.0 } else { DISPUTED });
        seen.confidence = seen.confidence.min(1.0 - line.doubt);
        if !same(&seen.text) {
            seen.text = if same(&own.text) { own.text } else { text.clone() };
        }
        decided.then(|| self.told(field))?
    }

    /// Texts to be weighed although no walk says them.
    fn besides(&self, field: &Field, text: &str) -> Vec<String> {
        match field.kind {
            Kind::Email => at_providers(text),
            _ if field.id == self.spec.roles.unit => self.units_near(text),
            _ => Vec::new(),
        }
    }

    /// The units whose names are not far from what was read.
    fn units_near(&self, text: &str) -> Vec<String> {
        let near = |unit: &&String| strsim::normalized_levenshtein(unit, text) >= ALIKE;
        self.units.iter().filter(near).cloned().collect()
    }

    /// A unit on the list is likelier than one that is not: nearly all forms come from those. The others begin as most of
    /// the listed ones do.
    fn listed(&self, field: &Field, text: &str) -> f32 {
        if field.id != self.spec.roles.unit {
            return 0.0;
        }
        let county = |unit: &&String| unit.chars().take(COUNTY).eq(text.chars().take(COUNTY));
        if self.units.iter().any(|unit| unit == text) {
            LISTED
        } else if 4 * self.units.iter().filter(county).count() >= self.units.len() {
            BEGINS
        } else {
            0.0
        }
    }

    fn told(&self, field: &Field) -> Option<Fault> {
        let by = match field.kind {
            Kind::Code => "已按校验码认定",
            Kind::Phone | Kind::Mobile => "已按号码格式认定",
            Kind::Date => "已按日期格式认定",
            Kind::Email => "已按常用邮箱格式认定",
            _ if field.id == self.spec.roles.unit => "已按单位名录认定",
            Kind::Text | Kind::Name | Kind::Note | Kind::Signature => return None,
        };
        let message = format!("“{}”中有字符看不清，{by}，请核对", self.spec.full_label(field));
        Some(Fault::of(&field.id, "doubtful", message))
    }

    /// A value of several lines with the characters of its kind.
    fn alphabet_only(&self, field: &Field, lines: &[Line], seen: &mut Evidence) -> Option<Fault> {
        let alphabet = of_kind(field.kind);
        let other: Vec<Line> = lines.iter().map(|line| line.read_as(alphabet)).collect();
        let text = other.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        if alphabet != Alphabet::Text && self.is_sound(field, &text) && !self.is_sound(field, &seen.text) {
            seen.confidence = other.iter().map(|line| line.confidence).fold(1.0, f32::min);
            seen.text = text;
        }
        None
    }
}

/// No unit's name is shorter: 公章 is a label's rest, 大冶 a name that was cut off.
const SHORTEST_UNIT: usize = 4;
/// Names this alike (a share of their characters) may be the same one under a seal.
const ALIKE: f64 = 0.6;
/// How much likelier a unit on the list is: about two characters that the ink does not show.
const LISTED: f32 = 12.0;

/// A unit's name begins with so many characters of its county's, in at least a quarter of the listed names.
const COUNTY: usize = 3;
/// How much likelier such a name is.
const BEGINS: f32 = 3.0;

/// Leaves lines out that come from a seal's rim: its number and, beside the unit's name, pieces of the name.
fn without_seal(seen: &mut Evidence, cell: &OcrCell, is_unit: bool) {
    let lines: Vec<&str> = seen.text.lines().collect();
    let sure = |text: &str| {
        let line = cell.lines.iter().find(|l| l.line.text.trim() == text.trim());
        line.is_none_or(|l| l.line.confidence >= DISPUTED)
    };
    let long = lines.iter().any(|line| line.chars().count() > 3);
    let scrap = |line: &str| long && !sure(line) && (line.chars().count() <= 2 || !line.chars().any(is_han));
    let echo = |line: &str| scrap(line) || lines.iter().any(|other| is_echo(line, other));
    let from_seal = |line: &str| is_seal_number(line) || is_unit && echo(line);
    let kept: Vec<&str> = lines.iter().filter(|line| !from_seal(line)).copied().collect();
    if !kept.is_empty() && kept.len() < lines.len() {
        seen.text = kept.join("\n");
    }
}

/// The number on a seal has thirteen digits, of which some are read; beside other lines, no value has such a line.
fn is_seal_number(line: &str) -> bool {
    line.chars().count() >= 6 && line.chars().all(|c| c.is_ascii_digit())
}

/// The characters a kind of value is written in.
fn of_kind(kind: Kind) -> Alphabet {
    match kind {
        Kind::Phone | Kind::Mobile => Alphabet::Phone,
        Kind::Code => Alphabet::Code,
        Kind::Email => Alphabet::Email,
        Kind::Date => Alphabet::Date,
        Kind::Text | Kind::Name | Kind::Note | Kind::Signature => Alphabet::Text,
    }
}

/// The lines a value was read from: whole ones, or one without the label before it.
fn lines_of(cell: &OcrCell, text: &str) -> Option<Vec<Line>> {
    let whole = |text: &str| cell.lines.iter().map(|l| &l.line).find(|line| line.text.trim() == text.trim());
    let lines: Option<Vec<Line>> = text.lines().map(|text| whole(text).cloned()).collect();
    lines.filter(|lines| !lines.is_empty()).or_else(|| part(cell, text).map(|line| vec![line]))
}

/// The line that ends in a text, from where that begins.
fn part(cell: &OcrCell, text: &str) -> Option<Line> {
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    cell.lines.iter().map(|l| &l.line).find_map(|line| {
        let all: Vec<char> = line.text.chars().filter(|c| !c.is_whitespace()).collect();
        let before = all.len().checked_sub(text.len()).filter(|before| *before > 0 && all.ends_with(&text))?;
        Some(line.behind(before)).filter(|part| !part.text.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocr::line::Step;
    use crate::ocr::{CellLine, Mapping, Rect};
    use crate::read::Means;
    use crate::read::labels::tests::registration;

    /// A line of characters, each sure but where others are named for it, as `(place, other, its probability)`.
    fn line(text: &str, others: &[(usize, char, f32)]) -> Line {
        let step = |(i, c): (usize, char)| {
            let mut likely: Vec<(char, f32)> = others.iter().filter(|o| o.0 == i).map(|o| (o.1, o.2)).collect();
            let rest = 0.99 - likely.iter().map(|(_, p)| p).sum::<f32>();
            likely.push((c, rest));
            likely.sort_by(|a, b| b.1.total_cmp(&a.1));
            [Step { blank: 0.01, likely }, Step { blank: 1.0, likely: Vec::new() }]
        };
        Line::decode(text.chars().enumerate().flat_map(step).collect(), Alphabet::Text)
    }

    fn reread(field: &str, lines: Vec<Line>, text: &str) -> (String, f32, Option<String>) {
        let spec = registration();
        let units = ["大冶市教育局".to_owned()];
        let at = Rect::new(0.0, 0.0, 100.0, 20.0);
        let lines = lines.into_iter().map(|line| CellLine { line, at }).collect();
        let cell = crate::ocr::cell(at, lines, &Mapping::identity((100, 20)));
        let mut seen = Evidence { text: text.to_owned(), means: Means::Ocr, confidence: 1.0, at: Default::default() };
        let known = Known { spec: &spec, units: &units };
        let fault = known.reread(spec.field(field).unwrap(), &cell, &mut seen);
        (seen.text, seen.confidence, fault.map(|f| f.message))
    }

    #[test]
    fn what_was_read_surely_and_is_sound_stays() {
        assert_eq!(reread("officer_name", vec![line("示例甲", &[])], "示例甲").0, "示例甲");
        assert!(reread("officer_name", vec![line("示例甲", &[])], "示例甲").1 > 0.98);
    }

    #[test]
    fn a_letter_in_a_number_is_a_digit() {
        let read = "C714-87317Z1";
        let (text, confidence, _) = reread("officer_phone", vec![line(read, &[])], read);
        assert_eq!(text, "0714-8731721");
        assert!(confidence > 0.9, "{confidence}");
    }

    #[test]
    fn the_check_character_decides_and_says_so() {
        let read = "B1420281T0000001XM";
        let (text, confidence, told) = reread("unit_code", vec![line(read, &[(0, '1', 0.1)])], read);
        assert_eq!(text, "11420281T0000001XM");
        assert!(confidence <= DECIDED && told.unwrap().contains("校验码"), "{confidence}");
    }

    #[test]
    fn a_code_that_cannot_be_mended_stays_and_is_doubtful() {
        let (text, confidence, told) = reread("unit_code", vec![line("11420281T0000001XH", &[])], "11420281T0000001XH");
        assert_eq!((text.as_str(), told), ("11420281T0000001XH", None));
        assert!(confidence <= BROKEN);
    }

    #[test]
    fn a_provider_near_the_domain_read_is_meant() {
        let read = "100001@qq.ccm";
        let (text, confidence, told) = reread("officer_email", vec![line(read, &[(11, 'o', 0.2)])], read);
        assert_eq!(text, "100001@qq.com");
        assert!(confidence <= DECIDED && told.is_some());
    }

    #[test]
    fn a_day_is_read_behind_its_label() {
        let read = "日期：2C23年8月4日";
        let (text, confidence, _) = reread("date", vec![line(read, &[])], "2C23年8月4日");
        assert_eq!(text, "2023年8月4日");
        assert!(confidence > 0.9, "{confidence}");
    }

    #[test]
    fn a_unit_on_the_list_is_meant_where_the_ink_is_hidden_and_no_other_is_invented() {
        let hidden = line("大冶市数育局", &[(3, '教', 0.2)]);
        let (text, confidence, told) = reread("unit_name", vec![hidden], "大冶市数育局");
        assert_eq!(text, "大冶市教育局");
        assert!(confidence <= DECIDED && told.unwrap().contains("单位名录"));
        let county = line("天冶市审计局", &[(0, '大', 0.2)]);
        assert_eq!(reread("unit_name", vec![county], "天冶市审计局").0, "大冶市审计局");
        let other = line("大冶市审计局", &[(3, '宙', 0.2)]);
        assert_eq!(reread("unit_name", vec![other], "大冶市审计局").0, "大冶市审计局");
    }

    #[test]
    fn what_cannot_be_a_value_of_the_field_is_doubtful() {
        for (field, text) in [("unit_name", "公章"), ("officer_email", "示例甲"), ("officer_name", "示例甲职务名")]
        {
            let (read, confidence, _) = reread(field, vec![line(text, &[])], text);
            assert!(confidence <= BROKEN, "{read} {confidence}");
        }
    }

    #[test]
    fn the_seals_echo_is_no_part_of_the_name() {
        let lines = vec![line("冶市教", &[]), line("大冶市教育局", &[])];
        assert_eq!(reread("unit_name", lines, "冶市教\n大冶市教育局").0, "大冶市教育局");
        let lines = vec![line(":x9", &[(1, 'y', 0.45)]), line("大冶市教育局", &[])];
        assert_eq!(reread("unit_name", lines, "大冶市教育局\n:x9").0, "大冶市教育局");
        let lines = vec![line("2810047305", &[]), line("示例路135号", &[])];
        assert_eq!(reread("unit_address", lines, "2810047305\n示例路135号").0, "示例路135号");
    }

    #[test]
    fn two_looks_that_differ_are_not_sure() {
        let name = Line::fused(
            vec![line("示例赞", &[(2, '赟', 0.1)]).steps, line("示例赟", &[(2, '赞', 0.1)]).steps],
            Alphabet::Text,
        );
        let text = name.text.clone();
        assert!(reread("officer_name", vec![name], &text).1 <= DISPUTED);
    }
}
