//! Fetching: mails from the office's mailbox into pending records, once or as they come.
//!
//! A mail goes: server → `inbox/mail/<sha256>.eml` → intake (the same code as `zhuanban intake`) → its account → the
//! state file → moved on the server. A break at any point only means that some of it is done again: what is on disk is
//! known by its hash, and nothing changes on the server before the account is written. The server's copy is never deleted.

mod folder;
mod pass;
mod state;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::answers::Answers;
use super::imap::Connection;
pub use super::imap::Trouble;
use super::intake::Taken;
use super::stop::Stop;
use super::store::Inbox;
use crate::post::{Imap, Secret};
use crate::read::Reader;
use crate::record::{Office, Signed};
use crate::report::Said;
use pass::pass;

/// What is fetched, from where and into what.
pub struct Fetch<'a> {
    /// The office's folder.
    pub root: &'a Path,
    /// The mailbox.
    pub imap: &'a Imap,
    /// Its password.
    pub secret: &'a Secret,
    /// Where mails are kept.
    pub inbox: &'a Inbox,
    /// What filing needs to know.
    pub office: &'a Office<'a>,
    /// What reads them.
    pub reader: &'a Arc<Reader>,
    /// What answers them.
    pub answers: &'a Answers<'a>,
    /// Signs an act with the clock.
    pub sign: &'a dyn Fn() -> Signed,
    /// How long things take.
    pub pace: Pace,
}

/// How long things take.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How long a server may be silent while it owes an answer.
    pub patience: Duration,
    /// How long to listen before looking all the same. Servers hang up after 29 minutes, and routers forget sooner.
    pub listen: Duration,
    /// How often to look where the server cannot tell of new mail.
    pub look: Duration,
    /// How long to wait before the first new attempt; the next ones wait twice as long each.
    pub again: Duration,
    /// The longest wait for a new attempt.
    pub longest: Duration,
}

impl Pace {
    /// What the office runs with.
    pub const USUAL: Pace = Pace {
        patience: Duration::from_secs(60),
        listen: Duration::from_secs(9 * 60),
        look: Duration::from_secs(60),
        again: Duration::from_secs(1),
        longest: Duration::from_secs(5 * 60),
    };
}

/// What there is to tell while mail is fetched.
#[derive(Debug)]
pub enum Event<'e> {
    /// Another process is fetching; this one waits for it.
    Busy,
    /// The folder is open: so many mails in it are new, so many were taken in before.
    Found {
        /// New ones.
        new: usize,
        /// The others.
        seen: usize,
    },
    /// A mail was taken in, or could not be filed on this machine.
    Taken {
        /// The mail's folder and unique id.
        name: &'e str,
        /// What became of it.
        taken: io::Result<Taken>,
    },
    /// The server keeps a mail to itself; it is asked for again next time.
    Withheld {
        /// The mail's folder and unique id.
        name: String,
        /// Why.
        why: Said,
    },
    /// Something the office should know, though mail is fetched all the same.
    Note(Said),
    /// All that was in the folder is done.
    Done,
    /// The connection is lost; it is tried again after a while.
    Lost {
        /// Why.
        why: Said,
        /// After how long.
        after: Duration,
    },
    /// Waits for new mail; the server tells of it, or it is looked for.
    Waiting {
        /// Whether the server tells.
        told: bool,
    },
}

/// New attempts in a row, without a mail in between, before fetching once gives up.
const ATTEMPTS: u32 = 5;

/// Fetches once, or with `keep_on` until stopped. Being stopped is no trouble. It blocks its thread, on which no async
/// runtime may be running.
pub fn fetch(fetch: &Fetch<'_>, keep_on: bool, mut stop: Stop, mut tell: impl FnMut(Event<'_>)) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(run(fetch, keep_on, &mut stop, &mut tell));
    // Whoever waits for another process's lock waits on a thread of its own, which need not be waited for.
    runtime.shutdown_background();
    match ended {
        Err(Trouble::Stopped) => Ok(()),
        other => other,
    }
}

/// Sessions one after the other, with longer and longer pauses while nothing comes of them.
async fn run(
    fetch: &Fetch<'_>,
    keep_on: bool,
    stop: &mut Stop,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<(), Trouble> {
    let (mut failed, mut reached) = (0, false);
    loop {
        let mut progress = false;
        let mut note = |event: Event<'_>| {
            progress |= matches!(event, Event::Taken { .. } | Event::Done);
            tell(event);
        };
        let why = match session(fetch, keep_on, stop, &mut note).await {
            Err(Trouble::Lost(why)) => why,
            // A provider that knew us once and does not now may do so again later.
            Err(Trouble::Refused(why)) if keep_on && reached => why,
            other => return other,
        };
        reached |= progress;
        failed = if progress { 1 } else { failed + 1 };
        if !keep_on && failed > ATTEMPTS {
            return Err(Trouble::Lost(why));
        }
        let Pace { again, longest, .. } = fetch.pace;
        let after = again.saturating_mul(1 << (failed - 1).min(16)).min(longest);
        tell(Event::Lost { why, after });
        tokio::select! {
            () = sleep(after) => {}
            () = stop.wait() => return Ok(()),
        }
    }
}

/// One connection: a pass, and further ones whenever there is something new.
async fn session(
    fetch: &Fetch<'_>,
    keep_on: bool,
    stop: &mut Stop,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<(), Trouble> {
    let Fetch { imap, root, secret, pace, .. } = fetch;
    let open = Connection::open(&imap.server, root, secret, pace.patience);
    let mut connection = tokio::select! {
        opened = open => opened?,
        () = stop.wait() => return Err(Trouble::Stopped),
    };
    let mut told = None;
    loop {
        pass(fetch, &mut connection, stop, tell).await?;
        tell(Event::Done);
        if !keep_on || stop.is_on() {
            break;
        }
        if told.replace(connection.idles()) != Some(connection.idles()) {
            tell(Event::Waiting { told: connection.idles() });
        }
        if connection.idles() {
            connection.idle(pace.listen, stop).await?;
        } else {
            tokio::select! {
                () = sleep(pace.look) => {}
                () = stop.wait() => {}
            }
        }
        if stop.is_on() {
            break;
        }
    }
    connection.close().await;
    Ok(())
}
