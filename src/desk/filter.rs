//! Which part of the records a clerk works through: a status, a kind of work, a search. It goes along in addresses, so that
//! “next” stays in the list.

use super::index::{Index, Row};
use super::pairs::{Pairs, query};
use crate::record::Status;
use crate::record::triage::Mark;

/// A part of the records.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Which list.
    pub status: Status,
    /// Which kind of work, if not all.
    pub mark: Option<Mark>,
    /// Words to be found.
    pub words: String,
}

impl Filter {
    /// From an address or a form.
    pub fn of(pairs: &Pairs) -> Filter {
        let named = |name: &str| Status::FOLDERS.iter().find(|(_, folder)| *folder == name).map(|(status, _)| *status);
        let mark = Mark::ALL.iter().find(|(_, name, _)| *name == pairs.get("show")).map(|(mark, ..)| *mark);
        let words: String = pairs.get("q").chars().take(100).collect();
        Filter { status: named(pairs.get("status")).unwrap_or(Status::Pending), mark, words }
    }

    /// For an address: `status=…&show=…&q=…`, without what is as always.
    pub fn query(&self) -> String {
        let status = if self.status == Status::Pending { "" } else { self.status.folder() };
        query(&[("status", status), ("show", self.name()), ("q", &self.words)])
    }

    /// The name of the kind of work.
    pub fn name(&self) -> &'static str {
        self.mark.and_then(|mark| Mark::ALL.iter().find(|(m, ..)| *m == mark)).map_or("", |(_, name, _)| name)
    }

    /// The records it holds, in order.
    pub fn rows<'i>(&'i self, index: &'i Index) -> impl Iterator<Item = &'i Row> {
        index.list(self.status).filter(|row| self.takes(row))
    }

    /// What waits for somebody else is shown only where it is asked for.
    fn takes(&self, row: &Row) -> bool {
        let waits = [Mark::Asked, Mark::SetAside].iter().any(|mark| row.triage.marks.contains(mark));
        let wanted = match self.mark {
            Some(mark) => row.triage.marks.contains(&mark),
            None => !waits || !self.words.is_empty(),
        };
        wanted && row.holds(&self.words)
    }

    /// The records before and after one, and its place among how many.
    pub fn around<'i>(&'i self, index: &'i Index, id: &str) -> Around<'i> {
        let rows: Vec<&Row> = self.rows(index).collect();
        let at = rows.iter().position(|row| row.record().id == id);
        let id_at = |at: Option<usize>| at.and_then(|at| rows.get(at)).map(|row| row.record().id.as_str());
        Around {
            previous: id_at(at.and_then(|at| at.checked_sub(1))),
            next: id_at(at.map(|at| at + 1)),
            place: at.map(|at| at + 1),
            of: rows.len(),
        }
    }
}

/// A record's neighbours in its list.
#[derive(Debug, serde::Serialize)]
pub struct Around<'i> {
    /// The one before.
    pub previous: Option<&'i str>,
    /// The one after.
    pub next: Option<&'i str>,
    /// Its place, from 1; absent where the list does not hold it.
    pub place: Option<usize>,
    /// How many there are.
    pub of: usize,
}
