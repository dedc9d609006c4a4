//! The habits of providers that Dovecot does not have.

use std::sync::Arc;
use std::time::Duration;

use zhuanban::edge::answers::Answers;
use zhuanban::edge::fetch::{Event, Fetch, Pace, Trouble};
use zhuanban::edge::stop::Stop;
use zhuanban::edge::store::Inbox;
use zhuanban::post::{self, Secret};
use zhuanban::read::Reader;
use zhuanban::record::{self, Signed};
use zhuanban::site;

use super::dovecot::PASSWORD;
use super::scripted::{Habits, Scripted};
use super::{fetch, form, is_whole, note, office};
use crate::cli::office::Office;

#[test]
fn a_server_that_wants_to_know_who_asks_is_told_before_the_folder_is_opened() {
    let server = Scripted::start(Habits { asks_who: true, ..Habits::default() }, &[note("一")]);
    let office = office(&server.yaml(""));
    fetch(&office).succeeds().tells("1 mails = 1 new");
    let commands = server.commands();
    let at = |verb: &str| commands.iter().position(|command| command.starts_with(verb)).unwrap();
    assert!(at("ID (\"name\" ") < at("SELECT"), "{commands:?}");
}

#[test]
fn a_search_that_finds_everything_does_no_harm() {
    let server = Scripted::start(Habits { search_finds_all: true, ..Habits::default() }, &[note("一"), note("二")]);
    let office = office(&server.yaml(""));
    fetch(&office).succeeds().tells("2 mails = 2 new");
    server.deliver(&note("三"));
    fetch(&office).succeeds().tells("1 mails = 1 new").tells("2 more in the mailbox");
    let bodies = |command: &&String| command.contains("BODY.PEEK[]");
    let asked: Vec<String> = server.commands().iter().filter(bodies).cloned().collect();
    assert_eq!(asked, ["UID FETCH 11:12 (UID BODY.PEEK[])", "UID FETCH 13 (UID BODY.PEEK[])"]);
    is_whole(&office, 3);
}

#[test]
fn a_mail_that_comes_short_is_asked_for_again() {
    let mails = [note("一"), form("大冶市公安局", "示例甲"), note("三")];
    let server = Scripted::start(Habits { shortens: Some((12, 1)), ..Habits::default() }, &mails);
    let office = office(&server.yaml(", done: 其他文件夹/已处理"));
    fetch(&office).succeeds().prints("示例甲").tells("3 mails = 3 new");
    is_whole(&office, 3);
    let accounts = office.files("inbox/mail");
    assert!(accounts.values().all(|content| !String::from_utf8_lossy(content).contains("邮件可能不完整")));
}

#[test]
fn a_mail_that_comes_short_twice_is_taken_with_a_fault_that_says_so() {
    let mails = [note("一"), form("大冶市公安局", "示例甲"), note("三")];
    let server = Scripted::start(Habits { shortens: Some((12, 9)), ..Habits::default() }, &mails);
    let office = office(&server.yaml(""));
    let size = mails[1].len();
    fetch(&office).succeeds().prints(&format!("邮件可能不完整：服务器称有{size}字节")).tells("3 mails = 3 new");
    is_whole(&office, 3);
    fetch(&office).succeeds().tells("0 mails");
}

#[test]
fn a_connection_cut_in_the_middle_of_a_mail_loses_and_repeats_nothing() {
    let mails = [note("一"), form("大冶市公安局", "示例甲"), note("三")];
    let server = Scripted::start(Habits { cuts: Some((12, 2)), ..Habits::default() }, &mails);
    let office = office(&server.yaml(", done: 其他文件夹/已处理"));
    fetch(&office).succeeds().tells("trying again in 1 s").tells("3 mails = 3 new + 0 known + 0 failed");
    is_whole(&office, 3);
    assert_eq!((server.done(), server.left()), (vec![11, 12, 13], vec![]));
}

#[test]
fn a_line_that_stays_dead_is_given_up_and_what_came_is_kept() {
    let mails = [note("一"), note("二"), note("三")];
    let server = Scripted::start(Habits { cuts: Some((13, 99)), ..Habits::default() }, &mails);
    let office = office(&server.yaml(""));
    let quick = Pace { again: Duration::from_millis(1), ..Pace::USUAL };
    let seen = watch_in_process(&office, quick, false, |_| false);
    assert!(matches!(seen, Err(Trouble::Lost(_))), "{seen:?}");
    is_whole(&office, 2);
}

#[test]
fn a_server_that_falls_silent_is_left() {
    let mails = [note("一"), note("二")];
    let server = Scripted::start(Habits { goes_silent: Some(12), ..Habits::default() }, &mails);
    let office = office(&server.yaml(""));
    let quick = Pace { again: Duration::from_millis(1), patience: Duration::from_millis(50), ..Pace::USUAL };
    let seen = watch_in_process(&office, quick, false, |_| false);
    assert!(matches!(seen, Err(Trouble::Lost(_))), "{seen:?}");
    is_whole(&office, 1);
}

