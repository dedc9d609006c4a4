// Types into the page as a person does and asserts what it says; prints PDFs and says which codes they must hold.
// node tests/fill/page.mjs SITE OUT

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { encode } from "../../templates/static/fill/payload.js";
import { launch, serve } from "./browser.mjs";

const [folder, out] = process.argv.slice(2);
const site = await serve(folder);
const browser = await launch();
const printed = [];

const FIRST = {
  unit_name: "大冶市教育局", date: "二〇二三年七月十日", unit_address: "大冶市城北路 89 号教育大楼３楼",
  unit_code: "11420281T0000001XM", officer_name: "示 例 甲", officer_post: "财务科|科长", officer_phone: "8731721-801",
  officer_mobile: "194 0000 0001", officer_email: "Shili.Jia＠Example．COM", leader_name: "阿卜杜拉•示例",
  leader_post: "党组成员、副局长", leader_phone: "0714 8731722",
};
const FIRST_VALUES = ["大冶市教育局", "2023-07-10", "大冶市城北路89号教育大楼3楼", "11420281T0000001XM", "示例甲", "财务科|科长",
  "0714-8731721转801", "19400000001", "Shili.Jia@example.com", "阿卜杜拉·示例", "党组成员、副局长", "0714-8731722"];

async function fill(page, values) {
  for (const [id, text] of Object.entries(values)) await page.type(`#f-${id}`, text);
  await page.key("Tab", 9);
}

async function print(page, name, payloads) {
  writeFileSync(join(out, `${name}.pdf`), await page.pdf());
  printed.push([`${name}.pdf`, payloads]);
}

const summary = page => page.evaluate("document.querySelector('#summary').hidden ? '' : document.querySelector('#summary').innerText");
const error = (page, id) => page.text(`#f-${id}-error`);

async function begin() {
  const page = await browser.open();
  await page.call("Page.addScriptToEvaluateOnNewDocument", { source: "window.printed = 0; window.print = () => { window.printed++; };" });
  await page.go(`${site.url}fill/`);
  await page.until("!document.querySelector('#fill').hidden");
  return page;
}

