//! What the sender of a record is told: the answer to a decision, or its withdrawal.

use super::Desk;
use crate::edge::answers::Answered;
use crate::edge::review;
use crate::said;

impl Desk<'_> {
    /// Tells of the answer that was written, or of one that was taken back.
    pub(super) fn tell_answers(&self, decided: &review::Decided) {
        match &decided.withdrawn {
            None => {}
            Some((event, true)) => self
                .voice
                .say(&said!("the answer {event} had not left and is withdrawn", "答复{event}尚未发出，已撤回")),
            Some((event, false)) => self.voice.say(&said!(
                "the answer {event} has left or may have left: tell the sender yourself",
                "答复{event}已经发出或者可能已经发出，请另行告知对方"
            )),
        }
        match &decided.answered {
            None => {}
            Some(Answered::Written(event)) => self.voice.say(&said!(
                "the answer waits in inbox/outbox/{event}.yaml; `zhuanban send` sends it",
                "答复已写好，放在 inbox/outbox/{event}.yaml；运行 zhuanban send 发出"
            )),
            Some(Answered::Silent(reason)) => {
                self.voice.say(&said!("no answer is written: {reason}", "不写答复：{reason}"));
            }
        }
    }
}
