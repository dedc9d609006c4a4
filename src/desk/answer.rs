//! Answers: pages from templates, redirects, and what went wrong as a page a clerk can read.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tera::Context;

use super::room::Now;
use super::session::Session;
use crate::edge::failure::Failure;
use crate::record::Status;
use crate::report::{Diagnostic, Lang};

/// Why a request comes to nothing.
#[derive(Debug)]
pub enum Problem {
    /// There is nothing at the address.
    NotFound,
    /// The request is not ours, or not from a page of this session.
    Forbidden(&'static str),
    /// What was sent makes no sense; browsers send it only when a page is out of date.
    Unclear(&'static str),
    /// Content, data, a rule, disk or network.
    Failed(Failure),
}

impl<F: Into<Failure>> From<F> for Problem {
    fn from(failure: F) -> Problem {
        Problem::Failed(failure.into())
    }
}

/// What a handler gives.
pub type Answer = Result<Response, Problem>;

/// What every page shows.
#[derive(Serialize)]
struct Frame<'a> {
    office: &'a str,
    by: &'a str,
    csrf: &'a str,
    waiting: usize,
}

/// A page for a clerk who is logged in.
pub fn page(now: &Now, clerk: &Session, template: &str, view: &impl Serialize) -> Answer {
    page_as(StatusCode::OK, now, clerk, template, view)
}

/// The same with another status.
pub fn page_as(status: StatusCode, now: &Now, clerk: &Session, template: &str, view: &impl Serialize) -> Answer {
    let frame = Frame {
        office: &now.office().content.config.office.short,
        by: &clerk.by,
        csrf: &clerk.csrf,
        waiting: now.index.list(Status::Pending).count(),
    };
    let mut context = Context::new();
    context.insert("frame", &frame);
    context.insert("view", view);
    Ok(html(status, render(now, template, &context)?))
}

/// A page for somebody who is not logged in.
pub fn plain_page(status: StatusCode, now: &Now, template: &str, view: &impl Serialize) -> Answer {
    let mut context = Context::new();
    context.insert("office", &now.office().content.config.office.short);
    context.insert("view", view);
    Ok(html(status, render(now, template, &context)?))
}

fn render(now: &Now, template: &str, context: &Context) -> Result<String, Vec<Diagnostic>> {
    now.loaded.engine.render(&format!("desk/{template}"), context)
}

/// A page that needs no template, for when templates may be what is wrong.
pub fn bare(status: StatusCode, title: &str, lines: &[String]) -> Response {
    use crate::site::markdown::escape;
    let lines: String = lines.iter().map(|line| format!("<li>{}</li>\n", escape(line))).collect();
    let html_text = format!(
        "<!doctype html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{0}</title><link rel=\"stylesheet\" href=\"/static/desk.css\"><main class=\"alone\"><h1>{0}</h1>\n<ul>\n{lines}</ul>\n\
         <p><a href=\"/\">回到待审核</a></p></main></html>\n",
        escape(title)
    );
    html(status, html_text)
}

fn html(status: StatusCode, text: String) -> Response {
    with_type(status, "text/html; charset=utf-8", text.into_bytes())
}

/// Bytes of a type.
pub fn with_type(status: StatusCode, media_type: &'static str, bytes: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, media_type)], Body::from(bytes)).into_response()
}

/// Data for the script.
pub fn json(value: &impl Serialize) -> Answer {
    let text = serde_json::to_vec(value).map_err(std::io::Error::other)?;
    Ok(with_type(StatusCode::OK, "application/json", text))
}

/// Another page instead; the browser asks for it with GET.
pub fn see_other(to: &str) -> Answer {
    let to = HeaderValue::from_str(to).map_err(std::io::Error::other)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response())
}

impl Problem {
    /// The problem as a page.
    pub fn into_page(self) -> Response {
        match self {
            Problem::NotFound => {
                bare(StatusCode::NOT_FOUND, "没有这个页面", &["记录可能已被移走，或地址有误。".to_owned()])
            }
            Problem::Forbidden(why) => bare(StatusCode::FORBIDDEN, "已拒绝", &[why.to_owned()]),
            Problem::Unclear(why) => bare(StatusCode::BAD_REQUEST, "无法办理", &[why.to_owned()]),
            Problem::Failed(Failure::Wrong(all)) => {
                let lines: Vec<String> = all.iter().map(|d| d.render(Lang::Zh)).collect();
                bare(StatusCode::INTERNAL_SERVER_ERROR, "文件内容有误，请改正后刷新", &lines)
            }
            Problem::Failed(Failure::Refused(all)) => {
                let lines: Vec<String> = all.into_iter().map(|said| said.zh).collect();
                bare(StatusCode::UNPROCESSABLE_ENTITY, "未能办理", &lines)
            }
            Problem::Failed(Failure::Usage(said) | Failure::Outside(said)) => {
                bare(StatusCode::INTERNAL_SERVER_ERROR, "未能完成", &[said.zh])
            }
        }
    }
}
