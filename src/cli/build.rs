//! `build` and `serve`: the site from the office's folder.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::voice::{Failure, Voice};
use crate::blank::face::Fonts;
use crate::download;
use crate::edge;
use crate::edge::publish::{Published, publish};
use crate::edge::serve::{Built, Serve};
use crate::form::FormSpec;
use crate::report::Diagnostic;
use crate::said;
use crate::site::{self, Content, Download, Options, Sources};

/// The port of `serve` where none is said.
pub const PORT: u16 = 8080;

/// Builds into `out`, once or whenever something changes.
pub fn run(root: &Path, out: Option<&Path>, base_url: Option<&str>, watch: bool, voice: Voice) -> Result<(), Failure> {
    let out = out.map_or_else(|| root.join("public"), Path::to_owned);
    let builder = Builder::new(Options { base_url: base_url.map(str::to_owned) }, voice);
    let sources = edge::sources(root)?;
    let first = once(&sources, &out, &builder, voice);
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
    Ok(edge::watch::watch(root, sources, |sources| told(once(sources, &out, &builder, voice)))?)
}

fn once(sources: &Sources, out: &Path, builder: &Builder, voice: Voice) -> Result<(), Failure> {
    let outputs = builder.build(sources)?.outputs;
    let Published { written, unchanged, removed } = publish(&outputs, out)?;
    let (n, out) = (outputs.len(), out.display());
    voice.say(&said!(
        "{n} files in {out} = {written} written + {unchanged} unchanged; {removed} removed",
        "{out} 共{n}个文件＝写入{written}＋未变{unchanged}；删除{removed}"
    ));
    Ok(())
}

/// The fonts for PDFs; without them the site is built all the same, and says what it lacks.
fn fonts(voice: Voice) -> Option<Fonts> {
    edge::fonts::find().map_err(|lacking| voice.say(&lacking)).ok()
}

/// Builds again and again; downloads are made anew only when what they are made of changed.
struct Builder {
    fonts: Option<Fonts>,
    options: Options,
    made: Mutex<Option<Made>>,
}

/// Downloads, and what they were made of.
struct Made {
    forms: Vec<FormSpec>,
    rest: String,
    downloads: Vec<Download>,
}

impl Builder {
    fn new(options: Options, voice: Voice) -> Builder {
        Builder { fonts: fonts(voice), options, made: Mutex::default() }
    }

    /// The site and its downloads from the sources; nothing is written.
    fn build(&self, sources: &Sources) -> Result<Built, Vec<Diagnostic>> {
        let content = site::load(sources)?;
        let base_path = site::base_url(sources, &self.options)?.path().to_owned();
        let outputs = site::build(sources, &self.options, self.downloads(&content)?)?;
        Ok(Built { outputs, base_path })
    }

    fn downloads(&self, content: &Content) -> Result<Vec<Download>, Vec<Diagnostic>> {
        let printed: Vec<&str> = content.pages.iter().filter(|page| page.pdf).map(|page| page.text.as_str()).collect();
        let rest = format!("{:?}{:?}{printed:?}", content.units, content.config.office);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = made.as_ref().filter(|m| m.forms == content.forms && m.rest == rest) {
            return Ok(same.downloads.clone());
        }
        let downloads = download::all(content, self.fonts.as_ref())?;
        *made = Some(Made { forms: content.forms.clone(), rest, downloads: downloads.clone() });
        Ok(downloads)
    }
}

/// Builds, serves on loopback and builds again whenever something changes.
pub fn serve(root: &Path, port: u16, voice: Voice) -> Result<(), Failure> {
    let out = root.join("public");
    let what = Serve { root, out: &out, port, lang: voice.lang };
    let ready = |url: &str| {
        voice.say(&said!("site: {url} (Ctrl-C stops)", "网站：{url}（按 Ctrl-C 停止）"));
    };
    let builder = Builder::new(Options::default(), voice);
    edge::serve::serve(what, move |sources| builder.build(sources), ready).map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => Failure::Outside(said!(
            "port {port} is in use; choose another with `--port N`, or `--port 0` for any",
            "端口{port}已被占用；请用 --port 另选一个，或用 --port 0 自动选择"
        )),
        _ => e.into(),
    })
}
