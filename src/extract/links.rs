//! 超大附件: attachments that are only links which expire. They are no MIME parts but HTML, and cannot be taken in.

/// Paths of the download pages of QQ Mail and NetEase (MEASURED.md §2).
const PAGES: [&str; 4] = ["ftnExs_download", "/ftn/download", "large-attachment-download", "cloud-attachment-download"];
/// What the buttons beside a link say; they are no names.
const BUTTONS: [&str; 8] = ["进入下载页面", "下载", "点击下载", "打开", "查看", "预览", "转存", "收藏"];
/// Bytes behind a link in which its size and its expiry stand.
const NEAR: usize = 600;
/// Longest name that is told, in characters.
const LONGEST: usize = 200;

/// A file behind a link, as far as the mail tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Large {
    /// Its name; empty if the mail only says that there is one.
    pub name: String,
    /// As written, `86.2M`.
    pub size: Option<String>,
    /// As written, `2023年8月1日 16:13`.
    pub expires: Option<String>,
}

impl Large {
    /// What the reviewer is told.
    pub fn message(&self) -> String {
        let name = if self.name.is_empty() { String::new() } else { format!("“{}”", self.name) };
        let size = self.size.as_ref().map_or("大小未注明".to_owned(), |size| format!("大小{size}"));
        let expires = self.expires.as_ref().map_or("期限未注明".to_owned(), |day| format!("{day}到期"));
        format!("超大附件{name}（{size}，{expires}）只是会过期的下载链接，无法收取，请发件人改用普通附件发送")
    }
}

/// All such links in a mail body, each file once.
pub fn expiring(body: &str) -> Vec<Large> {
    let mut found: Vec<Large> = Vec::new();
    for (at, _) in body.match_indices("<a ") {
        let Some((attributes, rest)) = body[at + 3..].split_once('>') else { continue };
        if !PAGES.iter().any(|page| attributes.contains(page)) {
            continue;
        }
        let (text, behind) = rest.split_once("</a").unwrap_or((rest, ""));
        let text = plain(&text[..text.floor_char_boundary(4 * LONGEST)]);
        let behind = plain(&behind[..behind.floor_char_boundary(NEAR)]);
        let name = text.split(['(', '（']).next().unwrap_or(&text).trim().to_owned();
        if name.is_empty() || BUTTONS.contains(&name.as_str()) || found.iter().any(|large| large.name == name) {
            continue;
        }
        let told = format!("{text} {behind}");
        found.push(Large { name, size: size(&told), expires: expiry(&told) });
    }
    let bare = || body.contains("超大附件") || PAGES.iter().any(|page| body.contains(page));
    if found.is_empty() && bare() {
        let text = plain(&body[..body.floor_char_boundary(64 << 10)]);
        found.push(Large { name: String::new(), size: size(&text), expires: expiry(&text) });
    }
    found
}

/// Text without tags, blanks folded.
fn plain(html: &str) -> String {
    let mut inside = false;
    let text: String = html
        .chars()
        .filter_map(|c| {
            let shown = !inside && c != '<';
            inside = if inside { c != '>' } else { c == '<' };
            if shown { Some(c) } else { (c == '>').then_some(' ') }
        })
        .collect();
    let text = text.replace("&nbsp;", " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first number with a unit: `86.2M`, `1.5 GB`, `820KB`.
fn size(text: &str) -> Option<String> {
    let digit = |c: char| c.is_ascii_digit() || c == '.';
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number: String = rest[start..].chars().take_while(|c| digit(*c)).collect();
        let behind = &rest[start + number.len()..];
        let unit: String = behind.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
        if matches!(unit.to_ascii_uppercase().as_str(), "K" | "KB" | "M" | "MB" | "G" | "GB" | "B") {
            return Some(format!("{number}{unit}"));
        }
        rest = behind;
    }
    None
}

/// The day beside 到期, 过期, 失效 or 有效期.
fn expiry(text: &str) -> Option<String> {
    let of_date =
        |c: char| c.is_ascii_digit() || matches!(c, '年' | '月' | '日' | '时' | '分' | ':' | '-' | '/' | '.' | ' ');
    let is_date = |day: &str| day.chars().filter(char::is_ascii_digit).count() >= 3;
    ["到期", "过期", "失效", "有效期", "截止"].iter().find_map(|word| {
        let at = text.find(word)?;
        let before: String = text[..at].chars().rev().take_while(|c| of_date(*c)).collect();
        let before: String = before.chars().rev().collect();
        let after = text[at + word.len()..].trim_start_matches(['时', '间', '至', '：', ':', ' ', '到', '为']);
        let after: String = after.chars().take_while(|c| of_date(*c)).collect();
        [before, after].into_iter().map(|day| day.trim().to_owned()).find(|day| is_date(day))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn large(name: &str, size: &str, expires: &str) -> Large {
        Large { name: name.to_owned(), size: Some(size.to_owned()), expires: Some(expires.to_owned()) }
    }

    #[test]
    fn name_size_and_expiry_inside_the_link() {
        let body = r#"<p>x</p><a href="https://mail.qq.com/cgi-bin/ftnExs_download?k=1"><b>表.zip</b> (86.2M, 2023年8月1日 到期)</a>"#;
        assert_eq!(expiring(body), [large("表.zip", "86.2M", "2023年8月1日")]);
    }

    #[test]
    fn name_size_and_expiry_behind_it_and_buttons_are_no_files() {
        let qq = r#"<a href="http://mail.qq.com/cgi-bin/ftnExs_download?k=1">登记表.rar</a><span>&nbsp;(86.20M, 2023年08月01日 16:13 到期)</span>
            <a href="http://mail.qq.com/cgi-bin/ftnExs_download?k=1">进入下载页面</a>"#;
        assert_eq!(expiring(qq), [large("登记表.rar", "86.20M", "2023年08月01日 16:13")]);
        let netease = r#"<a href="https://dashi.163.com/html/cloud-attachment-download/?key=1">扫描件.pdf</a><div>120.5 MB</div>
            <div>有效期至：2023-08-01 10:00</div><a href="https://dashi.163.com/html/cloud-attachment-download/?key=1">下载</a>"#;
        assert_eq!(expiring(netease), [large("扫描件.pdf", "120.5MB", "2023-08-01 10:00")]);
    }

    #[test]
    fn a_text_that_only_mentions_one() {
        let body = "从QQ邮箱发来的超大附件\n表.zip (1.2G, 2023年8月1日 16:13 到期)\nhttp://mail.qq.com/cgi-bin/ftnExs_download?k=1";
        assert_eq!(expiring(body), [large("", "1.2G", "2023年8月1日 16:13")]);
        let unknown = Large { name: String::new(), size: None, expires: None };
        assert!(unknown.message().contains("大小未注明，期限未注明"));
    }

    #[test]
    fn ordinary_links_are_none() {
        assert!(expiring(r#"<a href="https://example.com/">表.zip</a>"#).is_empty());
    }
}
