import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";
import type { Database, Queryable } from "../db/database.ts";

const WAITING = 600;

describeOnDatabases("the queue's plans", (open) => {
  let database: TestDatabase;
  let made: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    made = queueOn(database.db);
  });
  afterAll(() => database.drop());

  /** Rows of the queue and of deliveries that were read since the transaction began, by whatever scan. */
  async function rowsRead(tx: Queryable): Promise<number> {
    const [row] = await tx.query<{ n: number }>(
      `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as n from pg_stat_xact_user_tables
        where relname = 'delivery_queue' or relname like 'deliveries%'`,
    );
    return row!.n;
  }

  test("that were made while it was empty find each row by its key when it is full", async () => {
    const endpoints = await Promise.all(["a", "b", "c"].map((account) => made.endpoint({ account })));
    const ordered = await made.endpoint({ account: "d", ordered: true });
    // As autovacuum leaves them once all is delivered: without a single page, which costs nothing to read.
    await made.rows("vacuum analyze tidings.delivery_queue");
    await made.rows("vacuum analyze tidings.deliveries");

    // One connection, as a worker's that goes on: it keeps the plans.
    await database.db.transaction(async (tx) => {
      const inside: Database = { ...database.db, query: tx.query, transaction: (work) => work(tx) };
      const queue = queueOn(inside);
      // One of each. What they make is gone when the plans are used.
      await queue.enqueue(ordered, 1, { account: "d", key: "item:1" });
      await queue.answer(await queue.claim());
      await queue.sweep();

      await queue.enqueue(ordered, 1, { account: "d", key: "item:1" });
      for (const [n, account] of ["a", "b", "c"].entries()) {
        await queue.enqueue(endpoints[n]!, WAITING / 3, { account });
      }
      const before = await rowsRead(tx);
      const claimed = await queue.claim();
      const delivered = await queue.answer({ ...claimed, deliveries: claimed.deliveries.slice(0, 8) });
      const failed = await queue.answer(
        { ...claimed, deliveries: claimed.deliveries.slice(8) },
        { status: 500 },
      );
      const handled = delivered.accepted.length + failed.accepted.length;
      expect(handled).toBe(25);
      // Its row to be leased, its row to be changed, its delivery: three for each result.
      expect((await rowsRead(tx)) - before).toBeLessThan(handled * 5);

      const beforeMore = await rowsRead(tx);
      await queue.enqueue(ordered, 10, { account: "d", key: "item:1" });
      await queue.sweep();
      expect((await rowsRead(tx)) - beforeMore).toBeLessThan(WAITING / 2);
    });
  });
});
