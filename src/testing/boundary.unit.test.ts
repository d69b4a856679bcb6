import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

async function reachableFrom(entry: URL, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(entry.href)) return seen;
  seen.add(entry.href);
  const source = await readFile(entry, "utf8");
  for (const [, path] of source.matchAll(/from "(\.[^"]+)"/g))
    await reachableFrom(new URL(path!, entry), seen);
  return seen;
}

test("an app that imports tidings does not load the test kit", async () => {
  const files = [...(await reachableFrom(new URL("../index.ts", import.meta.url)))];
  expect(files.some((file) => file.endsWith("/events/record.ts"))).toBe(true);
  expect(files.filter((file) => file.includes("/testing/"))).toEqual([]);
});

test("the test kit needs no test runner", async () => {
  const files = await reachableFrom(new URL("./index.ts", import.meta.url));
  const sources = await Promise.all([...files].map((file) => readFile(new URL(file), "utf8")));
  expect(sources.filter((source) => /from "(vitest|jest|node:test|@jest\/.*)"/.test(source))).toEqual([]);
});
