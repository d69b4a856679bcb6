import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const directory = new URL("../../src/db/migrations/", import.meta.url);
const files = (await readdir(directory)).filter((name) => name.endsWith(".sql"));

test.each(files)("%s reads the same in every encoding and with every setting of the server", async (name) => {
  const lines = (await readFile(new URL(name, directory), "utf8")).split("\n");
  // A script is piped through terminals and clients that have their own encoding.
  expect(
    lines.filter((line) => /[^\x20-\x7e]/.test(line)),
    "characters beyond ASCII",
  ).toEqual([]);
  // Of a text in quotes standard_conforming_strings decides whether a backslash is one: [(] and not \\(.
  expect(
    lines.filter((line) => line.includes("\\")),
    "backslashes",
  ).toEqual([]);
});
