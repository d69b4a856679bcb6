import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientBase } from "pg";
import type { Database } from "../../src/db/database.ts";
import { pg } from "../../src/db/pg.ts";
import { administer } from "../support/databaseServers.ts";
import { eventually } from "./support/eventually.ts";
import { writeDown } from "./support/handler.ts";
import { itemChanged } from "./support/itemEvents.ts";
import { openLog, type LogUnderTest } from "./support/logUnderTest.ts";

const behaviour = { exit: () => undefined, pause: async () => undefined };

let log: LogUnderTest;
beforeEach(async () => (log = await openLog()));
afterEach(() => log.close());

/** Cuts every connection to the database and admits no new one until it is over. */
async function outage(during: () => Promise<void>): Promise<void> {
  const name = new URL(log.database.url).pathname.slice(1);
  await administer(log.database.server.adminUrl, async (admin) => {
    await admin.query(`alter database ${name} allow_connections false`);
    await admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
    try {
      await during();
    } finally {
      await admin.query(`alter database ${name} allow_connections true`);
    }
  });
}

describe("when the database goes away and comes back", () => {
  test("every loop says so and goes on; subscriptions and live streams continue where they were", async () => {
    const tidings = log.open();
    tidings.subscribe("copy", { from: "start", run: writeDown("copy", behaviour) });
    await tidings.start();
    const received: number[] = [];
    const stop = new AbortController();
    const stream = (async () => {
      for await (const event of tidings.live({ after: 0, types: [itemChanged], signal: stop.signal }))
        received.push(event.position);
    })();
    await log.record(1);
    await log.caughtUp("copy");

    const failed = new Set<string>();
    tidings.signals.on("loop.failed", ({ loop }) => failed.add(loop));
    await outage(async () => {
      await eventually("the loops report", () =>
        ["sequencer", "tail", "subscription copy slot 0"].every((loop) => failed.has(loop)),
      );
    });
    await log.record(2);
    await log.caughtUp("copy");
    await eventually("the stream goes on", () => received.length === 2);
    stop.abort();
    await stream;
    expect(received).toEqual([1, 2]);
    expect(await log.handled("copy")).toMatchObject([{ n: 1 }, { n: 2 }]);
  });

  test("connections cut at random while events are handled: each is handled once", async () => {
    const tidings = log.open();
    tidings.subscribe("copy", {
      from: "start",
      batch: 3,
      maxAttempts: 100,
      run: writeDown("copy", behaviour),
    });
    for (let n = 1; n <= 60; n++) await log.record(n);
    await tidings.start();
    let cuts = 0;
    const stopCutting = tidings.signals.on("subscription.handled", () => {
      if (++cuts % 5 !== 0) return;
      void log
        .rows(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`,
        )
        .catch(() => undefined);
    });
    const numbers = await eventually("all are handled", async () => {
      const handled = await log.handled("copy").catch(() => []); // its connection may be cut too
      return handled.length >= 60 && handled.map(({ n }) => n);
    });
    stopCutting();
    expect(cuts).toBeGreaterThan(5);
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  test("a connection that breaks after COMMIT was done does not make the batch be handled again", async () => {
    const plain = pg(log.database.pool);
    let breakNext = false;
    const breaking: Database<ClientBase> = {
      ...plain,
      transaction: async (work) => {
        const result = await plain.transaction(work);
        if (breakNext) {
          breakNext = false;
          throw new Error("Connection terminated unexpectedly");
        }
        return result;
      },
    };
    const tidings = log.open({ db: breaking });
    const write = writeDown("copy", behaviour);
    tidings.subscribe("copy", {
      from: "start",
      maxAttempts: 1, // it must not be parked either
      batch: 2,
      run: async (events, context) => {
        await write(events, context);
        breakNext = true;
      },
    });
    for (let n = 1; n <= 5; n++) await log.record(n);
    await tidings.start();
    await log.caughtUp("copy");
    expect((await log.handled("copy")).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect(await tidings.subscriptions.parked("copy")).toEqual([]);
  });
});
