import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ann, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import { insertRawEvent } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { EventBucket } from "./stats.ts";

const HOUR_MS = 3_600_000;

describeOnDatabases("figures of the log", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events, account: "acme" });
    await insertPastEvents(database.db, [
      { at: "2026-03-28T22:59:59.999Z", type: "card.added" },
      { at: "2026-03-28T23:00:00.000Z", type: "card.moved" },
      { at: "2026-03-29T00:30:00Z", type: "card_moved" },
      { at: "2026-03-29T01:00:00Z", type: "card.added", audience: ["admins"] },
      { at: "2026-03-29T22:00:00Z", type: "card.moved" },
    ]);
    await insertPastEvents(database.db, [{ at: "2026-03-29T00:00:00Z", type: "page.viewed" }], {
      lane: "client",
    });
    await insertPastEvents(database.db, [{ at: "2026-03-29T00:00:00Z" }], { account: "other" });
  });
  afterAll(() => database.drop());

  const march = { since: new Date("2026-03-28T23:00:00Z"), until: new Date("2026-03-30T12:00:00Z") };
  const inBerlin = { ...march, timeZone: "Europe/Berlin" } as const;
  const shown = ({ buckets }: { buckets: readonly EventBucket[] }) =>
    buckets.map(({ at, counts }) => [at.toISOString(), counts]);

  test("are by day of the zone and by type under its present name, over all lanes", async () => {
    const stats = await tidings.stats.events({ ...inBerlin, by: "type", bucket: "day" });
    expect(shown(stats)).toEqual([
      ["2026-03-28T23:00:00.000Z", { "card.moved": 2, "card.added": 1, "page.viewed": 1 }],
      ["2026-03-29T22:00:00.000Z", { "card.moved": 1 }],
    ]);
    expect(stats.complete).toBe(true);
  });

  test("are by lane, and of the lanes and types asked", async () => {
    const byLane = { ...inBerlin, by: "lane", bucket: "day" } as const;
    expect(shown(await tidings.stats.events(byLane))[0]![1]).toEqual({ domain: 3, client: 1 });
    expect(shown(await tidings.stats.events({ ...byLane, lanes: ["client"] }))[0]![1]).toEqual({ client: 1 });
    expect(shown(await tidings.stats.events({ ...byLane, types: ["card.moved"] }))[0]![1]).toEqual({
      domain: 2,
    });
    expect(shown(await tidings.stats.events({ ...byLane, categories: ["page"] }))[0]![1]).toEqual({
      client: 1,
    });
  });

  test("have a bucket for each hour that a day has, the quiet ones empty", async () => {
    const summer = await tidings.stats.events({
      ...inBerlin,
      until: new Date("2026-03-29T22:00:00Z"),
      by: "type",
      bucket: "hour",
    });
    expect(summer.buckets).toHaveLength(23);
    expect(summer.buckets[0]!.counts).toEqual({ "card.moved": 1 });
    expect(summer.buckets[5]!.counts).toEqual({});
    const gaps = summer.buckets
      .slice(1)
      .map(({ at }, index) => at.getTime() - summer.buckets[index]!.at.getTime());
    expect(new Set(gaps)).toEqual(new Set([HOUR_MS]));
    const autumn = { since: new Date("2026-10-24T22:00:00Z"), until: new Date("2026-10-25T23:00:00Z") };
    const winter = { ...autumn, timeZone: "Europe/Berlin", by: "lane", bucket: "hour" } as const;
    expect((await tidings.stats.events(winter)).buckets).toHaveLength(25);
  });

  test("begin with the whole bucket that holds `since`, at the hour of the zone", async () => {
    const { buckets } = await tidings.stats.events({
      by: "type",
      bucket: "hour",
      timeZone: "Asia/Kathmandu",
      since: new Date("2026-03-29T00:40:00Z"),
      until: new Date("2026-03-29T01:20:00Z"),
    });
    expect(buckets.map(({ at, counts }) => [at.toISOString(), counts])).toEqual([
      ["2026-03-29T00:15:00.000Z", { "card.moved": 1, "card.added": 1 }],
      ["2026-03-29T01:15:00.000Z", {}],
    ]);
  });

  test("begin before 1970 where the zone's first day does", async () => {
    const { buckets } = await tidings.stats.events({
      by: "type",
      bucket: "day",
      timeZone: "America/New_York",
      since: new Date(0),
      until: new Date("1970-01-02T00:00:00Z"),
    });
    expect(buckets.map(({ at }) => at.toISOString())).toEqual([
      "1969-12-31T05:00:00.000Z",
      "1970-01-01T05:00:00.000Z",
    ]);
  });

  test("never count what the viewer may not see, nor another account's", async () => {
    const byType = { ...inBerlin, by: "type", bucket: "day" } as const;
    expect(shown(await tidings.stats.events({ ...byType, viewer: ann }))[0]![1]).toEqual({
      "card.moved": 2,
      "page.viewed": 1,
    });
    expect(shown(await tidings.stats.events({ ...byType, account: "other" }))).toEqual([
      ["2026-03-28T23:00:00.000Z", { "card.moved": 1 }],
      ["2026-03-29T22:00:00.000Z", {}],
    ]);
  });

  test("have by default a day of hours and thirty days of days", async () => {
    expect((await tidings.stats.events({ by: "lane", bucket: "hour" })).buckets).toHaveLength(25);
    expect((await tidings.stats.events({ by: "lane", bucket: "day" })).buckets).toHaveLength(31);
  });

  test("leave out the older buckets of an account that is too busy for them", async () => {
    const perSecond = (from: string, count: number) =>
      database.db.query(
        `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id,
                                     actor_type, actor_id, occurred_at, refs, data, metadata)
         select 'busy', 'domain', overlay(gen_random_uuid()::text placing
                  substr(tidings.uuid7_floor($1::text::timestamptz + n * interval '1 second')::text, 1, 14) || '7' from 1 for 15)::uuid,
                'card.moved', 1, 'info', 'card', '1', 'user', 'ann', now(), '{}', '{}', '{}'
           from generate_series(0, $2::int - 1) n`,
        [from, count],
      );
    await perSecond("2026-05-02T00:00:00Z", 26_000);
    await perSecond("2026-05-03T00:00:00Z", 25_000);
    const may = { since: new Date("2026-05-01"), until: new Date("2026-05-04"), bucket: "day" } as const;
    const stats = await tidings.stats.events({ account: "busy", by: "type", ...may });
    expect(stats.complete).toBe(false);
    expect(shown(stats)).toEqual([["2026-05-03T00:00:00.000Z", { "card.moved": 25_000 }]]);
  }, 60_000);

  test("tell how much each defined type had in thirty days", async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);
    await insertPastEvents(
      database.db,
      [
        { at: hoursAgo(1), type: "card.moved" },
        { at: hoursAgo(2), type: "card_moved" },
        { at: hoursAgo(3), type: "card.added", audience: ["admins"] },
        { at: hoursAgo(24 * 31), type: "card.moved" },
      ],
      { account: "recent" },
    );
    await insertPastEvents(database.db, [{ at: hoursAgo(4), type: "page.viewed" }], {
      account: "recent",
      lane: "client",
    });
    const volumes = await tidings.stats.types({ account: "recent" });
    expect(volumes.map(({ type }) => type)).toEqual(tidings.registry.types.map(({ type }) => type));
    expect(Object.fromEntries(volumes.map(({ type, events: count }) => [type, count]))).toMatchObject({
      "card.added": 1,
      "card.moved": 2,
      "comment.added": 0,
      "page.viewed": 1,
    });
    const seen = await tidings.stats.types({ account: "recent", viewer: ann });
    expect(seen.find(({ type }) => type === "card.added")).toEqual({
      type: "card.added",
      events: 0,
      capped: false,
    });
  });

  test.each([
    [{ by: "actor" }, "INVALID_FILTER"],
    [{ bucket: "week" }, "INVALID_FILTER"],
    [{ timeZone: "Mars/Base" }, "INVALID_TIME_ZONE"],
    [{ since: new Date("2026-05-01"), until: new Date("2026-04-01") }, "INVALID_FILTER"],
    [{ since: new Date("2020-01-01") }, "INVALID_FILTER"],
    [{ since: new Date(Number.NaN) }, "INVALID_FILTER"],
    [{ types: [] }, "INVALID_FILTER"],
  ])("%j is %s", async (wrong, code) => {
    const asked = { by: "type", bucket: "hour", ...wrong } as never;
    await expect(tidings.stats.events(asked)).rejects.toMatchObject({ code });
  });
});

// On a server: PGlite has the clock of its process.
test.each([-3, 3])(
  "figures are up to now by the database, whose clock is %i hours from the app's",
  async (hours) => {
    const database = await createTestDatabase();
    const tidings = createTidings({ db: database.db, events, account: "acme" });
    await insertRawEvent(database.db);
    const { now } = Date;
    const ours = vi.spyOn(Date, "now").mockImplementation(() => now() - hours * HOUR_MS);
    try {
      const { buckets } = await tidings.stats.events({ by: "lane", bucket: "hour" });
      expect(buckets.slice(-2).map(({ counts }) => counts["domain"] ?? 0)).toContain(1);
      const volumes = await tidings.stats.types();
      expect(volumes.find(({ type }) => type === "card.moved")).toMatchObject({ events: 1 });
    } finally {
      ours.mockRestore();
      await database.drop();
    }
  },
);
