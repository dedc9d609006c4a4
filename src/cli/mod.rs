//! The command line. Data goes to stdout, progress and messages to stderr; exit 0 done, 1 the content or a record is
//! wrong, 2 wrong use, 3 the outside world failed.
#![allow(clippy::disallowed_methods)]

mod acts;
mod args;
mod build;
mod check;
mod desk;
mod explain;
mod extract;
mod fetch;
mod intake;
mod office;
mod progress;
mod purge;
mod remind;
mod report;
mod review;
mod send;
mod verify;
mod voice;

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use voice::{Failure, Voice};

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let args = Args::parse();
    let voice = Voice::from_environment();
    match run(&args, voice) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => voice.fail(&failure),
    }
}

fn run(args: &Args, voice: Voice) -> Result<(), Failure> {
    let root = args.root.as_path();
    match &args.command {
        None => {
            intake::run(root, &[], voice)?;
            open_desk(root, voice);
            build::serve(root, build::PORT, voice)
        }
        Some(Command::Build { out, base_url, watch }) => {
            build::run(root, out.as_deref(), base_url.as_deref(), *watch, voice)
        }
        Some(Command::Serve { port }) => build::serve(root, *port, voice),
        Some(Command::Desk { port, by, bind }) => desk::run(root, *bind, *port, by.as_deref(), voice),
        Some(Command::Intake { from }) => intake::run(root, from, voice),
        Some(Command::Fetch { watch }) => fetch::run(root, *watch, voice),
        Some(Command::Extract { explain: None, .. }) => extract::run(root, voice),
        Some(Command::Extract { explain: Some(file), pictures }) => explain::run(root, file, pictures, voice),
        Some(Command::SetupOcr) => crate::edge::models::set_up(root).map_err(Failure::Outside),
        Some(Command::Review(review)) => review::run(root, review, voice),
        Some(Command::Report { format, out }) => report::run(root, *format, out.as_deref(), voice),
        Some(Command::Remind { yes, by }) => remind::run(root, by.as_deref().filter(|_| *yes), voice),
        Some(Command::Roster { out }) => report::roster(root, out.as_deref(), voice),
        Some(Command::Send { dry_run, old, again, discard }) => {
            send::run(root, send::Wanted { dry_run: *dry_run, old: *old, again, discard }, voice)
        }
        Some(Command::Check) => check::check(root, voice),
        Some(Command::Verify) => verify::verify(root, voice),
        Some(Command::Purge { yes, by }) => purge::run(root, *yes, by, voice),
    }
}

/// The desk beside the site, for as long as the site is served. Where its port is taken the site is served all the same.
fn open_desk(root: &Path, voice: Voice) {
    let root = root.to_owned();
    std::thread::spawn(move || {
        if let Err(failure) = desk::run(&root, Ipv4Addr::LOCALHOST.into(), desk::PORT, None, voice) {
            voice.fail(&failure);
        }
    });
}
