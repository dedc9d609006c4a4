//! Messages come in the language of the locale; data stays the same.

use super::office::Office;

#[test]
fn faults_of_content_in_both_languages() {
    let broken = || Office::new().changed("content/site.yaml", "\ndescription:", "\ndescripton:");
    broken().run("build").fails_with("content/site.yaml:4:1: unknown key `descripton`; did you mean");
    broken().in_locale("zh_CN.UTF-8").run("build").fails_with("content/site.yaml:4:1: ").tells("是否应为");
    broken().in_locale("de_DE.UTF-8").run("build").fails_with("unknown key");
}

#[test]
fn sums_and_refusals_in_chinese() {
    let office = Office::new().with_samples().in_locale("zh_CN.UTF-8");
    office.run("intake").succeeds().tells("邮件13封＝新收12＋已收过1＋失败0；新记录15条");
    let id = office.id_of("示例甲");
    office.run(&format!("review reject {id} --by 示例员")).fails_with("退回须说明理由");
    office.run("review accept 99999999 --by 示例员").fails_with("没有记录99999999");
    office.run("verify").succeeds().tells("台账完整");
    office.run("check").succeeds().tells("未发现问题");
}

#[test]
fn the_lines_of_records_do_not_depend_on_the_language() {
    let english = Office::new().with_sample("02-xlsx-summary");
    let chinese = Office::new().with_sample("02-xlsx-summary").in_locale("zh_CN.UTF-8");
    assert_eq!(english.run("intake").succeeds().out, chinese.run("intake").succeeds().out);
    assert_eq!(english.run("review list").succeeds().out, chinese.run("review list").succeeds().out);
}

#[test]
fn wrong_use_exits_with_2() {
    let office = Office::new();
    office.run("biuld").ends_in_wrong_use("biuld");
    office.run("review accept").ends_in_wrong_use("--by");
    office.run("review list --status gone").ends_in_wrong_use("unknown status `gone`");
    office.run("review reject x --reason y --by z --on 20.7.2023").ends_in_wrong_use("`20.7.2023` is no day");
    office.run("review accept x --join --replace --by z").ends_in_wrong_use("--join");
}

#[test]
fn every_command_has_a_help() {
    let office = Office::new();
    for command in [
        "",
        "build",
        "serve",
        "intake",
        "extract",
        "review",
        "review accept",
        "report",
        "remind",
        "roster",
        "check",
        "verify",
    ] {
        office.run(&format!("{command} --help")).succeeds().prints("Usage: zhuanban");
    }
}
