//! A real browser: a record found, corrected and accepted by keyboard alone, the same without JavaScript, and a hostile mail
//! that runs nothing.

use super::hostile::letter;
use super::window::Desk;
use crate::office::Office;

#[test]
fn a_clerk_works_by_keyboard_and_without_scripts() {
    let office = Office::new().with_samples().mail("99-hostile", &letter());
    office.run("intake").succeeds();
    let desk = Desk::open(&office);
    let address = format!("http://{}/login?token={}", desk.host, desk.token());
    let hostile = office.id_of("示例卯");
    let ran = std::process::Command::new("node")
        .args(["tests/desk/browser.mjs", &address, &hostile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap_or_else(|error| panic!("node: {error}; on Debian: apt-get install --no-install-recommends nodejs"));
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(ran.status.success(), "{}\n{}", said(&ran.stdout), said(&ran.stderr));
    let accepted = office.records("accepted");
    let by = |name: &str| accepted.iter().find(|r| r["fields"]["officer_name"]["value"] == name).cloned();
    assert_eq!(by("示例丙").expect("accepted by keyboard")["fields"]["officer_phone"]["value"], "0714-5550177");
    assert_eq!(by("示例戊").expect("accepted without scripts")["decision"]["by"], "示例员");
}
