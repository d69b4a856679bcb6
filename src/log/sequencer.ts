import type { Database } from "../db/database.ts";
import { sqlStateOf } from "../db/sqlState.ts";
import type { Signals } from "../signals.ts";
import type { Settled } from "../withDefaults.ts";
import { createLoop, type Loop } from "./loop.ts";
import { bySequencer, ofSequencer } from "./sequencerRow.ts";

export interface SequencerOptions {
  /** Least milliseconds between two ticks, and the pace while events come. Default 20. */
  tickMs?: number | undefined;
  /** Milliseconds between ticks when nothing happened for a while: what a skipped NOTIFY missed waits so long. Default 250. */
  idleTickMs?: number | undefined;
  /** Milliseconds between two sweeps, which look for what no tick saw. Default 60_000. */
  sweepMs?: number | undefined;
}

export const sequencerDefaults: Settled<SequencerOptions> = { tickMs: 20, idleTickMs: 250, sweepMs: 60_000 };

/**
 * The part of the time since the last event that passes until the next look: after 160 ms the pace slackens, after two seconds it is
 * the idle one. At the fast pace for three seconds, an app that records once a second kept the worker and its connection at 14 % of a
 * processor; so it is 5 (measured).
 */
const IDLE_PART = 1 / 8;

export interface SequencerResult {
  /** `busy`: another process ticks at this moment. `moved`: the log is on another cluster and must be repaired. */
  readonly outcome: "ticked" | "idle" | "busy" | "moved" | "repaired" | "sound";
  readonly assigned: number;
  /** Null when busy. */
  readonly lastPosition: number | null;
}

export interface Sequencer {
  readonly loop: Loop;
  /** One tick, with the repair if the log has moved. */
  tick(): Promise<SequencerResult>;
}

/** Gives committed events their positions. Any process may run it; at each moment one ticks (see 0003_sequencer.sql). */
export function createSequencer(
  db: Database,
  signals: Signals,
  onPosition: (lastPosition: number) => void,
  { tickMs, idleTickMs, sweepMs }: Settled<SequencerOptions> = sequencerDefaults,
): Sequencer {
  let lastActivity = 0;
  let lastTick = 0;
  let nextSweep = 0; // times are of the monotonic clock

  async function tick(): Promise<SequencerResult> {
    const started = performance.now();
    const result = (await tickAlone(db)) ?? (await call(db, "tick"));
    if (result.outcome === "moved") return repair();
    if (result.outcome === "ticked") {
      const { assigned, lastPosition } = result;
      signals.emit("sequencer.ticked", {
        assigned,
        lastPosition: lastPosition!,
        durationMs: performance.now() - started,
      });
    }
    if (result.lastPosition !== null) onPosition(result.lastPosition);
    return result;
  }

  async function repair(): Promise<SequencerResult> {
    const result = await call(db, "repair");
    if (result.outcome === "repaired") {
      signals.emit("sequencer.repaired", { assigned: result.assigned, lastPosition: result.lastPosition! });
    }
    if (result.lastPosition !== null) onPosition(result.lastPosition);
    return result;
  }

  async function sweepWhenDue(): Promise<void> {
    if (performance.now() < nextSweep) return;
    nextSweep = performance.now() + sweepMs;
    const age = ofSequencer(await db.query<{ ms: number }>(SWEEP_AGE));
    // Another process has just done it. A sweep far in the future was made before the database's clock was set back.
    if (Math.abs(age.ms) < sweepMs / 2) return;
    const { assigned, lastPosition } = await call(db, "sweep");
    if (assigned > 0) {
      signals.emit("sequencer.swept", { assigned, lastPosition: lastPosition! });
      onPosition(lastPosition!);
    }
  }

  async function step(): Promise<number> {
    // A wake-up may come right after a tick: keep the distance, which also bounds NOTIFY to 50 a second.
    const early = lastTick + tickMs - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const { outcome } = await tick();
    lastTick = performance.now();
    if (outcome === "ticked" || outcome === "repaired") lastActivity = lastTick;
    await sweepWhenDue(); // also under constant load: on several nodes it is part of correctness
    return Math.min(Math.max((lastTick - lastActivity) * IDLE_PART, tickMs), idleTickMs);
  }

  return { tick, loop: createLoop("sequencer", signals, step) };
}

const SWEEP_AGE = `
select extract(epoch from clock_timestamp() - swept_at)::float8 * 1000 as ms from tidings.sequencer_now`;

/** How long repair waits for open writers before it lets new ones pass and tries again later. */
const REPAIR_LOCK_TIMEOUT = "set local lock_timeout = '2s'";

/**
 * A limit that suits an app's requests would cancel whatever takes longer on each try: a repair of a large log for ever, with all writers
 * waiting behind it. `transaction_timeout` is there since PostgreSQL 17.
 */
const NO_TIME_LIMIT = `
select set_config('statement_timeout', '0', true),
       case when current_setting('transaction_timeout', true) is not null then set_config('transaction_timeout', '0', true) end`;

const TIME_IS_UP = ["57014", "25P04"]; // a statement's, a transaction's

/**
 * Without BEGIN and COMMIT, a fifth of an idle tick (measured). Null where the database's default is not READ COMMITTED, or its limit of
 * time ended the tick.
 */
async function tickAlone(db: Database): Promise<SequencerResult | null> {
  try {
    const [row] = await bySequencer(db.query<ResultRow>(TICK_ALONE, [], { prepare: true }));
    return row ? resultOf(row) : null;
  } catch (error) {
    if (TIME_IS_UP.includes(sqlStateOf(error) ?? "")) return null;
    throw error;
  }
}

const TICK_ALONE = `
select outcome, assigned, last_position from tidings.tick()
 where current_setting('transaction_isolation') = 'read committed'`;

async function call(db: Database, name: "tick" | "sweep" | "repair"): Promise<SequencerResult> {
  // A transaction of ours, because the functions need READ COMMITTED whatever the database's default is.
  const called = db.transaction(async (tx) => {
    await tx.query(NO_TIME_LIMIT);
    if (name === "repair") await tx.execute(REPAIR_LOCK_TIMEOUT);
    const [row] = await tx.query<ResultRow>(`select outcome, assigned, last_position from tidings.${name}()`);
    return resultOf(row!);
  });
  return bySequencer(called);
}

interface ResultRow {
  outcome: SequencerResult["outcome"];
  assigned: number;
  last_position: string | null;
}

function resultOf({ outcome, assigned, last_position }: ResultRow): SequencerResult {
  return { outcome, assigned, lastPosition: last_position === null ? null : Number(last_position) };
}
