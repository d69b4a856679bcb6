// Compiles src/ to dist/ and puts the migrations beside the module that reads them.
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
chmodSync(`${root}dist/cli/main.js`, 0o755);
