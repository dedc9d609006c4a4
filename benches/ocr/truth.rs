//! The samples: what stands on each page, and the mail it comes in.

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Our field ids and the samples' keys for them.
const KEYS: [(&str, &str); 12] = [
    ("unit_name", "unit_name"),
    ("date", "date"),
    ("unit_address", "address"),
    ("unit_code", "org_code"),
    ("officer_name", "liaison_name"),
    ("officer_post", "liaison_position"),
    ("officer_phone", "liaison_office_phone"),
    ("officer_mobile", "liaison_mobile"),
    ("officer_email", "liaison_email"),
    ("leader_name", "leader_name"),
    ("leader_post", "leader_position"),
    ("leader_phone", "leader_phone"),
];

/// A picture of a filled-in form, as it arrives.
pub struct Page {
    /// The picture's file.
    pub file: String,
    /// L0 clean, L1 good scan, L2 office scan, L3 photo.
    pub level: String,
    /// typed, kai or hand.
    pub fill: String,
    /// Field id and value; empty where nothing was filled in.
    pub values: Vec<(&'static str, String)>,
    /// The mail.
    pub mail: Arc<[u8]>,
}

/// The pages of a folder.
pub fn pages(folder: &Path) -> Result<Vec<Page>, String> {
    let path = folder.join("truth.json");
    let truth = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let truth: Value = serde_json::from_str(&truth).map_err(|e| format!("{}: {e}", path.display()))?;
    truth["forms"].as_array().into_iter().flatten().map(|form| page(folder, form)).collect()
}

fn page(folder: &Path, form: &Value) -> Result<Page, String> {
    let text = |key: &str| form[key].as_str().unwrap_or_default().to_owned();
    let path = folder.join(text("file"));
    let picture = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let value = |(id, key): (&'static str, &str)| {
        let value = plain(form["fields"][key].as_str().unwrap_or_default());
        (id, if id == "unit_code" { value.replace('-', "") } else { value })
    };
    let values = KEYS.into_iter().map(value).collect();
    Ok(Page { file: text("file"), level: text("level"), fill: text("fill"), values, mail: mail(&picture).into() })
}

/// Widths folded, blanks gone.
pub fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

fn mail(picture: &[u8]) -> Vec<u8> {
    let head = "From: unit@example.com\r\nContent-Type: image/jpeg\r\n\
        Content-Disposition: attachment; filename=form.jpg\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let body = STANDARD.encode(picture);
    let lines = body.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"].concat());
    head.bytes().chain(lines).collect()
}
