import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { textArray } from "../../src/db/database.ts";
import { pg } from "../../src/db/pg.ts";
import { pglite } from "../../src/db/pglite.ts";
import { describeOnDatabases } from "../support/describeOnDatabases.ts";
import {
  createTestDatabase,
  openPool,
  createTestPglite,
  type PgliteTestDatabase,
  type PostgresTestDatabase,
  type TestDatabase,
} from "../support/testDatabase.ts";

const HARD_TEXT = [`"`, `\\`, `\\"`, ",", "{}", "", " ", "null", "it's", "$1", "Grüße 🪁", "line\nbreak"];
/** The first integer that a JavaScript number cannot hold. */
const LARGE = "9007199254740993";

describeOnDatabases("the database seam", (open) => {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await open({ migrated: false });
    await opened.db.query("create table notes (id integer primary key, note text)");
  });
  afterAll(() => opened.drop());

  const notes = () => opened.db.query<{ note: string }>("select note from notes order by id");
  const forget = () => opened.db.query("delete from notes");

  test("parameters arrive as the types that the statement asks for", async () => {
    const rows = await opened.db.query(
      `select $1::text as text, $2::integer as small, $3::float8 as float, $4::boolean as yes, $5::text as nothing,
              $6::bigint::text as large, $7::uuid::text as uuid, ($8::text::jsonb -> 'a')::text as json`,
      ["it's", 7, 0.5, true, null, LARGE, "018f0000-0000-7000-8000-000000000001", `{"a":[1,"x"]}`],
    );
    expect(rows).toEqual([
      {
        text: "it's",
        small: 7,
        float: 0.5,
        yes: true,
        nothing: null,
        large: LARGE,
        uuid: "018f0000-0000-7000-8000-000000000001",
        json: '[1, "x"]',
      },
    ]);
  });

  test("rows carry text, numbers, booleans and null unchanged", async () => {
    const rows = await opened.db.query(
      "select 'x' as text, 1.25::float8 as float, 3::integer as small, false as no, null::text as nothing",
    );
    expect(rows).toEqual([{ text: "x", float: 1.25, small: 3, no: false, nothing: null }]);
  });

  test("a time travels as milliseconds", async () => {
    const rows = await opened.db.query(
      "select extract(epoch from to_timestamp($1::float8 / 1000))::float8 * 1000 as at",
      [1_732_060_800_123],
    );
    expect(rows).toEqual([{ at: 1_732_060_800_123 }]);
  });

  test.each(HARD_TEXT)("a list carries %j", async (text) => {
    const rows = await opened.db.query<{ list: string }>("select array_to_json($1::text[])::text as list", [
      textArray([text, "between", text]),
    ]);
    expect(JSON.parse(rows[0]!.list)).toEqual([text, "between", text]);
  });

  test("an empty list is empty", async () => {
    const rows = await opened.db.query("select cardinality($1::text[]) as length", [textArray([])]);
    expect(rows).toEqual([{ length: 0 }]);
  });

  test("a transaction commits when its work resolves, and gives its result", async () => {
    const result = await opened.db.transaction(async (tx) => {
      await tx.query("insert into notes values ($1, $2)", [1, "kept"]);
      return "done";
    });
    expect(result).toBe("done");
    expect(await notes()).toEqual([{ note: "kept" }]);
    await forget();
  });

  test("a transaction rolls back when its work throws, and throws the same error", async () => {
    const failure = new Error("changed my mind");
    const attempt = opened.db.transaction(async (tx) => {
      await tx.query("insert into notes values (1, 'lost')");
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await notes()).toEqual([]);
  });

  test("a failed statement fails the transaction, and the next one works", async () => {
    const attempt = opened.db.transaction(async (tx) => {
      await tx.query("insert into notes values (1, 'lost')");
      await tx.query("select 1 / 0");
    });
    await expect(attempt).rejects.toThrow("division by zero");
    expect(await opened.db.transaction((tx) => tx.query("select 1 as one"))).toEqual([{ one: 1 }]);
    expect(await notes()).toEqual([]);
  });

  test("execute runs a script of several statements", async () => {
    await opened.db.transaction((tx) =>
      tx.execute("insert into notes values (1, 'first'); insert into notes values (2, 'second');"),
    );
    expect(await notes()).toEqual([{ note: "first" }, { note: "second" }]);
    await forget();
  });

  test("an adopted handle writes in the caller's transaction", async () => {
    const failure = new Error("the app failed later");
    await opened.ownTransaction(async (handle) => {
      const tx = opened.db.adopt(handle);
      expect(tx.handle).toBe(handle);
      await tx.query("insert into notes values ($1, $2)", [1, "committed"]);
    });
    const attempt = opened.ownTransaction(async (handle) => {
      await opened.db.adopt(handle).query("insert into notes values (2, 'rolled back')");
      throw failure;
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await notes()).toEqual([{ note: "committed" }]);
    await forget();
  });

  test("the handle of a transaction of ours can be adopted", async () => {
    await opened.db.transaction(async (tx) => {
      await opened.db.adopt(tx.handle).query("insert into notes values (1, 'same')");
      expect(await tx.query("select note from notes")).toEqual([{ note: "same" }]);
    });
    await forget();
  });

  test("a transaction in which a statement failed is refused", async () => {
    const attempt = opened.ownTransaction(async (handle) => {
      await expect(opened.db.adopt(handle).query("select 1 / 0")).rejects.toThrow("division by zero");
      await opened.db.adopt(handle).query("insert into notes values (1, 'too late')");
    });
    await expect(attempt).rejects.toThrow(expect.objectContaining({ code: "TRANSACTION_REQUIRED" }));
    expect(await notes()).toEqual([]);
  });

  test.each([undefined, null, 1, "tx", {}, { query: () => [] }, { rollback: () => undefined }])(
    "%j is not a transaction",
    (handle) => {
      expect(() => opened.db.adopt(handle)).toThrow(
        expect.objectContaining({ code: "TRANSACTION_REQUIRED" }),
      );
    },
  );

  test.each(["plain", `with "quotes"`, "MixedCase", `"order".log`])(
    "a notification on the channel %s wakes its listener, until it stops",
    async (channel) => {
      const heard = notifications();
      const stop = await opened.db.listen!(channel, heard.onNotify);
      await opened.db.query("select pg_notify($1, $2)::text", [channel, "42"]);
      await heard.next("42");
      await stop();
      await opened.db.query("select pg_notify($1, $2)::text", [channel, "after the end"]);
      expect(heard.all).not.toContain("after the end");
    },
  );
});

