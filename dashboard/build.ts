import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const dist = join(import.meta.dirname, "../dist");

/** The feeds that the pages show are those that apps use. */
const react = join(import.meta.dirname, "../src/react");

/** Builds the dashboard and the portal into dist/dashboard, where http/ serves them from. */
export function buildDashboard(): Promise<void> {
  return buildUnlessNew(import.meta.dirname, [import.meta.dirname, react], join(dist, "dashboard"));
}

/** Builds the page in `source` unless `target` is newer than all that it is made of. Vite is loaded only when it has work. */
export async function buildUnlessNew(
  source: string,
  madeOf: readonly string[],
  target: string,
): Promise<void> {
  if (changedAt(target) > Math.max(...madeOf.map(newestIn))) return;
  const { build } = await import("vite");
  // Built aside and moved into place: whoever starts at the same moment finds the old build or the new one, never half of one.
  mkdirSync(dist, { recursive: true });
  const aside = mkdtempSync(join(dist, ".build-"));
  const outDir = join(aside, "built");
  const { NODE_ENV } = process.env;
  // A test that builds the page tests the one that people get, not React's slower build for developers.
  process.env["NODE_ENV"] = "production";
  await build({
    root: source,
    configFile: join(source, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir, emptyOutDir: true },
  });
  if (NODE_ENV === undefined) delete process.env["NODE_ENV"];
  else process.env["NODE_ENV"] = NODE_ENV;
  rmSync(target, { recursive: true, force: true });
  renameSync(outDir, target);
  rmSync(aside, { recursive: true });
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestIn(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return Math.max(...files.map((file) => changedAt(join(directory, file))));
}
