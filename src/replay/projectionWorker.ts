import { hostname } from "node:os";
import { randomBytes } from "node:crypto";
import type { Database } from "../db/database.ts";
import type { ContextStore } from "../events/context.ts";
import type { Registry } from "../events/registry.ts";
import { createLoop, type Loop } from "../log/loop.ts";
import { createReadAhead } from "../log/readAhead.ts";
import { createReaderWithPlace } from "../log/readerWithPlace.ts";
import { checkSubscription, type Subscription } from "../log/subscription.ts";
import { createSlot, type Slot } from "../log/subscriptionSlot.ts";
import { resumeSubscription } from "../log/subscriptionStates.ts";
import type { Tail } from "../log/tail.ts";
import type { Signals } from "../signals.ts";
import { beginGeneration } from "./beginGeneration.ts";
import type { Projection } from "./defineProjection.ts";
import { readGenerations, type Generation } from "./generations.ts";
import { inProjection } from "./inProjection.ts";
import { tableNames } from "./projectionTables.ts";
import { dropGeneration, isNearlyComplete, swapGeneration } from "./swapGeneration.ts";

export interface ProjectionWorkerDependencies {
  readonly db: Database;
  readonly tail: Pick<Tail, "recent" | "timesBack">;
  readonly registry: Registry;
  readonly signals: Signals;
  readonly contexts: ContextStore;
  readonly leaseMs: number;
  readonly unknownForMs: number;
}

/** Builds and keeps up to date one projection, in this process. Several processes may: the leases say who works. */
export interface ProjectionWorker {
  readonly loop: Loop;
  /** Makes sure that there is something to work on, and lets what stopped try again: its code may have been mended. */
  prepare(): Promise<void>;
  /** Something was recorded. */
  wake(): void;
  stop(): Promise<void>;
  /** Up to where the live tables are, if this process fills them and nothing waits for a retry. */
  caughtUpTo(): number | null;
  /** Why it does not get on, beside what its handler throws; undefined when the latest look was well. */
  failure(): unknown;
}

/** How long the loop sleeps while it waits for a build to be complete, and otherwise. */
const BUILDING_MS = 100;
const IDLE_MS = 1_000;

export function createProjectionWorker(
  projection: Projection,
  dependencies: ProjectionWorkerDependencies,
): ProjectionWorker {
  const { db, signals } = dependencies;
  const { name, version } = projection;
  // A name of its own for each start: leases of an earlier one are not mistaken for ours.
  const owner = `${hostname()}:${process.pid}:${randomBytes(4).toString("hex")}`;
  let working: readonly Working[] = [];
  let failure: unknown;

  async function step(): Promise<number> {
    const present = await readGenerations(db, name);
    const ours = present.generations.filter((each) => each.version === version && each.state !== "retired");
    await work(ours);
    for (const old of present.generations) if (old.state === "retired") await dropGeneration(db, old);
    const building = ours.find(({ state }) => state === "building");
    if (!building) return IDLE_MS;
    if (!isNearlyComplete(building, present.lastPosition)) return BUILDING_MS;
    // Where somebody reads for long, not at once again: what is live stands still while it is tried.
    if (!(await swapGeneration(db, building, wake))) return IDLE_MS;
    signals.emit("projection.swapped", { name, version, generation: building.generation });
    return 0;
  }

  /** One slot for each of these generations and none for others. What goes live begins anew with the patience of live ones. */
  async function work(ours: readonly Generation[]): Promise<void> {
    const goesOn = ({ subscription, state }: Working) =>
      ours.some((each) => each.subscription === subscription && each.state === state);
    const over = working.filter((each) => !goesOn(each));
    working = working.filter(goesOn);
    await end(over);
    const known = new Set(working.map(({ subscription }) => subscription));
    for (const generation of ours) {
      if (known.has(generation.subscription)) continue;
      const slot = createGenerationSlot(projection, generation, { ...dependencies, owner });
      working = [...working, { ...slot, subscription: generation.subscription, state: generation.state }];
      slot.loop.start();
    }
  }

  const wake = () => working.forEach((slot) => slot.loop.wake());
  const loop = createLoop(`projection ${name}`, signals, async () => {
    try {
      const pause = await step();
      failure = undefined;
      return pause;
    } catch (error) {
      failure = error;
      throw error;
    }
  });
  return {
    loop,
    prepare: async () => {
      await beginGeneration(dependencies, projection, { anew: false });
      const { generations } = await readGenerations(db, name);
      for (const each of generations) {
        if (each.version === version && each.worker === "stopped")
          await resumeSubscription(db, each.subscription);
      }
    },
    wake,
    stop: async () => {
      await loop.stop();
      await end(working);
      working = [];
    },
    failure: () => failure,
    caughtUpTo: () => working.find(({ state }) => state === "live")?.caughtUpTo() ?? null,
  };
}

type Working = Slot & Pick<Generation, "subscription" | "state">;

async function end(slots: readonly Slot[]): Promise<void> {
  await Promise.all(slots.map((slot) => slot.loop.stop()));
  await Promise.all(slots.map((slot) => slot.release().catch(() => undefined))); // the lease runs out by itself
}

/** A build that fails is waited for by somebody; live tables stand still and are read all the same. */
const BUILDING_TRIES = 3;
const LIVE_TRIES = 10;

function createGenerationSlot(
  projection: Projection,
  { subscription: name, state, tables }: Generation,
  dependencies: ProjectionWorkerDependencies & { readonly owner: string },
): Slot {
  const { db, tail, registry, contexts, unknownForMs } = dependencies;
  const building = state === "building";
  const run = runIn(projection, tableNames(tables), db, contexts);
  const checked = checkSubscription(
    name,
    { types: projection.events, onFailure: "stop", maxAttempts: building ? BUILDING_TRIES : LIVE_TRIES, run },
    registry,
  );
  const subscription: Subscription = { ...checked, batch: projection.batch, mixed: true };
  const place = createReaderWithPlace(tail, () => {
    const readAhead = createReadAhead(db, { types: checked.types!, lanes: checked.lanes });
    return async (after) => tail.recent(after) ?? readAhead(after);
  });
  return createSlot(subscription, 0, {
    ...dependencies,
    tail: place,
    unknownForMs: building ? 0 : unknownForMs,
  });
}

/** The projection's handler as that of a subscription. */
function runIn(
  projection: Projection,
  names: ReadonlyMap<string, string>,
  db: Database,
  contexts: ContextStore,
): Subscription["run"] {
  return async (events, { tx, signal }) => {
    const call = { contexts, names, signal, tx: db.adopt(tx) };
    await inProjection(projection, call, (context) => projection.run(events, context));
  };
}
