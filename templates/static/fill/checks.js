// Normalises and checks values by kind: src/form/check in another language, same values, same doubts.
// tests/checks/vectors.json and a property test in tests/fill.rs hold the two together; change both or neither.

const SPACE = /\p{White_Space}/gu;
// Unicode Cc, and the Cf that reorder, join or hide text.
const INVISIBLE = /[\p{Cc}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/gu;
const HAN = /^\p{Script=Han}$/u;
const WIDE = /^[\p{Script=Han}\u{3000}-\u{303f}\u{ff00}-\u{ffef}]$/u;
const JOINTS_OF_CODES = /[-\u{2010}-\u{2015}\u{2212}·.]/gu;
const DASHES = /[-\u{2010}-\u{2015}\u{2212}~]/gu;
// GB 32100-2015: no I O S V Z.
const CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY";
// GB 11714-1997.
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

const sure = value => ({ value, doubts: [] });
const doubtful = (value, code, message) => ({ value, doubts: [[code, message]] });
const count = text => [...text].length;
const bytes = text => new TextEncoder().encode(text).length;

/** The value in its normal form, empty when nothing was filled in, and the code and message of each doubt. */
export function check(kind, raw, areaCode) {
  const text = visible(raw);
  if (text.replace(SPACE, "") === "") return sure("");
  switch (kind) {
    case "text": return sure(line(text));
    case "note": return sure(text.split("\n").map(line).filter(Boolean).join("\n"));
    case "name": return name(text);
    case "date": return date(text.replace(/[。;；,，]+$/u, ""));
    case "phone": return phone(text, areaCode);
    case "mobile": return mobile(text);
    case "email": return email(text);
    case "code": return code(text);
    case "signature": return sure("");
    default: throw new Error(`unknown kind ${kind}`);
  }
}

function visible(raw) {
  const text = raw.replace(/\r\n/gu, "\n").replace(/[\r\u{2028}\u{2029}\u{b}\u{c}]/gu, "\n").replace(/\t/gu, " ");
  return text.replace(INVISIBLE, c => (c === "\n" ? c : "")).normalize("NFC");
}

const narrow = text => text.replace(/[０-９Ａ-Ｚａ-ｚ]/gu, c => String.fromCharCode(c.charCodeAt(0) - 0xfee0));

/** One line: letters and digits narrowed, no blank beside a Han character or full-width punctuation. */
function line(text) {
  let out = "";
  for (const word of narrow(text).split(SPACE).filter(Boolean)) {
    const last = [...out].at(-1);
    const joins = last === undefined || WIDE.test(last) || WIDE.test([...word][0]);
    out += joins ? word : ` ${word}`;
  }
  return out.normalize("NFC");
}

const compact = text => text.normalize("NFKC").replace(SPACE, "").normalize("NFC").replace(/[。.,;、:]+$/u, "");

function name(text) {
  const value = compact(text).replace(/[•●・‧．.∙⋅･·]/gu, "·").replace(/^[·:,;、]+|[·:,;、]+$/gu, "");
  if (value === "") return sure("");
  const parts = value.split("·");
  const length = count(value);
  if (![...value].every(c => c === "·" || HAN.test(c))) {
    return doubtful(value, "name-characters", "姓名含有汉字以外的字符，请核对");
  }
  const usual = parts.length === 1
    ? length >= 2 && length <= 4
    : parts.every(part => count(part) >= 1 && count(part) <= 12);
  return usual ? sure(value) : doubtful(value, "name-length", `姓名为${length}个字，请核对`);
}

function date(text) {
  if (/^[\p{White_Space}年月日号.\-/_：:]*$/u.test(text)) return sure("");
  const day = parseDate(text);
  return day ? sure(day) : doubtful(line(text), "date-unreadable", "日期无法识别，请核对");
}

const trim = text => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, "");

