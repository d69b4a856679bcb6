import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const source = join(import.meta.dirname, "web");
export const pageDirectory = join(import.meta.dirname, "dist");

/** Builds the page unless a build exists that is newer than every source file. Vite is loaded only when it has work. */
export async function buildPage(): Promise<void> {
  if (builtAt() > newestIn(source)) return;
  const { build } = await import("vite");
  await build({ root: source, configFile: join(source, "vite.config.ts"), logLevel: "warn" });
}

function builtAt(): number {
  return statSync(join(pageDirectory, "index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestIn(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" });
  return Math.max(...files.map((file) => statSync(join(directory, file)).mtimeMs));
}
