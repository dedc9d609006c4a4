//! Style sheets and other files that are published as they are.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::config::SiteConfig;
use super::{FOLDER_STATIC, Output, Sources};

/// The static files, and under which path each is published.
#[derive(Debug, Default)]
pub struct Assets {
    /// The files.
    pub files: Vec<Output>,
    /// Published path by name: `site.css` is `static/site.1a2b3c4d.css`.
    pub paths: BTreeMap<String, String>,
}

/// Collects the static files. Style sheets get the theme's colours in front and their content's hash in the name, so
/// that caches may keep them for ever; other files keep their names, because pages link to them.
pub fn assets(sources: &Sources, config: &SiteConfig) -> Assets {
    let mut assets = Assets::default();
    for (path, bytes) in &sources.files {
        let Some(name) = path.strip_prefix(FOLDER_STATIC) else { continue };
        let (path, bytes) = match name.strip_suffix(".css") {
            Some(stem) => {
                let bytes = [theme(config).as_bytes(), bytes].concat();
                (format!("static/{stem}.{}.css", short_hash(&bytes)), bytes)
            }
            None => (format!("static/{name}"), bytes.clone()),
        };
        assets.paths.insert(name.to_owned(), path.clone());
        assets.files.push(Output { path, bytes });
    }
    assets
}

fn theme(config: &SiteConfig) -> String {
    format!(":root{{--theme:{};--theme-on-dark:{}}}\n", config.theme, config.theme.on_dark())
}

fn short_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(4).map(|b| format!("{b:02x}")).collect()
}
