//! A provider with the habits that Dovecot does not have: plain text on loopback, every command noted.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// What is peculiar about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Habits {
    /// NetEase: SELECT is refused until the client has said who it is.
    pub asks_who: bool,
    /// QQ: SEARCH finds everything whatever is looked for.
    pub search_finds_all: bool,
    /// QQ: this mail comes without its second half, as if that were all, this often.
    pub shortens: Option<(u32, u32)>,
    /// Hangs up in the middle of this mail, this often.
    pub cuts: Option<(u32, u32)>,
    /// Says NO instead of handing out this mail.
    pub withholds: Option<u32>,
    /// Knows neither IDLE nor MOVE, as old servers do.
    pub is_old: bool,
    /// New mail is only announced as IDLE begins, before the server says that it listens.
    pub announces_early: bool,
    /// Refuses every login and repeats what it was given, as badly made servers do.
    pub repeats_password: bool,
    /// Says nothing any more when it is asked for this mail.
    pub goes_silent: Option<u32>,
}

/// The server; its mailbox can be looked into.
#[derive(Clone)]
pub struct Scripted {
    /// Where it listens.
    pub port: u16,
    shared: Arc<(Mutex<Mailbox>, Condvar)>,
    habits: Habits,
}

#[derive(Default)]
struct Mailbox {
    mails: BTreeMap<u32, Vec<u8>>,
    commands: Vec<String>,
    done: Vec<u32>,
    times: u32,
}

