import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import type { LiveQuery } from "./live.ts";
import { untilStopped } from "./untilStopped.ts";

/** A stream that says one thing and then waits for its signal. */
async function* stream({ signal }: LiveQuery): AsyncGenerator<string, void, undefined> {
  yield "begun";
  if (!signal!.aborted) await new Promise((resolve) => signal!.addEventListener("abort", resolve));
}

test.each(["stopped", "own"] as const)(
  "ends with the signal %s, and both are then free of it",
  async (which) => {
    const stopped = new AbortController();
    const own = new AbortController();
    const following = untilStopped(stopped.signal, { signal: own.signal }, stream);
    expect(await following.next()).toEqual({ done: false, value: "begun" });
    const end = following.next();
    (which === "own" ? own : stopped).abort();
    expect((await end).done).toBe(true);
    for (const { signal } of [stopped, own]) expect(getEventListeners(signal, "abort")).toEqual([]);
  },
);

test("leaves nothing on a signal that lives for ever when its reader goes", async () => {
  const stopped = new AbortController();
  for (let n = 0; n < 100; n++) {
    for await (const item of untilStopped(stopped.signal, {}, stream)) {
      expect(item).toBe("begun");
      break;
    }
  }
  expect(getEventListeners(stopped.signal, "abort")).toEqual([]);
});

test("refuses a stream that begins after the end", async () => {
  const stopped = new AbortController();
  stopped.abort();
  const following = untilStopped(stopped.signal, {}, stream);
  await expect(following.next()).rejects.toMatchObject({ code: "STOPPED" });
});
