// Compiles src/ to dist/, puts the migrations beside the module that reads them, and builds the pages that http/ serves.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const tsc = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`],
  { stdio: "inherit" },
);
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
cpSync(`${root}src/db/migrations`, `${root}dist/db/migrations`, { recursive: true });
const vite = spawnSync(
  process.execPath,
  [`${root}node_modules/vite/bin/vite.js`, "build", `${root}dashboard`, "--logLevel", "warn"],
  { stdio: "inherit" },
);
if (vite.status !== 0) process.exit(vite.status ?? 1);
chmodSync(`${root}dist/cli/main.js`, 0o755);
