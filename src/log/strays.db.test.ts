import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ann, card, ben } from "../../test/support/boardEvents.ts";
import { lateBatches, writeBatches, type Batch, type Placed } from "../../test/support/lateBatches.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { defineEvent } from "../events/defineEvent.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { LOWEST, idFloor } from "./findEvents.ts";
import { positionAt } from "./positionAt.ts";
import { straysIn } from "./strays.ts";

// Positions are given at the commit and ids made at the writing. Whatever takes a time or an id for a place in the order must hold
// for transactions that were open for hours as well, and for as many of their events as they like.

const cardMoved = defineEvent("card.moved", { subject: card });

let database: PostgresTestDatabase;
let tidings: Tidings;
const all: Placed[] = [];
let written = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  tidings = createTidings({ db: database.db, events: { cardMoved } });
});
afterAll(() => database.drop());

/** In accounts of their own, `acme` and `globex` with a number. */
async function write(batches: readonly Batch[]): Promise<{ log: readonly Placed[]; acme: string }> {
  const number = ++written;
  const renamed = batches.map((batch) => ({ ...batch, account: `${batch.account}-${number}` }));
  const log = await writeBatches(database.db, renamed);
  all.push(...log);
  return { log, acme: `acme-${number}` };
}

const RUNS = { numRuns: 25, interruptAfterTimeLimit: 30_000 };
const imported: readonly Batch[] = [
  { account: "acme", actor: "ben", minutes: 65, events: 200 },
  { account: "acme", actor: "ben", minutes: 20, events: 160 },
  { account: "acme", actor: "ben", minutes: 60, events: 260 },
  { account: "globex", actor: "ben", minutes: 90, events: 1 },
  { account: "acme", actor: "ben", minutes: 2, events: 20 },
];

test("nothing that was recorded since a moment lies before its position, whatever was committed late", async () => {
  await fc.assert(
    fc.asyncProperty(lateBatches(["acme", "globex"]), fc.nat({ max: 200 }), async (batches, minutes) => {
      await write(batches);
      const moment = Date.now() - minutes * 60_000;
      const since = all.filter(({ at }) => at >= moment).map(({ position }) => position);
      expect(await positionAt(database.db, new Date(moment))).toBeLessThan(
        Math.min(...since, all.length + 1),
      );
    }),
    { ...RUNS, examples: [[imported, 25]] },
  );
});

test("the state at a position holds what has one up to there, whatever was committed late, and by whom", async () => {
  const count = { initial: 0, on: { "card.moved": (events: number) => events + 1 } };
  await fc.assert(
    fc.asyncProperty(lateBatches(["acme", "globex"]), fc.nat(), async (batches, anywhere) => {
      const { log, acme } = await write(batches);
      // Committed, and no tick has come by yet.
      await tidings.record(cardMoved({ subject: card(1), actor: ann, account: acme }));
      const ends = log.filter(({ account }, index) => log[index + 1]?.account !== account);
      for (const { position } of [...ends, log[anywhere % log.length]!]) {
        const belong = log.filter((event) => event.account === acme && event.position <= position).length;
        const folded = await tidings.fold(card(1), count, { account: acme, until: { position } });
        expect(folded, `until ${position}`).toBe(belong);
      }
      await tidings.work(); // gives the last one its position
      all.push({ account: acme, actor: "ann", id: "", at: Date.now(), position: all.length + 1 });
    }),
    { ...RUNS, examples: [[imported, 0]] },
  );
});

test("what is unread is what has its position after the mark, whatever was committed late", async () => {
  const inputs = [lateBatches(["acme"]), fc.nat(), fc.constantFrom(undefined, ann, ben)] as const;
  await fc.assert(
    fc.asyncProperty(...inputs, async (batches, anywhere, of) => {
      const { log, acme } = await write(batches);
      const { position } = log[anywhere % log.length]!;
      const mark = { account: acme, reader: ann };
      await tidings.marks.read({ ...mark, position });
      const expected = log.filter(
        (event) =>
          event.position > position && event.actor !== "ann" && (of === undefined || of.id === event.actor),
      ).length;
      expect(await tidings.unread({ ...mark, ...(of && { of }) })).toMatchObject({
        unread: Math.min(100, expected),
        capped: expected >= 100,
      });
    }),
    RUNS,
  );
});

test("hundreds that came late hide nothing, and are nothing to the others' badges", async () => {
  const { log, acme } = await write([
    { account: "acme", actor: "ben", minutes: 30, events: 120 },
    { account: "acme", actor: "cat", minutes: 60, events: 300 },
    { account: "acme", actor: "dan", minutes: 0, events: 1 },
  ]);
  const mark = { account: acme, reader: ann };
  await tidings.marks.read({ ...mark, position: log[119]!.position });
  expect(await tidings.unread({ ...mark, of: ben }), "all read").toMatchObject({ unread: 0, capped: false });
  expect(await tidings.unread({ ...mark, of: "user:dan" })).toMatchObject({ unread: 1, capped: false });
  expect(await tidings.unread({ ...mark, of: "user:cat" })).toMatchObject({ unread: 100, capped: true });
});

test("what lies in order is left out, and not read and thrown away: of an account as of all", async () => {
  const orderly = await createTestDatabase();
  try {
    const { db } = orderly;
    await db.query(`
      insert into tidings.event_order (pos, account_id, lane, event_id)
      select pos, case pos % 4 when 0 then 'acme' else 'globex' end, 'domain', (lpad(to_hex(1700000000000 + pos * 1000), 12, '0') || '70008000' || lpad('', 12, '0'))::uuid
        from generate_series(1, 80000) pos`);
    await db.query("select brin_summarize_new_values('tidings.event_order_event')");
    await db.query("analyze tidings.event_order");
    const margin = { after: 40_000, upTo: null, low: LOWEST, high: idFloor(1_700_000_000_000 + 39_000_000) };
    for (const account of ["acme", null]) {
      const read = await db.transaction(async (on) => {
        expect(await straysIn(on, { account, ...margin }, 1)).toEqual([]);
        const [row] = await on.query<{ rows: number }>(
          "select idx_tup_fetch::int as rows from pg_stat_xact_user_tables where relid = 'tidings.event_order'::regclass",
        );
        return row!.rows;
      });
      // The summaries of 32 pages that the border goes through, and those that are not full yet.
      expect(read).toBeLessThan(8_000);
    }
  } finally {
    await orderly.drop();
  }
});
