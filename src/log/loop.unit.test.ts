import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSignals } from "../signals.ts";
import { createLoop } from "./loop.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const passes = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test("repeats its step at the distance that the step asks for, until it is stopped", async () => {
  const step = vi.fn(async () => 100);
  const loop = createLoop("test", createSignals(), step);
  loop.start();
  loop.start(); // once is enough
  await passes(250);
  expect(step).toHaveBeenCalledTimes(3);
  await loop.stop();
  await passes(1_000);
  expect(step).toHaveBeenCalledTimes(3);
});

test("a wake ends the pause; one that comes during a step is followed by another step", async () => {
  const ends: (() => void)[] = [];
  const step = vi.fn(() => new Promise<number>((resolve) => ends.push(() => resolve(60_000))));
  const loop = createLoop("test", createSignals(), step);
  loop.start();
  await passes(0);
  loop.wake(); // the first step has looked already
  ends[0]!();
  await passes(1);
  expect(step).toHaveBeenCalledTimes(2);
  ends[1]!();
  await passes(1);
  expect(step).toHaveBeenCalledTimes(2);
  loop.wake();
  await passes(1);
  expect(step).toHaveBeenCalledTimes(3);
});

test("survives what a step throws, says so, and tries again at growing distances of at most 15 s", async () => {
  const signals = createSignals();
  const waits: number[] = [];
  signals.on("loop.failed", ({ loop, retryInMs }) => {
    expect(loop).toBe("test");
    waits.push(retryInMs);
  });
  const step = vi.fn(async (): Promise<number> => {
    if (waits.length < 7) throw new Error("no database");
    return 10;
  });
  createLoop("test", signals, step).start();
  await passes(120_000);
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  expect(step.mock.calls.length).toBeGreaterThan(100);
});

test("wakes make a failing loop try earlier, but not more often than twice a second", async () => {
  const step = vi.fn(async (): Promise<number> => {
    throw new Error("no database");
  });
  const loop = createLoop("test", createSignals(), step);
  loop.start();
  for (let tick = 0; tick < 500; tick++) {
    await passes(20);
    loop.wake();
  }
  // 10 s: by the growing distances alone it would be 5, by the wakes alone 500.
  expect(step.mock.calls.length).toBeGreaterThan(15);
  expect(step.mock.calls.length).toBeLessThanOrEqual(21);
});

test("stop() waits for the step under way; a start in the meantime begins when that step has ended", async () => {
  let running = 0;
  const ends: (() => void)[] = [];
  const step = vi.fn(async () => {
    expect(++running, "steps at once").toBe(1);
    await new Promise<void>((resolve) => ends.push(resolve));
    running--;
    return 10;
  });
  const loop = createLoop("test", createSignals(), step);
  loop.start();
  await passes(0);
  let stopped = false;
  void loop.stop().then(() => (stopped = true));
  await passes(0);
  expect(stopped).toBe(false);
  loop.start();
  await passes(100);
  expect(step).toHaveBeenCalledTimes(1);
  ends[0]!();
  await passes(0);
  expect(stopped).toBe(true);
  expect(step).toHaveBeenCalledTimes(2);
});

test("a step that never pauses lets timers and requests have their turn", async () => {
  vi.useRealTimers();
  let steps = 0;
  const loop = createLoop("test", createSignals(), async () => {
    if (++steps === MANY) void loop.stop(); // nobody else could
    return 0;
  });
  loop.start();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await loop.stop();
  expect(steps).toBeLessThan(MANY);
});

/** More than there are turns in the millisecond of a timer. */
const MANY = 100_000;

test("stop() without a start, and twice, is nothing", async () => {
  const loop = createLoop("test", createSignals(), async () => 0);
  await loop.stop();
  loop.start();
  await Promise.all([loop.stop(), loop.stop()]);
});
