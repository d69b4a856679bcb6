import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

async function sourcesReachedFrom(entry: URL, sources = new Map<string, string>()) {
  if (sources.has(entry.href)) return sources;
  const source = await readFile(entry, "utf8");
  sources.set(entry.href, source);
  for (const [, path] of source.matchAll(/^(?:import|export|\}).* from "(\.[^"]+)"/gm))
    await sourcesReachedFrom(new URL(path!, entry), sources);
  return sources;
}

test("the kit works with any test runner, because it knows none", async () => {
  const sources = await sourcesReachedFrom(new URL("./index.ts", import.meta.url));
  expect([...sources.keys()].some((file) => file.endsWith("/events/record.ts"))).toBe(true);
  const withRunner = [...sources].filter(([, source]) =>
    /from "(vitest|jest|node:test|@jest\/.*)"/.test(source),
  );
  expect(withRunner.map(([file]) => file)).toEqual([]);
});
