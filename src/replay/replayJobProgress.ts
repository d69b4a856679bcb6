import type { Database, Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EntityRef } from "../events/entity.ts";
import type { TableDifference } from "./compareTables.ts";
import type { ReplayFailure } from "./replayFailure.ts";
import { isHeld } from "./replayProgress.ts";
import type { ReplayJobKind } from "./replayJobRows.ts";
import type { Tally } from "./replayTally.ts";
import type { ReplayUntil } from "./until.ts";

/** Which job: the account comes first in every key. */
export interface JobKey {
  readonly account: string;
  readonly id: string;
}

/** A dry run or a comparison. The row of a replay in place is the engine's own. */
export interface NewJob {
  readonly kind: Exclude<ReplayJobKind, "in_place">;
  readonly until?: ReplayUntil | undefined;
  readonly types?: readonly string[] | undefined;
  readonly subject?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly startedBy: EntityRef;
}

/**
 * A process that died is missed after so long. Nobody waits for it, and a PGlite that is opened for a comparison keeps a busy
 * process from noting anything for 15 seconds (measured).
 */
export const LEASE_SECONDS = 60;
/** Of an account that are kept: comparisons hold rows of its tables, which are not to stay for ever. */
const KEPT = 50;

const RUNNING = `
select id::text from tidings.replays
 where account_id = $1 and kind <> 'in_place' and state = 'running' and ${isHeld(`${LEASE_SECONDS * 1_000}`)} limit 1`;

const FORGET = `
delete from tidings.replays
 where account_id = $1 and (ended_at is not null or kind <> 'in_place')
   and id not in (select id from tidings.replays where account_id = $1 order by started_at desc, id limit ${KEPT - 1})`;

const INSERT = `
insert into tidings.replays (kind, account_id, fingerprint, request, started_by, lease_until)
values ($2, $1, '', $3::text::jsonb, $4::text::jsonb, clock_timestamp() + interval '${LEASE_SECONDS} s')
returning id::text`;

/** Throws REPLAY_RUNNING where the account has one under way: each reads the whole log. */
export async function insertJob(db: Database, account: string, job: NewJob): Promise<string> {
  const { kind, startedBy, ...request } = job;
  return db.transaction(async (tx) => {
    // Two that begin at once see each other.
    await tx.query("select pg_advisory_xact_lock(hashtextextended('tidings.replays ' || $1, 0))", [account]);
    const [running] = await tx.query<{ id: string }>(RUNNING, [account]);
    if (running) throw new TidingsError("REPLAY_RUNNING", { detail: running.id });
    await tx.query(FORGET, [account]);
    const [row] = await tx.query<{ id: string }>(INSERT, [
      account,
      kind === "compare" ? "into" : kind,
      JSON.stringify(request),
      JSON.stringify(startedBy),
    ]);
    return row!.id;
  });
}

const NOTE = `
update tidings.replays
   set position = $3::bigint, until_position = nullif($4::bigint, 0), tally = jsonb_build_object('replayed', $5::bigint),
       lease_until = clock_timestamp() + interval '${LEASE_SECONDS} s'
 where account_id = $1 and id = $2::uuid and state = 'running' returning cancel_requested as cancelled`;

export interface JobProgress {
  readonly events: number;
  readonly position: number;
  readonly lastPosition: number;
}

/** True where somebody has asked for it to end. */
export async function noteProgress(
  on: Queryable,
  { account, id }: JobKey,
  { events, position, lastPosition }: JobProgress,
): Promise<boolean> {
  const figures = [String(position), String(lastPosition), String(events)];
  const [row] = await on.query<{ cancelled: boolean }>(NOTE, [account, id, ...figures]);
  return row?.cancelled ?? true;
}

export interface JobEnd {
  readonly state: "done" | "failed" | "cancelled";
  readonly position?: number | undefined;
  readonly tally?: Tally | undefined;
  readonly tables?: readonly TableDifference[] | null | undefined;
  readonly failure?: ReplayFailure | undefined;
}

const END = `
update tidings.replays
   set state = $3, ended_at = clock_timestamp(), lease_until = clock_timestamp(),
       position = coalesce($4::bigint, position), until_position = coalesce($4::bigint, until_position),
       tally = coalesce($5::text::jsonb, tally), failure = $6::text::jsonb, result = $7::text::jsonb
 where account_id = $1 and id = $2::uuid and state = 'running'`;

export async function endJob(on: Queryable, { account, id }: JobKey, end: JobEnd): Promise<void> {
  const position = end.position === undefined ? null : String(end.position);
  const json = [end.tally, end.failure, end.tables].map((value) => (value ? JSON.stringify(value) : null));
  await on.query(END, [account, id, end.state, position, ...json]);
}

const ABANDON = `
update tidings.replays set lease_until = clock_timestamp() where account_id = $1 and id = $2::uuid and state = 'running'`;

/** Its process stops: everybody sees at once that nobody carries it on. */
export async function abandonJob(on: Queryable, { account, id }: JobKey): Promise<void> {
  await on.query(ABANDON, [account, id]);
}
