//! `build` and `serve`: the site from the office's folder.

use std::path::Path;

use super::voice::{Failure, Voice};
use crate::blank;
use crate::edge;
use crate::edge::publish::{Published, publish};
use crate::edge::serve::{Built, Serve};
use crate::form::{FormSpec, Values};
use crate::report::Diagnostic;
use crate::said;
use crate::site::{self, Content, Download, Options, Sources};

/// The port of `serve` where none is said.
pub const PORT: u16 = 8080;

/// Builds into `out`, once or whenever something changes.
pub fn run(root: &Path, out: Option<&Path>, base_url: Option<&str>, watch: bool, voice: Voice) -> Result<(), Failure> {
    let out = out.map_or_else(|| root.join("public"), Path::to_owned);
    let options = Options { base_url: base_url.map(str::to_owned) };
    let sources = edge::sources(root)?;
    let first = once(&sources, &out, &options, voice);
    if !watch {
        return first;
    }
    let told = |result: Result<(), Failure>| {
        if let Err(failure) = result {
            voice.fail(&failure);
        }
        true
    };
    told(first);
    Ok(edge::watch::watch(root, sources, |sources| told(once(sources, &out, &options, voice)))?)
}

fn once(sources: &Sources, out: &Path, options: &Options, voice: Voice) -> Result<(), Failure> {
    let outputs = build(sources, options)?.outputs;
    let Published { written, unchanged, removed } = publish(&outputs, out)?;
    let (n, out) = (outputs.len(), out.display());
    voice.say(&said!(
        "{n} files in {out} = {written} written + {unchanged} unchanged; {removed} removed",
        "{out} 共{n}个文件＝写入{written}＋未变{unchanged}；删除{removed}"
    ));
    Ok(())
}

/// The site and its downloads from the sources; nothing is written.
fn build(sources: &Sources, options: &Options) -> Result<Built, Vec<Diagnostic>> {
    let content = site::load(sources)?;
    let base_path = content.config.base_url.path().to_owned();
    let outputs = site::build(sources, options, downloads(&content)?)?;
    Ok(Built { outputs, base_path })
}

/// The blank forms, made from their definitions.
fn downloads(content: &Content) -> Result<Vec<Download>, Vec<Diagnostic>> {
    content.forms.iter().filter(|spec| !spec.internal).map(download).collect()
}

fn download(spec: &FormSpec) -> Result<Download, Vec<Diagnostic>> {
    let wrong = |e: String| {
        let path = format!("content/forms/{}.yaml", spec.id);
        vec![Diagnostic::of_file(&path, said!("no .docx can be made: {e}", "无法生成 .docx：{e}"))]
    };
    Ok(Download {
        path: format!("downloads/{}.docx", spec.id),
        title: spec.title.clone(),
        description: "Word 表格，可用 Word、WPS 或 LibreOffice 填写".to_owned(),
        bytes: blank::docx::docx(spec, &Values::new()).map_err(wrong)?,
    })
}

/// Builds, serves on loopback and builds again whenever something changes.
pub fn serve(root: &Path, port: u16, voice: Voice) -> Result<(), Failure> {
    let out = root.join("public");
    let what = Serve { root, out: &out, port, lang: voice.lang };
    let ready = |url: &str| {
        voice.say(&said!("site: {url} (Ctrl-C stops)", "网站：{url}（按 Ctrl-C 停止）"));
    };
    let build = |sources: &Sources| build(sources, &Options::default());
    edge::serve::serve(what, build, ready).map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Outside(said!(
            "port {port} is in use; choose another with `--port N`, or `--port 0` for any",
            "端口{port}已被占用；请用 --port 另选一个，或用 --port 0 自动选择"
        )),
        _ => e.into(),
    })
}
