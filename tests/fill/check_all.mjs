// Checks every [kind, raw] of a file; the answers as JSON, in order.

import { readFileSync } from "node:fs";

import { check } from "../../templates/static/fill/checks.js";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const answers = cases.map(([kind, raw]) => {
  const { value, doubts } = check(kind, raw, "0714");
  return { value, doubts: doubts.map(([code]) => code) };
});
process.stdout.write(JSON.stringify(answers));
