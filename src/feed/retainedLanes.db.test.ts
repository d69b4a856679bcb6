import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import { defineEvent, lanes } from "../events/defineEvent.ts";
import { defineEntity } from "../events/entity.ts";
import { sentence } from "../events/sentence.ts";
import { idFloor } from "../log/findEvents.ts";
import { createTidings, type Tidings } from "../tidings.ts";

const card = defineEntity("card");
const cardMoved = defineEvent("card.moved", {
  subject: card,
  sentence: (e) => sentence`${e.actor} moved ${e.subject}`,
});
const cardSeen = defineEvent("card.seen", { subject: card, lane: "client" });

const DAY_MS = 86_400_000;
const BEGIN = Date.UTC(2026, 7, 3, 10);
/** More of them than an overview looks at. */
const SEEN = 5_100;
const account = "acme";
const STILL_SEEN = { account: "going on", lane: "client" };

describeOnDatabases("where retention has taken one lane, and its timeline rows are left", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  /** The newest first. */
  let kept: string[];
  /** The oldest first. */
  let goingOn: string[];
  const about = { account, of: card(1), lanes };

  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events: { cardMoved, cardSeen } });
    const every = (count: number, begin: number, stepMs: number) =>
      Array.from({ length: count }, (_, turn) => ({ at: new Date(begin + turn * stepMs) }));
    // On one day: seen, moved three times between, and then seen very often.
    const seen = (events: { at: Date }[], of = account) =>
      insertPastEvents(
        database.db,
        events.map((event) => ({ ...event, type: "card.seen", actor: "ben" })),
        { account: of, lane: "client" },
      );
    await seen(every(3, BEGIN - 5_000, 60_000));
    kept = (await insertPastEvents(database.db, every(3, BEGIN, 60_000), { account })).toReversed();
    await seen(every(SEEN, BEGIN + 600_000, 1_000));
    await seen(every(3, BEGIN, 1_000), "busy");
    await insertPastEvents(database.db, every(5_001, BEGIN + DAY_MS, 1_000), { account: "busy" });
    // Whose lane is still used after what it has lost, in a month that is not the first: all of the past lies there.
    const later = Date.now() + 40 * DAY_MS;
    await seen(every(SEEN, BEGIN + 600_000, 1_000), "going on");
    goingOn = await insertPastEvents(
      database.db,
      [...every(3, BEGIN, 60_000), ...every(2, later - 20_000, 8_000)],
      { account: "going on" },
    );
    goingOn.push(...(await insertPastEvents(database.db, every(3, later - 15_000, 1_000), STILL_SEEN)));
    goingOn.sort();
    await database.db.query(
      `with given as (
         insert into tidings.event_order (pos, account_id, lane, event_id)
         select row_number() over (order by id), account_id, lane, id from tidings.events returning pos)
       update tidings.sequencer set last_position = (select max(pos) from given)`,
    );
    const partitions = await database.db.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
        where inhparent = 'tidings.events'::regclass and inhrelid in (
              select tableoid from tidings.events where lane = 'client' and id < $1::uuid)`,
      [idFloor(BEGIN + DAY_MS)],
    );
    for (const { name } of partitions) await database.db.query(`drop table ${name}`);
  }, 120_000);
  afterAll(async () => {
    await tidings.stop();
    await database.drop();
  });

  test("an entity is found by what is left, and its overview tells of that", async () => {
    const overview = await tidings.entities.overview(card(1), { account });
    expect(overview).toMatchObject({ events: 3, complete: true, firstAt: new Date(BEGIN) });
    const exact = { q: "card:1", account };
    expect((await tidings.entities.search(exact)).items).toMatchObject([{ entity: { id: "1" } }]);
    expect(
      (await tidings.entities.search({ ...exact, viewer: { type: "user", id: "cat" } })).items,
    ).toHaveLength(1);
    await expect(tidings.entities.overview("user:ben", { account })).rejects.toMatchObject({
      code: "ENTITY_NOT_FOUND",
    });
  });

  test("an overview of more than it counts begins with the oldest event that is left", async () => {
    expect(await tidings.entities.overview(card(1), { account: "busy" })).toMatchObject({
      events: 5_000,
      complete: false,
      firstAt: new Date(BEGIN + DAY_MS),
    });
  });

  test("pages hold what is left, in either direction, for viewers and of types too", async () => {
    for (const query of [
      {},
      { viewer: { type: "user", id: "cat" } },
      { types: [cardMoved] },
      { actors: ["user:ann"] },
    ]) {
      const page = await tidings.timeline(card(1), { account, ...query });
      expect(page.items.map(({ id }) => id)).toEqual(kept);
      expect(page.older).toBeNull();
      const { items } = await tidings.events.list({ ...about, ...query, after: kept[2]! });
      expect(items.map(({ id }) => id)).toEqual(kept.slice(0, 2));
    }
    const first = await tidings.events.list({ ...about, limit: 1 });
    const second = await tidings.events.list({ ...about, limit: 2, before: first.older! });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(kept);
    expect(second.older).toBeNull();
    expect((await tidings.events.latest(card(1), { account }))?.id).toBe(kept[0]);
    expect(await tidings.events.latest("user:ben", { account })).toBeNull();
    expect(await tidings.events.count(about)).toBe(3);
  });

  test("a page forwards does not go through what a lane has lost that is still used", async () => {
    const watched = watchStatements(database.db);
    const { events } = createTidings({ db: watched.db, events: { cardMoved, cardSeen } });
    const of = { ...about, account: "going on" };
    for (const query of [{}, { viewer: { type: "user", id: "cat" } }, { types: [cardMoved, cardSeen] }]) {
      for (const limit of [1, 2, 50]) {
        const read = [goingOn[0]!];
        let page = read;
        while (page.length > 0) {
          watched.statements.length = 0;
          const { items } = await events.list({ ...of, ...query, limit, after: read.at(-1)! });
          page = items.map(({ id }) => id).toReversed();
          read.push(...page);
          // Ids and their events: at first, up to where the lane begins, and from there on; and where that is.
          expect(watched.statements.length).toBeLessThanOrEqual(7);
        }
        expect(read).toEqual(goingOn);
      }
    }
  });

  test("groups, days, facets and unread counts hold what is left", async () => {
    const { groups, older } = await tidings.groupedFeed(about);
    expect(groups.map(({ count }) => count)).toEqual([3]);
    expect(older).toBeNull();
    const { days } = await tidings.days({ ...about, timeZone: "UTC" });
    expect(days.map(({ columns }) => columns.updated.items.map(({ id }) => id))).toEqual([kept]);
    expect(await tidings.facets(about)).toMatchObject({
      types: [{ type: "card.moved", count: 3 }],
      events: 3,
      complete: true,
    });
    const reader = "user:cat";
    await tidings.marks.seen({ account, reader, position: 0 });
    expect(await tidings.unread({ ...about, reader })).toMatchObject({ unread: 3, capped: false });
  });
});
