//! Documentation keeps up: every key, kind and command the program knows is explained.

#![allow(clippy::disallowed_methods)]

use std::collections::BTreeSet;
use std::path::Path;

use walkdir::WalkDir;
use zhuanban::form::Kind;
use zhuanban::post::Preset;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The string literals of a bracketed list that follows `start`.
fn literals(text: &str, start: &str) -> BTreeSet<String> {
    let lists = text.split(start).skip(1).filter_map(|rest| rest.split_once(']').map(|(list, _)| list));
    let quoted = |list: &str| list.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    lists.flat_map(quoted).collect()
}

#[test]
fn every_key_of_content_is_explained() {
    let files = ["src/site/config.rs", "src/site/page.rs", "src/unit.rs", "src/form/parse.rs"];
    assert!(explained("docs/content.md", &files) > 40, "the keys are no longer found in the source");
}

#[test]
fn every_key_of_the_mailbox_is_explained() {
    assert!(explained("docs/mailbox.md", &["src/post.rs"]) >= 14, "the keys are no longer found in the source");
    let docs = read("docs/mailbox.md");
    for (name, _) in Preset::ALL {
        assert!(docs.contains(&format!("| `{name}` |")), "docs/mailbox.md does not explain preset `{name}`");
    }
}

/// How many keys these sources know; each must stand in the document.
fn explained(document: &str, files: &[&str]) -> usize {
    let docs = read(document);
    let mut keys = BTreeSet::new();
    for file in files {
        let source = read(file);
        let code = source.split("#[cfg(test)]").next().unwrap();
        for start in ["entries(node, &[", "entries(&node, &[", "KEYS: &[&str] = &[", "KEYS: &[&str] =\n    &["] {
            keys.extend(literals(code, start));
        }
    }
    let missing: Vec<_> = keys.iter().filter(|key| !docs.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "{document} does not explain {missing:?}");
    keys.len()
}

#[test]
fn every_kind_is_explained() {
    let docs = read("docs/content.md");
    for (name, _) in Kind::ALL {
        assert!(docs.contains(&format!("| `{name}` |")), "docs/content.md does not explain kind `{name}`");
    }
}

#[test]
fn every_command_is_in_both_readmes() {
    let args = read("src/cli/args.rs");
    let commands = [
        "build",
        "serve",
        "intake",
        "extract",
        "setup-ocr",
        "review",
        "report",
        "remind",
        "roster",
        "send",
        "check",
        "verify",
        "purge",
    ];
    let declared = args.split("pub enum Command {").nth(1).unwrap().split("\n}").next().unwrap().to_lowercase();
    let variants = declared
        .lines()
        .filter(|l| l.starts_with("    ") && !l.starts_with("     ") && !l.trim().starts_with(['/', '#', '}']));
    assert_eq!(variants.count(), commands.len(), "a command was added: name it here and in both READMEs");
    for readme in ["README.md", "README.zh-CN.md"] {
        let text = read(readme);
        for command in commands {
            assert!(text.contains(&format!("zhuanban {command}")), "{readme} does not mention `zhuanban {command}`");
        }
    }
}

#[test]
fn no_file_names_a_registry_or_a_path_of_this_machine() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let hosts = ["crates.io/", "pypi.org", "npmjs.org", "debian.org"];
    let skip = ["target", ".git", "public", "models", "node_modules", "Cargo.lock"];
    let walk = WalkDir::new(root).into_iter().filter_entry(|e| !skip.iter().any(|s| e.file_name() == *s));
    for entry in walk.filter_map(Result::ok).filter(|e| e.file_type().is_file()) {
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let name = entry.path().strip_prefix(root).unwrap();
        if name == Path::new("tests/docs.rs") {
            continue;
        }
        for host in hosts {
            assert!(!text.contains(host), "{} names {host}", name.display());
        }
        assert!(!text.contains(concat!("/wo", "rk/")), "{} names a path of this machine", name.display());
    }
}
