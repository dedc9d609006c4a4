//! Parsing and accounting, without recognising anything: is it bounded by the mail parser, or by us? 2,000 made mails,
//! 160 MB, as an office gets them; the same bytes go through bare `mail-parser` in the same run.
//! `cargo bench --bench mail` prints a table and the ratio; `--profile dev` spares the release build.
#![allow(clippy::disallowed_methods)]

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use divan::Bencher;
use divan::counter::BytesCount;
use mail_parser::MessageParser;
use sha2::{Digest, Sha256};
use zhuanban::mail;

const MAILS: usize = 2_000;
/// Pairs of passes whose median gives the ratio: both halves of a pair meet the same load of the machine.
const PAIRS: usize = 7;

static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| (0..MAILS as u64).map(made).collect());

fn main() {
    divan::main();
    if std::env::args().any(|argument| argument == "--bench") {
        tell();
    }
}

/// `mail-parser` alone: the tree, and every attachment decoded.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn bare_mail_parser(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| all(bare));
}

/// Ours: leaves decoded, head repaired, the mail named by its SHA-256.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn parsed(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| all(|raw| mail::parse(raw).leaves.len()));
}

/// Ours with the account: each leaf named by its SHA-256 too.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn parsed_and_accounted_for(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| all(accounted));
}

/// What the two hashes cost alone: no parser can be quicker than the bytes are named.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn hashes_alone(bencher: Bencher<'_, '_>) {
    bencher.counter(bytes()).bench(|| all(|raw| usize::from(Sha256::digest(raw)[0])));
}

fn bytes() -> BytesCount {
    BytesCount::new(CORPUS.iter().map(Vec::len).sum::<usize>())
}

fn all(work: impl Fn(&[u8]) -> usize) -> usize {
    CORPUS.iter().map(|raw| work(black_box(raw))).sum()
}

fn bare(raw: &[u8]) -> usize {
    let message = MessageParser::default().parse(raw).expect("a mail");
    message.attachments().map(|part| part.contents().len()).sum()
}

fn accounted(raw: &[u8]) -> usize {
    let message = mail::parse(raw);
    message.leaves.iter().map(|leaf| usize::from(Sha256::digest(&leaf.bytes)[0]) + leaf.bytes.len()).sum()
}

fn tell() {
    let time = |work: fn(&[u8]) -> usize| {
        let began = Instant::now();
        black_box(all(work));
        began.elapsed()
    };
    let median = |mut of: Vec<f64>| {
        of.sort_by(f64::total_cmp);
        of[of.len() / 2]
    };
    let pairs: Vec<[Duration; 3]> =
        (0..PAIRS).map(|_| [time(bare), time(|raw| mail::parse(raw).leaves.len()), time(accounted)]).collect();
    let ratio = |which: usize| median(pairs.iter().map(|of| of[which].as_secs_f64() / of[0].as_secs_f64()).collect());
    println!("\nof {PAIRS} passes over {MAILS} mails, median: parsed {:.2} x bare mail-parser", ratio(1));
    println!("parsed and accounted for {:.2} x bare mail-parser", ratio(2));
}

/// A mail as offices write them: a text, its HTML, and a file of 1 to 240 kB; every tenth is forwarded.
fn made(seed: u64) -> Vec<u8> {
    let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice
    };
    let size = 1_000 + (next() % 120_000 + next() % 120_000) as usize / 2;
    let file: Vec<u8> = (0..size).map(|_| next() as u8).collect();
    let name = STANDARD.encode(format!("大冶市示例局{seed}专办员登记表.docx"));
    let text = wrapped(format!("您好：\n请查收第{seed}号登记表。\n").repeat(8).as_bytes());
    let html = wrapped(format!("<table><tr><td>单位名称</td><td>示例局{seed}</td></tr></table>").repeat(10).as_bytes());
    let part = |kind: &str, body: &str| format!("{kind}\r\nContent-Transfer-Encoding: base64\r\n\r\n{body}\r\n");
    let mail = format!(
        "Received: from mx{seed}.example.com by mx.example.com; Mon, 10 Jul 2023 09:00:00 +0800\r\n\
         From: =?utf-8?B?56S65L6L55Sy?= <jia{seed}@example.com>\r\nTo: <caigou@example.com>\r\n\
         Subject: =?gb18030?B?tce8x7Ht?=\r\nDate: Mon, 10 Jul 2023 09:00:00 +0800\r\nMessage-ID: <{seed}@example.com>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_m{seed}\"\r\n\r\n\
         --=_m{seed}\r\nContent-Type: multipart/alternative; boundary=\"=_a{seed}\"\r\n\r\n\
         --=_a{seed}\r\n{}--=_a{seed}\r\n{}--=_a{seed}--\r\n--=_m{seed}\r\n{}--=_m{seed}--\r\n",
        part("Content-Type: text/plain; charset=utf-8", &text),
        part("Content-Type: text/html; charset=utf-8", &html),
        part(
            &format!(
                "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"=?utf-8?B?{name}?=\""
            ),
            &wrapped(&file)
        ),
    );
    if seed.is_multiple_of(10) { forwarded(&mail) } else { mail.into_bytes() }
}

fn forwarded(mail: &str) -> Vec<u8> {
    format!(
        "From: <yi@example.com>\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=f\r\n\r\n\
         --f\r\nContent-Type: message/rfc822\r\n\r\n{mail}\r\n--f--\r\n"
    )
    .into_bytes()
}

fn wrapped(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = (0..text.len()).step_by(76).map(|at| &text[at..text.len().min(at + 76)]).collect();
    lines.join("\r\n")
}
