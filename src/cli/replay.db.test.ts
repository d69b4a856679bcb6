import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { runCli, spawnCli } from "../../test/support/cli.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { createShop, createShopTables, type Shop } from "../../test/replay/support/createShop.ts";
import { createItem, renameItem } from "../../test/replay/support/shopActions.ts";
import { user } from "../../test/replay/support/shopEvents.ts";
import { tableContents } from "../../test/replay/support/tableContents.ts";
import type { ReplayReport } from "../replay/replayReport.ts";

let database: PostgresTestDatabase;
let shop: Shop;
let directory: string;
let config: string;
let itemId: string;

const acme = { account: "acme", actor: user("ann", "Ann") };

beforeAll(async () => {
  database = await createTestDatabase();
  await createShopTables(database.db);
  shop = createShop(database.db);
  const given = { name: "Tea", quantity: 3, price: "2.5" };
  itemId = (await shop.perform(createItem, given, acme)).result.id;
  await shop.perform(createItem, { ...given, name: "Milk" }, { ...acme, account: "globex" });
  await shop.perform(renameItem, { itemId, name: "Green tea", labels: [] }, acme);
  ({ directory, config } = await writeProject());
});
beforeEach(() => database.pool.query("update items set name = 'Green tea' where name = 'changed by hand'"));
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await database.drop();
});

/** A project whose config file exports the shop. */
async function writeProject() {
  const folder = await mkdtemp(join(tmpdir(), "tidings-replay-"));
  const file = join(folder, "tidings.config.ts");
  const source = JSON.stringify(new URL("../../test/replay/support/scratchShop.ts", import.meta.url).href);
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(
    file,
    `import { createScratchShop } from ${source};
     export const tidings = createScratchShop(${JSON.stringify(database.url)}, ${JSON.stringify(database.adminUrl)});`,
  );
  return { directory: folder, config: file };
}

const replay = (...args: string[]) => runCli(["replay", "--config", config, ...args]);

test("wants to be told which of the three ways, and knows its options", async () => {
  for (const args of [
    [],
    ["--dry-run", "--in-place"],
    ["--into", "production"],
    ["--in-place", "--compare", "items"],
  ]) {
    const { code, stderr } = await runCli(["replay", ...args]);
    expect([code, stderr], args.join(" ")).toEqual([2, expect.stringContaining("USAGE")]);
  }
  const { code, stdout } = await runCli(["replay", "--help"]);
  expect(code).toBe(0);
  for (const option of [
    "--dry-run",
    "--into scratch",
    "--in-place",
    "--until UNTIL",
    "--account A",
    "--json",
  ])
    expect(stdout).toContain(option);
});

test("--dry-run says what would be replayed, and changes nothing", async () => {
  const before = await tableContents(database.db);
  const { code, stdout } = await replay("--dry-run");
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(/^✓ +2  item\.create v3$/),
    expect.stringMatching(/^✓ +1  item\.rename v2$/),
    expect.stringMatching(
      /^Would replay 3 events up to position \d+; after emptying item_notes, items, settings$/,
    ),
    "",
  ]);
  expect(await tableContents(database.db)).toEqual(before);
});

test("--into scratch compares, says equal with exit code 0, and shows what differs with 1", async () => {
  const equal = await replay("--into", "scratch");
  expect([equal.code, equal.stderr]).toEqual([0, ""]);
  expect(equal.stdout).toContain("= items: 2 rows the same");
  await database.pool.query("update items set name = 'changed by hand' where name = 'Green tea'");
  const different = await replay("--into", "scratch");
  expect(different.code).toBe(1);
  expect(different.stdout).toContain("≠ items: 1 different, 1 the same");
  expect(different.stdout).toContain(`different acme, ${itemId}: name "changed by hand" → "Green tea"`);
  const left = await database.pool.query(
    "select 1 from pg_database where datname like 'tidings_scratch_%' and datdba = (select oid from pg_roles where rolname = current_user)",
  );
  expect(left.rows, "the scratch database is gone").toEqual([]);
});

test("--until takes a position, an event or a time, and --json gives the whole report", async () => {
  const report = async (until: string) => {
    const { stdout } = await replay("--dry-run", "--json", "--until", until);
    return JSON.parse(stdout) as ReplayReport;
  };
  const all = await report("0s");
  expect(all).toMatchObject({ dryRun: true, replayed: 3, setAside: { total: 0 }, tables: null });
  expect((await report(String(all.position - 1))).replayed).toBe(2);
  const [first] = (await database.db.query<{ id: string }>(
    "select id::text from tidings.events where kind is not null order by seq",
  ))!;
  expect((await report(first!.id)).replayed).toBe(1);
  expect((await report("2020-01-01")).replayed).toBe(0);
});

test("--in-place builds the tables anew, and what fails ends with its code", async () => {
  const before = await tableContents(database.db);
  await database.pool.query("update items set name = 'changed by hand'");
  // As a process of its own: nothing it opened keeps it from ending.
  const { code, stdout } = await spawnCli(["replay", "--config", config, "--in-place"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/✓ replayed 3 events up to position \d+ in 0:\d\d/);
  expect(await tableContents(database.db)).toEqual(before);
  const unknown = await replay("--in-place", "--types", "item.craete");
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("The nearest: item.create")]);
  const refused = await replay("--in-place", "--account", "acme", "--json");
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stderr)).toMatchObject({ error: { code: "CLEAR_NEEDS_FUNCTION" } });
});
