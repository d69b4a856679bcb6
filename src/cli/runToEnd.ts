import { CliError } from "./cliError.ts";
import type { Command, ParsedCall } from "./command.ts";

/** What a shell gives a program that Ctrl-C ended. */
export const INTERRUPTED_CODE = 130;

/** A launcher between the terminal and us may pass Ctrl-C on, so that one arrives twice. A person takes longer. */
const SAME_INTERRUPT_MS = 250;

/** SIGHUP is the terminal being closed. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a command that was understood, and then closes what it opened, also where it failed or Ctrl-C ended it: a PGlite
 * directory that is left open stays marked as such, and keeps out the next command. A second Ctrl-C ends the process at once.
 */
export async function runToEnd(command: Command, call: ParsedCall): Promise<number> {
  const givenUp = new AbortController();
  const onSignal = interruptOnce(call, givenUp);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await thenClose(call, Promise.race([command.run(call), rejectedBy(givenUp.signal)]));
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    call.terminal.endProgress();
  }
}

/** Has the command end by itself where it knows how, and gives it up where it does not. */
function interruptOnce(call: ParsedCall, givenUp: AbortController): () => void {
  let first: number | undefined;
  return () => {
    const now = performance.now();
    if (first !== undefined) {
      if (now - first > SAME_INTERRUPT_MS) process.exit(INTERRUPTED_CODE);
      return;
    }
    first = now;
    call.terminal.progress("ending what is under way; Ctrl-C again ends at once …");
    if (!call.interrupt()) givenUp.abort();
  };
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const why = "Stopped before it was done: what it printed is done, the rest may not be";
    signal.addEventListener("abort", () => reject(new CliError("INTERRUPTED", why)));
  });
}

/** A failure of the command is what is told, not that of closing what it left broken. */
async function thenClose(call: ParsedCall, outcome: Promise<number>): Promise<number> {
  let code: number;
  try {
    code = await outcome;
  } catch (error) {
    await call.end().catch(() => undefined);
    throw error;
  }
  await call.end();
  return code;
}
