import * as fc from "fast-check";
import type { ClientBase, PoolClient } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { pg } from "../../src/db/pg.ts";
import { defineEntity } from "../../src/events/entity.ts";
import type { ActionContext } from "../../src/replay/actionContext.ts";
import type { ActionLocks } from "../../src/replay/actLocks.ts";
import { defineAction } from "../../src/replay/defineAction.ts";
import { createTidings, type Tidings } from "../../src/tidings.ts";
import { createTestDatabase, type PostgresTestDatabase } from "../support/testDatabase.ts";

const counter = defineEntity("counter");
const actor = { type: "user", id: "ann", label: null };

/** Reads, waits, writes: two at once lose one of their steps. */
const stepOf = (lock: "subject" | "account" | "none" | ((input: { id: string }) => string)) =>
  defineAction(`counter.step_${typeof lock === "string" ? lock : "custom"}`, {
    kind: "update",
    input: z.object({ id: z.string(), value: z.number().optional() }),
    subject: ({ id }) => counter(id),
    lock,
    run: async ({ id, value }, ctx: ActionContext<ClientBase>) => {
      const { rows } = await ctx.tx.query<{ value: number }>("select value from counters where id = $1", [
        id,
      ]);
      const next = value ?? rows[0]!.value + 1;
      await ctx.tx.query("update counters set value = $2 where id = $1", [id, next]);
      return next;
    },
  });
const bySubject = stepOf("subject");
const byAccount = stepOf("account");
const byNothing = stepOf("none");
const byText = stepOf(({ id }) => `group ${id.length}`);
const actions = { bySubject, byAccount, byNothing, byText, counter };

let database: PostgresTestDatabase;
let tidings: Tidings<ClientBase>;
const open = (actionLocks?: ActionLocks) =>
  createTidings({ db: pg(database.pool), events: actions, account: "acme", actionLocks });
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query("create table counters (id text primary key, value integer not null)");
  tidings = open();
}, 120_000);
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query("delete from counters");
  await database.pool.query("insert into counters values ('a', 0), ('b', 0), ('cc', 0)");
});

const as = (account = "acme") => ({ actor, account });

