import type { ClientBase } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { pg } from "../../src/db/pg.ts";
import { defineProjection, type Projection } from "../../src/replay/defineProjection.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import type { TidingsOptions } from "../../src/tidingsOptions.ts";
import { startChild } from "../log/support/child.ts";
import { eventually } from "../log/support/eventually.ts";
import { aMove, ann, cardMoved, events } from "../support/boardEvents.ts";
import { movesOfCards } from "../support/boardProjections.ts";
import { createTestDatabase, openPool, type PostgresTestDatabase } from "../support/testDatabase.ts";

let database: PostgresTestDatabase;
let opened: (() => Promise<void>)[];
beforeEach(async () => {
  database = await createTestDatabase();
  opened = [];
});
afterEach(async () => {
  for (const close of opened) await close();
  await database.drop();
});

/** A process of the app, as far as the database can tell: with connections of its own. */
function open(projections: readonly Projection[], options: Partial<TidingsOptions<ClientBase>> = {}) {
  const pool = openPool({ connectionString: database.url, max: 5 });
  const tidings = createTidings<ClientBase>({
    db: pg(pool),
    events,
    account: "acme",
    projections,
    ...options,
  });
  opened.push(async () => {
    await tidings.stop();
    await pool.end();
  });
  return tidings;
}

async function recordMoves(tidings: Tidings<ClientBase>, count: number): Promise<void> {
  const drafts = Array.from({ length: count }, (_, n) => ({ ...aMove(n % 10), actor: ann }));
  await tidings.record(...drafts);
}

/** With a name the statement is prepared once a connection, before the swaps as after them. */
async function sumOfMoves(name?: string): Promise<number> {
  const text = "select coalesce(sum(moves), 0)::int as sum from card_moves";
  const { rows } = await database.pool.query<{ sum: number }>({ text, ...(name && { name }) });
  return rows[0]!.sum;
}

/** Repeats `work` until it is told to stop; fails as it does. */
function repeatedly(work: () => Promise<void>) {
  let stopping = false;
  const ended = (async () => {
    for (; !stopping;) await work();
  })();
  ended.catch(() => undefined); // reported by stop
  return async () => {
    stopping = true;
    await ended;
  };
}

test("readers see neither a gap nor a part, and never go back, while writers go on and it is rebuilt again and again", async () => {
  const tidings = open([movesOfCards({ batch: 50 })]);
  await recordMoves(tidings, 1_000);
  await tidings.start();
  await tidings.projections.waitFor("moves", { position: 1_000 }, { timeoutMs: 20_000 });
  let recorded = 1_000;
  const reads: number[] = [];
  const stopReading = [undefined, undefined, "sum"].map((name) => {
    let before = 1_000;
    return repeatedly(async () => {
      const seen = await sumOfMoves(name);
      expect(seen).toBeGreaterThanOrEqual(before);
      reads.push((before = seen));
    });
  });
  const stopWriting = repeatedly(async () => {
    await recordMoves(tidings, 1);
    recorded++;
  });
  // By the process that keeps it up to date, and by one that hears of nothing.
  const command = open([movesOfCards({ batch: 50 })]);
  for (const [at, by] of [tidings, command, tidings].entries()) {
    expect(await by.projections.rebuild("moves")).toMatchObject({ generation: 2 + at, state: "live" });
  }
  await stopWriting();
  for (const stop of stopReading) await stop();
  const { position } = await eventually("all have positions", async () => {
    const { rows } = await database.pool.query<{ position: number }>(
      "select last_position::int as position from tidings.sequencer",
    );
    return rows[0]!.position === recorded && rows[0];
  });
  await tidings.projections.waitFor("moves", { position }, { timeoutMs: 20_000 });
  expect(await sumOfMoves()).toBe(recorded);
  expect(reads.length).toBeGreaterThan(10);
});

