import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { createTidings } from "../../src/tidings.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../support/testDatabase.ts";
import { createShop, createShopTables, SECRET_KEY } from "./support/createShop.ts";
import { firstShop, secondShop, settingChanged } from "./support/formerShops.ts";
import { goldenFiles, insertGolden, readGolden, writeGolden } from "./support/goldenHistory.ts";
import { createShopper, type Deed } from "./support/shopHistory.ts";
import { setting, user } from "./support/shopEvents.ts";
import type { Tx } from "./support/shopTables.ts";
import { tableContents } from "./support/tableContents.ts";

let source: PostgresTestDatabase;
let scratch: PostgresTestDatabase;
beforeEach(async () => {
  source = await createTestDatabase();
  scratch = await createTestDatabase({ migrated: false });
  await createShopTables(scratch.db);
});
afterEach(async () => {
  await source.drop();
  await scratch.drop();
});

describe("what every released version recorded can be replayed", () => {
  test.each(goldenFiles())("%s", async (name) => {
    const golden = await readGolden(name);
    await insertGolden(source.db, golden);
    const report = await createShop(source.db).replay({ into: scratch.db as Database<Tx> });
    expect(report.setAside.total).toBe(0);
    expect(await tableContents(scratch.db)).toEqual(golden.tables);
  });
});

/** Every kind of deed, refused ones among them. */
const DEEDS: readonly Deed[] = [
  { do: "create", name: "Äpfel", quantity: 4, notes: ["red", "from the garden"] },
  { do: "import", quantities: [3, 5], events: "each" },
  { do: "import", quantities: [1, 2], events: "summary" },
  { do: "once", key: 1 },
  { do: "once", key: 1 },
  { do: "rename", item: 1, name: "Birnen", labels: ["a,b", '"c"'] },
  { do: "restock", item: 0, amount: 7 },
  { do: "restock", item: 0, amount: -100 },
  { do: "sell", item: 1, amount: 2 },
  { do: "sell", item: 3, amount: 9 },
  { do: "move", item: 0, to: 2, amount: 3 },
  { do: "move", item: 4, to: 2, amount: 99 },
  { do: "note", item: 2, name: "heavy" },
  { do: "put", name: "currency", value: "EUR" },
  { do: "put", name: "currency", value: { code: "EUR", digits: 2 } },
  { do: "destroy", item: 4 },
  {
    do: "together",
    deeds: [
      { do: "restock", item: 0, amount: 1 },
      { do: "sell", item: 0, amount: 1 },
    ],
    regret: false,
  },
  { do: "together", deeds: [{ do: "destroy", item: 0 }], regret: true },
];

// `TIDINGS_WRITE_GOLDEN=0.2.0 npx vitest run test/replay/golden` keeps what a release records; no file is ever written twice.
const release = process.env.TIDINGS_WRITE_GOLDEN;
test.runIf(release !== undefined)("a release writes its golden history", async () => {
  await createShopTables(source.db);
  const common = { db: source.db as Database<Tx>, account: "acme", secretKey: SECRET_KEY };
  const context = { actor: user("ann", "Ann"), metadata: { request: "r1" } };

  const first = createTidings({ ...common, events: { settingChanged }, actions: firstShop });
  await first.run(context, async () => {
    const { result: itemId } = await first.perform(firstShop.createItem, { name: "Nüsse", count: 12 });
    await first.perform(firstShop.renameItem, { itemId, title: "Haselnüsse" });
    await first.perform(firstShop.lookAtItem, { itemId });
    await source.db.query(`insert into settings values ('acme', 'opens', '{"at": 8}', 1)`);
    await first.record(settingChanged({ subject: setting("opens"), data: { value: { at: 8 } } }));
  });
  const second = createTidings({ ...common, events: {}, actions: secondShop });
  await second.run(context, () =>
    second.perform(secondShop.createItem, { name: "Tee", quantity: 3, price: "4.20", note: "green" }),
  );
  const shopper = createShopper(createShop(source.db), "acme");
  for (const deed of DEEDS) await shopper(deed);
  await writeGolden(`${release}.json`, source.db);
});
