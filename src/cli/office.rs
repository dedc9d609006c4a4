//! The office's folder as commands see it.

pub use crate::edge::office::{Office, sign};

use super::voice::Voice;
use crate::read::Reader;

impl Office {
    /// The reader with all this machine has; says what it lacks.
    pub fn reader(&self, voice: Voice) -> Reader {
        self.reader_telling(|lacking| voice.say(lacking))
    }
}
