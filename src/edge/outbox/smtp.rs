//! One delivery over SMTP, step by step, so that the outbox can be told in time that a mail is about to leave.

use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, response::Response};

use crate::post::{Secret, Server};
use crate::report::Said;
use crate::said;

/// Patience for a connection and a command.
const COMMAND: Duration = Duration::from_secs(60);
/// Patience for the answer to the mail itself: who gives up early does not know whether it arrived (RFC 5321 §4.5.3.2.6).
const DELIVERY: Duration = Duration::from_secs(600);
/// The port where TLS begins on demand; everywhere else it begins with the first byte.
const SUBMISSION: u16 = 587;

/// What became of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server has taken the mail.
    Taken(String),
    /// Not now: the server said so (4xx), or the connection broke before the mail was given away.
    Later(String),
    /// Never (5xx).
    Refused(String),
    /// The connection broke after the mail was given away and before the server said a word.
    Unsure(String),
    /// Somebody took the mail back in the meantime.
    Withdrawn,
    /// The server does not let this address send at all: no mail's fault.
    Barred(String),
}

/// A mail server to deliver to.
pub struct Smtp<'a> {
    server: &'a Server,
    password: &'a Secret,
    tls: Option<TlsParameters>,
    hello: ClientId,
    from: Address,
    connection: Option<SmtpConnection>,
}

impl<'a> Smtp<'a> {
    /// Prepares; connects to nobody yet. A certificate file is relative to the root.
    pub fn new(root: &Path, server: &'a Server, password: &'a Secret, from: &str) -> Result<Smtp<'a>, Said> {
        let from = Address::from_str(from).map_err(|e| said!("`{from}`: {e}", "{from}：{e}"))?;
        let tls = server.tls.then(|| tls(root, server)).transpose()?;
        let hello = ClientId::Domain(from.domain().to_owned());
        Ok(Smtp { server, password, tls, hello, from, connection: None })
    }

    /// Connects and logs in, if that is not done. What fails here concerns no mail in particular.
    pub fn open(&mut self) -> Result<(), Said> {
        if self.connection.as_ref().is_some_and(|connection| !connection.has_broken()) {
            return Ok(());
        }
        let Server { host, port, .. } = self.server;
        let mut connection =
            self.connect().map_err(|e| said!("{host}:{port} cannot be reached: {e}", "无法连接 {host}:{port}：{e}"))?;
        let login = Credentials::new(self.server.user.clone(), self.password.expose().to_owned());
        connection
            .auth(&[Mechanism::Plain, Mechanism::Login], &login)
            .map_err(|e| said!("{host} refuses the login: {e}", "{host} 拒绝登录（请核对授权码）：{e}"))?;
        connection.set_timeout(Some(DELIVERY)).map_err(|e| said!("{e}", "{e}"))?;
        self.connection = Some(connection);
        Ok(())
    }

    fn connect(&self) -> Result<SmtpConnection, Error> {
        let address = (self.server.host.as_str(), self.server.port);
        let on_demand = self.server.port == SUBMISSION;
        let at_once = self.tls.as_ref().filter(|_| !on_demand);
        let mut connection = SmtpConnection::connect(address, Some(COMMAND), &self.hello, at_once, None)?;
        if let Some(tls) = self.tls.as_ref().filter(|_| on_demand) {
            connection.starttls(tls, &self.hello)?;
        }
        Ok(connection)
    }

    /// Delivers a mail made by `reply::message`, and nothing else. `leaving` is called when the server has agreed to the
    /// recipient and nothing of the mail is on its way yet; unless it says yes, nothing is sent.
    pub fn deliver<E>(
        &mut self,
        to: &str,
        raw: &[u8],
        leaving: impl FnOnce() -> Result<bool, E>,
    ) -> Result<Delivery, E> {
        let Ok(to) = Address::from_str(to) else { return Ok(Delivery::Refused(format!("{to}: no address"))) };
        let Some(mut connection) = self.connection.take() else { return Ok(Delivery::Later("not connected".into())) };
        if let Err(e) = connection.command(Mail::new(Some(self.from.clone()), vec![])) {
            let barred = e.is_permanent();
            let delivery = before(connection, &e);
            return Ok(if barred { Delivery::Barred(e.to_string()) } else { delivery });
        }
        if let Err(e) = connection.command(Rcpt::new(to, vec![])) {
            return Ok(before(connection, &e));
        }
        if !leaving()? {
            connection.abort();
            return Ok(Delivery::Withdrawn);
        }
        if let Err(e) = connection.command(Data) {
            return Ok(before(connection, &e));
        }
        match connection.message(raw) {
            Ok(response) => {
                self.connection = Some(connection);
                Ok(Delivery::Taken(one_line(&response)))
            }
            Err(e) if e.status().is_some() => Ok(before(connection, &e)),
            Err(e) => Ok(Delivery::Unsure(e.to_string())),
        }
    }

    /// Takes leave of the server.
    pub fn close(mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.abort();
        }
    }
}

/// The server said no, or the connection broke, before the mail was given away.
fn before(mut connection: SmtpConnection, e: &Error) -> Delivery {
    connection.abort();
    if e.is_permanent() { Delivery::Refused(e.to_string()) } else { Delivery::Later(e.to_string()) }
}

fn one_line(response: &Response) -> String {
    let text = response.message().collect::<Vec<_>>().join(" ");
    format!("{} {text}", response.code())
}

fn tls(root: &Path, server: &Server) -> Result<TlsParameters, Said> {
    let mut builder = TlsParameters::builder(server.host.clone());
    if let Some(ca) = &server.ca {
        let bad = |e: &dyn std::fmt::Display| said!("{ca}: {e}", "{ca}：{e}");
        let pem = fs::read(root.join(ca)).map_err(|e| bad(&e))?;
        let certificate = Certificate::from_pem(&pem).map_err(|e| bad(&e))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|e| said!("TLS: {e}", "TLS：{e}"))
}
