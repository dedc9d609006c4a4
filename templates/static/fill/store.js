// Where drafts are kept: in this browser only. Many of these computers are shared, so a draft lives as long as the tab
// (sessionStorage); only who asks for it keeps it longer, and then for days, not for ever (localStorage with an end).

const DAY = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 7;

/** Drafts of one form definition; another version of the form begins afresh. */
export function store(form) {
  const key = `zhuanban-fill-${form.id}-${form.version}`;
  return {
    /** `{forms, at, kept}` or null. What is past its end is deleted on sight. */
    load() {
      for (const kept of [true, false]) {
        const text = quietly(() => area(kept).getItem(key));
        const saved = quietly(() => JSON.parse(text ?? "null"));
        if (saved && saved.until > Date.now() && isForms(saved.forms)) return { ...saved, kept };
        if (text) quietly(() => area(kept).removeItem(key));
      }
      return null;
    },
    /** Whether it could be saved; a browser may forbid it. */
    save(forms, at, kept) {
      const until = Date.now() + (kept ? KEPT_DAYS : 1) * DAY;
      quietly(() => area(!kept).removeItem(key));
      return quietly(() => { area(kept).setItem(key, JSON.stringify({ forms, at, until })); return true; }) ?? false;
    },
    /** Nothing stays behind. */
    clear() {
      for (const kept of [true, false]) quietly(() => area(kept).removeItem(key));
    },
  };
}

const area = kept => (kept ? localStorage : sessionStorage);

const isForms = forms => Array.isArray(forms) && forms.length > 0
  && forms.every(form => form && typeof form === "object" && Object.values(form).every(v => typeof v === "string"));

function quietly(action) {
  try { return action(); } catch { return null; }
}
