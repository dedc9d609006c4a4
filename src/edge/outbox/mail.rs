//! A mail of ours on disk: what it says and where it stands, as YAML that a person can read.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize, Serializer};
use serde_yaml::LitStr;

use crate::reply::Answer;
use crate::reply::message::{Sender, message};
use crate::report::Said;

/// Where a mail of ours stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// To be sent.
    Waiting,
    /// On its way; after a crash nobody knows whether it arrived.
    Sending,
    /// It may have left, and nobody but the office can find out: see docs/mailbox.md.
    Unsure,
    /// Refused for good, or too often.
    Failed,
    /// The server has taken it.
    Sent,
}

impl State {
    /// What a clerk calls it.
    pub fn label(self) -> &'static str {
        match self {
            State::Waiting => "待发送",
            State::Sending => "发送中",
            State::Unsure => "不能确定是否发出",
            State::Failed => "发送失败",
            State::Sent => "已发送",
        }
    }

    /// The same in English.
    pub fn english(self) -> &'static str {
        match self {
            State::Waiting => "waits",
            State::Sending => "is being sent",
            State::Unsure => "may have left",
            State::Failed => "failed",
            State::Sent => "sent",
        }
    }
}

/// A mail of ours on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// What it answers; the file's name.
    pub event: String,
    /// Where it stands.
    pub state: State,
    /// The address it goes to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// When it was written, RFC 3339; its Date.
    pub written: String,
    /// When the mail that it is a receipt for was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The identifiers of its thread.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thread: Vec<String>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: usize,
    /// Not to be tried before, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// What the server said last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// When it left, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// The text.
    #[serde(serialize_with = "block")]
    pub text: String,
    /// The same as HTML.
    #[serde(serialize_with = "block")]
    pub html: String,
}

/// Text that people read in the file stands there line by line.
fn block<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    LitStr(text).serialize(serializer)
}

impl Mail {
    /// An answer as it begins to wait.
    pub(super) fn of(answer: Answer, written: &str) -> Mail {
        let Answer { event, to, subject, thread, about, text, html } = answer;
        let written = written.to_owned();
        let state = State::Waiting;
        Mail {
            event,
            state,
            to,
            subject,
            written,
            about,
            thread,
            attempts: 0,
            next: None,
            said: None,
            sent: None,
            text,
            html,
        }
    }

    /// The raw mail; the same each time.
    pub fn raw(&self, sender: &Sender) -> Result<Vec<u8>, Said> {
        let answer = Answer {
            event: self.event.clone(),
            to: self.to.clone(),
            subject: self.subject.clone(),
            thread: self.thread.clone(),
            about: self.about.clone(),
            text: self.text.clone(),
            html: self.html.clone(),
        };
        message(&answer, sender, time(&self.written)).map(|message| message.formatted())
    }
}

/// A mail's Date; what somebody broke by hand is the beginning of time, and shows.
fn time(text: &str) -> SystemTime {
    let seconds = text.parse::<jiff::Timestamp>().map_or(0, |at| at.as_second());
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.try_into().unwrap_or(0))
}
