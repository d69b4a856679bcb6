/** Thousands separated, in the reader's digits. The same on the server: there the default would be the machine's. */
export function formatCount(count: number, locale: string | undefined): string {
  return new Intl.NumberFormat(locale ?? "en").format(count);
}
