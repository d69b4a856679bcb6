import { read, send } from "./request.ts";

export interface Projection {
  readonly name: string;
  /** What everybody reads. */
  readonly tables: readonly string[];
  /** What the code of the server that answers defines; null where it defines none of this name. */
  readonly definedVersion: number | null;
  /** What reads see; null before the first one was built. */
  readonly live: ProjectionBuild | null;
  /** What takes its place once it is complete. */
  readonly building: ProjectionBuild | null;
}

/** One set of tables of a projection, and how far they are. */
export interface ProjectionBuild {
  readonly version: number;
  /** Everything up to here is in its tables. */
  readonly position: number;
  readonly behind: number;
  /** As the server saw it between its last looks; null before the second one. */
  readonly perSecond: number | null;
  /** `waiting`: the last try failed, the next one has its time. `idle`: no process works on it. */
  readonly state: "running" | "waiting" | "stopped" | "idle";
  readonly lastError: string | null;
}

export interface Projections {
  readonly lastPosition: number;
  readonly items: readonly Projection[];
}

export const readProjections = () => read<Projections>("projections");

export const rebuildProjection = (name: string) =>
  send<Projection>("POST", `projections/${encodeURIComponent(name)}/rebuild`);
