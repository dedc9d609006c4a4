//! One pass over the folder: what is in it, what of it is new, batch by batch to disk, into records, and out of the way.

use std::io;

use super::super::failpoint;
use super::super::imap::{Answer, Connection, Trouble};
use super::super::intake;
use super::super::mailbox::Source;
use super::super::stop::Stop;
use super::folder::{alone, open};
use super::state::State;
use super::{Event, Fetch};
use crate::extract::sha256;
use crate::fault::Fault;
use crate::post::uids::Uids;
use crate::report::Said;
use crate::said;

/// As many mails are asked for at once, if they are small: enough that the way to the server and back does not count.
const MAILS: usize = 50;
/// As many bytes, or one mail. What a break costs is at most this much on the network again.
const BYTES: u64 = 8 << 20;
/// No provider takes larger mails; what claims to be is not asked for.
const LARGEST: u64 = 256 << 20;

/// A mail on the server.
#[derive(Debug, Clone, Copy)]
struct Listed {
    uid: u32,
    size: u64,
}

/// A mail on disk.
#[derive(Debug)]
struct Kept {
    uid: u32,
    sha256: String,
    faults: Vec<Fault>,
}

/// A pass under way.
struct Pass<'p> {
    fetch: &'p Fetch<'p>,
    connection: &'p mut Connection,
    stop: &'p mut Stop,
    tell: &'p mut dyn FnMut(Event<'_>),
    state: State,
}

/// Takes in all that is new in the folder.
pub async fn pass(
    fetch: &Fetch<'_>,
    connection: &mut Connection,
    stop: &mut Stop,
    tell: &mut dyn FnMut(Event<'_>),
) -> Result<(), Trouble> {
    let _lock = alone(fetch, stop, tell).await?;
    let opened = open(fetch, connection).await?;
    let state = State::of(fetch.inbox, fetch.imap, opened.validity)?;
    let listed = if opened.mails == 0 { Vec::new() } else { connection.sizes("1:*").await? };
    let mut pass = Pass { fetch, connection, stop, tell, state };
    pass.all(&listed).await
}

impl Pass<'_> {
    async fn all(&mut self, listed: &[(u32, u64)]) -> Result<(), Trouble> {
        let uids: Vec<u32> = listed.iter().map(|(uid, _)| *uid).collect();
        self.state.keep_only(&uids);
        let new: Vec<Listed> =
            listed.iter().filter(|(uid, _)| !self.state.has(*uid)).map(|&(uid, size)| Listed { uid, size }).collect();
        (self.tell)(Event::Found { new: new.len(), seen: listed.len() - new.len() });
        self.put_away().await?;
        let (new, enormous): (Vec<_>, Vec<_>) = new.into_iter().partition(|mail| mail.size <= LARGEST);
        for mail in enormous {
            let size = mail.size;
            self.withheld(mail.uid, said!("too large with {size} bytes", "邮件过大（{size}字节）"));
        }
        for batch in batches(&new) {
            if self.stop.is_on() {
                return Err(Trouble::Stopped);
            }
            self.batch(batch).await?;
        }
        Ok(())
    }

    /// Some mails from the server to where they belong. Whatever came before a break is taken in all the same.
    async fn batch(&mut self, batch: &[Listed]) -> Result<(), Trouble> {
        let mut kept = Vec::new();
        let came = self.carry(batch, &mut kept).await;
        self.take(&kept)?;
        came?;
        self.put_away().await
    }

    /// Mails to disk. One whose size is not what the server said, or that did not come, is asked for again by itself.
    async fn carry(&mut self, batch: &[Listed], kept: &mut Vec<Kept>) -> Result<(), Trouble> {
        let inbox = self.fetch.inbox;
        let asked: Uids = batch.iter().map(|mail| mail.uid).collect();
        let first = self.connection.mails(&asked, self.stop, |uid, raw| {
            let promised = batch.iter().any(|mail| mail.uid == uid && mail.size == raw.len() as u64);
            if promised && kept.iter().all(|mail| mail.uid != uid) {
                kept.push(keep(inbox, uid, raw, Vec::new())?);
            }
            Ok(())
        });
        let first = first.await?;
        for mail in batch {
            if !kept.iter().any(|k| k.uid == mail.uid) {
                kept.extend(self.again(*mail, &first).await?);
            }
        }
        Ok(())
    }

    /// A second look at one mail: whatever comes now is kept, with a fault if the size is wrong again.
    async fn again(&mut self, mail: Listed, first: &Answer) -> Result<Option<Kept>, Trouble> {
        let (inbox, mut kept) = (self.fetch.inbox, None);
        let only: Uids = [mail.uid].into_iter().collect();
        let second = self.connection.mails(&only, self.stop, |uid, raw| {
            if uid == mail.uid && kept.is_none() {
                kept = Some(keep(inbox, uid, raw, wrong_size(mail.size, raw.len() as u64))?);
            }
            Ok(())
        });
        let second = second.await?;
        // Gone in the meantime is not withheld: somebody moved it.
        if kept.is_none() && !self.connection.sizes(&only.to_string()).await?.is_empty() {
            let words = match (&second, first) {
                (Answer::No(words), _) | (_, Answer::No(words)) => words.as_str(),
                _ => "",
            };
            self.withheld(mail.uid, said!("the server does not hand it out {words}", "服务器未给出此邮件 {words}"));
        }
        Ok(kept)
    }

    /// Mails on disk into records, then into the state.
    fn take(&mut self, kept: &[Kept]) -> Result<(), Trouble> {
        let Fetch { inbox, office, reader, sign, answers, imap, .. } = self.fetch;
        let source = |mail: &Kept| Source::Kept {
            name: self.name(mail.uid),
            path: inbox.path(&format!("mail/{}.eml", mail.sha256)),
            faults: mail.faults.clone(),
        };
        let sources: Vec<Source> = kept.iter().map(source).collect();
        let (mut in_order, mut taken_in) = (kept.iter(), Vec::new());
        intake::take(&sources, inbox, office, reader, &sign(), answers, |name, taken| {
            let uid = in_order.next().map(|mail| mail.uid);
            taken_in.extend(uid.filter(|_| taken.is_ok()));
            (self.tell)(Event::Taken { name, taken });
        });
        if taken_in.is_empty() {
            return Ok(());
        }
        self.state.took(&taken_in, imap.done.is_some());
        Ok(self.state.save()?)
    }

    /// Moves what is accounted for out of the way. A server that refuses is told of; the mails stay where they are.
    async fn put_away(&mut self) -> Result<(), Trouble> {
        let Some(done) = &self.fetch.imap.done else { return Ok(()) };
        while !self.state.waiting().is_empty() {
            let some = self.state.waiting().lowest(MAILS);
            failpoint::pass();
            if let Answer::No(words) = self.connection.move_to(&some.iter().copied().collect(), done).await? {
                let note = said!(
                    "the server does not move mail to `{done}` ({words}); it stays in its folder and is tried again next time",
                    "服务器未能将邮件移入“{done}”（{words}），邮件留在原文件夹，下次再试"
                );
                (self.tell)(Event::Note(note));
                break;
            }
            failpoint::pass();
            self.state.moved(&some);
            self.state.save()?;
        }
        Ok(())
    }

    fn withheld(&mut self, uid: u32, why: Said) {
        let name = self.name(uid);
        (self.tell)(Event::Withheld { name, why });
    }

    fn name(&self, uid: u32) -> String {
        format!("{}:{uid}", self.fetch.imap.folder)
    }
}

