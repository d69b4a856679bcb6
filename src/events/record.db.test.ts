import type { StandardSchemaV1 } from "@standard-schema/spec";
import * as fc from "fast-check";
import { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  aMove,
  ann,
  ben,
  board,
  card,
  cardMoved,
  commentAdded,
  events,
  syncFailed,
} from "../../test/support/boardEvents.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type {
  PgliteTestDatabase,
  PostgresTestDatabase,
  TestDatabase,
} from "../../test/support/testDatabase.ts";
import { createTestDatabase, createTestPglite, openPool } from "../../test/support/testDatabase.ts";
import { watchStatements } from "../../test/support/watchStatements.ts";
import { recordedAt } from "../log/eventId.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import { defineEvent } from "./defineEvent.ts";
import type { JsonObject } from "./serializable.ts";

/** Passes everything on: Zod would drop a key `__proto__` before it is ours to keep. */
const anyObject: StandardSchemaV1<JsonObject> = {
  "~standard": { version: 1, vendor: "test", validate: (value) => ({ value: value as JsonObject }) },
};
const thingSeen = defineEvent("thing.seen", { subject: card, data: anyObject });

const setUp = (db: TestDatabase["db"]) =>
  createTidings({ db, events: [events, { thingSeen }], account: "acme" });

describeOnDatabases("record", (open) => {
  let database: TestDatabase;
  let tidings: Tidings;
  beforeAll(async () => {
    database = await open();
    tidings = setUp(database.db);
  }, 120_000);
  afterAll(() => database.drop());

  /** Rows of every table that record writes, for one account. */
  async function rowsOf(account: string) {
    const count = async (table: string) => {
      const sql = `select count(*)::int as rows from tidings.${table} where account_id = $1`;
      return (await database.db.query<{ rows: number }>(sql, [account]))[0]!.rows;
    };
    return {
      events: await count("events"),
      timeline: await count("timeline"),
      keys: await count("idempotency_keys"),
    };
  }

  test("what record returns is what is read", async () => {
    const [returned] = await tidings.record({
      ...aMove(),
      actor: ann,
      onBehalfOf: ben,
      metadata: { requestId: "r1", nested: [1, { a: null }] },
      severity: "warning",
      occurredAt: new Date("2001-02-03T04:05:06.789Z"),
      data: { position: 3, note: "Grüße 🪁 \\ \" '" },
    });
    expect(await tidings.events.get(returned.id)).toEqual(returned);
    expect(returned).toMatchObject({
      type: "card.moved",
      version: 3,
      account: "acme",
      lane: "domain",
      severity: "warning",
      actor: ann,
      onBehalfOf: ben,
      subject: card(1, "Card 1"),
      refs: { from: { id: "todo" }, to: { id: "done" }, board: null },
      data: { position: 3 },
      metadata: { requestId: "r1", nested: [1, { a: null }] },
      occurredAt: new Date("2001-02-03T04:05:06.789Z"),
      causedBy: null,
      causeDepth: 0,
      audience: null,
      problem: null,
    });
  });

  test("ids keep the order of calls, by PGlite's clock of milliseconds too", async () => {
    const one = () => ({ ...aMove(), account: "in-order", actor: ann });
    const ids = await database.db.transaction(async ({ handle }) => {
      const recorded: { id: string }[] = [];
      for (let round = 0; round < 20; round++) {
        recorded.push(...(await tidings.record(handle as never, one())));
        recorded.push(...(await tidings.record(handle as never, one(), one(), one())));
        recorded.push(...(await tidings.record(handle as never, one())));
      }
      return recorded.map(({ id }) => id);
    });
    expect(ids).toEqual(ids.toSorted());
    const { items } = await tidings.feed({ account: "in-order", limit: 100 });
    expect(items.map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test("any JSON comes back as it went in", async () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue()).map((value) => asStored(value) as JsonObject);
    await fc.assert(
      fc.asyncProperty(json, async (data) => {
        const [{ id }] = await tidings.record({ ...thingSeen({ subject: card(1), data }), actor: ann });
        expect((await tidings.events.get(id)).data).toEqual(data);
      }),
      {
        numRuns: 50,
        interruptAfterTimeLimit: 20_000,
        examples: [
          [JSON.parse('{"__proto__":null,"a":{"__proto__":{"b":1},"constructor":2}}') as JsonObject],
        ],
      },
    );
  });

  test("the schema's output is stored, not its input", async () => {
    const [failed] = await tidings.record({ ...syncFailed({ subject: board(1) }), actor: ann });
    expect(failed.data).toEqual({ reason: "unknown" });
    expect(failed).toMatchObject({ lane: "system", severity: "error" });
  });

  test("account, actor and metadata come from the context, and a draft decides for itself", async () => {
    const context = {
      account: "context",
      actor: ann,
      onBehalfOf: ben,
      metadata: { requestId: "r1", step: 1 },
    };
    const [inherited, own] = await tidings.run(context, () =>
      tidings.record(aMove(), {
        ...aMove(),
        account: "draft",
        actor: ben,
        onBehalfOf: null,
        metadata: { step: 2 },
      }),
    );
    expect(inherited).toMatchObject({ ...context });
    expect(own).toMatchObject({
      account: "draft",
      actor: ben,
      onBehalfOf: null,
      metadata: { requestId: "r1", step: 2 },
    });
  });

  test("without occurredAt an event happened in the millisecond of its id, told now as later", async () => {
    const drafts = Array.from({ length: 100 }, () => ({ ...aMove(), actor: ann }));
    const recorded = [...(await tidings.record(drafts[0]!)), ...(await tidings.record(...drafts))];
    for (const { id, account, occurredAt } of recorded) {
      expect(occurredAt.getTime()).toBe(recordedAt(id));
      const read = await tidings.run({ account }, () => tidings.events.get(id));
      expect(read?.occurredAt).toEqual(occurredAt);
    }
  });

  test("1,000 events of a call stay in their order, and are written by one statement", async () => {
    const watched = watchStatements(database.db);
    const drafts = Array.from({ length: 1_000 }, (_, index) => ({
      ...aMove(index, index),
      account: "thousand",
      actor: ann,
    }));
    const recorded = await setUp(watched.db).record(...drafts);
    const ids = recorded.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(recorded.map(({ data }) => data)).toEqual(drafts.map(({ data }) => data));
    expect(watched.statements.filter((sql) => sql !== "begin")).toHaveLength(1);
    const positions = await database.db.query<{ position: string }>(
      "select data->>'position' as position from tidings.events where account_id = 'thousand' order by seq",
    );
    expect(positions.map(({ position }) => Number(position))).toEqual(drafts.map((_, index) => index));
  });

  test("an event is on the timeline of its subject, actor, refs and whom the actor acted for, once each", async () => {
    await tidings.record({
      ...commentAdded({ subject: card(9), refs: { mentioned: [ann, ben, ben] }, data: { text: "hi" } }),
      account: "timelines",
      actor: ann,
      onBehalfOf: board(3),
    });
    const rows = await database.db.query<{ entity: string }>(
      "select entity from tidings.timeline where account_id = 'timelines' order by entity",
    );
    expect(rows.map(({ entity }) => entity)).toEqual(["board:3", "card:9", "user:ann", "user:ben"]);
  });

  test("with a handle the event is part of the caller's transaction", async () => {
    await database.ownTransaction(async (handle) => {
      await tidings.record(
        handle,
        { ...aMove(), account: "committed", actor: ann },
        { ...aMove(2), account: "committed", actor: ann },
      );
    });
    expect(await rowsOf("committed")).toEqual({ events: 2, timeline: 8, keys: 0 });
  });

  test("a transaction that is rolled back leaves no event, no timeline row and no key", async () => {
    const failing = database.ownTransaction(async (handle) => {
      await tidings.record(handle, { ...aMove(), account: "undone", actor: ann, idempotencyKey: "k1" });
      await tidings.recordEach([{ ...aMove(), account: "undone", actor: ann, idempotencyKey: "k2" }], {
        tx: handle,
      });
      throw new Error("the app failed");
    });
    await expect(failing).rejects.toThrow("the app failed");
    expect(await rowsOf("undone")).toEqual({ events: 0, timeline: 0, keys: 0 });
  });

  test("nothing to record is nothing to do", async () => {
    const watched = watchStatements(database.db);
    expect(await setUp(watched.db).record()).toEqual([]);
    expect(await setUp(watched.db).recordEach([])).toEqual([]);
    await database.ownTransaction(async (handle) => expect(await tidings.record(handle)).toEqual([]));
    expect(watched.statements).toEqual([]);
  });

  test("a handle of a transaction that is over is refused", async () => {
    let kept: unknown;
    await database.ownTransaction(async (handle) => {
      kept = handle;
    });
    await expect(tidings.record(kept, aMove())).rejects.toMatchObject({ code: "TRANSACTION_REQUIRED" });
    await expect(tidings.recordEach([aMove()], { tx: kept })).rejects.toMatchObject({
      code: "TRANSACTION_REQUIRED",
    });
  });

  test.each([[undefined], [null], [{}], ["tx"], [42]])("%j is no transaction", async (handle) => {
    const refused = { code: "TRANSACTION_REQUIRED" };
    await expect(tidings.record(handle as never, aMove())).rejects.toMatchObject(refused);
  });

  test("recordEach tells of each draft what became of it", async () => {
    await tidings.run({ account: "each", actor: ann }, () =>
      tidings.record({ ...aMove(1), idempotencyKey: "taken" }, { ...aMove(1), idempotencyKey: "repeated" }),
    );
    const results = await tidings.run({ account: "each", actor: ann }, () =>
      tidings.recordEach([
        aMove(2),
        { ...aMove(3), data: {} },
        { ...aMove(4), idempotencyKey: "taken" },
        { ...aMove(1), idempotencyKey: "repeated" },
        { ...aMove(5), idempotencyKey: "twice" },
        { ...aMove(6), idempotencyKey: "twice" },
        { ...aMove(7), causedBy: "018f0000-0000-7000-8000-000000000001" },
        aMove(8),
      ]),
    );
    expect(results).toMatchObject([
      { ok: true, event: { subject: { id: "2" } } },
      { ok: false, error: { code: "INVALID_DATA", index: 1, path: ["data", "position"] } },
      { ok: false, error: { code: "IDEMPOTENCY_CONFLICT", index: 2 } },
      { ok: true, event: { subject: { id: "1" } } },
      { ok: true, event: { subject: { id: "5" } } },
      { ok: false, error: { code: "IDEMPOTENCY_CONFLICT", index: 5 } },
      { ok: false, error: { code: "CAUSE_NOT_FOUND", index: 6 } },
      { ok: true, event: { subject: { id: "8" } } },
    ]);
    expect(await rowsOf("each")).toMatchObject({ events: 5, keys: 3 });
  });

  test("recordEach accepts the repeat of an event, whatever another draft of the call wanted with its key", async () => {
    const again = { ...aMove(1), idempotencyKey: "held" };
    const results = await tidings.run({ account: "again", actor: ann }, async () => {
      await tidings.record(again);
      return tidings.recordEach([{ ...aMove(2), idempotencyKey: "held" }, again, aMove(3)]);
    });
    expect(results).toMatchObject([
      { ok: false, error: { code: "IDEMPOTENCY_CONFLICT", index: 0 } },
      { ok: true, event: { subject: { id: "1" } } },
      { ok: true, event: { subject: { id: "3" } } },
    ]);
    expect(await rowsOf("again")).toMatchObject({ events: 2, keys: 1 });
  });

  test("recordEach needs as many tries for a hundred refused events as for one", async () => {
    const watched = watchStatements(database.db);
    const watching = setUp(watched.db);
    const hundred = <Item>(make: (id: number) => Item) => Array.from({ length: 100 }, (_, id) => make(id));
    const keyed = (id: number, position: number) => ({ ...aMove(id, position), idempotencyKey: `key-${id}` });
    const results = await watching.run({ account: "tries", actor: ann }, async () => {
      const causes = await watching.record(...hundred((id) => keyed(id, 1)));
      watched.statements.length = 0;
      return watching.recordEach([
        ...causes.map(({ id }) => ({ ...aMove(), causedBy: id })),
        ...hundred((id) => keyed(id, 2)),
        ...hundred((id) => ({ ...keyed(1_000, id), idempotencyKey: "same" })),
        ...hundred((id) => ({
          ...aMove(),
          causedBy: `018f0000-0000-7000-8000-${String(id).padStart(12, "0")}`,
        })),
      ]);
    });
    const told = results.map((result) => (result.ok ? "ok" : result.error.code));
    expect(told.filter((code) => code === "ok")).toHaveLength(101);
    expect(told.slice(100, 200)).toEqual(hundred(() => "IDEMPOTENCY_CONFLICT"));
    expect(told.slice(201, 300)).toEqual(hundred(() => "IDEMPOTENCY_CONFLICT").slice(1));
    expect(told.slice(300)).toEqual(hundred(() => "CAUSE_NOT_FOUND"));
    // A try with all, which lacks causes, one which meets taken and repeated keys, and the one that succeeds.
    expect(watched.statements.filter((statement) => statement === "begin")).toHaveLength(3);
    expect(watched.statements.length).toBeLessThan(25);
  });

  test("recordEach rejects only for what concerns every event", async () => {
    const broken = setUp({ ...database.db, transaction: () => Promise.reject(new Error("connection lost")) });
    await expect(broken.recordEach([{ ...aMove(), actor: ann }])).rejects.toThrow("connection lost");
  });
});

/** JSON has one zero, and jsonb no NUL and no half of a surrogate pair: those are refused, and tested elsewhere. */
function asStored(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(/[\0\p{Surrogate}]/gu, "");
  if (Array.isArray(value)) return value.map(asStored);
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [asStored(key) as string, asStored(item)]),
  );
}

