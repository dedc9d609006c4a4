//! Whether a request is ours: from this address, from a page of the desk. What every answer carries so that a browser
//! keeps and loads nothing it should not.

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::Response;

/// Nothing is loaded from elsewhere, nothing inline runs, nobody frames the desk.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The addresses the desk goes by.
pub struct Guard {
    hosts: Vec<String>,
}

impl Guard {
    /// The guard of a listening address.
    pub fn new(address: SocketAddr) -> Guard {
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        if address.ip().is_loopback() {
            hosts.push(format!("localhost:{port}"));
        }
        if port == 80 {
            hosts.extend(hosts.clone().iter().filter_map(|host| host.strip_suffix(":80").map(str::to_owned)));
        }
        Guard { hosts }
    }

    /// Why a request is none of ours, if so. Other host names are refused because by them a foreign page could reach the
    /// desk (DNS rebinding); what changes something must come from a page of the desk itself.
    pub fn refuses(&self, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        let Some(host) = text(header::HOST).filter(|host| self.hosts.iter().any(|own| own == host)) else {
            return Some("请用程序给出的地址打开");
        };
        let site = text(HeaderName::from_static("sec-fetch-site"));
        if site.is_some_and(|site| !["same-origin", "none"].contains(&site)) {
            return Some("请求来自其他网页，已拒绝");
        }
        let own = format!("http://{host}");
        match text(header::ORIGIN) {
            Some(origin) if origin != own => Some("请求来自其他网页，已拒绝"),
            None if method == Method::POST => Some("请求没有说明来自哪个网页，已拒绝"),
            _ => None,
        }
    }
}

/// Adds what every answer carries. `same-origin` rather than `no-referrer`: with the latter browsers send no origin with a
/// form, which is what [`Guard::refuses`] looks at.
pub fn seal(mut response: Response) -> Response {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let guard = Guard::new(([127, 0, 0, 1], 4321).into());
        let headers = headers.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect();
        guard.refuses(&method, &headers).is_some()
    }

    #[test]
    fn only_requests_to_and_from_the_desk_pass() {
        const HOST: (&str, &str) = ("host", "127.0.0.1:4321");
        const OWN: (&str, &str) = ("origin", "http://127.0.0.1:4321");
        assert!(!refused(Method::GET, &[HOST]));
        assert!(!refused(Method::GET, &[("host", "localhost:4321"), ("sec-fetch-site", "none")]));
        assert!(!refused(Method::POST, &[HOST, OWN, ("sec-fetch-site", "same-origin")]));
        assert!(refused(Method::GET, &[]), "no host");
        assert!(refused(Method::GET, &[("host", "evil.example.com:4321")]), "DNS rebinding");
        assert!(refused(Method::GET, &[("host", "127.0.0.1:80")]), "another port");
        assert!(refused(Method::GET, &[HOST, ("sec-fetch-site", "cross-site")]));
        assert!(refused(Method::GET, &[HOST, ("sec-fetch-site", "same-site")]), "another port of this machine");
        assert!(refused(Method::POST, &[HOST]), "no origin");
        assert!(refused(Method::POST, &[HOST, ("origin", "null")]));
        assert!(refused(Method::POST, &[HOST, ("origin", "http://localhost:4321")]), "not the host it was sent to");
        assert!(refused(Method::POST, &[HOST, ("origin", "http://127.0.0.1:8080")]));
    }
}
