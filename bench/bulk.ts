import type { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { prepareEvent } from "../src/events/prepare.ts";
import { createTidings, type Draft, type Tidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { accountOf, commented } from "./boardEvents.ts";
import { createDatabase, openPool, startServer } from "./server.ts";
import { median, rounded } from "./statistics.ts";

/** What a bulk of events costs beside the least that PostgreSQL could do with the same parameter. */
export const bulk: Bench = {
  description: "1,000 events a call, three timeline rows an event, one connection",
  targets: [{ path: "ratio", atLeast: 0.28 }],
  run,
};

const EVENTS_PER_CALL = 1_000;

// The least: the parameter that record would send, parsed in the same way, into one table with one index.
const CREATE_BARE = `
create table bare (account text collate "C" not null, id uuid not null, data jsonb not null, primary key (account, id))`;
const INSERT_BARE = `
insert into bare (account, id, data)
select account, gen_random_uuid(), data
  from jsonb_to_recordset($1::text::jsonb) as (account text, data jsonb)`;

async function run({
  server: choice,
  quick,
  rounds = quick ? 1 : 9,
  say,
}: BenchOptions): Promise<BenchResult> {
  const callsPerRound = quick ? 2 : 20;
  const server = await startServer(choice);
  try {
    const pool = openPool(await createDatabase(server, "bench_bulk"), 1);
    try {
      const tidings = createTidings({ db: pg(pool), events });
      await tidings.migrate();
      await pool.query(CREATE_BARE);
      const bare = (parameter: string) => pool.query(INSERT_BARE, [parameter]);
      const recorded = (drafts: readonly Draft[]) => tidings.record(...drafts);
      await bare(asParameter(tidings, draftsOf(0)));
      await recorded(draftsOf(0));

      const raw: number[] = [];
      const ours: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const lists = Array.from({ length: callsPerRound }, (_, call) =>
          draftsOf(1 + round * callsPerRound + call),
        );
        const parameters = lists.map((drafts) => asParameter(tidings, drafts));
        const measure = [
          async () => raw.push(await perSecond(parameters, bare)),
          async () => ours.push(await perSecond(lists, recorded)),
        ];
        // Who begins changes, so that the other one's dirty pages hit each in turn.
        for (const step of round % 2 === 0 ? measure : measure.toReversed()) await step();
        say(
          `round ${round + 1} of ${rounds}: bare ${Math.round(raw.at(-1)!)}/s, record ${Math.round(ours.at(-1)!)}/s`,
        );
      }
      return {
        figures: {
          rawEventsPerSecond: Math.round(median(raw)),
          eventsPerSecond: Math.round(median(ours)),
          ratio: rounded(median(ours.map((value, round) => value / raw[round]!))),
          bytesPerEvent: await bytesPerEvent(pool),
        },
        rounds,
        settings: { ...server.settings, eventsPerCall: EVENTS_PER_CALL, callsPerRound, connections: 1 },
        versions: { postgresql: server.version },
      };
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
  }
}

async function perSecond<Call>(
  calls: readonly Call[],
  insert: (call: Call) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  for (const call of calls) await insert(call);
  return (calls.length * EVENTS_PER_CALL * 1_000) / (performance.now() - began);
}

function draftsOf(call: number): Draft[] {
  return Array.from({ length: EVENTS_PER_CALL }, (_, index) =>
    commented(call * 7_919 + index, accountOf(call)),
  );
}

/** The very text that record would send. It is ready before the clock starts: the bare table gets only the database's work. */
function asParameter({ registry }: Tidings, drafts: readonly Draft[]): string {
  return JSON.stringify(
    drafts.map((draft) => prepareEvent(draft, { registry, context: {}, account: undefined }).row),
  );
}

/** Heap and indexes of events and timeline, after all pages are as they stay. */
async function bytesPerEvent(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(`
    select (select sum(pg_total_relation_size(inhrelid)) from pg_inherits
             where inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass))::float8
           / (select count(*) from tidings.events) as bytes`);
  return Math.round(rows[0]!.bytes);
}
