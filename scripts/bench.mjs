// `npm run bench -- NAME [--json]`: figures beside the bare limit and the peers, which are installed on first use.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installOnce } from "./install.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
installOnce();
installOnce("bench");
const { status } = spawnSync(
  process.execPath,
  ["--import", "tsx", "bench/main.ts", ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
