//! One set of checks in two languages: shared vectors, and some thousand generated values that both must read alike.

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use zhuanban::form::check::check;
use zhuanban::form::{FormSpec, Kind, parse::parse};

use super::{root, run};

/// A form with a field of each kind, named for it.
fn every_kind() -> FormSpec {
    let fields: String =
        Kind::ALL.iter().map(|(name, _)| format!("- {{id: {name}, label: {name}, kind: {name}}}\n")).collect();
    let yaml = format!(
        "id: t\nversion: 1\nletters: TF\ntitle: t\narea_code: \"0714\"\nroles: {{unit: text, officer: name}}\nfields:\n{fields}"
    );
    parse("t.yaml", &yaml).expect("a good definition")
}

fn checked(spec: &FormSpec, kind: &str, raw: &str) -> Value {
    let found = check(spec, spec.field(kind).expect("a kind"), raw);
    let doubts: Vec<&str> = found.doubts.iter().map(|(code, _)| *code).collect();
    json!({"value": found.value, "doubts": doubts})
}

#[test]
fn the_checks_give_what_the_vectors_say() {
    let text = std::fs::read_to_string(root().join("tests/checks/vectors.json")).expect("vectors");
    let vectors: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let spec = every_kind();
    assert!(vectors.len() > 90);
    for vector in vectors {
        let (kind, raw) = (vector["kind"].as_str().expect("kind"), vector["raw"].as_str().expect("raw"));
        let expected = json!({"value": vector["value"], "doubts": vector["doubts"]});
        assert_eq!(checked(&spec, kind, raw), expected, "{kind} {raw:?}");
    }
}

/// What people type, a little broken: each kind's own characters, and any text.
const TYPED: &[&str] = &[
    "[0-9０-９年月日号.\\-/ 〇○零一二三四五六七八九十廿卅元OoT:·,、。—－]{1,20}",
    "(19|20)[0-9]{2}[年.\\-/]1?[0-9][月.\\-/][0-3]?[0-9][日号]?( [0-9]{1,2}:[0-9]{2})?",
    "[二][〇○零][〇一二三][〇-九一二三]年[一二三四五六七八九十]{1,3}月[廿卅一二三十五]{1,3}日",
    "(\\+86|0086|86|0714|714|027|010)?[-— ()（）]?[2-8]?[0-9]{6,8}([转轉*#分、,;~–-][0-9分]{1,7})?",
    "(\\+86|86|0086)?[ -]?1[3-9][0-9]( ?[0-9]{4}){2}",
    "[<(]?(mailto:)?[a-zA-Z0-9._+!#\"\\\\|-]{0,12}[@＠][A-Z.a-z0-9_．。\\[\\]-]{0,16}(com|cn)?[>)。,]?",
    "[0-9A-Ya-z]{8}[-—–·.]?[0-9Xx]",
    "1[12]420281T0000[0-9]{3}[0-9A-Z]{2}",
    "[示例甲乙丙丁欧阳㐀𠮷•●・‧．.∙⋅･· a1]{1,14}",
    "\\PC{0,24}",
    "[\\x00-\\x1f\u{85}\u{a0}\u{200b}\u{200e}\u{202e}\u{2028}\u{3000}\u{feff}\u{ad}a甲 ，（）ＡＢe\u{301}]{0,12}",
];

/// 300 of each, the same every time.
fn cases() -> Vec<(&'static str, String)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut raws = Vec::new();
    for pattern in TYPED {
        let strategy = prop::string::string_regex(pattern).expect("a pattern");
        raws.extend((0..300).map(|_| strategy.new_tree(&mut runner).expect("a value").current()));
    }
    // Characters younger than the browser's tables are no business of a form.
    raws.retain(|raw| raw.chars().all(|c| (c as u32) < 0x2_0000 || c == '𠮷'));
    raws.into_iter().flat_map(|raw| Kind::ALL.map(|(kind, _)| (kind, raw.clone()))).collect()
}

#[test]
fn the_script_reads_every_generated_value_as_rust_does() {
    let (spec, cases) = (every_kind(), cases());
    assert!(cases.len() > 20_000, "{} cases", cases.len());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cases.json");
    std::fs::write(&file, json!(cases).to_string()).expect("written");
    let mut node = Command::new("node");
    let output = run(node.arg("tests/fill/check_all.mjs").arg(&file), "nodejs");
    let found: Vec<Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(found.len(), cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .zip(found)
        .filter_map(|((kind, raw), found)| {
            let expected = checked(&spec, kind, raw);
            (found != expected).then(|| format!("{kind} {raw:?}\n  rust   {expected}\n  script {found}"))
        })
        .collect();
    let shown = wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} differ\n{shown}", wrong.len(), cases.len());
}

#[test]
fn the_scripts_own_tests_pass() {
    run(Command::new("node").args(["--test", "tests/fill/checks.test.mjs"]), "nodejs");
}
