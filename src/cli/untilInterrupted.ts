/** Runs `work` with what Ctrl-C, or whoever ends the process in an orderly way, aborts; `work` may abort it, too. */
export async function untilInterrupted(work: (stop: AbortController) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    await work(stop);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}
