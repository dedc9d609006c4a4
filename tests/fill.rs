//! The fill-in page: its script agrees with the Rust side on every check, and in a real browser it checks what is
//! typed, prints one page for each form and codes that read back as what was typed.
#![allow(clippy::disallowed_methods)]

#[path = "fill/agree.rs"]
mod agree;
#[path = "fill/print.rs"]
mod print;

use std::path::Path;
use std::process::{Command, Output};

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs a command there; a missing program fails with the command that installs it.
fn run(command: &mut Command, package: &str) -> Output {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.current_dir(root()).output().unwrap_or_else(|error| {
        panic!("{name}: {error}; on Debian: apt-get install --no-install-recommends {package}")
    });
    assert!(
        output.status.success(),
        "{name} failed\n{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
