//! Page tags that government sites carry as `<meta name=…>` (网页标签规范, DOMAIN.md §6), so that searches across sites and
//! inspections know what a page is.

use serde::Serialize;

use super::config::SiteConfig;
use super::page::Page;

/// One tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tag {
    /// Its name, e.g. `SiteName`.
    pub name: &'static str,
    /// Its content.
    pub content: String,
}

/// What the column (栏目) of a page is.
#[derive(Debug, Clone, Copy)]
pub struct ColumnTags<'a> {
    /// 栏目名称.
    pub name: &'a str,
    /// 栏目说明.
    pub description: &'a str,
    /// 栏目关键词.
    pub keywords: &'a [String],
    /// 栏目类别.
    pub kind: &'a str,
}

/// The tags of the home page: the site's.
pub fn site(config: &SiteConfig) -> Vec<Tag> {
    let mut tags = vec![tag("SiteName", &config.name), tag("SiteDomain", config.base_url.host())];
    tags.extend(config.identity.code.as_deref().map(|code| tag("SiteIDCode", code)));
    tags
}

/// Adds the description search engines show. Names of tags know no case, so an article's `Description` serves for it.
pub fn described(mut tags: Vec<Tag>, description: Option<&str>) -> Vec<Tag> {
    tags.extend(description.map(|text| tag("description", text)));
    tags
}

/// The tags of a list page: the site's and its column's.
pub fn list(config: &SiteConfig, column: ColumnTags<'_>) -> Vec<Tag> {
    let ColumnTags { name, description, keywords, kind } = column;
    let keywords = if keywords.is_empty() { name.to_owned() } else { keywords.join(",") };
    let own =
        [("ColumnName", name), ("ColumnDescription", description), ("ColumnKeywords", &keywords), ("ColumnType", kind)];
    let mut tags = site(config);
    tags.extend(own.iter().filter(|(_, content)| !content.is_empty()).map(|(name, content)| tag(name, content)));
    tags
}

/// The tags of an article: the list page's and its own.
pub fn article(config: &SiteConfig, column: ColumnTags<'_>, page: &Page) -> Vec<Tag> {
    let source = page.source.as_deref().unwrap_or(&config.office.name);
    let mut tags = list(config, column);
    tags.push(tag("ArticleTitle", &page.title));
    tags.extend(page.published.as_deref().map(|time| tag("PubDate", time)));
    tags.push(tag("ContentSource", source));
    if !page.keywords.is_empty() {
        tags.push(tag("Keywords", &page.keywords.join(",")));
    }
    tags.extend(page.description.as_deref().map(|text| tag("Description", text)));
    tags.push(tag("Url", &config.base_url.of(&page.output())));
    tags
}

fn tag(name: &'static str, content: &str) -> Tag {
    Tag { name, content: content.to_owned() }
}
