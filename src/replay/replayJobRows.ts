import type { Queryable } from "../db/database.ts";
import type { EntityRef } from "../events/entity.ts";
import type { TableDifference } from "./compareTables.ts";
import { LEASE_SECONDS } from "./replayJobProgress.ts";
import { isHeld } from "./replayProgress.ts";
import type { ReplayFailure } from "./replayFailure.ts";
import { emptyTally, type Tally } from "./replayTally.ts";
import type { ReplayUntil } from "./until.ts";

/** A replay as the database keeps it: one that runs somewhere, or what came of it. */
export interface ReplayJob {
  readonly id: string;
  readonly kind: ReplayJobKind;
  /** Null: of every account, begun by a call of `tidings.replay` or the command line. */
  readonly account: string | null;
  /** `interrupted`: the process that ran it has not been heard of. */
  readonly state: "running" | "done" | "failed" | "cancelled" | "interrupted";
  readonly startedBy: EntityRef | null;
  readonly until: ReplayUntil | null;
  readonly types: readonly string[] | null;
  readonly subject: string | null;
  readonly strict: boolean;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  /** Everything up to here was looked at … */
  readonly position: number;
  /** … and this is the last; 0 before it is known. */
  readonly lastPosition: number;
  readonly tally: Tally;
  readonly failure: ReplayFailure | null;
  /** Null where nothing was compared, or not yet. */
  readonly tables: readonly TableDifference[] | null;
}

/** `dry_run`: what would be replayed. `compare`: into an empty database, beside the present. */
export type ReplayJobKind = "dry_run" | "compare" | "in_place";

/** What was asked for, as `request` keeps it. */
export interface JobRequest {
  readonly until?: StoredUntil | null | undefined;
  readonly types?: readonly string[] | null | undefined;
  readonly subject?: string | null | undefined;
  readonly strict?: boolean | undefined;
}

type StoredUntil = { readonly position: number } | { readonly eventId: string } | { readonly time: string };

interface JobRow {
  id: string;
  kind: "dry_run" | "into" | "in_place";
  account_id: string | null;
  state: ReplayJob["state"];
  started_by: string | null;
  request: string;
  started_ms: number;
  ended_ms: number | null;
  position: number;
  until_position: number | null;
  tally: string;
  failure: string | null;
  result: string | null;
}

// One in place has the app's lease; the table does not say how long the lease of a row is, and each may be the longer one.
const HELD = `(${isHeld(`greatest($3::float8, ${LEASE_SECONDS * 1_000})`)})`;

const COLUMNS = `
  id::text, kind, account_id, started_by::text, request::text,
  case when state = 'running' and not ${HELD} then 'interrupted' else state end as state,
  extract(epoch from started_at)::float8 * 1000 as started_ms, extract(epoch from ended_at)::float8 * 1000 as ended_ms,
  position::float8, until_position::float8, tally::text, failure::text, result::text`;

/** Whose jobs. `whole`: the app has no other account, so those of every account are its own. */
export interface JobScope {
  readonly account: string;
  readonly whole: boolean;
  /** How long a replay in place is held without a word of its process. */
  readonly leaseMs: number;
}

// One of every account that rebuilds the tables in place is seen by each: meanwhile its actions are refused.
const SEEN = "(account_id = $1 or (account_id is null and ($2::boolean or kind = 'in_place')))";
const OWN = "(account_id = $1 or (account_id is null and $2::boolean))";
const LISTED = 50;

const LIST = `select ${COLUMNS} from tidings.replays where ${SEEN} order by started_at desc, id limit ${LISTED}`;

/** The newest first. */
export async function listJobs(on: Queryable, { account, whole, leaseMs }: JobScope): Promise<ReplayJob[]> {
  return (await on.query<JobRow>(LIST, [account, whole, leaseMs])).map((row) => seenJob(row, whole));
}

const READ = `select ${COLUMNS} from tidings.replays where ${SEEN} and id = $4::uuid`;

export async function readJob(
  on: Queryable,
  { account, whole, leaseMs }: JobScope,
  id: string,
): Promise<ReplayJob | null> {
  const [row] = await on.query<JobRow>(READ, [account, whole, leaseMs, id]);
  return row ? seenJob(row, whole) : null;
}

// Whoever runs it ends it; where nobody does, or where it has failed in place and waits, it ends here.
const CANCEL = `
update tidings.replays
   set cancel_requested = true,
       state = case when state = 'running' and ${HELD} then state else 'cancelled' end,
       ended_at = case when state = 'running' and ${HELD} then ended_at else clock_timestamp() end
 where ${OWN} and id = $4::uuid and (state = 'running' or (state = 'failed' and kind = 'in_place'))`;

export async function requestCancel(
  on: Queryable,
  { account, whole, leaseMs }: JobScope,
  id: string,
): Promise<void> {
  await on.query(CANCEL, [account, whole, leaseMs, id]);
}

function seenJob(row: JobRow, whole: boolean): ReplayJob {
  const job = replayJob(row);
  return job.account === null && !whole ? withoutOthers(job) : job;
}

function replayJob(row: JobRow): ReplayJob {
  const request = JSON.parse(row.request) as JobRequest;
  const { until = null, types = null, subject = null, strict = true } = request;
  return {
    id: row.id,
    kind: row.kind === "into" ? "compare" : row.kind,
    account: row.account_id,
    state: row.state,
    startedBy: row.started_by === null ? null : (JSON.parse(row.started_by) as EntityRef),
    until: until && ("time" in until ? { time: new Date(until.time) } : until),
    types,
    subject,
    strict,
    startedAt: new Date(row.started_ms),
    endedAt: row.ended_ms === null ? null : new Date(row.ended_ms),
    position: row.position,
    lastPosition: row.until_position ?? 0,
    tally: { ...emptyTally, ...(JSON.parse(row.tally) as Partial<Tally>) },
    failure: row.failure === null ? null : (JSON.parse(row.failure) as ReplayFailure),
    tables: row.result === null ? null : (JSON.parse(row.result) as TableDifference[]),
  };
}

/** What an account may know of a replay that others' events are part of: that it keeps its actions out, and how far it is. */
function withoutOthers(job: ReplayJob): ReplayJob {
  const failure = job.failure && { code: job.failure.code, message: OF_ALL, eventId: null };
  return {
    ...job,
    startedBy: null,
    until: null,
    types: null,
    subject: null,
    tally: emptyTally,
    failure,
    tables: null,
  };
}

const OF_ALL = "The replay of every account stopped. Whoever began it sees why.";
