//! `sitemap.xml` and `robots.txt`.

use super::base_url::BaseUrl;
use super::markdown::escape;

/// An address with the day of its last change, if known.
#[derive(Debug, Clone)]
pub struct Place {
    /// The output.
    pub output: String,
    /// `YYYY-MM-DD`.
    pub changed: Option<String>,
}

/// The sitemap of the given pages.
pub fn xml(base_url: &BaseUrl, pages: &[Place]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for page in pages {
        let changed =
            page.changed.as_deref().map(|day| format!("<lastmod>{}</lastmod>", escape(day))).unwrap_or_default();
        out += &format!("<url><loc>{}</loc>{changed}</url>\n", escape(&base_url.of(&page.output)));
    }
    out + "</urlset>\n"
}

/// Everything may be read.
pub fn robots(base_url: &BaseUrl) -> String {
    format!("User-agent: *\nAllow: /\nSitemap: {}sitemap.xml\n", base_url.as_str())
}