/** A day as YYYY-MM-DD; two-digit years are not guessed, a time of day behind it is left out. */
function parseDate(text) {
  const whole = trim(text.normalize("NFKC"));
  const at = whole.search(/[T ]/u);
  const timed = at >= 0 && whole.slice(at + 1).includes(":") && /[-/年.]/u.test(whole.slice(0, at));
  const tight = (timed ? whole.slice(0, at) : whole).replace(SPACE, "");
  const parts = /^[0-9]{8}$/u.test(tight)
    ? [tight.slice(0, 4), tight.slice(4, 6), tight.slice(6)]
    : tight.replace(/[日号.]$/u, "").split(/[年月.\-/·,、。—－]/u);
  if (parts.length !== 3 || parts.includes("")) return null;
  const [year, month, day] = [yearNumber(parts[0]), smallNumber(parts[1]), smallNumber(parts[2])];
  if (year === null || month === null || day === null || year < 1900 || year >= 2200) return null;
  const civil = new Date(Date.UTC(year, month - 1, day));
  const exists = civil.getUTCMonth() === month - 1 && civil.getUTCDate() === day;
  return exists ? civil.toISOString().slice(0, 10) : null;
}

function digit(c) {
  if (/[〇○零Oo◯]/u.test(c)) return 0;
  if (c === "元") return 1;
  if (/[0-9]/u.test(c)) return Number(c);
  const at = "一二三四五六七八九".indexOf(c);
  return at < 0 ? null : at + 1;
}

function digits(text, least, most) {
  const found = [...text].map(digit);
  if (found.length < least || found.length > most || found.includes(null)) return null;
  return found.reduce((number, d) => number * 10 + d, 0);
}

const yearNumber = text => digits(text, 4, 4);

/** A month or day: 7, 07, 七, 十, 二十三, 廿三, 卅一, 三〇. */
function smallNumber(text) {
  const plain = text.replace(/廿/gu, "二十").replace(/卅/gu, "三十");
  const at = plain.indexOf("十");
  if (at < 0) return digits(plain, 1, 2);
  const part = (piece, empty) => (piece === "" ? empty : digits(piece, 1, 1));
  const [tens, ones] = [part(plain.slice(0, at), 1), part(plain.slice(at + 1), 0)];
  return tens === null || ones === null ? null : tens * 10 + ones;
}

const isMobile = text => /^1[3-9][0-9]{9}$/u.test(text);

function mobile(text) {
  const [plain, national] = digitsOf(text);
  return isMobile(national) ? sure(national) : doubtful(plain, "mobile-odd", "不是11位手机号码，请核对");
}

/** One or several numbers, 、 between them. */
function phone(text, areaCode) {
  const numbers = compact(text).split(/[、,;/，；]/u).map(number => onePhone(number, areaCode)).filter(([v]) => v !== "");
  const value = numbers.map(([v]) => v).join("、");
  if (value === "" || numbers.every(([, good]) => good)) return sure(value);
  return doubtful(value, "phone-odd", "电话号码格式不常见，请核对");
}

function onePhone(text, areaCode) {
  const [number, extension] = splitExtension(text);
  const [plain, national] = digitsOf(number);
  const shown = landline(national, areaCode) ?? (isMobile(national) ? national : null);
  if (shown === null) return [extension === "" ? plain : text, false];
  return [extension === "" ? shown : `${shown}转${extension}`, true];
}

