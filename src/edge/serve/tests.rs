//! What the server answers, and to whom.

use super::*;

fn site(out: &Path) -> Arc<Site> {
    Arc::new(Site::new(Serve { root: out, out, port: 8000, lang: Lang::En }, 8000))
}

fn built() -> Built {
    let file = |path: &str, text: &str| Output { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    Built {
        outputs: vec![
            file("index.html", "home"),
            file("rules/index.html", "rules"),
            file("404.html", "nothing"),
            file("a.css", "x"),
        ],
        base_path: "/zfcg/".to_owned(),
    }
}

/// Status, place of a redirect, and body.
fn get(site: &Arc<Site>, path: &str, host: &str) -> (u16, String, String) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let request = Request::builder().uri(path).header(header::HOST, host).body(Body::empty()).unwrap();
        let answer = answer(State(Arc::clone(site)), request).await;
        let to = answer.headers().get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, to, String::from_utf8(body.to_vec()).unwrap())
    })
}

const OWN: &str = "127.0.0.1:8000";

#[test]
fn pages_stand_under_the_base_path() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    site.rebuild(&|_: &Sources| Ok(built()), &Sources::default());
    let (status, _, body) = get(&site, "/zfcg/", OWN);
    assert_eq!(status, 200);
    assert!(body.starts_with("home<script>"), "{body}");
    assert_eq!(get(&site, "/zfcg/a.css", OWN).2, "x");
    for (path, to) in [("/", "/zfcg/"), ("/zfcg", "/zfcg/"), ("/zfcg/rules", "/zfcg/rules/")] {
        assert_eq!(get(&site, path, OWN).1, to, "{path}");
    }
    let (status, _, body) = get(&site, "/zfcg/nowhere/", OWN);
    assert_eq!((status, body.starts_with("nothing")), (404, true));
}

#[test]
fn nothing_outside_or_hidden_is_served() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("public");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(dir.path().join("secret"), "secret").unwrap();
    let site = site(&out);
    site.rebuild(&|_: &Sources| Ok(built()), &Sources::default());
    for path in [
        "/zfcg/../secret",
        "/zfcg/%2e%2e/secret",
        "/zfcg/..%2fsecret",
        "/zfcg/%2e%2e%5csecret",
        "/zfcg/.zhuanban-manifest",
        "/zfcg//etc/passwd",
        "/zfcg/%ff",
        "/zfcg/%",
    ] {
        let (status, _, body) = get(&site, path, OWN);
        assert_eq!(status, 404, "{path}");
        assert!(!body.contains("secret"), "{path}");
    }
}

#[test]
fn other_hosts_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for host in ["evil.example", "evil.example:8000", "127.0.0.1", "127.0.0.1:8000.evil.example"] {
        assert_eq!(get(&site(dir.path()), "/", host).0, 403, "{host}");
    }
}

#[test]
fn faults_are_shown_escaped_until_they_are_mended() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    site.rebuild(&|_: &Sources| Ok(built()), &Sources::default());
    let broken = |_: &Sources| Err(vec![Diagnostic::of_file("content/<b>.md", said!("bad", "坏"))]);
    site.rebuild(&broken, &Sources::default());
    let (status, _, body) = get(&site, "/zfcg/", OWN);
    assert_eq!(status, 500);
    assert!(body.contains("content/&lt;b&gt;.md: bad"), "{body}");
    assert_eq!(std::fs::read(dir.path().join("index.html")).unwrap(), b"home");
    site.rebuild(&|_: &Sources| Ok(built()), &Sources::default());
    assert_eq!(get(&site, "/zfcg/", OWN).0, 200);
}

#[test]
fn a_browser_behind_the_last_build_is_told_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    site.rebuild(&|_: &Sources| Ok(built()), &Sources::default());
    assert_eq!(get(&site, "/.zhuanban/reload?0", OWN).0, 200);
}
