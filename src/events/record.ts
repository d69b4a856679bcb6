import type { Database, Transaction } from "../db/database.ts";
import { TidingsError, isTidingsError } from "../errors.ts";
import type { Append, AppendedEvent, EventRow } from "../log/append.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { findCauseDepths } from "./causes.ts";
import type { InnerContext } from "./context.ts";
import type { EventShape } from "./defineEvent.ts";
import type { Draft } from "./draft.ts";
import { firstEvents, leadersOf, refuseConflicts, withOwnKeys, type Holder } from "./idempotency.ts";
import { limits } from "./limits.ts";
import { prepareEvent, type PreparedEvent } from "./prepare.ts";
import { recordedEvent, type RecordedEvent } from "./recordedEvent.ts";
import { refusedEvents, refuseEvents } from "./refusedEvents.ts";
import type { Registry } from "./registry.ts";
import type { Viewer } from "./viewer.ts";

export interface RecordDependencies {
  readonly db: Database;
  readonly registry: Registry;
  readonly append: Append;
  /** The fixed account of a single-tenant app. */
  readonly account: string | undefined;
  /** Called after a transaction that Tidings itself opened has committed. */
  readonly onCommitted: () => void;
}

/** The events of a list of drafts, one for one. */
export type RecordedEvents<Drafts extends readonly Draft[]> = {
  -readonly [Index in keyof Drafts]: Drafts[Index] extends Draft<infer Shape>
    ? RecordedEvent<Shape>
    : RecordedEvent<EventShape>;
};

/** What became of one draft of a batch. */
export type RecordResult =
  { readonly ok: true; readonly event: RecordedEvent } | { readonly ok: false; readonly error: TidingsError };

/** Records all drafts or none: in `tx`, or in a transaction of its own. */
export async function record(
  dependencies: RecordDependencies,
  context: InnerContext,
  drafts: readonly Draft[],
  tx?: Transaction,
): Promise<RecordedEvent[]> {
  const results = prepareAll(dependencies, context, drafts);
  const errors = results.filter((result) => result instanceof TidingsError);
  refuseEvents(errors, drafts.length);
  return write(dependencies, results as PreparedEvent[], { tx, viewer: context.viewer });
}

/**
 * Records the valid drafts and tells for each draft what became of it. Each event stands for itself: the conflict of
 * one idempotency key leaves the others in place.
 */
export async function recordEach(
  dependencies: RecordDependencies,
  context: InnerContext,
  drafts: readonly Draft[],
  tx?: Transaction,
): Promise<RecordResult[]> {
  const prepared = prepareAll(dependencies, context, drafts);
  const results: RecordResult[] = prepared.map((item) =>
    item instanceof TidingsError
      ? { ok: false, error: item }
      : { ok: false, error: new TidingsError("INTERNAL") },
  );
  let open = prepared.flatMap((item, index) => (item instanceof TidingsError ? [] : [{ item, index }]));
  while (open.length > 0) {
    try {
      const events = await write(
        dependencies,
        open.map(({ item }) => item),
        { tx, viewer: context.viewer },
      );
      events.forEach((event, at) => (results[open[at]!.index] = { ok: true, event }));
      return results;
    } catch (error) {
      // Only events that the error names are set aside; a failing database concerns all of them.
      const refused = new Map(refusedEvents(error).map((each) => [open[each.index]!, each]));
      if (refused.size === 0) throw error;
      for (const [{ index }, each] of refused) results[index] = { ok: false, error: at(each, index) };
      open = open.filter((entry) => !refused.has(entry));
    }
  }
  return results;
}

/** Records events that were checked before. */
export async function recordPrepared(
  dependencies: RecordDependencies,
  events: readonly PreparedEvent[],
): Promise<void> {
  await write(dependencies, events);
}

