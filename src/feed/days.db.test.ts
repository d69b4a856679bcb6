import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ann, card, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents, type PastEvent } from "../../test/support/pastEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements, type WatchedDatabase } from "../../test/support/watchStatements.ts";
import { defineEvent } from "../events/defineEvent.ts";
import type { EventFilter } from "../events/filter.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { FeedDay } from "./days.ts";

const closed = defineEvent("card.closed", { subject: card });
const parked = defineEvent("card.parked", { subject: card, phase: "done" });

describeOnDatabases("the day timeline", (open, { name }) => {
  let database: TestDatabase;
  let watched: WatchedDatabase<unknown>;
  let tidings: Tidings;
  let accounts = 0;

  beforeAll(async () => {
    database = await open();
    watched = watchStatements(database.db);
    tidings = createTidings({ db: watched.db, events: { ...events, closed, parked } });
  });
  afterAll(() => database.drop());

  /** An account with these events. */
  const log = async (past: readonly PastEvent[]) => {
    const account = `account-${accounts++}`;
    await insertPastEvents(database.db, past, { account });
    return account;
  };
  const countsOf = (days: readonly FeedDay[]) =>
    days.map(({ date, columns: { added, updated, done } }) => [
      date,
      added.items.length + added.hidden,
      updated.items.length + updated.hidden,
      done.items.length + done.hidden,
    ]);
  const berlin = { timeZone: "Europe/Berlin" };

  test.each([
    ["Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"], // 23 hours
    ["Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"], // 25 hours
    ["Asia/Kathmandu", "2026-05-01", "2026-04-30T18:15:00Z", "2026-05-01T18:15:00Z"],
    ["Pacific/Apia", "2026-05-01", "2026-04-30T11:00:00Z", "2026-05-01T11:00:00Z"],
  ])("in %s the day %s goes from its own midnight to the next", async (timeZone, date, from, until) => {
    const before = (moment: string) => new Date(new Date(moment).getTime() - 1);
    const account = await log([{ at: before(from) }, { at: from }, { at: before(until) }, { at: until }]);
    const { days } = await tidings.days({ account, timeZone });
    expect(days.map((day) => [day.date, day.columns.updated.items.length])).toEqual([
      [expect.any(String), 1],
      [date, 2],
      [expect.any(String), 1],
    ]);
  });

  test("a column is what the definition says, or its verb, also of a type that nobody defines", async () => {
    const at = "2026-05-01T12:00:00Z";
    const types = [
      "card.added",
      "card.moved",
      "card_moved",
      "card.closed",
      "card.parked",
      "gone.deleted",
      "gone.made",
    ];
    const account = await log(types.map((type) => ({ at, type })));
    const { days } = await tidings.days({ account, ...berlin });
    const { added, updated, done } = days[0]!.columns;
    const typesOf = ({ items }: { items: readonly { type: string }[] }) =>
      items.map(({ type }) => type).toSorted();
    expect(typesOf(added)).toEqual(["card.added"]);
    expect(typesOf(updated)).toEqual(["card.moved", "card.moved", "gone.made"]);
    expect(typesOf(done)).toEqual(["card.closed", "card.parked", "gone.deleted"]);
    expect(done.items[0]).toMatchObject({ actor: { id: "ann" }, text: expect.any(String) });
  });

  test("empty days are passed over, and cost nothing: two days years apart are one read", async () => {
    const account = await log([{ at: "2024-01-01T12:00:00Z" }, { at: "2026-05-01T12:00:00Z" }]);
    await tidings.days({ account, ...berlin });
    watched.statements.length = 0;
    const { days, older } = await tidings.days({ account, ...berlin });
    expect(days.map(({ date }) => date)).toEqual(["2026-05-01", "2024-01-01"]);
    expect(older).toBeNull();
    expect(watched.statements.filter((sql) => sql.includes("ids_of_account")).length).toBeLessThanOrEqual(2);
  });

  test("pages lead on to the next day that has something", async () => {
    const account = await log(
      ["2026-05-09", "2026-05-04", "2026-05-03", "2025-12-31"].map((at) => ({ at: `${at}T12:00:00Z` })),
    );
    const first = await tidings.days({ account, ...berlin, limit: 2 });
    expect(first).toMatchObject({ older: "2026-05-04", timeZone: "Europe/Berlin" });
    const second = await tidings.days({ account, ...berlin, limit: 2, before: first.older! });
    expect(second.days.map(({ date }) => date)).toEqual(["2026-05-03", "2025-12-31"]);
    expect(second.older).toBeNull();
    // In Berlin, the first day that can be asked for begins before 1970 does.
    for (const before of ["2025-01-01", "1970-01-01"])
      expect(await tidings.days({ account, ...berlin, before })).toMatchObject({ days: [], older: null });
  });

  test("a column shows its newest 100 and says how many it hides", async () => {
    const moves = Array.from({ length: 130 }, (_, minute) => ({
      at: new Date(Date.UTC(2026, 4, 1, 6, minute)),
    }));
    const account = await log([...moves, { at: "2026-05-01T05:00:00Z", type: "card.closed" }]);
    const { days } = await tidings.days({ account, ...berlin });
    const { updated, done } = days[0]!.columns;
    expect(updated.items).toHaveLength(100);
    expect(updated.hidden).toBe(30);
    expect(updated.items[0]!.occurredAt).toEqual(moves.at(-1)!.at);
    expect(done).toMatchObject({ items: [{ type: "card.closed" }], hidden: 0 });
  });

  test("what is rare on a busy day is found, and the day before begins a page of its own", async () => {
    const moves = Array.from({ length: 1_200 }, (_, turn) => ({
      at: new Date(Date.UTC(2026, 4, 1, 6) + turn * 1_000),
    }));
    const account = await log([
      ...moves,
      { at: "2026-05-01T05:00:00Z", type: "card.closed" },
      { at: "2026-05-02T05:00:00Z", type: "card.added" },
      { at: "2026-04-30T05:00:00Z", type: "card.added" },
    ]);
    const { days, older } = await tidings.days({ account, ...berlin, limit: 2 });
    expect(days.map(({ date }) => date)).toEqual(["2026-05-02", "2026-05-01"]);
    expect(days[1]!.columns).toMatchObject({
      updated: { hidden: 900 },
      done: { items: [{ type: "card.closed" }], hidden: 0 },
    });
    expect(older).toBe("2026-05-01");
    const before = await tidings.days({ account, ...berlin, before: older! });
    expect(countsOf(before.days)).toEqual([["2026-04-30", 1, 0, 0]]);
    expect(
      countsOf((await tidings.days({ account, ...berlin, limit: 1, before: "2026-05-02" })).days),
    ).toEqual([["2026-05-01", 0, 1_000, 1]]);
    const added = await tidings.days({ account, ...berlin, types: ["card.added"] });
    expect(countsOf(added.days).map(([date]) => date)).toEqual(["2026-05-02", "2026-04-30"]);
  });

  test("over all pages the days hold what a straight read holds, each event once, in its column", async () => {
    const start = Date.UTC(2026, 2, 25);
    const past = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 10 * 24 * 60 }).map((minutes) => new Date(start + minutes * 60_000)),
        type: fc.constantFrom("card.added", "card.moved", "card.closed", "page.seen"),
        actor: fc.constantFrom("ann", "ben"),
        audience: fc.option(fc.constantFrom(["admins"], ["user:ann"]), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 60 },
    );
    const filter = fc.constantFrom<EventFilter>(
      {},
      { types: ["card.*"] },
      { actors: ["user:ann"] },
      { of: "user:ben" },
      { viewer: ann },
      { since: new Date(start + 86_400_000), until: new Date(start + 6 * 86_400_000) },
    );
    const zone = fc.constantFrom("Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/Los_Angeles");
    await fc.assert(
      fc.asyncProperty(
        past,
        filter,
        zone,
        fc.integer({ min: 1, max: 7 }),
        async (given, filtered, timeZone, limit) => {
          const account = await log(given);
          const found: string[] = [];
          let before: string | undefined;
          do {
            const page = await tidings.days({ account, ...filtered, timeZone, limit, before });
            for (const { date, columns } of page.days) {
              for (const [phase, { items }] of Object.entries(columns)) {
                for (const item of items) {
                  found.push(`${phase} ${item.id}`);
                  expect(new Intl.DateTimeFormat("sv-SE", { timeZone }).format(item.occurredAt)).toBe(date);
                }
              }
            }
            before = page.older ?? undefined;
          } while (before);
          const { items } = await tidings.events.list({ account, ...filtered, limit: 200 });
          const phaseOf: Record<string, string> = { "card.added": "added", "card.closed": "done" };
          expect(found.toSorted()).toEqual(
            items.map(({ id, type }) => `${phaseOf[type] ?? "updated"} ${id}`).toSorted(),
          );
        },
      ),
      { numRuns: name === "pglite" ? 15 : 40, interruptAfterTimeLimit: 20_000 },
    );
  }, 60_000);

  test("nothing of another account, nor what the viewer may not see, makes a day or is counted", async () => {
    const account = await log([
      { at: "2026-05-01T12:00:00Z", audience: ["admins"] },
      { at: "2026-05-03T12:00:00Z" },
    ]);
    expect(countsOf((await tidings.days({ account, ...berlin, viewer: ann })).days)).toEqual([
      ["2026-05-03", 0, 1, 0],
    ]);
    expect(await tidings.days({ account: "nowhere", ...berlin })).toMatchObject({ days: [], older: null });
  });

  test.each([
    [{ timeZone: "Mars/Base" }, "INVALID_TIME_ZONE"],
    [{ before: "2026-02-30" }, "INVALID_CURSOR"],
    [{ before: "yesterday" }, "INVALID_CURSOR"],
    [{ limit: 0 }, "INVALID_FILTER"],
    [{ limit: 8 }, "INVALID_FILTER"],
    [{ lanes: [] }, "INVALID_FILTER"],
  ])("%j is %s", async (wrong, code) => {
    await expect(tidings.days({ account: "acme", ...berlin, ...wrong })).rejects.toMatchObject({ code });
  });
});
