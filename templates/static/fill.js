// The fill-in page: checks while one types, keeps drafts in this browser, prints forms with their codes. Sends nothing.

import { check } from "./fill/checks.js";
import { isEmpty, normal, review, said } from "./fill/review.js";
import { fit, sheet } from "./fill/sheet.js";
import { store } from "./fill/store.js";
import { combobox } from "./fill/units.js";

const by = id => document.getElementById(id);
const data = JSON.parse(by("form-data").textContent);
const drafts = store(data);
/** Pause in typing (ms) after which a doubt may be shown. */
const PAUSE = 900;

/** Each form: what was typed, by field. */
let forms = [{}];
let at = 0;
/** `encode` of the vendored library; null prints without codes. */
let encodeQr = null;

const inputs = new Map(data.fields.map(field => [field.id, by(`f-${field.id}`)]));

// ---- What is said beside a field

function show(field, complain = true) {
  const input = inputs.get(field.id);
  const output = by(`f-${field.id}-error`);
  const all = said(data, field, input.value).filter(one => complain || one.text !== "必须填写。");
  const stops = all.some(one => one.stop);
  const value = normal(data, field, input.value);
  output.className = stops ? "said error" : all.length > 0 ? "said doubt" : "said";
  input.toggleAttribute("data-doubt", all.length > 0 && !stops);
  input.setAttribute("aria-invalid", String(stops));
  if (all.length > 0) output.textContent = (stops ? "错误：" : "提示：") + all.map(one => one.text).join("");
  else output.textContent = value !== "" && value !== input.value ? `将记为：${value}` : "";
}

// ---- Forms and drafts

function name(form, n) {
  const known = [["text", data.unit], ["name", data.officer]].map(([kind, id]) => check(kind, form[id ?? ""] ?? "").value);
  return [`第${n + 1}张`, ...known.filter(Boolean)].join("　");
}

function list() {
  by("forms").replaceChildren(...forms.map((form, n) => {
    const [item, button] = [document.createElement("li"), document.createElement("button")];
    button.type = "button";
    button.textContent = name(form, n);
    if (n === at) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => go(n));
    item.append(button);
    return item;
  }));
  by("forms-list").hidden = forms.length === 1;
  by("remove").hidden = forms.length === 1;
  by("form-heading").textContent = forms.length > 1 ? `${data.title}（第${at + 1}张）` : data.title;
  by("print-forms").textContent = forms.length > 1 ? `打印全部${forms.length}张登记表` : "打印登记表";
}

/** Shows a form; `field` or its heading gets the focus. */
function go(n, field) {
  at = n;
  for (const f of data.fields) {
    inputs.get(f.id).value = forms[at][f.id] ?? "";
    show(f, false);
  }
  list();
  keep();
  (field ? inputs.get(field) : by("form-heading")).focus();
}

function keep() {
  const saved = drafts.save(forms, at, by("keep").checked);
  if (!saved) by("kept").textContent = "浏览器不允许保存，关闭或刷新本网页即清除。";
}

function add(form) {
  forms.push(form);
  hideSummary();
  go(forms.length - 1);
}

/** What is the same for another officer of the unit: all but the officer's group. */
function sameUnit() {
  const group = data.fields.find(field => field.id === data.officer)?.group ?? null;
  const own = field => field.id === data.officer || (group !== null && field.group === group);
  return Object.fromEntries(data.fields.filter(f => !own(f)).map(f => [f.id, forms[at][f.id] ?? ""]));
}

// ---- The summary and printing

/** Lays the forms out; what does not fit its cell comes back. */
function layOut(filled) {
  const problems = [];
  by("print").replaceChildren();
  for (const [values, n] of filled) {
    const { page, cells } = sheet(data, by("sheet"), values, encodeQr);
    by("print").append(page);
    for (const id of fit(data, cells)) {
      const field = data.fields.find(field => field.id === id);
      if (field) problems.push({ n, field, stop: true, text: "内容太长，打印时放不下，请缩短。" });
    }
  }
  if (problems.length > 0) by("print").replaceChildren();
  return problems;
}

/** Whether the pages are ready to be printed; otherwise the summary says why. */
function prepare(acceptDoubts) {
  const { all, filled } = review(data, forms, at);
  const stops = all.filter(one => one.stop);
  const problems = stops.length > 0 ? stops : layOut(filled);
  const shown = problems.length > 0 ? all.filter(one => !one.stop).concat(problems) : acceptDoubts ? [] : all;
  if (shown.length === 0) {
    hideSummary();
    return true;
  }
  by("print").replaceChildren();
  summarise(shown, problems.length);
  return false;
}

