//! Who vouches for a mail's sender. Advice for the reviewer, never a rule: the sender is no proof of the unit, and honest
//! mail fails these checks every day.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::mail::Statement;

/// Who says what stands under `authentication`, and what we found ourselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vouched {
    /// The server that wrote the results, by the name it gives itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server: String,
    /// Whether the office trusts that server. If not, the sender himself may have written them.
    #[serde(default)]
    pub trusted: bool,
    /// Method to the domain it looked at.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub domains: IndexMap<String, String>,
    /// The mail's DKIM signatures as we checked them when it came in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signatures: Vec<Signature>,
}

/// A DKIM signature (RFC 6376).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The domain that signed; empty where the signature does not say.
    pub domain: String,
    /// What came of it.
    pub result: Checked,
}

/// What came of checking a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Checked {
    /// The domain sent this text under this sender.
    Pass,
    /// The body is not what was signed.
    BodyChanged,
    /// The header is not what was signed, or somebody else signed it.
    HeaderChanged,
    /// Its time is over.
    Expired,
    /// The domain has no such key, or none any more.
    NoKey,
    /// It is broken, or covers too little to prove anything.
    Invalid,
    /// The domain's key could not be asked for.
    Unverified,
}

impl Vouched {
    /// Whether the server that the office trusts says that the sender's domain disowns the mail.
    pub fn disowns(&self, results: &IndexMap<String, String>) -> bool {
        self.trusted && results.get("dmarc").is_some_and(|result| result == "fail")
    }

    /// Nobody vouches for anything.
    pub fn is_empty(&self) -> bool {
        self.server.is_empty() && self.signatures.is_empty()
    }
}

/// Results by method, and who gives them.
pub(super) fn of(statement: &Statement, trusted: bool) -> (IndexMap<String, String>, Vouched) {
    let Statement { server, results, domains } = statement.clone();
    let trusted = trusted && !server.is_empty();
    (
        results.into_iter().collect(),
        Vouched { server, trusted, domains: domains.into_iter().collect(), signatures: Vec::new() },
    )
}
