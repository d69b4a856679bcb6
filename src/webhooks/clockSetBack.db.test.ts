import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { queueOn, type QueueUnderTest } from "../../test/webhooks/support/queueUnderTest.ts";

describeOnDatabases("after the database's clock was set back", (open) => {
  let database: TestDatabase;
  let queue: QueueUnderTest;
  beforeAll(async () => {
    database = await open();
    queue = queueOn(database.db);
  });
  beforeEach(() => queue.empty());
  afterAll(() => database.drop());

  /** What was written before lies that much further ahead. */
  async function clockIsSetBack(by: string): Promise<void> {
    await queue.sweep(); // as workers do every ten seconds
    const columns = {
      delivery_queue: ["run_at", "leased_until"],
      endpoint_runs: ["next_at", "breaker_until", "last_served", "tokens_at", "window_at"],
      endpoint_jobs: ["next_at"],
      webhook_sweeps: ["swept_at"],
    };
    for (const [table, names] of Object.entries(columns)) {
      const sets = names.map((name) => `${name} = ${name} + interval '${by}'`);
      await queue.rows(`update tidings.${table} set ${sets.join(", ")}`);
    }
  }

  test("what was due is sent, and a retry comes when it would have come", async () => {
    const endpoint = await queue.endpoint({ schedule: [0, 7_000] });
    const [retried] = await queue.enqueue(endpoint);
    await queue.answer(await queue.claim(), { status: 500 });
    const [due] = await queue.enqueue(endpoint);
    const before = await queue.delivery(retried!.delivery);
    await clockIsSetBack("3 hours");
    expect((await queue.claim()).deliveries).toEqual([]);
    await queue.sweep();
    expect((await queue.claim()).deliveries.map(({ id }) => id)).toEqual([due!.delivery]);
    expect((await queue.delivery(retried!.delivery)).due_in_ms).toBeLessThanOrEqual(before.due_in_ms!);
    await queue.sweep();
    const after = await queue.rows<{ waits: boolean }>(
      "select run_at > clock_timestamp() as waits from tidings.delivery_queue where state = 0",
    );
    expect(after, "set back once").toEqual([{ waits: true }]);
  });

  test("a rate limit goes on giving tokens", async () => {
    const endpoint = await queue.endpoint({ rate: 1_000, burst: 1 });
    await queue.enqueue(endpoint, 2);
    expect((await queue.claim()).deliveries).toHaveLength(1);
    // The next token is there.
    await queue.rows("update tidings.endpoint_runs set tokens = 1, next_at = clock_timestamp()");
    await clockIsSetBack("3 hours");
    expect((await queue.claim()).deliveries).toEqual([]);
    await queue.sweep();
    expect((await queue.claim()).deliveries).toHaveLength(1);
  });

  test("an open breaker lets a probe through, and a job goes on, when they would have", async () => {
    const endpoint = await queue.endpoint();
    await queue.enqueue(endpoint);
    await queue.rows(
      `update tidings.endpoint_runs set breaker = 'open', breaker_until = clock_timestamp() - interval '1 s', next_at = clock_timestamp() - interval '1 s'`,
    );
    await queue.rows(
      `insert into tidings.endpoint_jobs (account_id, id, endpoint_id, kind, since, until, per_second)
       values ('acme', gen_random_uuid(), $1::uuid, 'recover', now(), now(), 50)`,
      [endpoint],
    );
    await clockIsSetBack("3 hours");
    await queue.sweep();
    expect((await queue.claim()).deliveries).toHaveLength(1);
    expect(await queue.rows("select next_at <= now() as due from tidings.endpoint_jobs")).toEqual([
      { due: true },
    ]);
  });

  test("a request under way keeps its lease, and that of a dead worker ends as soon as any", async () => {
    const endpoint = await queue.endpoint();
    await queue.enqueue(endpoint, 2);
    const claimed = await queue.claim();
    await clockIsSetBack("3 hours");
    expect(await queue.sweep()).toMatchObject({ lost: 0 });
    const [alive, dead] = claimed.deliveries;
    expect((await queue.answer({ ...claimed, deliveries: [alive!] })).accepted).toEqual([alive!.id]);
    expect(
      await queue.rows(
        "select delivery_id::text as id, leased_until <= clock_timestamp() + interval '90 s' as ends from tidings.delivery_queue",
      ),
    ).toEqual([{ id: dead!.id, ends: true }]);
  });

  test("by less than a minute nothing is moved", async () => {
    const endpoint = await queue.endpoint();
    await queue.enqueue(endpoint);
    const runAt = () => queue.rows("select run_at::text as at from tidings.delivery_queue");
    await clockIsSetBack("50 s");
    const before = await runAt();
    await queue.sweep();
    expect(await runAt()).toEqual(before);
  });
});
