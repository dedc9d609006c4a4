//! Extraction against the clock: each mail on a thread of its own, which is left behind when one of its documents takes
//! too long or breaks the decoder. The mail is then read again with that document closed, so that all else in it counts.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::extract::{self, Bare, Extraction, MailHead, Watch, extract_watched, sha256};
use crate::fault::Fault;
use crate::read::Reader;

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// One document, or one page of it: drawing and recognising a dense page takes two seconds.
    pub page: Duration,
    /// One mail: two hundred pages take seven minutes on a slow machine.
    pub mail: Duration,
    /// How often the watcher looks.
    pub look: Duration,
}

impl Limits {
    /// What the office runs with.
    pub const USUAL: Limits =
        Limits { page: Duration::from_secs(60), mail: Duration::from_secs(20 * 60), look: Duration::from_millis(250) };
}

/// Room for decoders that call themselves: page trees and graphics states of PDFs nest.
const STACK: usize = 64 << 20;

/// Takes a mail apart within the usual limits; never panics, never hangs.
pub fn extract(raw: &Arc<[u8]>, reader: &Arc<Reader>) -> Extraction {
    let (mail, reader) = (Arc::clone(raw), Arc::clone(reader));
    within(Limits::USUAL, move |watch| extract_watched(&mail, &reader, watch)).unwrap_or_else(|| broken(raw))
}

/// The same for a document that came without a mail.
pub fn extract_bare(bare: &Bare, bytes: &Arc<[u8]>, reader: &Arc<Reader>) -> Extraction {
    let (bare, document, reader) = (bare.clone(), Arc::clone(bytes), Arc::clone(reader));
    let ending = bare.ending.clone();
    let work = move |watch: &Watch| extract::extract_bare(&bare, &document, &reader, watch);
    within(Limits::USUAL, work).unwrap_or_else(|| {
        let broken = broken(bytes);
        Extraction { mail: MailHead { document: Some(ending), ..broken.mail }, ..broken }
    })
}

/// Runs work on a thread of its own until it comes to an end within the limits. Absent if it breaks outside of any
/// document, which reading again would not help.
pub fn within<T: Send + 'static>(limits: Limits, work: impl Fn(&Watch) -> T + Clone + Send + 'static) -> Option<T> {
    let mut closed: BTreeMap<String, Fault> = BTreeMap::new();
    let mut spent = Duration::ZERO;
    loop {
        let watch = Arc::new(Watch::without(closed.clone()));
        match wait(limits, &mut spent, &watch, work.clone()) {
            End::Done(result) => return Some(result),
            End::Slow(document) if !closed.contains_key(&document) => closed.insert(document, too_slow(limits.page)),
            End::Broken(Some(document)) if !closed.contains_key(&document) => closed.insert(document, internal()),
            End::Slow(_) | End::Broken(_) => return None,
        };
    }
}

enum End<T> {
    Done(T),
    /// The document under way took too long.
    Slow(String),
    /// The work panicked, with this document under way.
    Broken(Option<String>),
}

fn wait<T: Send + 'static>(
    limits: Limits,
    spent: &mut Duration,
    watch: &Arc<Watch>,
    work: impl Fn(&Watch) -> T + Send + 'static,
) -> End<T> {
    let (sender, receiver) = channel();
    if start(Arc::clone(watch), sender, work).is_err() {
        return End::Broken(None);
    }
    let (mut since, mut last) = (Duration::ZERO, watch.at());
    loop {
        match receiver.recv_timeout(limits.look) {
            Ok(result) => return End::Done(result),
            Err(RecvTimeoutError::Disconnected) => return End::Broken(watch.at().1),
            Err(RecvTimeoutError::Timeout) => (),
        }
        *spent += limits.look;
        since += limits.look;
        if *spent >= limits.mail {
            watch.stop(out_of_time(limits.mail));
        }
        let now = watch.at();
        if now != last {
            (since, last) = (Duration::ZERO, now);
        } else if since >= limits.page
            && let Some(document) = now.1
        {
            return End::Slow(document);
        }
    }
}

