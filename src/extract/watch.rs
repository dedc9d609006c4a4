//! What an extraction is at, for whoever holds the clock. The core knows no time: it says which document it has begun and
//! asks before each whether it may. Who watches may tell it to stop, or that a document is to be left closed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::fault::Fault;

/// Shared by an extraction and its watcher.
#[derive(Debug, Default)]
pub struct Watch {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Counts documents and pages begun.
    steps: u64,
    /// SHA-256 of the document under way.
    document: Option<String>,
    /// Documents to be left closed, and why.
    closed: BTreeMap<String, Fault>,
    /// Why nothing more is to be opened.
    stopped: Option<Fault>,
}

impl Watch {
    /// One that leaves these documents closed.
    pub fn without(closed: BTreeMap<String, Fault>) -> Watch {
        Watch { state: Mutex::new(State { closed, ..State::default() }) }
    }

    /// From now on every document is a fault.
    pub fn stop(&self, why: Fault) {
        self.locked(|state| state.stopped = Some(why));
    }

    /// How many steps were taken, and the document under way.
    pub fn at(&self) -> (u64, Option<String>) {
        self.locked(|state| (state.steps, state.document.clone()))
    }

    /// A document is about to be opened; the error says why it must not be.
    pub fn begin(&self, sha256: &str) -> Result<(), Fault> {
        self.locked(|state| {
            if let Some(why) = state.closed.get(sha256).or(state.stopped.as_ref()) {
                return Err(why.clone());
            }
            state.steps += 1;
            state.document = Some(sha256.to_owned());
            Ok(())
        })
    }

    /// No document is under way any more.
    pub(super) fn end(&self) {
        self.locked(|state| state.document = None);
    }

    /// The next page of the document.
    pub(super) fn page(&self) {
        self.locked(|state| state.steps += 1);
    }

    fn locked<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        // Nothing in here can leave the state half changed.
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_documents_and_all_after_a_stop_are_faults() {
        let watch = Watch::without(BTreeMap::from([("a".to_owned(), Fault::new("too-slow", ""))]));
        assert_eq!(watch.begin("a").unwrap_err().code, "too-slow");
        assert_eq!((watch.begin("b"), watch.at()), (Ok(()), (1, Some("b".to_owned()))));
        watch.page();
        assert_eq!(watch.at().0, 2);
        watch.stop(Fault::new("stop", ""));
        assert_eq!(watch.begin("c").unwrap_err().code, "stop");
    }
}
