import type { Database } from "../db/database.ts";
import type { Scratch } from "../db/scratch.ts";
import type { AnyEventDefinition } from "../events/defineEvent.ts";
import type { EntityLike } from "../events/filter.ts";
import type { AnyActionDefinition } from "./defineAction.ts";
import type { ReplayReport } from "./replayReport.ts";
import type { Route } from "./routes.ts";
import type { ComparedTable } from "./tableShape.ts";
import type { ReplayUntil } from "./until.ts";

/** What every replay of the app has in common: given to `createTidings({ replay })`. */
export interface ReplayDefaults<Handle = unknown> {
  /** Empties what a replay in place builds anew. */
  clear?: Clear<Handle> | undefined;
  /** What replays older versions. */
  routes?: readonly Route<Handle>[] | undefined;
  /** The tables that replays rebuild: what `compare: true` compares. */
  tables?: readonly ComparedTable[] | undefined;
  /** Makes an empty database with the app's tables: for the command line, the dashboard and tests. */
  scratch?: (() => Promise<Scratch<Handle>>) | undefined;
  /** A replay whose process died can be continued after so many milliseconds. Default 10_000. */
  leaseMs?: number | undefined;
}

export interface ReplayOptions<Handle = unknown> {
  /**
   * Empties the tables before the first event: a function that deletes with `tx` what is replayed, or a list of tables,
   * which are truncated. In place it is needed, by default that of createTidings; with `into` only what is given here counts.
   */
  clear?: Clear<Handle> | undefined;
  /** How far: up to and with a position, an event, or what was recorded until a time. Default: the end of the log. */
  until?: ReplayUntil | undefined;
  /** Only this account's events. Default: every account's. */
  account?: string | undefined;
  /** Only actions on this entity: `card("1")` or `"card:1"`. Default: on every one. */
  subject?: EntityLike | undefined;
  /**
   * Only these actions: definitions, types (`user.create`), categories (`user.*`) or older names. One that no action has and no route
   * leads from is refused with INVALID_FILTER. Default: all.
   */
  types?: readonly (AnyActionDefinition | AnyEventDefinition | string)[] | undefined;
  /** Go before those of createTidings. */
  routes?: readonly Route<Handle>[] | undefined;
  /**
   * Replays into this database, which has the app's tables, and disturbs nobody; `"scratch"`: into one that createTidings makes, for
   * a comparison, and that is gone afterwards. Default: in place.
   */
  into?: Database | "scratch" | undefined;
  /** False sets aside what cannot be replayed, and tells of it, instead of stopping there. Default true. */
  strict?: boolean | undefined;
  /** Events a transaction, 1 to 10,000. Default 500. */
  batch?: number | undefined;
  /** Compares these tables with the present ones; true: those of createTidings. Needs `into`. Default: none. */
  compare?: readonly ComparedTable[] | boolean | undefined;
  /** Called when the replay has begun and after each batch. */
  onProgress?: ((progress: ReplayProgress) => void) | undefined;
  /** Stops between two batches, or pages of a comparison, and rejects with its reason; the same call goes on from there. */
  signal?: AbortSignal | undefined;
  /** Only says what would be replayed, by what, and what would be cleared: touches nothing. Default false. */
  dryRun?: boolean | undefined;
  /** Begins anew instead of going on with a replay that was not finished. Default false. */
  restart?: boolean | undefined;
  /** Begins behind this position, with what `snapshot` restores. */
  from?: { readonly position: number } | undefined;
  /** Restores, with `tx`, the tables as they were at the position that `from` says. Called after `clear`. */
  snapshot?:
    | ((tx: Handle, replay: ClearedReplay & { readonly position: number }) => Promise<unknown> | void)
    | undefined;
}

export type Clear<Handle = unknown> =
  readonly string[] | ((tx: Handle, replay: ClearedReplay) => Promise<unknown> | void);

/** What is about to be replayed: a function that clears deletes no more than this. */
export interface ClearedReplay {
  /** Null: of every account. */
  readonly account: string | null;
  /** `type:id`. Null: every entity. */
  readonly subject: string | null;
  /** As they were given. Null: all. */
  readonly types: readonly string[] | null;
  readonly until: ReplayUntil | null;
}

export interface ReplayProgress {
  /** Null of a dry run. */
  readonly id: string | null;
  /** `waiting` for performs in flight, `clearing`, `replaying`, `comparing`. */
  readonly phase: "waiting" | "clearing" | "replaying" | "comparing";
  /** Events replayed so far. */
  readonly events: number;
  /** Everything up to here was looked at … */
  readonly position: number;
  /** … and this is the last; 0 before it is known. */
  readonly lastPosition: number;
  /** Events replayed a second, since this call began. */
  readonly perSecond: number;
  /** Null before it can be told. */
  readonly millisecondsLeft: number | null;
}

/** `tidings.replay`. */
export type RunReplay<Handle = unknown> = (options: ReplayOptions<Handle>) => Promise<ReplayReport>;
