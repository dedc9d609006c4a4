//! The public projection on disk: `content/register/<unit>.yaml`.

use std::io;
use std::path::Path;

use super::whole;
use crate::listing::Listing;
use crate::yaml;

/// Writes a unit's listing, or removes it where nobody is in office any more. Whether anything changed.
pub fn put_listing(root: &Path, unit: &str, listing: Option<&Listing>) -> io::Result<bool> {
    let path = root.join("content/register").join(format!("{unit}.yaml"));
    let Some(listing) = listing else {
        let was_there = path.exists();
        return whole::remove(&path).map(|()| was_there);
    };
    let text = yaml::write(listing).map_err(io::Error::other)?;
    match std::fs::read_to_string(&path) {
        Ok(old) if old == text => Ok(false),
        _ => whole::write(&path, text.as_bytes()).map(|()| true),
    }
}
