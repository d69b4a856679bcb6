import type { Queryable, Transaction } from "../db/database.ts";
import { ofSequencer } from "../log/sequencerRow.ts";
import type { PhysicalTable } from "./projectionTables.ts";

/** One set of tables of a projection: what 0013_projections.sql says, and how far its subscription is. */
export interface Generation {
  readonly name: string;
  readonly version: number;
  /** Counts the rebuilds of one version, from 1. */
  readonly generation: number;
  /** `live`: what everybody reads. `building`: it will be, once complete. `retired`: dropped when nobody reads it any more. */
  readonly state: "building" | "live" | "retired";
  readonly subscription: string;
  readonly tables: readonly PhysicalTable[];
  /** The last position as it began: before that it is not complete. */
  readonly buildUpTo: number;
  readonly startedAt: Date;
  readonly liveSince: Date | null;
  /** Everything up to here is in its tables. */
  readonly position: number;
  /** `waiting`: the last try failed and the next one has its time. `idle`: no process works on it. */
  readonly worker: "running" | "waiting" | "stopped" | "idle";
  readonly lastError: string | null;
}

export interface Generations {
  /** By name, version and generation. */
  readonly generations: readonly Generation[];
  /** The last position given: where the log ends at present. */
  readonly lastPosition: number;
}

interface GenerationRow {
  last_position: string;
  name: string | null;
  version: number;
  generation: number;
  state: Generation["state"];
  subscription: string;
  tables: string;
  build_up_to: string;
  started_ms: number;
  live_ms: number | null;
  position: string | null;
  worker: Generation["worker"];
  last_error: string | null;
}

const GENERATIONS = `
select q.last_position::text, p.name, p.version, p.generation, p.state, p.subscription, p.tables::text, p.build_up_to::text,
       extract(epoch from p.started_at)::float8 * 1000 as started_ms,
       extract(epoch from p.live_since)::float8 * 1000 as live_ms,
       s.position::text, s.last_error,
       case when s.state = 'stopped' then 'stopped' when s.lease_until > now() is not true then 'idle'
            when s.retry_at > now() then 'waiting' else 'running' end as worker
  from tidings.sequencer_now q
  left join tidings.projections p on $1::text is null or p.name = $1
  left join tidings.subscriptions s on s.name = p.subscription and s.slot = 0
 order by p.name, p.version, p.generation`;

/** Of one projection, or of all. */
export async function readGenerations(on: Queryable, name: string | null): Promise<Generations> {
  const rows = await on.query<GenerationRow>(GENERATIONS, [name]);
  return {
    lastPosition: Number(ofSequencer(rows).last_position),
    generations: rows.flatMap((row) => (row.name === null ? [] : [generationOf({ ...row, name: row.name })])),
  };
}

/**
 * Whoever begins, swaps or drops generations of a projection does so alone, until the transaction ends. The lock comes before
 * those on rows and tables.
 */
export async function lockProjection(tx: Transaction, name: string): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('tidings.projections ' || $1, 0))", [name]);
}

function generationOf(row: GenerationRow & { readonly name: string }): Generation {
  return {
    name: row.name,
    version: row.version,
    generation: row.generation,
    state: row.state,
    subscription: row.subscription,
    tables: JSON.parse(row.tables) as PhysicalTable[],
    buildUpTo: Number(row.build_up_to),
    startedAt: new Date(row.started_ms),
    liveSince: row.live_ms === null ? null : new Date(row.live_ms),
    position: Number(row.position ?? 0),
    worker: row.worker,
    lastError: row.last_error,
  };
}
