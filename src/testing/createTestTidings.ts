import type { PGlite, Transaction as PGliteTransaction } from "@electric-sql/pglite";
import { pglite } from "../db/pglite.ts";
import { isDraft, type Draft } from "../events/draft.ts";
import type { EntityRef } from "../events/entity.ts";
import { createTidings, type Tidings, type TidingsOptions } from "../tidings.ts";
import type { Clock } from "./clock.ts";
import { openMigratedPglite } from "./migratedPglite.ts";

export interface TestTidingsOptions extends Omit<TidingsOptions<PGliteTransaction>, "db"> {
  /**
   * Who acts where neither the draft nor `run` says. Default: nobody, so that a place of the app that forgets the
   * actor fails in its test as it would in production.
   */
  actor?: EntityRef | undefined;
  /** Sets `occurredAt` of what is recorded or tracked without one. Default: the database's clock. */
  clock?: Clock | undefined;
  /**
   * A directory for the prepared database (40 MB). Runners that give every test file a process of its own then prepare
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
 * subscriptions can still be registered; `nextEvent` works without.
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
  stampDrafts(tidings, (draft) => ({
    ...draft,
    actor: draft.actor ?? tidings.context().actor ?? actor,
    occurredAt: draft.occurredAt ?? clock?.now(),
  }));
  return Object.assign(tidings, { pglite: client, close, [Symbol.asyncDispose]: close });
}

/** In place and not by a wrapper, so that the HTTP handler and subscriptions record through it as well. */
function stampDrafts(tidings: Tidings<PGliteTransaction>, stamp: (draft: Draft) => Draft): void {
  const { record, recordEach, track } = tidings;
  const stampAny = (value: unknown) => (isDraft(value) ? stamp(value) : value);
  tidings.record = ((...given: unknown[]) =>
    (record as (...given: unknown[]) => unknown)(...given.map(stampAny))) as typeof record;
  tidings.recordEach = (drafts, recordOptions) => recordEach(drafts.map(stamp), recordOptions);
  tidings.track = (draft) => track(isDraft(draft) ? stamp(draft) : draft);
}
