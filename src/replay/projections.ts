import { aFunction, aSignal, checkOption, checkOptions } from "../checkOptions.ts";
import { checkEventsVisibleOnce } from "../db/grants.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import { TidingsError } from "../errors.ts";
import type { SubscriptionRunner } from "../log/subscriptions.ts";
import type { Tail } from "../log/tail.ts";
import { isProjection, type Projection } from "./defineProjection.ts";
import { readGenerations } from "./generations.ts";
import { projectionAt, type PastTables } from "./projectionAt.ts";
import { createProjectionStates, type ProjectionState } from "./projectionState.ts";
import { createProjectionWorker, type ProjectionWorkerDependencies } from "./projectionWorker.ts";
import { followRebuild, requestRebuild, type RebuildOptions } from "./rebuildProjection.ts";
import { removeProjection } from "./swapGeneration.ts";
import type { ReplayUntil } from "./until.ts";
import { waitForProjection, type ProjectedEvent, type WaitForOptions } from "./waitForProjection.ts";

/** The projections of this app: how they are, their repair, and their past. */
export interface Projections {
  /** All that the database holds, also those of other processes. */
  list(): Promise<ProjectionState[]>;
  /** What this process defines, whether or not it runs. */
  registered(): readonly Pick<Projection, "name" | "version">[];
  /**
   * Builds the tables anew beside the live ones, which go on, and swaps them when they are complete. Joins a rebuild under
   * way, also one whose process was killed. Works on it until it is live, or waits where other processes do. Throws
   * PROJECTION_NOT_FOUND, PROJECTION_SUPERSEDED, PROJECTION_STOPPED, REPLAY_PRUNED.
   */
  rebuild(name: string, options?: RebuildOptions): Promise<ProjectionState>;
  /** As `rebuild`, without waiting: whoever runs the worker does the work. `list` shows how far it is. */
  requestRebuild(name: string): Promise<ProjectionState>;
  /**
   * Resolves when what everybody reads holds this event: to read one's own writes. Throws PROJECTION_BEHIND after `timeoutMs`
   * (default 5_000) with how far it is, PROJECTION_STOPPED, PROJECTION_NOT_FOUND.
   */
  waitFor(name: string, event: ProjectedEvent, options?: WaitForOptions): Promise<void>;
  /**
   * Queries the tables as they were at a moment, built for this call in temporary ones. Takes as long as a rebuild up to there.
   * Throws PROJECTION_NOT_FOUND, EVENT_NOT_FOUND, INVALID_OPTION.
   */
  at<Result>(
    name: string,
    until: ReplayUntil,
    read: (past: PastTables) => Promise<Result>,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Result>;
  /**
   * Drops the tables and views of a projection that no process defines any more. False where somebody reads them at the
   * moment: call again. Throws PROJECTION_NOT_FOUND.
   */
  remove(name: string): Promise<boolean>;
}

/** A module of projections (`import * as projections from "./projections.ts"`), or a list of them. */
export type ProjectionDefinitions = object | readonly Projection[];

export interface ProjectionsDependencies extends Omit<ProjectionWorkerDependencies, "tail"> {
  readonly tail: Tail;
}

export function createProjections(
  definitions: ProjectionDefinitions,
  dependencies: ProjectionsDependencies,
): { readonly api: Projections; readonly runner: SubscriptionRunner } {
  const { db, tail, registry, signals } = dependencies;
  const projections = collect(definitions);
  for (const projection of projections.values()) checkRegistered(projection, registry.types);
  const states = createProjectionStates();
  const find = (name: string): Projection => {
    const projection = projections.get(name);
    if (projection) return projection;
    throw new TidingsError("PROJECTION_NOT_FOUND", { detail: `"${String(name)}"` });
  };
  const onHandled = (listener: () => void) => signals.on("subscription.handled", listener);
  const create = (projection: Projection) => createProjectionWorker(projection, dependencies);
  let running: Running | undefined;

  const runner: SubscriptionRunner = {
    start: async () => {
      if (projections.size === 0) return;
      const workers = new Map([...projections].map(([name, projection]) => [name, create(projection)]));
      const run: Running = (running = { workers, follow: undefined });
      for (const worker of workers.values()) await worker.prepare();
      const wake = () => workers.forEach((worker) => worker.wake());
      run.follow = await tail.follow(wake, wake);
      if (running !== run) return run.follow.stop(); // stopped meanwhile
      workers.forEach((worker) => worker.loop.start());
    },
    stop: async () => {
      const stopping = running;
      running = undefined;
      stopping?.follow?.stop();
      await Promise.all([...(stopping?.workers.values() ?? [])].map((worker) => worker.stop()));
    },
    caughtUp: async (position) => {
      if (!running) return true;
      const { generations } = await readGenerations(db, null);
      return [...running.workers].every(([name, worker]) => {
        const { version } = projections.get(name)!;
        const ofName = generations.filter((each) => each.name === name && each.state !== "retired");
        const live = ofName.find(({ state }) => state === "live");
        if (!live || live.version < version) return false;
        if (live.version > version) return true;
        const upTo = worker.caughtUpTo() ?? live.position;
        return upTo >= position && ofName.every(({ state }) => state === "live");
      });
    },
  };

  async function stateOf(subscription: string): Promise<ProjectionState> {
    const present = states(await readGenerations(db, null));
    return present.find((each) => each.subscription === subscription)!;
  }

  const api: Projections = {
    list: async () => states(await readGenerations(db, null)),
    registered: () => [...projections.values()].map(({ name, version }) => ({ name, version })),
    requestRebuild: async (name) => stateOf((await requestRebuild(dependencies, find(name))).subscription),
    rebuild: async (name, options = {}) => {
      const projection = find(name);
      checkOptions(options, { onProgress: aFunction, signal: aSignal });
      await checkEventsVisibleOnce(db);
      const begun = await requestRebuild(dependencies, projection);
      const working = running?.workers.get(name);
      const worker = working ?? create(projection);
      if (working) working.loop.wake();
      else worker.loop.start();
      try {
        const live = await followRebuild(db, projection, begun, options, worker.failure);
        return await stateOf(live.subscription);
      } finally {
        if (!working) await worker.stop();
      }
    },
    waitFor: async (name, event, options = {}) =>
      waitForProjection(db, find(name).name, event, options, onHandled),
    at: async (name, until, read, options = {}) => {
      const projection = find(name);
      checkOption(read, aFunction, ["read"]);
      checkOptions(options, { signal: aSignal });
      await checkEventsVisibleOnce(db);
      return projectionAt(dependencies, projection, until, read, options.signal);
    },
    remove: async (name) => {
      const { generations } = await readGenerations(db, name);
      if (generations.length === 0) throw new TidingsError("PROJECTION_NOT_FOUND", { detail: `"${name}"` });
      return removeProjection(db, name);
    },
  };
  return { api, runner };
}

/** What lies between one start and the stop that belongs to it. */
interface Running {
  readonly workers: ReadonlyMap<string, ReturnType<typeof createProjectionWorker>>;
  follow: { stop(): void } | undefined;
}

function collect(definitions: ProjectionDefinitions): ReadonlyMap<string, Projection> {
  const found = new Map<string, Projection>();
  const tables = new Set<string>();
  for (const projection of new Set(Object.values(definitions).filter(isProjection))) {
    const { name } = projection;
    const twice = found.has(name) ? `projection "${name}"` : undefined;
    const shared = projection.tables.find((table) => tables.has(table.name));
    const again = twice ?? (shared && `table "${shared.name}"`);
    if (again) throw new TidingsError("INVALID_DEFINITION", { detail: `${again} is defined twice` });
    found.set(name, projection);
    projection.tables.forEach((table) => tables.add(table.name));
  }
  return found;
}

/** A definition that is not registered would be read by another one of the same type, or by none. */
function checkRegistered({ name, events }: Projection, types: readonly AnyEventDefinition[]): void {
  const missing = events.find((event) => !types.includes(event));
  if (missing) {
    throw new TidingsError("INVALID_DEFINITION", {
      detail: `projection "${name}": ${missing.type} is not among the events given to createTidings`,
    });
  }
}
