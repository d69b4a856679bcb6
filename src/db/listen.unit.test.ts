import { EventEmitter } from "node:events";
import type { Pool } from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { pg } from "./pg.ts";

/** Stands for connections to a standby, which takes them and refuses LISTEN, until it is promoted. */
class Connection extends EventEmitter {
  static made: Connection[] = [];
  static listens = false;
  ended = false;
  constructor() {
    super();
    Connection.made.push(this);
  }
  async connect() {}
  async query() {
    if (!Connection.listens) throw new Error("cannot execute LISTEN during recovery");
  }
  async end() {
    this.ended = true;
    this.emit("end");
  }
}

const open = () => Connection.made.filter(({ ended }) => !ended).length;
const pool = { Client: Connection, options: {} } as unknown as Pool;

beforeEach(() => {
  Connection.made = [];
  Connection.listens = false;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("a connection whose LISTEN is refused is closed, and tried again at growing distances", async () => {
  const stop = await pg(pool).listen!("log", () => undefined);
  const made: number[] = [];
  for (let second = 0; second <= 60; second++) {
    if (Connection.made.length > made.length) made.push(second);
    expect(open(), `after ${second} seconds`).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(made).toEqual([0, 1, 3, 7, 15, 30, 45, 60]);
  await stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(Connection.made).toHaveLength(made.length);
});

test("a connection that listened and was lost is replaced after a second, whatever failed before", async () => {
  const looks = vi.fn();
  const stop = await pg(pool).listen!("log", looks);
  await vi.advanceTimersByTimeAsync(4_000);
  Connection.listens = true;
  await vi.advanceTimersByTimeAsync(4_000);
  expect(looks).toHaveBeenCalledTimes(1);
  Connection.made.at(-1)!.emit("error", new Error("terminated"));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(looks).toHaveBeenCalledTimes(2);
  expect(open()).toBe(1);
  await stop();
  expect(open()).toBe(0);
});
