// What the desk adds where scripts run: keys, checks while typing, the field's place on the page, units by pinyin. Every
// action works without it.

const find = selector => document.querySelector(selector);
const all = selector => [...document.querySelectorAll(selector)];
const form = find("#record");

/* Keys ---------------------------------------------------------------------------------------------------------- */

const typing = target => target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
const press = selector => { const target = find(selector); if (target) target.click(); return Boolean(target); };
const reveal = details => { details.open = true; details.scrollIntoView({ block: "nearest" }); };

/** Keys that work anywhere, also while typing. */
const everywhere = {
  F9: () => press("#accept"),
  F7: () => press("#save"),
  F8: () => nextDoubt(),
  F4: () => confirmDoubt(),
  F2: () => otherReading(),
};

/** Keys that work outside of fields. */
const outside = {
  j: () => press("#next") || step(1),
  k: () => press("#previous") || step(-1),
  b: () => press("#list"),
  m: () => press("#mail"),
  r: () => { const details = find("#refuse"); if (details) { reveal(details); details.querySelector("input").focus(); } return Boolean(details); },
  u: () => { const input = find("#find-unit"); if (input) input.focus(); return Boolean(input); },
  t: () => press("#turn-right"),
  "+": () => press("#zoom-in"),
  "=": () => press("#zoom-in"),
  "-": () => press("#zoom-out"),
  0: () => press("#zoom-whole"),
  x: () => { const box = document.activeElement.closest("tr")?.querySelector("[name=id]"); if (box) box.click(); return Boolean(box); },
  "/": () => { const search = find("#q"); if (search) search.focus(); return Boolean(search); },
  "?": () => { const keys = find(".keys"); if (keys) { keys.open = !keys.open; keys.scrollIntoView({ block: "nearest" }); } return Boolean(keys); },
};

document.addEventListener("keydown", event => {
  if (event.isComposing || event.defaultPrevented || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key === "Enter" && press("#accept")) event.preventDefault();
    return;
  }
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  const keys = everywhere[event.key] ? everywhere : typing(event.target) ? {} : outside;
  if (keys[event.key] && keys[event.key]()) event.preventDefault();
});

/** The next or previous line of the queue. */
function step(by) {
  const lines = all(".queue .go");
  if (lines.length === 0) return false;
  const at = lines.indexOf(document.activeElement);
  const to = at < 0 ? (by > 0 ? 0 : lines.length - 1) : Math.min(Math.max(at + by, 0), lines.length - 1);
  lines[to].focus();
  return true;
}

/* Doubts -------------------------------------------------------------------------------------------------------- */

const control = block => block.querySelector("input:not([type=checkbox]), textarea");
const current = () => document.activeElement?.closest?.(".field");

function nextDoubt() {
  const open = all(".field.doubtful").filter(block => !block.querySelector("[name=sure]")?.checked);
  if (open.length === 0) return false;
  const after = open.filter(block => current() && current().compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING);
  control(after[0] ?? open[0]).focus();
  return true;
}

function confirmDoubt() {
  const sure = current()?.querySelector("[name=sure]");
  if (sure) sure.checked = true;
  if (!nextDoubt()) find("#accept")?.focus();
  return true;
}

/** Takes the next of the other readings; after the last one comes what stood there first. */
function otherReading() {
  const block = current();
  if (!block) return false;
  const field = control(block);
  const values = [field.defaultValue, ...[...block.querySelectorAll(".other")].map(button => button.dataset.value)];
  if (values.length < 2) return true;
  field.value = values[(values.indexOf(field.value) + 1) % values.length];
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

for (const button of all(".other")) {
  button.disabled = false;
  button.addEventListener("click", () => {
    const field = control(button.closest(".field"));
    field.value = button.dataset.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
}

/* Checks while typing: the server's ----------------------------------------------------------------------------- */

const latest = new WeakMap();

async function check(field) {
  const block = field.closest(".field");
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, form: form.elements.form.value, field: block.dataset.field, value: field.value });
  const turn = (latest.get(field) ?? 0) + 1;
  latest.set(field, turn);
  const answer = await fetch("/check", { method: "POST", body }).catch(() => null);
  // A later keystroke has asked again.
  if (!answer?.ok || latest.get(field) !== turn) return;
  const { messages } = await answer.json();
  const items = messages.map(message => { const item = document.createElement("li"); item.textContent = `△ ${message}`; return item; });
  block.querySelector(".live").replaceChildren(...items);
  block.classList.toggle("doubtful", items.length > 0);
}

if (form) {
  const waiting = new WeakMap();
  form.addEventListener("input", event => {
    const field = event.target;
    if (!field.name?.startsWith("f.")) return;
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(check, 150, field));
  });
}

/* The page ------------------------------------------------------------------------------------------------------ */

const scan = find("#scan");
if (scan) page();

