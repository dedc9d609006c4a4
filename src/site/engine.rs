//! The template engine: tera with our filters, and its errors as located diagnostics.

use std::collections::BTreeMap;

use tera::{Context, ErrorKind, Kwargs, State, Tera};

use crate::report::{Diagnostic, Place};
use crate::said;

use super::{FOLDER_STATIC, Sources, text_of};

/// Where templates stand.
const FOLDER: &str = "templates/";
/// Templates of mails, which are no pages.
const FOLDER_MAIL: &str = "templates/mail/";
/// Where the desk's templates stand, which are no pages of the site.
pub const FOLDER_DESK: &str = "templates/desk/";

/// All templates, parsed.
#[derive(Debug)]
pub struct Engine {
    tera: Tera,
}

impl Engine {
    /// Parses the site's templates; every fault at once.
    pub fn load(sources: &Sources) -> Result<Engine, Vec<Diagnostic>> {
        let foreign = [FOLDER_STATIC, FOLDER_MAIL, FOLDER_DESK];
        let ours = |path: &str| !foreign.iter().any(|other| path.starts_with(other));
        Engine::load_those(sources, |path| path.starts_with(FOLDER) && ours(path) && path.ends_with(".html"))
    }

    /// Parses the templates of mails, `.txt` and `.html`; only the latter escape what they are given.
    pub fn of_mails(sources: &Sources) -> Result<Engine, Vec<Diagnostic>> {
        let either = |path: &str| path.ends_with(".txt") || path.ends_with(".html");
        Engine::load_those(sources, |path| path.starts_with(FOLDER_MAIL) && either(path))
    }

    /// Parses the templates of the desk.
    pub fn of_desk(sources: &Sources) -> Result<Engine, Vec<Diagnostic>> {
        Engine::load_those(sources, |path| path.starts_with(FOLDER_DESK) && path.ends_with(".html"))
    }

    fn load_those(sources: &Sources, wanted: impl Fn(&str) -> bool) -> Result<Engine, Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let mut texts = BTreeMap::new();
        for path in sources.files.keys().filter(|path| wanted(path)) {
            match text_of(sources, path) {
                Ok(text) => drop(texts.insert(&path[FOLDER.len()..], text)),
                Err(fault) => faults.push(fault),
            }
        }
        // Tera stops at the first broken file, so each is tried alone first.
        faults.extend(texts.iter().filter_map(|(name, text)| syntax_fault(name, text)));
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut tera = with_filters();
        match tera.add_raw_templates(texts.iter()) {
            Ok(()) => Ok(Engine { tera }),
            Err(error) => Err(located(error.kind(), &texts)),
        }
    }

    /// Whether there is such a template.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// What every page may use. Kept by the engine, so it is turned into its values only once.
    pub fn globals(&mut self) -> &mut Context {
        self.tera.global_context()
    }

    /// Renders a page.
    pub fn render(&self, name: &str, context: &Context) -> Result<String, Vec<Diagnostic>> {
        self.tera.render(name, context).map_err(|error| located(error.kind(), &BTreeMap::new()))
    }
}

fn with_filters() -> Tera {
    let mut tera = Tera::default();
    tera.register_filter("day", |text: &str, _: Kwargs, _: &State| super::words::day(text));
    tera.register_filter("tel", |text: &str, _: Kwargs, _: &State| super::words::tel(text));
    tera.register_filter("size", |bytes: u64, _: Kwargs, _: &State| super::words::size(bytes));
    tera
}

fn syntax_fault(name: &str, text: &str) -> Option<Diagnostic> {
    match Tera::default().add_raw_template(name, text).err()?.kind() {
        ErrorKind::SyntaxError(report) => Some(at(report.filename(), report.span(), report.message())),
        // Parents, components and filters are looked for when all templates are there.
        _ => None,
    }
}

fn at(name: &str, span: &tera::Span, message: &str) -> Diagnostic {
    let place = Place { line: span.start_line, column: span.start_col + 1 };
    template_fault(name, place, message)
}

fn template_fault(name: &str, place: Place, message: &str) -> Diagnostic {
    Diagnostic::at(&format!("{FOLDER}{name}"), place, said!("template: {message}", "模板有误：{message}"))
}

fn located(kind: &ErrorKind, texts: &BTreeMap<&str, &str>) -> Vec<Diagnostic> {
    match kind {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            vec![at(report.filename(), report.span(), report.message())]
        }
        ErrorKind::MissingParent { current, parent } => {
            let place = texts.get(current.as_str()).map_or(Place::default(), |text| place_of(text, parent));
            vec![template_fault(current, place, &format!("`{parent}` is missing"))]
        }
        ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
            vec![template_fault(tpl, Place::default(), "templates include or extend each other in a circle")]
        }
        // Everything that does not fit together comes as one text of reports.
        other => reports(&other.to_string()),
    }
}

fn place_of(text: &str, name: &str) -> Place {
    text.find(name).map_or(Place::default(), |offset| Place::of_offset(text, offset))
}

/// Takes tera's printed reports apart: `error: message`, then `--> file:line:column`.
fn reports(text: &str) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    let mut message = None;
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("error: ") {
            message = Some(said);
        } else if let Some((message, place)) = message.zip(line.trim_start().strip_prefix("--> ")) {
            let mut parts = place.rsplitn(3, ':');
            let mut number = || parts.next().and_then(|n| n.parse().ok()).unwrap_or_default();
            let (column, line) = (number(), number());
            all.push(template_fault(parts.next().unwrap_or_default(), Place { line, column }, message));
        }
    }
    if all.is_empty() {
        all.push(Diagnostic::of_file("templates", said!("{text}", "{text}")));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(files: &[(&str, &str)]) -> Result<Engine, Vec<String>> {
        let files = files.iter().map(|(p, t)| (format!("templates/{p}"), t.as_bytes().to_vec())).collect();
        Engine::load(&Sources { files }).map_err(|all| all.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn broken_templates_are_all_located() {
        let faults =
            load(&[("a.html", "<p>\n{{ x }"), ("b.html", "{% if %}"), ("static/c.html", "{{"), ("mail/d.html", "{{")])
                .unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].starts_with("templates/a.html:2:"), "{faults:?}");
        assert!(faults[1].starts_with("templates/b.html:1:"), "{faults:?}");
    }

    #[test]
    fn what_does_not_fit_together_is_located() {
        let faults = load(&[("a.html", "{{ 1 | nofilter }}\n {% include \"no.html\" %}")]).unwrap_err();
        assert_eq!(
            faults,
            [
                "templates/a.html:1:8: template: Unknown filter `nofilter`",
                "templates/a.html:2:13: template: Unknown template `no.html`"
            ]
        );
        let faults = load(&[("a.html", "\n{% extends \"bsae.html\" %}")]).unwrap_err();
        assert_eq!(faults, ["templates/a.html:2:13: template: `bsae.html` is missing"]);
    }

    #[test]
    fn an_undefined_name_is_located_when_rendering() {
        let engine = load(&[("a.html", "<p>\n {{ nobody }}")]).unwrap();
        let faults = engine.render("a.html", &Context::new()).unwrap_err();
        assert_eq!(faults[0].place, Place { line: 2, column: 5 }, "{faults:?}");
    }
}
