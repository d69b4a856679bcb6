import type { Pool } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/db/database.ts";
import { migrate, schemaState } from "../../src/db/migrate.ts";
import { pg } from "../../src/db/pg.ts";
import { inSchema } from "../../src/db/schema.ts";
import { pgbouncerInstalled, startPgbouncer } from "../support/pgbouncer.ts";
import { insertRawEvent } from "../support/rawEvents.ts";
import { createTestDatabase, openPool, type PostgresTestDatabase } from "../support/testDatabase.ts";

const suite = pgbouncerInstalled
  ? "through PgBouncer's transaction pooling"
  : "through PgBouncer's transaction pooling: PgBouncer is not installed";

// Twenty clients share two server connections, so that whatever a session kept would meet another client.
describe.skipIf(!pgbouncerInstalled)(suite, () => {
  let opened: PostgresTestDatabase;
  let bouncer: { url: string; stop: () => Promise<void> };
  let pool: Pool;
  let db: Database;

  beforeAll(async () => {
    opened = await createTestDatabase({ migrated: false });
    bouncer = await startPgbouncer(opened.url);
    pool = openPool({ connectionString: bouncer.url, max: 20 });
    db = pg(pool, { listen: false });
  });
  afterAll(async () => {
    await pool.end();
    await bouncer.stop();
    await opened.drop();
  });

  const twenty = <Result>(work: (number: number) => Promise<Result>) =>
    Promise.all(Array.from({ length: 20 }, (_, number) => work(number)));

  test("twenty clients migrate at once: one does the work", async () => {
    const results = await twenty(() => migrate(db));
    expect(results.filter((applied) => applied.length > 0)).toHaveLength(1);
    expect(await schemaState(db)).toBe("current");
  });

  test("queries with parameters come back to who asked", async () => {
    const rows = await twenty((number) => db.query("select $1::integer as number", [number]));
    expect(rows).toEqual(Array.from({ length: 20 }, (_, number) => [{ number }]));
  });

  test("transactions stay apart, and adopted ones are known", async () => {
    await twenty((number) =>
      db
        .transaction(async (tx) => {
          await insertRawEvent(db.adopt(tx.handle), { account: `account ${number}` });
          const rows = await tx.query(
            "select account_id from tidings.events where xid = pg_current_xact_id()",
          );
          expect(rows).toEqual([{ account_id: `account ${number}` }]);
          if (number % 2 === 0) throw new Error("rolled back");
        })
        .catch((error: Error) => expect(error.message).toBe("rolled back")),
    );
    expect(await db.query("select count(*)::float8 as events from tidings.events")).toEqual([{ events: 10 }]);
  });

  test("ticks from many clients number each event once", async () => {
    await twenty(() => db.query("select * from tidings.tick()"));
    await db.query("select * from tidings.tick()");
    const [row] = await db.query(
      `select count(*)::float8 as positions, count(distinct event_id)::float8 as events, max(pos)::float8 as last
         from tidings.event_order`,
    );
    expect(row).toEqual({ positions: 10, events: 10, last: 10 });
  });

  test("a schema of its own needs no search_path", async () => {
    const other = inSchema(db, "order");
    await migrate(other);
    await insertRawEvent(other);
    expect(await twenty(() => other.query("select account_id from tidings.events"))).toEqual(
      Array.from({ length: 20 }, () => [{ account_id: "acme" }]),
    );
  });
});
