// What is to be said about values and forms before they are printed.

import { check } from "./checks.js";
import { obstacle } from "./obstacles.js";
import { excess, payload } from "./sheet.js";

export const isEmpty = form => Object.values(form).every(value => value.trim() === "");

/** A value as it is shown, printed and put into the code: normal, and without the bar that divides the code's values. */
export const normal = (data, field, raw) => check(field.kind, raw, data.area_code).value.replaceAll("|", "｜");

/** `{stop, text}` for each thing to be said about a value; `stop` prevents printing. */
export function said(data, field, raw) {
  const { value, doubts } = check(field.kind, raw, data.area_code);
  const all = [];
  if (field.required && value === "") all.push({ stop: true, text: "必须填写。" });
  const found = obstacle(value);
  if (found) all.push(found);
  if ([...value].length > field.most) {
    all.push({ stop: true, text: `有${[...value].length}个字，表格中放不下，最多约${field.most}个字。` });
  }
  return all.concat(doubts.map(([, text]) => ({ stop: false, text: `${text}。` })));
}

/**
 * `all`: form number, field, `stop`, `text` of everything to be said about the forms that hold something, or about the
 * one at `at` when none does. `filled`: normalised values and number of each form to print.
 */
export function review(data, forms, at) {
  const some = forms.map((form, n) => [form, n]).filter(([form]) => !isEmpty(form));
  const filled = (some.length > 0 ? some : [[forms[at], at]]).map(([form, n]) => [form, valuesOf(data, form), n]);
  const all = filled.flatMap(([form, values, n]) => {
    const each = data.fields.flatMap(field => said(data, field, form[field.id] ?? "").map(one => ({ n, field, ...one })));
    return each.concat(tooMuch(data, values, n));
  });
  return { all, filled: filled.map(([, values, n]) => [values, n]) };
}

function valuesOf(data, form) {
  return Object.fromEntries(data.fields.map(f => [f.id, normal(data, f, form[f.id] ?? "")]));
}

/** More than a code holds: said once for the form, at its longest field. */
function tooMuch(data, values, n) {
  const over = excess(data, values, payload(data, values));
  if (!over) return [];
  const names = over.longest.map(field => `“${field.label}”`).join("、");
  const text = `全部内容过长，二维码放不下，请缩短${names}，合计至少减少${Math.ceil(over.bytes / 3)}个汉字。`;
  return [{ n, field: over.longest[0], stop: true, text, whole: true }];
}
