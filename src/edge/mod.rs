//! The edge: the only place, with `desk` and `cli`, that touches disk, clock and network.
#![allow(clippy::disallowed_methods)]

pub mod answers;
pub mod dkim;
pub mod dns;
pub mod failpoint;
pub mod failure;
pub mod fonts;
pub mod intake;
pub mod ledger;
pub mod mailbox;
pub mod models;
pub mod office;
pub mod outbox;
pub mod post;
pub mod publish;
pub mod purge;
pub mod register;
pub mod reminders;
pub mod review;
pub mod sender;
pub mod serve;
pub mod sources;
pub mod store;
pub mod timely;
pub mod watch;
pub mod whole;

pub use sources::sources;