#[test]
fn a_mail_the_server_keeps_to_itself_stops_no_other() {
    let mails = [note("一"), note("二"), note("三")];
    let server = Scripted::start(Habits { withholds: Some(12), ..Habits::default() }, &mails);
    let office = office(&server.yaml(", done: 其他文件夹/已处理"));
    let ran = fetch(&office).exits(3);
    ran.tells("INBOX:12: the server does not hand it out this mail cannot be read")
        .tells("3 mails = 2 new + 0 known + 1 failed")
        .tells("run fetch again");
    assert_eq!((server.done(), server.left()), (vec![11, 13], vec![12]));
    is_whole(&office, 2);
}

#[test]
fn a_server_that_cannot_move_gets_a_copy_made_once_and_nothing_deleted() {
    let server = Scripted::start(Habits { is_old: true, ..Habits::default() }, &[note("一"), note("二")]);
    let office = office(&server.yaml(", done: 其他文件夹/已处理"));
    fetch(&office).succeeds().tells("2 mails = 2 new");
    fetch(&office).succeeds().tells("0 mails");
    assert_eq!((server.done(), server.left()), (vec![11, 12], vec![11, 12]));
    let commands = server.commands();
    assert!(commands.contains(&"UID STORE 11:12 +FLAGS.SILENT (\\Seen)".to_owned()), "{commands:?}");
    assert!(commands.iter().all(|command| !command.contains("Deleted") && !command.contains("EXPUNGE")));
}

#[test]
fn a_folder_that_only_holds_folders_is_named() {
    let server = Scripted::start(Habits::default(), &[note("一")]);
    for (key, told) in [("folder", "imap.folder: `其他文件夹` only holds folders"), ("done", "imap.done: `其他文件夹`")]
    {
        let office = office(&server.yaml(&format!(", {key}: 其他文件夹")));
        fetch(&office).exits(3).tells(told);
        assert!(!office.has("inbox/mail"));
    }
}

#[test]
fn a_server_that_repeats_the_password_is_not_quoted() {
    let server = Scripted::start(Habits { repeats_password: true, ..Habits::default() }, &[]);
    fetch(&office(&server.yaml(""))).exits(3).tells("the server refuses the login");
}

#[test]
fn without_idle_new_mail_is_looked_for() {
    let server = Scripted::start(Habits { is_old: true, ..Habits::default() }, &[note("一")]);
    let office = office(&server.yaml(""));
    let quick = Pace { look: Duration::from_millis(5), ..Pace::USUAL };
    let mut taken = 0;
    let seen = watch_in_process(&office, quick, true, |event| {
        if matches!(event, Event::Waiting { told: false }) {
            server.deliver(&note("二"));
        }
        taken += usize::from(matches!(event, Event::Taken { taken: Ok(_), .. }));
        taken == 2
    });
    assert!(seen.is_ok(), "{seen:?}");
    is_whole(&office, 2);
}

#[test]
fn mail_announced_while_idle_begins_is_not_slept_over() {
    let server = Scripted::start(Habits { announces_early: true, ..Habits::default() }, &[note("一")]);
    let office = office(&server.yaml(""));
    let mut taken = 0;
    let seen = watch_in_process(&office, Pace::USUAL, true, |event| {
        if matches!(event, Event::Waiting { told: true }) {
            server.deliver(&note("二"));
        }
        taken += usize::from(matches!(event, Event::Taken { taken: Ok(_), .. }));
        taken == 2
    });
    assert!(seen.is_ok(), "{seen:?}");
    is_whole(&office, 2);
}

/// Fetches in this process, at another pace, until `enough`: as a program that holds the office open would.
fn watch_in_process(
    office: &Office,
    pace: Pace,
    keep_on: bool,
    mut enough: impl FnMut(&Event<'_>) -> bool,
) -> Result<(), Trouble> {
    let root = std::path::PathBuf::from(office.folder(""));
    let sources = zhuanban::edge::sources(&root).unwrap();
    let content = site::load(&sources).unwrap();
    let mailbox = post::parse(post::PATH, &office.read(post::PATH)).unwrap();
    let answers = Answers::load(&root, &sources, &content, Some(&mailbox)).unwrap();
    let rules = record::Office {
        forms: &content.forms,
        units: &content.units,
        deadline: None,
        publication: &content.config.publication,
    };
    let at = "2023-07-10T09:00:00+08:00".to_owned();
    let what = Fetch {
        root: &root,
        imap: mailbox.imap.as_ref().unwrap(),
        secret: &Secret::new(PASSWORD).unwrap(),
        inbox: &Inbox::of(&root),
        office: &rules,
        reader: &Arc::new(Reader::new(content.forms.clone())),
        answers: &answers,
        sign: &|| Signed { by: "fetch".to_owned(), at: at.clone(), on: "2023-07-10".to_owned() },
        pace,
    };
    let (stopper, stop) = Stop::new();
    zhuanban::edge::fetch::fetch(&what, keep_on, stop, |event| {
        if enough(&event) {
            stopper.stop();
        }
    })
}