describe("handles of pg", () => {
  let database: PostgresTestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  const refused = { code: "TRANSACTION_REQUIRED" };

  test("a pool is no transaction", async () => {
    const pool: Pool = database.pool;
    await expect(setUp(database.db).record(pool, aMove())).rejects.toMatchObject(refused);
  });

  test.each(["rollback", "commit"])("a call that nobody awaits comes before the %s", async (end) => {
    const tidings = createTidings({ db: database.db, events, account: end });
    const [cause] = await tidings.record({ ...aMove(), actor: ann });
    const pool = openPool({ connectionString: database.url, max: 1 });
    const client = await pool.connect();
    const calls = [
      () => tidings.record(client, { ...aMove(), actor: ann }),
      () => tidings.record(client, { ...aMove(), actor: ann, causedBy: cause }),
      () => tidings.record(client, { ...aMove(), actor: ann, idempotencyKey: "once" }),
      () => tidings.record(client, { ...aMove(), actor: ann }, { ...aMove(), actor: ben }),
      () => tidings.recordEach([{ ...aMove(), actor: ann }], { tx: client }),
    ];
    // The client's first statement is unnamed, after the second it is asked, the others have names.
    for (const call of calls) {
      await client.query("begin");
      const recorded = call();
      await client.query(end);
      await recorded;
    }
    client.release();
    await pool.end();
    expect(await tidings.events.count()).toBe(end === "commit" ? 7 : 1);
  });

  test("a client outside of a transaction is none either", async () => {
    const client = await database.pool.connect();
    try {
      const tidings = setUp(database.db);
      await expect(tidings.record(client, aMove())).rejects.toMatchObject(refused);
      await client.query("begin");
      await client.query("select 1 / 0").catch(() => undefined);
      await expect(tidings.record(client, { ...aMove(), actor: ann })).rejects.toMatchObject(refused);
      await client.query("rollback");
      await expect(tidings.record(client, aMove())).rejects.toMatchObject(refused);
    } finally {
      client.release();
    }
  });

  test.each(["repeatable read", "serializable"])("a writer may use %s", async (isolation) => {
    const client = await database.pool.connect();
    try {
      await client.query(`begin isolation level ${isolation}`);
      const [event] = await setUp(database.db).record(client, {
        ...aMove(),
        actor: ann,
        idempotencyKey: isolation,
      });
      await client.query("commit");
      expect((await setUp(database.db).events.get(event.id)).type).toBe("card.moved");
    } finally {
      client.release();
    }
  });
});

