//! Serves the site on loopback for whoever edits it: rebuilds on every change, reloads the browser, and shows what is
//! wrong in the terminal and in the browser until it is mended.

use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use super::publish::{Published, publish};
use crate::report::{Diagnostic, Lang};
use crate::said;
use crate::site::{Output, Sources, markdown::escape};

/// What a build gives the server.
#[derive(Debug)]
pub struct Built {
    /// The site.
    pub outputs: Vec<Output>,
    /// The path of its base URL, from `/` to `/`.
    pub base_path: String,
}

/// Where to serve what.
#[derive(Debug, Clone, Copy)]
pub struct Serve<'a> {
    /// The folder with `content/` and `templates/`.
    pub root: &'a Path,
    /// The folder the site is published to.
    pub out: &'a Path,
    /// The port on loopback; 0 takes a free one.
    pub port: u16,
    /// The language of messages.
    pub lang: Lang,
}

/// Serves until Ctrl-C. `ready` is told the address once it can be opened; builds are reported on stderr.
pub fn serve(
    what: Serve<'_>,
    build: impl Fn(&Sources) -> Result<Built, Vec<Diagnostic>> + Send + 'static,
    ready: impl FnOnce(&str),
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, what.port)).await?;
        let port = listener.local_addr()?.port();
        let site = Arc::new(Site::new(what, port));
        let sources = super::sources(what.root)?;
        site.rebuild(&build, &sources);
        let (watched, root) = (Arc::clone(&site), what.root.to_owned());
        std::thread::spawn(move || {
            let again = |sources: &Sources| {
                watched.rebuild(&build, sources);
                true
            };
            if let Err(error) = super::watch::watch(&root, sources, again) {
                eprintln!("{}: {error}", root.display());
            }
        });
        ready(&format!("http://127.0.0.1:{port}{}", site.now().base_path));
        let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
        let app = router(site);
        tokio::select! {
            served = async { axum::serve(listener, app).await } => served,
            () = stop => Ok(()),
        }
    })
}

/// The site as it stands.
#[derive(Debug)]
struct Site {
    out: PathBuf,
    lang: Lang,
    port: u16,
    now: RwLock<Now>,
    /// Counts builds; browsers wait for the next.
    builds: watch::Sender<u64>,
}

#[derive(Debug, Clone)]
struct Now {
    base_path: String,
    faults: Arc<Vec<Diagnostic>>,
}

impl Site {
    fn new(what: Serve<'_>, port: u16) -> Site {
        let now = Now { base_path: "/".to_owned(), faults: Arc::default() };
        Site { out: what.out.to_owned(), lang: what.lang, port, now: RwLock::new(now), builds: watch::Sender::new(0) }
    }

    fn now(&self) -> Now {
        // The value is replaced as a whole, so a panic elsewhere cannot have left it half written.
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Builds and publishes; what is published stays as it is when anything is wrong.
    fn rebuild(&self, build: &impl Fn(&Sources) -> Result<Built, Vec<Diagnostic>>, sources: &Sources) {
        let start = Instant::now();
        let mut now = self.now();
        let done = build(sources).and_then(|built| {
            now.base_path = built.base_path;
            publish(&built.outputs, &self.out).map_err(|error| vec![unwritten(&self.out, &error)])
        });
        now.faults = Arc::new(match done {
            Ok(done) => {
                self.report(done, start.elapsed());
                Vec::new()
            }
            Err(faults) => {
                faults.iter().for_each(|fault| eprintln!("{}", fault.render(self.lang)));
                faults
            }
        });
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = now;
        self.builds.send_modify(|n| *n += 1);
    }

    fn report(&self, done: Published, took: Duration) {
        let Published { written, unchanged, removed } = done;
        let ms = took.as_millis();
        let message = said!(
            "built in {ms} ms: {written} written, {unchanged} unchanged, {removed} removed",
            "生成用时 {ms} 毫秒：写入 {written}，未变 {unchanged}，删除 {removed}"
        );
        eprintln!("{}", message.in_lang(self.lang));
    }
}

fn unwritten(out: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::of_file(&out.to_string_lossy(), said!("cannot write the site: {error}", "无法写入网站：{error}"))
}

/// Where browsers wait for the next build.
const RELOAD: &str = "/.zhuanban/reload";
/// How long they wait before they ask again.
const PATIENCE: Duration = Duration::from_secs(25);

fn router(site: Arc<Site>) -> Router {
    Router::new().fallback(answer).with_state(site)
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    if !is_ours(site.port, request.headers().get(header::HOST)) {
        return plain(StatusCode::FORBIDDEN, "unknown host");
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "GET only");
    }
    match request.uri().path() {
        RELOAD => wait_for_build(&site, request.uri().query()).await,
        path => file(&site, path),
    }
}

