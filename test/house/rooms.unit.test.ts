import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const source = resolve(import.meta.dirname, "../../src");

/** What a room may import besides itself and the files at the root of src/. */
const mayImport: Record<string, readonly string[]> = {
  db: [],
  events: ["db", "log"],
  log: ["db", "events"],
  feed: ["db", "events", "log"],
  live: ["db", "events", "log"],
  replay: ["db", "events", "log"],
  webhooks: ["db", "events", "log"],
  http: ["db", "events", "log", "feed", "live", "replay", "webhooks"],
  cli: ["db", "events", "log", "feed", "live", "replay", "webhooks", "http"],
  react: [],
  testing: ["db", "events", "log", "feed", "live", "replay", "webhooks"],
};

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test(-d)?\.tsx?$/.test(file))
  .map((file) => join(source, file));

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+)";|\bimport\("(\.[^"]+)"\)/gm)].map(
    ([, still, lazy]) => resolve(dirname(file), (still ?? lazy)!),
  );
}

const roomOf = (file: string) => {
  const path = relative(source, file);
  return path.includes("/") ? path.split("/")[0]! : "";
};

describe("the house", () => {
  test("every room is known, so that a new one says what it may import", () => {
    expect([...new Set(files.map(roomOf))].filter((room) => room !== "" && !(room in mayImport))).toEqual([]);
  });

  test("a room imports only the rooms beneath it", () => {
    const crossings = files.flatMap((file) => {
      const room = roomOf(file);
      if (room === "") return [];
      return importsOf(file)
        .filter((imported) => ![room, "", ...mayImport[room]!].includes(roomOf(imported)))
        .map((imported) => `${relative(source, file)} imports ${relative(source, imported)}`);
    });
    expect(crossings).toEqual([]);
  });

  test("no import leads to a file that is not there", () => {
    const missing = files.flatMap((file) =>
      importsOf(file).filter((path) => /\.tsx?$/.test(path) && !files.includes(path)),
    );
    expect(missing).toEqual([]);
  });

  test("the public entry does not reach the test kit, the command line or a driver's adapter", () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      importsOf(file)
        .filter((path) => files.includes(path))
        .forEach(visit);
    };
    visit(join(source, "index.ts"));
    const unwanted = [...reached]
      .map((file) => relative(source, file))
      .filter((file) => /^(testing|cli)\/|^db\/pg/.test(file));
    expect(unwanted).toEqual([]);
  });
});
