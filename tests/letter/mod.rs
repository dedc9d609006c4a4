//! A mail with attachments, as a mail program would write it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A mail under way.
pub struct Letter {
    subject: String,
    parts: Vec<String>,
}

impl Letter {
    /// A mail with this subject, sent on 10 July 2023.
    pub fn new(subject: &str) -> Letter {
        Letter { subject: subject.to_owned(), parts: Vec::new() }
    }

    /// A part of its text: `text/plain`, `text/html`.
    pub fn text(self, content_type: &str, text: &str) -> Letter {
        self.part(&format!("Content-Type: {content_type}; charset=utf-8"), text.as_bytes())
    }

    /// A file. Its type is never told: it has to be known by its content.
    pub fn attach(self, name: &str, bytes: &[u8]) -> Letter {
        let disposition = format!("Content-Disposition: attachment; filename=\"{}\"", word(name));
        self.part(&format!("Content-Type: application/octet-stream\r\n{disposition}"), bytes)
    }

    fn part(mut self, head: &str, bytes: &[u8]) -> Letter {
        let lines: Vec<String> = STANDARD
            .encode(bytes)
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        self.parts.push(format!("{head}\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n", lines.join("\r\n")));
        self
    }

    /// The raw mail.
    pub fn bytes(&self) -> Vec<u8> {
        let subject = word(&self.subject);
        let head = format!(
            "From: <sender@example.com>\r\nTo: <caigou@example.com>\r\nSubject: {subject}\r\n\
             Date: Mon, 10 Jul 2023 09:00:00 +0800\r\nMessage-ID: <made@example.com>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=\"=_part\"\r\n\r\n"
        );
        let parts: String = self.parts.iter().map(|part| format!("--=_part\r\n{part}")).collect();
        format!("{head}{parts}--=_part--\r\n").into_bytes()
    }
}

/// An encoded word (RFC 2047).
fn word(text: &str) -> String {
    format!("=?utf-8?B?{}?=", STANDARD.encode(text))
}
