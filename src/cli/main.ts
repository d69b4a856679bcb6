#!/usr/bin/env node
import { Console } from "node:console";
import { run } from "./run.ts";
import { INTERRUPTED_CODE } from "./runToEnd.ts";
import { createTerminal } from "./terminal.ts";

// A script ends with a command that SIGINT ended, and goes on after one that exits with 130, though both give it 130.
// Windows has no signals: there the code must do.
process.on("exit", (code) => {
  if (code !== INTERRUPTED_CODE || process.platform === "win32") return;
  process.removeAllListeners("SIGINT");
  process.kill(process.pid, "SIGINT");
});

// Results go to stdout, through the terminal. What the app's own modules say while they load, or while a replay calls its actions,
// would stand among them; it is about the work, so it goes to stderr.
Object.assign(console, new Console(process.stderr));

const terminal = createTerminal(process.stdin, process.stdout, process.stderr, process.env);
const code = await run(process.argv.slice(2), terminal);

// The app's module may hold a pool or a timer open. What was written must reach a pipe first.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
