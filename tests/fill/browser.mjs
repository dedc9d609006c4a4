// A real Chromium through its DevTools pipe: no driver, no package. What the tests of the fill-in page need, no more.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";

/** Serves a folder at a sub-path of a loopback port; `requests` is what was asked for. */
export async function serve(folder, base = "/zfcg/") {
  const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const file = join(folder, normalize(path.slice(base.length)), path.endsWith("/") ? "index.html" : "");
    try {
      const bytes = readFileSync(file);
      response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}${base}`, requests, close: () => server.close() };
}

/** Starts Chromium; `open` gives a page. */
export async function launch() {
  const profile = mkdtempSync(join(tmpdir(), "zhuanban-chromium-"));
  const args = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--remote-debugging-pipe", `--user-data-dir=${profile}`, "about:blank"];
  const child = spawn("chromium", args, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
  const [toBrowser, fromBrowser] = [child.stdio[3], child.stdio[4]];
  const waiting = new Map();
  const listeners = [];
  let next = 1;
  let buffer = "";
  fromBrowser.setEncoding("utf8");
  fromBrowser.on("data", chunk => {
    const parts = (buffer + chunk).split("\0");
    buffer = parts.pop();
    for (const message of parts.map(JSON.parse)) {
      if (message.id) {
        const { resolve, reject } = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) reject(new Error(message.error.message));
        else resolve(message.result);
      } else listeners.forEach(listener => listener(message));
    }
  });
  const gone = new Promise((_, reject) => {
    child.on("error", () => reject(new Error("chromium did not start; on Debian: apt-get install chromium")));
    child.on("exit", code => reject(new Error(`chromium ended (${code})`)));
  });
  gone.catch(() => {});
  const send = (method, params = {}, sessionId) => Promise.race([gone, new Promise((resolve, reject) => {
    waiting.set(next, { resolve, reject });
    toBrowser.write(`${JSON.stringify({ id: next++, method, params, sessionId })}\0`);
  })]);
  return {
    open: url => open(send, listeners, url),
    close: async () => {
      await send("Browser.close").catch(() => {});
      await new Promise(done => (child.exitCode === null ? child.once("exit", done) : done()));
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function open(send, listeners, url) {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);
  const complaints = [];
  const load = () => new Promise(done => listeners.push(m => m.sessionId === sessionId && m.method === "Page.loadEventFired" && done()));
  listeners.push(({ sessionId: from, method, params }) => {
    if (from !== sessionId) return;
    if (method === "Runtime.exceptionThrown") complaints.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.level === "error") complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
  });
  for (const domain of ["Page", "Runtime", "Log"]) await call(`${domain}.enable`);
  // Smooth scrolling would move what is about to be clicked.
  await call("Emulation.setEmulatedMedia", { features: [{ name: "prefers-reduced-motion", value: "reduce" }] });
  const page = {
    complaints,
    call,
    async go(to) { const loaded = load(); await call("Page.navigate", { url: to }); await loaded; },
    async reload() { const loaded = load(); await call("Page.reload"); await loaded; },
    async evaluate(expression) {
      const { result, exceptionDetails } = await call("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    /** Waits until an expression is true; a test that waits in vain says for what. */
    async until(expression) {
      for (let n = 0; n < 600; n++) {
        if (await page.evaluate(expression)) return;
        await page.evaluate("new Promise(done => setTimeout(done, 20))");
      }
      throw new Error(`never true: ${expression}`);
    },
    /** Types into a field as a person does: focus, old text selected, new text, and on with the Tab key. */
    async type(selector, text) {
      await page.evaluate(`(e => { e.focus(); e.select(); })(document.querySelector(${JSON.stringify(selector)}))`);
      if (text === "") await page.key("Delete", 46);
      else await call("Input.insertText", { text });
    },
    async key(key, code) {
      const event = { key, code: key, windowsVirtualKeyCode: code };
      await call("Input.dispatchKeyEvent", { type: "keyDown", ...event });
      await call("Input.dispatchKeyEvent", { type: "keyUp", ...event });
    },
    /** A real click in the middle of an element. */
    async click(selector) {
      const at = await page.evaluate(`(e => { e.scrollIntoView({ block: "center", behavior: "instant" }); const b = e.getBoundingClientRect();
        return [b.left + b.width / 2, b.top + b.height / 2]; })(document.querySelector(${JSON.stringify(selector)}))`);
      const event = { x: at[0], y: at[1], button: "left", clickCount: 1 };
      await call("Input.dispatchMouseEvent", { type: "mousePressed", ...event });
      await call("Input.dispatchMouseEvent", { type: "mouseReleased", ...event });
    },
    text: selector => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`),
    value: selector => page.evaluate(`document.querySelector(${JSON.stringify(selector)}).value`),
    focused: () => page.evaluate("document.activeElement.id"),
    size: (width, height, mobile = false) => call("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile }),
    async screenshot(full = true) {
      const { data } = await call("Page.captureScreenshot", { captureBeyondViewport: full });
      return Buffer.from(data, "base64");
    },
    async pdf() {
      const { data } = await call("Page.printToPDF", { preferCSSPageSize: true, printBackground: false });
      return Buffer.from(data, "base64");
    },
  };
  if (url) await page.go(url);
  return page;
}