function prepareAll(
  { registry, account }: RecordDependencies,
  context: InnerContext,
  drafts: readonly Draft[],
): (PreparedEvent | TidingsError)[] {
  if (drafts.length > limits.eventsPerCall) {
    throw new TidingsError("TOO_MANY_EVENTS", { detail: `${drafts.length} events` });
  }
  return drafts.map((draft, index) => {
    try {
      return prepareEvent(draft, { registry, context, account });
    } catch (error) {
      if (isTidingsError(error)) return at(error, index);
      throw error;
    }
  });
}

function at(error: TidingsError, index: number): TidingsError {
  const { detail, path, cause } = error;
  return new TidingsError(error.code, { detail, path, cause, index });
}

interface Writing {
  readonly tx?: Transaction | undefined;
  readonly viewer?: Viewer | undefined;
}

async function write(
  dependencies: RecordDependencies,
  prepared: readonly PreparedEvent[],
  { tx, viewer }: Writing = {},
): Promise<RecordedEvent[]> {
  if (prepared.length === 0) return [];
  if (tx) return writeIn(tx, dependencies, prepared, viewer);
  const events = await dependencies.db.transaction((own) => writeIn(own, dependencies, prepared, viewer));
  dependencies.onCommitted();
  return events;
}

async function writeIn(
  tx: Transaction,
  { append, registry }: RecordDependencies,
  prepared: readonly PreparedEvent[],
  viewer: Viewer | undefined,
): Promise<RecordedEvent[]> {
  // Without a cause to look up, the first statement is sent before anything is awaited.
  const found = findCauseDepths(tx, prepared, viewer);
  const rows = found instanceof Promise ? await found : found;
  if (rows.some((row) => row.key !== null)) return writeKeyed(tx, { append, registry }, rows, viewer);
  const appended = await append(tx, rows);
  return rows.map((row, index) => recordedEvent(stored(row, appended[index]!), registry));
}

/** With idempotency keys: an event whose key is taken is not written, the one that holds it stands in its place. */
async function writeKeyed(
  tx: Transaction,
  { append, registry }: Pick<RecordDependencies, "append" | "registry">,
  rows: readonly EventRow[],
  viewer: Viewer | undefined,
): Promise<RecordedEvent[]> {
  const leaders = leadersOf(withOwnKeys(rows, viewer));
  const unique = [...new Set(leaders)];
  // A conflict found after the statement must not leave the call's other events in the caller's transaction.
  const undoable = rows.length > 1;
  if (undoable) await tx.execute("savepoint tidings_record");
  try {
    const appended = await append(tx, unique);
    const lost = unique.filter((_, index) => appended[index] === null);
    const holders = lost.length > 0 ? await firstEvents(tx, lost) : new Map<EventRow, Holder>();
    for (const [index, row] of unique.entries()) {
      const written = appended[index];
      if (written) holders.set(row, { fingerprint: row.fingerprint, event: stored(row, written) });
    }
    refuseConflicts(rows, registry, (index) => holders.get(leaders[index]!));
    if (undoable) await tx.execute("release savepoint tidings_record");
    return leaders.map((row) => recordedEvent(holders.get(row)!.event, registry));
  } catch (error) {
    if (undoable && isTidingsError(error))
      await tx.execute("rollback to savepoint tidings_record; release savepoint tidings_record");
    throw error;
  }
}

/** A row that was written, as the log holds it. */
export function stored(row: EventRow, { id, occurredAt }: AppendedEvent): StoredEvent {
  return {
    account: row.account,
    lane: row.lane,
    id,
    type: row.type,
    version: row.version,
    severity: row.severity,
    subject: row.subject,
    actor: row.actor,
    onBehalfOf: row.onBehalfOf,
    occurredAt,
    refs: row.refs,
    data: row.data,
    metadata: row.metadata,
    causedBy: row.cause && { lane: row.cause.lane, id: row.cause.id },
    causeDepth: row.cause?.depth ?? 0,
    audience: row.audience,
    kind: row.kind,
  };
}
