import type { Database, Parameter, Queryable } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import { checkNames } from "../events/filter.ts";
import { recordedAt } from "../log/eventId.ts";
import { accountName } from "./accountName.ts";
import { publicId, uuidOf } from "./publicId.ts";
import { findTarget } from "./target.ts";

/** Work for one endpoint that goes on for a while, below live traffic: see recover.ts and backfill.ts. */
export interface EndpointJob {
  readonly id: string;
  readonly endpoint: string;
  readonly kind: "recover" | "backfill";
  readonly state: "running" | "done" | "cancelled";
  /** What it goes through, of which the end may lie in the future of what it has seen. */
  readonly since: Date;
  readonly until: Date;
  /** The most that it sends in a second. */
  readonly perSecond: number;
  /** Deliveries made, or sent again. */
  readonly done: number;
  /** How far it went through, from 0 to 1: of the time for `recover`, of the positions for `backfill`. */
  readonly progress: number;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface Jobs {
  get(id: string, options?: { readonly account?: string | undefined }): Promise<EndpointJob>;
  /** The newest first, 100 at most. Finished ones are kept as long as deliveries are. */
  list(endpoint: string, options?: { readonly account?: string | undefined }): Promise<EndpointJob[]>;
  /** Ends it after the step under way. What was sent stays sent. A job that is over stays as it is. */
  cancel(id: string, options?: { readonly account?: string | undefined }): Promise<EndpointJob>;
}

export interface JobsDependencies {
  readonly db: Database;
  readonly accountOf: (given: string | undefined) => string;
}

export function createJobs({ db, accountOf }: JobsDependencies): Jobs {
  return {
    get: async (id, options = {}) => {
      checkNames(options, accountName);
      return readJob(db, accountOf(options.account), uuidOf("job", id));
    },
    list: async (endpoint, options = {}) => {
      checkNames(options, accountName);
      const account = accountOf(options.account);
      const target = await findTarget(db, account, endpoint);
      return (await db.query<JobRow>(LIST, [account, target.id])).map(endpointJob);
    },
    cancel: async (id, options = {}) => {
      checkNames(options, accountName);
      const account = accountOf(options.account);
      const uuid = uuidOf("job", id);
      await db.query(CANCEL, [account, uuid]);
      return readJob(db, account, uuid);
    },
  };
}

/** What a new job begins with. */
export interface NewJob {
  readonly account: string;
  /** The endpoint's uuid. */
  readonly endpoint: string;
  readonly kind: EndpointJob["kind"];
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Null: now, by the database's clock. */
  readonly until: number | null;
  /** Of backfill: after the first one up to the last one. */
  readonly positions: { readonly first: number; readonly last: number } | null;
  readonly perSecond: number;
}

/** Throws JOB_RUNNING where the endpoint has one of the kind already: two would send the same twice. */
export async function startJob(on: Queryable, job: NewJob): Promise<EndpointJob> {
  const { account, endpoint, kind, since, until, positions, perSecond } = job;
  const [row] = await on.query<JobRow>(START, [
    account,
    endpoint,
    kind,
    since,
    until,
    positions && String(positions.first),
    positions && String(positions.last),
    perSecond,
  ] satisfies Parameter[]);
  if (!row) throw new TidingsError("JOB_RUNNING");
  return endpointJob(row);
}

const COLUMNS = `id::text, endpoint_id::text, kind, state, per_second, done::float8 as done, cursor::text,
       extract(epoch from since)::float8 * 1000 as since_ms, extract(epoch from until)::float8 * 1000 as until_ms,
       first_position::float8 as first_position, position::float8 as position, last_position::float8 as last_position,
       extract(epoch from created_at)::float8 * 1000 as created_ms, extract(epoch from finished_at)::float8 * 1000 as finished_ms`;

const START = `
insert into tidings.endpoint_jobs (account_id, id, endpoint_id, kind, since, until, first_position, position, last_position, per_second)
values ($1, tidings.uuid7((extract(epoch from clock_timestamp()) * 1000000)::bigint), $2::uuid, $3, to_timestamp($4::float8 / 1000),
        coalesce(to_timestamp($5::float8 / 1000), now()), $6::bigint, $6::bigint, $7::bigint, $8::int)
on conflict (account_id, endpoint_id, kind) where state = 'running' do nothing
returning ${COLUMNS}`;

const READ = `select ${COLUMNS} from tidings.endpoint_jobs where account_id = $1 and id = $2::uuid`;

const LIST = `
select ${COLUMNS} from tidings.endpoint_jobs
 where account_id = $1 and endpoint_id = $2::uuid order by id desc limit 100`;

const CANCEL = `
update tidings.endpoint_jobs set state = 'cancelled', finished_at = now()
 where account_id = $1 and id = $2::uuid and state = 'running'`;

async function readJob(on: Queryable, account: string, uuid: string): Promise<EndpointJob> {
  const [row] = await on.query<JobRow>(READ, [account, uuid]);
  if (!row) throw new TidingsError("JOB_NOT_FOUND");
  return endpointJob(row);
}

interface JobRow {
  id: string;
  endpoint_id: string;
  kind: EndpointJob["kind"];
  state: EndpointJob["state"];
  per_second: number;
  done: number;
  cursor: string | null;
  since_ms: number;
  until_ms: number;
  first_position: number | null;
  position: number | null;
  last_position: number | null;
  created_ms: number;
  finished_ms: number | null;
}

function endpointJob(row: JobRow): EndpointJob {
  return {
    id: publicId("job", row.id),
    endpoint: publicId("endpoint", row.endpoint_id),
    kind: row.kind,
    state: row.state,
    since: new Date(row.since_ms),
    until: new Date(row.until_ms),
    perSecond: row.per_second,
    done: row.done,
    progress: progressOf(row),
    createdAt: new Date(row.created_ms),
    finishedAt: row.finished_ms === null ? null : new Date(row.finished_ms),
  };
}

function progressOf(row: JobRow): number {
  if (row.state === "done") return 1;
  if (row.kind === "recover")
    return row.cursor === null ? 0 : share(row.since_ms, recordedAt(row.cursor), row.until_ms);
  return share(row.first_position ?? 0, row.position ?? 0, row.last_position ?? 0);
}

function share(from: number, at: number, to: number): number {
  return to <= from ? 0 : Math.min(1, Math.max(0, (at - from) / (to - from)));
}
