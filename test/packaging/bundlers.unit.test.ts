import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Rolldown } from "vite";
import { expect, test } from "vitest";

const src = join(import.meta.dirname, "../../src");
const modules = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.tsx?$/.test(name),
);

test("no two modules are one file on macOS and Windows, where case makes no difference", () => {
  const built = modules.map((name) => name.replace(/\.tsx?$/, "").toLowerCase());
  expect(built.filter((name, index) => built.indexOf(name) !== index)).toEqual([]);
});

test("no module asks a bundler for a folder: Next.js would not build an app with it", () => {
  const asking = modules.filter((name) =>
    /new URL\(\s*"[^"]*\/",\s*import\.meta\.url/.test(readFileSync(join(src, name), "utf8")),
  );
  expect(asking).toEqual([]);
});

test("the stylesheet keeps its colours where light-dark() is rewritten for older browsers and no color-scheme is set", async () => {
  const { output } = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      cssMinify: "lightningcss",
      cssTarget: "chrome111",
      rolldownOptions: { input: join(src, "react/styles.css") },
    },
  })) as Rolldown.RolldownOutput;
  const sheet = output.find(({ fileName }) => fileName.endsWith(".css")) as Rolldown.OutputAsset;
  const css = sheet.source.toString();
  expect(css).toContain("--tidings-ink:var(--lightningcss-light,");
  expect(css).toMatch(/--lightningcss-light: ?initial;--lightningcss-dark: ?[;}]/);
});
