//! What an answer to a mail has to know of it: whom to answer, which thread it belongs to, and the signs after RFC 3834
//! that it must not be answered. Reads the header only.

use super::field::{self, Fields};
use super::{Head, charset, head};

/// Longest message identifier that is repeated in an answer.
const LONGEST_ID: usize = 250;
/// Identifiers of a thread that an answer repeats: its beginning and its end find the thread in every mail program.
const MOST_REFERENCES: usize = 20;

/// A mail as somebody who might answer it sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correspondence {
    /// Sender, subject, date and what says that no person wrote it.
    pub head: Head,
    /// The envelope's sender as the delivering server noted it: empty for the null path `<>`, absent if not noted.
    pub return_path: Option<String>,
    /// Fields that only mailing lists and bulk mail have (`List-*`, `Precedence`), by name.
    pub bulk: Option<String>,
    /// Whether there are several From fields.
    pub several_senders: bool,
    /// The identifiers an answer puts into `References` (RFC 5322 §3.6.4), the mail's own last; without brackets.
    pub thread: Vec<String>,
}

/// Reads a mail's header.
pub fn correspondence(raw: &[u8]) -> Correspondence {
    let (fields, _) = field::split(raw);
    let head = head::read(&fields, &mut Vec::new());
    Correspondence {
        return_path: fields.text("Return-Path").map(|path| charset::clean(bare(&path), LONGEST_ID)),
        bulk: bulk(&fields),
        several_senders: fields.all("From").nth(1).is_some(),
        thread: thread(&fields, head.message_id.as_deref()),
        head,
    }
}

fn bare(path: &str) -> &str {
    path.trim().trim_start_matches('<').trim_end_matches('>').trim()
}

fn bulk(fields: &Fields<'_>) -> Option<String> {
    const LIST: [&str; 6] = ["List-Id", "List-Post", "List-Help", "List-Subscribe", "List-Unsubscribe", "List-Owner"];
    let listed = LIST.into_iter().find(|name| fields.all(name).next().is_some()).map(str::to_owned);
    listed.or_else(|| {
        let value = fields.text("Precedence")?.to_ascii_lowercase();
        ["bulk", "list", "junk"].contains(&value.as_str()).then(|| format!("Precedence: {value}"))
    })
}

/// The parent's references, or what it was an answer to, then the parent itself.
fn thread(fields: &Fields<'_>, own: Option<&str>) -> Vec<String> {
    let ids = |name: &str| fields.text(name).map(|text| identifiers(&text)).unwrap_or_default();
    let mut all = ids("References");
    if all.is_empty() {
        all = ids("In-Reply-To");
        all.truncate(1);
    }
    all.retain(|id| Some(id.as_str()) != own);
    if all.len() > MOST_REFERENCES {
        all.drain(1..=all.len() - MOST_REFERENCES);
    }
    all.extend(own.filter(|id| is_identifier(id)).map(str::to_owned));
    all
}

fn identifiers(text: &str) -> Vec<String> {
    let inner = text.split('<').skip(1).filter_map(|part| part.split_once('>').map(|(id, _)| id));
    inner.filter(|id| is_identifier(id)).map(str::to_owned).collect()
}

/// Only what cannot break a header is repeated in one.
fn is_identifier(id: &str) -> bool {
    let good = |b: u8| b.is_ascii_graphic() && !matches!(b, b'<' | b'>');
    !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(good)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Correspondence {
        correspondence(format!("From: unit@example.com\n{header}\n").as_bytes())
    }

    #[test]
    fn an_answer_goes_on_with_the_thread() {
        let thread = |header: &str| of(header).thread;
        assert_eq!(thread("Message-ID: <a@x>\n"), ["a@x"]);
        assert_eq!(thread("Message-ID: <c@x>\nReferences: <a@x>\n <b@x>\nIn-Reply-To: <z@x>\n"), ["a@x", "b@x", "c@x"]);
        assert_eq!(thread("Message-ID: <c@x>\nIn-Reply-To: <b@x> <z@x>\n"), ["b@x", "c@x"]);
        assert!(thread("Subject: no identifier\n").is_empty());
        let long: String = (0..60).map(|n| format!("<{n}@x> ")).collect();
        let kept = thread(&format!("Message-ID: <own@x>\nReferences: {long}\n"));
        assert_eq!((kept.len(), kept[0].as_str(), kept[1].as_str()), (MOST_REFERENCES + 1, "0@x", "41@x"));
    }

    #[test]
    fn identifiers_that_could_break_a_header_are_not_repeated() {
        assert!(of("Message-ID: <a b@x>\n").thread.is_empty());
        assert!(of("Message-ID: <示例@x>\n").thread.is_empty());
        assert!(of(&format!("Message-ID: <{}@x>\n", "a".repeat(300))).thread.is_empty());
    }

    #[test]
    fn the_signs_of_lists_and_bounces_are_seen() {
        assert_eq!(of("Return-Path: <>\n").return_path.as_deref(), Some(""));
        assert_eq!(of("Return-Path: <unit@example.com>\n").return_path.as_deref(), Some("unit@example.com"));
        assert_eq!(of("List-Post: <mailto:all@x>\n").bulk.as_deref(), Some("List-Post"));
        assert_eq!(of("Precedence: JUNK\n").bulk.as_deref(), Some("Precedence: junk"));
        assert!(of("From: other@example.com\n").several_senders);
        assert_eq!((of("").return_path, of("").bulk), (None, None));
    }
}
