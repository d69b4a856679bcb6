import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { eventually } from "../../test/log/support/eventually.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";
import type { Claimed } from "./claim.ts";
import { requeue } from "./requeue.ts";

describeOnDatabases("a claim at the same moment", (open, under) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(() => queue.empty());
  afterAll(() => database.drop());

  /** True once a statement that contains `text` waits for a lock. */
  const waits = async (text: string) =>
    (
      await queue.rows<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock' and query like $1 and pid <> pg_backend_pid()`,
        [`%${text}%`],
      )
    )[0]!.n > 0;

  test("as a resend, between its look at the endpoints and its lock, gives the delivery", async (context) => {
    under.needsSeveralConnections(context);
    const endpoint = await queue.endpoint();
    const [made] = await queue.enqueue(endpoint);
    await queue.answer(await queue.claim(), { status: 500 }); // it waits for its retry now
    await queue.rows("update tidings.endpoint_runs set next_at = clock_timestamp()");

    const [original] = await queue.rows<{ definition: string }>(
      "select pg_get_functiondef('tidings.tokens_at'::regproc) as definition",
    );
    await queue.rows(PAUSING_TOKENS);
    let claiming: Promise<Claimed> | undefined;
    try {
      await database.db.transaction(async (tx) => {
        await tx.query("select pg_advisory_xact_lock(4711)::text");
        claiming = queue.claim();
        await eventually("the claim has read the endpoints", () => waits("claim_deliveries"));
        await database.db.transaction((other) => requeue(other, "acme", endpoint, [made!.delivery]));
      });
      expect((await claiming!).deliveries.map(({ id }) => id)).toEqual([made!.delivery]);
    } finally {
      await claiming?.catch(() => undefined);
      await queue.rows(original!.definition);
    }
  });

  test("as an enqueue, that puts the endpoint to sleep, leaves it awake", async (context) => {
    under.needsSeveralConnections(context);
    const endpoint = await queue.endpoint();
    // Three looks found nothing: the next one is the last.
    await queue.rows("update tidings.endpoint_runs set next_at = clock_timestamp(), idle_turns = 3");
    let through = false;
    const enqueued = await database.db.transaction(async (tx) => {
      expect((await queueOn({ ...database.db, query: tx.query }).claim()).deliveries).toEqual([]);
      const made = queue.enqueue(endpoint).then((deliveries) => {
        through = true;
        return deliveries;
      });
      await eventually(
        "it is written, or waits for the claim",
        async () => through || waits("enqueue_deliveries"),
      );
      return { made };
    });
    const [made] = await enqueued.made;
    expect((await queue.claim()).deliveries.map(({ id }) => id)).toEqual([made!.delivery]);
  });
});

// Asked for each endpoint that is due, after the statement's snapshot and before any lock: where the test stops the claim.
const PAUSING_TOKENS = `
create or replace function tidings.tokens_at(run tidings.endpoint_runs, moment timestamptz) returns double precision
language plpgsql as $$
begin
  if current_query() like '%claim_deliveries%' then perform pg_advisory_xact_lock_shared(4711); end if;
  return null;
end $$`;
