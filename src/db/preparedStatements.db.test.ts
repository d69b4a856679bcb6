import type { ClientBase, Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { aMove, ann, events } from "../../test/support/boardEvents.ts";
import { pgbouncerInstalled, startPgbouncer } from "../../test/support/pgbouncer.ts";
import { createTestDatabase, openPool, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { pg } from "./pg.ts";
import { inSchema } from "./schema.ts";

const aMoveByAnn = () => ({ ...aMove(), actor: ann });

describe("statements that a connection keeps prepared", () => {
  let opened: PostgresTestDatabase;
  const ends: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    opened = await createTestDatabase();
  });
  afterAll(async () => {
    for (const end of ends.toReversed()) await end();
    await opened.drop();
  });

  const openAt = (url: string, max = 1): Pool => {
    const pool = openPool({ connectionString: url, max });
    ends.push(() => pool.end());
    return pool;
  };
  const setUp = (db: Database<ClientBase>) => createTidings({ db, events, account: "acme" });

  /** Records in `times` transactions of the client. Returns the names and texts of all that was sent meanwhile. */
  async function recordWith(client: ClientBase, times: number, ...all: Tidings<ClientBase>[]) {
    const sent: { name: string | undefined; text: string }[] = [];
    const query = client.query;
    const send = (query as (...given: unknown[]) => unknown).bind(client);
    client.query = ((first: string | { name?: string; text: string }, ...rest: unknown[]) => {
      sent.push(
        typeof first === "string" ? { name: undefined, text: first } : { name: first.name, text: first.text },
      );
      return send(first, ...rest);
    }) as typeof client.query;
    try {
      for (let time = 0; time < times; time++) {
        await send("begin");
        for (const tidings of all) await tidings.record(client, aMoveByAnn());
        await send("commit");
      }
    } finally {
      client.query = query;
    }
    const names = sent.flatMap(({ name }) => (name === undefined ? [] : [name]));
    return { names, questions: sent.filter(({ text }) => text.includes("pg_backend_pid")).length };
  }

  async function kept(client: ClientBase): Promise<number> {
    const { rows } = await client.query("select from pg_prepared_statements where name like 'tidings%'");
    return rows.length;
  }

  test("a connection of its own is asked at its second use and keeps the record statement from its third on", async () => {
    const pool = openAt(opened.url);
    const tidings = setUp(pg(pool));
    const client = await pool.connect();
    expect(await recordWith(client, 1, tidings), "a client that is used once").toEqual({
      names: [],
      questions: 0,
    });
    const { names, questions } = await recordWith(client, 4, tidings);
    expect([names.length, new Set(names).size, questions]).toEqual([3, 1, 1]);
    expect(await kept(client)).toBe(1);
    client.release();
  });

  test("pages are prepared too, by the pool's clients, whatever their size", async () => {
    const pool = openAt(opened.url);
    const tidings = setUp(pg(pool));
    await tidings.record(aMoveByAnn());
    for (const limit of [10, 20, 30, 40]) await tidings.feed({ limit });
    const client = await pool.connect();
    expect(await kept(client), "a page is one statement").toBe(1);
    client.release();
  });

  test("two schemas through one client have a statement each", async () => {
    const pool = openAt(opened.url);
    const other = inSchema(pg(pool), "other");
    await migrate(other);
    const client = await pool.connect();
    await recordWith(client, 3, setUp(pg(pool)), setUp(other));
    expect(await kept(client)).toBe(2);
    client.release();
  });

  test("a question that met a failed transaction is asked again", async () => {
    const pool = openAt(opened.url);
    const tidings = setUp(pg(pool));
    const client = await pool.connect();
    await recordWith(client, 1, tidings);
    await client.query("begin");
    const recorded = tidings.record(client, aMoveByAnn());
    await expect(client.query("select 1 / 0")).rejects.toThrow("division by zero"); // before the question
    await recorded;
    await client.query("rollback");
    await recordWith(client, 2, tidings);
    expect(await kept(client)).toBe(1);
    client.release();
  });

  test("prepare: false keeps nothing and asks nothing", async () => {
    const pool = openAt(opened.url);
    const client = await pool.connect();
    const sent = await recordWith(client, 3, setUp(pg(pool, { prepare: false })));
    expect(sent).toEqual({ names: [], questions: 0 });
    client.release();
  });

  for (const reset of ["discard all", "deallocate all", "begin; deallocate all; commit"]) {
    test(`after \`${reset}\` no transaction fails: the client goes unnamed`, async () => {
      const pool = openAt(opened.url);
      const tidings = setUp(pg(pool));
      const client = await pool.connect();
      await recordWith(client, 3, tidings);
      await client.query(reset);
      expect(await recordWith(client, 3, tidings)).toEqual({ names: [], questions: 0 });
      client.release();
    });
  }

  test("the app may have the statements forgotten inside of its transaction", async () => {
    const pool = openAt(opened.url);
    const tidings = setUp(pg(pool));
    const client = await pool.connect();
    await recordWith(client, 3, tidings);
    await client.query("begin");
    await tidings.record(client, aMoveByAnn());
    await client.query("deallocate all");
    await tidings.record(client, aMoveByAnn());
    expect((await client.query("commit")).command).toBe("COMMIT");
    client.release();
  });

  for (const mode of ["transaction", "session"] as const) {
    test.skipIf(!pgbouncerInstalled)(`behind PgBouncer's ${mode} pooling nothing has a name`, async () => {
      const bouncer = await startPgbouncer(opened.url, mode);
      ends.push(bouncer.stop);
      const pool = openAt(bouncer.url, 2);
      const tidings = setUp(pg(pool, { listen: false }));
      const clients = await Promise.all([pool.connect(), pool.connect()]);
      for (const sent of await Promise.all(clients.map((client) => recordWith(client, 5, tidings)))) {
        expect(sent).toEqual({ names: [], questions: 1 });
      }
      for (const client of clients) client.release();
    });
  }
});
