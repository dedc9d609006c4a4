//! How the program speaks: in the locale's language, on stderr, with an exit code that says whose fault it was.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

pub use crate::edge::failure::Failure;

use crate::report::{Diagnostic, Lang, Said};
use crate::said;

/// Speaks to the person at the terminal.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// The language.
    pub lang: Lang,
}

/// Prints data. Whoever reads it may have heard enough (`| head`): then there is nobody to print for, and what is being
/// done is done all the same.
pub fn put(data: impl Display) {
    match writeln!(io::stdout(), "{data}") {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => eprintln!("{e}"),
        _ => {}
    }
}

impl Voice {
    /// Chinese where `LC_ALL`, `LC_MESSAGES` or `LANG`, the first that is set, says so.
    pub fn from_environment() -> Voice {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).unwrap_or_default();
        Voice { lang: Lang::from_locale(&locale) }
    }

    /// Says something on stderr.
    pub fn say(self, said: &Said) {
        eprintln!("{}", said.in_lang(self.lang));
    }

    /// Prints diagnostics, sorted by place, and how many there are.
    pub fn show(self, all: &[Diagnostic]) {
        let mut sorted: Vec<&Diagnostic> = all.iter().collect();
        sorted.sort();
        sorted.dedup();
        for diagnostic in &sorted {
            eprintln!("{}", diagnostic.render(self.lang));
        }
        let n = sorted.len();
        self.say(&match n {
            1 => said!("1 problem found", "共1处问题"),
            _ => said!("{n} problems found", "共{n}处问题"),
        });
    }

    /// Tells of a failure and gives its exit code.
    pub fn fail(self, failure: &Failure) -> ExitCode {
        match failure {
            Failure::Wrong(all) => {
                self.show(all);
                ExitCode::from(1)
            }
            Failure::Refused(all) => {
                all.iter().for_each(|said| self.say(said));
                ExitCode::from(1)
            }
            Failure::Usage(said) => {
                self.say(said);
                ExitCode::from(2)
            }
            Failure::Outside(said) => {
                self.say(said);
                ExitCode::from(3)
            }
        }
    }
}
