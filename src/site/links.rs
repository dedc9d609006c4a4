//! Links within the site: written in the sources as file links or from the root, published relative to the page, so that
//! the output works under any sub-path and from any host. A link that leads nowhere fails the build.

use std::collections::{BTreeMap, BTreeSet};

use crate::report::{Diagnostic, Place, Said, nearest};
use crate::said;

use super::base_url::BaseUrl;

/// What the site consists of: the addresses links may lead to.
#[derive(Debug, Default)]
pub struct Addresses {
    /// Every output, by path.
    outputs: BTreeSet<String>,
    /// The output of each page, by the page's path below `content/pages/`.
    pages: BTreeMap<String, String>,
}

/// A link in a source, after resolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// What stands in `href`.
    pub href: String,
    /// The output and the fragment it leads to, unless it leads outside.
    pub inside: Option<(String, String)>,
}

/// A link in a source that leads inside the site; its fragment is checked when all pages are rendered.
#[derive(Debug, Clone)]
pub struct Reference {
    /// The source file.
    pub path: String,
    /// Where in it.
    pub place: Place,
    /// The output it leads to.
    pub output: String,
    /// The fragment, empty for the page as a whole.
    pub fragment: String,
}

impl Addresses {
    /// Adds an output.
    pub fn add(&mut self, output: &str) {
        self.outputs.insert(output.to_owned());
    }

    /// Adds a page's output with the page's path below `content/pages/`.
    pub fn add_page(&mut self, source: &str, output: &str) {
        self.pages.insert(source.to_owned(), output.to_owned());
        self.add(output);
    }

    /// The output at an address such as `rules/` or `units/jyj.html`.
    fn at(&self, address: &str) -> Option<&str> {
        let page = format!("{address}index.html");
        let output = if address.is_empty() || address.ends_with('/') { &page } else { address };
        self.outputs.get(output).map(String::as_str)
    }

    /// Resolves a link written in the page at `source` (below `content/pages/`) that is published as `from`.
    pub fn resolve(&self, source: &str, from: &str, url: &str) -> Result<Resolved, Said> {
        if let Some(scheme) = scheme(url) {
            return outside(&scheme, url);
        }
        let (path, fragment) = url.split_once('#').unwrap_or((url, ""));
        let output = match path {
            "" => from,
            _ if path.starts_with("//") => return Err(unknown_form(url)),
            _ if path.starts_with('/') => self.at(&path[1..]).ok_or_else(|| self.missing(&path[1..]))?,
            _ if path.ends_with(".md") => self.page(source, path)?,
            _ => return Err(unknown_form(url)),
        };
        let mut href = if path.is_empty() { String::new() } else { relative(from, output) };
        if !fragment.is_empty() {
            href = format!("{href}#{fragment}");
        }
        Ok(Resolved { href, inside: Some((output.to_owned(), fragment.to_owned())) })
    }

    fn page(&self, source: &str, path: &str) -> Result<&str, Said> {
        let folder = source.rsplit_once('/').map_or("", |(folder, _)| folder);
        let joined = join(folder, path);
        let found = joined.as_ref().and_then(|joined| self.pages.get(joined));
        found.map(String::as_str).ok_or_else(|| match nearest(path, self.pages.keys().map(String::as_str)) {
            Some(hint) => {
                said!("there is no page `{path}`; did you mean `{hint}`?", "没有页面 `{path}`，是否应为 `{hint}`？")
            }
            None => said!("there is no page `{path}`", "没有页面 `{path}`"),
        })
    }

    fn missing(&self, address: &str) -> Said {
        let all: Vec<&str> = self.outputs.iter().map(|output| super::links::address(output)).collect();
        match nearest(address, all.iter().copied()) {
            Some(hint) => said!(
                "nothing is published at `/{address}`; did you mean `/{hint}`?",
                "站内没有 `/{address}`，是否应为 `/{hint}`？"
            ),
            None => said!("nothing is published at `/{address}`", "站内没有 `/{address}`"),
        }
    }

    /// Checks the fragments of links in sources against the ids of the pages they lead to.
    pub fn check_fragments(&self, references: &[Reference], ids: &BTreeMap<&str, BTreeSet<String>>) -> Vec<Diagnostic> {
        let dead = |r: &&Reference| {
            !r.fragment.is_empty() && !ids.get(r.output.as_str()).is_some_and(|ids| ids.contains(&r.fragment))
        };
        let fault = |r: &Reference| {
            let (fragment, page) = (&r.fragment, address(&r.output));
            let known = ids.get(r.output.as_str()).into_iter().flatten().map(String::as_str);
            let message = match nearest(fragment, known) {
                Some(hint) => said!(
                    "`/{page}` has no anchor `{fragment}`; did you mean `{hint}`?",
                    "`/{page}` 中没有锚点 `{fragment}`，是否应为 `{hint}`？"
                ),
                None => said!("`/{page}` has no anchor `{fragment}`", "`/{page}` 中没有锚点 `{fragment}`"),
            };
            Diagnostic::at(&r.path, r.place, message)
        };
        references.iter().filter(dead).map(fault).collect()
    }

