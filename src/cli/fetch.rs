//! `fetch`: the office's mailbox into pending records, once or as mail comes.

use std::path::Path;
use std::sync::Arc;

use super::intake::Sum;
use super::office::{Office, sign};
use super::progress::Progress;
use super::voice::{Failure, Voice};
use crate::edge;
use crate::edge::fetch::{Event, Fetch, Pace, Trouble, fetch};
use crate::edge::stop::Stop;
use crate::post::{self, Imap, Secret};
use crate::report::{Diagnostic, Said};
use crate::said;

/// Fetches what is new, or with `watch` whatever comes until stopped.
pub fn run(root: &Path, watch: bool, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let (imap, secret) = mailbox(root)?;
    let answers = office.answers()?;
    let (rules, reader) = (office.rules(), Arc::new(office.reader(voice)));
    let what = Fetch {
        root,
        imap: &imap,
        secret: &secret,
        inbox: &office.inbox,
        office: &rules,
        reader: &reader,
        answers: &answers,
        sign: &|| sign("fetch", None),
        pace: Pace::USUAL,
    };
    let mut teller = Teller::new(&office, voice, watch);
    let ended = fetch(&what, watch, Stop::on_signals()?, |event| teller.hear(event));
    teller.progress.clear();
    let told = if watch { Ok(()) } else { teller.sum.tell("fetch", voice) };
    match ended {
        Ok(()) | Err(Trouble::Stopped) => told,
        Err(Trouble::Refused(why) | Trouble::Lost(why)) => Err(Failure::Outside(why)),
        Err(Trouble::Disk(e)) => Err(e.into()),
    }
}

fn mailbox(root: &Path) -> Result<(Imap, Secret), Failure> {
    let fault = |message: Said| Failure::Wrong(vec![Diagnostic::of_file(post::PATH, message)]);
    let mailbox = edge::post::mailbox(root)?.ok_or_else(|| {
        fault(said!(
            "missing: without it there is no mailbox to fetch from; docs/mailbox.md says what to write",
            "缺少此文件，没有可收取的邮箱；写法见 docs/mailbox.md"
        ))
    })?;
    let password = std::env::var(post::PASSWORD).ok();
    let secret = edge::post::password(root, &mailbox, password.as_deref())?;
    let none =
        || fault(said!("no `imap` and no `preset`: nothing to fetch from", "没有 `imap` 也没有 `preset`，无处收取"));
    Ok((mailbox.imap.ok_or_else(none)?, secret))
}

/// Tells what happens: a line for each record on stdout, the rest on stderr.
struct Teller<'o> {
    office: &'o Office,
    voice: Voice,
    watch: bool,
    sum: Sum,
    progress: Progress,
}

impl<'o> Teller<'o> {
    fn new(office: &'o Office, voice: Voice, watch: bool) -> Teller<'o> {
        Teller { office, voice, watch, sum: Sum::default(), progress: Progress::of(0) }
    }

    fn hear(&mut self, event: Event<'_>) {
        self.progress.clear();
        match event {
            Event::Taken { name, taken } => {
                self.sum.add(name, taken, self.office, self.voice);
                self.progress.step();
            }
            Event::Withheld { name, why } => {
                let (en, zh) = (&why.en, &why.zh);
                self.voice.say(&said!("{name}: {en}", "{name}：{zh}"));
                self.sum.add_failed();
            }
            Event::Found { new, seen } => {
                self.sum.seen.get_or_insert(seen);
                self.progress = Progress::of(new);
            }
            Event::Done => self.pass_done(),
            Event::Busy => self
                .voice
                .say(&said!("another process is fetching; waiting for it", "另一个进程正在收取邮件，等待其完成")),
            Event::Note(said) => self.voice.say(&said),
            Event::Lost { why, after } => {
                let (en, zh, seconds) = (&why.en, &why.zh, after.as_secs_f64().ceil());
                self.voice.say(&said!("{en}; trying again in {seconds} s", "{zh}；{seconds}秒后重试"));
            }
            Event::Waiting { told } => self.voice.say(&waiting(told)),
        }
    }

    /// While watching, each pass that brought something has its own sum; failures are told, and tried again.
    fn pass_done(&mut self) {
        if self.watch && self.sum.has_any() {
            let sum = std::mem::take(&mut self.sum);
            if let Err(failure) = sum.tell("fetch", self.voice) {
                self.voice.fail(&failure);
            }
        }
        if self.watch {
            self.sum = Sum::default();
        }
    }
}

fn waiting(told: bool) -> Said {
    let seconds = Pace::USUAL.look.as_secs();
    match told {
        true => said!("waiting for new mail (Ctrl-C stops)", "等待新邮件（按 Ctrl-C 停止）"),
        false => said!(
            "looking for new mail every {seconds} s (Ctrl-C stops)",
            "每{seconds}秒查看一次新邮件（按 Ctrl-C 停止）"
        ),
    }
}
