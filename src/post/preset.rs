//! The providers that Chinese offices use, by name: where their servers are and whose word on a sender is believed.

use crate::report::{Said, nearest};
use crate::said;

/// A provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Preset {
    /// QQ Mail.
    Qq,
    /// NetEase 163.com.
    Netease163,
    /// NetEase 126.com.
    Netease126,
    /// Tencent Exmail, for organisations' own domains.
    Exmail,
    /// Any other: hosts are said.
    #[default]
    None,
}

impl Preset {
    /// Every preset with its name in the file.
    pub const ALL: [(&str, Preset); 5] = [
        ("qq", Preset::Qq),
        ("163", Preset::Netease163),
        ("126", Preset::Netease126),
        ("exmail", Preset::Exmail),
        ("none", Preset::None),
    ];

    /// By its name.
    pub fn parse(text: &str) -> Result<Preset, Said> {
        let found = Preset::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, preset)| *preset).ok_or_else(|| match nearest(text, Preset::ALL.map(|(name, _)| name)) {
            Some(hint) => {
                said!("unknown preset `{text}`; did you mean `{hint}`?", "未知的预设 `{text}`，是否应为 `{hint}`？")
            }
            None => {
                let all = Preset::ALL.map(|(name, _)| name).join(", ");
                said!("unknown preset `{text}`; known presets: {all}", "未知的预设 `{text}`；可用的预设：{all}")
            }
        })
    }

    /// Host of its IMAP server, which speaks TLS on port 993.
    pub fn imap(self) -> Option<&'static str> {
        match self {
            Preset::Qq => Some("imap.qq.com"),
            Preset::Netease163 => Some("imap.163.com"),
            Preset::Netease126 => Some("imap.126.com"),
            Preset::Exmail => Some("imap.exmail.qq.com"),
            Preset::None => None,
        }
    }

    /// Host of its SMTP server, which speaks TLS on port 465.
    pub fn smtp(self) -> Option<&'static str> {
        match self {
            Preset::Qq => Some("smtp.qq.com"),
            Preset::Netease163 => Some("smtp.163.com"),
            Preset::Netease126 => Some("smtp.126.com"),
            Preset::Exmail => Some("smtp.exmail.qq.com"),
            Preset::None => None,
        }
    }

    /// The name its receiving server signs Authentication-Results with. NetEase names a different machine in each mail,
    /// so there nobody is believed unless the office says whom.
    pub fn authserv(self) -> Option<&'static str> {
        match self {
            Preset::Qq => Some("mx.qq.com"),
            Preset::Netease163 | Preset::Netease126 | Preset::Exmail | Preset::None => None,
        }
    }
}