/// Refuses other host names, by which a foreign web page could reach this server (DNS rebinding).
fn is_ours(port: u16, host: Option<&HeaderValue>) -> bool {
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    ["127.0.0.1", "localhost"].iter().any(|own| host == format!("{own}:{port}") || (port == 80 && host == *own))
}

/// Answers as soon as there is a build other than the one the browser shows.
async fn wait_for_build(site: &Site, seen: Option<&str>) -> Response {
    let seen: u64 = seen.and_then(|n| n.parse().ok()).unwrap_or_default();
    let mut builds = site.builds.subscribe();
    let next = tokio::time::timeout(PATIENCE, builds.wait_for(|n| *n != seen)).await;
    plain(if matches!(next, Ok(Ok(_))) { StatusCode::OK } else { StatusCode::NO_CONTENT }, "")
}

fn file(site: &Site, path: &str) -> Response {
    let now = site.now();
    let Some(address) = path.strip_prefix(&now.base_path) else { return elsewhere(site, path, &now) };
    let Some(output) = decoded(address).and_then(|address| output_at(&address)) else { return not_found(site) };
    if !now.faults.is_empty() && output.ends_with(".html") {
        return faults_page(site, &now.faults);
    }
    // Small files on our own disk: not worth a thread.
    match std::fs::read(site.out.join(&output)) {
        Ok(bytes) => page(site, StatusCode::OK, &output, bytes),
        Err(_) if site.out.join(&output).is_dir() => redirect(&format!("{path}/")),
        Err(_) => not_found(site),
    }
}

/// The host's root and the base path without its last `/` lead to the site.
fn elsewhere(site: &Site, path: &str, now: &Now) -> Response {
    if path == "/" || format!("{path}/") == now.base_path { redirect(&now.base_path) } else { not_found(site) }
}

fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(b) = rest.next() {
        let hex = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16)).map(|d| d as u8);
        bytes.push(if b == b'%' { hex(rest.next())? * 16 + hex(rest.next())? } else { b });
    }
    String::from_utf8(bytes).ok()
}

/// The file at an address. Nothing above or outside the folder, nothing hidden.
fn output_at(address: &str) -> Option<String> {
    let folder = address.is_empty() || address.ends_with('/');
    let output = if folder { format!("{address}index.html") } else { address.to_owned() };
    let plain = |step: &str| !step.is_empty() && !step.starts_with('.') && !step.contains(['\\', ':', '\0']);
    output.split('/').all(plain).then_some(output)
}

fn not_found(site: &Site) -> Response {
    let bytes = std::fs::read(site.out.join("404.html")).unwrap_or_else(|_| b"404".to_vec());
    page(site, StatusCode::NOT_FOUND, "404.html", bytes)
}

fn page(site: &Site, status: StatusCode, output: &str, mut bytes: Vec<u8>) -> Response {
    if output.ends_with(".html") {
        bytes.extend_from_slice(script(*site.builds.borrow()).as_bytes());
    }
    respond(status, media_type(output), Body::from(bytes))
}

/// Added to pages only while serving; published files never hold it.
fn script(build: u64) -> String {
    format!(
        "<script>(async () => {{ for (;;) {{ try {{ \
         const answer = await fetch('{RELOAD}?{build}'); \
         if (answer.status === 200) {{ location.reload(); return; }} \
         }} catch {{ await new Promise(done => setTimeout(done, 500)); }} }} }})()</script>\n"
    )
}

fn faults_page(site: &Site, faults: &[Diagnostic]) -> Response {
    let title = said!("The site cannot be built", "网站无法生成");
    let title = title.in_lang(site.lang);
    let list: String =
        faults.iter().map(|fault| format!("<li><code>{}</code></li>", escape(&fault.render(site.lang)))).collect();
    let html = format!(
        "<!doctype html><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>body{{font:1rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}}\
         li{{margin:.5rem 0;overflow-wrap:anywhere}}</style><h1>{title}</h1><ol>{list}</ol>{}",
        script(*site.builds.borrow())
    );
    respond(StatusCode::INTERNAL_SERVER_ERROR, "text/html; charset=utf-8", Body::from(html))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "vcf" => "text/vcard; charset=utf-8",
        _ => "application/octet-stream",
    }
}

fn redirect(to: &str) -> Response {
    (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, to.to_owned())]).into_response()
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    respond(status, "text/plain; charset=utf-8", Body::from(text))
}

fn respond(status: StatusCode, media_type: &'static str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body).into_response()
}

#[cfg(test)]
mod tests;
