//! From a request to its handler. Everything but the login and the style sheet needs a session, and everything that changes
//! something the session's token.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::answer::{Answer, Problem, plain_page, see_other, with_type};
use super::pairs::Pairs;
use super::room::Now;
use super::session::Session;
use super::{Desk, act, answers, bulk, guard, ledger, mail, one, papers, queue, typing};

/// The most a form of the desk sends: a few dozen fields, or the ids of all records that are accepted at once.
const MOST_SENT: usize = 256 << 10;

/// A request of a clerk.
pub struct Call<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// How things stood when the request came.
    pub now: Now,
    /// Who asks.
    pub clerk: Session,
    /// What the address carries.
    pub query: Pairs,
    /// What was sent.
    pub form: Pairs,
}

/// Answers every request.
pub async fn answer(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(why) = desk.guard.refuses(&parts.method, &parts.headers) {
        return guard::seal(Problem::Forbidden(why).into_page());
    }
    let Ok(sent) = to_bytes(body, MOST_SENT).await else {
        let mut refused = Problem::Unclear("提交的内容过大").into_page();
        *refused.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return guard::seal(refused);
    };
    // Handlers read the disk and draw pages.
    let answered = tokio::task::spawn_blocking(move || respond(&desk, &parts, &sent)).await;
    let failed = |_| Problem::Failed(std::io::Error::other("internal error").into());
    guard::seal(answered.map_err(failed).and_then(|answer| answer).unwrap_or_else(Problem::into_page))
}

fn respond(desk: &Desk, parts: &Parts, sent: &[u8]) -> Answer {
    let steps: Vec<&str> = parts.uri.path().split('/').filter(|step| !step.is_empty()).collect();
    let query = Pairs::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let now = if belongs_to_a_page(&steps) { desk.room.lately() } else { desk.room.now()? };
    match (&parts.method, steps.as_slice()) {
        (&Method::GET, ["static", name]) => return file(&now, name),
        (&Method::GET, ["login"]) => return login(desk, &now, query.get("token"), ""),
        (&Method::POST, ["login"]) => return log_in(desk, &now, &Pairs::parse(sent)),
        _ => {}
    }
    let Some(clerk) = desk.sessions.of(&parts.headers) else {
        return plain_page(StatusCode::UNAUTHORIZED, &now, "closed.html", &());
    };
    let call = Call { desk, now, clerk, query, form: Pairs::parse(sent) };
    match parts.method {
        Method::GET => get(&call, &steps),
        Method::POST if call.form.get("csrf") != call.clerk.csrf => {
            Err(Problem::Forbidden("页面已过期，请返回后刷新再试"))
        }
        Method::POST if steps == ["logout"] => log_out(&call, parts),
        Method::POST => post(&call, &steps),
        _ => Err(Problem::NotFound),
    }
}

/// Pictures, files and what the script asks: the page they belong to has looked at the disk already.
fn belongs_to_a_page(steps: &[&str]) -> bool {
    match steps {
        ["static", _] | ["units"] | ["check"] => true,
        ["records", _, picture] => picture.ends_with(".png"),
        ["records", _, "parts", _, what, ..] => ["file", "sheets"].contains(what),
        _ => false,
    }
}

fn get(call: &Call<'_>, steps: &[&str]) -> Answer {
    match steps {
        [] => queue::page(call),
        ["ledger"] => ledger::page(call),
        ["answers"] => answers::list(call),
        ["answers", event] => answers::one(call, event),
        ["units"] => typing::units(call),
        ["records", id] => one::page(call, id),
        ["records", id, "mail"] => mail::page(call, id),
        ["records", id, "page.png"] => papers::image(call, id),
        ["records", id, "thumbnail.png"] => papers::thumbnail(call, id),
        ["records", id, "parts", part] => mail::part(call, id, part),
        ["records", id, "parts", part, "file"] => papers::file(call, id, part),
        ["records", id, "parts", part, "sheets", number] => papers::sheet(call, id, part, number),
        _ => Err(Problem::NotFound),
    }
}

fn post(call: &Call<'_>, steps: &[&str]) -> Answer {
    match steps {
        ["check"] => typing::check(call),
        ["bulk"] => bulk::ask(call),
        ["bulk", "accept"] => bulk::accept(call),
        ["records", id] => act::act(call, id),
        _ => Err(Problem::NotFound),
    }
}

/// The desk's own style sheet and script; what is not among them is not there.
fn file(now: &Now, name: &str) -> Answer {
    let bytes = now.loaded.files.get(name).ok_or(Problem::NotFound)?;
    let media_type = match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => return Err(Problem::NotFound),
    };
    Ok(with_type(StatusCode::OK, media_type, bytes.clone()))
}

#[derive(Serialize)]
struct Login<'a> {
    token: &'a str,
    by: &'a str,
    missing: bool,
}

fn login(desk: &Desk, now: &Now, token: &str, by: &str) -> Answer {
    if !desk.sessions.knows(token) {
        return plain_page(StatusCode::UNAUTHORIZED, now, "closed.html", &());
    }
    let missing = !by.is_empty();
    plain_page(StatusCode::OK, now, "login.html", &Login { token, by: desk.sessions.offered(), missing })
}

fn log_in(desk: &Desk, now: &Now, form: &Pairs) -> Answer {
    let (token, by) = (form.get("token"), form.get("by"));
    if !desk.sessions.knows(token) || by.trim().is_empty() {
        return login(desk, now, token, "?");
    }
    with_cookie(&desk.sessions.log_in(by)?, "/")
}

fn log_out(call: &Call<'_>, parts: &Parts) -> Answer {
    with_cookie(&call.desk.sessions.log_out(&parts.headers), "/")
}

fn with_cookie(cookie: &str, to: &str) -> Answer {
    let cookie = HeaderValue::from_str(cookie).map_err(std::io::Error::other)?;
    Ok(([(header::SET_COOKIE, cookie)], see_other(to)?).into_response())
}
