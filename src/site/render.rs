//! Renders the planned pages: Markdown first, then each page in its template.

use std::collections::BTreeMap;

use tera::{Context, Value};

use crate::report::Diagnostic;

use super::book::Book;
use super::engine::Engine;
use super::links::Addresses;
use super::markdown::{self, Rendered};
use super::plan::{Job, Plan};
use super::view::{self, PageView};
use super::{Content, Download, Output, commendations, directory, fill, sitemap, unit_page};

/// The Markdown of all pages as HTML, by page id.
pub fn markdown<'a>(content: &'a Content, addresses: &Addresses) -> BTreeMap<&'a str, Rendered> {
    let render = |page: &'a super::page::Page| {
        let output = page.output();
        let resolve = |url: &str| addresses.resolve(page.file(), &output, url);
        (page.id.as_str(), markdown::render(page, &resolve))
    };
    content.pages.iter().map(render).collect()
}

/// Gives the engine what every page may use.
pub fn with_globals(mut engine: Engine, content: &Content, plan: &Plan<'_>, downloads: &[Download]) -> Engine {
    let globals = engine.globals();
    globals.insert("site", &view::site(&content.config));
    globals.insert("menu", &view::menu(content));
    globals.insert("other_pages", &view::other_pages(content));
    globals.insert("assets", &plan.assets);
    engine.globals().insert("downloads", &view::downloads(downloads));
    engine
}

/// Renders one page in its template.
pub fn page(
    job: &Job<'_>,
    book: &Book<'_>,
    pages: &BTreeMap<&str, Rendered>,
    engine: &Engine,
) -> Result<Output, Vec<Diagnostic>> {
    let html = engine.render(job.template(), &context(job, book, pages))?;
    Ok(Output { path: job.output(), bytes: html.into_bytes() })
}

fn context(job: &Job<'_>, book: &Book<'_>, pages: &BTreeMap<&str, Rendered>) -> Context {
    let content = book.content;
    let config = &content.config;
    let mut context = Context::new();
    match job {
        Job::Page(page) => {
            context.insert("page", &PageView::of_page(config, page));
            if let Some(rendered) = pages.get(page.id.as_str()) {
                context.insert_value("head", Value::safe_string(&rendered.head));
                context.insert_value("body", Value::safe_string(&rendered.body));
                let toc: &[_] = if page.toc { &rendered.toc } else { &[] };
                context.insert("toc", toc);
            }
            fill::insert(&mut context, content, page);
            if page.is_home() {
                context.insert("directory", &directory::Totals::of(content));
                context.insert("categories", &directory::categories(book));
            }
        }
        Job::Directory => {
            context.insert("page", &PageView::directory(config));
            context.insert("directory", &directory::directory(book));
        }
        Job::Commendations => {
            context.insert("page", &PageView::commendations(config));
            context.insert("commendations", &commendations::commendations(book));
        }
        Job::Unit(unit) => {
            context.insert("page", &PageView::unit(config, &unit.name, &job.output()));
            context.insert("unit", &unit_page::unit(book, unit));
        }
        Job::Sitemap => {
            context.insert("page", &PageView::sitemap(config));
            context.insert("directory", &directory::by_category(book));
        }
        Job::NotFound => context.insert("page", &PageView::not_found(config)),
    }
    context
}

/// `sitemap.xml` and `robots.txt`.
pub fn files(content: &Content, pages: &[Job<'_>]) -> Vec<Output> {
    let base_url = &content.config.base_url;
    let place = |job: &Job<'_>| match job {
        Job::NotFound => None,
        Job::Unit(unit) => Some(sitemap::Place {
            output: job.output(),
            changed: content.listings.get(&unit.id).map(|listing| listing.updated.clone()),
        }),
        Job::Page(page) => Some(sitemap::Place {
            output: job.output(),
            changed: page.published.as_deref().and_then(|time| time.split(' ').next()).map(str::to_owned),
        }),
        Job::Commendations => Some(sitemap::Place {
            output: job.output(),
            changed: content.commendations.first().map(|latest| latest.announced.clone()),
        }),
        Job::Directory | Job::Sitemap => Some(sitemap::Place { output: job.output(), changed: None }),
    };
    let places: Vec<_> = pages.iter().filter_map(place).collect();
    let file = |path: &str, text: String| Output { path: path.to_owned(), bytes: text.into_bytes() };
    vec![file("sitemap.xml", sitemap::xml(base_url, &places)), file("robots.txt", sitemap::robots(base_url))]
}
