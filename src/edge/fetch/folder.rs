//! Before a pass: no other process at it, the folder open, and the one for processed mail there.

use std::fs::File;
use std::io;

use super::super::imap::{Answer, Connection, Opened, Trouble};
use super::super::stop::Stop;
use super::{Event, Fetch};
use crate::report::Said;
use crate::said;

/// Waits until no other process fetches for this office. The lock goes with the process, however it ends.
pub async fn alone(fetch: &Fetch<'_>, stop: &mut Stop, tell: &mut dyn FnMut(Event<'_>)) -> Result<File, Trouble> {
    let path = fetch.inbox.path(".fetch.lock");
    std::fs::create_dir_all(fetch.inbox.path(""))?;
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    if file.try_lock().is_ok() {
        return Ok(file);
    }
    tell(Event::Busy);
    let locked = tokio::task::spawn_blocking(move || file.lock().map(|()| file));
    tokio::select! {
        locked = locked => Ok(locked.map_err(io::Error::other)??),
        () = stop.wait() => Err(Trouble::Stopped),
    }
}

/// Opens the folder, after the one that processed mail goes to is there.
pub async fn open(fetch: &Fetch<'_>, connection: &mut Connection) -> Result<Opened, Trouble> {
    let imap = fetch.imap;
    if let Some(done) = &imap.done {
        let folders = connection.folders().await?;
        match folders.iter().find(|folder| folder.name == *done) {
            Some(folder) if folder.holds_mail => {}
            Some(_) => return Err(Trouble::Refused(holds_no_mail("done", done))),
            None => {
                if let Answer::No(words) = connection.create(done).await? {
                    return Err(Trouble::Refused(said!(
                        "imap.done: the server makes no folder `{done}` ({words}); at QQ it has to lie in 其他文件夹/",
                        "imap.done：服务器不能建立文件夹“{done}”（{words}）；QQ邮箱须写成 其他文件夹/…"
                    )));
                }
            }
        }
    }
    match connection.select(&imap.folder).await? {
        Ok(opened) => Ok(opened),
        Err(words) => Err(not_opened(&imap.folder, &words, connection).await?),
    }
}

async fn not_opened(name: &str, words: &str, connection: &mut Connection) -> Result<Trouble, Trouble> {
    let folders = connection.folders().await?;
    if folders.iter().any(|folder| folder.name == name && !folder.holds_mail) {
        return Ok(Trouble::Refused(holds_no_mail("folder", name)));
    }
    let names: Vec<&str> = folders.iter().filter(|f| f.holds_mail).map(|f| f.name.as_str()).collect();
    let names = names.join(", ");
    Ok(Trouble::Refused(said!(
        "imap.folder: the server does not open `{name}` ({words}); it has: {names}",
        "imap.folder：服务器未能打开文件夹“{name}”（{words}）；现有：{names}"
    )))
}

fn holds_no_mail(key: &str, name: &str) -> Said {
    said!(
        "imap.{key}: `{name}` only holds folders; name one below it, such as `{name}/…`",
        "imap.{key}：“{name}”只能存放子文件夹，请写其下的文件夹，如 {name}/…"
    )
}
