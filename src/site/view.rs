//! What templates see. `site` and `menu` are the same for every page and are given to the engine once; `page` is what a
//! page adds.

use serde::Serialize;
use serde_json::{Value, json};

use super::config::SiteConfig;
use super::links::{address, root_of};
use super::page::Page;
use super::tags::{self, ColumnTags, Tag};
use super::{Content, Download, words};

/// What every page says about itself.
#[derive(Debug, Serialize)]
pub struct PageView<'a> {
    /// The title.
    pub title: &'a str,
    /// The title in lines.
    pub title_lines: Vec<&'a str>,
    /// Its short name, for the way from the home page.
    pub label: &'a str,
    /// The menu entry it belongs to.
    pub section: &'a str,
    /// Whether it is that entry's own page.
    pub is_section: bool,
    /// The way up to the root: `./`, `../`; templates put it before every address.
    pub root: String,
    /// The absolute address; none for the 404 page.
    pub canonical: Option<String>,
    /// What it is about.
    pub description: Option<&'a str>,
    /// When it went on the web.
    pub published: Option<&'a str>,
    /// Who it comes from.
    pub source: Option<&'a str>,
    /// Page tags.
    pub tags: Vec<Tag>,
    /// The way from the home page, without home and the page itself: title and address.
    pub crumbs: Vec<(&'a str, &'a str)>,
}

/// Menu entry and address of the generated directory.
pub const DIRECTORY: (&str, &str) = ("directory", "directory/index.html");
/// The name of the directory in menus and titles.
pub const DIRECTORY_TITLE: &str = "专办员名录";
/// Menu entry and address of the generated page of commendations, which is there only where there are any.
pub const COMMENDATIONS: (&str, &str) = ("commendations", "commendations/index.html");
/// Its name in menus and titles.
pub const COMMENDATIONS_TITLE: &str = "通报表彰";
const COMMENDATIONS_ABOUT: &str = "获通报表彰的政府采购专办员。";
/// The site map.
pub const SITEMAP: &str = "sitemap/index.html";
/// Served where nothing is.
pub const NOT_FOUND: &str = "404.html";

impl<'a> PageView<'a> {
    fn plain(config: &SiteConfig, title: &'a str, output: &str) -> PageView<'a> {
        PageView {
            title,
            title_lines: vec![title],
            label: title,
            section: "",
            is_section: false,
            root: root_of(output),
            canonical: Some(config.base_url.of(output)),
            description: None,
            published: None,
            source: None,
            tags: Vec::new(),
            crumbs: Vec::new(),
        }
    }

    /// A page from Markdown: the home page, an article if it is dressed as one, else a list page.
    pub fn of_page(config: &SiteConfig, page: &'a Page) -> PageView<'a> {
        let is_article = page.template.1 == "article.html";
        let kind = page.column_type.as_deref().unwrap_or(if is_article { "政策文件" } else { "办事服务" });
        let description = page.description.as_deref();
        let column = ColumnTags {
            name: &page.menu,
            description: description.unwrap_or_default(),
            keywords: &page.keywords,
            kind,
        };
        PageView {
            title_lines: page.title_lines.iter().map(String::as_str).collect(),
            label: &page.menu,
            section: &page.id,
            is_section: true,
            description,
            published: page.published.as_deref(),
            source: page.source.as_deref(),
            tags: match (page.is_home(), is_article) {
                (true, _) => tags::described(tags::site(config), description),
                (false, true) => tags::article(config, column, page),
                (false, false) => tags::described(tags::list(config, column), description),
            },
            ..PageView::plain(config, &page.title, &page.output())
        }
    }

    /// The directory page.
    pub fn directory(config: &SiteConfig) -> PageView<'static> {
        let view = PageView::plain(config, DIRECTORY_TITLE, DIRECTORY.1);
        PageView { section: DIRECTORY.0, is_section: true, tags: tags::list(config, directory_column()), ..view }
    }

    /// The commendations.
    pub fn commendations(config: &SiteConfig) -> PageView<'static> {
        let column =
            ColumnTags {
                name: COMMENDATIONS_TITLE, description: COMMENDATIONS_ABOUT, keywords: &[], kind: "信息公开"
            };
        let view = PageView::plain(config, COMMENDATIONS_TITLE, COMMENDATIONS.1);
        PageView { section: COMMENDATIONS.0, is_section: true, tags: tags::list(config, column), ..view }
    }

