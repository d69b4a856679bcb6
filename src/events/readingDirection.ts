/** Scripts that are written from right to left. Asked by script: browsers and Node disagree about `az-Arab` and its like. */
const RIGHT_TO_LEFT = new Set([
  "Adlm",
  "Arab",
  "Hebr",
  "Mand",
  "Nkoo",
  "Rohg",
  "Samr",
  "Syrc",
  "Thaa",
  "Yezi",
]);

export type Direction = "ltr" | "rtl";

/** How a language is written: Arabic, Hebrew, Persian and Urdu from right to left, Punjabi as its script says. */
export function readingDirection(locale: string): Direction {
  const { script } = new Intl.Locale(locale).maximize();
  return script !== undefined && RIGHT_TO_LEFT.has(script) ? "rtl" : "ltr";
}
