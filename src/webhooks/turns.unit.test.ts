import { expect, test } from "vitest";
import { createTurns } from "./turns.ts";

test("others get a turn once 20 ms are over, and not before", async () => {
  let now = 0;
  let turns = 0;
  const nextTurn = createTurns(() => now);
  const after = async (ms: number) => {
    now += ms;
    setImmediate(() => turns++);
    await nextTurn();
    return turns;
  };
  expect(await after(19)).toBe(0);
  expect(await after(1)).toBe(2); // the one of before, and this one
  expect(await after(19)).toBe(2);
});
