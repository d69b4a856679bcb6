import { describe, expect, onTestFinished, test } from "vitest";
import { Pool } from "undici";
import { createOriginPools } from "./originPools.ts";

/** Pools that never connect: none of these tests sends anything. */
function pools(clock?: () => number) {
  const made = createOriginPools(
    (origin, options) => new Pool(origin, { ...options, connect: () => {} }),
    clock,
  );
  onTestFinished(() => made.close());
  return made;
}

describe("pools of connections", () => {
  test("an origin keeps its pool, and another has its own", () => {
    const made = pools();
    const pool = made.of("https://a.example");
    expect(made.of("https://a.example")).toBe(pool);
    expect(made.of("https://a.example:8443")).not.toBe(pool);
    expect(made.of("http://a.example")).not.toBe(pool);
  });

  test("a host that moved is noticed after five minutes, also by a connection that is always busy", () => {
    let now = 0;
    const made = pools(() => now);
    const pool = made.of("https://a.example");
    now = 299_999;
    expect(made.of("https://a.example")).toBe(pool);
    now = 300_000;
    expect(made.of("https://a.example")).not.toBe(pool);
    expect(pool.closed).toBe(true);
  });

  test("a thousand pools are kept, and the one that was used longest ago goes first", () => {
    const made = pools();
    const first = made.of("https://first.example");
    const second = made.of("https://second.example");
    for (let n = 2; n < 1_000; n++) made.of(`https://n${n}.example`);
    made.of("https://first.example");
    made.of("https://one-more.example");
    expect([first.closed, second.closed]).toEqual([false, true]);
  });

  test("after closing, who starts again gets new ones", async () => {
    const made = pools();
    const before = made.of("https://a.example");
    await made.close();
    const after = made.of("https://a.example");
    expect([before.closed, after.closed]).toEqual([true, false]);
  });
});
