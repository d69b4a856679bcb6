// Installs the dependencies when a fresh clone has none, so that `npm start` and `npm test` can be the first command.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Runs `npm ci` in `folder` (relative to the root) unless that was done. Ends the process when it fails. */
export function installOnce(folder = "") {
  const cwd = fileURLToPath(new URL(`../${folder}`, import.meta.url));
  if (existsSync(`${cwd}/node_modules/.package-lock.json`)) return;
  console.log(`Installing ${folder || "the dependencies"} (once) …`);
  const { status } = spawnSync("npm", ["ci", "--no-progress"], {
    cwd,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
