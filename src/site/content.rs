//! Reads all of `content/`: every fault of every file at once.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::form::{self, FormSpec};
use crate::listing::commendation::{self, Commendation};
use crate::listing::{self, Listing};
use crate::report::Diagnostic;
use crate::said;
use crate::unit::{self, Units};

use super::config::{self, SiteConfig};
use super::page::{self, Page};
use super::{Sources, text_of};

const UNITS: &str = "content/units.yaml";
const FORMS: &str = "content/forms/";
const REGISTER: &str = "content/register/";
const COMMENDATIONS: &str = "content/commendations/";

/// What the office wrote, parsed.
#[derive(Debug)]
pub struct Content {
    /// The site.
    pub config: SiteConfig,
    /// The units.
    pub units: Units,
    /// The forms in force, by file name.
    pub forms: Vec<FormSpec>,
    /// Their old versions: paper outlives software, so they are read but never offered.
    pub old_forms: Vec<FormSpec>,
    /// The pages, by file name.
    pub pages: Vec<Page>,
    /// What is public about each unit, by unit id.
    pub listings: BTreeMap<String, Listing>,
    /// The commendations announced, the latest first.
    pub commendations: Vec<Commendation>,
}

type Parsed<T> = Result<T, Vec<Diagnostic>>;

/// Parses everything; the faults are sorted by place.
pub fn load(sources: &Sources) -> Parsed<Content> {
    let mut faults = Vec::new();
    let config = one(sources, config::PATH, config::parse).map_err(|f| faults.extend(f)).ok();
    let units = one(sources, UNITS, unit::parse).map_err(|f| faults.extend(f)).ok();
    let pages = all(sources, page::FOLDER, ".md", page::parse, &mut faults);
    let before = faults.len();
    let forms = all(sources, FORMS, ".yaml", form, &mut faults);
    let old_forms = old_forms(sources, &forms, &mut faults);
    let ids: Option<BTreeSet<&str>> = units.as_ref().map(|units| units.list.iter().map(|u| u.id.as_str()).collect());
    // Against broken forms every listing would look wrong.
    let listings = match faults.len() == before {
        true => all(sources, REGISTER, ".yaml", |path, text| listing(path, text, &forms, ids.as_ref()), &mut faults),
        false => Vec::new(),
    };
    let mut commendations = match faults.len() == before {
        true => all(sources, COMMENDATIONS, ".yaml", |p, text| commended(p, text, &forms, ids.as_ref()), &mut faults),
        false => Vec::new(),
    };
    commendations.sort_by(|a, b| (&b.announced, &b.record).cmp(&(&a.announced, &a.record)));
    faults.sort();
    faults.dedup();
    match (config, units) {
        (Some(config), Some(units)) if faults.is_empty() => {
            let listings = listings.into_iter().map(|l| (l.unit.clone(), l)).collect();
            Ok(Content { config, units, forms, old_forms, pages, listings, commendations })
        }
        _ => Err(faults),
    }
}

fn one<T>(sources: &Sources, path: &str, parse: impl Fn(&str, &str) -> Parsed<T>) -> Parsed<T> {
    parse(path, text_of(sources, path).map_err(|fault| vec![fault])?)
}

/// Every file of a folder, the broken ones as faults, without what is no longer in force (`<name>@<version>`).
fn all<T: Send>(
    sources: &Sources,
    folder: &str,
    ending: &str,
    parse: impl Fn(&str, &str) -> Parsed<T> + Sync,
    faults: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let wanted = |path: &&String| path.starts_with(folder) && path.ends_with(ending) && !path.contains('@');
    parsed(sources, sources.files.keys().filter(wanted).collect(), parse, faults)
}

/// Old versions of the forms in force: `<id>@<version>.yaml`.
fn old_forms(sources: &Sources, forms: &[FormSpec], faults: &mut Vec<Diagnostic>) -> Vec<FormSpec> {
    let wanted = |path: &&String| path.starts_with(FORMS) && path.ends_with(".yaml") && path.contains('@');
    let one = |path: &str, text: &str| {
        let spec = old_form(path, text, forms)?;
        let newer = format!("{FORMS}{}.yaml", spec.id);
        let lonely = said!("an old version needs `{newer}`, the one in force", "旧版表格应有现行版本 `{newer}`");
        if sources.files.contains_key(&newer) { Ok(spec) } else { Err(vec![Diagnostic::of_file(path, lonely)]) }
    };
    parsed(sources, sources.files.keys().filter(wanted).collect(), one, faults)
}

fn parsed<T: Send>(
    sources: &Sources,
    paths: Vec<&String>,
    parse: impl Fn(&str, &str) -> Parsed<T> + Sync,
    faults: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let parsed: Vec<Parsed<T>> = paths.par_iter().map(|path| one(sources, path, &parse)).collect();
    parsed.into_iter().filter_map(|one| one.map_err(|f| faults.extend(f)).ok()).collect()
}

fn form(path: &str, text: &str) -> Parsed<FormSpec> {
    let spec = form::parse::parse(path, text)?;
    named_for(path, FORMS, &spec.id)?;
    Ok(spec)
}

/// An old version is older than the one in force, which may be broken and so unknown.
fn old_form(path: &str, text: &str, forms: &[FormSpec]) -> Parsed<FormSpec> {
    let spec = form::parse::parse(path, text)?;
    let (id, version) = (&spec.id, spec.version);
    named_for(path, FORMS, &format!("{id}@{version}"))?;
    let in_force = forms.iter().find(|form| &form.id == id).map(|form| form.version);
    if in_force.is_some_and(|newer| newer <= version) {
        let message = said!(
            "version {version} is not older than the one in `{FORMS}{id}.yaml`",
            "第{version}版不早于 `{FORMS}{id}.yaml` 中的现行版本"
        );
        return Err(vec![Diagnostic::of_file(path, message)]);
    }
    Ok(spec)
}

fn listing(path: &str, text: &str, forms: &[FormSpec], units: Option<&BTreeSet<&str>>) -> Parsed<Listing> {
    let listing = listing::parse(path, text, forms)?;
    named_for(path, REGISTER, &listing.unit)?;
    known_unit(path, &listing.unit, units)?;
    Ok(listing)
}

fn commended(path: &str, text: &str, forms: &[FormSpec], units: Option<&BTreeSet<&str>>) -> Parsed<Commendation> {
    let commendation = commendation::parse(path, text, forms)?;
    named_for(path, COMMENDATIONS, &commendation.record)?;
    known_unit(path, &commendation.unit, units)?;
    Ok(commendation)
}

fn known_unit(path: &str, unit: &str, units: Option<&BTreeSet<&str>>) -> Parsed<()> {
    if units.is_some_and(|units| !units.contains(unit)) {
        return Err(vec![Diagnostic::of_file(path, said!("unknown unit `{unit}`", "units.yaml 中没有单位 `{unit}`"))]);
    }
    Ok(())
}

/// A file is named for what it holds, so that nothing can be there twice.
fn named_for(path: &str, folder: &str, id: &str) -> Parsed<()> {
    let expected = format!("{folder}{id}.yaml");
    if path == expected {
        return Ok(());
    }
    Err(vec![Diagnostic::of_file(
        path,
        said!("holds `{id}` and must be named `{expected}`", "内容为 `{id}`，文件名应为 `{expected}`"),
    )])
}