function summarise(all, stops) {
  const order = one => one.n * 1000 + data.fields.indexOf(one.field);
  const lines = [...all].sort((a, b) => Number(b.stop) - Number(a.stop) || order(a) - order(b));
  by("summary-heading").textContent = stops > 0
    ? `有${stops}处需要改正，改正后才能打印`
    : `有${all.length}处请核对，确认无误可以继续打印`;
  by("summary").classList.toggle("doubts", stops === 0);
  by("summary").querySelector("ul").replaceChildren(...lines.map(({ n, field, text, whole }) => {
    const [item, link] = [document.createElement("li"), document.createElement("a")];
    const place = forms.length > 1 ? `第${n + 1}张：` : "";
    link.href = `#f-${field.id}`;
    link.textContent = whole ? `${place}${text}` : `${place}${field.label}：${text}`;
    link.addEventListener("click", event => {
      event.preventDefault();
      go(n, field.id);
      show(field);
    });
    item.append(link);
    return item;
  }));
  by("despite-doubts").hidden = stops > 0;
  by("summary").hidden = false;
  for (const field of data.fields) show(field);
  by("summary").focus();
}

const hideSummary = () => { by("summary").hidden = true; };

function print(acceptDoubts) {
  if (prepare(acceptDoubts)) window.print();
}

// ---- Beginning

/** Asks before something is lost. */
function confirm(text, yes, action) {
  by("confirm-text").textContent = text;
  by("confirm-yes").textContent = yes;
  by("confirm-yes").onclick = () => { by("confirm").close(); action(); };
  by("confirm").showModal();
  by("confirm-no").focus();
}

function listen(field) {
  const input = inputs.get(field.id);
  let pause;
  const changed = () => {
    forms[at][field.id] = input.value;
    if (field.id === data.unit || field.id === data.officer) list();
    keep();
  };
  input.addEventListener("input", () => {
    changed();
    clearTimeout(pause);
    const complained = by(`f-${field.id}-error`).classList.length > 1;
    if (complained || said(data, field, input.value).length === 0) show(field);
    else pause = setTimeout(() => show(field), PAUSE);
  });
  input.addEventListener("change", () => {
    clearTimeout(pause);
    show(field);
    // What is shown is what will be printed.
    input.value = normal(data, field, input.value);
    changed();
    show(field);
  });
}

function chooseUnit(unit) {
  forms[at][data.unit] = unit.name;
  show(data.fields.find(field => field.id === data.unit));
  by("status").textContent = `已选${unit.name}`;
  list();
  keep();
}

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(n => String(n).padStart(2, "0")).join("-");
}

function begin() {
  const saved = drafts.load();
  if (saved) [forms, at, by("keep").checked] = [saved.forms, Math.min(saved.at, saved.forms.length - 1), saved.kept];
  data.fields.forEach(listen);
  combobox(inputs.get(data.unit), by("units"), by("status"), data.units, chooseUnit);
  for (const button of document.querySelectorAll("[data-today]")) {
    button.addEventListener("click", () => {
      const input = inputs.get(button.dataset.today);
      input.value = today();
      input.dispatchEvent(new Event("change"));
    });
  }
  // A field that loses the focus may say something and move the button away from under the pointer; so it keeps it.
  by("form").addEventListener("mousedown", event => { if (event.target.closest("button")) event.preventDefault(); });
  by("form").addEventListener("submit", event => { event.preventDefault(); print(false); });
  by("print-anyway").addEventListener("click", () => print(true));
  by("add").addEventListener("click", () => add({}));
  by("add-same").addEventListener("click", () => add(sameUnit()));
  by("keep").addEventListener("change", keep);
  by("remove").addEventListener("click", () => confirm(`删除${name(forms[at], at)}？`, "删除", () => {
    forms.splice(at, 1);
    hideSummary();
    go(Math.max(0, at - 1));
  }));
  by("clear").addEventListener("click", () => confirm("清除本页填写的全部内容？清除后不能恢复。", "清除", () => {
    forms = [{}];
    by("keep").checked = false;
    hideSummary();
    go(0);
    drafts.clear();
    by("status").textContent = "已清除全部内容";
  }));
  // Also for who prints from the browser's menu: the pages, or a word why there are none.
  window.addEventListener("beforeprint", () => { if (!by("print").hasChildNodes()) prepare(true); });
  window.addEventListener("afterprint", () => by("print").replaceChildren());
  for (const field of data.fields) {
    inputs.get(field.id).value = forms[at][field.id] ?? "";
    show(field, false);
  }
  list();
  by("no-script").hidden = true;
  by("fill").hidden = false;
}

try {
  ({ encode: encodeQr } = await import("./vendor/uqr.js"));
} catch {
  by("no-codes").hidden = false;
}
begin();
