//! `build` and `serve`: the site from the office's folder.

use std::path::{Path, PathBuf};

use super::voice::{Failure, Voice};
use crate::blank;
use crate::edge;
use crate::edge::publish::{Published, publish};
use crate::form::Values;
use crate::report::Diagnostic;
use crate::said;
use crate::site::{self, Content, Download, Options, Output};

/// The port of `serve` where none is said.
pub const PORT: u16 = 8080;

/// Builds into `out`, once or whenever something changes.
pub fn run(root: &Path, out: Option<&Path>, base_url: Option<&str>, watch: bool, voice: Voice) -> Result<(), Failure> {
    let out = out.map_or_else(|| root.join("public"), Path::to_owned);
    let options = Options { base_url: base_url.map(str::to_owned) };
    let first = once(root, &out, &options, voice);
    if !watch {
        return first;
    }
    if let Err(failure) = first {
        voice.fail(&failure);
    }
    edge::serve::watch(root, || {
        if let Err(failure) = once(root, &out, &options, voice) {
            voice.fail(&failure);
        }
    })
    .map_err(Failure::from)
}

fn once(root: &Path, out: &Path, options: &Options, voice: Voice) -> Result<(), Failure> {
    let outputs = outputs(root, options)?;
    let Published { written, unchanged, removed } = publish(&outputs, out)?;
    let (n, out) = (outputs.len(), out.display());
    voice.say(&said!(
        "{n} files in {out} = {written} written + {unchanged} unchanged; {removed} removed",
        "{out} 共{n}个文件＝写入{written}＋未变{unchanged}；删除{removed}"
    ));
    Ok(())
}

/// Reads the folder and builds; nothing is written.
fn outputs(root: &Path, options: &Options) -> Result<Vec<Output>, Failure> {
    let sources = edge::sources(root)?;
    let content = site::load(&sources)?;
    Ok(site::build(&sources, options, downloads(&content)?)?)
}

/// The blank forms, made from their definitions.
fn downloads(content: &Content) -> Result<Vec<Download>, Vec<Diagnostic>> {
    let one = |spec: &crate::form::FormSpec| {
        let path = format!("content/forms/{}.yaml", spec.id);
        let docx = blank::docx::docx(spec, &Values::new());
        let bytes = docx
            .map_err(|e| vec![Diagnostic::of_file(&path, said!("no .docx can be made: {e}", "无法生成 .docx：{e}"))])?;
        Ok(Download {
            path: format!("downloads/{}.docx", spec.id),
            title: spec.title.clone(),
            description: "Word 表格，可用 Word、WPS 或 LibreOffice 填写".to_owned(),
            bytes,
        })
    };
    content.forms.iter().map(one).collect()
}

/// Builds, serves on loopback and builds again whenever something changes.
pub fn serve(root: &Path, port: u16, voice: Voice) -> Result<(), Failure> {
    let (root, out): (PathBuf, PathBuf) = (root.to_owned(), root.join("public"));
    let build = {
        let root = root.clone();
        move || match outputs(&root, &Options::default()) {
            Ok(outputs) => Ok(outputs),
            Err(Failure::Wrong(all)) => Err(all),
            Err(Failure::Outside(said) | Failure::Usage(said)) => Err(vec![Diagnostic::of_file("content", said)]),
            Err(Failure::Refused(all)) => {
                Err(all.into_iter().map(|said| Diagnostic::of_file("content", said)).collect())
            }
        }
    };
    edge::serve::serve(&root, &out, port, build, voice.lang).map_err(Failure::from)
}
