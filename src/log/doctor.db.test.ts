import { randomBytes } from "node:crypto";
import { Client, Pool } from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { administer, databaseUrl } from "../../test/support/databaseServers.ts";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import { insertRawEvent, uuid7At } from "../../test/support/rawEvents.ts";
import {
  createTestDatabase,
  type PostgresTestDatabase,
  type TestDatabase,
} from "../../test/support/testDatabase.ts";
import type { Database, Queryable } from "../db/database.ts";
import { grantAppRole } from "../db/grants.ts";
import { migrate } from "../db/migrate.ts";
import { pg } from "../db/pg.ts";
import { inSchema } from "../db/schema.ts";
import { examineLog, worst } from "./doctor.ts";
import type { Finding } from "./doctor/finding.ts";

const MINUTE_MS = 60_000;
const ago = (ms: number) => uuid7At(Date.now() - ms);

async function findingOf(db: Database, check: string): Promise<Finding> {
  const finding = (await examineLog(db)).find((each) => each.check === check);
  if (!finding) throw new Error(`nothing was found about ${check}`);
  return finding;
}

describeOnDatabases("doctor", (open) => {
  let opened: TestDatabase;
  let db: Database;
  beforeAll(async () => {
    opened = await open();
    db = opened.db;
  });
  afterAll(() => opened.drop());

  /** Breaks something, examines, and takes it back: these checks read what their own transaction sees. */
  async function examineAfter(check: string, breakIt: (tx: Queryable) => Promise<unknown>): Promise<Finding> {
    const undo = new Error("undo");
    let finding: Finding | undefined;
    await db
      .transaction(async (tx) => {
        await breakIt(tx);
        finding = await findingOf({ ...db, query: tx.query }, check);
        throw undo;
      })
      .catch((error: unknown) => {
        if (error !== undo) throw error;
      });
    return finding!;
  }

  test("finds nothing wrong with a fresh log", async () => {
    const findings = await examineLog(db);
    expect(findings.map(({ check }) => check)).toEqual([
      "schema",
      "sequencer",
      "subscriptions",
      "partitions",
      "transactions",
      "indexes",
      "grants",
      "vacuum",
    ]);
    expect(findings.filter(({ status }) => status !== "fine")).toEqual([]);
    expect(worst(findings)).toBe("fine");
  });

  test("says that the tables are missing, with the command", async () => {
    const [finding, ...others] = await examineLog(inSchema(db, "elsewhere"));
    const fix = "npx tidings migrate --schema elsewhere";
    expect(finding).toMatchObject({ check: "schema", status: "bad", fix });
    expect(others).toEqual([]);
  });

  test("says that the app is older than the tables", async () => {
    const finding = await examineAfter("schema", (tx) =>
      tx.query("insert into tidings.migrations (id, name, checksum) values (9999, '9999_future.sql', '')"),
    );
    expect(finding).toMatchObject({ status: "bad", details: { code: "SCHEMA_NEWER" } });
  });

  test("passes on what an error of the tables says is to do", async () => {
    const finding = await examineAfter("schema", (tx) =>
      tx.query("update tidings.migrations set checksum = 'another' where id = 1"),
    );
    expect(finding).toMatchObject({
      status: "bad",
      fix: expect.stringContaining("Install the version that applied it"),
      details: { code: "MIGRATION_CHANGED" },
    });
  });

  test("knows every index of the migrations", async () => {
    const [row] = await db.query<{ count: number }>(
      `select count(*)::int as count from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relnamespace = 'tidings'::regnamespace and not t.relispartition and t.relname <> 'migrations'`,
    );
    const { summary } = await findingOf(db, "indexes");
    expect(summary).toBe(`All ${row!.count} are there and valid`);
  });

  test("names a dropped index and the statement that makes it again", async () => {
    const finding = await examineAfter("indexes", (tx) => tx.query("drop index tidings.events_by_type"));
    expect(finding).toMatchObject({
      status: "bad",
      summary: expect.stringContaining("events_by_type"),
      fix: expect.stringContaining("create index events_by_type on tidings.events"),
    });
    await db.transaction(async (tx) => {
      await tx.query("drop index tidings.events_by_type");
      await tx.execute(finding.fix!);
    });
    expect(await findingOf(db, "indexes")).toMatchObject({ status: "fine" });
  });

  test("sees an index that is not built in every partition", async () => {
    const finding = await examineAfter("indexes", (tx) =>
      tx.query("create index half on only tidings.events (severity)"),
    );
    expect(finding).toMatchObject({ status: "warning", details: { invalid: ["half"] } });
  });

  test("names a missing open partition and what opens it again", async () => {
    await db.query("drop table tidings.events_client_tail");
    const finding = await findingOf(db, "partitions");
    expect(finding).toMatchObject({ status: "bad", summary: expect.stringContaining("events_client_tail") });
    await db.query(finding.fix!.replace(/^.*: /, ""));
    expect(await findingOf(db, "partitions")).toMatchObject({ status: "fine" });
  });

  test("warns when rows lie beyond the prepared months, or the next month or quarter is not prepared", async () => {
    const beyond = await examineAfter("partitions", (tx) =>
      insertRawEvent(tx, { lane: "system", id: uuid7At(Date.now() + 100 * 24 * 60 * MINUTE_MS) }),
    );
    expect(beyond).toMatchObject({
      status: "warning",
      details: { filled: [{ name: "events_system_tail", rows: 1 }] },
    });
    const unprepared = await examineAfter("partitions", async (tx) => {
      await tx.query("drop table tidings.timeline_tail");
      await tx.query(`alter table tidings.timeline detach partition ${await lastClosed(tx)}`);
      await tx.query(
        "select tidings.open_tail('timeline', null, quote_literal(tidings.uuid7_floor((date_trunc('quarter', now() at time zone 'utc') + interval '3 months') at time zone 'utc')))",
      );
    });
    expect(unprepared).toMatchObject({ status: "warning", details: { late: ["timeline_tail"] } });
  });

  /** The quarter ahead, which stands ready; the present one is the one before it. */
  async function lastClosed(tx: Queryable): Promise<string> {
    const [row] = await tx.query<{ name: string }>(
      `select 'tidings.' || relname as name from pg_class where oid in
         (select inhrelid from pg_inherits where inhparent = 'tidings.timeline'::regclass)
          and relname ~ '^timeline_[0-9]' order by relname desc limit 1`,
    );
    return row!.name;
  }

  test("sees that history can be changed, and by whom", async () => {
    const finding = await examineAfter("grants", (tx) =>
      tx.query("grant update on tidings.events to public"),
    );
    expect(finding).toMatchObject({
      status: "bad",
      summary: expect.stringContaining("public may update events"),
      fix: 'revoke update, delete, truncate on "tidings"."events" from public;',
    });
  });

  test("sees a role that may run subscriptions and to which events are hidden", async () => {
    const finding = await examineAfter("grants", (tx) =>
      tx.query("grant update on tidings.subscriptions to pg_monitor"),
    );
    expect(finding).toMatchObject({
      status: "bad",
      summary: expect.stringContaining("hides events from pg_monitor"),
      fix: "npx tidings migrate --app-role pg_monitor",
    });
  });

  test("sees that accounts are not kept apart", async () => {
    const off = await examineAfter("grants", (tx) =>
      tx.query("alter table tidings.timeline disable row level security"),
    );
    expect(off).toMatchObject({ status: "bad", summary: expect.stringContaining("timeline") });
    const beside = await examineAfter("grants", (tx) =>
      tx.query("grant select on tidings.events_domain_tail to public"),
    );
    expect(beside).toMatchObject({
      status: "warning",
      summary: expect.stringContaining("events_domain_tail"),
    });
  });

  describe("about events without a position", () => {
    beforeEach(() => db.query("select outcome from tidings.tick(true)"));

    test("is content when they are fresh", async () => {
      await insertRawEvent(db);
      expect(await findingOf(db, "sequencer")).toMatchObject({
        status: "fine",
        summary: expect.stringMatching(
          /^1 event without a position for \d+\.\d s, which is not long, the last is /,
        ),
        details: { waiting: 1 },
      });
    });

    test("says how many, for how long, and that no process gives positions", async () => {
      await insertRawEvent(db, { id: ago(5 * MINUTE_MS) });
      await db.query(
        "update tidings.sequencer set ticked_at = now() - interval '1 hour', swept_at = now() - interval '1 hour'",
      );
      expect(await findingOf(db, "sequencer")).toMatchObject({
        status: "bad",
        summary: expect.stringMatching(/^\d events? without a position, the oldest for 5 min: no process/),
        fix: expect.stringContaining("tidings.start()"),
      });
    });

    test.each([
      [60_000, /: no process has looked since, the last one did (60 s|1 min) ago$/, "tidings.work()"],
      [20_000, /, although a process looked 20(\.\d)? s ago$/, "signals"],
    ])("tells whether a process looked since: %d ms ago", async (agoMs, summary, fix) => {
      await insertRawEvent(db, { id: ago(40_000) });
      await db.query(
        `update tidings.sequencer set ticked_at = now() - ${agoMs} * interval '1 ms', swept_at = now() - interval '1 hour'`,
      );
      expect(await findingOf(db, "sequencer")).toMatchObject({
        status: "warning",
        summary: expect.stringMatching(summary),
        fix: expect.stringContaining(fix),
      });
    });

    test("says that the log was moved to another cluster", async () => {
      const finding = await examineAfter("sequencer", (tx) =>
        tx.query("update tidings.sequencer set system_identifier = '1', snapshot = '900000000:900000000:'"),
      );
      expect(finding).toMatchObject({ status: "bad", details: { moved: true } });
    });
  });

  describe("about subscriptions", () => {
    beforeEach(async () => {
      await db.query("delete from tidings.subscriptions");
      await db.query("delete from tidings.parked_events");
      await insertRawEvent(db, { id: ago(10 * MINUTE_MS) });
      await db.query("select outcome from tidings.tick(true)");
    });
    const add = (columns: string, values: string) =>
      db.query(
        `insert into tidings.subscriptions (name, slot, slots, ${columns}) select 'search', 0, 1, ${values} from tidings.sequencer`,
      );

    test("is content with one that is up to date, even when its process has ended", async () => {
      await add("position", "last_position");
      expect(await findingOf(db, "subscription search")).toMatchObject({
        status: "fine",
        summary: "Up to date",
      });
    });

    test("says that nobody runs one that is behind", async () => {
      await add("position", "last_position - 1");
      expect(await findingOf(db, "subscription search")).toMatchObject({
        status: "bad",
        summary: "No process runs it; 1 event behind, the oldest for 10 min",
      });
    });

    test.each([
      ["search", "that calls tidings.subscribe() with this name"],
      ["webhooks", "whose createTidings has `webhooks`"],
      ["actions.after", "whose createTidings has `actions`"],
      ["projection:project_stats:1", "whose createTidings has `projections`"],
    ])("says who runs %s", async (name, worker) => {
      await add("position", "last_position - 1");
      await db.query("update tidings.subscriptions set name = $1", [name]);
      expect(await findingOf(db, `subscription ${name}`)).toMatchObject({
        fix: expect.stringContaining(`Start a worker ${worker}`),
      });
    });

    test("says why one stopped, and how it goes on", async () => {
      await add("position, state, last_error", "last_position - 1, 'stopped', E'no such index\\n  at run'");
      expect(await findingOf(db, "subscription search")).toMatchObject({
        status: "bad",
        summary: expect.stringMatching(/^Stopped after position \d+, 1 event behind.*: no such index$/),
        fix: expect.stringContaining('tidings.subscriptions.resume("search")'),
      });
    });

    test("says that one fails, how often, and why", async () => {
      await add(
        "position, attempts, failing_since, last_error",
        "last_position - 1, 3, now() - interval '2 minutes', 'timeout'",
      );
      expect(await findingOf(db, "subscription search")).toMatchObject({
        status: "warning",
        summary: expect.stringMatching(/^Failing for 2 min, 3 attempts, .*: timeout$/),
      });
    });

    test("counts parked events, and says how to retry them", async () => {
      await add("position", "last_position");
      await db.query(
        `insert into tidings.parked_events (name, position, slot, account_id, lane, event_id, type, error, attempts)
         values ('search', 1, 0, 'acme', 'domain', gen_random_uuid(), 'card.moved', 'no', 10)`,
      );
      expect(await findingOf(db, "subscription search")).toMatchObject({
        status: "warning",
        summary: expect.stringContaining("1 event parked"),
        fix: expect.stringContaining('tidings.subscriptions.retry("search")'),
      });
    });
  });
});