function page() {
  const [width, height] = [Number(scan.dataset.width), Number(scan.dataset.height)];
  const group = scan.querySelector("g");
  let turn = Number(scan.dataset.turn);
  let view;
  const size = () => (turn % 180 === 0 ? [width, height] : [height, width]);
  const show = box => { view = box; scan.setAttribute("viewBox", box.map(n => n.toFixed(1)).join(" ")); };
  const whole = () => show([0, 0, ...size()]);
  const zoom = factor => {
    const [w, h] = [view[2] * factor, view[3] * factor];
    show([view[0] + (view[2] - w) / 2, view[1] + (view[3] - h) / 2, w, h]);
  };
  const turned = () => {
    const move = { 0: "", 90: `translate(${height} 0) rotate(90)`, 180: `translate(${width} ${height}) rotate(180)`, 270: `translate(0 ${width}) rotate(270)` };
    group.setAttribute("transform", move[turn]);
    whole();
  };
  /** A place of the page as it lies now. */
  const laid = ([x, y, w, h]) => ({ 0: [x, y, w, h], 90: [height - y - h, x, h, w], 180: [width - x - w, height - y - h, w, h], 270: [y, width - x - w, h, w] })[turn];
  const focus = place => {
    all(".place.now").forEach(old => old.classList.remove("now"));
    if (!place) return;
    place.classList.add("now");
    const [x, y, w, h] = laid(["x", "y", "width", "height"].map(name => Number(place.getAttribute(name))));
    // About a third of the page around it, so that the labels beside it are seen too.
    const wide = Math.min(size()[0], Math.max(w * 1.6, size()[0] * 0.45));
    const high = Math.min(size()[1], Math.max(h * 3, wide * 0.5));
    const within = (from, length, all) => Math.min(Math.max(from, 0), Math.max(all - length, 0));
    show([within(x + w / 2 - wide / 2, wide, size()[0]), within(y + h / 2 - high / 2, high, size()[1]), wide, high]);
  };
  whole();
  for (const [id, act] of [["zoom-in", () => zoom(0.7)], ["zoom-out", () => zoom(1 / 0.7)], ["zoom-whole", whole]]) {
    const button = find(`#${id}`);
    button.hidden = false;
    button.addEventListener("click", act);
  }
  for (const [id, by] of [["turn-left", 270], ["turn-right", 90]]) {
    find(`#${id}`).addEventListener("click", event => { event.preventDefault(); turn = (turn + by) % 360; turned(); });
  }
  scan.addEventListener("pointermove", event => {
    if (event.buttons !== 1) return;
    const scale = Math.max(view[2] / scan.clientWidth, view[3] / scan.clientHeight);
    show([view[0] - event.movementX * scale, view[1] - event.movementY * scale, view[2], view[3]]);
  });
  form.addEventListener("focusin", event => {
    const block = event.target.closest(".field");
    if (block && typing(event.target)) focus(find(`#place-${block.dataset.field}`));
  });
  const first = current();
  if (first) focus(find(`#place-${first.dataset.field}`));
}

/* Units by name or pinyin: the server searches ------------------------------------------------------------------- */

const search = find("#find-unit");
if (search) combobox(search, find("#found-units"), find("#found-status"), find("#unit"));

function combobox(input, list, status, select) {
  let found = [];
  let at = -1;
  let turn = 0;
  input.closest("p").hidden = false;
  const close = () => { list.hidden = true; at = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = to => {
    at = to;
    [...list.children].forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
    if (at >= 0) input.setAttribute("aria-activedescendant", list.children[at].id);
  };
  const choose = unit => { close(); select.value = unit.id; input.value = unit.name; status.textContent = `已选定${unit.name}`; };
  input.addEventListener("input", async () => {
    const mine = ++turn;
    const answer = await fetch(`/units?q=${encodeURIComponent(input.value)}`).catch(() => null);
    if (!answer?.ok || mine !== turn) return;
    found = await answer.json();
    list.replaceChildren(...found.map((unit, n) => {
      const item = document.createElement("li");
      item.id = `found-${n}`;
      item.setAttribute("role", "option");
      item.textContent = unit.name;
      return item;
    }));
    status.textContent = found.length > 0 ? `有${found.length}个单位可选，用上下键选择` : "没有查到单位";
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    mark(found.length > 0 ? 0 : -1);
  });
  input.addEventListener("keydown", event => {
    if (event.isComposing) return;
    // Nothing is chosen yet: then Enter does not save either.
    if (event.key === "Enter" && list.hidden) event.preventDefault();
    if (list.hidden) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) mark((at + by + found.length) % found.length);
    else if (event.key === "Enter" && at >= 0) choose(found[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", event => event.preventDefault());
  list.addEventListener("click", event => { const n = [...list.children].indexOf(event.target.closest("li")); if (n >= 0) choose(found[n]); });
}

/* The queue: all of the page at once, where there is a script to do it -------------------------------------------- */

const everyone = find("#all");
if (everyone) {
  everyone.hidden = false;
  everyone.addEventListener("change", () => all("[name=id]").forEach(box => { box.checked = everyone.checked; }));
}

find("#problem")?.focus();
