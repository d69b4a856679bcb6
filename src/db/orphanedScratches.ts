import { randomBytes } from "node:crypto";
import type { Queryable } from "./database.ts";
import { quoteIdentifier } from "./schema.ts";

/** A scratch database that nobody is connected to: whoever makes one stays connected until it drops it. */
export interface OrphanedScratch {
  readonly name: string;
  /** Since it was made. */
  readonly ageMs: number;
}

/** Between the CREATE DATABASE and the first connection nobody is connected either. That takes a second; a busy server's CREATE some more. */
const GRACE_SECONDS = 600;

/** `tidings_scratch_`, the second in which it was made by the server's clock, and chance, both in hex. */
export async function newScratchName(on: Queryable): Promise<string> {
  const [row] = await on.query<{ second: string }>(
    "select lpad(to_hex(extract(epoch from clock_timestamp())::bigint), 8, '0') as second",
  );
  return `tidings_scratch_${row!.second}_${randomBytes(6).toString("hex")}`;
}

// Inside a case, because nothing else says in which order conditions are looked at.
const ORPHANED = `
select name, age_ms from (
  select datname::text as name, oid,
         case when datname ~ '^tidings_scratch_[0-9a-f]{8}_[0-9a-f]{12}$' and pg_has_role(datdba, 'usage')
              then (extract(epoch from clock_timestamp()) - ('x' || substr(datname, 17, 8))::bit(32)::bigint)::float8 * 1000 end as age_ms
    from pg_database) scratches
 where age_ms > ${GRACE_SECONDS * 1_000}
   and not exists (select from pg_stat_activity where datid = scratches.oid)
 order by age_ms desc`;

/** Those that this role may drop, the oldest first. */
export async function orphanedScratches(on: Queryable): Promise<OrphanedScratch[]> {
  const rows = await on.query<{ name: string; age_ms: number }>(ORPHANED);
  return rows.map(({ name, age_ms }) => ({ name, ageMs: age_ms }));
}

/** Drops what processes left that were killed. Whatever goes wrong leaves it for the next time. */
export async function dropOrphanedScratches(on: Queryable): Promise<void> {
  const orphaned = await orphanedScratches(on).catch(() => []);
  for (const { name } of orphaned) {
    // Without FORCE: the server refuses where somebody has connected meanwhile.
    await on.query(`drop database if exists ${quoteIdentifier(name)}`).catch(() => undefined);
  }
}
