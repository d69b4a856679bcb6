import { randomUUID } from "node:crypto";
import type { Database } from "../db/database.ts";
import { asWritten } from "../db/schema.ts";
import { checkEventsVisible } from "../db/grants.ts";
import { TidingsError } from "../errors.ts";
import type { ContextStore } from "../events/context.ts";
import type { Registry } from "../events/registry.ts";
import { refuseEffects } from "../events/withoutEffects.ts";
import type { ApplyRoute } from "./applyRoute.ts";
import { compareWithin, type TableDifference } from "./compareTables.ts";
import { waitForPerforms } from "./inPlace.ts";
import type { ReplayAction } from "./replayAction.ts";
import { checkKept } from "./replayBeginning.ts";
import { checkReplayDefaults } from "./checkReplayOptions.ts";
import { LEASE_MS } from "./replayProgress.ts";
import { checkReplay, type CheckedReplay } from "./replayChecks.ts";
import { clearTables } from "./replayClear.ts";
import type { ReplayDefaults, ReplayOptions, RunReplay } from "./replayOptions.ts";
import { rehearse } from "./replayRehearsal.ts";
import type { ReplayReport } from "./replayReport.ts";
import { openReplay, type ReplayRun } from "./replayRun.ts";
import { refuseUnknown, replayScan } from "./replayScan.ts";
import { checkRoutes } from "./routes.ts";
import { holdSnapshot, numberAll, type SourceSnapshot } from "./snapshotOfSource.ts";
import { findEnd } from "./until.ts";

export interface ReplayDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly contexts: ContextStore;
  readonly replayAction: ReplayAction;
  readonly applyRoute: ApplyRoute;
}

/** `tidings.replay`: does again what the log says, in place or into another database. */
export function createReplay<Handle>(
  dependencies: ReplayDependencies,
  given: ReplayDefaults<Handle>,
): RunReplay<Handle> {
  const defaults = given as ReplayDefaults; // handles are passed on, and never looked into
  const { db, registry } = dependencies;
  checkReplayDefaults(defaults);
  checkRoutes(defaults.routes ?? [], registry, ["replay", "routes"]);
  const leaseMs = defaults.leaseMs ?? LEASE_MS;
  return async (options) => {
    const context = dependencies.contexts.current();
    refuseEffects(context, "replay");
    // It would wait for the very transaction that waits for it.
    if (context.act?.isOpen) throw new TidingsError("NOT_IN_ACTION", { detail: "replay" });
    const replay = checkReplay(options as ReplayOptions, defaults, registry);
    await checkEventsVisible(db);
    await checkKept(db, replay);
    if (replay.dryRun) return rehearse(dependencies, replay);
    if (replay.into !== "scratch") return replayInto(dependencies, replay, replay.into ?? null, leaseMs);
    if (!defaults.scratch) throw new TidingsError("NO_SCRATCH");
    const scratch = await defaults.scratch();
    try {
      return await replayInto(dependencies, replay, scratch.db, leaseMs);
    } finally {
      await scratch.drop();
    }
  };
}

async function replayInto(
  dependencies: ReplayDependencies,
  replay: CheckedReplay,
  into: Database | null,
  leaseMs: number,
): Promise<ReplayReport> {
  const { db, contexts } = dependencies;
  const startedBy = contexts.current().actor ?? null;
  const run = await openReplay(db, replay, { id: randomUUID(), into, startedBy, leaseMs });
  try {
    run.tell("waiting");
    if (into === null) await waitForPerforms(db, replay.signal);
    await replayAll(dependencies, replay, run);
    const tables = replay.compare.length === 0 ? null : await compareAll(dependencies, replay, run);
    return await run.finish(tables);
  } catch (error) {
    await run.fail(error);
    throw error;
  } finally {
    await run.close();
  }
}

async function replayAll(
  dependencies: ReplayDependencies,
  replay: CheckedReplay,
  run: ReplayRun,
): Promise<void> {
  const { db } = dependencies;
  const { until, account } = replay.what;
  const end = await findEnd(db, until ?? undefined, account, await db.transaction(numberAll));
  run.endsAt(end.position);
  const whole = { log: db, ...end, seen: null };
  // Here people would be left with empty tables; elsewhere the second reading would only take time.
  if (!run.cleared() && !replay.into) await refuseUnknown(replay, whole);
  if (!run.cleared()) await clearTables(replay, run);
  run.tell("replaying");
  await replayScan(dependencies, replay, run, whole);
}

function compareAll(
  dependencies: ReplayDependencies,
  replay: CheckedReplay,
  run: ReplayRun,
): Promise<readonly TableDifference[]> {
  return holdSnapshot(dependencies.db, async (moment) => {
    // What was written since: only now does the log stand still, and the tables with it.
    if (replay.what.until === null) await replayRest(dependencies, replay, run, moment);
    run.tell("comparing");
    return run.target.transaction(async (replayed) => {
      await replayed.execute("set transaction isolation level repeatable read, read only");
      const account = replay.what.account ?? undefined;
      return compareWithin(asWritten(moment.tables), replayed, replay.compare, {
        account,
        signal: replay.signal,
      });
    });
  });
}

async function replayRest(
  dependencies: ReplayDependencies,
  replay: CheckedReplay,
  run: ReplayRun,
  { log, seen, lastPosition }: SourceSnapshot,
): Promise<void> {
  run.endsAt(lastPosition);
  await replayScan(dependencies, replay, run, { log, position: lastPosition, before: null, seen });
}
