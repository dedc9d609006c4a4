//! What is known of a mail's sender when it comes in, put on the mail's head.

use super::{dkim, dns};
use crate::extract::MailHead;

/// Whom to believe, and the signatures checked with the keys of their domains. Mail of machines makes no record, and of
/// several senders none is believed: there nobody is asked.
pub fn check(raw: &[u8], mail: &mut MailHead, server: Option<&str>) {
    believe(raw, mail, server);
    if !mail.auto && !mail.from.is_empty() {
        mail.vouched.signatures = dkim::verify(raw, dns::text);
    }
}

/// The server that the office trusts is believed, where it names one. Otherwise the topmost statement stands as what it
/// is: of nobody known.
pub fn believe(raw: &[u8], mail: &mut MailHead, server: Option<&str>) {
    if let Some(server) = server {
        mail.believe(raw, server);
    }
}
