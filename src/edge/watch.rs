//! Notices when a source changes.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

// A debouncer is no use here: it drops the kind of an event, and on Linux our own reading of the sources is an event
// too, so that every build would set off the next.
use notify::event::{AccessKind, AccessMode};
use notify::{EventKind, RecursiveMode, Watcher};

use super::sources::FOLDERS;
use crate::site::Sources;

/// Editors write a file in several steps; a change counts when nothing followed it for this long.
const QUIET: Duration = Duration::from_millis(30);

/// Calls `changed` with the sources whenever they differ from `seen`, until it says `false`.
pub fn watch(root: &Path, mut seen: Sources, mut changed: impl FnMut(&Sources) -> bool) -> io::Result<()> {
    let (send, events) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.map_or(true, |event| is_change(&event.kind)) {
            // Nobody listens any more when watching has ended.
            let _ = send.send(());
        }
    })
    .map_err(io::Error::other)?;
    for folder in FOLDERS.map(|folder| root.join(folder)).iter().filter(|folder| folder.is_dir()) {
        watcher.watch(folder, RecursiveMode::Recursive).map_err(io::Error::other)?;
    }
    while wait(&events) {
        // A file that vanished while it was read is seen again with its next event.
        let Ok(now) = super::sources(root) else { continue };
        if now != seen {
            seen = now;
            if !changed(&seen) {
                break;
            }
        }
    }
    Ok(())
}

fn is_change(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => *access == AccessKind::Close(AccessMode::Write),
        EventKind::Any | EventKind::Create(_) | EventKind::Modify(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

/// Waits for a change and then for quiet. Whether there will be more.
fn wait(events: &Receiver<()>) -> bool {
    if events.recv().is_err() {
        return false;
    }
    loop {
        match events.recv_timeout(QUIET) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => return true,
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_noticed_until_nobody_wants_to_know() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(root.path().join("content/pages")).unwrap();
        std::fs::write(root.path().join("content/site.yaml"), "a").unwrap();
        let seen = crate::edge::sources(root.path()).unwrap();
        let (send, changes) = channel();
        let path = root.path().to_owned();
        let thread = std::thread::spawn(move || {
            watch(&path, seen, |now| {
                send.send(now.files.len()).unwrap();
                now.files.len() < 3
            })
        });
        // The watcher may not be up yet, so the file is written until it is seen.
        let mut n = 0;
        let seen = loop {
            n += 1;
            std::fs::write(root.path().join("content/pages/a.md"), n.to_string()).unwrap();
            if let Ok(count) = changes.recv_timeout(Duration::from_millis(200)) {
                break count;
            }
            assert!(n < 50, "no change was noticed");
        };
        assert_eq!(seen, 2);
        std::fs::write(root.path().join("content/pages/b.md"), "b").unwrap();
        assert!(changes.iter().any(|count| count == 3));
        thread.join().unwrap().unwrap();
    }
}
