import type { EntityRef } from "../../../src/react/wire.ts";
import { read, send } from "./request.ts";

/** How far the past is taken: one of them. */
export type Until = { readonly time: string } | { readonly position: number } | { readonly eventId: string };

/** What happens: nothing is written, a copy is made and compared, the app's own tables are made anew. */
export type ReplayKind = "dry_run" | "compare" | "in_place";

/** What may be replayed here, and what is missing for the rest. */
export interface ReplaySetup {
  /** The actions that are recorded, by type; what a replay runs. */
  readonly actions: readonly { readonly type: string; readonly version: number }[];
  /** How many routes old versions have. */
  readonly routes: number;
  /** What a comparison looks at; empty where none can be made. */
  readonly tables: readonly string[];
  /** The app can empty its tables for a replay in place. */
  readonly clear: boolean;
  /** What has to be typed before a replay in place. */
  readonly confirm: string;
  readonly lastPosition: number;
}

export interface ReplayRequest {
  readonly kind: ReplayKind;
  /** Left out: up to now. */
  readonly until?: Until | undefined;
  readonly types?: readonly string[] | undefined;
  /** `card:14`. */
  readonly subject?: string | undefined;
  readonly strict?: boolean | undefined;
  readonly confirm?: string | undefined;
}

export interface Replay {
  readonly id: string;
  readonly kind: ReplayKind;
  /** `interrupted`: the process that ran it is gone. */
  readonly state: "running" | "done" | "failed" | "cancelled" | "interrupted";
  /** Of every account, not begun here: while it runs in place, this account's actions are refused. */
  readonly wide: boolean;
  readonly startedBy: EntityRef | null;
  readonly until: Until | null;
  readonly types: readonly string[] | null;
  readonly subject: string | null;
  readonly strict: boolean;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly progress: ReplayProgress;
  readonly failure: ReplayFailure | null;
  /** Null before it has ended. */
  readonly outcome: ReplayOutcome | null;
}

/** How it ended, in figures. */
export interface ReplayOutcome {
  /** Events that nothing replays, or whose replay failed. */
  readonly notReplayed: number;
  /** Null where nothing was compared. */
  readonly rows: RowCounts | null;
}

export interface RowCounts {
  readonly same: number;
  /** In the present, not in the replay. */
  readonly missing: number;
  /** In the replay, not in the present. */
  readonly extra: number;
  /** In both, with other values. */
  readonly different: number;
}

export interface ReplayProgress {
  /** Events replayed. */
  readonly events: number;
  /** Everything up to here was looked at. */
  readonly position: number;
  /** Where it ends; 0 before that is known. */
  readonly lastPosition: number;
}

export interface ReplayFailure {
  readonly code: string;
  readonly message: string;
  /** At which event it stopped, where one is to blame. */
  readonly eventId: string | null;
}

/** One replay with all that it found out. */
export interface ReplayDetails extends Replay {
  /** What was replayed, or would be; null while it runs. */
  readonly counts: readonly ReplayCount[] | null;
  /** Null where nothing was compared. */
  readonly tables: readonly TableDifference[] | null;
}

export interface ReplayCount {
  readonly type: string;
  readonly version: number;
  readonly events: number;
  /** What becomes of them. `unknown`: nothing is defined that could replay them. */
  readonly by: "action" | "route" | "ignored" | "unknown" | "failed";
  /** The actions of a route, why they are ignored, or why they failed. */
  readonly detail: string | null;
}

export interface TableDifference extends RowCounts {
  readonly table: string;
  /** The first of each kind; the counts are of all. */
  readonly rows: readonly RowDifference[];
}

export interface RowDifference {
  readonly kind: "missing" | "extra" | "different";
  readonly key: Readonly<Record<string, string | null>>;
  readonly fields: readonly FieldDifference[];
}

export interface FieldDifference {
  readonly name: string;
  /** As the database prints it; left out on the side that has no such row. */
  readonly present?: string | null | undefined;
  readonly replayed?: string | null | undefined;
}

export interface Replays {
  readonly setup: ReplaySetup;
  /** The newest first. */
  readonly items: readonly Replay[];
}

export const readReplays = () => read<Replays>("replays");

export const readReplay = (id: string) => read<ReplayDetails>(pathOf(id));

export const startReplay = (request: ReplayRequest) => send<Replay>("POST", "replays", request);

export const cancelReplay = (id: string) => send<Replay>("POST", `${pathOf(id)}/cancel`);

function pathOf(id: string): string {
  return `replays/${encodeURIComponent(id)}`;
}
