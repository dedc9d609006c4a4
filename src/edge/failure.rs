//! Why something ended without doing its work; whoever asked for it says so in its own way.

use std::io;

use crate::record::refusal::Refusal;
use crate::report::{Diagnostic, Said};
use crate::said;

/// Why a command or a click came to nothing.
#[derive(Debug)]
pub enum Failure {
    /// Our content, data or a record is wrong: exit 1.
    Wrong(Vec<Diagnostic>),
    /// A rule of review says no: exit 1.
    Refused(Vec<Said>),
    /// The command was used wrongly: exit 2.
    Usage(Said),
    /// Disk or network failed: exit 3.
    Outside(Said),
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Failure {
        Failure::Outside(said!("{e}", "读写失败：{e}"))
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(all: Vec<Diagnostic>) -> Failure {
        Failure::Wrong(all)
    }
}

impl From<Said> for Failure {
    fn from(said: Said) -> Failure {
        Failure::Refused(vec![said])
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(vec![refusal.into()])
    }
}
