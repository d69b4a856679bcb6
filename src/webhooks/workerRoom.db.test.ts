import { afterAll, afterEach, beforeAll, beforeEach, test } from "vitest";
import { eventually } from "../../test/log/support/eventually.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import {
  OK,
  policy,
  queueOn,
  sealing,
  type QueueUnderTest,
} from "../../test/webhooks/support/queueUnderTest.ts";
import type { Database } from "../db/database.ts";
import { createDeliver } from "./deliver.ts";
import type { RequestResult } from "./sendRequest.ts";
import { createWorker, type Worker } from "./worker.ts";

const SLOTS = 8;

interface Pending {
  readonly account: string;
  readonly answer: () => void;
}

describeOnDatabases("a worker whose slots are taken", (open) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  let worker: Worker;
  let sent: number;
  let pending: Pending[];
  let letWrite: () => void;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(async () => {
    await queue.empty();
    sent = 0;
    pending = [];
    const mayWrite = new Promise<void>((resolve) => (letWrite = resolve));
    const send = ({ url }: { readonly url: string }) =>
      new Promise<RequestResult>((resolve) => {
        sent++;
        pending.push({
          account: new URL(url).pathname.slice(1),
          answer: () => resolve(OK),
        });
      });
    worker = createWorker({
      db: writingResultsAfter(mayWrite, database.db),
      signals: queue.signals,
      deliver: createDeliver({
        sender: { send },
        sealing,
        signals: queue.signals,
        retry: { jitter: 0, maxRetryAfterMs: 0 },
      }),
      slots: SLOTS,
      pollMs: 60_000, // no test lives until it looks by itself
      policy,
      recordNotices: async () => undefined,
    });
  });
  afterEach(async () => {
    letWrite();
    const stopped = worker.stop();
    pending.forEach(({ answer }) => answer());
    await stopped;
  });
  afterAll(() => database.drop());

  /** An account with one endpoint and so many deliveries. */
  async function waiting(account: string, count: number): Promise<void> {
    const url = `http://receiver.test/${account}`;
    await queue.enqueue(await queue.endpoint({ account, url, inFlight: 32 }), count, { account });
  }

  /** Tells the worker, and lets it look: between two steps its loop lets others have their turn. */
  async function tell(): Promise<void> {
    worker.wake();
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
  }

  const requests = (count: number) => eventually(`${count} requests are made`, () => sent === count);
  const of = (account: string) => pending.filter((each) => each.account === account);

  /**
   * Leaves two slots: of 38 requests that go on each account's first eight have let go of theirs, as many as may. Then `slow` ones take
   * those, which never let go. Nobody has anything more to send.
   */
  async function takeSlots(slow: number): Promise<void> {
    for (const account of ["a", "b"]) await waiting(account, 11);
    for (const account of ["long", "longer"]) await waiting(account, 8);
    worker.start();
    await requests(38);
    await queue.rows("update tidings.endpoint_runs set next_at = 'infinity'");
    await waiting("slow", slow);
    await queue.rows("update tidings.endpoint_runs set duration_ms = 9000 where account_id = 'slow'");
    await tell();
    await requests(38 + slow);
    await queue.rows("update tidings.endpoint_runs set next_at = 'infinity'");
  }

  test("claims what it is told of meanwhile as soon as a quarter of them is free", async () => {
    await takeSlots(1);
    await waiting("c", 1);
    await tell();
    of("a").at(-1)!.answer();
    await requests(40);
  });

  test("claims again when results are written that had taken the room", async () => {
    await takeSlots(2);
    // A quarter is free, which waits for more …
    [of("a").at(-1)!, of("b").at(-1)!].forEach(({ answer }) => answer());
    await tell();
    // … and is not any longer, because results that are not written need room too.
    [...of("long"), ...of("longer")].forEach(({ answer }) => answer());
    await tell();
    await waiting("c", 2);
    letWrite();
    await requests(42);
  });
});

/** A database that takes no results yet. */
function writingResultsAfter(mayWrite: Promise<void>, db: Database): Database {
  return {
    ...db,
    query: async (sql, parameters, options) => {
      if (sql.includes("complete_deliveries")) await mayWrite;
      return db.query(sql, parameters, options);
    },
    // Only results are written in one.
    transaction: async (work) => {
      await mayWrite;
      return db.transaction(work);
    },
  };
}
