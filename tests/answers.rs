//! Answers from end to end: the mails as a unit reads them, that nobody can be made to talk to us for ever, and their
//! delivery to a real mail server that misbehaves, with the program killed at every step.

#![allow(clippy::disallowed_methods)]

mod letter;
#[path = "cli/office.rs"]
#[allow(dead_code)] // the other tests of the command line use the rest of it
mod office;

mod answers {
    mod delivery;
    mod golden;
    mod quoting;
    mod server;
    mod written;
}
