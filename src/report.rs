//! Diagnostics: problems in *our* files (content, templates, records), for us to mend.
//!
//! A problem in a submission is a [`Fault`](crate::fault::Fault) and goes on the record; the two never mix.
//! Every diagnostic says where (path, line, column), what is wrong and, where it helps, what to do.
//! They are collected, sorted by place and printed once.

use std::fmt;

/// The language of messages on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// English, the default.
    En,
    /// Simplified Chinese, chosen when the locale begins with `zh`.
    Zh,
}

impl Lang {
    /// Chooses the language from a POSIX locale name such as `zh_CN.UTF-8`.
    pub fn from_locale(locale: &str) -> Lang {
        if locale.starts_with("zh") { Lang::Zh } else { Lang::En }
    }
}

/// One sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Said {
    /// The sentence in one language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// Builds a [`Said`] from an English and a Chinese format string that capture the same variables.
#[macro_export]
macro_rules! said {
    ($en:literal, $zh:literal $(,)?) => {
        $crate::report::Said { en: format!($en), zh: format!($zh) }
    };
}

/// A place in a text file, both counted from 1; column in characters. Line 0 means the file as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Line, from 1; 0 for the whole file.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of a byte offset in a text.
    pub fn of_offset(text: &str, offset: usize) -> Place {
        let before = &text[..text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Place { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }
}

/// A located problem in one of our files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Path below the root, with `/`, e.g. `content/site.yaml`.
    pub path: String,
    /// Where in the file.
    pub place: Place,
    /// What is wrong and what to do.
    pub message: Said,
}

impl Diagnostic {
    /// A problem at a place in a file.
    pub fn at(path: &str, place: Place, message: Said) -> Diagnostic {
        Diagnostic { path: path.to_owned(), place, message }
    }

    /// A problem with a file as a whole, such as its absence.
    pub fn of_file(path: &str, message: Said) -> Diagnostic {
        Diagnostic::at(path, Place::default(), message)
    }

    /// `path:line:column: message`, the line and column left out for a whole file.
    pub fn render(&self, lang: Lang) -> String {
        let Place { line, column } = self.place;
        let message = self.message.in_lang(lang);
        if line == 0 {
            format!("{}: {message}", self.path)
        } else {
            format!("{}:{line}:{column}: {message}", self.path)
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Lang::En))
    }
}

/// The known word nearest to a misspelt one, if it is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(word, k), k))
        .filter(|(distance, k)| *distance <= 1 + k.chars().count() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let text = "甲乙\n丙丁";
        assert_eq!(Place::of_offset(text, 0), Place { line: 1, column: 1 });
        assert_eq!(Place::of_offset(text, "甲乙\n丙".len()), Place { line: 2, column: 2 });
        assert_eq!(Place::of_offset(text, 999), Place { line: 2, column: 3 });
    }

    #[test]
    fn a_near_word_is_offered_and_a_far_one_is_not() {
        assert_eq!(nearest("dat", ["date", "text"]), Some("date"));
        assert_eq!(nearest("colour", ["date", "text"]), None);
    }

    #[test]
    fn both_languages_say_where() {
        let name = "x";
        let d = Diagnostic::at("a.yaml", Place { line: 3, column: 7 }, said!("bad `{name}`", "`{name}` 有误"));
        assert_eq!(d.render(Lang::En), "a.yaml:3:7: bad `x`");
        assert_eq!(d.render(Lang::Zh), "a.yaml:3:7: `x` 有误");
    }
}
