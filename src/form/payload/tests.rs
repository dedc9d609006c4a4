//! The text survives what people type, and no text harms its reader.

use proptest::prelude::*;

use super::*;
use crate::form::parse::parse;

fn form(version: u32, extra: &str) -> FormSpec {
    let yaml = format!(
        "id: t\nversion: {version}\nletters: TF\ntitle: 表\nroles: {{unit: unit, officer: name}}\nfields:\n\
         - {{id: unit, label: 单位, kind: text}}\n- {{id: name, label: 姓名, kind: name}}\n\
         - {{id: sign, label: 签字, kind: signature}}\n- {{id: note, label: 说明, kind: note}}\n{extra}"
    );
    parse("t.yaml", &yaml).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_signature_is_not_written_and_a_missing_value_is_empty() {
    let text = encode(&form(1, ""), &values(&[("unit", "示例局"), ("sign", "甲"), ("note", "好")])).unwrap();
    assert_eq!(text, "TF1|示例局||好|5D3237C7");
}

#[test]
fn what_could_break_the_text_is_replaced_or_dropped() {
    let spec = form(1, "");
    let text = encode(&spec, &values(&[("unit", " a|b\u{0}\u{202e}c\t "), ("note", "一\r\n二")])).unwrap();
    assert!(text.starts_with("TF1|a｜bc||一\u{2028}二|"), "{text:?}");
    let read = decode(&text, &[spec]).unwrap();
    assert_eq!(read.values, values(&[("unit", "a｜bc"), ("note", "一\n二")]));
}

#[test]
fn an_older_reader_ignores_new_fields_and_a_newer_one_defaults_them() {
    let (old, new) = (form(1, ""), form(1, "- {id: more, label: 又, kind: text}\n"));
    let written = values(&[("unit", "甲"), ("more", "乙")]);
    let by_new = encode(&new, &written).unwrap();
    assert_eq!(decode(&by_new, std::slice::from_ref(&old)).unwrap().values, values(&[("unit", "甲")]));
    let by_old = encode(&old, &written).unwrap();
    assert_eq!(decode(&by_old, &[new]).unwrap().values, values(&[("unit", "甲")]));
}

#[test]
fn the_version_chooses_the_definition() {
    let forms = [form(1, ""), form(2, "")];
    let second = encode(&forms[1], &values(&[("unit", "甲")])).unwrap();
    assert_eq!(decode(&second, &forms).unwrap().version, 2);
    let fault = decode(&second, &forms[..1]).unwrap_err();
    assert_eq!(fault, PayloadFault::UnknownVersion { form: "t".into(), version: 2 });
}

#[test]
fn letters_that_could_not_be_read_back_are_refused() {
    for letters in ["", "tf", "T1", "TOOLONG", "TFZ", "表"] {
        let spec = FormSpec { letters: letters.into(), ..form(1, "") };
        assert_eq!(encode(&spec, &Values::new()).unwrap_err()[0].code, "qr-letters", "{letters}");
    }
    let spec = FormSpec { version: 10_000, ..form(1, "") };
    assert!(encode(&spec, &Values::new()).is_err());
}

#[test]
fn a_text_too_long_names_the_longest_fields_and_by_how_much() {
    let spec = form(1, "");
    let room = LONGEST - "TF1||||00000000".len();
    assert_eq!(encode(&spec, &values(&[("note", &"x".repeat(room))])).unwrap().len(), LONGEST);
    let faults = encode(&spec, &values(&[("unit", "局"), ("note", &"x".repeat(room - 2))])).unwrap_err();
    let fields: Vec<_> = faults.iter().map(|f| f.field.as_deref()).collect();
    assert_eq!(fields, [None, Some("note"), Some("unit")]);
    assert_eq!(faults[0].message, "内容过长，二维码放不下：请缩短“说明”、“单位”，合计至少减少1个汉字");
}

#[test]
fn the_symbol_follows_from_the_length() {
    let of = |bytes| size(bytes).map(|s| (s.level, s.version, s.modules));
    assert_eq!(of(0), Some((Level::Q, 5, 37)));
    assert_eq!(of(292), Some((Level::Q, 15, 77)));
    assert_eq!(of(293), Some((Level::M, 13, 69)));
    assert_eq!(of(LONGEST), Some((Level::M, 15, 77)));
    assert_eq!(of(LONGEST + 1), None);
}

#[test]
fn only_a_whole_text_passes_for_one() {
    let text = encode(&form(1, ""), &values(&[("unit", "示例局")])).unwrap();
    assert!(is_whole(&text));
    let lower = text.to_lowercase().replace("tf1", "TF1");
    for bad in [text.replace('例', "列"), lower, format!("{text} "), text[..text.len() - 1].to_owned()] {
        assert!(!is_whole(&bad), "{bad}");
        assert_eq!(decode(&bad, &[form(1, "")]), Err(PayloadFault::Checksum), "{bad}");
    }
}

#[test]
fn a_mark_names_its_form_in_words_and_holds_no_values() {
    let forms = [form(1, ""), form(2, "")];
    let text = mark(&forms[1]).unwrap();
    assert_eq!(text, "表第2版，空白表格|TF2|00AC0C6D");
    assert!(is_whole(&text));
    let read = Payload { form: "t".into(), version: 2, values: Values::new() };
    assert_eq!(decode(&text, &forms), Ok(read));
    let unknown = PayloadFault::UnknownVersion { form: "t".into(), version: 2 };
    assert_eq!(decode(&text, &forms[..1]), Err(unknown));
    assert_eq!(decode(&text.replace("空白", "填好"), &forms), Err(PayloadFault::Checksum));
    assert_eq!(mark_size(text.len()).map(|size| (size.level, size.modules)), Some((Level::M, 37)));
}

#[test]
fn no_title_turns_a_mark_into_values() {
    for title in ["TF1", "TF1|甲|乙", "|", "", "表|TF1"] {
        let spec = FormSpec { title: title.into(), ..form(1, "") };
        let text = mark(&spec).unwrap();
        assert_eq!(decode(&text, &[spec]).unwrap().values, Values::new(), "{text}");
    }
}

#[test]
fn a_filled_in_form_whose_last_value_looks_like_a_mark_is_none() {
    let spec = form(1, "");
    let filled = values(&[("unit", "甲"), ("note", "TF2")]);
    assert_eq!(decode(&encode(&spec, &filled).unwrap(), &[spec]).unwrap().values, filled);
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(unit in "\\PC{0,30}", note in any::<String>(), name in "[\\p{Han} ·]{0,6}") {
        let spec = form(1, "");
        let given = values(&[("unit", &unit), ("name", &name), ("note", &note)]);
        if let Ok(text) = encode(&spec, &given) {
            prop_assert!(text.len() <= LONGEST && is_whole(&text));
            prop_assert!(!text.chars().any(char::is_control));
            let read = decode(&text, std::slice::from_ref(&spec)).unwrap();
            for (id, value) in &given {
                let kept = visible(value).trim().replace('|', "｜");
                prop_assert_eq!(read.values.get(id).map_or("", String::as_str), kept);
            }
            prop_assert_eq!(encode(&spec, &read.values).unwrap(), text);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), body in "(TF|RF|T)?[0-9]{0,5}[|:]?\\PC{0,40}\\|?") {
        let forms = [form(1, ""), form(2, "")];
        let summed = format!("{body}|{}", checksum(&body));
        for text in [text, body, summed] {
            match decode(&text, &forms) {
                Ok(read) => {
                    let head = format!("TF{}|", read.version);
                    let is_mark = read.values.is_empty() && text.contains(&format!("|{head}"));
                    prop_assert!(is_whole(&text) && (text.starts_with(&head) || is_mark));
                }
                Err(fault) => prop_assert!(!is_whole(&text) || !text.starts_with("TF1|"), "{fault:?}"),
            }
        }
    }
}
