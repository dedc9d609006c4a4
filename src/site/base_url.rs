//! The address the site is published under; a sub-path is normal (DOMAIN.md §6).

use crate::report::Said;
use crate::said;

/// An absolute `http(s)` address that ends in `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl {
    text: String,
    /// Where the host begins and where the path begins.
    host_at: usize,
    path_at: usize,
}

impl BaseUrl {
    /// Parses an address such as `https://example.gov.cn/zfcg/`; a missing final `/` is added.
    pub fn parse(text: &str) -> Result<BaseUrl, Said> {
        let wrong = || {
            said!(
                "`{text}` is no base URL; write it like `https://example.gov.cn/zfcg/`",
                "`{text}` 不是有效的网站地址，应写成 https://example.gov.cn/zfcg/ 的形式"
            )
        };
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(wrong)?;
        let host_at = text.len() - rest.len();
        let path_at = rest.find('/').map_or(text.len(), |i| host_at + i);
        let host_good = |b: u8| b.is_ascii_alphanumeric() || b".-:".contains(&b);
        let path_good = |b: u8| b.is_ascii_alphanumeric() || b"/-._~".contains(&b);
        let (host, path) = (&text[host_at..path_at], &text[path_at..]);
        let steps_out = path.split('/').any(|step| step == "..");
        if host.is_empty() || steps_out || !host.bytes().all(host_good) || !path.bytes().all(path_good) {
            return Err(wrong());
        }
        let text = if text.ends_with('/') && path_at < text.len() { text.to_owned() } else { format!("{text}/") };
        Ok(BaseUrl { text, host_at, path_at })
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, with its port if it has one.
    pub fn host(&self) -> &str {
        &self.text[self.host_at..self.path_at]
    }

    /// The path, from `/` to `/`.
    pub fn path(&self) -> &str {
        &self.text[self.path_at..]
    }

    /// The absolute address of an output; `x/index.html` is `x/`.
    pub fn of(&self, output: &str) -> String {
        format!("{}{}", self.text, super::links::address(output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_path_are_taken_apart() {
        let url = BaseUrl::parse("https://example.gov.cn:8443/a/zfcg").unwrap();
        assert_eq!((url.host(), url.path()), ("example.gov.cn:8443", "/a/zfcg/"));
        assert_eq!(url.of("rules/index.html"), "https://example.gov.cn:8443/a/zfcg/rules/");
        assert_eq!(BaseUrl::parse("https://example.gov.cn").unwrap().path(), "/");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "example.gov.cn",
            "ftp://x/",
            "https://",
            "https:///x/",
            "https://x/a b/",
            "https://x/\"/",
            "https://x/../",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }
}
