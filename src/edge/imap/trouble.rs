//! What goes wrong between us and a mail server, in words for people. What the library tells of an error may hold what
//! the server sent, mails too; so only its kind is told on.

use std::io;

use async_imap::error::Error;

use crate::post::Secret;
use crate::report::Said;
use crate::said;

/// Why a mailbox cannot be worked with.
#[derive(Debug)]
pub enum Trouble {
    /// The server or its certificate says no; somebody has to mend something.
    Refused(Said),
    /// The connection is gone or was never there; it may come back by itself.
    Lost(Said),
    /// Stopping was asked for.
    Stopped,
    /// This machine's disk.
    Disk(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(e: io::Error) -> Trouble {
        Trouble::Disk(e)
    }
}

/// A server's words in one line.
pub fn printable(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(300).collect()
}

/// The login was refused; should the server repeat the password, nobody reads it.
pub fn login_refused(e: Error, secret: &Secret) -> Trouble {
    match e {
        Error::No(words) | Error::Bad(words) => {
            let words = printable(&words.replace(secret.expose(), "…"));
            Trouble::Refused(said!(
                "the server refuses the login; QQ and NetEase want an authorization code instead of the password, and IMAP switched on in the web mail's settings ({words})",
                "服务器拒绝登录；QQ、网易邮箱须先在网页设置中开启IMAP，并使用授权码而非登录密码（{words}）"
            ))
        }
        e => failed(&e),
    }
}

/// The library's error in our words.
pub fn failed(e: &Error) -> Trouble {
    match e {
        Error::Io(e) => broken(e),
        Error::ConnectionLost => closed(),
        _ => unintelligible(),
    }
}

/// The connection broke.
pub fn broken(e: &io::Error) -> Trouble {
    match e.kind() {
        io::ErrorKind::Other | io::ErrorKind::InvalidData => unintelligible(),
        io::ErrorKind::UnexpectedEof => closed(),
        kind => Trouble::Lost(said!("the connection broke: {kind}", "连接中断：{kind}")),
    }
}

fn unintelligible() -> Trouble {
    Trouble::Lost(said!("the server's answer cannot be understood", "无法识别服务器的回答"))
}

/// The server hung up.
pub fn closed() -> Trouble {
    Trouble::Lost(said!("the server closed the connection", "服务器关闭了连接"))
}

/// The server owes an answer for too long.
pub fn silent() -> Trouble {
    Trouble::Lost(said!("the server does not answer", "服务器没有响应"))
}

/// The server said goodbye.
pub fn bye(words: Option<&str>) -> Trouble {
    let words = printable(words.unwrap_or_default());
    Trouble::Lost(said!("the server ends the connection: {words}", "服务器结束了连接：{words}"))
}
