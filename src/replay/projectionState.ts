import type { Generation, Generations } from "./generations.ts";

/** How one projection is doing. While it is rebuilt there are two of it: the live one, and the one being built. */
export interface ProjectionState extends Pick<
  Generation,
  | "name"
  | "version"
  | "generation"
  | "subscription"
  | "position"
  | "worker"
  | "lastError"
  | "startedAt"
  | "liveSince"
> {
  readonly state: "building" | "live";
  /** How many positions lie before the end of the log. */
  readonly behind: number;
  /** Positions a second since this process last looked, a second ago or more; null at the first look. */
  readonly perSecond: number | null;
  /** The views that everybody reads. */
  readonly tables: readonly string[];
}

/** Makes states of generations, and remembers where they were. */
export function createProjectionStates(): (present: Generations) => ProjectionState[] {
  const seen = new Map<string, Sample>();
  const measure = (subscription: string, position: number): number | null => {
    const at = performance.now();
    const last = seen.get(subscription);
    if (last && at - last.at < SAMPLE_MS) return last.perSecond;
    const perSecond = last
      ? Math.max(0, Math.round(((position - last.position) * 1_000) / (at - last.at)))
      : null;
    seen.set(subscription, { at, position, perSecond });
    return perSecond;
  };
  return ({ generations, lastPosition }) =>
    generations.flatMap((generation) => {
      const { state, position, subscription, tables } = generation;
      if (state === "retired") return [];
      return {
        name: generation.name,
        version: generation.version,
        generation: generation.generation,
        state,
        subscription,
        tables: tables.map(({ name }) => name),
        position,
        behind: Math.max(0, lastPosition - position),
        perSecond: measure(subscription, position),
        worker: generation.worker,
        lastError: generation.lastError,
        startedAt: generation.startedAt,
        liveSince: generation.liveSince,
      };
    });
}

const SAMPLE_MS = 1_000;

interface Sample {
  readonly at: number;
  readonly position: number;
  readonly perSecond: number | null;
}
