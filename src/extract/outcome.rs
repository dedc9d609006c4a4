//! What became of a leaf.

use serde::{Deserialize, Serialize};

/// One leaf of a mail and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// IMAP numbering; members of archives behind a further dot.
    pub part: String,
    /// Its name as the sender wrote it; data, never a path.
    #[serde(default)]
    pub name: Option<String>,
    /// The content type it was declared to have.
    #[serde(rename = "type")]
    pub content_type: String,
    /// Length after transfer decoding.
    pub bytes: usize,
    /// SHA-256 after transfer decoding, lower-case hex.
    pub sha256: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Why, in Chinese; absent where a record says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The four things that can become of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It made a record, or it is an archive whose members are listed.
    Record,
    /// It is text for people to read.
    Text,
    /// Nothing to do, with a reason.
    Ignored,
    /// It could not be opened, with a reason; a record says so too.
    Failed,
}
