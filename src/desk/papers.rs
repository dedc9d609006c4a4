//! Pages and attachments for the browser: pictures are decoded and drawn anew, files leave as downloads without a type.

use std::collections::HashMap;
use std::io::Cursor;
use std::path::{Component, Path};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderValue, StatusCode, header};
use image::{DynamicImage, ImageFormat, ImageReader, RgbImage};
use serde::Serialize;

use super::answer::{Answer, Problem, with_type};
use super::route::Call;
use crate::edge::office::Office;
use crate::edge::store::Account;
use crate::extract::{Leaf, part};
use crate::record::Record;
use crate::report::Said;
use crate::said;
use crate::sheet::{self, Budget, Opened, Picture, Surface};

/// The size of a thumbnail in px; a page is about as much higher than wide.
const THUMBNAIL: (u32, u32) = (96, 136);
/// Thumbnails kept; about 10 KB each.
const MOST_KEPT: usize = 2_000;
/// Places lower than this (px at 200 dpi, a third of a millimetre a line) are rows of a table, not of a page: a form that
/// came as a document and as a scan may have been read from the document.
const LOWEST: f32 = 8.0;

/// Thumbnails by record and revision.
#[derive(Default)]
pub struct Papers {
    thumbnails: Mutex<HashMap<String, Arc<[u8]>>>,
}

/// The page image as the browser draws it, turned by quarters.
#[derive(Debug, Serialize)]
pub struct Scan {
    width: u32,
    height: u32,
    turn: u32,
    /// Width and height once turned.
    shown: (u32, u32),
    transform: String,
    /// The turns to the left and to the right.
    turns: (u32, u32),
}

/// A record's page image; none where it has none, or the file is gone.
pub fn scan(office: &Office, record: &Record, turn: usize) -> Option<Scan> {
    let path = office.inbox.path(image_name(record)?);
    let (width, height) = ImageReader::open(path).ok()?.into_dimensions().ok()?;
    let turn = (turn as u32 / 90 % 4) * 90;
    let (shown, transform) = match turn {
        90 => ((height, width), format!("translate({height} 0) rotate(90)")),
        180 => ((width, height), format!("translate({width} {height}) rotate(180)")),
        270 => ((height, width), format!("translate(0 {width}) rotate(270)")),
        _ => ((width, height), String::new()),
    };
    Some(Scan { width, height, turn, shown, transform, turns: ((turn + 270) % 360, (turn + 90) % 360) })
}

/// Left, top, width and height of a place on the page.
pub fn place([left, top, right, bottom]: [f32; 4]) -> Option<[f32; 4]> {
    let (width, height) = (right - left, bottom - top);
    (width >= LOWEST && height >= LOWEST).then_some([left, top, width, height])
}

/// The name of a record's page image, if it is a plain one below `sheets/`. Records are edited by hand; none leads elsewhere.
fn image_name(record: &Record) -> Option<&str> {
    record.image.as_deref().filter(|name| is_below("sheets", name))
}

fn is_below(folder: &str, name: &str) -> bool {
    let path = Path::new(name);
    path.starts_with(folder) && path.components().all(|step| matches!(step, Component::Normal(_)))
}

/// The page image.
pub fn image(call: &Call<'_>, id: &str) -> Answer {
    let record = call.now.index.get(id).ok_or(Problem::NotFound)?.record();
    let path = call.now.office().inbox.path(image_name(record).ok_or(Problem::NotFound)?);
    let bytes = std::fs::read(path).map_err(|_| Problem::NotFound)?;
    // Drawn by intake itself; a file somebody put in its place is sent as nothing but a picture either.
    Ok(with_type(StatusCode::OK, "image/png", bytes))
}

/// The page image, small.
pub fn thumbnail(call: &Call<'_>, id: &str) -> Answer {
    let row = call.now.index.get(id).ok_or(Problem::NotFound)?;
    let kept = || call.desk.papers.thumbnails.lock().unwrap_or_else(PoisonError::into_inner);
    let found = kept().get(id).cloned();
    if let Some(bytes) = found {
        return Ok(with_type(StatusCode::OK, "image/png", bytes.to_vec()));
    }
    let path = call.now.office().inbox.path(image_name(row.record()).ok_or(Problem::NotFound)?);
    let picture = ImageReader::open(path)?.decode().map_err(|e| unreadable(&e.to_string()))?;
    let bytes: Arc<[u8]> = png(&picture.thumbnail(THUMBNAIL.0, THUMBNAIL.1))?.into();
    let mut all = kept();
    if all.len() >= MOST_KEPT {
        all.clear();
    }
    all.insert(id.to_owned(), Arc::clone(&bytes));
    Ok(with_type(StatusCode::OK, "image/png", bytes.to_vec()))
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, Said> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|e| unreadable(&e.to_string()))?;
    Ok(bytes.into_inner())
}