describe("the isolation of transactions", () => {
  const ISOLATION = "select current_setting('transaction_isolation') as level";
  const levels = ["repeatable read", "serializable"];

  test.each(levels)("pg: READ COMMITTED, although the default is %s", async (level) => {
    const opened = await createTestDatabase();
    const pool = openPool({
      connectionString: opened.url,
      options: `-c default_transaction_isolation=${level.replace(" ", "\\ ")}`,
      max: 1,
    });
    expect((await pool.query(ISOLATION)).rows).toEqual([{ level }]);
    expect(await pg(pool).transaction((tx) => tx.query(ISOLATION))).toEqual([{ level: "read committed" }]);
    await pool.end();
    await opened.drop();
  });

  test.each(levels)("PGlite: READ COMMITTED, although the default is %s", async (level) => {
    const opened = await createTestPglite();
    await opened.client.exec(`set default_transaction_isolation = '${level}'`);
    expect(await opened.db.query(ISOLATION)).toEqual([{ level }]);
    expect(await opened.db.transaction((tx) => tx.query(ISOLATION))).toEqual([{ level: "read committed" }]);
    await opened.drop();
  });
});

describe("handles of pg", () => {
  let opened: PostgresTestDatabase;
  beforeAll(async () => {
    opened = await createTestDatabase();
  });
  afterAll(() => opened.drop());
  const refused = expect.objectContaining({ code: "TRANSACTION_REQUIRED" });

  test("a pool is refused", () => {
    expect(() => opened.db.adopt(opened.pool)).toThrow(refused);
  });

  test("a client is refused before BEGIN and after COMMIT", async () => {
    const client = await opened.pool.connect();
    expect(() => opened.db.adopt(client)).toThrow(refused);
    await client.query("begin");
    expect(() => opened.db.adopt(client)).not.toThrow();
    await client.query("rollback");
    await client.query("begin");
    await client.query("commit");
    expect(() => opened.db.adopt(client)).toThrow(refused);
    client.release();
  });

  test("a connection that dies inside a transaction fails that transaction and nothing else", async () => {
    const attempt = opened.db.transaction(async (tx) => {
      await tx.query("select pg_terminate_backend(pg_backend_pid())");
    });
    await expect(attempt).rejects.toThrow(/terminating connection|Connection terminated/);
    expect(await opened.db.query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a listener whose connection is closed connects again and looks once", async () => {
    const heard = notifications();
    const stop = await opened.db.listen!("wake", heard.onNotify);
    await heard.next("");
    await opened.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen \"wake\"' and datname = current_database()",
    );
    await heard.next("");
    await opened.pool.query("notify wake, 'again'");
    await heard.next("again");
    await stop();
  });

  test("listen: false listens to nothing", () => {
    expect(pg(opened.pool, { listen: false }).listen).toBeUndefined();
  });
});

