//! `report`: which units have registered and which are missing. `roster`: the whole register, for the office alone.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::civil::Date;

use super::office::{Office, sign};
use super::review::print_json;
use super::voice::{Failure, Voice, put};
use crate::edge::whole;
use crate::overview::standing::{Standing, standing};
use crate::overview::{report, roster, text};
use crate::record::Record;
use crate::report::{Diagnostic, Said};
use crate::said;

/// How a report is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Text,
    /// For another program.
    Json,
    /// A workbook to print or pass on.
    Xlsx,
}

/// Tells how all units stand today.
pub fn run(root: &Path, format: Format, out: Option<&Path>, voice: Voice) -> Result<(), Failure> {
    if let Some(out) = out.filter(|_| format != Format::Xlsx) {
        let name = out.display();
        return Err(Failure::Usage(said!(
            "`--out {name}` is for `--format xlsx`; text and JSON go to standard output",
            "--out {name} 只用于 --format xlsx；文本和 JSON 输出到标准输出"
        )));
    }
    let office = Office::open(root)?;
    let (records, broken) = office.inbox.records(&office.rules())?;
    let (today, standing) = of_today(&office, &records)?;
    match format {
        Format::Text => put(text::text(&standing)),
        Format::Json => print_json(&standing)?,
        Format::Xlsx => file(out, "专办员登记情况", &today, &report::xlsx(&standing).map_err(unwritable)?)?,
    }
    told(broken, voice)
}

/// Writes the whole register.
pub fn roster(root: &Path, out: Option<&Path>, voice: Voice) -> Result<(), Failure> {
    let office = Office::open(root)?;
    let (records, broken) = office.inbox.records(&office.rules())?;
    let today = sign("", None).on;
    let bytes = roster::xlsx(&records, &office.content.listings, &office.rules(), &today).map_err(unwritable)?;
    file(out, "专办员名册", &today, &bytes)?;
    voice.say(&said!(
        "this file holds private data: keep it in the office",
        "此文件含手机号码等个人信息，仅供内部使用，请妥善保管"
    ));
    told(broken, voice)
}

/// How all units stand on the day the clock says.
pub fn of_today(office: &Office, records: &[Record]) -> Result<(String, Standing), Failure> {
    let today = sign("", None).on;
    let day: Date = today.parse().map_err(|e| Failure::Outside(said!("the clock: {e}", "系统时间有误：{e}")))?;
    let standing = standing(records, &office.content.listings, &office.rules(), day);
    Ok((today, standing))
}

/// Writes a workbook where it is wanted, or beside the caller under a name with the day; prints where.
fn file(out: Option<&Path>, name: &str, today: &str, bytes: &[u8]) -> Result<(), Failure> {
    let path = out.map_or_else(|| PathBuf::from(format!("{name}-{today}.xlsx")), Path::to_owned);
    // A bare name has no folder to write into.
    let full = std::path::absolute(&path)?;
    let shown = path.display();
    whole::write(&full, bytes).map_err(|e| Failure::Outside(said!("{shown}: {e}", "{shown}：{e}")))?;
    put(shown);
    Ok(())
}

fn unwritable(e: String) -> Failure {
    Failure::Outside(said!("{e}", "{e}"))
}

/// Records that cannot be read are missing from what was printed: a script must notice.
fn told(broken: Vec<Diagnostic>, voice: Voice) -> Result<(), Failure> {
    if broken.is_empty() {
        return Ok(());
    }
    let n = broken.len();
    let said: Said = said!("not counted, because they cannot be read ({n}):", "以下{n}处记录无法读取，未计入：");
    voice.say(&said);
    Err(Failure::Wrong(broken))
}
