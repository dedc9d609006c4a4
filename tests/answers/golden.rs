//! The mails themselves, `tests/answers/mails/<case>.txt` and `.html`, as read and found good by people. `UPDATE_MAILS=1`
//! writes them anew.

use std::fs;
use std::path::{Path, PathBuf};

use zhuanban::record::decide::{Decision, Standing};
use zhuanban::reply::Answer;

use super::written::{Clerk, sample};
use crate::letter::Letter;
use crate::office::form_of;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers/mails").join(name)
}

/// Whether an answer is as it was.
fn differs(case: &str, answer: &Answer) -> Option<String> {
    let head = format!("To: {}\nSubject: {}\nEvent: {}\n\n", answer.to, answer.subject, answer.event);
    let mut wrong = String::new();
    for (ending, text) in [("txt", head + &answer.text), ("html", answer.html.clone())] {
        let path = path(&format!("{case}.{ending}"));
        if std::env::var_os("UPDATE_MAILS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != text {
            wrong += &format!("-- {case}.{ending} is now\n{text}\n");
        }
    }
    (!wrong.is_empty()).then_some(wrong)
}

fn document(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name)).unwrap()
}

#[test]
fn every_mail_is_as_it_was_read_and_found_good() {
    let clerk = Clerk::new();
    let accept = Decision::Accept { standing: Standing::Unsaid, basis: None };
    let reject = Decision::Reject { reason: "未加盖公章。\n请盖章后重新扫描。".to_owned() };
    let locked = Letter::new("登记表").attach("登记表.docx", &document("locked.docx")).attach("旧表.wps", b"");
    let many = (0..12).fold(Letter::new("下属单位登记表"), |letter, n| {
        letter.attach(&format!("{n}.docx"), &form_of(&format!("大冶市示例第{n}小学"), "示例甲"))
    });
    let all = [
        ("receipt", clerk.receipt(&sample("01-docx"))),
        ("receipt-table", clerk.receipt(&sample("02-xlsx-summary"))),
        ("receipt-zip-late", clerk.receipt(&sample("08-zip-late"))),
        ("receipt-scan", clerk.receipt(&sample("05-scan-jpeg"))),
        ("receipt-many", clerk.receipt(&many.bytes())),
        ("link", clerk.receipt(&sample("11-oversize-link"))),
        ("no-form", clerk.receipt(&sample("12-no-form"))),
        ("unread", clerk.receipt(&locked.bytes())),
        ("unread-image", clerk.receipt(&sample("13-truncated-image"))),
        ("accepted", clerk.decided(&sample("01-docx"), &accept)),
        ("accepted-replaces", clerk.replaced(&sample("01-docx"))),
        (
            "rejected-no-form",
            clerk.decided(&sample("12-no-form"), &Decision::Reject { reason: "来信与登记无关。".to_owned() }),
        ),
        ("rejected", clerk.decided(&sample("04-body-lines"), &reject)),
        ("correction", clerk.correction(&sample("04-body-lines"), Some("请补送签字盖章的登记表扫描件。"))),
    ];
    let wrong: Vec<String> = all.iter().filter_map(|(case, answer)| differs(case, answer)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every fault the program can find has words for the unit, or is said here to be the office's own business.
#[test]
fn every_fault_is_put_into_words_or_left_to_the_office() {
    const OFFICE: [&str; 11] = [
        "base64-padding",
        "base64-trailer",
        "field-dropped",
        "internal",
        "no-from",
        "no-header",
        "page",
        "qr-letters",
        "qr-too-long",
        "quoted-printable",
        "two-from",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = walkdir::WalkDir::new(root).into_iter().filter_map(Result::ok).map(walkdir::DirEntry::into_path);
    let rust = files.filter(|path| path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs"));
    let (ours, others): (Vec<PathBuf>, Vec<PathBuf>) =
        rust.partition(|path| path.components().any(|c| c.as_os_str() == "reply"));
    let text = |path: &PathBuf| fs::read_to_string(path).unwrap().split("#[cfg(test)]").next().unwrap().to_owned();
    let words: String = ours.iter().map(text).collect();
    let mut codes = std::collections::BTreeSet::new();
    for source in others.iter().map(text) {
        for start in ["Fault::new(", "Fault::of(", "doubtful(", "doubts.push(("] {
            for call in source.split(start).skip(1) {
                codes.extend(call.split('"').nth(1).filter(|_| !call.starts_with("&self")).map(str::to_owned));
            }
        }
    }
    codes.retain(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    assert!(codes.len() > 40, "the codes are no longer found in the source: {codes:?}");
    let lacking: Vec<_> = codes
        .iter()
        .filter(|code| !words.contains(&format!("\"{code}\"")) && !OFFICE.contains(&code.as_str()))
        .collect();
    assert!(lacking.is_empty(), "src/reply/mend.rs says nothing about {lacking:?}");
}

#[test]
fn no_mail_holds_a_private_value() {
    for entry in fs::read_dir(path("")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        // The samples' people have mobiles 194…, codes with T000000, and leaders 示例乙 and 示例酉.
        for private in ["1940000", "T000000", "示例乙", "示例酉"] {
            assert!(!text.contains(private), "{} holds {private}", path.display());
        }
    }
}

#[test]
fn foreign_text_is_escaped_in_html_and_only_there() {
    let clerk = Clerk::new();
    let subject = "<script>alert(1)</script> & \"引号\"";
    let answer = clerk.receipt(&Letter::new(subject).text("text/plain", "您好").bytes());
    assert!(answer.text.contains(subject), "{}", answer.text);
    assert!(!answer.html.contains("<script") && answer.html.contains("&lt;script&gt;"), "{}", answer.html);
    assert!(!answer.html.contains("src=") && !answer.html.contains("url("), "remote content");
}

#[test]
fn a_long_or_hidden_text_is_not_carried_along() {
    let clerk = Clerk::new();
    let subject = format!("\u{202e}{}", "中奖通知 https://evil.example/ ".repeat(20));
    let answer = clerk.receipt(&Letter::new(&subject).text("text/plain", "您好").bytes());
    assert!(answer.subject.chars().count() < 100, "{}", answer.subject);
    assert!(!answer.text.contains('\u{202e}'));
}
