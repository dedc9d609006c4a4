//! `content/site.yaml`: the office, its site and its rules of publication. Every fault is located.

use crate::listing::Publication;
use crate::report::{Diagnostic, Place, Said};
use crate::said;
use crate::yaml::{self, Decoder, Entries, Node};

use super::base_url::BaseUrl;
use super::colour::{self, Colour};

/// Where the configuration stands.
pub const PATH: &str = "content/site.yaml";

/// The configuration of a site.
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// The site's name.
    pub name: String,
    /// Where it is published.
    pub base_url: BaseUrl,
    /// What it is, in one sentence.
    pub description: Option<String>,
    /// Language tag of its pages.
    pub language: String,
    /// The main colour.
    pub theme: Colour,
    /// What identifies it as a government site.
    pub identity: Identity,
    /// The office that runs it.
    pub office: Office,
    /// Until when forms are due.
    pub deadline: Option<Deadline>,
    /// Area code of telephone numbers.
    pub area_code: Option<String>,
    /// What may be published.
    pub publication: Publication,
    /// How many months after review mails, scans and what they hold are kept.
    pub retention_months: i32,
    /// Page ids of the main menu in order, each with its place.
    pub menu: Vec<(Place, String)>,
}

/// Government site identity; each shown only where configured.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// 网站标识码.
    pub code: Option<String>,
    /// ICP备案 number.
    pub icp: Option<String>,
    /// 公安备案 number.
    pub police: Option<String>,
    /// Address of the 党政机关 mark.
    pub party_mark: Option<String>,
    /// Address of 政府网站找错.
    pub error_report: Option<String>,
}

/// The office: who it is and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Full name.
    pub name: String,
    /// Short name, the full one when there is none.
    pub short: String,
    /// The body it belongs to.
    pub host: Option<String>,
    /// Where it is.
    pub room: Option<String>,
    /// Telephone.
    pub phone: String,
    /// Mailbox.
    pub mailbox: String,
}

/// Until when forms are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The last day, which counts to 24:00 China time.
    pub date: jiff::civil::Date,
    /// What must be said about it.
    pub note: Option<String>,
}

const KEYS: &[&str] = &[
    "name",
    "base_url",
    "description",
    "language",
    "theme",
    "identity",
    "office",
    "deadline",
    "area_code",
    "publication",
    "retention_months",
    "menu",
];

/// What the office's privacy notice promises where nothing else is configured.
const A_YEAR: i32 = 12;

/// Parses the configuration; every fault at once.
pub fn parse(path: &str, text: &str) -> Result<SiteConfig, Vec<Diagnostic>> {
    let node = yaml::parse(path, text).map_err(|d| vec![d])?;
    let mut d = Decoder::new(path);
    let config = site(&mut d, &node);
    d.finish(config)
}

fn site(d: &mut Decoder, node: &Node) -> Option<SiteConfig> {
    let e = d.entries(node, KEYS);
    let (name, base_url) = (d.required(&e, "name"), needed(d, &e, "base_url", BaseUrl::parse));
    let office = section(d, &e, "office").and_then(|node| office(d, node));
    Some(SiteConfig {
        description: d.text(&e, "description"),
        language: d.text(&e, "language").unwrap_or_else(|| "zh-CN".to_owned()),
        theme: d.parsed(&e, "theme", Colour::parse).unwrap_or(colour::DEFAULT),
        identity: e.get("identity").map(|node| identity(d, node)).unwrap_or_default(),
        deadline: e.get("deadline").and_then(|node| deadline(d, node)),
        area_code: d.text(&e, "area_code"),
        publication: e.get("publication").map(|node| publication(d, node)).unwrap_or_default(),
        retention_months: d.parsed(&e, "retention_months", months).unwrap_or(A_YEAR),
        menu: d.list(e.get("menu")).iter().filter_map(|n| Some((n.at, d.scalar(n)?))).collect(),
        name: name?,
        base_url: base_url?,
        office: office?,
    })
}

/// A value that must be there and is parsed.
fn needed<T>(d: &mut Decoder, e: &Entries<'_>, key: &str, parse: fn(&str) -> Result<T, Said>) -> Option<T> {
    d.required(e, key).and_then(|_| d.parsed(e, key, parse))
}

