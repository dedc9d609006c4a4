//! The edge: everything that touches the file system, the clock or the network.

pub mod publish;
pub mod serve;
pub mod sources;
pub mod watch;

pub use sources::sources;
