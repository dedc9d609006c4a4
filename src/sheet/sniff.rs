//! What a file is, by its first bytes and its inside.

use std::sync::Arc;

use super::{Budget, Opened, Sheet, archive, doc, docx, heic, html, image, lines, pdf, xls, xlsx};
use crate::fault::Fault;

/// Opens a file by its content.
pub(super) fn open(bytes: &Arc<[u8]>, budget: &mut Budget) -> Result<Opened, Fault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Fault::new("empty", "附件是空的，请对方重新发送"));
    }
    if let Some(format) = image::format(bytes) {
        return image::open(bytes, format, budget).map(Opened::Sheets);
    }
    if heic::is_heic(bytes) {
        return heic::open(bytes, budget).map(Opened::Sheets);
    }
    // Some writers put a line or two before the signature; PDF readers search the first kilobyte.
    if find(&bytes[..bytes.len().min(1024)], b"%PDF-") {
        return pdf::open(bytes).map(Opened::Sheets);
    }
    match archive::format(bytes) {
        Some(archive::Format::Zip) => return zipped(bytes, budget),
        Some(format) => return archive::open(bytes, format, budget).map(Box::new).map(Opened::Archive),
        None => (),
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return compound(bytes).map(Opened::Sheets);
    }
    if let Some(fault) = refused(bytes) {
        return Err(fault);
    }
    if let Some(what) = other(bytes) {
        return Ok(Opened::Other(what));
    }
    textual(bytes)
}

/// Office documents are zip files with known members.
fn zipped(bytes: &Arc<[u8]>, budget: &mut Budget) -> Result<Opened, Fault> {
    let names = archive::names(bytes)?;
    let has = |name: &str| names.iter().any(|n| n.replace('\\', "/").eq_ignore_ascii_case(name));
    let part = |folder: &str| names.iter().any(|n| n.starts_with(folder));
    if has("word/document.xml") {
        return docx::open(bytes, budget).map(Opened::Sheets);
    }
    if has("xl/workbook.xml") {
        return xlsx::open(bytes, budget).map(Opened::Sheets);
    }
    if has("OFD.xml") {
        return Err(ask("OFD 版式文件", "PDF"));
    }
    if has("xl/workbook.bin") || has("content.xml") && has("mimetype") {
        return Err(ask("这种表格或文档格式", "Word（.docx）或 Excel（.xlsx）"));
    }
    if part("ppt/") && has("[Content_Types].xml") {
        return Ok(Opened::Other("演示文稿"));
    }
    archive::open(bytes, archive::Format::Zip, budget).map(Box::new).map(Opened::Archive)
}

/// Formats that hold forms but cannot be read yet: the fault says what to send instead.
fn refused(bytes: &[u8]) -> Option<Fault> {
    if bytes.starts_with(b"\x1f\x8b") || bytes.starts_with(b"BZh") || bytes.get(257..262) == Some(b"ustar") {
        return Some(ask("这种压缩包", "ZIP 压缩包，或直接附上文件"));
    }
    if bytes.starts_with(b"{\\rtf") {
        return Some(ask("RTF 文档", "Word（.docx）"));
    }
    if bytes.get(4..12) == Some(b"ftypavif") {
        return Some(ask("AVIF 图片", "JPEG 照片"));
    }
    None
}

/// OLE compound files: the streams' names tell what wrote them.
fn compound(bytes: &[u8]) -> Result<Vec<Sheet>, Fault> {
    if stream(bytes, "EncryptedPackage") {
        Err(Fault::new("encrypted", "文档设有密码，无法打开，请对方取消密码后重新发送"))
    } else if stream(bytes, "__properties_version1.0") {
        Err(ask("Outlook 邮件文件（.msg）", "原来的附件"))
    } else if stream(bytes, "WordDocument") {
        doc::open(bytes)
    } else if stream(bytes, "Workbook") || stream(bytes, "Book") {
        xls::open(bytes)
    } else {
        Err(ask("这种旧版文档", "Word（.docx）或 PDF"))
    }
}

/// Whether a directory entry of that name stands in a compound file. Names are UTF-16.
fn stream(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    find(bytes, &wide)
}

pub(super) fn ask(what: &str, instead: &str) -> Fault {
    Fault::new("unsupported", format!("暂不能读取{what}，请对方改发{instead}"))
}

