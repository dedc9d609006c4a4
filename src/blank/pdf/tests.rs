//! The PDF says what it was given, passes the validator for every form, and nothing is cut off.

use super::*;
use crate::blank::face::noto;
use crate::blank::tests::forms;

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(id, value)| (id.to_string(), value.to_string())).collect()
}

fn written(form: &FormSpec, values: &Values) -> Vec<u8> {
    pdf(form, values, &noto()).unwrap_or_else(|e| panic!("{}: {e}", form.id))
}

fn has(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|part| part == what.as_bytes())
}

#[test]
fn every_form_passes_the_validator_and_is_the_same_bytes_again() {
    for form in forms() {
        let bytes = written(&form, &Values::new());
        assert!(bytes.starts_with(b"%PDF-1.7"));
        assert_eq!(bytes, written(&form, &Values::new()), "{}", form.id);
        assert!(has(&bytes, "<pdfuaid:part>1</pdfuaid:part>"), "not PDF/UA-1");
        assert!(bytes.len() < 120_000, "the fonts are not subsets: {}", bytes.len());
    }
}

#[test]
fn title_and_language_are_set() {
    let bytes = written(&forms()[0], &Values::new());
    assert!(has(&bytes, "大冶市政府采购专办员登记表</rdf:li>"));
    assert!(has(&bytes, "/Lang(zh-CN)") || has(&bytes, "/Lang (zh-CN)"));
    assert!(has(&bytes, "/DisplayDocTitle true"));
}

#[test]
fn a_long_value_is_set_smaller_and_one_too_long_is_an_error_that_names_its_field() {
    let form = &forms()[0];
    let long = values(&[("officer_post", &"政府采购管理科负责人兼会计，".repeat(5))]);
    assert!(written(form, &long).len() > 1000);
    let too_long = values(&[("officer_post", &"科".repeat(500))]);
    let error = pdf(form, &too_long, &noto()).expect_err("too long");
    assert!(error.contains("“政府采购联络员职务”太长"), "{error}");
    let tall = values(&[("unit_address", &"a".repeat(5000))]);
    assert!(pdf(form, &tall, &noto()).is_err_and(|e| e.contains("单位地址")));
}

#[test]
fn what_no_font_can_print_is_an_error_that_names_the_field_and_the_character() {
    for bad in ['😀', '\u{202e}', '\u{e000}'] {
        let filled = values(&[("unit_name", &format!("甲{bad}乙"))]);
        let error = pdf(&forms()[0], &filled, &noto()).expect_err("cannot be printed");
        assert!(error.contains("单位名称") && error.contains(&format!("U+{:04X}", u32::from(bad))), "{error}");
    }
}

#[test]
fn rare_characters_and_pasted_lines_are_printed() {
    let filled = values(&[("officer_name", "㐀·䶮"), ("unit_address", "大冶市\n示例路\t1号"), ("unknown", "😀")]);
    written(&forms()[0], &filled);
}
