//! Questions to the domain name system, for the keys of signatures. Where nobody answers, mail comes in all the same.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use mail_auth::{DnsError, Error, MessageAuthenticator};
use tokio::runtime::Runtime;

use super::dkim::Answer;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// After so many questions without an answer, one behind the other, nobody is asked any more: an office without network
/// would otherwise wait for every mail.
const ENOUGH: usize = 2;

/// The resolver of this machine's settings.
static SYSTEM: LazyLock<Dns> = LazyLock::new(|| Dns::new(|| MessageAuthenticator::new_system_conf().ok()));

/// The text that a name holds, as this machine's name servers say.
pub fn text(name: &str) -> Answer {
    SYSTEM.ask(name)
}

/// A resolver that asks each name once.
struct Dns {
    resolver: Option<(Runtime, MessageAuthenticator)>,
    known: Mutex<HashMap<String, Answer>>,
    failed: AtomicUsize,
}

impl Dns {
    fn new(resolver: impl FnOnce() -> Option<MessageAuthenticator>) -> Dns {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().ok();
        let resolver = runtime.and_then(|runtime| {
            let resolver = runtime.block_on(async { resolver() })?;
            Some((runtime, resolver))
        });
        Dns { resolver, known: Mutex::default(), failed: AtomicUsize::new(0) }
    }

    fn ask(&self, name: &str) -> Answer {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known.clone();
        }
        if self.failed.load(Ordering::Relaxed) >= ENOUGH {
            return Answer::Unreachable;
        }
        let answer = self.resolver.as_ref().map_or(Answer::Unreachable, |(runtime, resolver)| {
            let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, resolver.txt_raw_lookup(name)).await });
            asked.map_or(Answer::Unreachable, answer)
        });
        match answer {
            Answer::Unreachable => drop(self.failed.fetch_add(1, Ordering::Relaxed)),
            _ => self.failed.store(0, Ordering::Relaxed),
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), answer.clone());
        answer
    }
}

fn answer(found: mail_auth::Result<Vec<u8>>) -> Answer {
    match found {
        Ok(text) if !text.is_empty() => Answer::Text(text),
        Ok(_) | Err(Error::Dns(DnsError::RecordNotFound(_) | DnsError::InvalidRecordType)) => Answer::Nothing,
        Err(_) => Answer::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

    use mail_auth::hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};

    use super::*;

    /// A resolver that asks one server on this machine, over UDP.
    fn asking(server: SocketAddr) -> Dns {
        let mut config = NameServerConfig::udp(server.ip());
        config.connections[0].port = server.port();
        let mut options = ResolverOpts::default();
        options.timeout = Duration::from_millis(200);
        options.attempts = 1;
        Dns::new(|| MessageAuthenticator::new(ResolverConfig::from_parts(None, Vec::new(), vec![config]), options).ok())
    }

    /// Answers as many questions as there are replies: the question again, a code, and a text where there is one.
    fn name_server(replies: Vec<(u8, Option<&'static str>)>) -> SocketAddr {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = socket.local_addr().unwrap();
        std::thread::spawn(move || {
            for (code, text) in replies {
                let mut question = [0; 512];
                let (length, from) = socket.recv_from(&mut question).unwrap();
                socket.send_to(&reply(&question[..length], code, text), from).unwrap();
            }
        });
        address
    }

    /// RFC 1035 §4: the header, the question as it came, the answer with a pointer to the name in the question.
    fn reply(question: &[u8], code: u8, text: Option<&str>) -> Vec<u8> {
        let name = question[12..].iter().position(|b| *b == 0).unwrap();
        let mut reply = question[..12 + name + 5].to_vec();
        (reply[2], reply[3]) = (0x84, code);
        reply[6..12].copy_from_slice(&[0, u8::from(text.is_some()), 0, 0, 0, 0]);
        if let Some(text) = text {
            reply.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, text.len() as u8 + 1, text.len() as u8]);
            reply.extend(text.as_bytes());
        }
        reply
    }

    #[test]
    fn a_text_a_missing_name_and_a_name_asked_once() {
        let dns = asking(name_server(vec![(0, Some("v=DKIM1; p=")), (3, None)]));
        assert_eq!(dns.ask("s._domainkey.unit.example."), Answer::Text(b"v=DKIM1; p=".to_vec()));
        assert_eq!(dns.ask("t._domainkey.unit.example."), Answer::Nothing);
        assert_eq!(dns.ask("s._domainkey.unit.example."), Answer::Text(b"v=DKIM1; p=".to_vec()));
    }

    #[test]
    fn where_nobody_answers_it_soon_stops_asking() {
        let silent = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let dns = asking(silent.local_addr().unwrap());
        for name in ["a.example.", "b.example.", "c.example.", "a.example."] {
            assert_eq!(dns.ask(name), Answer::Unreachable);
        }
        silent.set_nonblocking(true).unwrap();
        let mut asked = Vec::new();
        let mut question = [0; 512];
        while let Ok((length, _)) = silent.recv_from(&mut question) {
            asked.push(String::from_utf8_lossy(&question[..length]).into_owned());
        }
        assert!(
            asked.iter().any(|q| q.contains("\u{1}a\u{7}example")) && !asked.iter().any(|q| q.contains("\u{1}c\u{7}"))
        );
    }

    #[test]
    fn without_settings_nobody_is_asked() {
        assert_eq!(Dns::new(|| None).ask("a.example."), Answer::Unreachable);
    }
}
