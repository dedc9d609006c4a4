//! `desk`: opens the review screen and says where it is.

use std::net::IpAddr;
use std::path::Path;

use super::voice::{Failure, Voice};
use crate::desk::{Opening, serve};
use crate::said;

/// The port where none is said.
pub const PORT: u16 = 8081;

/// Serves the desk until Ctrl-C.
pub fn run(root: &Path, bind: IpAddr, port: u16, by: Option<&str>, voice: Voice) -> Result<(), Failure> {
    if !bind.is_loopback() {
        voice.say(&said!(
            "warning: {bind} can be reached from other machines, and what is sent is not encrypted",
            "注意：其他计算机可以访问{bind}，且传输未加密"
        ));
    }
    let tell = move |url: &str| {
        voice.say(&said!(
            "desk: {url} (good for one login; Ctrl-C stops)",
            "审核台：{url}（此地址只能登录一次；按 Ctrl-C 停止）"
        ));
    };
    serve(Opening { root, bind, port, by }, tell).map_err(|failure| match failure {
        Failure::Outside(why) if why.en.contains("in use") => Failure::Outside(said!(
            "port {port} is in use; choose another with `--port N`, or `--port 0` for any",
            "端口{port}已被占用；请用 --port 另选一个，或用 --port 0 自动选择"
        )),
        other => other,
    })
}