describe("handles of PGlite", () => {
  let opened: PgliteTestDatabase;
  beforeAll(async () => {
    opened = await createTestPglite();
  });
  afterAll(() => opened.drop());

  test("the database itself and a finished transaction are refused", async () => {
    const refused = expect.objectContaining({ code: "TRANSACTION_REQUIRED" });
    expect(() => opened.db.adopt(opened.client)).toThrow(refused);
    const finished = await opened.client.transaction(async (tx) => tx);
    expect(() => opened.db.adopt(finished)).toThrow(refused);
  });

  test("a call on the outer handle inside a transaction throws instead of hanging", async () => {
    const inside = expect.objectContaining({ code: "INSIDE_TRANSACTION" });
    await opened.client.transaction(async () => {
      await expect(opened.db.query("select 1")).rejects.toThrow(inside);
      await expect(opened.db.transaction(async () => undefined)).rejects.toThrow(inside);
    });
    await opened.db.transaction(async () => {
      await expect(opened.db.query("select 1")).rejects.toThrow(inside);
    });
  });

  test("adapters of one database know each other's transactions", async () => {
    const other = pglite(opened.client);
    await opened.db.transaction(async () => {
      await expect(other.query("select 1")).rejects.toThrow(
        expect.objectContaining({ code: "INSIDE_TRANSACTION" }),
      );
    });
  });

  test("what was started inside a transaction may use the outer handle once it is over", async () => {
    let end = () => {};
    const over = new Promise<void>((resolve) => (end = resolve));
    const later = await opened.db.transaction(async (tx) => {
      await tx.query("select 1");
      // In an object, because a promise given back would be awaited inside the transaction.
      return {
        rows: over.then(
          () => new Promise((resolve) => setImmediate(() => resolve(opened.db.query("select 1 as one")))),
        ),
      };
    });
    end();
    expect(await later.rows).toEqual([{ one: 1 }]);
  });

  test("a listener may query, although the notification came out of a transaction", async () => {
    const heard: Promise<unknown>[] = [];
    const stop = await opened.db.listen!("wake", () => heard.push(opened.db.query("select 1 as one")));
    await opened.db.transaction((tx) => tx.query("select pg_notify('wake', '')::text"));
    await opened.db.query("select 1");
    expect(await Promise.all(heard)).toEqual([[{ one: 1 }]]);
    await stop();
  });

  test("a call from elsewhere waits for the open transaction", async () => {
    const order: string[] = [];
    const first = opened.db.transaction(async (tx) => {
      await tx.query("select 1");
      order.push("transaction");
    });
    const second = opened.db.query("select 1").then(() => order.push("query"));
    await Promise.all([first, second]);
    expect(order).toEqual(["transaction", "query"]);
  });
});

/** Collects payloads; `next(payload)` waits for one that was not taken yet. */
function notifications() {
  const all: string[] = [];
  const untaken: string[] = [];
  let arrived = () => {};
  return {
    all,
    onNotify: (payload: string) => {
      all.push(payload);
      untaken.push(payload);
      arrived();
    },
    next: async (payload: string) => {
      while (!untaken.includes(payload)) await new Promise<void>((resolve) => (arrived = resolve));
      untaken.splice(untaken.indexOf(payload), 1);
    },
  };
}
