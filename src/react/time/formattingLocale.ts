/**
 * How times and numbers are written: as the reader asked, or as their device does, where that is the language of the page;
 * `en-GB` on an English page. Otherwise as the page, so that a line is in one language.
 */
export function formattingLocale(
  ofPage: string | undefined,
  asked: string | undefined,
  device: string | undefined,
): string | undefined {
  const wanted = asked ?? device;
  if (ofPage === undefined || wanted === undefined) return asked ?? ofPage;
  return languageOf(wanted) === languageOf(ofPage) ? wanted : ofPage;
}

function languageOf(locale: string): string {
  return locale.split("-", 1)[0]!.toLowerCase();
}
