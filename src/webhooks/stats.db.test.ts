import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { endpointId, insertEndpoint } from "../../test/support/webhookRows.ts";
import { createStats } from "./stats.ts";

const HOUR_MS = 3_600_000;

describeOnDatabases("figures of an endpoint", (open) => {
  let database: TestDatabase;
  beforeAll(async () => (database = await open()));
  afterAll(() => database.drop());

  const statsIn = (account: string) =>
    createStats({ db: database.db, accountOf: (given) => given ?? account }).stats;

  /** The row of five minutes that holds a moment. */
  const count = (account: string, endpoint: string, at: number, columns: Readonly<Record<string, number>>) =>
    database.db.query(
      `insert into tidings.endpoint_stats (account_id, endpoint_id, since, ${Object.keys(columns).join(", ")})
       values ($1, $2::text::uuid, to_timestamp(floor($3::float8 / 300000) * 300), ${Object.values(columns).join(", ")})`,
      [account, endpoint, at],
    );

  test("come in buckets of the asked size, empty ones included, with percentiles from the classes", async () => {
    const account = "buckets";
    const endpoint = await insertEndpoint(database.db, { account });
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;
    await count(account, endpoint, hour, {
      delivered: 90,
      failed: 0,
      total_ms: 2_250,
      max_ms: 48,
      up_to_50: 90,
    });
    const slow = { delivered: 2, failed: 8, total_ms: 7_750, max_ms: 900, up_to_1000: 10 };
    await count(account, endpoint, hour + 1_800_000, slow);
    await count(account, endpoint, hour + 2 * HOUR_MS, {
      failed: 1,
      total_ms: 9_000,
      max_ms: 9_000,
      longer: 1,
    });
    const buckets = await statsIn(account)(endpointId(endpoint), {
      since: new Date(hour + 60_000),
      bucket: 3_600,
    });
    expect(buckets[0]).toEqual({
      since: new Date(hour),
      delivered: 92,
      failed: 8,
      averageMs: 100,
      p50Ms: 28, // 50 of the 90 tries of up to 50 ms
      p95Ms: 700, // half-way from 500 ms to the longest
      maxMs: 900,
    });
    const empty = { delivered: 0, failed: 0, averageMs: null, p50Ms: null, p95Ms: null, maxMs: null };
    expect(buckets[1]).toEqual({ since: new Date(hour + HOUR_MS), ...empty });
    expect(buckets[2]).toMatchObject({ delivered: 0, failed: 1, maxMs: 9_000, p95Ms: 8_800 });
    expect(buckets.length).toBeGreaterThanOrEqual(4);
  });

  test("of all endpoints are the sums of each, with percentiles of all, and of no other account", async () => {
    const account = "together";
    const [first, second] = [
      await insertEndpoint(database.db, { account }),
      await insertEndpoint(database.db, { account }),
    ];
    const elsewhere = await insertEndpoint(database.db, { account: "elsewhere" });
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
    const quick = { delivered: 90, total_ms: 2_250, max_ms: 48, up_to_50: 90 };
    await count(account, first, hour, quick);
    await count(account, second, hour, {
      delivered: 2,
      failed: 8,
      total_ms: 7_750,
      max_ms: 900,
      up_to_1000: 10,
    });
    await count("elsewhere", elsewhere, hour, { failed: 5, total_ms: 50_000, max_ms: 10_000, longer: 5 });
    const { accountStats } = createStats({ db: database.db, accountOf: (given) => given ?? account });
    const buckets = await accountStats({ since: new Date(hour), bucket: 3_600 });
    expect(buckets[0]).toEqual({
      since: new Date(hour),
      delivered: 92,
      failed: 8,
      averageMs: 100,
      p50Ms: 28,
      p95Ms: 700,
      maxMs: 900,
    });
    expect(buckets[1]).toMatchObject({ delivered: 0, failed: 0, p95Ms: null });
    await expect(accountStats({ bucket: 301 })).rejects.toMatchObject({ code: "INVALID_FILTER" });
  });

  test("are of the last 24 hours in half-hours unless asked otherwise", async () => {
    const account = "default";
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const buckets = await statsIn(account)(endpoint);
    expect(buckets).toHaveLength(49);
    expect(buckets[48]!.since.getTime() - buckets[0]!.since.getTime()).toBe(24 * HOUR_MS);
  });

  test("are bounded: more than a week of five minutes is refused, and what is no bucket", async () => {
    const account = "refused";
    const stats = statsIn(account);
    const endpoint = endpointId(await insertEndpoint(database.db, { account }));
    const days = (n: number) => new Date(Date.now() - n * 24 * HOUR_MS);
    await expect(stats(endpoint, { since: days(8), bucket: 300 })).rejects.toMatchObject({
      code: "INVALID_FILTER",
    });
    expect(await stats(endpoint, { since: days(30), bucket: 86_400 })).toHaveLength(31);
    for (const bucket of [0, 250, 301, 86_700, 0.5])
      await expect(stats(endpoint, { bucket })).rejects.toMatchObject({
        code: "INVALID_FILTER",
        path: ["bucket"],
      });
    await expect(stats("ep_x")).rejects.toMatchObject({ code: "ENDPOINT_NOT_FOUND" });
  });
});
