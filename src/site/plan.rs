//! Gives every page and file its address before anything is rendered. Two things at one address, a template that is not
//! there or a menu entry without a page are found here.

use std::collections::BTreeMap;

use crate::report::{Diagnostic, nearest};
use crate::said;

use super::assets::assets;
use super::engine::Engine;
use super::links::Addresses;
use super::page::Page;
use super::view::{COMMENDATIONS, DIRECTORY, NOT_FOUND, SITEMAP};
use super::{Content, Download, Output, Sources, config, sorted, unit_page};

/// What will be made.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The pages to render.
    pub pages: Vec<Job<'a>>,
    /// Files that are ready.
    pub files: Vec<Output>,
    /// Published path of each static file.
    pub assets: BTreeMap<String, String>,
    /// Every address.
    pub addresses: Addresses,
}

/// A page to render.
#[derive(Debug, Clone, Copy)]
pub enum Job<'a> {
    /// From Markdown.
    Page(&'a Page),
    /// The directory.
    Directory,
    /// The commendations, where there are any.
    Commendations,
    /// A unit's page.
    Unit(&'a crate::unit::Unit),
    /// The site map.
    Sitemap,
    /// For addresses where nothing is.
    NotFound,
}

impl Job<'_> {
    /// The path of its output.
    pub fn output(&self) -> String {
        match self {
            Job::Page(page) => page.output(),
            Job::Directory => DIRECTORY.1.to_owned(),
            Job::Commendations => COMMENDATIONS.1.to_owned(),
            Job::Unit(unit) => unit_page::path(unit),
            Job::Sitemap => SITEMAP.to_owned(),
            Job::NotFound => NOT_FOUND.to_owned(),
        }
    }

    /// The template it is dressed in.
    pub fn template(&self) -> &str {
        match self {
            Job::Page(page) => &page.template.1,
            Job::Directory => "directory.html",
            Job::Commendations => "commendations.html",
            Job::Unit(_) => "unit.html",
            Job::Sitemap => "sitemap.html",
            Job::NotFound => "404.html",
        }
    }

    /// The file that asks for it.
    fn source(&self) -> String {
        match self {
            Job::Page(page) => page.path.clone(),
            Job::Unit(_) => "content/units.yaml".to_owned(),
            Job::Directory | Job::Commendations | Job::Sitemap | Job::NotFound => {
                format!("templates/{}", self.template())
            }
        }
    }
}

/// Plans the site; every fault at once.
pub fn plan<'a>(
    content: &'a Content,
    engine: &Engine,
    sources: &Sources,
    downloads: &[Download],
) -> Result<Plan<'a>, Vec<Diagnostic>> {
    let generated = [Job::Directory, Job::Sitemap, Job::NotFound];
    let units = content.units.list.iter().map(Job::Unit);
    let commendations = (!content.commendations.is_empty()).then_some(Job::Commendations);
    let pages: Vec<Job<'a>> =
        generated.into_iter().chain(commendations).chain(content.pages.iter().map(Job::Page)).chain(units).collect();
    let assets = assets(sources, &content.config);
    let mut faults = missing_templates(&pages, engine);
    faults.extend(menu_faults(content));
    faults.extend(super::fill::faults(content));
    let mut addresses = Addresses::default();
    let mut owners = BTreeMap::new();
    let outputs = pages.iter().map(|job| (job.output(), job.source()));
    let files = assets.files.iter().map(|file| (file.path.clone(), "templates/static".to_owned()));
    let ready = downloads.iter().map(|download| (download.path.clone(), "content/forms".to_owned()));
    let plain = ["sitemap.xml", "robots.txt"].map(|path| (path.to_owned(), "templates".to_owned()));
    for (output, source) in plain.into_iter().chain(outputs).chain(files).chain(ready) {
        addresses.add(&output);
        if let Some(first) = owners.insert(output.clone(), source.clone()) {
            let message = said!("`{output}` is already made from {first}", "`{output}` 已由 {first} 生成");
            faults.push(Diagnostic::of_file(&source, message));
        }
    }
    for page in &content.pages {
        addresses.add_page(page.file(), &page.output());
    }
    sorted(Plan { pages, files: assets.files, assets: assets.paths, addresses }, faults)
}

fn missing_templates(pages: &[Job<'_>], engine: &Engine) -> Vec<Diagnostic> {
    let missing = |job: &&Job<'_>| !engine.has(job.template());
    let fault = |job: &Job<'_>| {
        let name = job.template();
        let message = said!("there is no template `templates/{name}`", "没有模板 `templates/{name}`");
        match job {
            Job::Page(page) => Diagnostic::at(&page.path, page.template.0, message),
            Job::Directory | Job::Commendations | Job::Unit(_) | Job::Sitemap | Job::NotFound => {
                Diagnostic::of_file(&format!("templates/{name}"), said!("this template is missing", "缺少此模板"))
            }
        }
    };
    pages.iter().filter(missing).map(fault).collect()
}

fn menu_faults(content: &Content) -> Vec<Diagnostic> {
    let known: Vec<&str> =
        content.pages.iter().map(|page| page.id.as_str()).chain([DIRECTORY.0, COMMENDATIONS.0]).collect();
    let unknown = content.config.menu.iter().filter(|(_, id)| !known.contains(&id.as_str()));
    let fault = |(at, id): &(_, String)| {
        let message = match nearest(id, known.iter().copied()) {
            Some(hint) => said!(
                "menu: there is no page `{id}`; did you mean `{hint}`?",
                "菜单：没有页面 `{id}`，是否应为 `{hint}`？"
            ),
            None => said!("menu: there is no page `{id}`", "菜单：没有页面 `{id}`"),
        };
        Diagnostic::at(config::PATH, *at, message)
    };
    unknown.map(fault).collect()
}
