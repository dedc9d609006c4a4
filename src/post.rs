//! The office's mailbox: `inbox/mailbox.yaml`, private like all of `inbox/`. Without that file nothing is fetched and
//! answers stay files. The password is never in it: see [`Secret`].

pub mod folder;
mod preset;
pub mod uids;

use std::fmt;
use std::net::IpAddr;

use email_address::EmailAddress;

use crate::report::{Diagnostic, Place, Said};
use crate::said;
use crate::yaml::{self, Decoder, Entries, Node};

pub use preset::Preset;

/// Where the configuration stands, below the root.
pub const PATH: &str = "inbox/mailbox.yaml";

/// The environment variable that holds the password or authorization code.
pub const PASSWORD: &str = "ZHUANBAN_MAIL_PASSWORD";

/// The office's mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The office's own address, the From of every answer.
    pub address: String,
    /// The name beside the address; the office's name of `content/site.yaml` where there is none.
    pub name: Option<String>,
    /// The provider.
    pub preset: Preset,
    /// Where mail is fetched from; without it nothing is.
    pub imap: Option<Imap>,
    /// Where answers are delivered; without it they stay files.
    pub smtp: Option<Server>,
    /// The server whose Authentication-Results are believed; without it none are.
    pub authserv: Option<String>,
    /// A file outside the root that holds the password, as written, with its place for messages.
    pub password_file: Option<(Place, String)>,
}

/// A server and how to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Login name.
    pub user: String,
    /// TLS from the first byte; without it only on this machine.
    pub tls: bool,
    /// A PEM file with the certificates to trust instead of the system's; relative to the root.
    pub ca: Option<String>,
}

/// Where mail is fetched from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imap {
    /// The server.
    pub server: Server,
    /// The folder mail arrives in.
    pub folder: String,
    /// The folder processed mail is moved to; without it the server's folders stay as they are.
    pub done: Option<String>,
}

/// A password or authorization code. It is never printed: there is no `Display`, and `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret as typed; blanks and line ends around it are not part of it. Absent when nothing is left.
    pub fn new(text: &str) -> Option<Secret> {
        let text = text.trim();
        (!text.is_empty()).then(|| Secret(text.to_owned()))
    }

    /// What it is, for the login alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

const KEYS: &[&str] = &["address", "name", "preset", "imap", "smtp", "authserv", "password_file"];

/// Parses the configuration; every fault at once.
pub fn parse(path: &str, text: &str) -> Result<Mailbox, Vec<Diagnostic>> {
    let node = yaml::parse(path, text).map_err(|d| vec![d])?;
    let mut d = Decoder::new(path);
    let mailbox = mailbox(&mut d, &node);
    d.finish(mailbox)
}

fn mailbox(d: &mut Decoder, node: &Node) -> Option<Mailbox> {
    let e = d.entries(node, KEYS);
    let address = d.required(&e, "address").and_then(|_| d.parsed(&e, "address", address));
    let preset = d.parsed(&e, "preset", Preset::parse).unwrap_or_default();
    let user = address.clone().unwrap_or_default();
    let imap = section(&e, "imap", preset.imap()).and_then(|node| imap(d, node, preset, &user));
    let smtp = section(&e, "smtp", preset.smtp()).and_then(|node| smtp(d, node, preset, &user));
    let password_file = e.get("password_file").and_then(|node| Some((node.at, d.scalar(node)?)));
    Some(Mailbox {
        name: d.parsed(&e, "name", one_line),
        authserv: d.parsed(&e, "authserv", one_line).or_else(|| preset.authserv().map(str::to_owned)),
        address: address?,
        preset,
        imap,
        smtp,
        password_file,
    })
}

/// A section that is there, or one that the preset fills alone: then there is no node.
fn section<'n>(e: &Entries<'n>, key: &str, default: Option<&str>) -> Option<Option<&'n Node>> {
    match (e.get(key), default) {
        (None, None) => None,
        (node, _) => Some(node),
    }
}

fn imap(d: &mut Decoder, node: Option<&Node>, preset: Preset, user: &str) -> Option<Imap> {
    let default = Server::of(preset.imap().unwrap_or_default(), 993, user);
    let Some(node) = node else { return Some(Imap { server: default, folder: "INBOX".to_owned(), done: None }) };
    let e = d.entries(node, &["host", "port", "user", "tls", "ca", "folder", "done"]);
    let server = server(d, &e, default);
    let folder = d.parsed(&e, "folder", one_line).unwrap_or_else(|| "INBOX".to_owned());
    let other = |text: &str| match text {
        text if text == folder => {
            Err(said!("mail cannot be moved to the folder it is in", "不能移到邮件原来所在的文件夹"))
        }
        text => one_line(text),
    };
    Some(Imap { done: d.parsed(&e, "done", other), folder, server: server? })
}

fn smtp(d: &mut Decoder, node: Option<&Node>, preset: Preset, address: &str) -> Option<Server> {
    let default = Server::of(preset.smtp().unwrap_or_default(), 465, address);
    let Some(node) = node else { return Some(default) };
    let e = d.entries(node, &["host", "port", "user", "tls", "ca"]);
    let server = server(d, &e, default)?;
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    if preset != Preset::None && server.user != address && server.user != local {
        let at = e.get("user").map_or(node.at, |node| node.at);
        let message = said!(
            "this provider sends only from the login's own address; `user` must be `{address}`",
            "该邮箱服务商只允许以登录账号发信，`user` 应为 `{address}`"
        );
        d.fault(at, message);
    }
    Some(server)
}

