import { setTimeout as pause } from "node:timers/promises";
import type { Database, Transaction } from "../db/database.ts";
import { TidingsError, isTidingsError } from "../errors.ts";
import type { EntityRef } from "../events/entity.ts";
import { putSequencesBack, type SequenceValues } from "./clearedSequences.ts";
import type { TableDifference } from "./compareTables.ts";
import type { CheckedReplay } from "./replayChecks.ts";
import { replayFailure } from "./replayFailure.ts";
import type { ReplayProgress } from "./replayOptions.ts";
import {
  checkpointReplay,
  claimReplay,
  endReplay,
  keepSequences,
  releaseReplay,
  renewReplay,
  type Claim,
  type HeldReplay,
} from "./replayProgress.ts";
import { createReplayTable, wasReplayedInto, type ReplayTable } from "./replayTable.ts";
import { createReport, type ReplayReport } from "./replayReport.ts";
import { emptyTally, type Tally } from "./replayTally.ts";

/** What has been done, and what is written with it. */
export interface ReplayPlace {
  readonly position: number;
  readonly tally: Tally;
}

/** A replay that this process runs: keeps its place, tells how far it is, and holds it against other processes. */
export interface ReplayRun {
  /** The database that is written to. */
  readonly target: Database;
  position(): number;
  tally(): Tally;
  cleared(): boolean;
  /** Where the sequences of emptied tables stood, before it or a replay that it takes the place of. */
  sequences(): SequenceValues;
  /** They are put back when it is done. */
  keepSequences(tx: Transaction, values: SequenceValues): Promise<void>;
  /** Says where it ends. */
  endsAt(position: number): void;
  tell(phase: ReplayProgress["phase"]): void;
  /** Writes a checkpoint in the transaction that it is about. */
  note(tx: Transaction, place: ReplayPlace): Promise<void>;
  /** Counts what has been committed. */
  advance(place: ReplayPlace): void;
  finish(tables: readonly TableDifference[] | null): Promise<ReplayReport>;
  fail(error: unknown): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Null: in place. */
  readonly into: Database | null;
  readonly id: string;
  readonly startedBy: EntityRef | null;
  readonly leaseMs: number;
}

/** Begins a replay, or goes on with the one that the same call began. Throws REPLAY_UNDER_WAY when somebody else runs it. */
export async function openReplay(
  db: Database,
  replay: CheckedReplay,
  options: OpenOptions,
): Promise<ReplayRun> {
  const { what, fingerprint, after, restart = false, signal } = replay;
  const { into, ...begun } = options;
  const target = into ?? db;
  const table: ReplayTable = into ? "tidings_replays" : "tidings.replays";
  if (into) await createReplayTable(into);
  const claim: Claim = {
    ...begun,
    kind: into ? "into" : "in_place",
    account: what.account,
    fingerprint,
    request: { ...what, strict: replay.strict },
    from: after,
    restart,
  };
  const held = await hold(target, table, claim, signal);
  if (into && !held.resumed && replay.clear === undefined && (await wasReplayedInto(into))) {
    await endReplay(into, table, held, "cancelled");
    throw new TidingsError("REPLAY_NEEDS_CLEAR", {
      detail: "Something was replayed into this database before",
    });
  }
  return runHeld(replay, { target, table, held, claim });
}

/** So often in the time of a lease somebody who waits for it looks again. */
const LOOK_AGAIN = 10;

/** A process that died holds it until its lease ends; one that renews the lease is alive. */
async function hold(
  target: Database,
  table: ReplayTable,
  claim: Claim,
  signal: AbortSignal | undefined,
): Promise<HeldReplay> {
  let lease: string | undefined;
  for (;;) {
    const outcome = await claimReplay(target, table, claim);
    if (!("heldUntil" in outcome)) return outcome;
    if (lease !== undefined && lease !== outcome.heldUntil) {
      throw new TidingsError("REPLAY_UNDER_WAY", { detail: `The replay ${outcome.id} is running` });
    }
    lease = outcome.heldUntil;
    await pause(claim.leaseMs / LOOK_AGAIN);
    signal?.throwIfAborted();
  }
}

interface HeldRun {
  readonly target: Database;
  readonly table: ReplayTable;
  readonly held: HeldReplay;
  readonly claim: Claim;
}

function runHeld(replay: CheckedReplay, { target, table, held, claim }: HeldRun): ReplayRun {
  const { leaseMs } = claim;
  const began = performance.now();
  let place: ReplayPlace = { position: held.position, tally: held.tally ?? emptyTally };
  const before = place;
  let { cleared, sequences } = held;
  let until = 0;
  let phase: ReplayProgress["phase"] = "waiting";

  const tell = (next: ReplayProgress["phase"]) => {
    phase = next;
    const elapsed = performance.now() - began;
    const { position, tally } = place;
    const events = tally.replayed - before.tally.replayed;
    const share = until > before.position ? (position - before.position) / (until - before.position) : 0;
    replay.onProgress?.({
      id: held.id,
      phase,
      events: tally.replayed,
      position,
      lastPosition: until,
      perSecond: elapsed > 0 ? Math.round((events * 1_000) / elapsed) : 0,
      millisecondsLeft: share > 0 ? Math.round((elapsed * (1 - share)) / share) : null,
    });
  };

  let beating: Promise<unknown> = Promise.resolve();
  const beat = () => renewReplay(target, table, held, leaseMs);
  // A database that does not answer is noticed by the batch under way.
  const heart = setInterval(() => void (beating = beating.then(beat).catch(() => undefined)), leaseMs / 3);

  return {
    target,
    position: () => place.position,
    tally: () => place.tally,
    cleared: () => cleared,
    sequences: () => sequences,
    keepSequences: async (tx, values) => {
      await keepSequences(tx, table, held, values);
      sequences = values;
    },
    endsAt: (position) => void (until = position),
    tell,
    note: (tx, { position, tally }) =>
      checkpointReplay(tx, table, held, { position, tally, until, cleared: true }, leaseMs),
    advance: (next) => {
      place = next;
      cleared = true;
      tell(phase);
    },
    finish: async (tables) => {
      place = { ...place, position: Math.max(place.position, until) };
      await target.transaction(async (tx) => {
        await checkpointReplay(tx, table, held, { ...place, until, cleared: true }, leaseMs);
        await putSequencesBack(tx, sequences);
        await endReplay(tx, table, held, "done");
      });
      const { position, tally } = place;
      const milliseconds = Math.round(performance.now() - began);
      return createReport(replay, {
        id: held.id,
        resumed: held.resumed,
        position,
        tally,
        tables,
        milliseconds,
      });
    },
    fail: async (error) => {
      // Before the tables were cleared nothing has happened that would have to be continued.
      if (!cleared || isTidingsError(error, "REPLAY_CANCELLED")) {
        return endReplay(target, table, held, "cancelled").catch(() => undefined);
      }
      const failure = replay.signal?.aborted && error === replay.signal.reason ? null : replayFailure(error);
      // What failed may be the database: then the lease ends by itself.
      await releaseReplay(target, table, held, failure).catch(() => undefined);
    },
    close: async () => {
      clearInterval(heart);
      await beating;
    },
  };
}
