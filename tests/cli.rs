//! The command line from end to end, as a clerk or a script meets it: what it prints, what it leaves on disk, its exit
//! codes and both its languages.

#![allow(clippy::disallowed_methods)]

mod letter;

mod cli {
    mod bad_mail;
    mod build;
    mod by_hand;
    mod crash;
    mod extract;
    mod formats;
    mod intake;
    mod language;
    mod office;
    mod privacy;
    mod purge;
    mod records;
    mod remind;
    mod report;
    mod review;
    mod second_officer;
    mod verify;
}
