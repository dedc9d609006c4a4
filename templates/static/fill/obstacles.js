// What paper or another computer cannot show: said before printing, never printed as boxes.

// Emoji, lone surrogates, replacement characters and what Unicode has not assigned.
const UNPRINTABLE = /[\p{Emoji_Presentation}\p{Cs}\p{Cn}\u{fe0f}\u{fffc}\u{fffd}\u{1f000}-\u{1faff}]/u;
// Characters made by users for one computer; the code carries them, other computers show something else or nothing.
const PRIVATE_USE = /\p{Co}/u;

/** `{stop, text}` when a value holds such a character. */
export function obstacle(value) {
  const bad = UNPRINTABLE.exec(value);
  if (bad) return { stop: true, text: `含有不能打印的字符“${bad[0]}”（如表情符号），请删去。` };
  const own = PRIVATE_USE.exec(value);
  if (own) return { stop: false, text: `含有本机自造的字“${own[0]}”，别的电脑上可能无法显示，请改用标准汉字。` };
  return null;
}
