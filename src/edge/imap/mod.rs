//! A mailbox on an IMAP server: what `fetch` needs of the protocol, with every answer's status looked at, every silence
//! noticed and nothing of a mail or the password in any message.

mod trouble;
mod wire;

use std::io;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, Capability, MailboxDatum, NameAttribute, Response, ResponseCode, Status};
use async_imap::{Client, Session};
use tokio::time::{sleep, sleep_until, timeout};

use super::stop::Stop;
use crate::post::folder;
use crate::post::uids::Uids;
use crate::post::{Secret, Server};
use crate::said;
pub use trouble::Trouble;
use trouble::{broken, bye, closed, failed, login_refused, printable, silent};
use wire::Wire;

/// What the server answered to a command.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// Done.
    Ok,
    /// Refused, with the server's words.
    No(String),
}

/// A folder the server has.
#[derive(Debug)]
pub struct Folder {
    /// Its name as people read it.
    pub name: String,
    /// Whether it can hold mail; some only hold folders.
    pub holds_mail: bool,
}

/// A folder that is open.
#[derive(Debug, Default)]
pub struct Opened {
    /// As long as this stays the same, unique ids mean the same mails.
    pub validity: u32,
    /// How many mails are in it.
    pub mails: u32,
}

/// A connection that is logged in.
#[derive(Debug)]
pub struct Connection {
    session: Session<Wire>,
    /// How long the server may be silent while it owes an answer.
    patience: Duration,
    abilities: Abilities,
}

#[derive(Debug, Default)]
struct Abilities {
    moves: bool,
    idles: bool,
}

impl Connection {
    /// Connects, logs in and says who we are: NetEase refuses SELECT to clients that did not.
    pub async fn open(server: &Server, root: &Path, secret: &Secret, patience: Duration) -> Result<Self, Trouble> {
        let wire = timeout(patience, Wire::connect(server, root)).await.map_err(|_| silent())??;
        let mut client = Client::new(wire);
        let greeting = timeout(patience, client.read_response()).await.map_err(|_| silent())?;
        if let Response::Data { status: Status::Bye, outcome } =
            greeting.map_err(|e| broken(&e))?.ok_or_else(closed)?.parsed()
        {
            return Err(bye(outcome.information.as_deref()));
        }
        let login = timeout(patience, client.login(&server.user, secret.expose())).await.map_err(|_| silent())?;
        let session = login.map_err(|(e, _)| login_refused(e, secret))?;
        let mut connection = Connection { session, patience, abilities: Abilities::default() };
        let version = env!("CARGO_PKG_VERSION");
        let id = format!("ID (\"name\" \"zhuanban\" \"version\" \"{version}\" \"vendor\" \"zhuanban\")");
        // A server that does not know the command says so, and that is that.
        connection.command(&id, |_| Ok(())).await?;
        connection.learn().await?;
        Ok(connection)
    }

    async fn learn(&mut self) -> Result<(), Trouble> {
        let mut abilities = Abilities::default();
        let answer = self.command("CAPABILITY", |response| {
            if let Response::Capabilities(all) = response {
                let can =
                    |what: &str| all.iter().any(|c| matches!(c, Capability::Atom(a) if a.eq_ignore_ascii_case(what)));
                (abilities.moves, abilities.idles) = (can("MOVE"), can("IDLE"));
            }
            Ok(())
        });
        answer.await?;
        self.abilities = abilities;
        Ok(())
    }

    /// Whether the server tells of new mail by itself.
    pub fn idles(&self) -> bool {
        self.abilities.idles
    }

