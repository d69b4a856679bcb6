import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const pages = resolve(import.meta.dirname, "src");

/** Packages that run in a browser. A new one is weighed before it is added here. */
const allowed = [/^react$/, /^react-dom\/client$/, /^lucide-react$/, /^@fontsource-variable\/inter\//];

const files = readdirSync(pages, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith(".test.ts"))
  .map((file) => join(pages, file));

test("the pages reach no code of the server, not even for a type: what they know of it stands in api.ts", () => {
  expect(files.length).toBeGreaterThan(30);
  const outside = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) =>
        imported.startsWith(".")
          ? relative(pages, resolve(dirname(file), imported)).startsWith("..")
          : !allowed.some((name) => name.test(imported)),
      )
      .map((imported) => `${relative(pages, file)} imports ${imported}`),
  );
  expect(outside).toEqual([]);
});

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"([^"]+)";|\bimport\("([^"]+)"\)/gm)].map(
    ([, still, lazy]) => (still ?? lazy)!,
  );
}
