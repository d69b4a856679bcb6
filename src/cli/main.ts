#!/usr/bin/env node
import { run } from "./run.ts";
import { createTerminal } from "./terminal.ts";

const terminal = createTerminal(process.stdin, process.stdout, process.stderr, process.env);
const code = await run(process.argv.slice(2), terminal);

// The app's module may hold a pool or a timer open. What was written must reach a pipe first.
process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
