import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds wrong with the page as it stands, light and dark, one line each. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's content security policy forbids that, as it should.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(source);
  const found: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    // Without motion: a colour that is still on its way is none that anybody reads.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    found.push(...(await violations(page)).map((violation) => `${colorScheme}: ${violation}`));
  }
  return found;
}

async function violations(page: Page): Promise<string[]> {
  // What passed is counted but not described: axe finds a selector for each element that it describes.
  const result = await page.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)`,
  );
  return result.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}\n  ${node.html}\n  ${node.failureSummary ?? ""}`),
  );
}
