//! `build`: the site whole or not at all. What is wrong is told with its place, and the published site stays as it was.

use super::office::Office;

/// The shipped office with its site built.
fn built() -> Office {
    let office = Office::new();
    office.run("build").succeeds();
    office
}

#[test]
fn the_shipped_content_builds_and_a_second_build_writes_nothing() {
    let office = built();
    for page in ["index.html", "notice/index.html", "rules/index.html", "directory/index.html", "sitemap.xml"] {
        assert!(office.has(&format!("public/{page}")), "{page}");
    }
    assert!(office.has("public/downloads/registration.docx"));
    let first = office.files("public");
    office.run("build").succeeds().tells(" 0 written").tells("; 0 removed");
    assert_eq!(first, office.files("public"));
}

#[test]
fn what_is_no_longer_made_is_removed() {
    let office = built().changed("content/units.yaml", "id: gxq", "id: gaoxinqu");
    assert!(office.has("public/units/gxq.html"));
    office.run("build").succeeds().tells("; 1 removed");
    assert!(office.has("public/units/gaoxinqu.html") && !office.has("public/units/gxq.html"));
}

#[test]
fn another_folder_and_another_address() {
    let office = Office::new();
    office.run("build --base-url https://example.com/a/b").succeeds();
    assert!(office.read("public/sitemap.xml").contains("https://example.com/a/b/directory/"));
    office.run("build --base-url nowhere").fails_with("nowhere");
}

#[test]
fn broken_yaml() {
    built()
        .with("content/site.yaml", "name: 甲\nmenu: [index\n")
        .refuses_to_build("content/site.yaml:2:7: unclosed bracket '['");
}

#[test]
fn unknown_keys() {
    let office = built().changed("content/site.yaml", "\ndescription:", "\ndescripton:").changed(
        "content/forms/registration.yaml",
        "\nletters:",
        "\nleters:",
    );
    office.refuses_to_build("content/site.yaml:4:1: unknown key `descripton`; did you mean `description`?");
    office.refuses_to_build("content/forms/registration.yaml:10:1: unknown key `leters`; did you mean `letters`?");
}

#[test]
fn a_missing_template() {
    built().without("templates/unit.html").refuses_to_build("templates/unit.html: this template is missing");
    built()
        .with("content/pages/contact.md", "---\ntitle: 联系我们\ntemplate: contakt.html\n---\n\n甲\n")
        .refuses_to_build("content/pages/contact.md:3:11: there is no template `templates/contakt.html`");
}

#[test]
fn a_template_error() {
    built().with("templates/404.html", "<p>\n  {{ }}\n").refuses_to_build("templates/404.html:2:6: template: ");
    built().with("templates/404.html", "<p>{{ nmae }}").refuses_to_build("templates/404.html:1:7: template: ");
}

#[test]
fn a_dead_internal_link() {
    let page = "content/pages/contact.md";
    let line = Office::new().read(page).lines().count() + 2;
    built()
        .extended(page, "\n见[制度](rule.md)。\n")
        .refuses_to_build(&format!("{page}:{line}:2: there is no page `rule.md`; did you mean `rules.md`?"));
    built()
        .extended(page, "\n见[制度](rules.md#art-99)。\n")
        .refuses_to_build(&format!("{page}:{line}:2: `/rules/` has no anchor `art-99`"));
}

#[test]
fn a_duplicate_unit() {
    let line = Office::new().read("content/units.yaml").lines().count() + 1;
    built()
        .extended("content/units.yaml", "  - {id: jyj, name: 另一个, category: bumen}\n")
        .refuses_to_build(&format!("content/units.yaml:{line}:5: unit id `jyj` is already used in line "));
}

#[test]
fn a_register_file_that_names_nobody_known() {
    built()
        .with("content/register/xxj.yaml", "unit: xxj\nupdated: 2023-07-20\nofficers: []\n")
        .refuses_to_build("content/register/xxj.yaml: unknown unit `xxj`");
}

#[test]
fn a_missing_file() {
    built().without("content/site.yaml").refuses_to_build("content/site.yaml: this file is missing");
}

#[test]
fn every_fault_is_told_at_once_sorted_and_counted() {
    let office = built()
        .changed("content/site.yaml", "\ndescription:", "\ndescripton:")
        .extended("content/units.yaml", "  - {id: Jyj, name: 甲, category: bumen}\n");
    let told = office.run("build").fails_with("problems found").err;
    let site = told.find("content/site.yaml").unwrap();
    let units = told.find("content/units.yaml").unwrap();
    assert!(site < units, "{told}");
}

#[test]
fn a_folder_that_is_no_office() {
    let office = Office::new().without("content/site.yaml").without("content/units.yaml");
    office.run("build").fails_with("content/site.yaml: this file is missing").tells("content/units.yaml");
    assert!(!office.has("public"));
}
