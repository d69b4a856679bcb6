import type { Queryable } from "../db/database.ts";
import { prunedAt } from "./replayBeginning.ts";
import { replayBatch } from "./replayBatch.ts";
import type { CheckedReplay } from "./replayChecks.ts";
import type { ReplayDependencies } from "./replay.ts";
import { failedAt } from "./replayFailure.ts";
import { loadInside, rootsOf } from "./replayInside.ts";
import type { ReplayRun } from "./replayRun.ts";
import { scanActions } from "./scanActions.ts";

/** A stretch of the log, from where the run is. */
export interface Stretch {
  readonly log: Queryable;
  /** The last position. */
  readonly position: number;
  readonly before: string | null;
  readonly seen: string | null;
}

/** Replays a stretch of the log, batch by batch, each with its checkpoint in one transaction. */
export async function replayScan(
  { registry, replayAction, applyRoute }: ReplayDependencies,
  replay: CheckedReplay,
  run: ReplayRun,
  { log, position: upTo, before, seen }: Stretch,
): Promise<void> {
  const { strict, batch, treatmentOf } = replay;
  const dependencies = { registry, replayAction, applyRoute, strict, treatmentOf };
  const { account, subject } = replay.what;
  const family = familyOf(replay, upTo);
  const scan = { after: run.position(), upTo, account, subject, routed: replay.routed, before, seen };
  for await (const page of scanActions(log, scan)) {
    if (page.gone.length > 0) throw prunedAt(page.gone[0]!);
    const roots = await rootsOf(log, page.events, family);
    const inside = await loadInside(log, roots);
    for (let first = 0; first < roots.length; first += batch) {
      const events = roots.slice(first, first + batch);
      const position = first + batch < roots.length ? events.at(-1)!.position : page.scannedTo;
      replay.signal?.throwIfAborted();
      const tally = await replayBatch(run.target, dependencies, {
        events,
        inside,
        tally: run.tally(),
        note: (tx, counted) => run.note(tx, { position, tally: counted }),
      });
      run.advance({ position, tally });
    }
    replay.signal?.throwIfAborted();
    // A page without anything to replay is not worth a commit.
    if (roots.length === 0) run.advance({ position: page.scannedTo, tally: run.tally() });
  }
}

/** Before anything is emptied: throws at the first event that is gone, or that a strict replay could not pass. */
export async function refuseUnknown(
  replay: CheckedReplay,
  { log, position: upTo, before, seen }: Stretch,
): Promise<void> {
  const family = familyOf(replay, upTo);
  const { account, subject } = replay.what;
  const scan = { after: replay.after, upTo, account, subject, routed: replay.routed, before, seen };
  for await (const page of scanActions(log, scan)) {
    replay.signal?.throwIfAborted();
    if (page.gone.length > 0) throw prunedAt(page.gone[0]!);
    for (const event of await rootsOf(log, page.events, family)) {
      const treatment = replay.treatmentOf(event);
      if (replay.strict && treatment.by === "unknown")
        throw failedAt(event, treatment.code, treatment.detail);
    }
  }
}

export function familyOf({ what, filtered, wants }: CheckedReplay, lastPosition: number) {
  const { until, account } = what;
  const cut = until !== null && !("time" in until);
  return { wants, lastPosition, whole: !filtered && account === null && !cut };
}
