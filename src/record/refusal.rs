//! Why a decision cannot be, as data: the command line names the option that helps, the desk the field on its page.

use super::Status;
use crate::report::Said;
use crate::said;

/// Why a record cannot be decided so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is named who decides.
    Unsigned,
    /// It is decided already.
    Decided {
        /// The record.
        id: String,
        /// How.
        status: Status,
    },
    /// It is not decided yet, so there is nothing to take back.
    Undecided(String),
    /// No form has been read or entered.
    Unread(String),
    /// The form names no officer.
    NoOfficer {
        /// The record.
        id: String,
        /// The empty field.
        field: String,
    },
    /// No unit, or none that is known.
    NoUnit(String),
    /// The unit has officers, and it is not said whether the new one joins or replaces.
    JoinsOrReplaces {
        /// The record.
        id: String,
        /// Those in office.
        in_office: String,
    },
    /// The unit has several officers, and it is not said which one is replaced.
    ReplacesWhom(String),
    /// The one to be replaced is not in office.
    NotInOffice {
        /// Who was named.
        former: String,
        /// Those in office.
        in_office: String,
    },
    /// Rejecting, asking for a correction and setting aside need a reason.
    NoReason,
}

impl From<Refusal> for Said {
    /// As the command line says it.
    fn from(refusal: Refusal) -> Said {
        match refusal {
            Refusal::Unsigned => said!("say who decides: `--by NAME`", "请注明经办人：--by 姓名"),
            Refusal::Decided { id, status } => {
                let (en, zh) = (status.folder(), status.label());
                said!(
                    "record {id} is {en}; `review reopen {id}` takes that back",
                    "记录{id}{zh}；如需更改，请先用 review reopen {id} 撤回"
                )
            }
            Refusal::Undecided(id) => said!("record {id} is not decided yet", "记录{id}尚未作出决定"),
            Refusal::Unread(id) => said!(
                "record {id} has not been read: enter its values with `review edit {id} form=… field=value`",
                "记录{id}尚未识别：请用 review edit {id} form=… 字段=内容 录入"
            ),
            Refusal::NoOfficer { id, field } => {
                said!("record {id} names no officer (`{field}` is empty)", "记录{id}没有专办员姓名（{field}为空）")
            }
            Refusal::NoUnit(id) => said!(
                "record {id} belongs to no known unit: choose one with `review edit {id} unit=ID`",
                "记录{id}没有对应的单位：请用 review edit {id} unit=单位标识 选定"
            ),
            Refusal::JoinsOrReplaces { id, in_office } => said!(
                "the unit already has an officer ({in_office}): does {id} join (`--join`) or replace (`--replace RECORD`)?",
                "该单位已有专办员（{in_office}）：{id}是增加（--join）还是接替（--replace 记录号）？"
            ),
            Refusal::ReplacesWhom(in_office) => said!(
                "the unit has several officers ({in_office}): name the one replaced with `--replace RECORD`",
                "该单位有多名专办员（{in_office}）：请用 --replace 记录号 指明接替哪一位"
            ),
            Refusal::NotInOffice { former, in_office } => said!(
                "`{former}` is no officer of this unit; in office: {in_office}",
                "{former}不是该单位在任的专办员；在任：{in_office}"
            ),
            Refusal::NoReason => said!("rejecting needs a reason: `--reason TEXT`", "退回须说明理由：--reason 理由"),
        }
    }
}

impl Refusal {
    /// As the desk says it, beside what can be done on its page.
    pub fn on_desk(&self) -> String {
        match self {
            Refusal::Unsigned => "请先填写经办人姓名".to_owned(),
            Refusal::Decided { status, .. } => format!("这条记录{}；如需更改，请先撤回", status.label()),
            Refusal::Undecided(_) => "这条记录尚未作出决定，无需撤回".to_owned(),
            Refusal::Unread(_) => "尚未识别出登记表：请先选择表格并录入内容".to_owned(),
            Refusal::NoOfficer { .. } => "没有专办员姓名，不能备案".to_owned(),
            Refusal::NoUnit(_) => "请先选定单位".to_owned(),
            Refusal::JoinsOrReplaces { .. } => "该单位已有专办员：请选择增加还是接替".to_owned(),
            Refusal::ReplacesWhom(_) => "该单位有多名专办员：请选择接替哪一位".to_owned(),
            Refusal::NotInOffice { .. } => "所选的专办员已不在任，请重新选择".to_owned(),
            Refusal::NoReason => "请填写理由".to_owned(),
        }
    }
}
