import type { Call } from "./command.ts";

/**
 * Runs `work` with what Ctrl-C, whoever ends the process in an orderly way, or a reader of the output that went away
 * (`tidings tail | head`) aborts; `work` may abort it, too.
 */
export async function untilInterrupted(
  call: Call,
  work: (stop: AbortController) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const { unread } = call.terminal;
  if (unread.aborted) abort();
  unread.addEventListener("abort", abort);
  const release = call.onInterrupt(abort);
  try {
    await work(stop);
  } finally {
    release();
    unread.removeEventListener("abort", abort);
  }
}
