//! Nobody comes in by another way than the clerk's own browser on the desk's own pages.

use super::window::Desk;
use crate::office::Office;

fn office() -> Office {
    let office = Office::new().form_of("大冶市教育局", "示例甲");
    office.run("intake").succeeds();
    office
}

#[test]
fn an_address_is_good_for_one_login_that_names_the_clerk() {
    let office = office();
    let desk = Desk::open(&office);
    desk.send("GET", "/", &[], "").is(401).hides("示例甲");
    desk.send("GET", "/login?token=0123", &[], "").is(401);
    let first = desk.token();
    desk.send("GET", &format!("/login?token={first}"), &[], "").is(200).shows("经办人姓名");
    let origin = format!("http://{}", desk.host);
    let unnamed = format!("token={first}&by=+");
    desk.send("POST", "/login", &[("Origin", &origin)], &unnamed).is(200).shows("请填写姓名");

    let window = desk.window("示例员");
    assert!(window.see("/").body.contains("经办人：示例员"));
    desk.send("GET", &format!("/login?token={first}"), &[], "").is(401);
    let again = format!("token={first}&by=x");
    desk.send("POST", "/login", &[("Origin", &origin)], &again).is(401);
    assert_ne!(first, desk.token());

    assert!(window.post("/logout", &[]).header("set-cookie").contains("Max-Age=0"));
    window.get("/").is(401);
}

#[test]
fn the_cookie_is_for_this_browser_and_this_site_alone() {
    let office = office();
    let desk = Desk::open(&office);
    let form = format!("token={}&by=x", desk.token());
    let origin = format!("http://{}", desk.host);
    let cookie = desk.send("POST", "/login", &[("Origin", &origin)], &form).is(303).header("set-cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

#[test]
fn requests_of_foreign_pages_are_refused_and_change_nothing() {
    let office = office();
    let id = office.id_of("示例甲");
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let record = format!("/records/{id}");
    let revision = window.see(&record).hidden("revision");
    let body = format!("csrf={}&act=accept&revision={revision}", window.csrf);
    let origin = format!("http://{}", desk.host);
    let cookie = window.cookie.as_str();
    let refused = |headers: &[(&str, &str)], body: &str| {
        desk.send("POST", &record, &[&[("Cookie", cookie)], headers].concat(), body).is(403);
    };
    refused(&[], &body);
    refused(&[("Origin", "http://evil.example.com")], &body);
    refused(&[("Origin", "null")], &body);
    refused(&[("Origin", &origin), ("Sec-Fetch-Site", "cross-site")], &body);
    refused(&[("Origin", &origin), ("Sec-Fetch-Site", "same-site")], &body);
    refused(&[("Host", "evil.example.com"), ("Origin", "http://evil.example.com")], &body);
    refused(&[("Origin", &origin)], &body.replace(&window.csrf, "guessed"));
    refused(&[("Origin", &origin)], &format!("act=accept&revision={revision}"));
    desk.send("GET", "/", &[("Cookie", cookie), ("Host", "evil.example.com")], "").is(403).hides("示例甲");
    desk.send("GET", "/", &[("Cookie", cookie), ("Sec-Fetch-Site", "cross-site")], "").is(403).hides("示例甲");
    desk.send("POST", &record, &[("Origin", &origin)], &body).is(401);
    assert!(office.records("accepted").is_empty());

    window.post_raw(&record, &body).is(303);
    assert_eq!(office.records("accepted").len(), 1);
}

#[test]
fn every_answer_says_what_a_browser_may_do_with_it() {
    let office = office();
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let pages = ["/", "/ledger", "/static/desk.css", "/static/desk.js", "/nothing", "/units?q=jyj"];
    for page in pages.iter().map(|path| window.get(path)).chain([desk.send("GET", "/", &[], "")]) {
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("access-control-allow-origin"), "");
        for inline in ["<style", " style=", " onclick=", "<script>", "javascript:"] {
            assert!(!page.body.contains(inline), "{inline} in {}", page.body);
        }
    }
}

#[test]
fn no_address_leads_to_a_file() {
    let office = office().with("secret.css", "secret");
    let desk = Desk::open(&office);
    let window = desk.window("示例员");
    let id = office.id_of("示例甲");
    let paths = [
        "/static/../secret.css",
        "/static/..%2fsecret.css",
        "/static/%2e%2e/secret.css",
        "/records/..%2f..%2fcontent/page.png",
        "/records/nobody",
        &format!("/records/{id}/parts/..%2f..%2f2"),
        &format!("/records/{id}/parts/9/file"),
        &format!("/records/{id}/parts/2/sheets/..%2f1"),
        &format!("/records/{id}/page.png"),
        "/content/site.yaml",
        "/inbox/ledger.jsonl",
    ];
    for path in paths {
        window.get(path).is(404).hides("secret");
    }
    let huge = format!("csrf={}&act=save&reason={}", window.csrf, "x".repeat(300 << 10));
    window.post_raw(&format!("/records/{id}"), &huge).is(413);
    desk.send("PUT", "/", &[("Cookie", &window.cookie)], "").is(404);
}

#[test]
fn a_record_cannot_name_a_file_outside_of_its_folder() {
    let office = office().with("inbox/mail/x.txt", "secret");
    let id = office.id_of("示例甲");
    let path = format!("inbox/pending/{id}.yaml");
    let office = office.changed(&path, "\nunit:", "\nimage: sheets/../mail/x.txt\nunit:");
    let window = Desk::open(&office);
    let window = window.window("示例员");
    window.get(&format!("/records/{id}/page.png")).is(404);
    window.get(&format!("/records/{id}/thumbnail.png")).is(404);
    let mail = office.read(&path).lines().find(|line| line.contains("file: mail/")).unwrap().trim().to_owned();
    let office = office.changed(&path, &mail, "file: ../content/site.yaml");
    window.see(&format!("/records/{id}/mail")).shows("已不在收件目录内").hides("base_url");
    drop(office);
}
