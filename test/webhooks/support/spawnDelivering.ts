import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { DeliveringSettings } from "./deliveringProcess.ts";

export interface DeliveringProcesses {
  spawn(settings: DeliveringSettings): ChildProcess;
  /** Ends those that still run. */
  remove(): void;
}

/** Bundles the process into one file, which starts in a third of the time: a test of kills starts hundreds. */
export async function bundleDelivering(): Promise<DeliveringProcesses> {
  const here = fileURLToPath(new URL(".", import.meta.url));
  // Inside the project, so that packages are found.
  const folder = mkdtempSync(join(here, "../../../node_modules/.tidings-"));
  await build({
    configFile: false,
    logLevel: "error",
    root: here,
    build: {
      ssr: join(here, "deliveringProcess.ts"),
      outDir: folder,
      target: "node20",
      rollupOptions: { output: { entryFileNames: "delivering.mjs" } },
    },
  });
  const running = new Set<ChildProcess>();
  return {
    spawn: (settings) => {
      const child = spawn(process.execPath, [join(folder, "delivering.mjs"), JSON.stringify(settings)], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      running.add(child);
      child.once("exit", () => running.delete(child));
      return child;
    },
    remove: () => {
      for (const child of running) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