/// Files that are no documents.
fn other(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 14] = [
        (b"MZ", "程序文件"),
        (b"\x7fELF", "程序文件"),
        (b"ID3", "音频"),
        (b"\xff\xfb", "音频"),
        (b"RIFF", "音频或视频"),
        (b"OggS", "音频或视频"),
        (b"\x1aE\xdf\xa3", "视频"),
        (b"#!AMR", "音频"),
        (b"BEGIN:VCARD", "名片"),
        (b"BEGIN:VCALENDAR", "日程"),
        (b"-----BEGIN ", "签名或证书"),
        (b"\x30\x82", "签名或证书"),
        (b"%!PS", "PostScript 文件"),
        (b"\x00\x00\x01\x00", "图标"),
    ];
    if bytes.get(4..8) == Some(b"ftyp") {
        return Some("视频");
    }
    KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, what)| *what)
}

/// Mails, web pages and texts; anything else is of unknown kind.
fn textual(bytes: &[u8]) -> Result<Opened, Fault> {
    if is_mail(bytes) {
        return Ok(Opened::Mail);
    }
    let Some(text) = decoded(bytes) else { return Ok(Opened::Other("未知格式的文件")) };
    let start = text.trim_start().chars().take(2000).collect::<String>().to_ascii_lowercase();
    if start.starts_with("<svg") || start.starts_with("<?xml") && !start.contains("<html") {
        return Ok(Opened::Other("XML 或矢量图文件"));
    }
    let is_html =
        start.starts_with('<') && ["<html", "<!doctype", "<table", "<body", "<meta"].iter().any(|t| start.contains(t));
    if let Some(fault) = super::left_out(&text, is_html) {
        return Err(fault);
    }
    let cells = if is_html { html::cells(&text) } else { lines::cells(&text) };
    Ok(Opened::Sheets(vec![Sheet::of_cells(1, cells)]))
}

/// Text of a file: by its mark, else strict UTF-8, else strict GB18030; binary data is none of them.
fn decoded(bytes: &[u8]) -> Option<String> {
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned(),
        },
    };
    let strange = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\x0c');
    (!text.contains(strange)).then_some(text)
}

/// A mail begins with a header block; two well-known fields before the first empty line are no accident.
fn is_mail(bytes: &[u8]) -> bool {
    const KNOWN: [&str; 10] = [
        "received:",
        "return-path:",
        "from:",
        "to:",
        "subject:",
        "date:",
        "message-id:",
        "mime-version:",
        "delivered-to:",
        "content-type:",
    ];
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8192)]).to_ascii_lowercase();
    let mut lines =
        head.lines().skip_while(|line| line.starts_with("from ")).take_while(|line| !line.trim().is_empty());
    let is_field = |line: &str| line.split_once(':').is_some_and(|(name, _)| !name.contains(char::is_whitespace));
    let Some(first) = lines.next().filter(|line| is_field(line)) else { return false };
    let known = |line: &str| KNOWN.iter().any(|name| line.starts_with(name));
    usize::from(known(first)) + lines.filter(|line| known(line)).count() >= 2
}

fn find(bytes: &[u8], what: &[u8]) -> bool {
    memchr::memmem::find(bytes, what).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(bytes: &[u8]) -> Result<Opened, Fault> {
        open(&Arc::from(bytes), &mut Budget::default())
    }

    fn code(bytes: &[u8]) -> String {
        opened(bytes).unwrap_err().code
    }

    #[test]
    fn nothing_and_noise() {
        assert_eq!(code(b" \r\n"), "empty");
        assert!(matches!(opened(b"\x00\x01\x02\x03"), Ok(Opened::Other("未知格式的文件"))));
        assert_eq!(code(b"PK\x03\x04 but no zip"), "unreadable");
        assert_eq!(code(b"%PDF-1.4 but no pdf"), "unreadable");
    }

    #[test]
    fn formats_of_a_later_day_say_what_to_send() {
        for magic in [&b"\0\0\0\x18ftypavif\0"[..], b"{\\rtf1", b"\x1f\x8b\x08"] {
            let fault = opened(magic).unwrap_err();
            assert_eq!(fault.code, "unsupported");
            assert!(fault.message.contains("改发"), "{}", fault.message);
        }
        let mut other = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        other.extend("PowerPoint Document\0".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(code(&other), "unsupported");
    }

    #[test]
    fn mails_and_texts_are_told_apart() {
        assert!(matches!(opened(b"Return-Path: <a@x.example>\r\nFrom: a\r\n\r\nx"), Ok(Opened::Mail)));
        assert!(matches!(opened(b"From: a and nothing else\n\nTo: you"), Ok(Opened::Sheets(_))));
        assert!(matches!(opened("单位名称：示例局".as_bytes()), Ok(Opened::Sheets(_))));
        assert!(matches!(opened(b"\xb5\xa5\xce\xbb\xa3\xba\xbe\xd6"), Ok(Opened::Sheets(_))));
        assert!(matches!(opened(b"<svg xmlns='x'><script/></svg>"), Ok(Opened::Other(_))));
    }
}
