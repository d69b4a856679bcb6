// `npm start`: the sample board, also as the first and only command on a fresh clone.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { installOnce } from "./install.mjs";

installOnce();

const root = fileURLToPath(new URL("..", import.meta.url));
const server = spawn(process.execPath, ["--import", "tsx", "examples/board/server.ts"], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl-C reaches both processes, a signal from elsewhere only this one; the server minds only the first.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 1));
