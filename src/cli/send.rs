//! `send`: delivers the mail that waits in the outbox, or says why it waits.

use std::path::Path;

use super::office::{Office, sign};
use super::voice::{Failure, Voice, put};
use crate::edge::answers::sender;
use crate::edge::outbox::send::{Sending, Turn, line, now, turn};
use crate::edge::outbox::{Mail, Outbox, State};
use crate::edge::post;
use crate::post::{Mailbox, PASSWORD};
use crate::report::Said;
use crate::said;

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Only say what would be sent.
    pub dry_run: bool,
    /// Receipts for old mail too.
    pub old: bool,
    /// Mails that wait again.
    pub again: &'a [String],
    /// Mails that need not be sent any more.
    pub discard: &'a [String],
}

/// Sends what is due.
pub fn run(root: &Path, wanted: Wanted<'_>, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let mailbox = post::mailbox(root)?;
    let (outbox, from) = (Outbox::of(&office.inbox), sender(&office.content, mailbox.as_ref()));
    let signed = sign("send", None);
    if wanted.dry_run {
        list(&outbox, wanted.old, voice)?;
        return Ok(());
    }
    let Some(sending) = Sending::begin(&outbox, &from, &signed)? else {
        return Err(Failure::Outside(said!("another `send` is at work", "另一个 send 正在发送")));
    };
    settle(&sending, wanted)?;
    let (mails, faults) = outbox.list()?;
    let due: Vec<Mail> = mails.into_iter().filter(|mail| turn(mail, now(), wanted.old) == Turn::Due).collect();
    let delivered = deliver(&sending, root, mailbox.as_ref(), &due, voice)?;
    let left = list(&outbox, wanted.old, voice)?;
    if !faults.is_empty() {
        return Err(Failure::Wrong(faults));
    }
    delivered.map_err(Failure::Outside)?;
    match left {
        0 => Ok(()),
        n => Err(said!(
            "{n} mails need the office: `zhuanban send --again ID` sends one again, `--discard ID` lets it be",
            "有{n}封邮件须由采购办处理：重新发送用 zhuanban send --again 编号，不再发送或者已确认发出用 --discard 编号"
        )
        .into()),
    }
}

/// What the office says about single mails.
fn settle(sending: &Sending<'_>, wanted: Wanted<'_>) -> Result<(), Failure> {
    let again = wanted.again.iter().map(|event| (event, sending.again(event)));
    let all: Vec<_> = again.chain(wanted.discard.iter().map(|event| (event, sending.discard(event)))).collect();
    for (event, done) in all {
        if !done? {
            return Err(said!("no mail `{event}` waits in inbox/outbox", "inbox/outbox 中没有邮件{event}").into());
        }
    }
    Ok(())
}

/// Delivers, where there is a server to deliver to.
fn deliver(
    sending: &Sending<'_>,
    root: &Path,
    mailbox: Option<&Mailbox>,
    due: &[Mail],
    voice: Voice,
) -> Result<Result<(), Said>, Failure> {
    let Some((mailbox, server)) = mailbox.and_then(|mailbox| Some((mailbox, mailbox.smtp.as_ref()?))) else {
        voice.say(&said!(
            "no server for outgoing mail is configured: mail waits as files in inbox/outbox (see docs/mailbox.md)",
            "没有配置发信服务器：邮件以文件形式留在 inbox/outbox（见 docs/mailbox.md）"
        ));
        return Ok(Ok(()));
    };
    if due.is_empty() {
        return Ok(Ok(()));
    }
    let password = post::password(root, mailbox, std::env::var(PASSWORD).ok().as_deref())?;
    let tell = |mail: &Mail| put(line(mail, Turn::Office).in_lang(voice.lang));
    Ok(sending.deliver(root, (server, &password), due, tell)?)
}

/// Lists what is in the outbox; how many of it the office has to settle.
fn list(outbox: &Outbox, old: bool, voice: Voice) -> Result<usize, Failure> {
    let (mails, _) = outbox.list()?;
    let now = now();
    for mail in &mails {
        voice.say(&line(mail, turn(mail, now, old)));
    }
    let count = |wanted: Turn| mails.iter().filter(|mail| turn(mail, now, old) == wanted).count();
    let (n, due, later, kept) = (mails.len(), count(Turn::Due), count(Turn::NotYet), count(Turn::Old));
    let office = mails.iter().filter(|mail| matches!(mail.state, State::Failed | State::Unsure)).count();
    voice.say(&said!(
        "{n} mails in the outbox = {due} to be sent + {later} to be tried again + {kept} receipts for old mail (`--old` sends them) + {office} for the office",
        "待发邮件{n}封＝可以发送{due}＋稍后再试{later}＋旧邮件的回执{kept}（发送须加 --old）＋须人工处理{office}"
    ));
    Ok(office)
}
