//! Serves the site on loopback.

use std::io;
use std::path::Path;

use crate::report::{Diagnostic, Lang};
use crate::site::Output;

/// stub
pub fn watch(_root: &Path, _changed: impl Fn()) -> io::Result<()> {
    Ok(())
}
/// stub
pub fn serve(
    _root: &Path,
    _out: &Path,
    _port: u16,
    _build: impl Fn() -> Result<Vec<Output>, Vec<Diagnostic>>,
    _lang: Lang,
) -> io::Result<()> {
    Ok(())
}
