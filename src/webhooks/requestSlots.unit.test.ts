import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRequestSlots } from "./requestSlots.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Eight requests of each of some accounts, that do not end. */
function hang(slots: ReturnType<typeof createRequestSlots>, accounts: number): void {
  for (let account = 0; account < accounts; account++) {
    for (let request = 0; request < 8; request++) slots.take(`account ${account}`, false);
  }
}

describe("slots", () => {
  test("a request holds one until it ends", () => {
    const slots = createRequestSlots(8, () => undefined);
    const leave = slots.take("acme", false);
    expect([slots.free(), slots.held()]).toEqual([7, { acme: 1 }]);
    leave();
    expect([slots.free(), slots.held()]).toEqual([8, {}]);
  });

  test("receivers of several accounts that hang let go of their slots, and the worker is told", () => {
    const freed = vi.fn();
    const slots = createRequestSlots(64, freed);
    hang(slots, 8);
    expect(slots.free()).toBe(0);
    vi.advanceTimersByTime(250);
    expect([slots.free(), slots.held()]).toEqual([64, {}]);
    expect(freed).toHaveBeenCalledTimes(64);
  });

  test("one account has at most a worker's slots of such requests, and goes on holding the others", () => {
    const slots = createRequestSlots(8, () => undefined);
    for (let request = 0; request < 12; request++) slots.take("acme", false);
    vi.advanceTimersByTime(250);
    expect([slots.free(), slots.held()]).toEqual([4, { acme: 4 }]);
  });

  test("a request that ends after it let go of its slot frees nothing twice", () => {
    const slots = createRequestSlots(8, () => undefined);
    const leave = slots.take("acme", false);
    vi.advanceTimersByTime(250);
    leave();
    expect([slots.free(), slots.held()]).toEqual([8, {}]);
  });

  test("slow endpoints share a quarter, and keep it however long they take", () => {
    const slots = createRequestSlots(8, () => undefined);
    slots.take("acme", true);
    expect([slots.free(), slots.freeForSlow()]).toEqual([7, 1]);
    const leave = slots.take("other", true);
    expect(slots.freeForSlow()).toBe(0);
    vi.advanceTimersByTime(60_000);
    expect([slots.free(), slots.freeForSlow()]).toEqual([6, 0]);
    leave();
    expect(slots.freeForSlow()).toBe(1);
  });
});
