import { Client, type Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { moved } from "./boardEvents.ts";
import { startChild } from "./childProcess.ts";
import { createHistory } from "./history.ts";
import type { FollowedEvents } from "./lagFollower.ts";
import type { RecordedMoments } from "./lagWriters.ts";
import { createDatabase, openPool, startServer } from "./server.ts";
import { median, percentile, rounded } from "./statistics.ts";

/** How fast committed events get their positions: a backlog, a steady load, and when there is nothing to do. */
export const sequencer: Bench = {
  description: "positions: a backlog at once, and the way from commit to a follower in another process",
  targets: [
    { path: "eventsPerSecond", atLeast: 150_000 },
    { path: "lagP99Ms", lessThan: 60 },
    { path: "lagP99MsWithIdleWriter", lessThan: 60 },
    { path: "emptyTickMs", lessThan: 3 },
  ],
  run,
};

/** Three years of months in four lanes: 36 of them, with the next one and the open end. */
const MONTHS_BACK = 33;
const EVENTS_PER_SECOND = 300;
const EMPTY_TICKS = 200;
/** The account whose live stream is read. */
const FOLLOWED = "account-lag";

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 3,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size = quick
    ? { backlog: 5_000, lagMs: 1_500, monthsBack: 2 }
    : { backlog: 300_000, lagMs: 15_000, monthsBack: MONTHS_BACK };
  const server = await startServer(choice);
  try {
    const url = await createDatabase(server, "bench_sequencer");
    const pool = openPool(url);
    try {
      await createTidings({ db: pg(pool), events }).migrate();
      const partitions = await createHistory(pool, size.monthsBack);
      const perSecond: number[] = [];
      const emptyTick: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        await writeBacklog(pool, size.backlog);
        const ms = await timed(() => tick(pool, size.backlog));
        perSecond.push((size.backlog * 1_000) / ms);
        emptyTick.push(await emptyTickMs(pool));
        say(
          `round ${round} of ${rounds}: ${Math.round(perSecond.at(-1)!)} events/s, empty tick ${emptyTick.at(-1)} ms`,
        );
      }
      // The worker's sweep, once a minute, compares what came since the last one: here three backlogs, which took a second
      // out of the first measure. Twice, as each event is compared twice.
      for (let sweep = 0; sweep < 2; sweep++) await pool.query("select from tidings.sweep()");
      const lag: number[] = [];
      const lagWithIdleWriter: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        lag.push(await lagP99(url, size.lagMs));
        lagWithIdleWriter.push(await besideAnIdleWriter(url, () => lagP99(url, size.lagMs)));
        say(
          `round ${round} of ${rounds}: lag p99 ${lag.at(-1)} ms, with an idle writer ${lagWithIdleWriter.at(-1)} ms`,
        );
      }
      return {
        figures: {
          eventsPerSecond: Math.round(median(perSecond)),
          lagP99Ms: median(lag),
          lagP99MsWithIdleWriter: median(lagWithIdleWriter),
          emptyTickMs: median(emptyTick),
        },
        rounds,
        settings: { ...server.settings, ...size, partitions, loadEventsPerSecond: EVENTS_PER_SECOND },
        versions: { postgresql: server.version },
      };
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
  }
}

// Through the columns' own defaults, as no app would, because only the ticking is measured. Transactions of 1,000.
async function writeBacklog(pool: Pool, count: number): Promise<void> {
  for (let written = 0; written < count; written += 1_000) {
    await pool.query(WRITE_EVENTS);
  }
  await pool.query("vacuum analyze tidings.events");
}

const WRITE_EVENTS = `
insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, actor_type, actor_id,
                            occurred_at, refs, data, metadata)
select 'account-' || lpad((n % 1000)::text, 4, '0'), 'domain',
       tidings.uuid7((extract(epoch from clock_timestamp()) * 1000000)::bigint), 'card.moved', 1, 'info', 'card', n::text,
       'user', 'user-' || n % 50, now(), '{}', '{"position": 1}', '{}'
  from generate_series(1, 1000) n`;

async function tick(pool: Pool, expected: number): Promise<void> {
  const { rows } = await pool.query<{ assigned: number }>("select assigned from tidings.tick()");
  if (rows[0]!.assigned !== expected) throw new Error(`numbered ${rows[0]!.assigned} of ${expected} events`);
}

/** With another transaction's id taken before each: a tick that has nothing to compare would be no measure. */
async function emptyTickMs(pool: Pool): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < EMPTY_TICKS; number++) {
    await pool.query("select pg_current_xact_id()");
    times.push(await timed(() => tick(pool, 0)));
  }
  return rounded(median(times));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/**
 * From the answer to COMMIT in the writers' process to the event in the hands of a reader in another one, with the
 * worker in a third. One machine, so one clock.
 */
async function lagP99(url: string, forMs: number): Promise<number> {
  const worker = startChild("workerProcess.ts");
  const follower = startChild("lagFollower.ts");
  const writers = startChild("lagWriters.ts");
  try {
    await worker.ask("start", url);
    await follower.ask("start", { url, account: FOLLOWED });
    const { committed } = await writers.ask<RecordedMoments>("record", {
      url,
      account: FOLLOWED,
      forMs,
      perSecond: EVENTS_PER_SECOND,
    });
    const { seen } = await follower.ask<FollowedEvents>("seenEvents", committed.length);
    const seenAt = new Map(seen);
    return rounded(
      percentile(
        committed.map(([id, at]) => seenAt.get(id)! - at),
        99,
      ),
    );
  } finally {
    await Promise.all([writers, follower, worker].map((child) => child.stop()));
  }
}

/** An event is recorded in a transaction that then does nothing until `work` is done. */
async function besideAnIdleWriter<Result>(url: string, work: () => Promise<Result>): Promise<Result> {
  const client = new Client(url);
  await client.connect();
  const pool = openPool(url);
  try {
    await client.query("begin");
    await createTidings({ db: pg(pool), events }).record(client, moved(1));
    return await work();
  } finally {
    await client.query("commit");
    await client.end();
    await pool.end();
  }
}
