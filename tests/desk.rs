//! The desk as a clerk's browser meets it, over HTTP with the real program: who may come in, what the pages show, what
//! decisions leave on disk, and what hostile mail and foreign pages cannot do.

#![allow(clippy::disallowed_methods)]

#[path = "cli/office.rs"]
#[allow(dead_code)]
mod office;

mod letter;

mod desk {
    mod acts;
    mod browser;
    mod conflict;
    mod guard;
    mod hostile;
    mod queue;
    pub mod window;
}
