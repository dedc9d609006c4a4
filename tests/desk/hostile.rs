//! Mail that means harm shows as text, and what it brings leaves as a download.

use super::window::Desk;
use crate::letter::Letter;
use crate::office::Office;

const SCRIPT: &str = "<script>document.title='x'</script>";
const IMAGE: &str = "\"><img src=x onerror=alert(1)>";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(2)</script></svg>";

/// A mail with markup wherever there is text.
pub fn letter() -> Letter {
    let plain = format!(
        "单位名称：大冶市公安局\n专办员姓名：示例卯\n职务：{SCRIPT}\n单位地址：{IMAGE}\n办公电话：0714-8731721\n"
    );
    let html = format!(
        "<html><body onload=alert(3)><script>alert(4)</script><p>{SCRIPT}</p><p>请见&lt;b&gt;附件</p></body></html>"
    );
    Letter::new(&format!("主题{SCRIPT}"))
        .text("text/plain", &plain)
        .text("text/html", &html)
        .attach(&format!("{IMAGE}.svg"), SVG)
        .attach("../../a.html", b"<html><script>alert(5)</script>")
}

#[test]
fn markup_in_a_mail_is_text_on_every_page() {
    let office = Office::new().mail("hostile", &letter());
    office.run("intake").succeeds();
    let id = office.records("pending")[0]["id"].as_str().unwrap().to_owned();
    let desk = Desk::open(&office);
    let window = desk.window(&format!("员{SCRIPT}"));
    let record = format!("/records/{id}");
    let reasons = [("ready", SCRIPT), ("reason", IMAGE)];
    window.act(&id, "reject", &reasons).is(200).hides("<img src=x").hides(SCRIPT);
    window.act(&id, "reject", &[reasons[0], reasons[1], ("confirmed", "1")]).is(303);
    for path in [
        "/",
        "/?status=rejected",
        "/answers",
        &record,
        &format!("{record}/mail"),
        &format!("{record}/parts/3"),
        "/ledger",
    ] {
        let page = window.see(path);
        let scripts = page.body.matches("<script").count();
        assert_eq!(scripts, page.body.matches("<script src=\"/static/desk.js\" defer></script>").count(), "{path}");
        let page = page.hides("<img src=x").hides("onload=").hides("<svg xmlns");
        assert!(page.body.contains("&lt;script&gt;"), "{path} shows it as text");
    }
    window.see(&format!("/?q={}", "%3Cscript%3E%22")).shows("&lt;script&gt;");
    window.see(&format!("{record}/mail")).shows("请见&lt;b&gt;附件").hides("alert(4)").shows("只显示文字");
}

#[test]
fn attachments_leave_as_downloads_without_a_type() {
    let office = Office::new().mail("hostile", &letter());
    office.run("intake").succeeds();
    let id = office.records("pending")[0]["id"].as_str().unwrap().to_owned();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let file = window.see(&format!("/records/{id}/parts/3/file"));
    assert_eq!(file.bytes, SVG);
    assert_eq!(file.header("content-type"), "application/octet-stream");
    assert!(file.header("content-disposition").starts_with("attachment; filename*=UTF-8''"), "{}", file.headers);
    assert!(file.header("content-security-policy").starts_with("sandbox"), "{}", file.headers);
    let html = window.see(&format!("/records/{id}/parts/4/file"));
    assert!(!html.header("content-disposition").contains('/'), "{}", html.headers);
    window.see(&format!("/records/{id}/parts/3")).shows("不能在此显示").hides("<img");
}

#[test]
fn pages_of_attachments_are_drawn_anew() {
    let office = Office::new().with_sample("05-scan-jpeg").with_sample("08-zip-late");
    office.run("intake").succeeds();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let records = office.records("pending");
    let scan = records.iter().find(|r| r["image"].is_string()).unwrap()["id"].as_str().unwrap();
    let sheet = window.see(&format!("/records/{scan}/parts/2/sheets/1"));
    assert_eq!(sheet.header("content-type"), "image/png");
    assert!(sheet.bytes.starts_with(b"\x89PNG"));
    window.get(&format!("/records/{scan}/parts/2/sheets/2")).is(404);
    // A document in an archive shows its cells.
    let packed = office.id_of("示例辰");
    window.see(&format!("/records/{packed}/mail")).shows("2.1").shows("压缩包");
    window.see(&format!("/records/{packed}/parts/2.1")).shows("示例辰").shows("<td");
}
