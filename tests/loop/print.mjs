// Fills forms in as a person does and prints them. node tests/loop/print.mjs SITE JOBS
// JOBS: JSON of [{path, out, forms: [{field: text}]}]; all forms of a job are filled in on one page and printed in one go.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

import { launch, serve } from "../fill/browser.mjs";

const [folder, jobs] = process.argv.slice(2);
const site = await serve(folder);
const browser = await launch();

async function print(page, { path, out, forms }) {
  await page.go(`${site.url}${path}`);
  await page.until("!document.querySelector('#fill').hidden");
  for (const [n, form] of forms.entries()) {
    if (n > 0) await page.click("#add");
    for (const [id, text] of Object.entries(form)) await page.type(`#f-${id}`, text);
    await page.key("Tab", 9);
  }
  await page.click("#print-forms");
  const said = await page.evaluate("document.querySelector('#summary').hidden ? '' : document.querySelector('#summary').innerText");
  // Doubts are asked about once; what stops the print stops the test.
  if (said !== "") {
    assert.match(said, /确认无误可以继续打印/u, `${path}: ${said}`);
    await page.click("#print-anyway");
  }
  assert.equal(await page.evaluate("window.printed"), 1, `${path}: ${said}`);
  writeFileSync(out, await page.pdf());
  assert.deepEqual(page.complaints, [], path);
}

try {
  for (const job of JSON.parse(readFileSync(jobs, "utf8"))) {
    const page = await browser.open();
    await page.call("Page.addScriptToEvaluateOnNewDocument", { source: "window.printed = 0; window.print = () => { window.printed++; };" });
    await print(page, job);
  }
} finally {
  await browser.close();
  site.close();
}