/** 8731721转801, 8731721-801, 0714-8731721-801 and 8731721*801 name an extension. */
function splitExtension(text) {
  let at = text.search(/[转轉*#]/u);
  if (at < 0) at = [...text.matchAll(DASHES)].at(-1)?.index ?? -1;
  if (at < 0) return [text, ""];
  const [number, extension] = [text.slice(0, at), text.slice(at + 1).replace(/^分+/u, "")];
  const long = (number.match(/[0-9]/gu) ?? []).length >= 7;
  return long && /^[0-9]{1,6}$/u.test(extension) ? [number, extension] : [text, ""];
}

/** The text with one kind of hyphen, and its digits without country code. */
function digitsOf(text) {
  const plain = compact(text).replace(DASHES, "-");
  const all = plain.replace(/[-().]/gu, "");
  if (all.startsWith("+86")) return [plain, all.slice(3)];
  if (all.startsWith("0086")) return [plain, all.slice(4)];
  return [plain, all.startsWith("86") && isMobile(all.slice(2)) ? all.slice(2) : all];
}

function landline(number, areaCode) {
  if (!/^[0-9]*$/u.test(number)) return null;
  if (areaCode) {
    let local = number.startsWith(areaCode) ? number.slice(areaCode.length) : number;
    // Spreadsheets drop the leading zero of the area code.
    const short = areaCode.replace(/^0+/u, "");
    if (local.startsWith(short) && local.length - short.length === 7) local = local.slice(short.length);
    if (local.length === 7 && /^[2-8]/u.test(local)) return `${areaCode}-${local}`;
  }
  // 010 and 02x have three digits, the other area codes four; local numbers have seven or eight.
  const area = /^(010|02)/u.test(number) ? 3 : 4;
  const local = number.slice(area);
  return /^[2-8][0-9]{6,7}$/u.test(local) && number.startsWith("0") ? `${number.slice(0, area)}-${local}` : null;
}

function email(text) {
  const ends = /[,;:.、<>()]/u;
  let plain = compact(text).replace(/。/gu, ".");
  while (plain.startsWith("mailto:")) plain = plain.slice("mailto:".length);
  while (plain !== "" && ends.test(plain[0])) plain = plain.slice(1);
  while (plain !== "" && ends.test(plain.at(-1))) plain = plain.slice(0, -1);
  const at = plain.lastIndexOf("@");
  const lower = part => part.replace(/[A-Z]/gu, c => c.toLowerCase());
  const address = at < 0 ? plain : plain.slice(0, at + 1) + lower(plain.slice(at + 1));
  if (address === "") return sure("");
  return at >= 0 && isAddress(address.slice(0, at), address.slice(at + 1))
    ? sure(address)
    : doubtful(address, "email-odd", "电子邮箱格式不符，请核对");
}

/** The grammar of RFC 5321/5322 as the crate `email_address` reads it, in ASCII, with a dot in the domain. */
function isAddress(local, domain) {
  const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/u;
  const quoted = /^"(\\[\x21-\x7e]|[\x21\x23-\x5b\x5d-\x7e])+"$/u;
  const label = /^[A-Za-z0-9]([A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]*[A-Za-z0-9])?$/u;
  const labels = domain.split(".");
  const named = labels.every(part => part.length <= 63 && label.test(part));
  const literal = /^\[[\x21-\x5a\x5e-\x7e]*\]$/u.test(domain);
  return local.length <= 64 && (atoms.test(local) || quoted.test(local))
    && domain.length <= 254 && labels.length > 1 && (named || literal);
}

function code(text) {
  const upper = compact(text).replace(/[a-z]/gu, c => c.toUpperCase());
  const value = upper.replace(JOINTS_OF_CODES, "");
  const length = count(value);
  if ((length === 18 && isSocialCredit(value)) || (length === 9 && isOrganisation(value))) return sure(value);
  if (length === 18 || length === 9) return doubtful(value, "check-digit", "代码校验位不符，请核对");
  return doubtful(value, "code-length", `代码应为18位或9位，现为${length}位`);
}

/** Check value = (31 − Σ value·3^(i−1) mod 31) mod 31. */
function isSocialCredit(value) {
  const values = [...value].map(c => CODE_ALPHABET.indexOf(c));
  if (values.includes(-1)) return false;
  let [weight, sum] = [1, 0];
  for (const v of values.slice(0, 17)) {
    sum += v * weight;
    weight = (weight * 3) % 31;
  }
  return values[17] === (31 - (sum % 31)) % 31;
}

/** Check character = 11 − Σ mod 11, 10 written X and 11 written 0; letters count from A = 10. */
function isOrganisation(value) {
  if (!/^[0-9A-Z]{8}[0-9X]$/u.test(value)) return false;
  const sum = ORGANISATION_WEIGHTS.reduce((total, weight, at) => total + weight * parseInt(value[at], 36), 0);
  const rest = 11 - (sum % 11);
  return value[8] === (rest === 10 ? "X" : rest === 11 ? "0" : String(rest));
}

export { bytes, count, trim, visible };