try {
  const page = await begin();
  await page.size(360, 740, true);

  // Nothing filled in: the summary has the focus, each link leads to its field, nothing is printed.
  await page.click("#print-forms");
  assert.match(await summary(page), /有2处需要改正/u);
  assert.equal(await page.focused(), "summary");
  await page.click("#summary a");
  assert.equal(await page.focused(), "f-unit_name");
  assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-invalid')"), "true");
  assert.equal(await page.evaluate("window.printed"), 0);

  // A unit by its pinyin.
  await page.type("#f-unit_name", "jiaoyj");
  await page.until("document.querySelector('#units').children.length > 0");
  await page.key("ArrowDown", 40);
  await page.key("Enter", 13);
  assert.equal(await page.value("#f-unit_name"), "大冶市教育局");
  await fill(page, { unit_code: "11420281T0000001XM" });

  // Said beside the field, for what was typed.
  await fill(page, { officer_mobile: "1940000", officer_post: "科长😀", date: "下周一" });
  assert.match(await error(page, "officer_mobile"), /不是11位手机号码/u);
  assert.match(await error(page, "officer_post"), /不能打印的字符“😀”/u);
  assert.match(await error(page, "date"), /日期无法识别/u);
  await page.click("#print-forms");
  assert.match(await summary(page), /有2处需要改正/u);
  assert.doesNotMatch(await summary(page), /继续打印/u);

  // Put right: normalised, printed, the same in the code.
  await fill(page, FIRST);
  assert.equal(await page.value("#f-officer_phone"), "0714-8731721转801");
  await page.click("#print-forms");
  assert.equal(await summary(page), "");
  assert.equal(await page.evaluate("window.printed"), 1);
  const first = encode("RF", 1, FIRST_VALUES);
  await print(page, "one", [first]);

  // A reload keeps the draft, in this tab alone.
  await page.reload();
  await page.until("!document.querySelector('#fill').hidden");
  assert.equal(await page.value("#f-officer_name"), "示例甲");
  assert.equal(await page.evaluate("localStorage.length"), 0);

  // Three forms, the third with a doubt: asked once, then printed.
  await page.click("#add-same");
  assert.equal(await page.value("#f-officer_mobile"), "");
  assert.equal(await page.value("#f-leader_name"), "阿卜杜拉·示例");
  await fill(page, { officer_name: "示例乙" });
  await page.click("#add");
  await fill(page, { unit_name: "大冶市示例学校", officer_name: "示例丙", unit_code: "11420281T0000001XX" });
  await page.click("#print-forms");
  assert.match(await summary(page), /有1处请核对[^]*第3张：组织机构代码：代码校验位不符/u);
  await page.click("#print-anyway");
  const second = FIRST_VALUES.map((value, n) => (n === 4 ? "示例乙" : n > 4 && n < 9 ? "" : value));
  const third = FIRST_VALUES.map((_, n) => ["大冶市示例学校", "", "", "11420281T0000001XX", "示例丙"][n] ?? "");
  await print(page, "three", [first, encode("RF", 1, second), encode("RF", 1, third)]);

  // Kept on request, gone when cleared.
  await page.click("#keep");
  assert.equal(await page.evaluate("localStorage.length"), 1);
  await page.click("#clear");
  await page.click("#confirm-yes");
  assert.equal(await page.evaluate("localStorage.length + sessionStorage.length"), 0);
  assert.equal(await page.value("#f-officer_name"), "");
  assert.equal(await page.evaluate("document.querySelectorAll('#print *').length"), 0);

  // Pasted: 5 KB, a newline, marks that reorder. Too long for the code: the longest fields are named.
  await fill(page, { unit_name: "示".repeat(1700), officer_name: "示\u202e例\n甲" });
  assert.match(await error(page, "unit_name"), /有1700个字，表格中放不下/u);
  assert.equal(await page.value("#f-officer_name"), "示例甲");
  const long = { unit_name: "示".repeat(60), unit_address: "大冶市".repeat(16), officer_post: "科".repeat(30) };
  await fill(page, long);
  await page.click("#print-forms");
  assert.match(await summary(page), /二维码放不下，请缩短“单位名称（公章）”、“单位地址”、“政府采购联络员职务”，合计至少减少\d+个汉字/u);
  assert.equal(await page.evaluate("window.printed"), 1);

  // As much as a code holds, 412 bytes: the largest symbol on the page.
  const most = Object.values({ ...Object.fromEntries(FIRST_VALUES.map((_, n) => [n, ""])) });
  [most[0], most[2], most[4]] = ["示".repeat(60), "大冶市".repeat(16), "示例甲"];
  const room = 412 - new TextEncoder().encode(encode("RF", 1, most)).length;
  most[5] = "科".repeat(Math.floor(room / 3)) + "A".repeat(room % 3);
  await fill(page, { officer_post: most[5] });
  await page.click("#print-forms");
  if ((await summary(page)) !== "") await page.click("#print-anyway");
  await print(page, "most", [encode("RF", 1, most)]);
  assert.equal(new TextEncoder().encode(encode("RF", 1, most)).length, 412);

  // The page sends nothing, and could not: the browser refuses.
  const asked = site.requests.filter(request => !/^GET \/zfcg\/(fill\/|static\/[\w./-]+)$/u.test(request));
  assert.deepEqual(asked, []);
  assert.deepEqual(page.complaints, []);
  assert.equal(await page.evaluate("fetch('./').then(() => 'sent', () => 'refused')"), "refused");

  // Without the library: no codes, no text about them, and the page says so.
  const bare = await browser.open();
  await bare.call("Network.enable");
  await bare.call("Network.setBlockedURLs", { urls: ["*uqr.js"] });
  await bare.go(`${site.url}fill/`);
  await bare.until("!document.querySelector('#fill').hidden");
  assert.equal(await bare.evaluate("document.querySelector('#no-codes').hidden"), false);
  await fill(bare, { unit_name: "大冶市示例学校", officer_name: "示例丙" });
  await bare.evaluate("window.print = () => {}");
  await bare.click("#print-forms");
  const found = "[document.querySelectorAll('#print .sheet').length, document.querySelectorAll('#print .sheet-code, #print .sheet-about').length]";
  assert.deepEqual(await bare.evaluate(found), [1, 0]);

  // Without JavaScript: the blank forms.
  const plain = await browser.open();
  await plain.call("Emulation.setScriptExecutionDisabled", { value: true });
  await plain.go(`${site.url}fill/`);
  assert.equal(await plain.evaluate("document.querySelector('#fill').hidden"), true);
  assert.match(await plain.evaluate("document.querySelector('#no-script a').getAttribute('href')"), /downloads\/registration\.docx$/u);
} finally {
  await browser.close();
  site.close();
}
process.stdout.write(JSON.stringify(printed));