fn keep(inbox: &super::Inbox, uid: u32, raw: &[u8], faults: Vec<Fault>) -> io::Result<Kept> {
    let sha256 = sha256(raw);
    inbox.keep_mail(&sha256, raw)?;
    failpoint::pass();
    Ok(Kept { uid, sha256, faults })
}

fn wrong_size(promised: u64, came: u64) -> Vec<Fault> {
    let message =
        format!("邮件可能不完整：服务器称有{promised}字节，两次收到的均不符（{came}字节），请在网页邮箱中核对附件");
    if promised == came { Vec::new() } else { vec![Fault::new("size", message)] }
}

/// As many mails as are asked for at once.
fn batches(mails: &[Listed]) -> Vec<&[Listed]> {
    let (mut batches, mut rest) = (Vec::new(), mails);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |mail: &&Listed| {
            bytes += mail.size;
            bytes <= BYTES
        };
        let count = rest.iter().take(MAILS).take_while(fits).count().max(1);
        let (batch, others) = rest.split_at(count);
        batches.push(batch);
        rest = others;
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_mails_go_together_and_a_large_one_alone() {
        let mails = |sizes: &[u64]| -> Vec<Listed> { sizes.iter().map(|&size| Listed { uid: 1, size }).collect() };
        let counts = |sizes: &[u64]| batches(&mails(sizes)).iter().map(|batch| batch.len()).collect::<Vec<_>>();
        assert_eq!(counts(&[]), [0; 0]);
        assert_eq!(counts(&[1; 120]), [50, 50, 20]);
        assert_eq!(counts(&[1, 40 << 20, 1, 7 << 20, 2 << 20]), [1, 1, 2, 1]);
    }
}
