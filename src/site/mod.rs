//! The public site: sources in, files out, every fault located. Pure: no file system, no clock, no network.
//!
//! [`build`] is the recipe: [`load`] reads the content, [`engine`] the templates, [`plan`] gives every page its address,
//! [`markdown`] turns pages into HTML, templates dress them, [`links`] and [`guard`] look at what came out.
//! The only data about people it can see are [`Listing`](crate::listing::Listing)s and
//! [`Commendation`](crate::listing::commendation::Commendation)s.

pub mod anchors;
pub mod assets;
pub mod base_url;
pub mod book;
pub mod cell;
pub mod cjk;
pub mod colour;
pub mod commendations;
pub mod config;
pub mod content;
pub mod directory;
pub mod engine;
pub mod fill;
pub mod guard;
pub mod links;
pub mod markdown;
pub mod notes;
pub mod page;
pub mod plan;
pub mod render;
pub mod scan;
pub mod sitemap;
pub mod tags;
pub mod unit_page;
pub mod view;
pub mod words;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::report::{Diagnostic, Place};
use crate::said;

pub use content::{Content, load};

/// Where the files stand that are published as they are.
const FOLDER_STATIC: &str = "templates/static/";

/// The files a site is made from: `content/…` and `templates/…` below the root, with `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Bytes by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// What the command line says about a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Overrides `base_url` of the configuration.
    pub base_url: Option<String>,
}

/// A file of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Path below the output folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file to offer for download, made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Path below the output folder: `downloads/registration.docx`.
    pub path: String,
    /// What it is.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Its version and date, for people.
    pub version: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Builds the site. All faults of all files come at once, sorted by place; then there is no output.
pub fn build(sources: &Sources, options: &Options, downloads: Vec<Download>) -> Result<Vec<Output>, Vec<Diagnostic>> {
    let (content, engine) = both(read(sources, options), engine::Engine::load(sources))?;
    let plan = plan::plan(&content, &engine, sources, &downloads)?;
    let pages = render::markdown(&content, &plan.addresses);
    let book = book::Book::of(&content);
    let engine = render::with_globals(engine, &content, &plan, &downloads);
    let made = all(plan.pages.par_iter().map(|job| render::page(job, &book, &pages, &engine)).collect())?;
    let files = plan
        .files
        .into_iter()
        .chain(render::files(&content, &plan.pages))
        .chain(downloads.into_iter().map(Output::from));
    let outputs: Vec<Output> = made.into_iter().chain(files).collect();
    let mut faults: Vec<Diagnostic> = pages.values().flat_map(|page| page.faults.clone()).collect();
    faults.extend(check(&outputs, &content, sources, &plan.addresses, pages.values()));
    sorted(outputs, faults)
}

/// Where the site is published, for whoever serves it.
pub fn base_url(sources: &Sources, options: &Options) -> Result<base_url::BaseUrl, Vec<Diagnostic>> {
    if let Some(text) = &options.base_url {
        return base_url::BaseUrl::parse(text).map_err(|message| vec![Diagnostic::of_file("--base-url", message)]);
    }
    let text = text_of(sources, config::PATH).map_err(|fault| vec![fault])?;
    config::parse(config::PATH, text).map(|config| config.base_url)
}

/// Reads the content with the command line's base URL.
fn read(sources: &Sources, options: &Options) -> Result<Content, Vec<Diagnostic>> {
    let mut content = load(sources)?;
    content.config.base_url = base_url(sources, options)?;
    Ok(content)
}

/// Looks at what came out: dead links, then mobile numbers.
fn check<'a>(
    outputs: &[Output],
    content: &Content,
    sources: &Sources,
    addresses: &links::Addresses,
    pages: impl Iterator<Item = &'a markdown::Rendered>,
) -> Vec<Diagnostic> {
    let references: Vec<links::Reference> = pages.flat_map(|page| page.references.clone()).collect();
    let rendered = |output: &&Output| output.path.ends_with(".html");
    let wanted = |output: &&Output| references.iter().any(|r| !r.fragment.is_empty() && r.output == output.path);
    let ids = |output: &'_ Output| -> std::collections::BTreeSet<String> {
        scan::values(html(output), "id").map(str::to_owned).collect()
    };
    let targets = outputs.iter().filter(wanted).map(|output| (output.path.as_str(), ids(output))).collect();
    let mut faults = addresses.check_fragments(&references, &targets);
    faults.par_extend(outputs.par_iter().filter(rendered).flat_map_iter(|output| {
        let said = addresses.check_rendered(&output.path, &scan::links(html(output)), &content.config.base_url);
        said.into_iter().map(|message| Diagnostic::of_file("templates", message)).collect::<Vec<_>>()
    }));
    faults.par_extend(outputs.par_iter().filter_map(|output| {
        guard::find(&output.bytes)?;
        guard::check(&output.path, &output.bytes, &texts(sources))
    }));
    faults
}

fn html(output: &Output) -> &str {
    std::str::from_utf8(&output.bytes).unwrap_or_default()
}

fn texts(sources: &Sources) -> Vec<(&str, &str)> {
    sources.files.iter().filter_map(|(path, bytes)| Some((path.as_str(), std::str::from_utf8(bytes).ok()?))).collect()
}

impl From<Download> for Output {
    fn from(download: Download) -> Output {
        Output { path: download.path, bytes: download.bytes }
    }
}

/// The text of a source.
fn text_of<'s>(sources: &'s Sources, path: &str) -> Result<&'s str, Diagnostic> {
    let Some(bytes) = sources.files.get(path) else {
        return Err(Diagnostic::of_file(path, said!("this file is missing", "缺少此文件")));
    };
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        let place = Place::of_offset(&good, good.len());
        Diagnostic::at(path, place, said!("the file must be UTF-8 text", "文件应为 UTF-8 编码的文本"))
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Both, or the faults of both.
fn both<A, B>(a: Result<A, Vec<Diagnostic>>, b: Result<B, Vec<Diagnostic>>) -> Result<(A, B), Vec<Diagnostic>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => {
            let faults = a.err().into_iter().chain(b.err()).flatten().collect();
            sorted((), faults).and(Err(Vec::new()))
        }
    }
}

/// All, or the faults of all.
fn all<T>(results: Vec<Result<T, Vec<Diagnostic>>>) -> Result<Vec<T>, Vec<Diagnostic>> {
    let (good, bad): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let faults = bad.into_iter().filter_map(Result::err).flatten().collect();
    sorted(good.into_iter().filter_map(Result::ok).collect(), faults)
}

/// The value if there are no faults, else the faults by place, each once.
fn sorted<T>(value: T, mut faults: Vec<Diagnostic>) -> Result<T, Vec<Diagnostic>> {
    faults.sort();
    faults.dedup();
    if faults.is_empty() { Ok(value) } else { Err(faults) }
}
