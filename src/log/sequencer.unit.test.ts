import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Database } from "../db/database.ts";
import { createSignals } from "../signals.ts";
import { createSequencer } from "./sequencer.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("ticks at the fast pace after an event, then ever more seldom, down to the idle one", async () => {
  let recorded = false;
  let ticks = 0;
  const query = async (sql: string) => {
    if (!sql.includes("tidings.tick")) return [{ ms: 0 }]; // the last sweep's age
    ticks++;
    const outcome = recorded ? "ticked" : "idle";
    recorded = false;
    return [{ outcome, assigned: 1, last_position: "1" }];
  };
  const { loop } = createSequencer({ query } as unknown as Database, createSignals(), () => undefined);
  const ticksWithin = async (ms: number) => {
    const before = ticks;
    await vi.advanceTimersByTimeAsync(ms);
    return ticks - before;
  };
  loop.start();
  await ticksWithin(60_000);
  expect(await ticksWithin(10_000)).toBe(40);

  recorded = true;
  loop.wake();
  expect(await ticksWithin(160)).toBe(9);
  const then = [await ticksWithin(500), await ticksWithin(500), await ticksWithin(500)];
  expect(then).toEqual(then.toSorted((a, b) => b - a));
  await ticksWithin(1_000);
  expect(await ticksWithin(10_000)).toBe(40);
  await loop.stop();
});
