import type { CatalogType } from "../../dashboardApi/catalog.ts";
import type { Readers } from "./useCatalog.ts";

/** "v1", "v3, reads 1 and 2": the present version, and the older ones that are still understood. */
export function versionWords({ version, olderVersions }: CatalogType): string {
  const older = olderVersions.map((each) => each.version).toSorted((a, b) => a - b);
  return older.length === 0 ? `v${version}` : `v${version}, reads ${listWords(older.map(String))}`;
}

/** "2 subscriptions, 3 endpoints". */
export function readerWords({ subscriptions, endpoints }: Readers): string {
  const counts = [
    subscriptions && countWords(subscriptions.length, "subscription"),
    endpoints && countWords(endpoints.length, "endpoint"),
  ].filter((words) => words !== null);
  const told = counts.filter((words) => words !== "");
  return counts.length > 0 && told.length === 0 ? "Nobody" : told.join(", ");
}

export function listWords(items: readonly string[]): string {
  return new Intl.ListFormat(undefined, { type: "conjunction" }).format(items);
}

function countWords(count: number, what: string): string {
  return count === 0 ? "" : `${count.toLocaleString()} ${what}${count === 1 ? "" : "s"}`;
}
