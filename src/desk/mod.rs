//! The desk: the office's screen, served on this machine. A clerk who never saw a command line clears a day's mail with it.
//!
//! A request passes [`guard`] (is it ours?), [`session`] (who is it?) and [`route`] (what is asked?). Handlers parse and
//! call: every rule is in [`crate::record`], every act in [`crate::edge::review`]. [`room`] keeps content, templates and
//! records in memory and reads again what changed on disk; [`index`] is the records in the order of the queue.
//!
//! Nothing that came in a request is ever a path: ids are looked up in the index, parts in the mail's account. Text from
//! mails reaches the browser escaped, pictures drawn anew, files as downloads without a type.
//!
//! Other work of the day (fetching, answers, the report) gets its handlers in a file of its own here and its line in
//! [`route`].
#![allow(clippy::disallowed_methods)]

mod act;
mod answer;
mod answers;
mod bulk;
mod compare;
mod conflict;
mod filter;
mod guard;
mod index;
mod ledger;
mod mail;
mod one;
mod pairs;
mod papers;
mod preview;
mod queue;
mod room;
mod route;
mod session;
mod table;
mod typing;
mod words;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use axum::Router;

use crate::edge::failure::Failure;
use crate::said;
use guard::Guard;
use room::Room;
use session::Sessions;

/// Where and for whom to open the desk.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    /// The office's folder.
    pub root: &'a Path,
    /// The address of this machine to listen on.
    pub bind: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// The clerk's name to offer when logging in.
    pub by: Option<&'a str>,
}

/// Everything that outlives a request.
struct Desk {
    room: Room,
    guard: Guard,
    sessions: Sessions,
    papers: papers::Papers,
}

/// Serves until Ctrl-C. `tell` is given the address to log in with, and a new one after each login: an address is good once.
pub fn serve(opening: Opening<'_>, tell: impl Fn(&str) + Send + Sync + 'static) -> Result<(), Failure> {
    if opening.bind.is_unspecified() {
        return Err(Failure::Usage(said!(
            "name the one address to listen on, not all of them",
            "请写明监听哪一个地址，不能监听全部地址"
        )));
    }
    let room = Room::open(opening.root)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    Ok(runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((opening.bind, opening.port)).await?;
        let address = listener.local_addr()?;
        let by = opening.by.unwrap_or_default().to_owned();
        let sessions = Sessions::new(&address, by, Box::new(tell))?;
        let guard = Guard::new(address);
        let desk = Arc::new(Desk { room, guard, sessions, papers: papers::Papers::default() });
        desk.sessions.invite();
        let app = Router::new().fallback(route::answer).with_state(desk);
        let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
        tokio::select! {
            served = async { axum::serve(listener, app).await } => served,
            () = stop => Ok(()),
        }
    })?)
}
