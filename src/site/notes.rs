//! Notes at the end of a page: Markdown footnotes, as a rule the editor's (编者注), with the way back to the text.

use crate::report::Place;

/// How editor's notes begin.
const EDITORS: &str = "编者注：";

/// The notes of one page.
#[derive(Debug, Default)]
pub struct Notes {
    /// In the order in which the text first refers to them.
    list: Vec<Note>,
    /// The one that is being written.
    open: usize,
}

#[derive(Debug, Default)]
struct Note {
    label: String,
    /// Where it is defined; absent while only referred to.
    place: Option<Place>,
    html: String,
    /// Its number, from 1 in the order of first reference, and how often it is referred to.
    number: usize,
    references: usize,
}

impl Notes {
    fn find(&mut self, label: &str) -> usize {
        self.list.iter().position(|n| n.label == label).unwrap_or_else(|| {
            self.list.push(Note { label: label.to_owned(), ..Note::default() });
            self.list.len() - 1
        })
    }

    /// The text refers to a note: its number, and an id for this place in the text.
    pub fn refer(&mut self, label: &str) -> (usize, String) {
        let next = self.list.iter().filter(|n| n.references > 0).count() + 1;
        let at = self.find(label);
        let note = &mut self.list[at];
        note.number = if note.references == 0 { next } else { note.number };
        note.references += 1;
        (note.number, back_id(note.number, note.references))
    }

    /// A note's text begins.
    pub fn define(&mut self, label: &str, place: Place) {
        self.open = self.find(label);
        self.list[self.open].place = Some(place);
    }

    /// The note's text ends.
    pub fn fill(&mut self, html: String) {
        self.list[self.open].html = html;
    }

    /// Notes nothing refers to.
    pub fn unused(&self) -> Vec<(String, Place)> {
        self.list.iter().filter(|n| n.references == 0).filter_map(|n| Some((n.label.clone(), n.place?))).collect()
    }

    /// The notes as a section at the end of the page; empty without notes.
    pub fn section(self) -> String {
        let mut list: Vec<Note> = self.list.into_iter().filter(|n| n.references > 0).collect();
        list.sort_by_key(|n| n.number);
        if list.is_empty() {
            return String::new();
        }
        let opening = format!("<p>{EDITORS}");
        // The heading says it once for all.
        let editors = list.iter().all(|n| n.html.starts_with(&opening));
        let heading = if editors { "编者注" } else { "注释" };
        let items: String = list.iter().map(|note| note.item(if editors { &opening } else { "<p>" })).collect();
        format!(
            "<section class=\"notes\" aria-labelledby=\"notes\">\n<h2 id=\"notes\">{heading}</h2>\n<ol>\n{items}</ol>\n</section>\n"
        )
    }
}

impl Note {
    fn item(&self, opening: &str) -> String {
        let Note { number, html, references, .. } = self;
        let text = html.strip_prefix(opening).map_or_else(|| html.clone(), |rest| format!("<p>{rest}"));
        let text = text.trim_end();
        let back: String = (1..=*references).map(|n| self.way_back(n)).collect();
        let text = match text.strip_suffix("</p>") {
            Some(open) => format!("{open}{back}</p>"),
            None => format!("{text}{back}"),
        };
        format!("<li id=\"note-{number}\">{text}</li>\n")
    }

    fn way_back(&self, n: usize) -> String {
        let which = if self.references > 1 { n.to_string() } else { String::new() };
        let (id, number) = (back_id(self.number, n), self.number);
        format!(" <a class=\"back\" href=\"#{id}\" aria-label=\"返回编者注{number}所在正文{which}\">返回{which}</a>")
    }
}

fn back_id(number: usize, reference: usize) -> String {
    if reference == 1 { format!("note-ref-{number}") } else { format!("note-ref-{number}-{reference}") }
}
