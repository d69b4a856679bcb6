import { setMaxListeners } from "node:events";
import { TidingsError } from "../errors.ts";
import type { LiveQuery } from "./live.ts";

/**
 * Follows the log until the query's own signal or `stopped` ends it. Not by `AbortSignal.any`: what that makes from a
 * signal that lives as long as the process is never freed (2.6 KB a stream on Node 20.20, measured). Throws STOPPED when
 * it was aborted before.
 */
export async function* untilStopped<Item>(
  stopped: AbortSignal,
  query: LiveQuery,
  follow: (query: LiveQuery) => AsyncGenerator<Item, void, undefined>,
): AsyncGenerator<Item, void, undefined> {
  const ended = new AbortController();
  const end = () => ended.abort();
  const signals = [stopped, ...(query.signal ? [query.signal] : [])];
  setMaxListeners(0, stopped); // a listener for each stream is what it is for; Node warns of more than ten
  // A client that reconnects while its server shuts down must not set the loops going again.
  if (stopped.aborted) throw new TidingsError("STOPPED");
  if (query.signal?.aborted) end();
  for (const signal of signals) signal.addEventListener("abort", end);
  try {
    yield* follow({ ...query, signal: ended.signal });
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", end);
  }
}
