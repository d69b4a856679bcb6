import type { Pool } from "pg";
import { importPeer } from "./importPeer.ts";
import { CONCURRENCY } from "./webhookSettings.ts";

// Queues of jobs, as an app would use them for webhooks: one job a delivery, posted by the app's own code.

export interface PeerDelivery {
  readonly id: number;
  readonly url: string;
  readonly body: string;
}
export type PostJob = (delivery: PeerDelivery) => Promise<void>;
/** `batched`: with every option that moves many jobs at once; without, with their defaults but for the concurrency. */
type Start = (
  peer: { readonly url: string; readonly pool: Pool; readonly batched: boolean },
  post: PostJob,
) => Promise<() => Promise<void>>;

interface GraphileWorker {
  run(options: object): Promise<{ stop(): Promise<void> }>;
  runMigrations(options: object): Promise<void>;
}
interface PgBoss {
  start(): Promise<unknown>;
  stop(options: { graceful: boolean }): Promise<void>;
  createQueue(name: string): Promise<void>;
  insert(jobs: readonly object[]): Promise<unknown>;
  work(
    name: string,
    options: object,
    handler: (jobs: readonly { readonly data: PeerDelivery }[]) => Promise<unknown>,
  ): Promise<string>;
  on(event: "error", listener: (error: Error) => void): void;
}

const QUEUE = "deliver";

export async function createPeerQueues(url: string, pool: Pool): Promise<void> {
  await pool.query(
    `create table peer_deliveries (id bigint primary key, status integer, duration_ms integer,
       attempts integer not null default 0, delivered_at timestamptz) with (fillfactor = 80)`,
  );
  const { runMigrations } = await importPeer<GraphileWorker>("graphile-worker");
  await runMigrations({ connectionString: url });
  const boss = await openPgBoss(url);
  await boss.createQueue(QUEUE);
  await boss.stop({ graceful: false });
}

/** The rows that hold the results, and one job for each; in transactions of 1,000. */
export async function enqueueForGraphileWorker(
  pool: Pool,
  deliveries: readonly PeerDelivery[],
): Promise<void> {
  for (const some of inThousands(deliveries)) {
    await insertResults(pool, some);
    await pool.query(
      `select from graphile_worker.add_jobs(array(
         select (row('${QUEUE}', delivery, null, null, null, null, null, null)::graphile_worker.job_spec)
           from json_array_elements($1::text::json) delivery))`,
      [JSON.stringify(some)],
    );
  }
}

export async function enqueueForPgBoss(
  url: string,
  pool: Pool,
  deliveries: readonly PeerDelivery[],
): Promise<void> {
  const boss = await openPgBoss(url);
  for (const some of inThousands(deliveries)) {
    await insertResults(pool, some);
    await boss.insert(some.map((data) => ({ name: QUEUE, data })));
  }
  await boss.stop({ graceful: false });
}

/** Batched: jobs are fetched and completed by the hundred, as its manual advises for throughput. */
export const startGraphileWorker: Start = async ({ pool, batched }, post) => {
  const { run } = await importPeer<GraphileWorker>("graphile-worker");
  const runner = await run({
    pgPool: pool,
    noHandleSignals: true,
    taskList: { [QUEUE]: (payload: PeerDelivery) => post(payload) },
    preset: {
      worker: {
        concurrentJobs: CONCURRENCY,
        ...(batched && {
          localQueue: { size: 4 * CONCURRENCY },
          completeJobBatchDelay: 5,
          failJobBatchDelay: 5,
        }),
      },
    },
    logger: await silent(),
  });
  return () => runner.stop();
};

/**
 * Fetches a batch each half second, the shortest that it takes, and ends it with its last job. Batched: eight workers of 256 jobs,
 * so that the connections are busy all the time.
 */
export const startPgBoss: Start = async ({ url, batched }, post) => {
  const boss = await openPgBoss(url);
  const options = { batchSize: batched ? 4 * CONCURRENCY : CONCURRENCY, pollingIntervalSeconds: 0.5 };
  for (let worker = 0; worker < (batched ? 8 : 1); worker++) {
    await boss.work(QUEUE, options, (jobs) => Promise.all(jobs.map(({ data }) => post(data))));
  }
  return () => boss.stop({ graceful: false });
};

async function insertResults(pool: Pool, deliveries: readonly PeerDelivery[]): Promise<void> {
  await pool.query("insert into peer_deliveries (id) select unnest($1::bigint[])", [
    deliveries.map(({ id }) => id),
  ]);
}

function* inThousands<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let start = 0; start < items.length; start += 1_000) yield items.slice(start, start + 1_000);
}

async function openPgBoss(url: string): Promise<PgBoss> {
  const { default: PgBoss } = await importPeer<{ default: new (options: object) => PgBoss }>("pg-boss");
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false, max: 10 });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  return boss;
}

async function silent(): Promise<object> {
  const { Logger } = await importPeer<{ Logger: new (factory: () => () => void) => object }>(
    "graphile-worker",
  );
  return new Logger(() => () => undefined);
}