impl Scripted {
    /// Starts it with some mails, whose ids are 11, 12 …
    pub fn start(habits: Habits, mails: &[Vec<u8>]) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = (11..).zip(mails.iter().cloned()).collect();
        let shared = Arc::new((Mutex::new(Mailbox { mails, ..Mailbox::default() }), Condvar::new()));
        let server = Scripted { port, shared, habits };
        let accepting = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let server = accepting.clone();
                thread::spawn(move || drop(server.serve(stream)));
            }
        });
        server
    }

    /// `inbox/mailbox.yaml` for it; `more` goes into `imap`.
    pub fn yaml(&self, more: &str) -> String {
        format!("address: a@example.com\nimap: {{host: 127.0.0.1, port: {}, tls: false{more}}}\n", self.port)
    }

    /// A mail arrives.
    pub fn deliver(&self, raw: &[u8]) {
        let mut mailbox = self.mailbox();
        let uid = mailbox.mails.keys().last().map_or(11, |last| last + 1);
        mailbox.mails.insert(uid, raw.to_vec());
        self.shared.1.notify_all();
    }

    /// Every command so far, without its tag.
    pub fn commands(&self) -> Vec<String> {
        self.mailbox().commands.clone()
    }

    /// The mails copied or moved to another folder, in order.
    pub fn done(&self) -> Vec<u32> {
        self.mailbox().done.clone()
    }

    /// The mails still there.
    pub fn left(&self) -> Vec<u32> {
        self.mailbox().mails.keys().copied().collect()
    }

    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut out = stream.try_clone()?;
        let mut lines = BufReader::new(stream).lines();
        let (mut known, mut told) = (false, 0);
        write!(out, "* OK [CAPABILITY IMAP4rev1] ready\r\n")?;
        while let Some(line) = lines.next().transpose()? {
            let (tag, command) = line.split_once(' ').unwrap_or((&line, ""));
            self.mailbox().commands.push(command.to_owned());
            let verb = command.strip_prefix("UID ").unwrap_or(command).split(' ').next().unwrap_or_default();
            let mut answer = "OK done".to_owned();
            match verb {
                "CAPABILITY" if self.habits.is_old => write!(out, "* CAPABILITY IMAP4rev1\r\n")?,
                "CAPABILITY" => write!(out, "* CAPABILITY IMAP4rev1 IDLE MOVE ID\r\n")?,
                "LOGIN" if self.habits.repeats_password => answer = format!("NO no such login: {command}"),
                "ID" => {
                    known = !command.contains("NIL") && command.contains('"');
                    write!(out, "* ID NIL\r\n")?;
                }
                "LIST" => write!(
                    out,
                    "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n* LIST (\\NoSelect \\HasChildren) \"/\" \"&UXZO1mWHTvZZOQ-\"\r\n\
                     * LIST (\\HasNoChildren) \"/\" \"&UXZO1mWHTvZZOQ-/&XfJZBHQG-\"\r\n"
                )?,
                "SELECT" if self.habits.asks_who && !known => {
                    answer = "NO SELECT Unsafe Login. Please contact kefu@188.com for help".to_owned();
                }
                "SELECT" if !command.contains("INBOX") => answer = "NO no such folder".to_owned(),
                "SELECT" => {
                    told = self.mailbox().mails.len();
                    write!(out, "* {told} EXISTS\r\n* OK [UIDVALIDITY 5] ids\r\n")?;
                }
                "SEARCH" => {
                    let all: Vec<String> = self.mailbox().mails.keys().map(u32::to_string).collect();
                    let found = if self.habits.search_finds_all { all } else { Vec::new() };
                    write!(out, "* SEARCH {}\r\n", found.join(" "))?;
                }
                "FETCH" => answer = self.fetch(command, &mut out)?,
                "COPY" | "MOVE" => {
                    let mut mailbox = self.mailbox();
                    let chosen = chosen(command, &mailbox.mails);
                    mailbox.done.extend(&chosen);
                    if verb == "MOVE" {
                        mailbox.mails.retain(|uid, _| !chosen.contains(uid));
                    }
                }
                "IDLE" => {
                    self.idle(told, &mut out)?;
                    lines.next().transpose()?;
                }
                "LOGOUT" => write!(out, "* BYE\r\n")?,
                _ => {}
            }
            write!(out, "{tag} {answer}\r\n")?;
        }
        Ok(())
    }

    /// Announces what came since it told how many there are.
    fn idle(&self, told: usize, out: &mut TcpStream) -> io::Result<()> {
        if !self.habits.announces_early {
            write!(out, "+ idling\r\n")?;
        }
        let same = |mailbox: &mut Mailbox| mailbox.mails.len() == told;
        let now = self.shared.1.wait_while(self.mailbox(), same).unwrap_or_else(PoisonError::into_inner).mails.len();
        write!(out, "* {now} EXISTS\r\n")?;
        if self.habits.announces_early { write!(out, "+ idling\r\n") } else { Ok(()) }
    }

    fn fetch(&self, command: &str, out: &mut TcpStream) -> io::Result<String> {
        let mut mailbox = self.mailbox();
        for uid in chosen(command, &mailbox.mails) {
            let raw = mailbox.mails[&uid].clone();
            let Habits { shortens, cuts, withholds, goes_silent, .. } = self.habits;
            if !command.contains("BODY.PEEK[]") {
                write!(out, "* 1 FETCH (UID {uid} RFC822.SIZE {})\r\n", raw.len())?;
                continue;
            }
            if withholds == Some(uid) {
                return Ok("NO this mail cannot be read".to_owned());
            }
            while goes_silent == Some(uid) {
                mailbox = self.shared.1.wait(mailbox).unwrap_or_else(PoisonError::into_inner);
            }
            let times = mailbox.times;
            let now = |habit: Option<(u32, u32)>| habit.is_some_and(|(which, often)| which == uid && times < often);
            let (cut, shortened) = (now(cuts), now(shortens));
            mailbox.times += u32::from(cut || shortened);
            let end = if cut || shortened { raw.len() / 2 } else { raw.len() };
            let said = if shortened { end } else { raw.len() };
            write!(out, "* 1 FETCH (UID {uid} BODY[] {{{said}}}\r\n")?;
            out.write_all(&raw[..end])?;
            if cut {
                out.shutdown(std::net::Shutdown::Both)?;
                return Err(io::Error::other("cut"));
            }
            write!(out, ")\r\n")?;
        }
        Ok("OK done".to_owned())
    }
}

/// The mails a command's set `11:12,14` or `1:*` means.
fn chosen(command: &str, mails: &BTreeMap<u32, Vec<u8>>) -> Vec<u32> {
    let set = command.split(' ').nth(2).unwrap_or_default();
    let number = |text: &str| if text == "*" { u32::MAX } else { text.parse().unwrap_or(0) };
    let ranges: Vec<(u32, u32)> = set
        .split(',')
        .map(|part| part.split_once(':').unwrap_or((part, part)))
        .map(|(start, end)| (number(start), number(end)))
        .collect();
    mails.keys().copied().filter(|uid| ranges.iter().any(|(start, end)| start <= uid && uid <= end)).collect()
}
