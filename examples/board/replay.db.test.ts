import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pgliteScratch } from "../../src/db/pgliteScratch.ts";
import { expectReplayEqualsState } from "../../src/testing/index.ts";
import { createTestPglite } from "../../test/support/testDatabase.ts";

process.env["BOARD_DATA"] = ":memory:";
const { closeDatabase, createTables, db, schema, tables } = await import("./database/database.ts");
const { account, tidings } = await import("./tidings.ts");
const actions = await import("./actions.ts");
const { user } = await import("./entities.ts");
const { seed } = await import("./database/seed.ts");
const { readStatistics } = await import("./domain/readStatistics.ts");

const boardId = "launch";

beforeAll(async () => {
  await createTables();
  await tidings.migrate();
  await seed();
});
afterAll(closeDatabase);

test("the week that the board begins with is made again by its actions", async () => {
  const { setAside, replayed } = await expectReplayEqualsState(tidings, { scratch });
  expect(setAside.total).toBe(0);
  expect(replayed).toBeGreaterThan(50);
});

test("after any history a replay gives the same board", async () => {
  const anyHistory = fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 15 }), async (history) => {
    for (const each of history) await perform(each);
    await expectReplayEqualsState(tidings, { scratch });
  });
  await fc.assert(anyHistory, { numRuns: 3, endOnFailure: true });
});

test("in place a replay goes back to an earlier moment and forth again, and the next card has a number of its own", async () => {
  const [early, late] = fc.sample(fc.array(deed, { minLength: 10, maxLength: 10 }), 2);
  for (const each of early!) await perform(each);
  await perform({ ...early![0]!, name: "regret" });
  const { event } = await tidings.perform(actions.addCard, { columnId: "todo", title: "Then" }, by("ann"));
  const then = await contents();
  for (const each of late!) await perform(each);
  const now = await contents();

  await tidings.replay({ until: { eventId: event!.id } });
  expect(await contents()).toEqual(then);
  await tidings.replay({});
  expect(await contents()).toEqual(now);
  await tidings.perform(actions.addCard, { columnId: "todo", title: "Later" }, by("ann"));
  expect((await contents())["cards"]).toHaveLength(now["cards"]!.length + 1);
});

test("the figures are those that the cards themselves give", async () => {
  for (const each of fc.sample(deed, 15)) await perform(each);
  await tidings.work();
  const { columns, people, days } = await readStatistics(account, boardId);
  const counted = async (what: string) => (await db.query(COUNT.replaceAll("what", what))).rows;
  expect(columns).toEqual(await counted("column_id"));
  expect(people).toEqual(await counted("assignee_id"));
  const { rows: cards } = await db.query<{ closed_at: Date | null }>("select closed_at from cards");
  expect(days.at(-1)).toMatchObject({
    total: cards.length,
    done: cards.filter(({ closed_at }) => closed_at !== null).length,
  });
  // Each day once, also those on which nothing happened.
  const between = Date.parse(days.at(-1)!.day) - Date.parse(days[0]!.day);
  expect(days.length).toBe(between / 86_400_000 + 1);
});

const COUNT = `
  select what as id, count(*)::int as cards, count(closed_at)::int as done from cards
   where what is not null group by what order by what`;

/** A copy of an empty database that is there already: a new one takes seconds. */
function scratch() {
  const open = async () => (await createTestPglite({ migrated: false })).client;
  return pgliteScratch({ open, prepare: (empty) => empty.exec(schema) });
}

function by(id: string) {
  return { account, actor: user(id) };
}

/** Every row of the board's own tables. */
async function contents(): Promise<Record<string, unknown[]>> {
  const rowsOf = async (table: string) =>
    [table, (await db.query(`select * from ${table} order by id`)).rows] as const;
  return Object.fromEntries(await Promise.all(tables.map(rowsOf)));
}

/** Cards and columns are meant by number, so that a shortened history is still one. */
interface Chosen {
  readonly cardId: number;
  readonly columnId: string;
  readonly memberId: string;
  readonly index: number;
  readonly text: string;
  readonly due: string | null;
  readonly by: ReturnType<typeof by>;
}

const deeds = {
  add: ({ columnId, text: title, by }: Chosen) => tidings.perform(actions.addCard, { columnId, title }, by),
  move: ({ cardId, columnId, index, by }: Chosen) =>
    tidings.perform(actions.moveCard, { cardId, columnId, index }, by),
  rename: ({ cardId, text: title, by }: Chosen) => tidings.perform(actions.renameCard, { cardId, title }, by),
  close: ({ cardId, by }: Chosen) => tidings.perform(actions.closeCard, { cardId }, by),
  reopen: ({ cardId, by }: Chosen) => tidings.perform(actions.reopenCard, { cardId }, by),
  assign: ({ cardId, memberId, by }: Chosen) => tidings.perform(actions.assignCard, { cardId, memberId }, by),
  unassign: ({ cardId, by }: Chosen) => tidings.perform(actions.assignCard, { cardId, memberId: null }, by),
  date: ({ cardId, due, by }: Chosen) => tidings.perform(actions.setDueDate, { cardId, due }, by),
  comment: ({ cardId, memberId: authorId, text: body, by }: Chosen) =>
    tidings.perform(actions.commentOnCard, { cardId, authorId, body }, by),
  extend: ({ text: name, by }: Chosen) => tidings.perform(actions.addColumn, { boardId, name }, by),
  invite: ({ text: name, by }: Chosen) => tidings.perform(actions.inviteMember, { boardId, name }, by),
  /** Draws a number from a sequence, and rolls back: a replay would give it to the next card. */
  regret: ({ columnId, by }: Chosen) =>
    expect(
      db.transaction(async (tx) => {
        await tidings.perform(tx, actions.addCard, { columnId, title: "Regretted" }, by);
        throw new Error("regret");
      }),
    ).rejects.toThrow("regret"),
};

const deed = fc.record({
  name: fc.constantFrom(...(Object.keys(deeds) as (keyof typeof deeds)[])),
  who: fc.constantFrom("ann", "ben", "chloe"),
  card: fc.nat(99),
  column: fc.nat(9),
  member: fc.nat(9),
  index: fc.nat(6),
  text: fc.constantFrom("Later", "Äpfel", `"quoted"`, "🍞", "one two"),
  due: fc.constantFrom(null, "2026-12-01", "2028-02-29"),
});
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

async function perform({ name, who, card, column, member, ...rest }: Deed): Promise<void> {
  const pick = async <Id>(table: string, number: number): Promise<Id> => {
    const { rows } = await db.query<{ id: Id }>(`select id from ${table} order by id`);
    return rows[number % rows.length]!.id;
  };
  await deeds[name]({
    ...rest,
    cardId: await pick("cards", card),
    columnId: await pick("columns", column),
    memberId: await pick("members", member),
    by: by(who),
  });
}
