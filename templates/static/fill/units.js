// Finds units by name, other name or pinyin, in full (jiaoyuju), by initials (jyj) or mixed.

/** Units for what was typed, the best first. */
export function find(units, typed, most = 8) {
  const text = typed.normalize("NFKC").toLowerCase().replace(/\p{White_Space}/gu, "");
  if (text === "") return [];
  const scored = units.map(unit => [score(unit, text), unit]).filter(([s]) => s > 0);
  return scored.sort((a, b) => b[0] - a[0]).slice(0, most).map(([, unit]) => unit);
}

function score(unit, text) {
  if (unit.name === text) return 5;
  if (unit.name.startsWith(text)) return 4;
  if (unit.name.includes(text)) return 3;
  if (unit.aliases.some(alias => alias.includes(text))) return 2;
  return /^[a-z']+$/u.test(text) && inPinyin(unit.pinyin, text.replaceAll("'", "")) ? 1 : 0;
}

/** Whether letters are the pinyin of neighbouring characters; a character may have several readings. */
function inPinyin(pinyin, letters) {
  const readings = pinyin.split(" ").map(all => all.split("/"));
  const from = (at, rest) => rest === "" || (at < readings.length && readings[at].some(reading => {
    if (reading.startsWith(rest)) return true;
    if (rest.startsWith(reading) && from(at + 1, rest.slice(reading.length))) return true;
    return rest[0] === reading[0] && from(at + 1, rest.slice(1));
  }));
  return readings.some((_, at) => from(at, letters));
}

/** Makes a text field a combobox (ARIA APG, list autocomplete with manual selection). */
export function combobox(input, list, status, units, chosen) {
  let found = [];
  let active = -1;
  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = unit => { close(); input.value = unit.name; chosen(unit); };
  const mark = at => {
    active = at;
    [...list.children].forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const open = () => {
    found = find(units, input.value).filter(unit => unit.name !== input.value);
    list.replaceChildren(...found.map((unit, at) => option(list.id, unit, at)));
    status.textContent = found.length > 0 ? `有${found.length}个单位可选，用上下键选择` : "";
    if (found.length === 0) { close(); return; }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
  };
  input.addEventListener("input", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", event => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) open();
    if (step && !list.hidden) {
      mark(active < 0 && step < 0 ? found.length - 1 : (active + step + found.length) % found.length);
      event.preventDefault();
    } else if (event.key === "Enter" && active >= 0) {
      choose(found[active]);
      event.preventDefault();
    } else if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault();
    }
  });
  // The field keeps the focus, so that `blur` does not close the list before the choice.
  list.addEventListener("mousedown", event => event.preventDefault());
  list.addEventListener("click", event => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (at >= 0) choose(found[at]);
  });
}

function option(listId, unit, at) {
  const item = document.createElement("li");
  item.id = `${listId}-${at}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  item.textContent = unit.name;
  return item;
}
