import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type InlineConfig } from "vite";
import type { Given } from "./page/place.ts";

export type ReactVersion = 18 | 19;

export interface BuiltPage {
  /** Holds client.js and client.css. */
  readonly files: string;
  readonly render: (query: string, given: Given) => string;
  readonly remove: () => void;
}

/** The test page for the browser and for the server, with the React of a version: its build for developers, which warns. */
export async function buildPage(version: ReactVersion): Promise<BuiltPage> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-react-"));
  const page = join(import.meta.dirname, "page");
  const react18 = join(import.meta.dirname, "../react18/node_modules");
  const common: InlineConfig = {
    root: page,
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"development"' },
    resolve: {
      alias: version === 18 ? { react: `${react18}/react`, "react-dom": `${react18}/react-dom` } : {},
    },
  };
  const output = { entryFileNames: "[name].js", assetFileNames: "[name][extname]" };
  await build({
    ...common,
    build: {
      outDir: join(folder, "client"),
      minify: false,
      cssTarget: ["chrome123"],
      rollupOptions: { input: { client: join(page, "client.tsx") }, output },
    },
  });
  await build({
    ...common,
    ssr: { noExternal: true },
    build: {
      outDir: join(folder, "server"),
      ssr: join(page, "server.tsx"),
      rollupOptions: { output: { entryFileNames: "server.mjs" } },
    },
  });
  const server = (await import(pathToFileURL(join(folder, "server/server.mjs")).href)) as BuiltPage;
  return {
    files: join(folder, "client"),
    render: server.render,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
