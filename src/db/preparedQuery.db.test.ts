import type { Socket } from "node:net";
import fc from "fast-check";
import type { ClientBase, Pool, PoolConfig } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, openPool, type PostgresTestDatabase } from "../../test/support/testDatabase.ts";
import type { Parameter } from "./database.ts";
import { pg } from "./pg.ts";

let opened: PostgresTestDatabase;
const pools: Pool[] = [];
beforeAll(async () => {
  opened = await createTestDatabase();
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await opened.drop();
});

/** One client, past its first use of a prepared statement, which goes unnamed. */
async function clientOf(config: PoolConfig = {}) {
  const pool = openPool({ connectionString: opened.url, max: 1, ...config });
  pools.push(pool);
  const client = await pool.connect();
  client.on("error", () => undefined);
  await client.query("begin");
  const tx = pg(pool).adopt(client);
  const query = (sql: string, parameters?: readonly Parameter[]) =>
    tx.query<Record<string, unknown>>(sql, parameters, { prepare: true });
  await query("select 1 as one");
  return { client, query };
}

const connectionOf = (client: ClientBase) =>
  (client as unknown as { connection: NodeJS.EventEmitter & { stream: Socket } }).connection;

test("values are what every driver gives alike", async () => {
  const { client, query } = await clientOf();
  const sql = `select n, n::float8 / 2 as half, n::int2 as small, n > 1 as more, null::text as nothing,
                      $1::text as given, '{"a":1}'::jsonb::text as json from generate_series(1, 2) n`;
  const rest = { nothing: null, given: 'é "\\', json: '{"a": 1}' };
  for (let time = 0; time < 3; time++) {
    expect(await query(sql, ['é "\\'])).toEqual([
      { n: 1, half: 0.5, small: 1, more: false, ...rest },
      { n: 2, half: 1, small: 2, more: true, ...rest },
    ]);
  }
  expect(await query("select 1 as one where false")).toEqual([]);
  client.release();
});

test("whatever is sent arrives, each value in its place", async () => {
  const { client, query } = await clientOf();
  const sql = "select $1::text as a, $2::float8::text as b, $3::text as c, $4::boolean as d, $5::text as e";
  const text = fc.option(
    fc
      .oneof(fc.string(), fc.string({ unit: "binary", maxLength: 300 }))
      .map((any) => any.replaceAll("\0", "")),
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.option(fc.integer()),
      text,
      fc.option(fc.boolean()),
      text,
      async (...values) => {
        const [a, b, c, d, e] = values;
        const arrived = { a, b: b === null ? null : String(b), c, d, e };
        expect(await query(sql, values)).toEqual([arrived]);
      },
    ),
  );
  client.release();
});

test("the server describes the columns of a statement once", async () => {
  const { client, query } = await clientOf();
  await query("select 1 as one"); // asks whether the connection is direct, too
  let described = 0;
  connectionOf(client).on("rowDescription", () => described++);
  for (let time = 0; time < 4; time++)
    expect(await query("select 'once' as told")).toEqual([{ told: "once" }]);
  expect(described).toBe(1);
  client.release();
});

test("a statement that fails leaves the client and the statement as they were", async () => {
  const { client, query } = await clientOf();
  const inverse = "select 1 / $1::int as inverse";
  await expect(query(inverse, [0])).rejects.toMatchObject({ code: "22012" });
  await expect(query(inverse, [1])).rejects.toMatchObject({ code: "TRANSACTION_REQUIRED" });
  await client.query("rollback; begin");
  expect(await query(inverse, [1])).toEqual([{ inverse: 1 }]);
  await client.query("rollback");
  client.release();
});

test("a lost connection ends the wait", async () => {
  const { client, query } = await clientOf();
  const waiting = query("select pg_backend_pid() as pid, pg_sleep(60)::text as slept");
  const refused = expect(waiting).rejects.toThrow();
  await expect
    .poll(async () => {
      const { rowCount } = await opened.pool.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
      );
      return rowCount;
    })
    .toBe(1);
  await refused;
  client.release(true);
});

test("the client's own query_timeout holds", async () => {
  const { client, query } = await clientOf({ query_timeout: 100 });
  await expect(query("select pg_sleep(60)::text as slept")).rejects.toThrow("Query read timeout");
  client.release(true);
});

test("what cannot be sent fails, and the client goes on", async () => {
  const { client, query } = await clientOf();
  await query("select 1 as one"); // the first one that is named
  const tooMany = Array.from({ length: 65_536 }, () => 1);
  await expect(query("select 1 as one", tooMany)).rejects.toMatchObject({ code: "ERR_OUT_OF_RANGE" });
  expect(await query("select 1 as one")).toEqual([{ one: 1 }]);
  await client.query("rollback");
  client.release();
});

test("a connection that was ended fails what is asked of it", async () => {
  const { client, query } = await clientOf();
  await query("select 1 as one");
  connectionOf(client).stream.end();
  await expect(query("select 1 as one")).rejects.toThrow("Connection terminated");
  client.release(true);
});

test("a client in pipeline mode, which takes no queries of ours, goes unnamed", async () => {
  const { client, query } = await clientOf({ pipeline: true } as PoolConfig);
  for (let time = 0; time < 3; time++) expect(await query("select 1 as one")).toEqual([{ one: 1 }]);
  const { rows } = await client.query("select from pg_prepared_statements");
  expect(rows).toHaveLength(0);
  client.release();
});