/// A mapping that must be there.
fn section<'n>(d: &mut Decoder, e: &Entries<'n>, key: &str) -> Option<&'n Node> {
    if e.get(key).is_none() {
        d.required(e, key);
    }
    e.get(key)
}

fn office(d: &mut Decoder, node: &Node) -> Option<Office> {
    let e = d.entries(node, &["name", "short", "host", "room", "phone", "mailbox"]);
    let (name, phone, mailbox) = (d.required(&e, "name"), d.required(&e, "phone"), d.required(&e, "mailbox"));
    let short = d.text(&e, "short").or_else(|| name.clone());
    Some(Office {
        host: d.text(&e, "host"),
        room: d.text(&e, "room"),
        short: short?,
        name: name?,
        phone: phone?,
        mailbox: mailbox?,
    })
}

fn identity(d: &mut Decoder, node: &Node) -> Identity {
    let e = d.entries(node, &["code", "icp", "police", "party_mark", "error_report"]);
    Identity {
        code: d.parsed(&e, "code", site_code),
        icp: d.text(&e, "icp"),
        police: d.text(&e, "police"),
        party_mark: d.parsed(&e, "party_mark", web_address),
        error_report: d.parsed(&e, "error_report", web_address),
    }
}

fn site_code(text: &str) -> Result<String, Said> {
    let good = text.len() == 10 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then(|| text.to_owned()).ok_or_else(|| said!("a site code has 10 characters", "网站标识码应为10位"))
}

fn web_address(text: &str) -> Result<String, Said> {
    let good = (text.starts_with("https://") || text.starts_with("http://")) && !text.contains(char::is_whitespace);
    good.then(|| text.to_owned()).ok_or_else(|| said!("`{text}` is no web address", "`{text}` 不是网址"))
}

fn deadline(d: &mut Decoder, node: &Node) -> Option<Deadline> {
    let e = d.entries(node, &["date", "note"]);
    let date = needed(d, &e, "date", day);
    Some(Deadline { note: d.text(&e, "note"), date: date? })
}

fn day(text: &str) -> Result<jiff::civil::Date, Said> {
    text.parse().map_err(|_| {
        said!("`{text}` is no day; write it like `2023-07-15`", "`{text}` 不是日期，应写成 2023-07-15 的形式")
    })
}

fn months(text: &str) -> Result<i32, Said> {
    let months = text.parse().ok().filter(|months| (1..=1200).contains(months));
    months
        .ok_or_else(|| said!("`{text}` is no number of months from 1 to 1200", "`{text}` 不是月数，应为1至1200的整数"))
}

fn publication(d: &mut Decoder, node: &Node) -> Publication {
    let e = d.entries(node, &["basis", "mailbox_domains"]);
    Publication { basis: d.text(&e, "basis"), mailbox_domains: d.texts(e.get("mailbox_domains")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
name: 名录
base_url: https://example.gov.cn/zfcg/
office: {name: 甲办公室, phone: 0714-8731721, mailbox: a@example.com}
deadline: {date: 2023-07-15}
menu: [index]
";

    fn faults(text: &str) -> Vec<String> {
        parse("site.yaml", text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let config = parse("site.yaml", GOOD).unwrap();
        assert_eq!(config.office.short, "甲办公室");
        assert_eq!(config.language, "zh-CN");
        assert_eq!(config.identity, Identity::default());
        assert_eq!(config.publication, Publication::default());
        assert_eq!(config.retention_months, 12);
    }

    #[test]
    fn every_fault_is_located_and_hinted() {
        let text = GOOD
            .replace("phone", "phnoe")
            .replace("2023-07-15", "15 July")
            .replace("https", "htps")
            .replace("menu: [index]", "retention_months: 0\ntheme: pink\nidentity: {code: '123'}");
        assert_eq!(
            faults(&text),
            [
                "site.yaml:2:11: `htps://example.gov.cn/zfcg/` is no base URL; write it like `https://example.gov.cn/zfcg/`",
                "site.yaml:3:22: unknown key `phnoe`; did you mean `phone`?",
                "site.yaml:3:9: missing key `phone`",
                "site.yaml:6:8: `pink` is no colour; write it like `#9b1c1f`",
                "site.yaml:7:18: a site code has 10 characters",
                "site.yaml:4:18: `15 July` is no day; write it like `2023-07-15`",
                "site.yaml:5:19: `0` is no number of months from 1 to 1200",
            ]
        );
    }
}
