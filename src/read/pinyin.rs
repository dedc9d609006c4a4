//! Whether letters are syllables of Pinyin: most mailboxes are somebody's name.

/// What a syllable begins with, besides nothing.
const INITIALS: &[&str] = &[
    "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s", "y",
    "w", "",
];
/// What a syllable ends in. Not every initial takes every final; to tell misread letters this is close enough.
const FINALS: &[&str] = &[
    "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er", "i", "ia", "ie", "iao", "iu", "ian", "in",
    "iang", "ing", "iong", "u", "ua", "uo", "uai", "ui", "uan", "un", "uang", "ong", "ue",
];

/// Whether letters can be cut into syllables.
pub fn is_spelt(letters: &str) -> bool {
    let letters = letters.to_ascii_lowercase();
    let mut reached = vec![false; letters.len() + 1];
    reached[0] = true;
    for from in 0..letters.len() {
        if reached[from] {
            syllables(&letters[from..]).for_each(|length| reached[from + length] = true);
        }
    }
    reached[letters.len()]
}

/// The lengths of the syllables that letters begin with.
fn syllables(letters: &str) -> impl Iterator<Item = usize> + '_ {
    INITIALS.iter().filter_map(|initial| Some((initial.len(), letters.strip_prefix(initial)?))).flat_map(
        |(begun, rest)| FINALS.iter().filter(move |end| rest.starts_with(**end)).map(move |end| begun + end.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::is_spelt;

    #[test]
    fn names_are_spelt_and_misread_ones_are_not() {
        assert!(["wangjun", "zhanglong", "xujie", "ouyang", "Luxue"].into_iter().all(is_spelt));
        assert!(!["wansjun", "xvjie", "zhcng", "gma"].into_iter().any(is_spelt));
    }
}
