// Lays a filled form out on its A4 page, from the layout that src/blank/web.rs made of the definition.

import { bytes } from "./checks.js";
import { correction, encode, escaped } from "./payload.js";

const SVG = "http://www.w3.org/2000/svg";
/** Values smaller than this (pt) are hard to read on paper and harder by OCR. */
const SMALLEST = 9;
/** Version 5 keeps the quiet zone of four modules within the room the page leaves for it. */
const LEAST_VERSION = 5;

/** The text of the form's codes. */
export function payload(data, values) {
  return encode(data.letters, data.version, data.fields.map(field => values[field.id] ?? ""));
}

/** Bytes too many for a code, and the fields that take the most. */
export function excess(data, values, text) {
  if (correction(text)) return null;
  const size = field => bytes(escaped(values[field.id] ?? ""));
  const longest = data.fields.filter(field => size(field) > 0).sort((a, b) => size(b) - size(a)).slice(0, 3);
  return { bytes: bytes(text) - data.most, longest };
}

/** A page, and the fields whose values do not fit their cells even at the smallest size. */
export function sheet(data, template, values, encodeQr) {
  const { layout } = data;
  const page = document.createElement("section");
  page.className = "sheet";
  page.append(template.content.cloneNode(true));
  for (const part of page.querySelectorAll("[data-place]")) place(part, data.places[part.dataset.place]);
  page.querySelector(".sheet-title").style.fontSize = `${layout.title.size}pt`;
  page.append(rules(layout.ruled));
  const cells = layout.cells.map(cell => written(data, cell, values));
  page.append(...cells);
  for (const mark of data.marks) page.append(block("sheet-mark", mark));
  if (!encodeQr) {
    page.querySelector(".sheet-about").remove();
  } else {
    const text = payload(data, values);
    const { data: modules } = encodeQr(text, { ecc: correction(text), border: 0, minVersion: LEAST_VERSION });
    for (const area of data.codes) page.append(symbol(modules, area));
  }
  return { page, cells };
}

/** Sets values smaller until they fit; the fields that do not. The page must be in the document. */
export function fit(data, cells) {
  const tooLong = [];
  for (const cell of cells) {
    let size = data.layout.size;
    const overflows = () => cell.scrollHeight > cell.clientHeight + 1 || cell.scrollWidth > cell.clientWidth + 1;
    while (overflows() && size > SMALLEST) {
      size -= 0.5;
      cell.style.fontSize = `${size}pt`;
      cell.style.lineHeight = "1.25";
    }
    if (overflows() && cell.dataset.field) tooLong.push(cell.dataset.field);
  }
  return tooLong;
}

function written(data, cell, values) {
  const element = block(`sheet-cell sheet-${cell.role}`, cell);
  element.style.fontSize = `${data.layout.size}pt`;
  element.style.lineHeight = `${data.layout.leading}pt`;
  const text = document.createElement("span");
  text.textContent = cell.text + (cell.field ? printed(data, cell.field, values) : "");
  element.append(text);
  if (cell.field) element.dataset.field = cell.field;
  return element;
}

/** As src/blank/text.rs prints it: a day in Chinese, blanks to be filled in by hand where there is none. */
function printed(data, id, values) {
  const value = values[id] ?? "";
  const field = data.fields.find(field => field.id === id);
  if (field?.kind !== "date") return value;
  if (value === "") return "　　　　年　　月　　日";
  const day = /^(\d{4})-(\d\d)-(\d\d)$/u.exec(value);
  return day ? `${Number(day[1])}年${Number(day[2])}月${Number(day[3])}日` : value;
}

function block(name, area) {
  const element = document.createElement("div");
  element.className = name;
  place(element, area);
  return element;
}

function place(element, area) {
  for (const side of ["left", "top", "width", "height"]) element.style[side] = `${area[side]}mm`;
}

/** The table's rules as lines of one width wherever two boxes meet. */
function rules(boxes) {
  const svg = drawing(boxes.map(b => `M${b.left} ${b.top}h${b.width}v${b.height}h${-b.width}z`).join(""), 210, 297);
  svg.setAttribute("class", "sheet-rules");
  place(svg, { left: 0, top: 0, width: 210, height: 297 });
  return svg;
}

function drawing(path, width, height) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.append(document.createElementNS(SVG, "path"));
  svg.firstChild.setAttribute("d", path);
  return svg;
}

/** One path, so that no hairlines show between modules. */
function symbol(modules, area) {
  const side = modules.length;
  const path = modules.flatMap((row, y) => runs(row).map(([x, n]) => `M${x} ${y}h${n}v1h-${n}z`)).join("");
  const svg = drawing(path, side, side);
  svg.setAttribute("class", "sheet-code");
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", "登记表内容的二维码");
  place(svg, area);
  return svg;
}

/** The black runs of a row as start and length. */
function runs(row) {
  const found = [];
  row.forEach((black, x) => {
    if (!black) return;
    if (x > 0 && row[x - 1]) found.at(-1)[1] += 1;
    else found.push([x, 1]);
  });
  return found;
}
