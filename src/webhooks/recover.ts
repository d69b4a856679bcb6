import type { Database, Queryable } from "../db/database.ts";
import { checkTime, refuseField } from "../events/checkQuery.ts";
import { checkNames, type NamesOf } from "../events/filter.ts";
import { databaseTime } from "../log/databaseTime.ts";
import type { JobStep, RunningJob } from "./jobLoop.ts";
import { startJob, type EndpointJob } from "./jobs.ts";
import { requeue } from "./requeue.ts";
import { checkPushed, findTarget, type Target } from "./target.ts";

export interface RecoverRange {
  readonly account?: string | undefined;
  /** Deliveries made at or after this moment. */
  readonly since: Date;
  /** … and before this one. Default, and at the latest: now. At most 14 days after `since`. */
  readonly until?: Date | undefined;
}

export interface Recoverable {
  /** Counted up to 10,000. */
  readonly deliveries: number;
  /** There are more than were counted. */
  readonly more: boolean;
}

export interface Recover {
  /**
   * Sends again what failed or was held in this time and never reached the endpoint, as a job. Leaves out tests, and messages
   * that the endpoint itself asked to abort. Throws ENDPOINT_DISABLED, JOB_RUNNING, INVALID_FILTER.
   */
  recover(endpoint: string, range: RecoverRange): Promise<EndpointJob>;
  /** How many deliveries that would be now. */
  recoverable(endpoint: string, range: RecoverRange): Promise<Recoverable>;
}

export interface RecoverDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

const DAY_MS = 86_400_000;
const MAX_DAYS = 14;
const COUNTED = 10_000;
const PER_SECOND = 50;

export function createRecover({ db, accountOf }: RecoverDependencies): Recover {
  return {
    recover: async (endpoint, range) => {
      checkNames(range, rangeNames);
      const account = accountOf(range.account);
      const { since, until } = await checkRange(db, range);
      return db.transaction(async (tx) => {
        const target = await findTarget(tx, account, endpoint);
        checkPushed(target);
        const { id } = target;
        const job = { account, endpoint: id, kind: "recover", since, until, positions: null } as const;
        return startJob(tx, { ...job, perSecond: PER_SECOND });
      });
    },

    recoverable: async (endpoint, range) => {
      checkNames(range, rangeNames);
      const account = accountOf(range.account);
      const { since, until } = await checkRange(db, range);
      const { id } = await findTarget(db, account, endpoint);
      const [row] = await db.query<{ found: number }>(COUNT, [account, id, since, until]);
      const found = row?.found ?? 0;
      return { deliveries: Math.min(found, COUNTED), more: found > COUNTED };
    },
  };
}

const rangeNames: NamesOf<RecoverRange> = { account: true, since: true, until: true };

/** What one job may send again is bounded, so that a slip of the year does not call a receiver for weeks. */
async function checkRange(db: Queryable, range: RecoverRange): Promise<{ since: number; until: number }> {
  const since = checkTime("since", range.since) ?? refuseField("since", "is missing");
  // Not beyond now, as a whole number above: a job does not wait for what is yet to fail.
  const until = Math.min(checkTime("until", range.until) ?? Infinity, Math.ceil(await databaseTime(db)));
  if (since >= until) refuseField("since", "must be before until");
  if (until - since > MAX_DAYS * DAY_MS) refuseField("since", `is more than ${MAX_DAYS} days before until`);
  return { since, until };
}

/**
 * Puts the next deliveries of a job back into the queue: `room` of them at most. It looks at what is older than ten seconds: by
 * then whoever made deliveries with earlier ids has committed them, so that the cursor passes over none.
 */
export async function recoverStep(
  tx: Queryable,
  job: RunningJob,
  target: Target,
  room: number,
): Promise<JobStep> {
  const rows = await tx.query<{ id: string }>(NEXT, [
    job.account,
    target.id,
    job.sinceMs,
    Math.min(job.untilMs, job.nowMs - SETTLED_MS),
    job.cursor,
    room,
  ]);
  const ids = rows.map(({ id }) => id);
  const { queued } = ids.length > 0 ? await requeue(tx, job.account, target.id, ids) : { queued: [] };
  const finished = ids.length < room && job.untilMs <= job.nowMs - SETTLED_MS;
  return { made: queued.length, looked: ids.length, cursor: ids.at(-1) ?? null, position: null, finished };
}

const SETTLED_MS = 10_000;

// A message may have several deliveries for one endpoint: where one of them arrived, or is on its way, the others need
// nothing; of several that failed the newest stands for all.
const CANDIDATES = `
  from tidings.deliveries d
 where d.account_id = $1 and d.endpoint_id = $2::uuid and d.troubled and d.state in ('failed', 'held')
   and d.id >= tidings.uuid7_floor(to_timestamp($3::float8 / 1000)) and d.id < tidings.uuid7_floor(to_timestamp($4::float8 / 1000))
   and d.origin <> 'test' and d.failure is distinct from 'aborted'
   and not exists (
     select from tidings.attempts a
      where a.account_id = d.account_id and a.delivery_id = d.id and a.failure is null)
   and not exists (
     select from tidings.deliveries o
      where o.account_id = d.account_id and o.message_id = d.message_id and o.endpoint_id = d.endpoint_id and o.id <> d.id
        and (o.state in ('delivered', 'pending', 'retrying')
             or o.state in ('failed', 'held') and o.id > d.id and o.id < tidings.uuid7_floor(to_timestamp($4::float8 / 1000))))`;

const COUNT = `select count(*)::int as found from (select ${CANDIDATES} limit ${COUNTED + 1}) counted`;

const NEXT = `select d.id::text ${CANDIDATES} and ($5::text is null or d.id > $5::text::uuid) order by d.id limit $6::int`;