/** Holds the locks of one action open while `work` runs. */
async function whileHeld<Result>(
  perform: (tx: PoolClient) => Promise<unknown>,
  work: (commit: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const client = await database.pool.connect();
  let open = true;
  const commit = async () => {
    if (open) await client.query("commit");
    open = false;
  };
  try {
    await client.query("begin");
    await perform(client);
    return await work(commit);
  } finally {
    await commit();
    client.release();
  }
}

const WAITING = `
select from pg_locks where locktype = 'advisory' and not granted
   and database = (select oid from pg_database where datname = current_database())`;

/** Whether a second action has to wait for the first one's transaction: it is asked for until it is done, or waits. */
async function waits(first: (tx: PoolClient) => Promise<unknown>, second: () => Promise<unknown>) {
  return whileHeld(first, async (commit) => {
    let done = false;
    let waited = false;
    const call = second().finally(() => (done = true));
    while (!done && !waited) waited = (await database.pool.query(WAITING)).rows.length > 0;
    await commit();
    await call;
    return waited;
  });
}

describe("Who waits for an action", () => {
  const on = (action: typeof bySubject, id: string, account?: string) => (tx: PoolClient) =>
    tidings.perform(tx, action, { id }, as(account));
  const alone = (action: typeof bySubject, id: string, account?: string) => () =>
    tidings.perform(action, { id, value: 1 }, as(account));

  test.each([
    ["the same subject", true, on(bySubject, "a"), alone(bySubject, "a")],
    ["another subject", false, on(bySubject, "a"), alone(bySubject, "b")],
    ["the same subject of another account", false, on(bySubject, "a"), alone(bySubject, "b", "globex")],
    ["anything of the account that is locked as a whole", true, on(byAccount, "a"), alone(bySubject, "b")],
    ["the account, where one of its subjects is locked", true, on(bySubject, "a"), alone(byAccount, "b")],
    ["another account", false, on(byAccount, "a"), alone(byAccount, "b", "globex")],
    ["one without a lock", false, on(byAccount, "a"), alone(byNothing, "b")],
    ["the same text", true, on(byText, "a"), alone(byText, "b")],
    ["another text", false, on(byText, "a"), alone(byText, "cc")],
  ] as const)("%s: %s", async (_name, expected, first, second) => {
    expect(await waits(first, second)).toBe(expected);
  });

  test.each([
    ["integers", "1", "2"],
    ["UUIDs", "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d", "2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7e"],
    ["text of any kind", 'a "b" [c', 'a "b" [d'],
  ])("accounts that are %s have locks of their own", async (_name, one, other) => {
    expect(await waits(on(byAccount, "a", one), alone(byAccount, "b", other))).toBe(false);
    expect(await waits(on(byAccount, "a", one), alone(byAccount, "b", one))).toBe(true);
  });

  test("one in a long list waits as if the account were locked, so that the server's lock table is not filled", async () => {
    const ids = Array.from({ length: 150 }, (_, index) => ({ id: `x${index}`, value: 0 }));
    const first = (tx: PoolClient) => tidings.performAll(tx, bySubject, ids, as());
    expect(await waits(first, alone(bySubject, "a"))).toBe(true);
    await whileHeld(first, async () => {
      const { rows } = await database.pool.query("select from pg_locks where locktype = 'advisory'");
      expect(rows.length).toBeLessThan(10);
    });
  });

  test("lists lock in one order and never deadlock", async () => {
    const lists = [
      ["a", "b", "cc"],
      ["cc", "b", "a"],
      ["b", "a", "cc"],
    ];
    const all = Array.from({ length: 12 }, (_, index) =>
      tidings.performAll(
        bySubject,
        lists[index % 3]!.map((id) => ({ id })),
        as(),
      ),
    );
    await Promise.all(all);
    const { rows } = await database.pool.query("select value from counters");
    expect(rows).toEqual([{ value: 12 }, { value: 12 }, { value: 12 }]);
  });
});

describe("What a lock is called", () => {
  const heldLocks = async (at: Tidings<ClientBase>, action: typeof bySubject) =>
    whileHeld(
      (tx) => at.perform(tx, action, { id: "a" }, as()),
      async () => {
        const { rows } = await database.pool.query<{ number: string }>(
          `select ((classid::bigint << 32) | objid::bigint)::text as number from pg_locks
            where locktype = 'advisory' and mode = 'ExclusiveLock' and objsubid = 1`,
        );
        return rows.map(({ number }) => number);
      },
    );
  const hash = async (key: string, seed: bigint) => {
    const sql = "select hashtextextended('tidings.action ' || $1, $2)::text as number";
    return (await database.pool.query<{ number: string }>(sql, [key, String(seed)])).rows[0]!.number;
  };

  test("by default the account and the subject, hashed with a constant", async () => {
    const expected = await hash('["acme","counter:a"]', 0x746964696e6773n);
    expect(await heldLocks(tidings, bySubject)).toContain(expected);
  });

  test("with a constant of the app's own, another number", async () => {
    const expected = await hash('["acme","counter:a"]', 42n);
    expect(await heldLocks(open({ seed: 42n }), bySubject)).toContain(expected);
  });

  test("by the app's generator: a text to be hashed, or a number as it is", async () => {
    const asked: object[] = [];
    const texts = open({ key: (wanted) => (asked.push(wanted), `mine/${wanted.account}/${wanted.name}`) });
    expect(await heldLocks(texts, bySubject)).toContain(await hash("mine/acme/counter:a", 0x746964696e6773n));
    expect(asked).toEqual([
      { account: "acme", name: null, action: "counter.step_subject" },
      { account: "acme", name: "counter:a", action: "counter.step_subject" },
    ]);
    const numbers = open({ key: ({ name }) => (name === null ? 7n : -9_007_199_254_740_993n) });
    expect(await heldLocks(numbers, bySubject)).toContain("-9007199254740993");
    const wrong = open({ key: () => 7 as never }).perform(bySubject, { id: "a" }, as());
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_OPTION" });
  });
});

describe("Actions at the same time", () => {
  test("on the same subjects lose nothing, and the log agrees with the order of their effects", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("a", "b", "cc"), { minLength: 2, maxLength: 24 }),
        async (ids) => {
          await database.pool.query("update counters set value = 0");
          const account = `run${Math.random()}`;
          const done = await Promise.all(ids.map((id) => tidings.perform(bySubject, { id }, as(account))));
          const { rows } = await database.pool.query<{ subject: string; id: string }>(
            "select subject_id as subject, id::text from tidings.events where account_id = $1 order by seq",
            [account],
          );
          const results = new Map(done.map(({ event, result }) => [event!.id, result]));
          for (const id of new Set(ids)) {
            const inLog = rows.filter(({ subject }) => subject === id).map((row) => results.get(row.id));
            expect(inLog).toEqual(inLog.map((_, index) => index + 1));
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  /** Two counters in opposite order: a deadlock, as soon as both have begun. */
  const swap = defineAction("counter.swap", {
    kind: "update",
    lock: "none",
    input: z.object({ first: z.string(), second: z.string() }),
    subject: ({ first }) => counter(first),
    run: async ({ first, second }, ctx: ActionContext<ClientBase>) => {
      const STEP = "update counters set value = value + 1 where id = $1";
      await ctx.tx.query(STEP, [first]);
      await met();
      await ctx.tx.query(STEP, [second]);
    },
  });
  let met: () => Promise<void>;
  /** The first two wait for each other; whoever comes later does not. */
  const meeting = () => {
    let arrived = 0;
    let go: () => void;
    const both = new Promise<void>((resolve) => (go = resolve));
    return async () => {
      if (++arrived === 2) go();
      if (arrived <= 2) await both;
    };
  };
  const swaps = (retries?: number) => {
    met = meeting();
    const app = createTidings({ db: pg(database.pool), events: { swap }, account: "acme" });
    return Promise.allSettled([
      app.perform(swap, { first: "a", second: "b" }, { actor, retries }),
      app.perform(swap, { first: "b", second: "a" }, { actor, retries }),
    ]);
  };

  test("that deadlock fail with the database's own error, never with the one that follows it", async () => {
    const calls = await swaps();
    const failed = calls.filter(({ status }) => status === "rejected");
    expect(failed).toMatchObject([{ reason: { code: "40P01" } }]);
  });

  test("that deadlock are tried again where the caller says so, whole", async () => {
    const calls = await swaps(3);
    expect(calls.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
    const { rows } = await database.pool.query("select value from counters where id in ('a', 'b')");
    expect(rows).toEqual([{ value: 2 }, { value: 2 }]);
  });

  test("in a serializable transaction of the caller's fail with 40001 where they cannot be ordered", async () => {
    const client = await database.pool.connect();
    try {
      await client.query("begin isolation level repeatable read");
      await client.query("select from counters");
      await tidings.perform(bySubject, { id: "a" }, as());
      const late = tidings.perform(client, bySubject, { id: "a" }, as());
      await expect(late).rejects.toMatchObject({ code: "40001" });
      const retried = tidings.perform(client, bySubject, { id: "a" }, { ...as(), retries: 1 } as never);
      await expect(retried).rejects.toMatchObject({ code: "INVALID_OPTION" });
    } finally {
      await client.query("rollback");
      client.release();
    }
  });
});
