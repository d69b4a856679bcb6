import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { expectReplayEqualsState } from "../../src/testing/expectReplayEqualsState.ts";
import { createTestDatabase, createTestPglite, type PostgresTestDatabase } from "../support/testDatabase.ts";
import { createShop, createShopTables, shopScratch, type Shop } from "./support/createShop.ts";
import { accounts, createShopper, oneDeed } from "./support/shopHistory.ts";
import { shopTables } from "./support/shopTables.ts";
import { tableContents } from "./support/tableContents.ts";

describe("on a server", () => {
  let database: PostgresTestDatabase;
  let shop: Shop;
  beforeAll(async () => {
    database = await createTestDatabase();
    await createShopTables(database.db);
    shop = createShop(database.db);
  });
  afterAll(() => database?.drop());
  const scratch = () => shopScratch(createTestDatabase);

  test("while writers go on, what a moment saw replayed is what it holds", async () => {
    const writers = startWriters(shop);
    await writers.go(40);
    for (let round = 0; round < 2; round++) {
      const before = writers.done();
      await expectReplayEqualsState(shop, { scratch });
      expect(writers.done()).toBeGreaterThan(before);
    }
    await writers.stop();
    await expectReplayEqualsState(shop, { scratch });
  }, 120_000);

  test("a replay in place lets writers finish, refuses others, and loses nothing of either", async () => {
    const writers = startWriters(shop);
    await writers.go(20);
    await shop.replay({ clear: shopTables });
    await writers.go(20);
    await writers.stop();
    const present = await tableContents(shop.db);
    await shop.replay({ clear: shopTables });
    expect(await tableContents(shop.db)).toEqual(present);
  }, 120_000);
});

test("on PGlite, where writers wait meanwhile, too", async () => {
  const database = await createTestPglite();
  onTestFinished(database.drop);
  await createShopTables(database.db);
  const shop = createShop(database.db);
  const scratch = await shopScratch(createTestPglite); // before: opening it takes longer than a hundred deeds
  const writers = startWriters(shop);
  await writers.go(20);
  await expectReplayEqualsState(shop, { scratch: async () => scratch });
  await writers.stop();
}, 120_000);

interface Writers {
  /** Resolves when `count` more deeds have been done. */
  go(count: number): Promise<void>;
  done(): number;
  stop(): Promise<void>;
}

/** Two shoppers in each account, who handle the same items and go on until they are told to stop. */
function startWriters(shop: Shop): Writers {
  let stopped = false;
  onTestFinished(() => void (stopped = true)); // also where the test fails halfway
  let done = 0;
  const waiting = new Map<() => void, number>();
  const shoppers = accounts.flatMap((account) => {
    const items: string[] = [];
    return [createShopper(shop, account, items), createShopper(shop, account, items)];
  });
  const writers = shoppers.map(async (shopper, index) => {
    const deeds = fc.sample(oneDeed, { numRuns: 200, seed: index + 1 });
    for (let next = 0; !stopped; next++) {
      await shopper(deeds[next % deeds.length]!);
      done++;
      await nextTurn(); // PGlite answers within the turn, and nobody else would ever have one
      for (const [resolve, count] of waiting) if (done >= count) resolve();
    }
  });
  const ended = Promise.all(writers);
  return {
    go: (count) => {
      let reached!: () => void;
      const reaches = new Promise<void>((resolve) => (reached = resolve));
      waiting.set(reached, done + count);
      return Promise.race([reaches, ended.then(() => undefined)]).finally(() => waiting.delete(reached));
    },
    done: () => done,
    stop: async () => {
      stopped = true;
      await ended;
    },
  };
}
