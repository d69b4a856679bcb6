import type { Database, Queryable } from "../../db/database.ts";
import { quoteLiteral } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";
import { amount, duration } from "./words.ts";

const OLD_MS = 60_000;
/** By now it also keeps vacuum from cleaning up what all other writers leave behind. */
const VERY_OLD_MS = 600_000;
const SHOWN = 20;

interface Session {
  pid: number;
  application: string | null;
  role: string | null;
  state: string | null;
  age_ms: number | null;
  query_ms: number | null;
  writes: boolean;
}

// Without pg_read_all_stats the times, states and kinds of other roles' sessions are null; their transaction ids are not.
// Not a vacuum's, whether somebody or the server itself runs it: nothing waits for its end, and it would have to begin anew. An
// autovacuum belongs to no role. What works for another process in parallel ends with that one.
const SESSIONS = `
select pid, application_name as application, usename::text as role, state,
       extract(epoch from clock_timestamp() - xact_start)::float8 * 1000 as age_ms,
       extract(epoch from clock_timestamp() - query_start)::float8 * 1000 as query_ms,
       backend_xid is not null as writes
  from pg_stat_activity
 where datname = current_database() and pid <> pg_backend_pid() and usesysid is not null
   and backend_type is distinct from 'parallel worker' and pid not in (select pid from pg_stat_progress_vacuum)
   and (xact_start is not null or state is null and (backend_xid is not null or backend_xmin is not null))
 order by xact_start`;

const PREPARED = `
select gid, owner::text, extract(epoch from clock_timestamp() - prepared)::float8 * 1000 as age_ms
  from pg_prepared_xacts where database = current_database() order by prepared`;

/** Transactions left open: each delays its own events, and all of them delay vacuum and new partitions. */
export async function examineTransactions(db: Database): Promise<Finding[]> {
  const sessions = await db.query<Session>(SESSIONS);
  const prepared = await db.query<{ gid: string; owner: string; age_ms: number }>(PREPARED);
  const old = sessions.filter((session) => (session.age_ms ?? 0) > OLD_MS);
  const hidden = sessions.filter((session) => session.age_ms === null);
  const oldPrepared = prepared.filter(({ age_ms }) => age_ms > OLD_MS);
  const details = {
    open: old.slice(0, SHOWN).map((session) => ({
      pid: session.pid,
      application: session.application,
      role: session.role,
      state: session.state,
      openMs: Math.round(session.age_ms!),
      queryStartedMsAgo: session.query_ms === null ? null : Math.round(session.query_ms),
      writes: session.writes,
    })),
    prepared: oldPrepared
      .slice(0, SHOWN)
      .map(({ gid, owner, age_ms }) => ({ gid, owner, openMs: Math.round(age_ms) })),
    hidden: hidden.length,
  };
  const seen =
    hidden.length === 0 ? "" : `; ${amount(hidden.length, "session")} of other roles hide their age`;
  const oldestMs = Math.max(
    0,
    ...old.map(({ age_ms }) => age_ms!),
    ...oldPrepared.map(({ age_ms }) => age_ms),
  );
  const status = oldestMs > VERY_OLD_MS ? "bad" : "warning";
  const check = "transactions";
  if (oldPrepared[0]) {
    const { gid, age_ms } = oldPrepared[0];
    const summary = `${amount(oldPrepared.length, "prepared transaction")} left open, the oldest (${gid}) for ${duration(age_ms)}${seen}`;
    const fix = `rollback prepared ${quoteLiteral(gid)};  -- or commit prepared, whoever prepared it knows`;
    return [{ check, status, summary, fix, details }];
  }
  if (old[0]) {
    const { pid, application, state, age_ms, writes } = old[0];
    const who = `process ${pid}${application ? ` (${application})` : ""}`;
    const effect = writes ? "; what it recorded waits for its end" : "";
    const summary = `${amount(old.length, "transaction")} open for over a minute, the oldest by ${who} for ${duration(age_ms!)}, ${state}${effect}${seen}`;
    return [{ check, status, summary, fix: `select pg_terminate_backend(${pid});`, details }];
  }
  const fix = hidden.length === 0 ? null : await grantOfSight(db);
  return [{ check, status: "fine", summary: `None is open for over a minute${seen}`, fix, details }];
}

/** What lets this role see the others' times; an administrator runs it. */
async function grantOfSight(on: Queryable): Promise<string> {
  const [row] = await on.query<{ role: string }>("select quote_ident(current_user) as role");
  return `grant pg_read_all_stats to ${row!.role};`;
}
