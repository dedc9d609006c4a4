//! What Markdown becomes: emphasis beside Han characters, soft breaks, links, notes, addresses of articles.

use super::super::page;
use super::*;

fn rendered(body: &str) -> Rendered {
    of(&format!("---\ntitle: 题\n---\n{body}"))
}

fn of(text: &str) -> Rendered {
    let page = page::parse("content/pages/a.md", text).unwrap();
    let resolve = |url: &str| match url {
        "bad.md" => Err(said!("no `bad.md`", "没有")),
        url => Ok(Resolved { href: url.to_owned(), inside: Some(("b/index.html".to_owned(), "x".to_owned())) }),
    };
    render(&page, &resolve)
}

fn html(body: &str) -> String {
    let out = rendered(body);
    assert_eq!(out.faults, [], "{body}");
    out.body
}

fn faults(body: &str) -> Vec<String> {
    rendered(body).faults.iter().map(ToString::to_string).collect()
}

#[test]
fn emphasis_works_beside_chinese_punctuation() {
    for (text, expected) in [
        ("**重要：**请填写", "<p><strong>重要：</strong>请填写</p>\n"),
        ("他说**“好”**了", "<p>他说<strong>“好”</strong>了</p>\n"),
        ("请于**7月15日**前", "<p>请于<strong>7月15日</strong>前</p>\n"),
        ("*（一）*项", "<p><em>（一）</em>项</p>\n"),
        ("5 * 3 * 2", "<p>5 * 3 * 2</p>\n"),
        ("`**重：**请`", "<p><code>**重：**请</code></p>\n"),
        ("***重：***请", "<p><em><strong>重：</strong></em>请</p>\n"),
    ] {
        assert_eq!(html(text), expected);
    }
}

#[test]
fn line_breaks_between_chinese_characters_vanish() {
    assert_eq!(html("政府\n采购"), "<p>政府采购</p>\n");
    assert_eq!(html("政府，\nWord 采购\nA\nB"), "<p>政府，Word 采购\nA\nB</p>\n");
    assert_eq!(html("**政府**\n采购"), "<p><strong>政府</strong>采购</p>\n");
}

#[test]
fn raw_html_is_a_fault_and_comments_are_dropped() {
    assert_eq!(html("甲<!-- 备注 -->乙"), "<p>甲乙</p>\n");
    assert_eq!(
        faults("甲<b>乙</b>\n\n<script>x</script>\n"),
        [
            "content/pages/a.md:4:2: raw HTML is not allowed in pages: `<b>`",
            "content/pages/a.md:4:6: raw HTML is not allowed in pages: `</b>`",
            "content/pages/a.md:6:1: raw HTML is not allowed in pages: `<script>x</script>`",
        ]
    );
}

#[test]
fn text_is_escaped_everywhere() {
    assert_eq!(html("a &lt;b&gt; \"c\""), "<p>a &lt;b&gt; &quot;c&quot;</p>\n");
    assert_eq!(html("[a](x.md \"t\\\"<\")"), "<p><a href=\"x.md\" title=\"t&quot;&lt;\">a</a></p>\n");
    assert_eq!(html("![甲\"乙](/a.png)"), "<p><img src=\"/a.png\" alt=\"甲&quot;乙\"></p>\n");
}

#[test]
fn a_dead_link_is_located_in_the_file() {
    // The mark put in for the emphasis before it must not shift the column.
    assert_eq!(faults("甲\n\n**重：**请 [b](bad.md)"), ["content/pages/a.md:6:9: no `bad.md`"]);
}

#[test]
fn headings_have_ids_of_their_own() {
    let out = rendered("## 办理流程\n\n## 办理流程\n\n### 步骤 1 {#step}\n");
    assert_eq!(
        out.body,
        "<h2 id=\"办理流程\">办理流程</h2>\n<h2 id=\"办理流程-2\">办理流程</h2>\n<h3 id=\"step\">步骤 1</h3>\n"
    );
    assert_eq!(out.toc.iter().map(|e| e.level).collect::<Vec<_>>(), [2, 2, 3]);
    assert_eq!(faults("## 甲 {#x}\n\n## 乙 {#x}\n"), ["content/pages/a.md:6:1: anchor `x` is used twice on this page"]);
    assert!(faults("# 甲")[0].contains("only first heading"));
}

#[test]
fn numbered_paragraphs_have_addresses() {
    let out = of(
        "---\ntitle: 题\nanchors: articles\n---\n附件 1\n\n第七条 应履行：\n\n(三) 按照\n\n第十条 由市采购办负责解释，甲。\n\n一、总则\n",
    );
    assert_eq!(out.head, "<p class=\"annex-mark\">附件 1</p>\n");
    assert_eq!(
        out.body,
        "<p id=\"art-7\" class=\"article\"><a class=\"number\" href=\"#art-7\">第七条</a> 应履行：</p>\n\
         <p id=\"art-7-3\" class=\"item\"><a class=\"number\" href=\"#art-7-3\">(三)</a> 按照</p>\n\
         <p id=\"art-10\" class=\"article\"><a class=\"number\" href=\"#art-10\">第十条</a> 由市采购办负责解释，甲。</p>\n\
         <p id=\"sec-1\" class=\"article\"><a class=\"number\" href=\"#sec-1\">一、</a>总则</p>\n"
    );
    let toc: Vec<_> = out.toc.iter().map(|e| format!("{} {}", e.number, e.title)).collect();
    assert_eq!(toc, ["第七条 应履行", "第十条 由市采购办负责解释", "一、 总则"]);
}

#[test]
fn without_anchors_paragraphs_are_plain() {
    assert_eq!(html("第七条 应"), "<p>第七条 应</p>\n");
}

#[test]
fn notes_lead_there_and_back() {
    let body = html("甲[^a]乙[^b]丙[^a]。\n\n[^b]: 编者注：二。\n[^a]: 编者注：一。\n");
    assert!(body.contains("<a id=\"note-ref-1\" href=\"#note-1\" aria-label=\"编者注1\">[1]</a>"), "{body}");
    assert!(body.contains("<a id=\"note-ref-1-2\" href=\"#note-1\""), "{body}");
    assert!(
        body.contains(
            "<h2 id=\"notes\">编者注</h2>\n<ol>\n<li id=\"note-1\"><p>一。 <a class=\"back\" href=\"#note-ref-1\""
        ),
        "{body}"
    );
    assert!(body.contains("<li id=\"note-2\"><p>二。"), "{body}");
}

#[test]
fn a_note_that_is_missing_or_unused_is_a_fault() {
    assert_eq!(faults("甲[^a]"), ["content/pages/a.md:4:1: there is no note `[^a]`"]);
    assert_eq!(faults("甲\n\n[^a]: 乙\n"), ["content/pages/a.md:6:1: no text refers to the note `[^a]`"]);
}

#[test]
fn tables_have_caption_scope_and_a_region_that_scrolls() {
    let table = "| 甲 | 乙 |\n|---|--:|\n| 1 | 2 |\n";
    let body = html(&format!("表：号码\n\n{table}"));
    assert_eq!(
        body,
        "<section class=\"scroll\" tabindex=\"0\" aria-label=\"号码\">\n<table>\n<caption>号码</caption>\n<thead>\n\
         <tr><th scope=\"col\">甲</th><th scope=\"col\" class=\"right\">乙</th></tr>\n</thead>\n<tbody>\n\
         <tr><td>1</td><td class=\"right\">2</td></tr>\n</tbody>\n</table>\n</section>\n"
    );
    assert!(html(&format!("## 题目\n\n{table}")).contains("<caption class=\"unseen\">题目</caption>"));
}
