import { afterAll, beforeAll, expect, test } from "vitest";
import { insertPastEvents } from "../../test/support/pastEvents.ts";
import { uuid7At } from "../../test/support/rawEvents.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { lanes, type Lane } from "../events/defineEvent.ts";
import type { NormalFilter, PageBounds } from "./findEvents.ts";
import { findPage } from "./findPage.ts";

const MONTH_MS = 30 * 86_400_000;

interface Past {
  readonly id: string;
  readonly lane: Lane;
  readonly type: string;
}

let opened: PostgresTestDatabase;
let past: Past[] = [];
beforeAll(async () => {
  opened = await createTestDatabase();
  // Some lanes have much of late and some only long ago, so that pages end above, at and far below the first look.
  for (const [lane, months] of [
    ["domain", [0, 0, 1, 2, 2, 5, 14, 14, 30]],
    ["change", [0, 0, 0, 0, 0, 0, 1]],
    ["client", [14, 15]],
    ["system", []],
  ] as const) {
    const events = months.map((month, index) => ({
      at: new Date(Date.now() - month * MONTH_MS - (index + 1) * 60_000),
      type: index % 3 === 0 ? "card.archived" : "card.moved",
    }));
    const ids = await insertPastEvents(opened.db, events, { account: "acme", lane });
    past.push(...ids.map((id, index) => ({ id, lane, type: events[index]!.type })));
  }
  await insertPastEvents(opened.db, [{ at: new Date() }], { account: "globex" });
  past = past.toSorted((a, b) => (a.id < b.id ? 1 : -1));
});
afterAll(() => opened.drop());

const everything: NormalFilter = {
  account: "acme",
  of: null,
  types: null,
  actors: null,
  subjects: null,
  subjectTypes: null,
  lanes,
  severities: null,
  kinds: null,
  since: null,
  until: null,
  audiences: null,
};

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

async function page(filter: Partial<NormalFilter>, bounds: PageBounds) {
  return idsOf((await findPage(opened.db, { ...everything, ...filter }, bounds)).events);
}

test("an entity's page passes over events that retention took, and is full all the same", async () => {
  const month = Date.now() - 20 * MONTH_MS;
  const ids = await insertPastEvents(
    opened.db,
    [1, 2, 3, 4, 5].map((minute) => ({ at: new Date(month + minute * 60_000) })),
    { account: "pruned" },
  );
  const newestFirst = ids.toReversed();
  // As dropped months would leave it: timeline rows without their events, of a lane that has none left and between others.
  for (const [lane, at] of [
    ["client", 150_000],
    ["client", 210_000],
    ["domain", 270_000],
  ] as const)
    await opened.db.query(
      "insert into tidings.timeline (account_id, entity, lane, event_id, type) values ('pruned', 'card:1', $1, $2, 'card.moved')",
      [lane, uuid7At(month + at)],
    );
  const filter = { ...everything, account: "pruned", of: ["card:1"] };
  for (const limit of [1, 2, 3, 4, 5, 7, 50])
    expect(idsOf((await findPage(opened.db, filter, { limit })).events)).toEqual(newestFirst.slice(0, limit));
});

test("a page goes on where the newest months hold too little, in each lane, from any event and for any type", async () => {
  for (const of of [lanes, ["domain"], ["domain", "change"], ["system"], ["domain", "domain"]] as Lane[][])
    for (const types of [null, ["card.archived"], ["card.archived", "card.moved"]])
      for (const before of [undefined, past[0]!.id, past[7]!.id, past.at(-1)!.id])
        for (const limit of [1, 3, 7, 200]) {
          const expected = past.filter(
            ({ id, lane, type }) =>
              of.includes(lane) &&
              (types === null || types.includes(type)) &&
              (before === undefined || id < before),
          );
          expect(await page({ lanes: of, types }, { before, limit })).toEqual(
            idsOf(expected).slice(0, limit),
          );
        }
});

test("a page keeps within its times, whether they lie above the newest months, in them or far below", async () => {
  for (const [since, until] of [
    [0.5, -1],
    [6, 0.5],
    [16, 4],
    [40, 20],
    [-1, -2],
  ].map((months) => months.map((month) => Date.now() - month * MONTH_MS)) as [number, number][]) {
    const floor = (time: number) => Math.floor(time).toString(16).padStart(12, "0");
    const within = past.filter(({ id }) => {
      const made = id.slice(0, 8) + id.slice(9, 13);
      return made >= floor(since) && made < floor(until);
    });
    expect(await page({ since, until }, { limit: 200 })).toEqual(idsOf(within));
    expect(await page({ since, until }, { limit: 2 })).toEqual(idsOf(within).slice(0, 2));
  }
});

test("an entity's page holds the newest of all lanes, also where the first lane fills it", async () => {
  for (const lanesAsked of [lanes, lanes.toReversed()])
    for (const limit of [1, 3, 7, 200])
      for (const audiences of [null, ["user:ann"]])
        expect(await page({ lanes: lanesAsked, of: ["card:1"], audiences }, { limit })).toEqual(
          idsOf(past).slice(0, limit),
        );
});
