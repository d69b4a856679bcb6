import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { startChild } from "./childProcess.ts";
import { createPeerTables } from "./peers.ts";
import { peerVersions } from "./peerVersions.ts";
import type { Variant, WriterResult, WriterRound, WriterSetup } from "./recordWriters.ts";
import { createDatabase, openPool, startServer } from "./server.ts";
import { median, percentile, ratioOfRounds, rotated, rounded } from "./statistics.ts";

/** What an event costs the transaction that records it: the same UPDATE without, with Tidings, and with each peer. */
export const record: Bench = {
  description: "one business UPDATE and one event a transaction, 16 writers",
  targets: [
    { path: "ratio", atLeast: 0.45 },
    { path: "timesEmmett", atLeast: 1.5 },
    { path: "timesPgBossSend", atLeast: 1.5 },
    { path: "addedP99Ms", lessThan: 5 },
  ],
  run,
};

// Nobody's consumers run beside these; what ours costs is `recordWithWorkerTps`.
const VARIANTS: readonly Variant[] = ["updateOnly", "record", "emmett", "pgBossSend"];
const LATENCY_VARIANTS: readonly Variant[] = ["updateOnly", "record"];
const PROCESSES = 2;

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 5,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size = quick ? { roundMs: 400, rows: 1_000 } : { roundMs: 4_000, rows: 10_000 };
  const server = await startServer(choice);
  const worker = startChild("workerProcess.ts");
  const writers = Array.from({ length: PROCESSES }, () => startChild("recordWriters.ts"));
  const load = async (round: WriterRound): Promise<WriterResult> => {
    const results = await Promise.all(writers.map((child) => child.ask<WriterResult>("round", round)));
    return {
      transactions: results.reduce((sum, { transactions }) => sum + transactions, 0),
      latencies: results.flatMap(({ latencies }) => latencies),
    };
  };
  try {
    const url = await createDatabase(server, "bench_record");
    await prepare(url, size.rows);
    const setup: WriterSetup = { url, writers: 16 / PROCESSES, rows: size.rows, peers: true };
    await Promise.all(writers.map((child) => child.ask("prepare", setup)));

    say("warming up");
    for (const variant of VARIANTS) await load({ variant, forMs: size.roundMs / 4, perSecond: null });
    const tps: Record<Variant, number[]> = { updateOnly: [], record: [], emmett: [], pgBossSend: [] };
    const withWorker: number[] = [];
    for (let number = 1; number <= rounds; number++) {
      for (const variant of rotated(VARIANTS, number)) {
        const { transactions } = await load({ variant, forMs: size.roundMs, perSecond: null });
        tps[variant].push((transactions * 1_000) / size.roundMs);
      }
      await worker.ask("start", url);
      const { transactions } = await load({ variant: "record", forMs: size.roundMs, perSecond: null });
      withWorker.push((transactions * 1_000) / size.roundMs);
      await worker.ask("stop");
      say(
        `round ${number} of ${rounds}: ${VARIANTS.map((name) => `${name} ${Math.round(tps[name].at(-1)!)}/s`).join(", ")}`,
      );
    }
    const medians = Object.fromEntries(VARIANTS.map((name) => [name, median(tps[name])])) as Record<
      Variant,
      number
    >;

    // Latency at one pace for both, half of what recording can do: at full load it would measure the queue of writers.
    const perSecond = medians.record / 2 / PROCESSES;
    await worker.ask("start", url);
    const added = { p50: [] as number[], p99: [] as number[] };
    for (let number = 1; number <= rounds; number++) {
      const found = {} as Record<Variant, readonly number[]>;
      for (const variant of rotated(LATENCY_VARIANTS, number)) {
        found[variant] = (await load({ variant, forMs: size.roundMs, perSecond })).latencies;
      }
      added.p50.push(percentile(found.record, 50) - percentile(found.updateOnly, 50));
      added.p99.push(percentile(found.record, 99) - percentile(found.updateOnly, 99));
    }
    return {
      figures: {
        updateOnlyTps: Math.round(medians.updateOnly),
        recordTps: Math.round(medians.record),
        recordWithWorkerTps: Math.round(median(withWorker)),
        ratio: rounded(ratioOfRounds(tps.record, tps.updateOnly)),
        ratioWithWorker: rounded(ratioOfRounds(withWorker, tps.updateOnly)),
        addedP50Ms: rounded(median(added.p50)),
        addedP99Ms: rounded(median(added.p99)),
        peers: { emmett: Math.round(medians.emmett), pgBossSend: Math.round(medians.pgBossSend) },
        timesEmmett: rounded(ratioOfRounds(tps.record, tps.emmett)),
        timesPgBossSend: rounded(ratioOfRounds(tps.record, tps.pgBossSend)),
      },
      rounds,
      settings: { ...server.settings, writers: 16, writerProcesses: PROCESSES, accounts: 1_000, ...size },
      versions: { postgresql: server.version, ...peerVersions() },
    };
  } finally {
    await Promise.all(writers.map((child) => child.stop()));
    await worker.stop();
    await server.stop();
  }
}

async function prepare(url: string, rows: number): Promise<void> {
  const pool = openPool(url);
  try {
    await pool.query(CREATE_CARDS);
    await pool.query(
      "insert into cards select n, 'Card number ' || n, 0 from generate_series(0, $1::int) n",
      [rows],
    );
    await createTidings({ db: pg(pool), events }).migrate();
    await createPeerTables(url);
  } finally {
    await pool.end();
  }
}

// Room on each page for the new version of an updated row, as anybody would leave it in such a table.
const CREATE_CARDS = `
create table cards (id integer primary key, title text not null, position integer not null,
                    updated_at timestamptz not null default now()) with (fillfactor = 70)`;
