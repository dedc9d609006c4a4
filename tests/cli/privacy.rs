//! No mobile number and no private value gets onto the site, by whichever file it comes.

use super::office::Office;

const REGISTER: &str = "\
unit: jyj
updated: \"2023-07-20\"
officers:
- record: 20230704-00000000-2
  form: registration
  since: \"2023-07-20\"
  columns: {officer_post: 科长}
";

fn built() -> Office {
    let office = Office::new().with("content/register/jyj.yaml", REGISTER);
    office.run("build").succeeds();
    office
}

#[test]
fn a_mobile_number_in_a_page() {
    let line = Office::new().read("content/pages/contact.md").lines().count() + 2;
    let office = built().extended("content/pages/contact.md", "\n手机：194 0000 0001\n");
    office.refuses_to_build(&format!("content/pages/contact.md:{line}:4: "));
    office.refuses_to_build("194****0001; mobile numbers are never published");
}

#[test]
fn a_mobile_number_in_the_list_of_units() {
    built()
        .changed("content/units.yaml", "name: 大冶市公安局", "name: 大冶市公安局19400000001")
        .refuses_to_build("content/units.yaml:");
}

#[test]
fn a_mobile_number_in_a_register_file() {
    for column in ["officer_post: 科长19400000001", "officer_phone: \"19400000001\"", "unit_address: 1-9-4-0000-0001"]
    {
        let office = built().changed("content/register/jyj.yaml", "officer_post: 科长", column);
        office.refuses_to_build("content/register/jyj.yaml");
    }
}

#[test]
fn a_private_field_in_a_register_file() {
    for (field, value) in [("officer_mobile", "19400000001"), ("leader_name", "示例乙"), ("unit_code", "T0000001X")]
    {
        built()
            .changed("content/register/jyj.yaml", "officer_post: 科长", &format!("{field}: \"{value}\""))
            .refuses_to_build(&format!("`{field}` is not a public field of form `registration`"));
    }
}

#[test]
fn a_name_without_a_basis() {
    built()
        .changed("content/register/jyj.yaml", "officer_post: 科长", "officer_name: 示例甲")
        .refuses_to_build("`officer_name` needs a publication basis");
}

#[test]
fn nothing_private_of_an_accepted_record_is_in_the_register_or_on_the_site() {
    let office = Office::new().with_sample("03-html-table");
    office.run("intake").succeeds();
    office.accept("示例丙", "").succeeds();
    office.run("build").succeeds();
    let private = ["19400000004", "11420281T00000044B", "bing@example.com", "示例丁", "0714-5550105"];
    let mut published = office.files("public");
    published.extend(office.files("content/register"));
    for (path, bytes) in &published {
        let text = String::from_utf8_lossy(bytes);
        for value in private {
            assert!(!text.contains(value), "{value} stands in {path}");
        }
    }
    let page = office.read("public/units/dyljd.html");
    assert!(page.contains("示例丙") && page.contains("0714-5550104"));
}

#[test]
fn without_a_basis_the_post_stands_in_for_the_name() {
    let office = Office::new().with_sample("01-docx").changed("content/site.yaml", "  basis: ", "  # basis: ");
    office.run("intake").succeeds();
    office.accept("示例甲", "").succeeds();
    office.run("build").succeeds();
    assert!(!office.read("content/register/jyj.yaml").contains("示例甲"));
    let page = office.read("public/units/jyj.html");
    assert!(!page.contains("示例甲") && page.contains("财务科科长"));
}

#[test]
fn a_mobile_number_in_the_place_of_the_office_number_is_held_back() {
    let office = Office::new().form_of("大冶市公安局", "示例甲");
    office.run("intake").succeeds();
    office.run(&format!("review edit {} officer_phone=19400000009 --by 示例员", office.id_of("示例甲"))).succeeds();
    office.accept("示例甲", "").succeeds();
    assert!(!office.read("content/register/gaj.yaml").contains("officer_phone"));
    office.run("build").succeeds();
}
