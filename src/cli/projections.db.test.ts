import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { aMove, ann, events } from "../../test/support/boardEvents.ts";
import { movesOfCards } from "../../test/support/boardProjections.ts";
import { runCli, spawnCli } from "../../test/support/cli.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings } from "../tidings.ts";

let database: PostgresTestDatabase;
let directory: string;
let config: string;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), "tidings-cli-"));
  config = join(directory, "tidings.config.ts");
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  const source = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  await writeFile(
    config,
    `import { Pool } from ${JSON.stringify(import.meta.resolve("pg"))};
     import { events } from ${source("../../test/support/boardEvents.ts")};
     import { movesOfCards } from ${source("../../test/support/boardProjections.ts")};
     import { pg } from ${source("../db/pg.ts")};
     import { createTidings } from ${source("../tidings.ts")};
     const pool = new Pool({ connectionString: ${JSON.stringify(database.url)} });
     export const tidings = createTidings({ db: pg(pool), events, projections: [movesOfCards()] });`,
  );
  const tidings = createTidings({
    db: database.db,
    events,
    account: "acme",
    projections: [movesOfCards()],
  });
  for (const id of [1, 2, 1]) await tidings.record({ ...aMove(id), actor: ann });
  await tidings.work();
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const onDatabase = () => ["--database-url", database.url];

test("projections are listed with version, position and who works on them", async () => {
  const { code, stdout } = await runCli(["projections", ...onDatabase()]);
  expect({ code, stdout: stdout.replace(/ +/g, " ") }).toEqual({
    code: 0,
    stdout: "moves v1 live 3 up to date idle\n",
  });
  const { stdout: json } = await runCli(["projections", "--json", ...onDatabase()]);
  expect(JSON.parse(json)).toMatchObject({ items: [{ name: "moves", position: 3, tables: ["card_moves"] }] });
});

test("a rebuild is done by the command itself", async () => {
  const { code, stdout } = await spawnCli(["projections", "rebuild", "moves", "--config", config]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ moves v1 is live, at position 3\n" });
  const { rows } = await database.pool.query("select sum(moves)::int as moves from card_moves");
  expect(rows).toEqual([{ moves: 3 }]);
  const unknown = await spawnCli(["projections", "rebuild", "movse", "--config", config]);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("PROJECTION_NOT_FOUND") });
});

test("a projection is removed by those who mean it", async () => {
  expect(await runCli(["projections", "remove", "moves", ...onDatabase()])).toMatchObject({ code: 2 });
  const { code, stdout } = await runCli(["projections", "remove", "moves", "--yes", ...onDatabase()]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "✓ removed moves\n" });
  expect(await runCli(["projections", ...onDatabase()])).toMatchObject({ stderr: "No projections\n" });
});
