//! What the desk calls things: never by colour alone, always a sign and a word.

use serde::Serialize;

use crate::read::Means;

/// A sign and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Word {
    /// The sign.
    pub sign: &'static str,
    /// The word.
    pub word: &'static str,
}

/// By which means a value was seen.
pub fn means(means: Means) -> Word {
    match means {
        Means::Qr => Word { sign: "▦", word: "二维码" },
        Means::Typed => Word { sign: "≡", word: "电子文字" },
        Means::Ocr => Word { sign: "◎", word: "图像识别" },
        Means::Office => Word { sign: "✎", word: "人工录入" },
    }
}

/// How sure a recognised value is, in words.
pub fn sureness(means: Means, confidence: f32) -> String {
    match means {
        Means::Ocr => format!("把握{:.0}%", confidence * 100.0),
        Means::Qr | Means::Typed | Means::Office => String::new(),
    }
}

/// Whether a mark was seen: 公章, 签字.
pub fn seen(seen: Option<bool>) -> Word {
    match seen {
        Some(true) => Word { sign: "✓", word: "已见" },
        Some(false) => Word { sign: "✗", word: "未见" },
        None => Word { sign: "–", word: "未检查" },
    }
}

/// What the ledger's words mean to a clerk.
pub fn act(did: &str) -> &str {
    match did {
        "received" => "收到",
        "edited" => "修改",
        "accepted" => "备案",
        "rejected" => "退回",
        "reopened" => "撤回",
        "correction-asked" => "请对方补正",
        "set-aside" => "搁置",
        "entered" => "录入",
        "advised" => "建议更换",
        "advice-dropped" => "撤回更换建议",
        "announced" => "公布表彰",
        "withdrawn" => "撤下表彰",
        "answered" => "写答复",
        "sent" => "发出答复",
        "cancelled" => "撤回答复",
        other => other,
    }
}

/// `2023-07-12T08:30:00+08:00` as 2023-07-12 08:30.
pub fn time(rfc3339: &str) -> String {
    rfc3339.chars().take(16).map(|c| if c == 'T' { ' ' } else { c }).collect()
}
