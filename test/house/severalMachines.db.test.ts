import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestPglite, type PgliteTestDatabase } from "../support/testDatabase.ts";

// What keeps the way to several machines open: docs/decisions/0024-several-machines.md.

/** Of the whole log, and not of one account: they stay on one machine. */
const OF_THE_LOG = [
  "event_order",
  "migrations",
  "parked_events",
  "projections",
  "replay_gate",
  "replays",
  "sequencer",
  "subscriptions",
  "webhook_sweeps",
];

let database: PgliteTestDatabase;
beforeAll(async () => {
  database = await createTestPglite();
});
afterAll(() => database.drop());

test("every unique key of a table begins with the account, but for those of the whole log", async () => {
  const keys = await database.db.query<{ table: string; first: string }>(
    `select distinct t.relname as "table", a.attname as first
       from pg_class t
       join pg_namespace n on n.oid = t.relnamespace and n.nspname = 'tidings'
       join pg_index i on i.indrelid = t.oid and i.indisunique
       join pg_attribute a on a.attrelid = t.oid and a.attnum = i.indkey[0]
      where t.relkind in ('r', 'p') and not t.relispartition`,
  );
  expect(keys.filter(({ first }) => first === "account_id").length).toBeGreaterThan(10);
  const others = keys.filter(({ first }) => first !== "account_id").map(({ table }) => table);
  expect([...new Set(others)].sort()).toEqual(OF_THE_LOG);
});

test("no table of accounts has what a distributed one cannot have: foreign keys, triggers, identity columns", async () => {
  const found = await database.db.query(
    `with tables as (
       select oid, relname from pg_class where relnamespace = 'tidings'::regnamespace and relname <> all (string_to_array($1, ' ')))
     select relname || ' foreign key ' || conname as what from pg_constraint join tables t on conrelid = t.oid where contype = 'f'
     union all select relname || ' trigger ' || tgname from pg_trigger join tables t on tgrelid = t.oid where not tgisinternal
     union all select relname || ' identity ' || attname from pg_attribute join tables t on attrelid = t.oid where attidentity <> ''`,
    [OF_THE_LOG.join(" ")],
  );
  expect(found).toEqual([]);
});

test("an upsert takes what it sets from the row that it could not insert, never from a clock", () => {
  const source = resolve(import.meta.dirname, "../../src");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(sql|ts)$/.test(file) && !/\.test(-d)?\.ts$/.test(file))
    .map((file) => [file, readFileSync(join(source, file), "utf8")] as const);
  const upserts = files.flatMap(([file, text]) =>
    [...text.matchAll(/do update\s+set\b[^;`]*/gi)].map(([sql]) => ({ file, sql })),
  );
  expect(upserts.length).toBeGreaterThan(5);
  expect(upserts.filter(({ sql }) => /\b(now|clock_timestamp|random)\(/.test(sql))).toEqual([]);
});
