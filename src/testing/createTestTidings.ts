import type { PGlite, Transaction as PGliteTransaction } from "@electric-sql/pglite";
import { pglite } from "../db/pglite.ts";
import { isDraft, type DraftCommon } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import { isActionDefinition } from "../replay/defineAction.ts";
import type { PerformOptions } from "../replay/performOptions.ts";
import { createTidings, type Tidings } from "../tidings.ts";
import type { TidingsOptions } from "../tidingsOptions.ts";
import type { Clock } from "./clock.ts";
import { openMigratedPglite } from "./migratedPglite.ts";

export interface TestTidingsOptions extends Omit<TidingsOptions<PGliteTransaction>, "db"> {
  /**
   * Who acts where neither the draft nor `run` says. Default: nobody, so that a place of the app that forgets the
   * actor fails in its test as it would in production.
   */
  actor?: EntityRef | undefined;
  /** Sets `occurredAt` of what is recorded, tracked or performed without one. Default: the database's clock. */
  clock?: Clock | undefined;
  /**
   * A directory for the prepared database (28 MB). Runners that give every test file a process of its own then prepare
   * it once, not once a file. Default: in memory, for this process.
   */
  cacheDirectory?: string | undefined;
}

export interface TestTidings extends Tidings<PGliteTransaction> {
  /** The database itself, for the app's own tables and transactions: `pglite.transaction(async (tx) => …)`. */
  readonly pglite: PGlite;
  /** Stops the loops, if `start` was called, and forgets the database. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Tidings on a PGlite in memory, with its tables and nothing in them. The loops do not run until `start()`, so that
 * subscriptions can still be registered; `nextEvent` works without. Throws PGLITE_MISSING.
 */
export async function createTestTidings(options: TestTidingsOptions): Promise<TestTidings> {
  const { actor, clock, cacheDirectory, ...rest } = options;
  const schema = options.schema ?? "tidings";
  const client = await openMigratedPglite(schema, cacheDirectory);
  const tidings = createTidings({ ...rest, db: pglite(client) });
  const close = async (): Promise<void> => {
    await tidings.stop();
    if (!client.closed) await client.close();
  };
  const stamp: Stamp = (given) => ({
    ...given,
    actor: given.actor ?? tidings.context().actor ?? actor,
    occurredAt: given.occurredAt ?? clock?.now(),
  });
  stampDrafts(tidings, stamp);
  stampActions(tidings, stamp);
  return Object.assign(tidings, { pglite: client, close, [Symbol.asyncDispose]: close });
}

/** Adds who and when to a draft, or to the options of an action. */
type Stamp = <Given extends Pick<DraftCommon, "actor" | "occurredAt">>(given: Given) => Given;

/** In place and not by a wrapper, so that the HTTP handler and subscriptions record through it as well. */
function stampDrafts(tidings: Tidings<PGliteTransaction>, stamp: Stamp): void {
  const { record, recordEach, track } = tidings;
  const stampAny = (value: unknown) => (isDraft(value) ? stamp(value) : value);
  tidings.record = ((...given: unknown[]) =>
    (record as (...given: unknown[]) => unknown)(...given.map(stampAny))) as typeof record;
  tidings.recordEach = (drafts, recordOptions) => recordEach(drafts.map(stamp), recordOptions);
  tidings.track = (draft) => track(isDraft(draft) ? stamp(draft) : draft);
}

function stampActions(tidings: Tidings<PGliteTransaction>, stamp: Stamp): void {
  type Call = (...given: unknown[]) => unknown;
  // The options follow the action and its input, whether or not a transaction is given before.
  const stamped =
    (call: Call): Call =>
    (...given) => {
      const action = given.findIndex(isActionDefinition);
      if (action < 0) return call(...given); // which says what is wrong
      const options = (given[action + 2] ?? {}) as PerformOptions;
      return call(...given.slice(0, action + 2), stamp(options));
    };
  tidings.perform = stamped(tidings.perform as Call) as typeof tidings.perform;
  tidings.performAll = stamped(tidings.performAll as Call) as typeof tidings.performAll;
}
