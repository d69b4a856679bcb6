import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { buildDashboard } from "./build.ts";

const built = join(import.meta.dirname, "../dist/dashboard");

/** Fonts come beside it, each once and for a year; they are not needed to read. */
const LIMIT = 200 * 1_024;

beforeAll(buildDashboard, 120_000);

/** What is loaded beside what the page names: the dashboard opens with Live. */
const pages = { "index.html": /^LivePage-/, "portal.html": /^$/ };

describe("the first load", () => {
  test.each(Object.entries(pages))("of %s is at most 200 KiB, compressed", (page, opensWith) => {
    const html = readFileSync(join(built, page), "utf8");
    const named = [...html.matchAll(/(?:src|href)="\.\/assets\/([^"]+)"/g)].map(([, name]) => name!);
    const opened = readdirSync(join(built, "assets")).filter((name) => opensWith.test(name));
    const files = new Map([[page, html]]);
    for (const name of [...named, ...opened]) collect(name, files);
    const sizes = [...files].map(([name, text]) => [name, gzipSync(text).length] as const);
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    expect(files.size).toBeGreaterThan(3);
    expect(total, JSON.stringify(sizes)).toBeLessThan(LIMIT);
  });

  test("leaves the pages, the palette, the Inspector and charts where they are until somebody wants them", () => {
    const html = readFileSync(join(built, "index.html"), "utf8");
    const files = new Map<string, string>();
    collect(/src="\.\/assets\/([^"]+\.js)"/.exec(html)![1]!, files);
    expect([...files.keys()].join(" ")).not.toMatch(/Page-|Palette|Inspector|drawPlot/);
  });
});

/** A file and all that it imports before it runs. */
function collect(name: string, files: Map<string, string>): void {
  if (files.has(name)) return;
  const text = readFileSync(join(built, "assets", name), "utf8");
  files.set(name, text);
  if (!name.endsWith(".js")) return;
  for (const [, imported] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g)) collect(imported!, files);
}
