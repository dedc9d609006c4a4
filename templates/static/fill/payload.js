// The text of a form's QR codes: src/form/payload.rs in another language. The format is docs/qr-payload.md.

import { bytes, trim, visible } from "./checks.js";

/** Bytes up to which error correction Q keeps modules of 0.5 mm in a code of 40 mm; above it is M. */
export const MOST_AT_Q = 292;
/** Bytes beyond which a code cannot be read from paper. */
export const MOST = 412;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/** CRC-32 (IEEE) over the UTF-8 of a text, 8 upper-case hex digits. */
export function crc32(text) {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) crc = TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (~crc >>> 0).toString(16).toUpperCase().padStart(8, "0");
}

/** A value as it stands between two bars: composed, nothing invisible; bars and line breaks have stand-ins. */
export function escaped(value) {
  return trim(visible(value)).replace(/\|/gu, "｜").replace(/\n/gu, "\u{2028}");
}

/** `RF1|…|CRC`, the values in the definition's order. */
export function encode(letters, version, values) {
  const body = [`${letters}${version}`, ...values.map(escaped)].join("|");
  return `${body}|${crc32(body)}`;
}

/** Q or M, or null for a text no code can carry. */
export function correction(text) {
  const size = bytes(text);
  return size <= MOST_AT_Q ? "Q" : size <= MOST ? "M" : null;
}
