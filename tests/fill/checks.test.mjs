// The checks and the payload of the fill-in page against the vectors that the Rust side is held to as well.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { check } from "../../templates/static/fill/checks.js";
import { obstacle } from "../../templates/static/fill/obstacles.js";
import { MOST, correction, crc32, encode, escaped } from "../../templates/static/fill/payload.js";
import { excess, payload } from "../../templates/static/fill/sheet.js";
import { find } from "../../templates/static/fill/units.js";

const read = path => JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));

test("values and doubts are those of the vectors", () => {
  for (const { kind, raw, value, doubts } of read("../checks/vectors.json")) {
    const found = check(kind, raw, "0714");
    assert.deepEqual([found.value, found.doubts.map(([code]) => code)], [value, doubts], `${kind} ${raw}`);
  }
});

test("the payload has bars, a checksum and nothing that could break it", () => {
  assert.equal(crc32("123456789"), "CBF43926");
  assert.equal(encode("TF", 1, ["示例局", "", "好"]), "TF1|示例局||好|5D3237C7");
  assert.equal(escaped(" a|b\u{0}\u{202e}c\t "), "a｜bc");
  assert.equal(escaped("一\r\n二"), "一\u{2028}二");
  assert.deepEqual([292, 293, 412, 413].map(n => correction("x".repeat(n))), ["Q", "M", "M", null]);
});

test("texts are those of the shared vectors, and refusals name the same fields", () => {
  const { forms, write, refused } = read("../qr/vectors.json");
  const data = ({ form, version }) => {
    const spec = forms.find(one => one.id === form && one.version === version);
    return { ...spec, most: MOST, fields: spec.fields.filter(field => field.kind !== "signature") };
  };
  assert.ok(write.length > 10 && refused.length > 2);
  for (const one of write) {
    const text = payload(data(one), one.values);
    assert.equal(text, one.text, one.name);
    assert.equal(excess(data(one), one.values, text), null, one.name);
  }
  for (const one of refused) {
    const over = excess(data(one), one.values, payload(data(one), one.values));
    assert.deepEqual(over.longest.map(field => field.id), one.fields, one.name);
  }
});

test("emoji stop the print, characters of one's own are doubted, all else passes", () => {
  assert.equal(obstacle("财务科😀").stop, true);
  assert.equal(obstacle("\u{fffd}").stop, true);
  assert.equal(obstacle("示\u{e000}").stop, false);
  assert.equal(obstacle("㐀𠮷·示例 No.1（2023）®"), null);
});

test("units are found by name, other name and pinyin", () => {
  const units = [
    { name: "大冶市教育局", aliases: ["市教委"], pinyin: "da/dai ye shi jiao yu ju" },
    { name: "大冶市还地桥镇", aliases: [], pinyin: "da/dai ye shi hai/huan/fu di/de qiao zhen" },
  ];
  for (const typed of ["教育", "市教委", "jyj", "jiaoyu", "jiaoyj", "dysjyj", "daiye"]) {
    assert.equal(find(units, typed)[0]?.name, "大冶市教育局", typed);
  }
  assert.equal(find(units, "huandiqiao")[0].name, "大冶市还地桥镇");
  assert.deepEqual(find(units, "xyz"), []);
  assert.deepEqual(find(units, " "), []);
});
