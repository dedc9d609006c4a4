//! Lines that break, a server that goes down, and the program killed at every step.

use super::dovecot::Dovecot;
use super::mailbox::large;
use super::proxy::bad_line;
use super::{form, is_whole, note, office, without_password};

#[test]
fn a_large_mail_over_a_line_that_breaks_again_and_again() {
    let server = Dovecot::start();
    let mailbox = server.mailbox();
    mailbox.deliver(&note("先"));
    mailbox.deliver(&large());
    mailbox.deliver(&note("后"));
    // In the handshake, at the login, in the middle of the large mail, near its end.
    let port = bad_line(server.port, &[500, 2_500, 20 << 20, 40 << 20]);
    let office = office(&mailbox.yaml(port, ", done: 已处理"));
    let ran = without_password(office.run("fetch").succeeds());
    ran.tells("trying again").tells("3 mails = 3 new + 0 known + 0 failed");
    assert_eq!((mailbox.count(None), mailbox.count(Some("已处理"))), (0, 3));
    is_whole(&office, 3);
}

#[test]
fn a_server_that_goes_down_and_comes_back() {
    let mut server = Dovecot::start();
    let names: Vec<String> = (0..300).map(|n| format!("示例{n}")).collect();
    let yaml = {
        let mailbox = server.mailbox();
        names.iter().for_each(|name| mailbox.deliver(&note(name)));
        mailbox.yaml(server.port, ", done: 已处理")
    };
    let office = office(&yaml);
    let mut fetch = office.start("fetch");
    fetch.wait_for_line("无登记表");
    fetch.signal("STOP");
    server.stop();
    fetch.signal("CONT");
    fetch.wait_for_message("trying again");
    server.begin();
    without_password(fetch.finish().succeeds()).tells("300 mails = 300 new + 0 known + 0 failed");
    is_whole(&office, 300);
}

#[test]
fn a_fetch_killed_at_any_step_is_finished_by_the_next() {
    let server = Dovecot::start();
    let mut steps = 0;
    for step in 1..200 {
        let mailbox = server.mailbox();
        mailbox.deliver(&form("大冶市公安局", "示例甲"));
        mailbox.deliver(&note("问询"));
        let office = office(&mailbox.yaml(server.port, ", done: 已处理"));
        let killed = office.run_with("ZHUANBAN_KILL_AT", &step.to_string(), "fetch").was_killed();
        assert_eq!(mailbox.count(None) + mailbox.count(Some("已处理")), 2, "step {step}: a mail is gone or doubled");
        without_password(office.run("fetch").succeeds());
        is_whole(&office, 2);
        assert_eq!(office.records("all").len(), 2, "step {step}");
        assert_eq!((mailbox.count(None), mailbox.count(Some("已处理"))), (0, 2), "step {step}");
        steps = step;
        if killed.is_none() {
            break;
        }
    }
    // Two mails to disk, their records, ledger and accounts, the state, the move, the state again.
    assert!((30..199).contains(&steps), "{steps} steps: are the failpoints still there?");
}