    /// Checks the links of one rendered page; what the Markdown did not write, a template did.
    pub fn check_rendered(&self, page: &str, links: &[String], base_url: &BaseUrl) -> Vec<Said> {
        let dead = |link: &&String| {
            let path = link.split(['#', '?']).next().unwrap_or_default();
            if path.is_empty() || scheme(path).is_some() {
                return false;
            }
            let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
            let inside = match path.strip_prefix('/') {
                Some(_) => path.strip_prefix(base_url.path()).map(str::to_owned),
                None => join(folder, path),
            };
            inside.is_none_or(|address| self.at(&address).is_none())
        };
        let fault = |link: &String| {
            said!(
                "the published page `{page}` links to `{link}`, which leads nowhere",
                "页面 `{page}` 中的链接 `{link}` 无效"
            )
        };
        links.iter().filter(dead).map(fault).collect()
    }
}

/// The address of an output below the base URL: `rules/index.html` is `rules/`.
pub fn address(output: &str) -> &str {
    match output.strip_suffix("index.html") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => output,
    }
}

/// The way from a page up to the root: `./`, `../`, `../../`.
pub fn root_of(output: &str) -> String {
    match output.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    }
}

fn relative(from: &str, to: &str) -> String {
    format!("{}{}", root_of(from), address(to))
}

/// The scheme of an address, lower-cased. Browsers skip blanks and control characters in it, so they are skipped here.
fn scheme(url: &str) -> Option<String> {
    let plain: String = url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let (scheme, _) = plain.split_once(':')?;
    let good = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
    let first = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    (first && scheme.chars().all(good)).then(|| scheme.to_ascii_lowercase())
}

fn outside(scheme: &str, url: &str) -> Result<Resolved, Said> {
    match scheme {
        "http" | "https" | "mailto" | "tel" => Ok(Resolved { href: url.to_owned(), inside: None }),
        _ => Err(said!(
            "links of the kind `{scheme}:` are not allowed; allowed are https, http, mailto and tel",
            "不允许 `{scheme}:` 类链接，只允许 https、http、mailto 和 tel"
        )),
    }
}

fn unknown_form(url: &str) -> Said {
    said!(
        "`{url}` is no internal link; write `page.md`, `page.md#anchor` or `/directory/`",
        "`{url}` 不是站内链接的写法，应写成 page.md、page.md#锚点 或 /directory/"
    )
}

/// Joins a folder and a relative path; `None` when it leads out of the root.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut steps: Vec<&str> = folder.split('/').filter(|s| !s.is_empty()).collect();
    for step in path.split('/') {
        match step {
            "." => {}
            ".." => {
                steps.pop()?;
            }
            _ => steps.push(step),
        }
    }
    // `..` and `.` at the end name a folder.
    if matches!(path.rsplit('/').next(), Some("." | "..")) {
        steps.push("");
    }
    Some(steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Addresses {
        let mut site = Addresses::default();
        site.add_page("index.md", "index.html");
        site.add_page("rules.md", "rules/index.html");
        site.add_page("news/a.md", "news/a/index.html");
        for output in ["directory/index.html", "units/jyj.html", "downloads/registration.docx"] {
            site.add(output);
        }
        site
    }

    #[test]
    fn links_become_relative() {
        for (source, from, url, href) in [
            ("index.md", "index.html", "rules.md#art-7-3", "./rules/#art-7-3"),
            ("rules.md", "rules/index.html", "/directory/", "../directory/"),
            ("rules.md", "rules/index.html", "#art-7", "#art-7"),
            ("rules.md", "rules/index.html", "index.md", "../"),
            ("rules.md", "rules/index.html", "/", "../"),
            ("news/a.md", "news/a/index.html", "../rules.md", "../../rules/"),
            ("news/a.md", "news/a/index.html", "/units/jyj.html", "../../units/jyj.html"),
            ("rules.md", "rules/index.html", "mailto:a@example.com", "mailto:a@example.com"),
        ] {
            assert_eq!(site().resolve(source, from, url).unwrap().href, href, "{url}");
        }
    }

    #[test]
    fn dead_and_dangerous_links_are_refused() {
        for (url, message) in [
            ("rule.md", "there is no page `rule.md`; did you mean `rules.md`?"),
            ("../rules.md", "there is no page `../rules.md`; did you mean `rules.md`?"),
            (
                "/download/registration.docx",
                "nothing is published at `/download/registration.docx`; did you mean `/downloads/registration.docx`?",
            ),
            ("/units/", "nothing is published at `/units/`"),
            ("directory/", "`directory/` is no internal link; write `page.md`, `page.md#anchor` or `/directory/`"),
            (
                "//evil.example",
                "`//evil.example` is no internal link; write `page.md`, `page.md#anchor` or `/directory/`",
            ),
            (
                "JavaScript:alert(1)",
                "links of the kind `javascript:` are not allowed; allowed are https, http, mailto and tel",
            ),
            (
                "java\tscript:alert(1)",
                "links of the kind `javascript:` are not allowed; allowed are https, http, mailto and tel",
            ),
            ("data:text/html,x", "links of the kind `data:` are not allowed; allowed are https, http, mailto and tel"),
        ] {
            assert_eq!(site().resolve("index.md", "index.html", url).unwrap_err().en, message);
        }
    }

    #[test]
    fn rendered_links_are_followed() {
        let base = BaseUrl::parse("https://example.gov.cn/zfcg/").unwrap();
        let links =
            ["../", "../rules/#x", "jyj.html?q=1", "/zfcg/rules/", "#top", "https://x/", "../../", "jyj", "/rules/"];
        let dead: Vec<_> =
            site().check_rendered("units/a.html", &links.map(str::to_owned), &base).into_iter().map(|s| s.en).collect();
        assert_eq!(dead.len(), 3, "{dead:?}");
        assert!(dead[0].contains("`../../`") && dead[1].contains("`jyj`") && dead[2].contains("`/rules/`"));
    }
}
