import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pacedStream } from "./pacedStream.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Chunks that come when the test says so. */
function source() {
  const queue: (string | Error | null)[] = [];
  let wake: (() => void) | undefined;
  let taken = 0;
  const give = (...items: (string | Error | null)[]) => {
    queue.push(...items);
    wake?.();
  };
  const state = { closed: false };
  async function* chunks(): AsyncGenerator<string, void> {
    try {
      for (;;) {
        while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const item = queue.shift()!;
        if (item instanceof Error) throw item;
        if (item === null) return;
        taken++;
        yield item;
      }
    } finally {
      state.closed = true;
    }
  }
  return { give, state, chunks: chunks(), taken: () => taken };
}

function open(chunks: AsyncGenerator<string, void>) {
  const calls = { slow: 0, ended: 0, failed: [] as unknown[] };
  const stream = pacedStream(chunks, {
    heartbeat: () => "beat",
    heartbeatMs: 15_000,
    slowConsumerMs: 30_000,
    onSlow: () => void calls.slow++,
    onFailed: (error) => void calls.failed.push(error),
    onEnd: () => void calls.ended++,
  });
  const reader = stream.getReader();
  const read = async () => {
    const { done, value } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  return { calls, reader, read };
}

describe("a paced stream", () => {
  test("gives the chunks in order and ends with them", async () => {
    const { chunks, give } = source();
    const { calls, read } = open(chunks);
    give("a", "b", null);
    expect([await read(), await read(), await read()]).toEqual(["a", "b", null]);
    expect(calls).toEqual({ slow: 0, ended: 1, failed: [] });
  });

  test("prepares one chunk ahead of the reader, however many there are", async () => {
    const { chunks, give, taken } = source();
    const { read } = open(chunks);
    give("a", "b", "c", "d");
    await vi.advanceTimersByTimeAsync(1);
    expect(taken()).toBe(1);
    await read();
    await vi.advanceTimersByTimeAsync(1);
    expect(taken()).toBe(2);
  });

  test("sends a heartbeat whenever nothing else came for as long", async () => {
    const { chunks, give } = source();
    const { read } = open(chunks);
    const first = read();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await first).toBe("beat");
    const second = read();
    await vi.advanceTimersByTimeAsync(14_000);
    give("a");
    expect(await second).toBe("a");
    const third = read();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(await third).toBe("beat");
  });

  test("gives up a reader that leaves a chunk lying", async () => {
    const { chunks, give, state } = source();
    const { calls, read } = open(chunks);
    give("a", "b");
    expect(await read()).toBe("a");
    await vi.advanceTimersByTimeAsync(29_000);
    expect(calls.slow).toBe(0);
    await vi.advanceTimersByTimeAsync(1_001);
    expect(calls).toEqual({ slow: 1, ended: 1, failed: [] });
    expect(state.closed).toBe(true);
    await expect(read()).rejects.toThrow("did not keep up");
  });

  test("gives up a response that nobody ever reads", async () => {
    const { chunks, give } = source();
    const { calls } = open(chunks);
    give("a");
    await vi.advanceTimersByTimeAsync(30_001);
    expect(calls).toMatchObject({ slow: 1, ended: 1 });
  });

  test("keeps a reader that does not read while nothing waits for it", async () => {
    const { chunks, give } = source();
    const { calls, read } = open(chunks);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(calls.slow).toBe(0);
    give("a");
    expect(await read()).toBe("a");
  });

  test("does not call it slow when only the end waits, but frees the connection", async () => {
    const { chunks, give } = source();
    const { calls, read } = open(chunks);
    give(null);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(calls).toMatchObject({ slow: 0, ended: 1 });
    await expect(read()).rejects.toThrow();
  });

  test("closes the source when the reader leaves, while it waits and while a chunk lies ready", async () => {
    for (const ready of [true, false]) {
      const { chunks, give, state } = source();
      const { calls, reader } = open(chunks);
      if (ready) give("a");
      await vi.advanceTimersByTimeAsync(1);
      await reader.cancel();
      if (!ready) give(null); // as the abort signal does
      await vi.advanceTimersByTimeAsync(1);
      expect([calls.ended, state.closed]).toEqual([1, true]);
    }
  });

  test("ends, and tells why, when the source fails", async () => {
    const { chunks, give } = source();
    const { calls, read } = open(chunks);
    const failure = new Error("connection lost");
    give("a", failure);
    expect([await read(), await read()]).toEqual(["a", null]);
    expect(calls).toEqual({ slow: 0, ended: 1, failed: [failure] });
  });
});
