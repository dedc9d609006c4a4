//! `fetch --watch`: mail as it comes, through a restart of the server, until Ctrl-C.

use super::dovecot::Dovecot;
use super::{form, is_whole, note, office, without_password};

#[test]
fn mail_is_taken_as_it_comes_until_ctrl_c() {
    let mut server = Dovecot::start();
    let (user, yaml) = {
        let mailbox = server.mailbox();
        mailbox.deliver(&note("已在"));
        let yaml = mailbox.yaml(server.port, ", done: 已处理");
        (mailbox.into_user(), yaml)
    };
    let office = office(&yaml);
    let mut watching = office.start("fetch --watch");
    watching.wait_for_message("waiting for new mail");
    server.mailbox_of(&user).deliver(&form("大冶市公安局", "示例甲"));
    watching.wait_for_line("示例甲");
    server.stop();
    watching.wait_for_message("trying again");
    server.mailbox_of(&user).deliver(&form("大冶市民政局", "示例乙"));
    server.begin();
    watching.wait_for_line("示例乙");
    watching.signal("INT");
    let ran = without_password(watching.finish().succeeds());
    ran.tells("1 mails = 1 new");
    is_whole(&office, 3);
    assert_eq!(server.mailbox_of(&user).count(None) + server.mailbox_of(&user).count(Some("已处理")), 3);
}
