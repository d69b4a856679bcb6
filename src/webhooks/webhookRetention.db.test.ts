import { afterEach, beforeEach, expect, test } from "vitest";
import { describeOnDatabases } from "../../test/support/describeOnDatabases.ts";
import type { TestDatabase } from "../../test/support/testDatabase.ts";
import { insertAttempt, insertDelivery, insertEndpoint } from "../../test/support/webhookRows.ts";
import type { Queryable } from "../db/database.ts";
import { migrate } from "../db/migrate.ts";
import { inSchema } from "../db/schema.ts";
import { createWebhookRetention } from "./webhookRetention.ts";

const DAY_MS = 86_400_000;
const TABLES = ["attempts", "deliveries", "messages"];

const month = (ahead: number) => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
};
const named = (date: Date) => `${date.getUTCFullYear()}_${String(date.getUTCMonth() + 1).padStart(2, "0")}`;

/** Gives each table the partitions that it has when its first month ended at `first` months from now. */
async function startedAt(on: Queryable, first: number): Promise<void> {
  for (const table of TABLES) {
    const parts = await on.query<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = to_regclass($1)",
      [`tidings.${table}`],
    );
    for (const { name } of parts) await on.query(`drop table ${name}`);
    await on.query("select tidings.open_month_tail($1, 'minvalue') as opened", [table]);
    for (let ahead = first; ahead <= 2; ahead++)
      await on.query("select tidings.split_month($1, $2::timestamptz) as split", [
        table,
        month(ahead).toISOString(),
      ]);
  }
}

const partitionsOf = async (on: Queryable, table: string) =>
  (
    await on.query<{ name: string }>(
      `select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = to_regclass($1) order by name`,
      [`tidings.${table}`],
    )
  ).map(({ name }) => name.replace(`${table}_`, ""));