describe("doctor on a server with other sessions", () => {
  let opened: PostgresTestDatabase;
  const role = `app_${randomBytes(4).toString("hex")}`;
  beforeAll(async () => {
    opened = await createTestDatabase();
  });
  afterAll(() => opened.drop());

  /** Runs `work` while a session of its own has a transaction open that ran `statement`. */
  async function whileOpen(statement: string, work: (pid: number) => Promise<void>): Promise<void> {
    const session = new Client({ connectionString: opened.url, application_name: "forgetful" });
    await session.connect();
    try {
      await session.query("begin");
      await session.query(statement);
      const { rows } = await session.query<{ pid: number }>("select pg_backend_pid() as pid");
      await work(rows[0]!.pid);
    } finally {
      await session.end();
    }
  }

  /** The same database at a time when what is open now has been open for an hour. */
  const anHourLater: () => Database = () => ({
    ...opened.db,
    query: (sql, parameters) =>
      opened.db.query(
        sql.replaceAll("clock_timestamp()", "(clock_timestamp() + interval '1 hour')"),
        parameters,
      ),
  });

  test("goes by the database's clock, not by that of the computer which asks", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 90 * 86_400_000 });
    const finding = await findingOf(opened.db, "partitions").finally(() => vi.useRealTimers());
    expect(finding).toMatchObject({ status: "fine" });
  });

  test("names the process that holds a transaction open, and whether its events wait for it", async () => {
    await whileOpen("create temporary table mine (id int)", async (pid) => {
      expect(await findingOf(opened.db, "transactions")).toMatchObject({ status: "fine" });
      const finding = await findingOf(anHourLater(), "transactions");
      expect(finding).toMatchObject({
        status: "bad",
        summary: expect.stringContaining(
          `process ${pid} (forgetful) for 60 min, idle in transaction; what it recorded waits`,
        ),
        fix: `select pg_terminate_backend(${pid});`,
      });
      // Statements may hold secrets: neither the summary nor the details repeat them.
      expect(JSON.stringify(finding)).not.toContain("temporary table");
    });
  });

  test("names the process that holds the sequencer's lock", async () => {
    await insertRawEvent(opened.db, { id: ago(5 * MINUTE_MS) });
    const lock = "select pg_advisory_xact_lock(hashtextextended('tidings.sequencer', 0))";
    await whileOpen(lock, async (pid) => {
      expect(await findingOf(anHourLater(), "sequencer")).toMatchObject({
        status: "bad",
        summary: expect.stringContaining(`process ${pid} holds the sequencer's lock`),
        fix: `select pg_terminate_backend(${pid});`,
      });
    });
  });

  test("works for the app's role, and says what that role may not see", async () => {
    await opened.db.query("select outcome from tidings.tick()"); // what other tests left without a position grows old
    const app = await asRole(role, async (db) => examineLog(db));
    expect(app.map(({ check, status }) => [check, status])).not.toContainEqual([expect.anything(), "bad"]);
    await whileOpen("create temporary table mine (id int)", async () => {
      const finding = await asRole(role, (db) => findingOf(db, "transactions"));
      expect(finding).toMatchObject({
        status: "fine",
        summary: expect.stringContaining("1 session of other roles hide"),
        fix: `grant pg_read_all_stats to ${role};`,
      });
    });
  });

  test("tells a role without rights what could not be examined", async () => {
    const findings = await asRole(`${role}_none`, (db) => examineLog(db), false);
    expect(findings).toEqual([
      expect.objectContaining({
        check: "schema",
        status: "bad",
        summary: expect.stringContaining("permission denied"),
      }),
    ]);
  });

  async function asRole<Result>(
    name: string,
    work: (db: Database) => Promise<Result>,
    granted = true,
  ): Promise<Result> {
    await administer(
      opened.adminUrl,
      async (admin) => void (await admin.query(`create role ${name} login password 'test'`)),
    );
    const database = new URL(opened.url).pathname.slice(1);
    const pool = new Pool({ connectionString: databaseUrl(opened.server, database, name, "test") });
    try {
      if (granted) await opened.db.transaction((tx) => grantAppRole(tx, name));
      return await work(pg(pool));
    } finally {
      await pool.end();
      await administer(
        opened.adminUrl,
        async (admin) => void (await admin.query(`drop owned by ${name}; drop role ${name}`)),
      );
    }
  }

  test("examines a log in another schema, and its fixes name that schema", async () => {
    const db = inSchema(opened.db, "other_log");
    await migrate(db);
    await db.query("drop index tidings.events_xid");
    expect((await examineLog(db)).filter(({ status }) => status !== "fine")).toEqual([
      expect.objectContaining({
        check: "indexes",
        fix: 'create index events_xid on "other_log".events (xid);',
      }),
    ]);
  });
});
