//! DKIM signatures (RFC 6376), checked when a mail comes in: later the keys are gone.
//!
//! `mail-auth` does the checking; it asks its cache before the network, and ours has an answer for every name. So the keys
//! come from the one function that is handed in, and nothing else leaves this machine.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use mail_auth::common::headers::Header;
use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::{DomainKey, VerifySignature};
use mail_auth::dkim::DkimError;
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{
    AuthenticatedMessage, DkimOutput, DkimResult, DnsError, Error, MessageAuthenticator, Parameters, ResolverCache, Txt,
};

use crate::extract::{Checked, Signature};

/// Signatures of one mail that are looked at: honest mail has one or two, and each costs a question.
const MOST: usize = 5;

/// What the domain name system says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The text it holds.
    Text(Vec<u8>),
    /// There is no such name, or no text in it.
    Nothing,
    /// Nobody could be asked.
    Unreachable,
}

/// Checks the signatures of a mail with the keys that `ask` gives for names like `selector._domainkey.domain.`.
pub fn verify(raw: &[u8], ask: impl Fn(&str) -> Answer) -> Vec<Signature> {
    // What was signed had CRLF; tools that save mails as files change that.
    let crlf = if memchr::memmem::find(raw, b"\r\n").is_some() { None } else { Some(with_crlf(raw)) };
    let raw = crlf.as_deref().unwrap_or(raw);
    // The library reads what strangers wrote; should it break, nothing was checked, and the mail comes in all the same.
    let checked = catch_unwind(AssertUnwindSafe(|| check(raw, ask)));
    checked.unwrap_or_else(|_| vec![unsigned(Checked::Unverified)])
}

fn with_crlf(raw: &[u8]) -> Vec<u8> {
    raw.split_inclusive(|b| *b == b'\n').fold(Vec::with_capacity(raw.len() + raw.len() / 40), |mut out, line| {
        match line.strip_suffix(b"\n") {
            Some(text) => out.extend([text, b"\r\n"].concat()),
            None => out.extend(line),
        }
        out
    })
}

fn check(raw: &[u8], ask: impl Fn(&str) -> Answer) -> Vec<Signature> {
    let Some(mut mail) = AuthenticatedMessage::parse(raw) else { return Vec::new() };
    mail.dkim_headers.truncate(MOST);
    mail.errors.truncate(MOST);
    if mail.dkim_headers.is_empty() && mail.errors.is_empty() {
        return Vec::new();
    }
    let names = mail.dkim_headers.iter().map(|signature| signature.header.domain_key());
    let keys = Keys(names.map(|name| (name.clone().into_boxed_str(), key(ask(&name)))).collect());
    let mut all: Vec<Signature> = outputs(&mail, &keys).iter().map(signature).collect();
    all.extend(mail.errors.iter().filter(|broken| is_untold(broken)).map(|_| unsigned(Checked::Invalid)));
    all
}

/// Signatures that lack a part; of them the library says nothing.
fn is_untold(broken: &Header<'_, Error>) -> bool {
    broken.name.trim_ascii().eq_ignore_ascii_case(b"DKIM-Signature") && !matches!(broken.header, Error::Dkim(_))
}

fn unsigned(result: Checked) -> Signature {
    Signature { domain: String::new(), result }
}

/// Nothing here waits: every name is in the cache. A resolver must be there, and knows no server.
fn outputs<'m>(mail: &'m AuthenticatedMessage<'m>, keys: &'m Keys) -> Vec<DkimOutput<'m>> {
    let nobody = ResolverConfig::from_parts(None, Vec::new(), Vec::new());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Vec::new() };
    runtime.block_on(async {
        let Ok(authenticator) = MessageAuthenticator::new(nobody, ResolverOpts::default()) else { return Vec::new() };
        authenticator.verify_dkim(Parameters::new(mail).with_txt_cache(keys)).await
    })
}

fn key(answer: Answer) -> Txt {
    match answer {
        Answer::Text(text) => match DomainKey::parse(&text) {
            Ok(key) => Txt::DomainKey(Arc::new(key)),
            Err(why) => Txt::Error(why),
        },
        Answer::Nothing => Txt::Error(Error::Dns(DnsError::InvalidRecordType)),
        Answer::Unreachable => Txt::Error(unreachable()),
    }
}

fn unreachable() -> Error {
    Error::Dns(DnsError::Resolver("nobody to ask".to_owned()))
}

fn signature(output: &DkimOutput<'_>) -> Signature {
    let domain = output.signature().map_or("", |signature| &signature.d);
    let covers_sender = output.signature().is_some_and(|s| s.h.iter().any(|name| name.eq_ignore_ascii_case("from")));
    let result = match output.result() {
        DkimResult::Pass if covers_sender => Checked::Pass,
        DkimResult::TempError(_) => Checked::Unverified,
        DkimResult::Neutral(why) | DkimResult::Fail(why) | DkimResult::PermError(why) => reason(why),
        DkimResult::Pass | DkimResult::None => Checked::Invalid,
    };
    Signature { domain: domain.chars().filter(char::is_ascii_graphic).take(255).collect(), result }
}

fn reason(why: &Error) -> Checked {
    match why {
        Error::Dkim(DkimError::FailedBodyHashMatch) => Checked::BodyChanged,
        Error::Dkim(DkimError::SignatureExpired) => Checked::Expired,
        Error::Dkim(DkimError::RevokedPublicKey) | Error::Dns(_) => Checked::NoKey,
        Error::Crypto(_) => Checked::HeaderChanged,
        _ => Checked::Invalid,
    }
}

/// The keys asked for beforehand, in the place of the library's cache.
struct Keys(HashMap<Box<str>, Txt>);

impl ResolverCache<Box<str>, Txt> for Keys {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(self.0.get(name).cloned().unwrap_or_else(|| Txt::Error(unreachable())))
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

#[cfg(test)]
mod tests;