describeOnDatabases("retention of webhooks", (open, { needsSeveralConnections }) => {
  let database: TestDatabase;
  beforeEach(async () => (database = await open()));
  afterEach(() => database.drop());

  const retain = (retainDays = 90) =>
    createWebhookRetention({ db: database.db, retainDays, lockTimeoutMs: 50 })();

  /** One delivery with its message and a try, made in the middle of a month. Returns its uuid. */
  async function deliverIn(ahead: number): Promise<string> {
    const endpoint = await insertEndpoint(database.db);
    const at = month(ahead).getTime() + 14 * DAY_MS;
    const delivery = await insertDelivery(database.db, { endpoint, at });
    await insertAttempt(database.db, { delivery, endpoint });
    return delivery;
  }

  const kept = async () => {
    const rows = await database.db.query<{ id: string; whole: boolean }>(
      `select d.id::text, exists (select from tidings.messages m where m.id = d.message_id)
              and exists (select from tidings.attempts a where a.delivery_id = d.id) as whole from tidings.deliveries d order by d.id`,
    );
    expect(rows.every(({ whole }) => whole)).toBe(true);
    return rows.map(({ id }) => id);
  };

  test("in another schema it finds the months there: once they stand, it takes no lock", async () => {
    const db = inSchema(database.db, "order_log");
    await migrate(db);
    let transactions = 0;
    const counting = {
      ...db,
      transaction: ((work) => (transactions++, db.transaction(work))) as typeof db.transaction,
    };
    expect(await createWebhookRetention({ db: counting, retainDays: 90 })()).toBe(true);
    expect(transactions).toBe(0);
  });

  test("the present and the next month stand ready, also where nobody looked for months; a second turn changes nothing", async () => {
    await startedAt(database.db, 3);
    expect(await retain()).toBe(true);
    for (const table of TABLES)
      expect(await partitionsOf(database.db, table)).toEqual([named(month(0)), named(month(1)), "tail"]);
    expect(await retain()).toBe(true);
    for (const table of TABLES)
      expect(await partitionsOf(database.db, table)).toEqual([named(month(0)), named(month(1)), "tail"]);
  });

  test("drops months that ended so many days ago, with all that belongs together, and none that did not", async () => {
    await startedAt(database.db, -5);
    const months = [-6, -5, -4, -3, -2, -1];
    const deliveries = await Promise.all(months.map(deliverIn));
    const isKept = (ahead: number, days: number) => month(ahead + 1).getTime() > Date.now() - days * DAY_MS;
    expect(await retain()).toBe(true);
    expect(await kept()).toEqual(deliveries.filter((_, n) => isKept(months[n]!, 90)));
    for (const table of TABLES) {
      expect(await partitionsOf(database.db, table)).toEqual([
        ...months.filter((ahead) => isKept(ahead, 90)).map((ahead) => named(month(ahead))),
        named(month(0)),
        named(month(1)),
        "past",
        "tail",
      ]);
    }
    // A try of a delivery whose month is gone still has somewhere to be written, and goes with the next month.
    const late = await deliverIn(-6);
    expect(await kept()).toContain(late);
    expect(await retain()).toBe(true);
    expect(await kept()).toContain(late);
    expect(await retain(45)).toBe(true);
    expect(await kept()).toEqual(deliveries.filter((_, n) => isKept(months[n]!, 45)));
  });

  test("no caller can drop what is younger than a week", async () => {
    await startedAt(database.db, -1);
    // Also one of before 1970, which ids do not know: nothing is older than it.
    for (const moment of ["now() + interval '10 years'", "'1900-01-01'::timestamptz"])
      await database.db.query(`select tidings.drop_months('messages', ${moment}) as dropped`);
    const parts = await partitionsOf(database.db, "messages");
    expect(parts).toEqual(expect.arrayContaining([named(month(0)), named(month(1)), "tail"]));
    expect(parts.includes(named(month(-1)))).toBe(month(0).getTime() > Date.now() - 7 * DAY_MS);
    await expect(database.db.query("select tidings.drop_months('events', now()) as dropped")).rejects.toThrow(
      "does not keep",
    );
  });

  test("gives way to a long reader, and does its work when it is gone", async (context) => {
    needsSeveralConnections(context);
    await startedAt(database.db, -5);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    let reader: Promise<void> | undefined;
    await new Promise<void>((reading) => {
      reader = database.db.transaction(async (tx) => {
        await tx.query("select count(*)::int as n from tidings.deliveries");
        reading();
        await ended;
      });
    });
    expect(await retain()).toBe(false);
    end();
    await reader;
    expect(await retain()).toBe(true);
    expect(await partitionsOf(database.db, "deliveries")).toContain("past");
  });

  test("deleted endpoints go with all that they had, once they are old and nothing of theirs waits", async () => {
    const at = async (status: "enabled" | "deleted", days: number) => {
      const id = await insertEndpoint(database.db, { status });
      await database.db.query(
        "update tidings.endpoints set status_at = now() - $2::float8 * interval '1 day' where id = $1::text::uuid",
        [id, days],
      );
      return id;
    };
    const alive = await at("enabled", 400);
    const recent = await at("deleted", 89);
    const sweptLater = await at("deleted", 91);
    await insertDelivery(database.db, { endpoint: sweptLater, state: "retrying" });
    const hasJob = await at("deleted", 91);
    await database.db.query(
      `insert into tidings.endpoint_jobs (account_id, id, endpoint_id, kind, since, until, per_second)
       values ('acme', gen_random_uuid(), $1::text::uuid, 'recover', now(), now(), 1)`,
      [hasJob],
    );
    await at("deleted", 91);
    const left = async (table: "endpoints" | "endpoint_runs", id: string) =>
      (await database.db.query<{ id: string }>(`select ${id}::text as id from tidings.${table}`))
        .map((row) => row.id)
        .toSorted();
    await retain();
    const kept = [alive, recent, sweptLater, hasJob].toSorted();
    expect(await left("endpoints", "id")).toEqual(kept);
    expect(await left("endpoint_runs", "endpoint_id")).toEqual(kept);
    await database.db.query("delete from tidings.delivery_queue");
    await retain();
    expect(await left("endpoint_runs", "endpoint_id")).toEqual([alive, recent, hasJob].toSorted());
  });

  test("old figures and finished jobs are deleted, running jobs are not", async () => {
    const endpoint = await insertEndpoint(database.db);
    await database.db.query(
      `insert into tidings.endpoint_stats (account_id, endpoint_id, since)
       select 'acme', $1::text::uuid, now() - days * interval '1 day' from unnest(array[1, 29, 31, 400]) days`,
      [endpoint],
    );
    await database.db.query(
      `insert into tidings.endpoint_jobs (account_id, id, endpoint_id, kind, since, until, per_second, state, finished_at)
       select 'acme', gen_random_uuid(), $1::text::uuid, 'recover', now(), now(), 1, state, finished
         from (values ('done', now() - interval '91 days'), ('cancelled', now() - interval '89 days'), ('running', null)) j (state, finished)`,
      [endpoint],
    );
    await retain();
    const [left] = await database.db.query(
      `select (select count(*) from tidings.endpoint_stats)::int as stats,
              (select string_agg(state, ' ' order by state) from tidings.endpoint_jobs) as jobs`,
    );
    expect(left).toEqual({ stats: 2, jobs: "cancelled running" });
  });
});
