import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startChild } from "../log/support/child.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../support/testDatabase.ts";
import { createShop, createShopTables, type Shop } from "./support/createShop.ts";
import type { ReplayingSettings } from "./support/replaying.ts";
import { accounts, anyDeed, createShopper } from "./support/shopHistory.ts";
import { createItem } from "./support/shopActions.ts";
import { user } from "./support/shopEvents.ts";
import { tableContents } from "./support/tableContents.ts";

const DEEDS = 60;
const KILLS = 3;
/** What a killed process holds is let go of so much later. */
const LEASE_MS = 300;

const seed = Date.now() % 1_000_000;

let source: PostgresTestDatabase;
let target: PostgresTestDatabase;
let shop: Shop;
let present: Record<string, string[]>;

beforeAll(async () => {
  source = await createTestDatabase();
  await createShopTables(source.db);
  shop = createShop(source.db, LEASE_MS);
  const shoppers = accounts.map((account) => createShopper(shop, account));
  for (const [index, deed] of fc.sample(anyDeed, { numRuns: DEEDS, seed }).entries())
    await shoppers[index % shoppers.length]!(deed);
  present = await tableContents(source.db);
});
beforeEach(async () => {
  target = await createTestDatabase({ migrated: false });
  await createShopTables(target.db);
  return () => target.drop();
});
afterAll(() => source?.drop());

describe("killed and called again, a replay gives the same tables", () => {
  test("in another database", async () => {
    const { resumed } = await replayWithKills({ target: target.url });
    expect(resumed).toBe(true);
    expect(await tableContents(target.db), `seed ${seed}`).toEqual(present);
  }, 60_000);

  test("in place, where nobody performs anything until it has ended", async () => {
    const sell = () =>
      shop.perform(
        createItem,
        { name: "late", quantity: 1, price: "1" },
        { account: "acme", actor: user("ann") },
      );
    const { resumed } = await replayWithKills({ target: null }, () =>
      expect(sell()).rejects.toMatchObject({ code: "REPLAY_UNDER_WAY" }),
    );
    expect(resumed).toBe(true);
    expect(await tableContents(source.db), `seed ${seed}`).toEqual(present);
    await sell();
  }, 60_000);
});

/** Replays in processes that are killed, each after a few batches more, until one comes to the end. */
async function replayWithKills(
  settings: Pick<ReplayingSettings, "target">,
  onKilled: () => Promise<void> = async () => undefined,
) {
  for (let kill = 0; kill < KILLS; kill++) {
    const child = replaying(settings);
    const batches = 1 + Math.floor(Math.random() * 4);
    for (let batch = 0; batch <= batches; batch++) await child.says("at ");
    child.kill("SIGKILL");
    expect(await child.ended).toBe("SIGKILL");
    await onKilled();
  }
  const last = replaying(settings);
  const report = JSON.parse((await last.says("done ")).slice(5)) as { resumed: boolean; replayed: number };
  expect(await last.ended).toBe(0);
  return report;
}

function replaying({ target: into }: Pick<ReplayingSettings, "target">) {
  const settings: ReplayingSettings = { source: source.url, target: into, batch: 3, leaseMs: LEASE_MS };
  return startChild("../../replay/support/replaying.ts", settings);
}