    /// A unit's page.
    pub fn unit(config: &SiteConfig, name: &'a str, output: &str) -> PageView<'a> {
        PageView {
            section: DIRECTORY.0,
            tags: tags::list(config, directory_column()),
            crumbs: vec![(DIRECTORY_TITLE, address(DIRECTORY.1))],
            ..PageView::plain(config, name, output)
        }
    }

    /// The site map.
    pub fn sitemap(config: &SiteConfig) -> PageView<'static> {
        PageView { tags: tags::site(config), ..PageView::plain(config, "站点地图", SITEMAP) }
    }

    /// The page for addresses where nothing is. It is served at any depth, so its links begin at the host.
    pub fn not_found(config: &SiteConfig) -> PageView<'static> {
        let view = PageView::plain(config, "没有找到页面", NOT_FOUND);
        PageView { root: config.base_url.path().to_owned(), canonical: None, tags: tags::site(config), ..view }
    }
}

fn directory_column() -> ColumnTags<'static> {
    ColumnTags {
        name: DIRECTORY_TITLE, description: "各单位政府采购专办员名录", keywords: &[], kind: "信息公开"
    }
}

/// `site`: what the configuration says, with absent values as none.
pub fn site(config: &SiteConfig) -> Value {
    let SiteConfig { identity, office, .. } = config;
    json!({
        "name": config.name,
        "base_url": config.base_url.as_str(),
        "description": config.description,
        "language": config.language,
        "theme": config.theme.to_string(),
        "identity": {
            "code": identity.code, "icp": identity.icp, "police": identity.police,
            "party_mark": identity.party_mark, "error_report": identity.error_report,
        },
        "office": {
            "name": office.name, "short": office.short, "host": office.host,
            "room": office.room, "phone": office.phone, "mailbox": office.mailbox,
        },
        "deadline": config.deadline.as_ref().map(|deadline| json!({
            "date": deadline.date.to_string(), "weekday": words::weekday(deadline.date), "note": deadline.note,
        })),
    })
}

/// `menu`: the entries in order.
pub fn menu(content: &Content) -> Vec<Value> {
    let entry = |id: &String| {
        if id == DIRECTORY.0 {
            let about = "按类别和单位查找专办员的职务、办公电话和单位地址。";
            return Some(json!({"id": id, "title": "名录", "path": address(DIRECTORY.1), "description": about}));
        }
        if id == COMMENDATIONS.0 {
            return commendations(content);
        }
        content.pages.iter().find(|page| &page.id == id).map(entry_of)
    };
    content.config.menu.iter().filter_map(|(_, id)| entry(id)).collect()
}

/// No empty columns: the entry is there only where there is a commendation.
fn commendations(content: &Content) -> Option<Value> {
    let (id, output) = COMMENDATIONS;
    let entry =
        || json!({"id": id, "title": COMMENDATIONS_TITLE, "path": address(output), "description": COMMENDATIONS_ABOUT});
    (!content.commendations.is_empty()).then(entry)
}

/// Pages that are not in the menu, for the site map.
pub fn other_pages(content: &Content) -> Vec<Value> {
    let in_menu = |id: &str| content.config.menu.iter().any(|(_, entry)| entry == id);
    let pages = content.pages.iter().filter(|page| !in_menu(&page.id)).map(entry_of);
    pages.chain(commendations(content).filter(|_| !in_menu(COMMENDATIONS.0))).collect()
}

fn entry_of(page: &Page) -> Value {
    json!({
        "id": page.id, "title": page.menu, "path": address(&page.output()).to_owned(), "description": page.description,
    })
}

/// `downloads`: what can be downloaded.
pub fn downloads(downloads: &[Download]) -> Vec<Value> {
    let entry = |d: &Download| {
        let kind = d.path.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_uppercase();
        json!({"path": d.path, "title": d.title, "description": d.description, "size": d.bytes.len(), "kind": kind, "version": d.version})
    };
    downloads.iter().map(entry).collect()
}
