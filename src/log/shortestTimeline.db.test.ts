import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, board, card, cardAdded, events } from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { entitiesOf, entityKey, type EntityRef } from "../events/entity.ts";
import { normalFilter, type EventFilter } from "../events/filter.ts";
import type { RecordedEvent } from "../events/recordedEvent.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { findEvents } from "./findEvents.ts";

const ROWS_READ = `
select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::float8 as read from pg_stat_xact_user_tables
 where schemaname = 'tidings' and (relname like 'events_%' or relname like 'timeline_%')`;

const account = "acme";
const user = (id: string): EntityRef => ({ type: "user", id, label: null });

describeOnDatabases("a filter by several lists of entities", (open, { name }) => {
  let database: TestDatabase;
  let tidings: Tidings;
  let recorded: RecordedEvent[];
  beforeAll(async () => {
    database = await open();
    tidings = createTidings({ db: database.db, events });
    // Ann does nearly everything, Ben is seldom there and mostly in whose name it is done, Cat works on board 2 alone.
    const drafts = Array.from({ length: 300 }, (_, turn) => ({
      ...(turn % 3 === 0
        ? cardAdded({ subject: card(turn % 5), refs: { board: board(turn % 11 === 0 ? "2" : "1") } })
        : aMove(turn % 5)),
      account,
      actor: user(turn % 11 === 0 ? "cat" : turn % 29 === 0 ? "ben" : "ann"),
      onBehalfOf: turn % 17 === 0 ? user("ben") : null,
    }));
    recorded = await tidings.record(...drafts);
  }, 60_000);
  afterAll(() => database.drop());

  test("finds what they all match, page by page in either direction, whichever list is gone through", async () => {
    const some = (...keys: string[]) =>
      fc.uniqueArray(fc.constantFrom(...keys), { minLength: 1, maxLength: 2 });
    const people = some("user:ann", "user:ben", "user:cat", "user:dan");
    const asked = fc
      .record({
        of: fc.option(some("board:1", "board:2", "user:ben", "user:ann", "card:1", "card:2"), {
          nil: undefined,
        }),
        actors: fc.option(people, { nil: undefined }),
        subjects: fc.option(some("card:0", "card:1", "card:2", "card:9"), { nil: undefined }),
        types: fc.option(fc.constantFrom(["card.moved"], ["card.added"]), { nil: undefined }),
        limit: fc.integer({ min: 1, max: 9 }),
        upwards: fc.boolean(),
      })
      .filter(({ of, actors, subjects }) => [of, actors, subjects].filter(Boolean).length > 1);
    await fc.assert(
      fc.asyncProperty(asked, async ({ limit, upwards, ...filter }) => {
        const matching = recorded.filter((event) => isMeant(event, filter)).map(({ id }) => id);
        const expected = upwards ? matching : matching.toReversed();
        const found: string[] = [];
        for (
          let from = upwards ? "00000000-0000-0000-0000-000000000000" : undefined;
          ;
          from = found.at(-1)!
        ) {
          const page = upwards ? { after: from } : { before: from };
          const { keys } = await findEvents(database.db, normalFilter(filter, account, tidings.registry), {
            ...page,
            limit,
          });
          found.push(...keys.map(({ id }) => id));
          if (keys.length < limit) break;
        }
        expect(found).toEqual(expected);
      }),
      { numRuns: name === "pglite" ? 60 : 100, interruptAfterTimeLimit: 20_000 },
    );
  });

  test("reads the little that one of them has, however much is on the timelines of the others", async () => {
    const begin = Date.parse("2026-11-01T00:00:00Z");
    const busy = Array.from({ length: 8_000 }, (_, turn) => ({ at: new Date(begin + turn * 1_000) }));
    await insertPastEvents(database.db, busy, { account: "busy" });
    const rare = [{ at: new Date(begin - 1_000), actor: "rare" }];
    const [id] = await insertPastEvents(database.db, rare, { account: "busy" });
    const filter = normalFilter({ of: card(1), actors: ["user:rare"] }, "busy", tidings.registry);
    await database.db.transaction(async (tx) => {
      const rowsRead = async () => (await tx.query<{ read: number }>(ROWS_READ))[0]!.read;
      const before = await rowsRead(); // of earlier transactions, too
      const { keys } = await findEvents(tx, filter, { limit: 51 });
      expect(keys.map((key) => key.id)).toEqual([id]);
      expect((await rowsRead()) - before, "rows read").toBeLessThan(4_000);
    });
  });
});

function isMeant(event: RecordedEvent, { of, actors, subjects, types }: EventFilter): boolean {
  const about = entitiesOf(event as never).map(entityKey);
  return (
    (!of || [of].flat().some((key) => about.includes(key as string))) &&
    (!actors || actors.includes(entityKey(event.actor))) &&
    (!subjects || subjects.includes(entityKey(event.subject))) &&
    (!types || types.includes(event.type))
  );
}