fn unreadable(why: &str) -> Said {
    said!("the picture cannot be shown: {why}", "图像无法显示：{why}")
}

/// A sheet of an attachment, drawn.
pub fn sheet(call: &Call<'_>, id: &str, part: &str, number: &str) -> Answer {
    let record = call.now.index.get(id).ok_or(Problem::NotFound)?.record();
    let office = call.now.office();
    leaf(office, record, part).ok_or(Problem::NotFound)?;
    let content = content(office, record, part).ok_or(Problem::NotFound)?;
    let number: usize = number.parse().map_err(|_| Problem::NotFound)?;
    let picture = picture(&content.bytes, number).ok_or(Problem::NotFound)?;
    let pixels: RgbImage = picture.pixels().map_err(|fault| unreadable(&fault.message))?;
    let drawn = png(&DynamicImage::ImageRgb8(pixels))?;
    Ok(with_type(StatusCode::OK, "image/png", drawn))
}

fn picture(bytes: &Arc<[u8]>, number: usize) -> Option<Picture> {
    let Ok(Opened::Sheets(sheets)) = sheet::open(bytes, &mut Budget::default()) else { return None };
    sheets.into_iter().find(|sheet| sheet.number == number).and_then(|sheet| match sheet.surface {
        Surface::Pixels(picture) => Some(picture),
        Surface::Cells(_) => None,
    })
}

/// An attachment as a download.
pub fn file(call: &Call<'_>, id: &str, part: &str) -> Answer {
    let record = call.now.index.get(id).ok_or(Problem::NotFound)?.record();
    let office = call.now.office();
    let leaf = leaf(office, record, part).ok_or(Problem::NotFound)?;
    let content = content(office, record, part).ok_or(Problem::NotFound)?;
    let mut response = with_type(StatusCode::OK, "application/octet-stream", content.bytes.to_vec());
    let disposition = format!("attachment; filename*=UTF-8''{}", saved_as(leaf.name.as_deref().unwrap_or("附件")));
    let disposition = HeaderValue::from_str(&disposition).map_err(std::io::Error::other)?;
    response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    // Should a browser open it all the same, it opens it as nothing of ours.
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    Ok(response)
}

/// A name for the download: no folder, nothing a system takes for a command, percent-encoded (RFC 8187).
fn saved_as(name: &str) -> String {
    let kept = |c: char| if c.is_control() || "/\\:*?\"<>|".contains(c) { '_' } else { c };
    let name: String = name.chars().map(kept).take(120).collect();
    let name = name.trim_start_matches('.');
    let encoded = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    name.bytes().map(encoded).collect()
}

/// What became of the mail's leaves; none where the mail is gone.
pub fn account(office: &Office, record: &Record) -> Option<Account> {
    let name = Path::new(&record.mail.file).file_stem()?.to_str()?;
    office.inbox.account(name).ok()?
}

/// A leaf the mail's account knows.
pub fn leaf(office: &Office, record: &Record, part: &str) -> Option<Leaf> {
    account(office, record)?.leaves.into_iter().map(|leaf| leaf.0).find(|leaf| leaf.part == part)
}

/// The content of a leaf.
pub struct Content {
    /// The bytes as sent.
    pub bytes: Arc<[u8]>,
    /// The text, if it is text.
    pub text: Option<String>,
    /// Whether that text is HTML.
    pub html: bool,
}

/// Takes a leaf out of its mail. What came without a mail is its own only leaf.
pub fn content(office: &Office, record: &Record, number: &str) -> Option<Content> {
    let leaf = leaf(office, record, number)?;
    let name = Some(record.mail.file.as_str()).filter(|name| is_below("mail", name))?;
    let raw = std::fs::read(office.inbox.path(name)).ok()?;
    if !name.ends_with(".eml") {
        return Some(Content { bytes: raw.into(), text: None, html: false });
    }
    let found = part::part(&raw, number)?;
    Some(Content { bytes: found.bytes, text: found.text, html: leaf.content_type == "text/html" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_in_a_record_leads_out_of_its_folder() {
        assert!(is_below("sheets", "sheets/20230712-3f9a2c1b-2/1.png"));
        for name in ["sheets/../mail/x", "/etc/passwd", "mail/x", "sheets/../../x", "../sheets/x", ""] {
            assert!(!is_below("sheets", name), "{name}");
        }
    }

    #[test]
    fn a_download_has_a_name_without_folders_or_commands() {
        assert_eq!(saved_as("表.docx"), "%E8%A1%A8.docx");
        assert_eq!(saved_as("../../a\r\nb\".svg"), "_.._a__b_.svg");
        assert_eq!(saved_as(".bashrc"), "bashrc");
    }
}