/// The sender is dropped when the work panics.
fn start<T: Send + 'static>(
    watch: Arc<Watch>,
    sender: Sender<T>,
    work: impl Fn(&Watch) -> T + Send + 'static,
) -> std::io::Result<()> {
    let run = move || drop(sender.send(work(&watch)));
    thread::Builder::new().name("mail".to_owned()).stack_size(STACK).spawn(run).map(|_| ())
}

/// Does a piece of work for each item on all cores; results in the items' order. On threads of its own: each piece waits
/// for a mail, and were it rayon's workers that waited, none would be left to recognise the mail's pages.
pub fn side_by_side<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(items.len());
    let worker = || {
        let mut done = Vec::new();
        let mut index = next.fetch_add(1, Ordering::Relaxed);
        while let Some(item) = items.get(index) {
            done.push((index, work(item)));
            index = next.fetch_add(1, Ordering::Relaxed);
        }
        done
    };
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    all.sort_by_key(|(index, _)| *index);
    all.into_iter().map(|(_, result)| result).collect()
}

fn too_slow(limit: Duration) -> Fault {
    let message = format!("处理此文件的一页超过 {} 秒，已停止，请对方改发 PDF、JPEG 或 Word（.docx）", limit.as_secs());
    Fault::new("too-slow", message)
}

fn out_of_time(limit: Duration) -> Fault {
    let message = format!("处理此邮件超过 {} 分钟，其余文件未打开，请对方分开发送", limit.as_secs() / 60);
    Fault::new("too-slow", message)
}

fn internal() -> Fault {
    Fault::new("internal", "程序处理此文件时出错，请人工查看原始邮件")
}

/// A mail of which nothing can be told but that it is there.
fn broken(raw: &[u8]) -> Extraction {
    Extraction {
        mail: MailHead { sha256: sha256(raw), ..MailHead::default() },
        records: Vec::new(),
        leaves: Vec::new(),
        faults: vec![Fault::new("internal", "程序处理此邮件时出错，请人工查看原始邮件")],
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const SHORT: Limits =
        Limits { page: Duration::from_millis(30), mail: Duration::from_secs(60), look: Duration::from_millis(10) };

    #[test]
    fn a_document_that_never_ends_is_left_closed_and_the_rest_read() {
        // A channel nobody sends on: waiting for it never ends.
        let (keep, never) = channel::<()>();
        let never = Arc::new(Mutex::new(never));
        let work = move |watch: &Watch| match watch.begin("slow") {
            Ok(()) => drop(never.lock().unwrap().recv()),
            Err(fault) => assert_eq!(fault.code, "too-slow"),
        };
        assert_eq!(within(SHORT, work), Some(()));
        drop(keep);
    }

    #[test]
    fn a_document_that_breaks_the_decoder_is_left_closed() {
        let work = |watch: &Watch| match watch.begin("bad") {
            Ok(()) => panic!("as decoders do"),
            Err(fault) => fault.code,
        };
        // Telling of a panic takes its time, and that is not what is measured here.
        let patient = Limits { page: Duration::from_secs(60), ..SHORT };
        assert_eq!(within(patient, work).as_deref(), Some("internal"));
        assert_eq!(within(SHORT, |_: &Watch| -> () { panic!("outside of any document") }), None);
    }

    #[test]
    fn work_that_waits_for_rayon_does_not_starve_it() {
        use rayon::prelude::*;
        let items: Vec<u64> = (0..64).collect();
        let sum = |item: &u64| {
            let item = *item;
            within(Limits { page: Duration::from_secs(60), ..SHORT }, move |_: &Watch| {
                (0..item).into_par_iter().sum::<u64>()
            })
        };
        let sums: Vec<u64> = side_by_side(&items, sum).into_iter().flatten().collect();
        assert_eq!(sums, items.iter().map(|n| n * n.saturating_sub(1) / 2).collect::<Vec<_>>());
    }

    #[test]
    fn a_mail_that_never_ends_is_stopped() {
        let limits = Limits { mail: Duration::from_millis(50), page: Duration::from_secs(60), ..SHORT };
        let work = |watch: &Watch| (0u64..).find_map(|n| watch.begin(&n.to_string()).err());
        assert_eq!(within(limits, work).flatten().unwrap().code, "too-slow");
    }
}
