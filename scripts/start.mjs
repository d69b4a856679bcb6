// `npm start`: the sample board, also as the first and only command on a fresh clone.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

if (!existsSync(join(root, "node_modules", ".package-lock.json"))) {
  console.log("Installing what the board needs (once, about 15 s) …");
  const windows = process.platform === "win32";
  const { status } = spawnSync("npm", ["ci", "--no-progress"], {
    cwd: root,
    stdio: "inherit",
    shell: windows,
  });
  if (status !== 0) process.exit(status ?? 1);
}

const server = spawn(process.execPath, ["--import", "tsx", join(root, "examples/board/server.ts")], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl-C reaches both processes; this one only waits until the server has closed its database.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => server.kill("SIGTERM"));
server.on("exit", (code) => process.exit(code ?? 1));
