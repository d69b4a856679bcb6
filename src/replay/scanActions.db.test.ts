import { afterEach, beforeEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { entityKey } from "../events/entity.ts";
import { idFloor } from "../log/findEvents.ts";
import { scanActions, type Scan, type ScannedPage } from "./scanActions.ts";
import { numberAll } from "./snapshotOfSource.ts";

/** Fifty take turns, but for one that has forty events in a row. */
const SUBJECT = "case when n between 1000 and 1039 then 'burst' else (n / 2 % 50)::text end";
/** Every second one is an action, the others are `user.registered`. */
const INSERT_MANY = `
with written as (
  insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, actor_type, actor_id,
                              occurred_at, refs, data, metadata, kind)
  select 'acme', case when n % 2 = 0 then 'system' else 'domain' end, tidings.uuid7((extract(epoch from clock_timestamp()) * 1000000)::bigint + n),
         case when n % 2 = 0 then 'user.create' else 'user.registered' end, 1, 'info', 'user', ${SUBJECT}, 'user', 'ann',
         now(), '{}', '{}', '{}', case when n % 2 = 0 then 'create' end
    from generate_series($1::int, $2::int) n
  returning account_id, lane, id, type, subject_id)
insert into tidings.timeline (account_id, entity, lane, event_id, type)
select account_id, 'user:' || subject_id, lane, id, type from written`;

const ROWS_READ = `
select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::float8 as read from pg_stat_xact_user_tables
 where schemaname = 'tidings' and (relname like 'events_%' or relname like 'timeline_%')`;

const everything: Scan = {
  after: 0,
  upTo: 0,
  account: null,
  subject: null,
  routed: [],
  before: null,
  seen: null,
};

describeOnDatabases("the scan of a replay", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  beforeEach(async () => (database = await open()));
  afterEach(() => database.drop());

  /** Each event gets its position before the next is written, so the order is known. */
  async function record(events: Parameters<typeof insertRawEvent>[1][]): Promise<number> {
    let last = 0;
    for (const event of events) {
      await insertRawEvent(database.db, event);
      last = await database.db.transaction(numberAll);
    }
    return last;
  }

  async function scanAll(scan: Partial<Scan>): Promise<ScannedPage[]> {
    const pages: ScannedPage[] = [];
    for await (const page of scanActions(database.db, { ...everything, ...scan })) pages.push(page);
    return pages;
  }

  const positions = (pages: readonly ScannedPage[]) =>
    pages.flatMap(({ events }) => events.map(({ position }) => position));

  test("gives actions of all lanes and routed types, in order, and nothing else", async () => {
    const last = await record([
      { kind: "create", lane: "system", type: "user.create" },
      { type: "card.moved" },
      { kind: "update", lane: "domain", type: "card.move" },
      { type: "user.registered" },
      { lane: "client", type: "page.viewed" },
    ]);
    const pages = await scanAll({ upTo: last, routed: ["user.registered"] });
    expect(positions(pages)).toEqual([1, 3, 4]);
    expect(pages.at(-1)!.scannedTo, "what is not replayed was looked at all the same").toBe(5);
  });

  test("ends where it is told to, and begins behind where it is told to", async () => {
    const last = await record(Array.from({ length: 6 }, () => ({ kind: "create" as const })));
    expect(last).toBe(6);
    expect(positions(await scanAll({ after: 2, upTo: 4 }))).toEqual([3, 4]);
  });

  test("of one account, it reads no other's events", async () => {
    const last = await record([
      { kind: "create", account: "acme" },
      { kind: "create", account: "globex" },
      { kind: "create", account: "acme" },
    ]);
    expect(positions(await scanAll({ upTo: last, account: "acme" }))).toEqual([1, 3]);
    expect(positions(await scanAll({ upTo: last, account: "nobody" }))).toEqual([]);
  });

  test("a moment leaves out what was recorded later, whatever its position", async () => {
    const moment = Date.UTC(2026, 0, 1);
    const last = await record([
      { kind: "create", id: uuid7At(moment - 1) },
      { kind: "create", id: uuid7At(moment + 1) },
      { kind: "create", id: uuid7At(moment - 2) },
    ]);
    expect(positions(await scanAll({ upTo: last, before: idFloor(moment) }))).toEqual([1, 3]);
  });

  test("a snapshot leaves out what it does not see, also where its position is earlier", async (context) => {
    needsSeveralConnections(context);
    await insertRawEvent(database.db, { kind: "create" });
    const seen = await database.db.transaction(async (tx) => {
      await insertRawEvent(tx, { kind: "create" }); // open while the snapshot is taken
      const [row] = await database.db.query<{ seen: string }>("select pg_current_snapshot()::text as seen");
      return row!.seen;
    });
    const last = await database.db.transaction(numberAll);
    expect(last).toBe(2);
    expect(positions(await scanAll({ upTo: last, seen }))).toEqual([1]);
    expect(positions(await scanAll({ upTo: last }))).toEqual([1, 2]);
  });

  test("tells of what retention has taken from the lanes in which actions lie", async () => {
    const last = await record([{ kind: "create", lane: "system" }]);
    for (const [ahead, lane] of ["client", "system", "domain", "change"].entries()) {
      await database.db.query(
        "insert into tidings.event_order (pos, account_id, lane, event_id) values ($1::bigint, 'acme', $2, $3::uuid)",
        [String(last + 1 + ahead), lane, uuid7At(Date.now())],
      );
    }
    const pages = await scanAll({ upTo: last + 4 });
    expect(positions(pages)).toEqual([last]);
    expect(pages.flatMap(({ gone }) => gone)).toEqual([last + 2, last + 3]);
    expect(pages.at(-1)!.scannedTo).toBe(last + 4);
  });

  test("of one subject it gives what it would give of all, and reads no other's events", async () => {
    const write = async (from: number, to: number) => {
      await database.db.query(INSERT_MANY, [from, to]);
      return database.db.transaction(numberAll);
    };
    await write(1, 1_500);
    const [row] = await database.db.query<{ seen: string }>("select pg_current_snapshot()::text as seen");
    const before = idFloor(Date.now());
    const last = await write(1_501, 3_000);
    const subject = "user:7";
    const scans: Partial<Scan>[] = [
      { account: "acme" },
      { account: "acme", routed: ["user.registered"] },
      { account: "acme", routed: ["user.registered"], after: 700, upTo: 2_100 },
      { account: "acme", seen: row!.seen, routed: ["user.registered"] },
      { account: "acme", before },
      { account: "nobody" },
      { routed: ["user.registered"] },
    ];
    for (const scan of scans) {
      const all = (await scanAll({ upTo: last, ...scan })).flatMap(({ events }) => events);
      const wanted = all.filter((event) => entityKey(event.subject) === subject);
      if (scan.account !== "nobody") expect(wanted.length).toBeGreaterThan(10);
      const pages = await scanAll({ upTo: last, ...scan, subject });
      expect(
        pages.flatMap(({ events }) => events),
        JSON.stringify(scan),
      ).toEqual(wanted);
      expect(pages.at(-1)).toMatchObject({ scannedTo: scan.upTo ?? last, gone: [] });
    }
    const rowsRead = await database.db.transaction(async (tx) => {
      const soFar = async () => (await tx.query<{ read: number }>(ROWS_READ))[0]!.read;
      const before = await soFar();
      for await (const _ of scanActions(tx, {
        ...everything,
        upTo: last,
        account: "acme",
        subject: "user:burst",
      }));
      return (await soFar()) - before;
    });
    expect(rowsRead, "of 3,000, where the subject has 40 in a row").toBeLessThan(200);
  });

  test("of one subject pages follow one another without a gap, and what is gone is told", async () => {
    await database.db.query(INSERT_MANY.replace(SUBJECT, "'7'"), [1, 2_400]);
    const last = await database.db.transaction(numberAll);
    const scan = { upTo: last, account: "acme", subject: "user:7" };
    const pages = await scanAll(scan);
    expect(pages.map(({ scannedTo }) => scannedTo)).toEqual([1_000, 2_000, 2_400]);
    expect(positions(pages)).toEqual(Array.from({ length: 1_200 }, (_, index) => index * 2 + 2));
    await database.db.query("grant delete on tidings.events, tidings.timeline to current_user");
    const remove = (table: string, column: string) =>
      database.db.query(
        `delete from tidings.${table} t using tidings.event_order o where o.event_id = t.${column} and o.pos in (1, 2)`,
      );
    await remove("events", "id");
    expect((await scanAll(scan)).map(({ gone }) => gone)).toEqual([[1]]);
    await remove("timeline", "event_id");
    expect(
      (await scanAll(scan)).map(({ gone }) => gone),
      "its timeline, too",
    ).toEqual([[1]]);
    expect(positions(await scanAll({ ...scan, after: 2 }))).toHaveLength(1_199);
  });

  test("pages follow one another without a gap", async () => {
    await database.db.query(
      `insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, actor_type, actor_id,
                                   occurred_at, refs, data, metadata, kind)
       select 'acme', 'system', tidings.uuid7((extract(epoch from now()) * 1000000)::bigint + n), 'user.create', 1, 'info', 'user', n::text,
              'user', 'ann', now(), '{}', '{}', '{}', case when n % 3 = 0 then 'create' end
         from generate_series(1, 4500) n`,
    );
    const last = await database.db.transaction(numberAll);
    const pages = await scanAll({ upTo: last });
    expect(pages.map(({ scannedTo }) => scannedTo)).toEqual([2_000, 4_000, 4_500]);
    expect(positions(pages)).toEqual(Array.from({ length: 1_500 }, (_, index) => (index + 1) * 3));
  });
});
