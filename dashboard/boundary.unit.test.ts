import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const pages = resolve(import.meta.dirname, "src");
/** What apps put into their own pages: it runs in a browser as well, and has a test of its own that it reaches no server. */
const react = resolve(import.meta.dirname, "../src/react");

/** Packages that run in a browser. A new one is weighed before it is added here. */
const allowed = [
  /^react$/,
  /^react-dom\/client$/,
  /^lucide-react$/,
  /^@fontsource-variable\/inter\//,
  /^@tanstack\/react-virtual$/,
  /^cmdk$/,
  /^uplot(\/|$)/,
];

const files = readdirSync(pages, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
  .map((file) => join(pages, file));

test("the pages reach no code of the server, not even for a type: what they know of it stands in their own files", () => {
  expect(files.length).toBeGreaterThan(100);
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) =>
        imported.startsWith(".")
          ? ![pages, react].some((room) => isIn(room, resolve(dirname(file), imported)))
          : !allowed.some((name) => name.test(imported)),
      )
      .map((imported) => `${relative(pages, file)} imports ${imported}`),
  );
  expect(outside).toEqual([]);
});

function isIn(room: string, file: string): boolean {
  return !relative(room, file).startsWith("..");
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"([^"]+)";|\bimport\("([^"]+)"\)/gm)].map(
    ([, still, lazy]) => (still ?? lazy)!,
  );
}
