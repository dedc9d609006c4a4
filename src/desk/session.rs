//! Who is at the desk: an address that is good for one login, a cookie for each browser, a clerk's name for the ledger.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};

use crate::extract::sha256;

/// A desk left alone for so long asks for a new login.
const IDLE: Duration = Duration::from_secs(4 * 60 * 60);
/// The longest name a clerk can give.
const LONGEST_NAME: usize = 40;

/// A browser that has logged in.
#[derive(Debug, Clone)]
pub struct Session {
    /// The clerk's name.
    pub by: String,
    /// Stands in every form of the session; a foreign page cannot know it.
    pub csrf: String,
    seen: Instant,
}

/// The sessions of a desk.
pub struct Sessions {
    address: String,
    cookie: String,
    by: String,
    tell: Box<dyn Fn(&str) + Send + Sync>,
    token: Mutex<String>,
    /// By the hash of what is in the cookie, so that looking one up takes the same time whatever it begins with.
    open: Mutex<HashMap<String, Session>>,
}

impl Sessions {
    /// Sessions of the desk at an address. The cookie's name has the port: browsers do not tell ports apart.
    pub fn new(address: &SocketAddr, by: String, tell: Box<dyn Fn(&str) + Send + Sync>) -> io::Result<Sessions> {
        let cookie = format!("zhuanban_desk_{}", address.port());
        let token = Mutex::new(secret()?);
        Ok(Sessions { address: format!("http://{address}"), cookie, by, tell, token, open: Mutex::default() })
    }

    /// Tells the address for the next login.
    pub fn invite(&self) {
        (self.tell)(&format!("{}/login?token={}", self.address, locked(&self.token)));
    }

    /// The name to offer when logging in.
    pub fn offered(&self) -> &str {
        &self.by
    }

    /// Whether this is the token of the next login.
    pub fn knows(&self, token: &str) -> bool {
        sha256(token.as_bytes()) == sha256(locked(&self.token).as_bytes())
    }

    /// Logs a clerk in; the value of `Set-Cookie`. The token is spent, and the next one told.
    pub fn log_in(&self, by: &str) -> io::Result<String> {
        let (id, csrf) = (secret()?, secret()?);
        *locked(&self.token) = secret()?;
        let by: String = by.trim().chars().take(LONGEST_NAME).collect();
        locked(&self.open).insert(sha256(id.as_bytes()), Session { by, csrf, seen: Instant::now() });
        self.invite();
        Ok(format!("{}={id}; HttpOnly; SameSite=Strict; Path=/", self.cookie))
    }

    /// Ends a session; the value of `Set-Cookie`.
    pub fn log_out(&self, headers: &HeaderMap) -> String {
        if let Some(id) = self.id(headers) {
            locked(&self.open).remove(&sha256(id.as_bytes()));
        }
        format!("{}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0", self.cookie)
    }

    /// The session a request belongs to.
    pub fn of(&self, headers: &HeaderMap) -> Option<Session> {
        let id = self.id(headers)?;
        let mut open = locked(&self.open);
        open.retain(|_, session| session.seen.elapsed() < IDLE);
        let session = open.get_mut(&sha256(id.as_bytes()))?;
        session.seen = Instant::now();
        Some(session.clone())
    }

    fn id<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = all.flat_map(|cookies| cookies.split("; ")).filter_map(|cookie| cookie.split_once('='));
        pairs.find(|(name, _)| *name == self.cookie).map(|(_, id)| id)
    }
}

/// Sessions are replaced as a whole, so a panic elsewhere cannot have left one half written.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 192 random bits in hex.
fn secret() -> io::Result<String> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_token_is_good_once_and_a_session_ends_when_it_is_logged_out() {
        let sessions = Sessions::new(&([127, 0, 0, 1], 4321).into(), String::new(), Box::new(|_| {})).unwrap();
        let token = locked(&sessions.token).clone();
        assert!(sessions.knows(&token) && !sessions.knows("") && token.len() == 48);
        let cookie = sessions.log_in(" 示例员 ").unwrap();
        assert!(!sessions.knows(&token), "the token is spent");
        let sent = cookie.split(';').next().unwrap();
        let headers: HeaderMap =
            [(header::COOKIE, HeaderValue::from_str(&format!("a=b; {sent}")).unwrap())].into_iter().collect();
        assert_eq!(sessions.of(&headers).unwrap().by, "示例员");
        assert!(sessions.of(&HeaderMap::new()).is_none());
        sessions.log_out(&headers);
        assert!(sessions.of(&headers).is_none());
    }
}
