import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../src/db/database.ts";
import type { Scratch } from "../../src/db/scratch.ts";
import { isEqual } from "../../src/replay/compareTables.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import { createShop, createShopTables, shopScratch } from "./support/createShop.ts";
import { momentOf, type Moment } from "./support/moments.ts";
import { accounts, anyDeed, createShopper } from "./support/shopHistory.ts";
import { shopTables, type Tx } from "./support/shopTables.ts";
import { tableContents } from "./support/tableContents.ts";

const history = fc.array(
  fc.record({
    account: fc.constantFrom(...accounts),
    deed: anyDeed,
    // Of twelve deeds one, each named in another way.
    moment: fc.nat(35).map((number) => (["position", "eventId", "time"] as const)[number] ?? null),
  }),
  { minLength: 10, maxLength: 40 },
);

describeOnDatabases("for all histories", (open, { name }) => {
  const numRuns = { pglite: 2, embedded: 6, system: 3, env: 3 }[name];
  let scratch: Scratch<Tx>;
  beforeAll(async () => {
    scratch = await shopScratch(open);
  }, 120_000);
  afterAll(() => scratch?.drop());

  test("a replay gives the same tables, at the end and at earlier moments, and writes no history", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (deeds) => {
        const source = await open();
        try {
          await createShopTables(source.db);
          const shop = createShop(source.db);
          const shoppers = new Map(accounts.map((account) => [account, createShopper(shop, account)]));
          const moments: Moment[] = [];
          for (const { account, deed, moment } of deeds) {
            await shoppers.get(account)!(deed);
            const reached = moment && (await momentOf(shop, moment));
            if (reached) moments.push(reached);
          }
          const events = await eventCount(source.db);
          if (events === 0) return;

          const present = await tableContents(source.db);
          const into = { into: scratch.db, clear: shopTables };
          const { tables } = await shop.replay({ ...into, compare: true });
          expect(tables!.filter((table) => !isEqual(table))).toEqual([]);
          for (const { until, contents } of moments) {
            await shop.replay({ ...into, until });
            expect(await tableContents(scratch.db)).toEqual(contents);
          }
          await shop.replay({ clear: shopTables, batch: 7 });
          await shop.replay({ account: "acme", clear: emptyAccount });
          expect(await tableContents(source.db)).toEqual(present);
          expect(await eventCount(source.db)).toBe(events);
        } finally {
          await source.drop();
        }
      }),
      // A history takes a second, and where one fails, dozens of shorter ones are tried.
      { numRuns, interruptAfterTimeLimit: 120_000 },
    );
  }, 180_000);
});

async function emptyAccount(tx: Tx, { account }: { readonly account: string | null }): Promise<void> {
  for (const table of shopTables) await tx.query(`delete from ${table} where account = $1`, [account]);
}

async function eventCount(db: Database): Promise<number> {
  const [row] = await db.query<{ count: number }>("select count(*)::int as count from tidings.events");
  return row!.count;
}
