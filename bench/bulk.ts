import { Pool } from "pg";
import { pg } from "../src/db/pg.ts";
import { prepareEvent } from "../src/events/prepare.ts";
import { createTidings, type Tidings } from "../src/index.ts";
import type { Bench, BenchOptions, BenchResult } from "./bench.ts";
import * as events from "./boardEvents.ts";
import { accountOf, commented } from "./boardEvents.ts";
import { createDatabase, startServer } from "./server.ts";
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

async function run({ server: choice, quick, rounds = quick ? 1 : 9, say }: BenchOptions): Promise<BenchResult> {
  const callsPerRound = quick ? 2 : 20;
  const server = await startServer(choice);
  try {
    const pool = new Pool({ connectionString: await createDatabase(server, "bench_bulk"), max: 1 });
    try {
      const tidings = createTidings({ db: pg(pool), events });
      await tidings.migrate();
      await pool.query(CREATE_BARE);
      const drafts = (call: number) =>
        Array.from({ length: EVENTS_PER_CALL }, (_, index) => commented(call * 7_919 + index, accountOf(call)));
      const bare = (call: number) => pool.query(INSERT_BARE, [asParameter(tidings, drafts(call))]);
      const recorded = (call: number) => tidings.record(...drafts(call));

      await bare(0);
      await recorded(0);
      const raw: number[] = [];
      const ours: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const calls = Array.from({ length: callsPerRound }, (_, index) => 1 + round * callsPerRound + index);
        // Who begins changes, so that the other one's dirty pages hit each in turn.
        const order = round % 2 === 0 ? [measureBare, measureRecord] : [measureRecord, measureBare];
        for (const measure of order) await measure(calls);
        say(`round ${round + 1} of ${rounds}: bare ${Math.round(raw.at(-1)!)}/s, record ${Math.round(ours.at(-1)!)}/s`);
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

      async function measureBare(calls: readonly number[]): Promise<void> {
        raw.push(await perSecond(calls, bare));
      }
      async function measureRecord(calls: readonly number[]): Promise<void> {
        ours.push(await perSecond(calls, recorded));
      }
    } finally {
      await pool.end();
    }
  } finally {
    await server.stop();
  }
}

async function perSecond(calls: readonly number[], insert: (call: number) => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (const call of calls) await insert(call);
  return (calls.length * EVENTS_PER_CALL * 1_000) / (performance.now() - began);
}

/** Checked and written as JSON, as `record` does: the bare table's caller needs valid events too. */
function asParameter({ registry }: Tidings<unknown>, drafts: ReturnType<typeof commented>[]): string {
  return JSON.stringify(drafts.map((draft) => prepareEvent(draft, { registry, context: {}, account: undefined }).row));
}

/** Heap and indexes of events and timeline, after all pages are as they stay. */
async function bytesPerEvent(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ bytes: number }>(`
    select (select sum(pg_total_relation_size(inhrelid)) from pg_inherits
             where inhparent in ('tidings.events'::regclass, 'tidings.timeline'::regclass))::float8
           / (select count(*) from tidings.events) as bytes`);
  return Math.round(rows[0]!.bytes);
}
