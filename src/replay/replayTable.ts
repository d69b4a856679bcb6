import type { Database, Queryable } from "../db/database.ts";

/** Where a replay keeps its place: in the database that it writes to, so that both commit together. */
export type ReplayTable = "tidings.replays" | "tidings_replays";

/** Makes the table in the database that a replay goes into. Outside of any schema of Tidings': a scratch database has none. */
export async function createReplayTable(target: Database): Promise<void> {
  await target.transaction((tx) => tx.execute(CREATE));
}

const CREATE = `
select pg_advisory_xact_lock(hashtextextended('tidings_replays', 0));
create table if not exists tidings_replays (
  id                uuid primary key,
  kind              text not null,
  account_id        text collate "C",
  fingerprint       text not null,
  request           jsonb not null,
  started_by        jsonb,
  state             text not null default 'running',
  from_position     bigint not null,
  position          bigint not null,
  until_position    bigint,
  cleared           boolean not null default false,
  sequences         jsonb not null default '{}',
  tally             jsonb not null default '{}',
  failure           jsonb,
  cancel_requested  boolean not null default false,
  lease_token       bigint not null default 1,
  lease_until       timestamptz not null,
  started_at        timestamptz not null default clock_timestamp(),
  ended_at          timestamptz
)`;

/** Whether something was replayed into this database before. */
export async function wasReplayedInto(target: Queryable): Promise<boolean> {
  const rows = await target.query(
    "select 1 as one from tidings_replays where position > from_position limit 1",
  );
  return rows.length > 0;
}