fn server(d: &mut Decoder, e: &Entries<'_>, default: Server) -> Option<Server> {
    // Without a preset the host must be said.
    let host = if default.host.is_empty() { d.required(e, "host") } else { Some(default.host) };
    let host = d.parsed(e, "host", one_line).or(host)?;
    let tls = e.get("tls").is_none() || d.flag(e, "tls");
    if let Some(node) = e.get("tls").filter(|_| !tls && !is_loopback(&host)) {
        let message = said!(
            "without TLS the password would be readable on the way: `tls: false` is for servers on this machine only",
            "不加密会在途中泄露密码：`tls: false` 只能用于本机上的服务器"
        );
        d.fault(node.at, message);
    }
    Some(Server {
        port: d.parsed(e, "port", port).unwrap_or(default.port),
        user: d.parsed(e, "user", one_line).unwrap_or(default.user),
        ca: d.text(e, "ca"),
        host,
        tls,
    })
}

impl Server {
    fn of(host: &str, port: u16, user: &str) -> Server {
        Server { host: host.to_owned(), port, user: user.to_owned(), tls: true, ca: None }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn address(text: &str) -> Result<String, Said> {
    let good = text.parse::<EmailAddress>().is_ok_and(|address| address.as_str() == text);
    good.then(|| text.to_owned()).ok_or_else(|| said!("`{text}` is no mail address", "`{text}` 不是邮箱地址"))
}

fn port(text: &str) -> Result<u16, Said> {
    let port = text.parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| {
        said!("`{text}` is no port; it is a number up to 65535", "`{text}` 不是端口号，应为1至65535的数字")
    })
}

/// What goes to a server as part of a command or header: something, and no control character.
fn one_line(text: &str) -> Result<String, Said> {
    let good = !text.trim().is_empty() && !text.contains(char::is_control);
    good.then(|| text.to_owned()).ok_or_else(|| said!("expected one line of text", "此处应为一行文字"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        parse("m.yaml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_preset_fills_in_all_but_the_address() {
        let mailbox = parse("m.yaml", "address: a@example.com\npreset: qq\nimap: {done: 已处理}\n").unwrap();
        let imap = mailbox.imap.unwrap();
        assert_eq!((imap.server.host.as_str(), imap.server.port), ("imap.qq.com", 993));
        assert_eq!((imap.folder.as_str(), imap.done.as_deref()), ("INBOX", Some("已处理")));
        let smtp = mailbox.smtp.unwrap();
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.user.as_str()), ("smtp.qq.com", 465, "a@example.com"));
        assert_eq!(mailbox.authserv.as_deref(), Some("mx.qq.com"));
        for (name, _) in Preset::ALL.iter().filter(|(_, preset)| *preset != Preset::None) {
            let mailbox = parse("m.yaml", &format!("address: a@example.com\npreset: {name}\n")).unwrap();
            assert!(mailbox.imap.is_some_and(|imap| imap.server.tls) && mailbox.smtp.is_some_and(|smtp| smtp.tls));
        }
    }

    #[test]
    fn without_a_preset_only_what_is_said_is_used() {
        let mailbox = parse("m.yaml", "address: a@example.com\n").unwrap();
        assert_eq!((mailbox.imap, mailbox.smtp, mailbox.authserv), (None, None, None));
        let mailbox = parse("m.yaml", "address: a@example.com\nimap: {host: 127.0.0.1, port: 1143, tls: false}\n");
        let server = mailbox.unwrap().imap.unwrap().server;
        assert_eq!((server.port, server.user.as_str(), server.tls), (1143, "a@example.com", false));
    }

    #[test]
    fn every_fault_is_located_and_hinted() {
        let text = "\
address: nobody
preset: qqq
imap: {port: 70000, tls: false, host: mail.example.com, done: INBOX}
smtp: {user: x}
pasword: secret
";
        assert_eq!(
            faults(text),
            [
                "m.yaml:5:1: unknown key `pasword`; known keys: address, name, preset, imap, smtp, authserv, password_file",
                "m.yaml:1:10: `nobody` is no mail address",
                "m.yaml:2:9: unknown preset `qqq`; did you mean `qq`?",
                "m.yaml:3:26: without TLS the password would be readable on the way: `tls: false` is for servers on this machine only",
                "m.yaml:3:14: `70000` is no port; it is a number up to 65535",
                "m.yaml:3:63: mail cannot be moved to the folder it is in",
                "m.yaml:4:7: missing key `host`",
            ]
        );
        assert_eq!(
            faults("address: a@example.com\npreset: 163\nsmtp: {user: b@example.com}\n"),
            ["m.yaml:3:14: this provider sends only from the login's own address; `user` must be `a@example.com`"]
        );
        assert_eq!(
            faults("address: a@example.com\nimap: {host: \"a\\r\\nb\"}\n"),
            ["m.yaml:2:14: expected one line of text"]
        );
    }

    #[test]
    fn a_secret_does_not_show() {
        let secret = Secret::new(" abcd\n").unwrap();
        assert_eq!(secret.expose(), "abcd");
        assert!(!format!("{secret:?}").contains("abcd"));
        assert_eq!(Secret::new(" \n"), None);
    }
}
