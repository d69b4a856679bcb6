import type { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { createTidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import { CREATE_COMMENTED_CARDS } from "./boardActions.ts";
import * as events from "./boardEvents.ts";
import { startChild } from "./childProcess.ts";
import type { EmmettRebuild } from "./emmettRebuild.ts";
import { peerVersions } from "./peerVersions.ts";
import { copyToEmmett, growActionLog, growLog } from "./replayLog.ts";
import type { ReplayMeasure, ReplayPlaces } from "./replayReader.ts";
import { createDatabase, openPool, startServer, type BenchServer } from "./server.ts";
import { median, ratioOfRounds, rotated, rounded } from "./statistics.ts";

/** How fast history is read again by what is derived from it, and how much memory that takes. */
export const replay: Bench = {
  description: "the whole log read, projected and acted again, at 200,000 events and at a million",
  targets: [
    { path: "projectionEventsPerSecond", atLeast: 30_000 },
    { path: "timesEmmett", atLeast: 1 },
    { path: "peakRssGrowth", lessThan: 1.2 },
  ],
  run,
};

const KINDS = ["scan", "project", "act"] as const;
type Kind = (typeof KINDS)[number];

/** Emmett sorts all that is left of its table for each read: with its default of 100 events a read it would do little else. */
const EMMETT_BATCH = 10_000;

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 3,
  say,
}: BenchOptions): Promise<BenchResult> {
  const size = quick ? { few: 500, many: 1_500 } : { few: 200_000, many: 1_000_000 };
  const server = await startServer(choice);
  const logs = await createLogs(server);
  try {
    await logs.grow(0, size.few);
    await copyToEmmett(logs.events, logs.urls.events);
    say(`${size.few.toLocaleString("en")} events are there, and emmett's`);
    const ofFew = createMeasures();
    const emmett: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (const kind of rotated([...KINDS, "emmett" as const], round)) {
        if (kind === "emmett") emmett.push(perSecond(size.few, await rebuildByEmmett(logs)));
        else ofFew[kind].push(await measure(kind, size.few, logs));
      }
      await checkSameResult(logs.events);
      say(`round ${round} of ${rounds}: ${spoken(ofFew, size.few)}, emmett ${Math.round(emmett.at(-1)!)}/s`);
    }

    await logs.grow(size.few, size.many);
    say(`${size.many.toLocaleString("en")} events are there`);
    const ofMany = createMeasures();
    for (let round = 1; round <= rounds; round++) {
      for (const kind of rotated(KINDS, round)) ofMany[kind].push(await measure(kind, size.many, logs));
      say(`round ${round} of ${rounds}: ${spoken(ofMany, size.many)}`);
    }

    const [few, many] = [figuresOf(ofFew, size.few), figuresOf(ofMany, size.many)];
    const projected = ofFew.project.map(({ ms }) => perSecond(size.few, ms));
    return {
      figures: {
        ...many.perSecond,
        peakRssMb: { at200k: few.peakRssMb, at1m: many.peakRssMb },
        peakRssGrowth: rounded(many.peakRssMb / few.peakRssMb),
        at200k: few.perSecond,
        peers: { emmett: Math.round(median(emmett)) },
        timesEmmett: rounded(ratioOfRounds(projected, emmett)),
      },
      rounds,
      settings: { ...server.settings, ...size, emmettBatch: EMMETT_BATCH },
      versions: { postgresql: server.version, emmett: peerVersions().emmett },
    };
  } finally {
    await logs.close();
    await server.stop();
  }
}

interface Logs {
  readonly server: BenchServer;
  readonly urls: Pick<ReplayPlaces, "events" | "actions">;
  readonly events: Pool;
  grow(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}

/** Actions have a log of their own, so that each replay reads nothing but what it does again. */
async function createLogs(server: BenchServer): Promise<Logs> {
  const urls = {
    events: await createDatabase(server, "bench_replay"),
    actions: await createDatabase(server, "bench_replay_actions"),
  };
  const pools = { events: openPool(urls.events), actions: openPool(urls.actions) };
  for (const pool of Object.values(pools)) await createTidings({ db: pg(pool), events }).migrate();
  return {
    server,
    urls,
    events: pools.events,
    grow: async (from, to) => {
      await growLog(pools.events, from, to);
      await growActionLog(pools.actions, from, to);
    },
    close: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
    },
  };
}

type Measures = { readonly [kind in Kind]: ReplayMeasure[] };

const createMeasures = (): Measures => ({ scan: [], project: [], act: [] });

/** In a process that does nothing else and ends then, so that its highest memory is of this. */
async function measure(kind: Kind, count: number, { server, urls }: Logs): Promise<ReplayMeasure> {
  const into = await createDatabase(server, "bench_replay_into");
  const pool = openPool(into);
  await pool.query(CREATE_COMMENTED_CARDS);
  await pool.end();
  const reader = startChild("replayReader.ts");
  try {
    const measured = await reader.ask<ReplayMeasure>(kind, { ...urls, into } satisfies ReplayPlaces);
    if (measured.events !== count) throw new Error(`${kind} got ${measured.events} of ${count} events`);
    return measured;
  } finally {
    await reader.stop();
  }
}

/** As if it had never run: from a checkpoint of before it would not go back to the beginning. Milliseconds. */
async function rebuildByEmmett({ events: pool, urls }: Logs): Promise<number> {
  await pool.query("drop table if exists emmett_board_activity");
  await pool.query(
    `create table emmett_board_activity (account text collate "C", board text collate "C", comments integer not null,
                                         estimate float8 not null, primary key (account, board))`,
  );
  await pool.query("delete from emt_processors");
  const emmett = startChild("emmettRebuild.ts");
  try {
    return await emmett.ask<number>("rebuild", {
      url: urls.events,
      batch: EMMETT_BATCH,
    } satisfies EmmettRebuild);
  } finally {
    await emmett.stop();
  }
}

/** Whoever did less would be faster. */
async function checkSameResult(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ differences: number }>(
    `select count(*)::int as differences
       from board_activity ours full join emmett_board_activity theirs using (account, board)
      where (ours.comments, ours.estimate) is distinct from (theirs.comments, theirs.estimate)`,
  );
  if (rows[0]!.differences > 0) throw new Error(`${rows[0]!.differences} boards differ from emmett's`);
}

function figuresOf(of: Measures, count: number) {
  const rate = (kind: Kind) => Math.round(median(of[kind].map(({ ms }) => perSecond(count, ms))));
  return {
    perSecond: {
      scanEventsPerSecond: rate("scan"),
      projectionEventsPerSecond: rate("project"),
      actionEventsPerSecond: rate("act"),
    },
    peakRssMb: Math.round(Math.max(...KINDS.map((kind) => median(of[kind].map((one) => one.peakRssMb))))),
  };
}

function perSecond(count: number, ms: number): number {
  return (count * 1_000) / ms;
}

function spoken(of: Measures, count: number): string {
  return KINDS.map((kind) => {
    const { ms, peakRssMb } = of[kind].at(-1)!;
    return `${kind} ${Math.round(perSecond(count, ms))}/s with ${Math.round(peakRssMb)} MB`;
  }).join(", ");
}
