//! What the sender of a record is told: the answer to a decision, its withdrawal, a request to correct.

use super::Desk;
use crate::cli::voice::Failure;
use crate::edge::answers::{Answered, Answers};
use crate::edge::store::Lock;
use crate::record::decide::ask;
use crate::record::{Record, Signed, Status};
use crate::said;

impl Desk<'_> {
    /// Writes the answer to a decision.
    pub(super) fn answer(
        &self,
        decided: &Record,
        answers: &Answers<'_>,
        signed: &Signed,
        lock: &Lock,
    ) -> Result<(), Failure> {
        if decided.status == Status::Pending {
            return Ok(());
        }
        self.tell(&answers.decided(decided, signed, lock)?);
        Ok(())
    }

    fn tell(&self, answered: &Answered) {
        self.voice.say(&match answered {
            Answered::Written(event) => said!(
                "the answer waits in inbox/outbox/{event}.yaml; `zhuanban send` sends it",
                "答复已写好，放在 inbox/outbox/{event}.yaml；运行 zhuanban send 发出"
            ),
            Answered::Silent(reason) => said!("no answer is written: {reason}", "不写答复：{reason}"),
        });
    }

    /// Asks the sender for a correction: the letter first, for its event names the entry of the history that follows.
    pub(super) fn ask_sender(&self, id: &str, note: Option<&str>, signed: &Signed) -> Result<(), Failure> {
        let answers = self.office.answers()?;
        let lock = self.office.inbox.lock()?;
        let records = self.records()?;
        let asked = ask(self.find(&records, id)?, signed)?;
        let answered = answers.correction(&asked, note, signed, &lock)?;
        if let Answered::Written(_) = answered {
            self.log("asked", &asked.id, note.map(str::to_owned), signed)?;
            self.office.inbox.put_record(&asked)?;
        }
        self.tell(&answered);
        Ok(())
    }

    /// Stops the answer to a decision that is taken back, or says that it has left.
    pub(super) fn withdraw(
        &self,
        record: &Record,
        answers: &Answers<'_>,
        signed: &Signed,
        lock: &Lock,
    ) -> Result<(), Failure> {
        match answers.withdraw(record, signed, lock)? {
            None => {}
            Some((event, true)) => self
                .voice
                .say(&said!("the answer {event} had not left and is withdrawn", "答复{event}尚未发出，已撤回")),
            Some((event, false)) => self.voice.say(&said!(
                "the answer {event} has left or may have left: tell the sender yourself",
                "答复{event}已经发出或者可能已经发出，请另行告知对方"
            )),
        }
        Ok(())
    }
}
