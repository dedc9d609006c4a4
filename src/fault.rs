//! Faults: problems in a submission, for the reviewer. They stand on the record, never stop the program, never lose mail.
//!
//! A problem in our own files is a [`Diagnostic`](crate::report::Diagnostic).

use serde::{Deserialize, Serialize};

/// One problem in a mail, a document or a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A stable code for programs, e.g. `check-digit`.
    pub code: String,
    /// The field it is about, absent when it is about the whole document or mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What is wrong, in Chinese, for the reviewer.
    pub message: String,
}

impl Fault {
    /// A fault of a whole document or mail.
    pub fn new(code: &str, message: impl Into<String>) -> Fault {
        Fault { code: code.to_owned(), field: None, message: message.into() }
    }

    /// A fault of one field.
    pub fn of(field: &str, code: &str, message: impl Into<String>) -> Fault {
        Fault { field: Some(field.to_owned()), ..Fault::new(code, message) }
    }
}