describe("on PGlite, which has one connection", () => {
  let database: PgliteTestDatabase;
  beforeAll(async () => {
    database = await createTestPglite();
  }, 120_000);
  afterAll(() => database.drop());

  test("a call on the outer handle inside a transaction throws instead of waiting for ever", async () => {
    const tidings = setUp(database.db);
    const inside = { code: "INSIDE_TRANSACTION" };
    const draft = { ...aMove(), actor: ann };
    await database.client.transaction(async (tx) => {
      await expect(tidings.record(draft)).rejects.toMatchObject(inside);
      await expect(tidings.recordEach([draft])).rejects.toMatchObject(inside);
      await expect(tidings.events.list(cardMoved)).rejects.toMatchObject(inside);
      await expect(tidings.feed()).rejects.toMatchObject(inside);
      await tidings.record(tx, draft);
    });
    expect(await tidings.events.count(cardMoved)).toBe(1);
  });

  test("a call that nobody awaits is undone with its transaction", async () => {
    const tidings = createTidings({ db: database.db, events, account: "undone" });
    let recorded: Promise<unknown> | undefined;
    const undone = database.client.transaction(async (tx) => {
      recorded = tidings.record(tx, { ...aMove(), actor: ann });
      throw new Error("not today");
    });
    await expect(undone).rejects.toThrow("not today");
    await recorded;
    expect(await tidings.events.count()).toBe(0);
  });

  test("the database itself is no transaction", async () => {
    const recording = setUp(database.db).record(database.client as never, aMove());
    await expect(recording).rejects.toMatchObject({ code: "TRANSACTION_REQUIRED" });
  });
});
