// Works at the desk as a clerk does. node tests/desk/browser.mjs ADDRESS HOSTILE-RECORD

import assert from "node:assert/strict";

import { launch } from "../fill/browser.mjs";

const [address, hostile] = process.argv.slice(2);
const base = new URL("/", address).href;
const browser = await launch();

/** Loads what a key, a click or a form leads to. */
async function leads(page, act, to) {
  await page.evaluate("window.here = true");
  await act();
  await settles(page, `!window.here && document.readyState === 'complete' && ${to}`);
}

/** Waits until an expression is true, also across a change of page, where what was asked is never answered. */
async function settles(page, expression) {
  for (let n = 0; n < 1500; n++) {
    const left = error => { if (!/navigated|context/u.test(error.message)) throw error; };
    if (await page.evaluate(expression).catch(left)) return;
    await new Promise(done => setTimeout(done, 20));
  }
  throw new Error(`never true: ${expression}`);
}

/** The Enter key as a keyboard sends it: without its text browsers submit no form and follow no link. */
async function enter(page) {
  const event = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 };
  await page.call("Input.dispatchKeyEvent", { type: "keyDown", text: "\r", ...event });
  await page.call("Input.dispatchKeyEvent", { type: "keyUp", ...event });
}

try {
  const page = await browser.open();
  await page.size(1280, 800);
  await page.go(address);
  await page.type("#by", "示例员");
  await leads(page, () => enter(page), "location.pathname === '/'");

  // By keyboard: search, open, correct a value that is checked while it is typed, accept.
  await page.key("/", 191);
  assert.equal(await page.focused(), "q");
  await page.type("#q", "东岳");
  await leads(page, () => enter(page), "location.search.includes('q=')");
  await page.key("j", 74);
  await leads(page, () => enter(page), "location.pathname.startsWith('/records/')");
  await page.type("#f-officer_phone", "55501");
  await page.until("document.querySelector('[data-field=officer_phone] .live').textContent.includes('△')");
  await page.type("#f-officer_phone", "5550177");
  await page.until("document.querySelector('[data-field=officer_phone] .live').textContent === ''");
  await leads(page, () => page.key("F9", 120), "document.querySelector('.done')");
  assert.match(await page.text(".done"), /示例丙：备案/u);

  // A unit by pinyin.
  await page.go(`${base}records/${hostile}`);
  await page.key("Escape", 27);
  await page.key("u", 85);
  await page.type("#find-unit", "minzhengj");
  await page.until("document.querySelectorAll('#found-units li').length > 0");
  await enter(page);
  assert.equal(await page.value("#unit"), "mzj");

  // The hostile mail runs nothing, on any page.
  for (const path of [`records/${hostile}`, `records/${hostile}/mail`, `records/${hostile}/parts/3`, ""]) {
    await page.go(base + path);
    assert.doesNotMatch(await page.evaluate("document.title"), /^x$/u);
    assert.equal(await page.evaluate("document.querySelectorAll('[onerror], [onload], iframe').length"), 0);
  }

  // The place of the focused field is outlined on a scan, and the page is turned.
  await page.go(`${base}?q=${encodeURIComponent("陈贵镇登记表扫描件")}`);
  await leads(page, () => page.click(".queue .go"), "document.querySelector('#scan')");
  await page.key("Escape", 27);
  await page.key("t", 84);
  assert.match(await page.evaluate("document.querySelector('#scan g').getAttribute('transform')"), /rotate\(90\)/u);
  assert.deepEqual(page.complaints, []);

  // Without JavaScript: the same session, the same record's page, plain forms.
  const plain = await browser.open();
  await plain.call("Emulation.setScriptExecutionDisabled", { value: true });
  await plain.go(`${base}?q=${encodeURIComponent("示例戊")}`);
  await plain.click(".queue .go");
  await settles(plain, "document.querySelector('#accept') !== null");
  await plain.click("#accept");
  await settles(plain, "document.querySelector('.done') !== null");
  assert.match(await plain.text(".done"), /示例戊：备案/u);
} finally {
  await browser.close();
}
