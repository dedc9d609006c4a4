//! The public projections on disk: `content/register/<unit>.yaml`, `content/commendations/<record>.yaml`.

use std::io;
use std::path::Path;

use super::whole;
use serde::Serialize;

use crate::listing::Listing;
use crate::listing::commendation::Commendation;
use crate::yaml;

/// Writes a unit's listing, or removes it where nobody is in office any more. Whether anything changed.
pub fn put_listing(root: &Path, unit: &str, listing: Option<&Listing>) -> io::Result<bool> {
    put(&root.join("content/register").join(format!("{unit}.yaml")), listing)
}

/// Writes a record's commendation, or removes it where it is not announced any more. Whether anything changed.
pub fn put_commendation(root: &Path, record: &str, commendation: Option<&Commendation>) -> io::Result<bool> {
    put(&root.join("content/commendations").join(format!("{record}.yaml")), commendation)
}

fn put<T: Serialize>(path: &Path, public: Option<&T>) -> io::Result<bool> {
    let Some(public) = public else {
        let was_there = path.exists();
        return if was_there { whole::remove(path).map(|()| true) } else { Ok(false) };
    };
    let text = yaml::write(public).map_err(io::Error::other)?;
    match std::fs::read_to_string(path) {
        Ok(old) if old == text => Ok(false),
        _ => whole::write(path, text.as_bytes()).map(|()| true),
    }
}
