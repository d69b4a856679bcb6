import { afterEach, beforeEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { idFloor } from "../log/findEvents.ts";
import { scanActions, type Scan, type ScannedPage } from "./scanActions.ts";
import { numberAll } from "./snapshotOfSource.ts";

const everything: Scan = { after: 0, upTo: 0, account: null, routed: [], before: null, seen: null };

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
