import type { PGlite, Transaction } from "@electric-sql/pglite";
import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";
import { z } from "zod";
import { createTestPglite } from "../../test/support/testDatabase.ts";
import { pgliteScratch } from "../db/pgliteScratch.ts";
import { defineEntity } from "../events/entity.ts";
import type { ActionContext } from "../replay/actionContext.ts";
import { defineAction } from "../replay/defineAction.ts";
import { createTestTidings, type TestTidings } from "./createTestTidings.ts";
import { expectReplayEqualsState } from "./expectReplayEqualsState.ts";

const card = defineEntity("card");
const user = defineEntity("user");
const addCard = defineAction("card.add", {
  kind: "create",
  input: z.object({ id: z.string(), title: z.string() }),
  subject: ({ id, title }) => card(id, title),
  run: async ({ id, title }, { tx }: ActionContext<Transaction>) => {
    await tx.query("insert into cards values ($1, $2)", [id, title]);
  },
});

const schema =
  "create table cards (id text primary key, title text); create table labels (id integer primary key)";
const open = async () => (await createTestPglite({ migrated: false })).client;
const scratch = () => pgliteScratch({ open, prepare: (db) => db.exec(schema) });

let tidings: TestTidings;
beforeAll(async () => {
  tidings = await createTestTidings({
    events: {},
    actions: { addCard },
    account: "acme",
    actor: user("ann", "Ann"),
    cacheDirectory: inject("sharedDirectory"),
    replay: { tables: ["cards", "labels"], scratch },
  });
}, 120_000);
afterAll(() => tidings?.close());
beforeEach(() => tidings.pglite.exec(`drop table if exists cards, labels; ${schema}`));

const complaint = () =>
  expectReplayEqualsState(tidings).then(
    () => "",
    (error: Error) => error.message,
  );

test("two empty databases are no proof", async () => {
  expect(await complaint()).toBe("No action was recorded, so there is nothing to replay.");
});

test("what actions wrote is what their replay writes, with the test's actor", async () => {
  const { event } = await tidings.perform(addCard, { id: "one", title: "Write the docs" });
  expect(event!.actor).toEqual(user("ann", "Ann"));
  const report = await expectReplayEqualsState(tidings);
  expect(report).toMatchObject({
    replayed: 1,
    tables: [
      { table: "cards", same: 1 },
      { table: "labels", same: 0 },
    ],
  });
  await expectReplayEqualsState(tidings, { scratch, tables: ["cards"] });
});

test("what was written past the actions is said row by row", async () => {
  await tidings.pglite.exec(
    "insert into cards select 'past ' || n, 'x' from generate_series(1, 7) n; insert into cards values ('one', 'Write')",
  );
  const text = await complaint();
  expect(text).toBe(`Expected the replay of 1 event to give the present tables, but 1 of 2 differ:
  cards: 0 same, 7 missing, 0 extra, 1 different
    - different: id "one"
        title: present "Write", replayed "Write the docs"
    - missing: id "past 1"
    - missing: id "past 2"
    - missing: id "past 3"
    - missing: id "past 4"
    … and 3 more`);
});

test("the scratch database is dropped, also when the replay fails", async () => {
  const opened: PGlite[] = [];
  const other = () =>
    pgliteScratch({
      open: async () => {
        opened.push(await open());
        return opened[0]!;
      },
      prepare: (db) =>
        db.exec(
          "create table cards (id integer primary key, title text); create table labels (id text primary key)",
        ),
    });
  await expect(expectReplayEqualsState(tidings, { scratch: other })).rejects.toMatchObject({
    code: "REPLAY_FAILED",
  });
  expect(opened[0]!.closed).toBe(true);
});