    /// All folders.
    pub async fn folders(&mut self) -> Result<Vec<Folder>, Trouble> {
        let mut folders = Vec::new();
        let list = self.command("LIST \"\" \"*\"", |response| {
            if let Response::MailboxData(MailboxDatum::List(list)) = response {
                let no = |a: &NameAttribute<'_>| matches!(a, NameAttribute::NoSelect);
                let nonexistent = |a: &NameAttribute<'_>| {
                    matches!(a, NameAttribute::Extension(name) if name.eq_ignore_ascii_case("\\NonExistent"))
                };
                let holds_mail = !list.name_attributes.iter().any(|a| no(a) || nonexistent(a));
                folders.push(Folder { name: folder::decode(&list.name), holds_mail });
            }
            Ok(())
        });
        list.await?;
        Ok(folders)
    }

    /// Makes a folder.
    pub async fn create(&mut self, name: &str) -> Result<Answer, Trouble> {
        self.command(&format!("CREATE {}", quoted(name)), |_| Ok(())).await
    }

    /// Opens a folder; none where the server says no, with its words.
    pub async fn select(&mut self, name: &str) -> Result<Result<Opened, String>, Trouble> {
        let mut opened = Opened::default();
        let command = format!("SELECT {}", quoted(name));
        let answer = self.command(&command, |response| {
            match response {
                Response::MailboxData(MailboxDatum::Exists(mails)) => opened.mails = *mails,
                Response::Data { outcome, .. } => {
                    if let Some(ResponseCode::UidValidity(validity)) = outcome.code {
                        opened.validity = validity;
                    }
                }
                _ => {}
            }
            Ok(())
        });
        Ok(match answer.await? {
            Answer::Ok => Ok(opened),
            Answer::No(words) => Err(words),
        })
    }

    /// The unique ids and sizes of all mails in the open folder, or of some. Not SEARCH: QQ's ignores its criteria.
    pub async fn sizes(&mut self, set: &str) -> Result<Vec<(u32, u64)>, Trouble> {
        let mut sizes = Vec::new();
        let command = format!("UID FETCH {set} (UID RFC822.SIZE)");
        let answer = self.command(&command, |response| {
            if let Response::Fetch(_, attributes) = response {
                let size = attributes.iter().find_map(|a| match a {
                    AttributeValue::Rfc822Size(size) => Some(u64::from(*size)),
                    _ => None,
                });
                sizes.extend(uid(attributes).zip(size));
            }
            Ok(())
        });
        match answer.await? {
            Answer::Ok => Ok(sizes),
            Answer::No(words) => {
                Err(Trouble::Lost(said!("the server lists no mails: {words}", "服务器未列出邮件：{words}")))
            }
        }
    }

    /// Hands over the raw mails one by one, as they come; the server's marks stay as they are. Fewer may come than were
    /// asked for.
    pub async fn mails(
        &mut self,
        uids: &Uids,
        stop: &mut Stop,
        mut each: impl FnMut(u32, &[u8]) -> io::Result<()>,
    ) -> Result<Answer, Trouble> {
        let command = format!("UID FETCH {uids} (UID BODY.PEEK[])");
        let take = |response: &Response<'_>| {
            let Response::Fetch(_, attributes) = response else { return Ok(()) };
            match uid(attributes).zip(body(attributes)) {
                Some((uid, raw)) => each(uid, raw),
                None => Ok(()),
            }
        };
        tokio::select! {
            answer = self.command(&command, take) => answer,
            () = stop.wait() => Err(Trouble::Stopped),
        }
    }

    /// Moves mails to another folder, or where the server cannot, copies them there and marks them as seen. Nothing is
    /// ever deleted.
    pub async fn move_to(&mut self, uids: &Uids, name: &str) -> Result<Answer, Trouble> {
        let to = quoted(name);
        if self.abilities.moves {
            return self.command(&format!("UID MOVE {uids} {to}"), |_| Ok(())).await;
        }
        match self.command(&format!("UID COPY {uids} {to}"), |_| Ok(())).await? {
            Answer::Ok => self.command(&format!("UID STORE {uids} +FLAGS.SILENT (\\Seen)"), |_| Ok(())).await,
            refused => Ok(refused),
        }
    }

    /// Waits until the server tells of new mail, but no longer than this.
    pub async fn idle(&mut self, longest: Duration, stop: &mut Stop) -> Result<(), Trouble> {
        let id = self.session.run_command("IDLE").await.map_err(|e| failed(&e))?;
        let until = tokio::time::Instant::now() + longest;
        let (mut begun, mut news) = (false, false);
        while !(begun && news) {
            let response = tokio::select! {
                () = stop.wait() => break,
                () = sleep_until(until) => break,
                response = self.session.read_response() => response,
            };
            match response.map_err(|e| broken(&e))?.ok_or_else(closed)?.parsed() {
                Response::Continue(_) => begun = true,
                // What came before the server began to listen counts too.
                Response::MailboxData(MailboxDatum::Exists(_)) => news = true,
                Response::Data { status: Status::Bye, outcome } => return Err(bye(outcome.information.as_deref())),
                Response::Done { tag, .. } if *tag == id => {
                    self.abilities.idles = false;
                    return Ok(());
                }
                _ => {}
            }
        }
        self.session.run_command_untagged("DONE").await.map_err(|e| failed(&e))?;
        let patience = self.patience;
        timeout(patience, answer(&mut self.session, &id, |_| Ok(()))).await.map_err(|_| silent())??;
        Ok(())
    }

    /// Says goodbye; that the server hangs up is what is wanted.
    pub async fn close(mut self) {
        drop(timeout(self.patience, self.session.logout()).await);
    }

    /// Sends a command and hands over what comes, until it is done. Gives up when nothing at all comes for too long: a
    /// mail of 40 MB may take its time, a dead connection may not.
    async fn command(
        &mut self,
        command: &str,
        each: impl FnMut(&Response<'_>) -> io::Result<()>,
    ) -> Result<Answer, Trouble> {
        let received = self.session.as_mut().received.clone();
        let patience = self.patience;
        let work = async {
            let id = self.session.run_command(command).await.map_err(|e| failed(&e))?;
            answer(&mut self.session, &id, each).await
        };
        let quiet = async {
            let mut before = None;
            loop {
                let now = received.load(Ordering::Relaxed);
                if before.replace(now) == Some(now) {
                    return;
                }
                sleep(patience).await;
            }
        };
        tokio::select! {
            answer = work => answer,
            () = quiet => Err(silent()),
        }
    }
}

/// Reads up to the answer to a command.
async fn answer(
    session: &mut Session<Wire>,
    id: &async_imap::imap_proto::RequestId,
    mut each: impl FnMut(&Response<'_>) -> io::Result<()>,
) -> Result<Answer, Trouble> {
    loop {
        let response = session.read_response().await.map_err(|e| broken(&e))?.ok_or_else(closed)?;
        match response.parsed() {
            Response::Done { tag, status, outcome } if tag == id => {
                let words = || printable(outcome.information.as_deref().unwrap_or_default());
                return Ok(if *status == Status::Ok { Answer::Ok } else { Answer::No(words()) });
            }
            Response::Data { status: Status::Bye, outcome } => return Err(bye(outcome.information.as_deref())),
            other => each(other)?,
        }
    }
}

fn uid(attributes: &[AttributeValue<'_>]) -> Option<u32> {
    attributes.iter().find_map(|a| match a {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

fn body<'r>(attributes: &'r [AttributeValue<'_>]) -> Option<&'r [u8]> {
    attributes.iter().find_map(|a| match a {
        AttributeValue::BodySection { section: None, data, .. } => data.as_deref(),
        _ => None,
    })
}

/// A folder's name as an argument.
fn quoted(name: &str) -> String {
    format!("\"{}\"", folder::encode(name).replace('\\', "\\\\").replace('"', "\\\""))
}
