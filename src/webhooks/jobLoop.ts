import type { Database, Queryable, Transaction } from "../db/database.ts";
import type { Registry } from "../events/registry.ts";
import { createLoop, type Loop } from "../log/loop.ts";
import type { Signals } from "../signals.ts";
import { backfillStep } from "./backfill.ts";
import type { EndpointJob } from "./jobs.ts";
import { recoverStep } from "./recover.ts";
import { readTarget, type Target } from "./target.ts";
import type { MessageWriter } from "./writeMessage.ts";

/** A job whose row this transaction holds. Times are the database's. */
export interface RunningJob {
  readonly account: string;
  readonly id: string;
  readonly kind: EndpointJob["kind"];
  readonly endpoint: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly nowMs: number;
  readonly cursor: string | null;
  readonly position: number;
  readonly lastPosition: number;
  readonly perSecond: number;
}

/** What one step did. */
export interface JobStep {
  /** Deliveries put into the queue. */
  readonly made: number;
  /** Deliveries or events looked at: 0 says that there is nothing to do for a while. */
  readonly looked: number;
  /** Where the next step goes on; null: where this one began. */
  readonly cursor: string | null;
  readonly position: number | null;
  readonly finished: boolean;
}

export interface JobLoopDependencies {
  readonly db: Database;
  readonly signals: Signals;
  readonly registry: Registry;
  readonly writer: MessageWriter;
}

export interface JobLoop extends Loop {
  /** True when no job can go on within two seconds. */
  idle(): Promise<boolean>;
}

/**
 * Carries jobs on, whichever process is alive: a step's deliveries and its cursor commit together, so that the next step
 * leaves nothing out and repeats nothing, wherever it runs.
 */
export function createJobLoop(dependencies: JobLoopDependencies): JobLoop {
  return {
    ...createLoop("webhook jobs", dependencies.signals, () => jobStep(dependencies)),
    idle: async () => !(await isDue(dependencies.db)),
  };
}

const IDLE_MS = 1_000;
/** A job feeds an endpoint only while fewer of its deliveries wait: what comes live never stands behind more than these. */
const MOST_WAITING = 100;

/** One step of the job that is due first. Returns how many milliseconds may pass before the next one. */
export async function jobStep(dependencies: JobLoopDependencies): Promise<number> {
  const { db } = dependencies;
  let taken: RunningJob | undefined;
  try {
    await db.transaction(async (tx) => {
      taken = await takeJob(tx);
      if (taken) await carryOn(tx, taken, dependencies);
    });
  } catch (error) {
    // Otherwise it would be the first in line again, and keep the others from going on.
    if (taken) await db.query(POSTPONE, [taken.account, taken.id, AFTER_FAILURE_SECONDS]);
    throw error;
  }
  return taken ? 0 : IDLE_MS;
}

const BUSY_SECONDS = 1;
/** At most, because whoever sends or enables by hand may make room earlier. */
const NO_ROOM_SECONDS = 30;
const AFTER_FAILURE_SECONDS = 30;
/** Nothing happens until somebody enables it. */
const DISABLED_SECONDS = 30;

async function carryOn(
  tx: Transaction,
  job: RunningJob,
  { registry, writer, signals }: JobLoopDependencies,
): Promise<void> {
  const target = await readTarget(tx, job.account, job.endpoint);
  if (target === null || (job.kind === "recover" && target.delivery === "pull"))
    return void (await tx.query(CANCEL, [job.account, job.id]));
  const postpone = (seconds: number) => tx.query(POSTPONE, [job.account, job.id, seconds]);
  if (target.disabled) return void (await postpone(DISABLED_SECONDS));
  const room = Math.min(job.perSecond, MOST_WAITING - (await countWaiting(tx, target)));
  if (room <= 0) return void (await tx.query(AWAIT_ROOM, [job.account, job.id]));
  const step =
    job.kind === "recover"
      ? await recoverStep(tx, job, target, room)
      : await backfillStep(tx, job, target, room, { registry, writer, signals });
  const waitSeconds = step.looked === 0 && !step.finished ? BUSY_SECONDS : step.made / job.perSecond;
  const position = step.position === null ? null : String(step.position);
  await tx.query(ADVANCE, [
    job.account,
    job.id,
    step.cursor,
    position,
    step.made,
    step.finished,
    waitSeconds,
  ]);
}

// Of all accounts, like a claim: the row says whose job it is. Who holds a row is carrying it on.
const TAKE = `
select account_id as account, id::text, kind, endpoint_id::text as endpoint, cursor::text, per_second as "perSecond",
       extract(epoch from since)::float8 * 1000 as "sinceMs", extract(epoch from until)::float8 * 1000 as "untilMs",
       extract(epoch from now())::float8 * 1000 as "nowMs",
       coalesce(position, 0)::float8 as position, coalesce(last_position, 0)::float8 as "lastPosition"
  from tidings.endpoint_jobs
 where state = 'running' and next_at <= now() order by next_at limit 1 for update skip locked`;

async function takeJob(tx: Queryable): Promise<RunningJob | undefined> {
  return (await tx.query<RunningJob>(TAKE))[0];
}

// Two seconds ahead: it is not over while it only keeps to its rate or waits for its deliveries to arrive. The longer waits
// are for others, who may take days.
const IS_DUE = `
select exists (select from tidings.endpoint_jobs
                where state = 'running' and next_at <= clock_timestamp() + interval '2 seconds') as due`;

async function isDue(db: Queryable): Promise<boolean> {
  return (await db.query<{ due: boolean }>(IS_DUE))[0]!.due;
}

const ADVANCE = `
update tidings.endpoint_jobs
   set cursor = coalesce($3::text::uuid, cursor), position = coalesce($4::text::bigint, position), done = done + $5::int,
       state = case when $6::boolean then 'done' else state end, finished_at = case when $6::boolean then now() end,
       next_at = now() + $7::float8 * interval '1 second'
 where account_id = $1 and id = $2::uuid`;

const POSTPONE = `
update tidings.endpoint_jobs set next_at = now() + $3::float8 * interval '1 second'
 where account_id = $1 and id = $2::uuid and state = 'running'`;

// Until its endpoint is looked at again: what waits for a retry or an open breaker makes no room before. An endpoint without a
// time has everything under way.
const AWAIT_ROOM = `
update tidings.endpoint_jobs j
   set next_at = least(greatest(nullif(r.next_at, 'infinity'), now() + interval '${BUSY_SECONDS} s'), now() + interval '${NO_ROOM_SECONDS} s')
  from tidings.endpoint_runs r
 where j.account_id = $1 and j.id = $2::uuid and j.state = 'running' and r.account_id = j.account_id and r.endpoint_id = j.endpoint_id`;

const CANCEL = `
update tidings.endpoint_jobs set state = 'cancelled', finished_at = now() where account_id = $1 and id = $2::uuid`;

// Both sorts of waiting, each through its index and not counted further than it matters.
const WAITING = `
select (select count(*) from (select from tidings.delivery_queue
          where account_id = $1 and endpoint_id = $2::uuid and state = 0 limit ${MOST_WAITING}) due)::int
     + (select count(*) from (select from tidings.delivery_queue
          where account_id = $1 and endpoint_id = $2::uuid and order_key is not null and state = 2 limit ${MOST_WAITING}) line)::int as waiting`;

async function countWaiting(tx: Queryable, target: Target): Promise<number> {
  const [row] = await tx.query<{ waiting: number }>(WAITING, [target.account, target.id]);
  return row!.waiting;
}