test("an old process keeps its version live and up to date until the new one has caught up", async () => {
  const old = open([movesOfCards()]);
  await recordMoves(old, 100);
  await old.start();
  await old.projections.waitFor("moves", { position: 100 });
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const doubled = defineProjection("moves", {
    version: 2,
    events: [cardMoved],
    tables: { card_moves: "(card text primary key, moves int not null)" },
    batch: 10,
    run: async (batch, { query, table }) => {
      await gate;
      for (const { subject } of batch) {
        await query(
          `insert into ${table("card_moves")} as present values ($1, 1000)
           on conflict (card) do update set moves = present.moves + 1000`,
          [subject.id],
        );
      }
    },
  });
  const next = open([doubled]);
  await next.start();
  await recordMoves(old, 1);
  await old.projections.waitFor("moves", { position: 101 });
  expect(await sumOfMoves()).toBe(101);
  expect(await old.projections.list()).toMatchObject([
    { version: 1, state: "live", position: 101 },
    { version: 2, state: "building", position: 0 },
  ]);
  go();
  await eventually("version 2 is live", async () => (await sumOfMoves()) === 101_000);
  await recordMoves(old, 1);
  await next.projections.waitFor("moves", { position: 102 });
  expect(await sumOfMoves()).toBe(102_000);
  await eventually("the old tables are gone", async () => {
    const { rows } = await database.pool.query("select from tidings.projections");
    return rows.length === 1;
  });
});

test("a rebuild whose process is killed goes on where it was, in another one", async () => {
  const tidings = open([movesOfCards({ batch: 20 })], { subscriptions: { leaseMs: 300 } });
  await recordMoves(tidings, 1_000);
  await tidings.work();
  const child = startChild("../../replay/support/rebuilder.ts", {
    url: database.url,
    batch: 20,
    leaseMs: 300,
  });
  try {
    await child.says("handled 200");
    child.kill("SIGKILL");
    await child.ended;
  } finally {
    await child.end();
  }
  const before = await tidings.projections.list();
  expect(before).toMatchObject([
    { generation: 1, state: "live" },
    { generation: 2, state: "building" },
  ]);
  expect(before[1]!.position).toBeGreaterThanOrEqual(200);
  const positions: number[] = [];
  await tidings.projections.rebuild("moves", { onProgress: ({ position }) => positions.push(position) });
  expect(positions[0]).toBeGreaterThanOrEqual(200);
  expect(await sumOfMoves()).toBe(1_000);
  expect(await tidings.projections.list()).toMatchObject([{ generation: 2, state: "live" }]);
});

test("a long read keeps the old tables on show, and nobody waits behind it", async () => {
  const tidings = open([movesOfCards()]);
  await recordMoves(tidings, 10);
  await tidings.work();
  const reader = await database.pool.connect();
  try {
    await reader.query("begin");
    await reader.query("select * from card_moves");
    const rebuilding = tidings.projections.rebuild("moves");
    await eventually("the new tables are complete", async () => {
      const [, building] = await tidings.projections.list();
      return building?.position === 10;
    });
    expect(await sumOfMoves()).toBe(10);
    expect(await tidings.projections.list()).toHaveLength(2);
    await reader.query("commit");
    await rebuilding;
  } finally {
    reader.release();
  }
  expect(await sumOfMoves()).toBe(10);
});

test("rights and views that others made on it stay, rights also when the columns change", async () => {
  const tidings = open([movesOfCards()]);
  await recordMoves(tidings, 10);
  await tidings.work();
  const { pool } = database;
  await pool.query("grant select on card_moves to public");
  await pool.query("create view busy_cards as select card from card_moves where moves > 0");
  await tidings.projections.rebuild("moves");
  const grants = () =>
    pool.query("select relacl::text like '%=r/%' as granted from pg_class where relname = 'card_moves'");
  expect((await grants()).rows).toEqual([{ granted: true }]);
  expect((await pool.query("select * from busy_cards")).rows).toHaveLength(10);
  const other = defineProjection("moves", {
    version: 2,
    events: [cardMoved],
    tables: { card_moves: "(card text)" },
    run: () => undefined,
  });
  const next = open([other]);
  const refused = next.projections.rebuild("moves");
  await expect(refused).rejects.toMatchObject({ code: "PROJECTION_VIEW_IN_USE" });
  await pool.query("drop view busy_cards");
  await next.projections.rebuild("moves");
  expect((await pool.query("select * from card_moves")).fields.map(({ name }) => name)).toEqual(["card"]);
  expect((await grants()).rows).toEqual([{ granted: true }]);
});
