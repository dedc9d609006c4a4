//! The OCR models of this machine: found at run time, fetched by set-up, never shipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::ocr::Models;
use crate::report::Said;
use crate::said;

/// The set-up script, carried along so that an office far from the sources can run it too.
const SCRIPT: &str = include_str!("../../scripts/setup-ocr.sh");

/// Where the models of an office lie: the folder that `ZHUANBAN_MODELS` names, or `models` in the office's own.
pub fn folder(root: &Path) -> PathBuf {
    let named = std::env::var_os("ZHUANBAN_MODELS").filter(|name| !name.is_empty());
    named.map_or_else(|| root.join("models"), PathBuf::from)
}

/// Loads the models, or says what to do to have them.
pub fn load(root: &Path) -> Result<Models, Said> {
    Models::load(&folder(root)).map_err(|why| {
        said!(
            "scans are read by their QR codes only: {why}; to have text recognised: zhuanban setup-ocr",
            "扫描件目前只能读取二维码（{why}）；要识别文字，请运行 zhuanban setup-ocr"
        )
    })
}

/// Fetches the models into an office's folder.
pub fn set_up(root: &Path) -> Result<(), Said> {
    let failed = |why: &dyn std::fmt::Display| said!("setup-ocr: {why}", "安装文字识别模型失败：{why}");
    let mut shell = Command::new("sh")
        .args(["-s", "--"])
        .arg(folder(root))
        .stdin(Stdio::piped())
        .spawn()
        .map_err(|e| failed(&e))?;
    let written = shell.stdin.take().map(|mut stdin| stdin.write_all(SCRIPT.as_bytes()));
    let status = shell.wait().map_err(|e| failed(&e))?;
    match written {
        Some(Ok(())) if status.success() => Ok(()),
        _ => Err(failed(&status)),
    }
}
