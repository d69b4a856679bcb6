import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Rollup } from "vite";
import { describe, expect, test, vi } from "vitest";

const room = resolve(import.meta.dirname, "../../src/react");
const files = readdirSync(room, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file) && !file.includes(".test."))
  .map((file) => join(room, file));

describe("tidings/react", () => {
  test("imports React and itself, and no code of the server", () => {
    expect(files.length).toBeGreaterThan(40);
    const outside = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) =>
          imported.startsWith(".")
            ? relative(room, resolve(dirname(file), imported)).startsWith("..")
            : imported !== "react",
        )
        .map((imported) => `${relative(room, file)} imports ${imported}`),
    );
    expect(outside).toEqual([]);
  });

  test("a bundle of all of it holds no module from elsewhere", async () => {
    const { modules, imports } = await bundle(everything());
    expect(modules.filter((module) => !module.startsWith(room) && !module.startsWith("\0"))).toEqual([]);
    expect(imports.toSorted()).toEqual(["react", "react/jsx-runtime"]);
  });

  /** KB of 1,000 bytes, as in the table of the peers: they have from 40 to 235. */
  test("a feed with its provider and hooks weighs at most 12 KB, minified and packed, without React", async () => {
    const feed = await bundle(["ActivityFeed", "TidingsProvider", "useFeed", "FeedView"]);
    const all = await bundle(everything());
    console.info(`ActivityFeed: ${kilobytes(feed.bytes)}, all of tidings/react: ${kilobytes(all.bytes)}`);
    expect(feed.bytes).toBeLessThanOrEqual(12_000);
    expect(all.bytes).toBeLessThanOrEqual(18_000);
  });
});

function everything(): string[] {
  const index = readFileSync(join(room, "index.ts"), "utf8");
  return [...index.matchAll(/^export \{ (\w+) \}/gm)].map(([, name]) => name!);
}

/** Everything that is loaded for these names: lazily loaded chunks would count as well. */
async function bundle(names: readonly string[]) {
  vi.stubEnv("NODE_ENV", "production");
  const entry = "\0entry";
  const built = (await build({
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === "entry" ? entry : null),
        load: (id) => (id === entry ? `export { ${names.join(", ")} } from "${room}/index.ts";` : null),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rollupOptions: { input: "entry", preserveEntrySignatures: "strict", external: [/^react(\/|$)/] },
    },
  })) as Rollup.RollupOutput;
  vi.unstubAllEnvs();
  const chunks = built.output.filter((output) => output.type === "chunk");
  return {
    modules: chunks.flatMap((chunk) => chunk.moduleIds),
    imports: [...new Set(chunks.flatMap((chunk) => [...chunk.imports, ...chunk.dynamicImports]))],
    bytes: chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0),
  };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} KB`;
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [...text.matchAll(/^(?:import|export)\s(?:[^;"]*?\sfrom\s)?"([^"]+)";|\bimport\("([^"]+)"\)/gm)].map(
    ([, still, lazy]) => (still ?? lazy)!,
  );
}
