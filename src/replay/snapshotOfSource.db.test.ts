import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import {
  createTestDatabase,
  type PostgresTestDatabase,
  type TestDatabase,
} from "../../test/support/testDatabase.ts";
import type { Database } from "../db/database.ts";
import { holdSnapshot, type SourceSnapshot } from "./snapshotOfSource.ts";

/** The ids of what the snapshot saw, in order of position, and those below its last position that it did not see. */
async function eventsOf({ log, seen, lastPosition }: SourceSnapshot) {
  const rows = await log.query<{ id: string; visible: boolean }>(
    `select e.id::text, e.seq <= (select floor_seq from tidings.sequencer) or pg_visible_in_snapshot(e.xid, $1::text::pg_snapshot) as visible
       from tidings.event_order o join tidings.events e on e.id = o.event_id
      where o.pos <= $2::text::bigint order by o.pos`,
    [seen, String(lastPosition)],
  );
  const idsOf = (visible: boolean) => rows.flatMap((row) => (row.visible === visible ? [row.id] : []));
  return { seen: idsOf(true), unseen: idsOf(false) };
}

/** An app's write: a row and its event. */
async function note(db: Database, name: string): Promise<string> {
  return db.transaction(async (tx) => {
    await tx.query("insert into notes values ($1)", [name]);
    return insertRawEvent(tx);
  });
}

const namesIn = async ({ tables }: SourceSnapshot) =>
  (await tables.query<{ name: string }>("select name from notes order by name")).map(({ name }) => name);

describeOnDatabases("a moment of the source", (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
    await database.db.query("create table notes (name text)");
  }, 120_000);
  afterAll(() => database?.drop());

  test("has positions for all its events, also where nobody ticks and no tick would look", async () => {
    const old = await insertRawEvent(database.db, { id: uuid7At(Date.now() - 3 * 86_400_000) });
    const fresh = await note(database.db, "fresh");
    await holdSnapshot(database.db, async (snapshot) => {
      expect(await namesIn(snapshot)).toEqual(["fresh"]);
      expect((await eventsOf(snapshot)).seen.sort()).toEqual([old, fresh].sort());
    });
  });

  test("knows the events of a log that was moved to another server", async () => {
    await insertRawEvent(database.db, { xid: "4611686018427387904" }); // the old server counted further than this one
    await database.db.query("update tidings.sequencer set system_identifier = 'another'");
    await holdSnapshot(database.db, async (snapshot) => {
      expect((await eventsOf(snapshot)).seen).toHaveLength(3);
    });
  });
});

describe("while others write", () => {
  let database: PostgresTestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await database.db.query("create table notes (name text)");
  });
  afterEach(() => database.db.query("truncate notes"));
  afterAll(() => database?.drop());

  test("what commits after the moment is neither in its tables nor among its events, whatever its position", async () => {
    const before = await note(database.db, "before");
    const slow = await database.pool.connect();
    await slow.query("begin");
    await slow.query("insert into notes values ('slow')");
    const open = await insertRawEvent({
      query: async (sql, values) => (await slow.query(sql, values as string[])).rows,
    });
    const last = await note(database.db, "last");
    let transactions = 0;
    const db: Database = {
      ...database.db,
      transaction: async (work) => {
        // The third gives positions to what the moment of the second saw.
        if (++transactions === 3) {
          await slow.query("commit");
          await note(database.db, "later");
        }
        return database.db.transaction(work);
      },
    };
    await holdSnapshot(db, async (snapshot) => {
      expect(await namesIn(snapshot)).toEqual(["before", "last"]);
      const events = await eventsOf(snapshot);
      expect(events.seen).toEqual([before, last]);
      expect(events.unseen).toHaveLength(2);
      expect(events.unseen).toContain(open);
    });
    slow.release();
    await holdSnapshot(database.db, async (snapshot) => {
      expect(await namesIn(snapshot)).toEqual(["before", "last", "later", "slow"]);
      expect((await eventsOf(snapshot)).seen).toContain(open);
    });
  });

  test("a tick that is under way is waited for, and what commits meanwhile is not seen", async () => {
    const ticking = await database.pool.connect();
    await ticking.query("begin");
    await ticking.query("select * from tidings.tick()");
    const before = await note(database.db, "before");
    const held = holdSnapshot(database.db, async (snapshot) => ({
      names: await namesIn(snapshot),
      events: await eventsOf(snapshot),
    }));
    await ticking.query("commit");
    ticking.release();
    const { names, events } = await held;
    expect(names).toContain("before");
    expect(events.seen).toContain(before);
    expect(events.seen).toHaveLength(new Set(events.seen).size);
  });
});
