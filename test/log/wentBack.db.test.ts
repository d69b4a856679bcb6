import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pg } from "../../src/db/pg.ts";
import type { SignalMap } from "../../src/signals.ts";
import { insertRawEvent } from "../support/rawEvents.ts";
import { openPool } from "../support/testDatabase.ts";
import { eventually } from "./support/eventually.ts";
import { writeDown } from "./support/handler.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const behaviour = { exit: () => undefined, pause: async () => undefined };

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

/**
 * What a failover to a standby without the last commits leaves, in one transaction: rows as they were when the log ended at `position`,
 * and `then`, recorded since. No connection breaks, so that nothing else tells the process.
 */
async function takeBack(position: number, then: readonly number[]): Promise<void> {
  const pool = openPool({ connectionString: log.database.adminUrl });
  await pg(pool).transaction(async (tx) => {
    for (const table of ["events", "timeline"]) {
      const id = table === "events" ? "id" : "event_id";
      await tx.query(
        `delete from tidings.${table} t using tidings.event_order o where o.event_id = t.${id} and o.pos > $1::bigint`,
        [position],
      );
    }
    await tx.query("delete from tidings.event_order where pos > $1::bigint", [position]);
    await tx.query("delete from handled where position > $1::bigint", [position]);
    await tx.query(
      "update tidings.subscriptions set position = least(position, $1::bigint), tried_up_to = least(tried_up_to, $1::bigint)",
      [position],
    );
    for (const [index, n] of then.entries()) {
      const id = await insertRawEvent(tx, {
        type: "item.changed",
        data: { n },
      });
      await tx.query(
        "insert into tidings.event_order (pos, account_id, lane, event_id) values ($1::bigint, 'acme', 'domain', $2::uuid)",
        [position + index + 1, id],
      );
    }
    await tx.query(
      "update tidings.sequencer set last_position = $1::bigint, floor_seq = (select max(seq) from tidings.events)",
      [position + then.length],
    );
  });
  await pool.end();
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("what a handler works on when the log goes back is rolled back, and moves no checkpoint", async () => {
  const tidings = log.open();
  let paused = () => undefined as void;
  let goOn = () => undefined as void;
  const pausing = new Promise<void>((resolve) => (paused = resolve));
  const going = new Promise<void>((resolve) => (goOn = resolve));
  const pause = async () => {
    paused();
    await going;
  };
  tidings.subscribe("copy", {
    from: "start",
    batch: 1,
    run: writeDown("copy", { ...behaviour, pause }),
  });
  for (const n of range(1, 8)) await log.record(n, { act: n === 5 ? "pause" : undefined });
  await tidings.start();
  await pausing;
  await takeBack(3, range(11, 20));
  goOn();
  const handled = async () => (await log.handled("copy")).map(({ n }) => n);
  await eventually("everything is handled", async () => (await handled()).includes(20));
  expect(await handled()).toEqual([1, 2, 3, ...range(11, 20)]);
});

describe("when the log goes back to an earlier state under a running process", () => {
  test.each([
    ["is still shorter than it was", [] as number[]],
    ["has as many events again", range(11, 15)],
    ["has more events than before", range(11, 20)],
  ])("and %s, the process forgets what is gone and handles what is there, all of it", async (_, then) => {
    const tidings = log.open();
    const wentBack: SignalMap["tail.went_back"][] = [];
    tidings.signals.on("tail.went_back", (signal) => wentBack.push(signal));
    tidings.subscribe("copy", {
      from: "start",
      run: writeDown("copy", behaviour),
    });
    await tidings.start();
    for (const n of range(1, 8)) await log.record(n);
    await log.caughtUp("copy");
    expect(await log.handled("copy")).toHaveLength(8);

    const stream = tidings.live({ after: 6 });
    expect((await stream.next()).value).toMatchObject({
      position: 7,
      data: { n: 7 },
    });
    expect((await stream.next()).value).toMatchObject({
      position: 8,
      data: { n: 8 },
    });
    const next = stream.next();
    const ended = expect(next).rejects.toMatchObject({
      code: "LOG_WENT_BACK",
    });
    await takeBack(3, then);
    await ended;
    expect(wentBack).toEqual([{ position: 8, lastPosition: 3 + then.length }]);
    for (const n of range(30, 39)) await log.record(n);
    const expected = [1, 2, 3, ...then, ...range(30, 39)];
    const handled = async () => (await log.handled("copy")).map(({ n }) => n);
    await eventually("everything is handled", async () => (await handled()).includes(39));
    expect(await handled()).toEqual(expected);

    const received: number[] = [];
    for await (const event of tidings.live({ after: 3 })) {
      received.push((event.data as { n: number }).n);
      if (received.length === expected.length - 3) break;
    }
    expect(received, "a stream that begins anew").toEqual(expected.slice(3));
  });
});
