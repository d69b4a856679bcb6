import { createHash } from "node:crypto";
import type { Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { readEvents } from "../log/readEvents.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { entityKey } from "./entity.ts";
import { recordedEvent } from "./recordedEvent.ts";
import { refuseEvents } from "./refusedEvents.ts";
import type { Registry } from "./registry.ts";
import { sortedJson, type JsonObject } from "./serializable.ts";
import type { Viewer } from "./viewer.ts";

/**
 * What makes two events with one key the same: what happened, to what, by whom. Labels, metadata and times differ
 * between an attempt and its retry and do not count.
 */
export function fingerprintOf(
  row: Pick<EventRow, "type" | "version" | "subject" | "actor" | "refs" | "data">,
): string {
  const roles = Object.entries(row.refs).map(
    ([name, value]) => [name, [value].flat().map(entityKey)] as const,
  );
  const content = sortedJson([
    row.type,
    row.version,
    entityKey(row.subject),
    entityKey(row.actor),
    Object.fromEntries(roles),
    row.data,
  ]);
  return createHash("sha256").update(content).digest("base64url");
}

/**
 * The rows with the keys under which they are held. Whoever may not see everything has keys of their own: a repeat of the app's
 * or somebody else's key would be answered with an event that may be hidden from them, and a conflict would tell that there is one.
 * A hash, because an actor and a key together are longer than a key may be.
 */
export function withOwnKeys(rows: readonly EventRow[], viewer: Viewer | undefined): readonly EventRow[] {
  if (viewer === undefined) return rows;
  return rows.map((row) => (row.key === null ? row : { ...row, key: ownKey(viewer, row.key) }));
}

function ownKey({ type, id }: Viewer, key: string): string {
  const owned = createHash("sha256")
    .update(JSON.stringify([type, id, key]))
    .digest("base64url");
  return `viewer:${owned}`;
}

/** For each row the one that is written in its place: of several with one key the first. */
export function leadersOf(rows: readonly EventRow[]): EventRow[] {
  const byKey = new Map<string, EventRow>();
  return rows.map((row) => {
    if (row.key === null) return row;
    const name = JSON.stringify([row.account, row.key]);
    const leader = byKey.get(name);
    if (!leader) byKey.set(name, row);
    return leader ?? row;
  });
}

/** The event that a key stands for: the one that holds it, with what tells a repeat from a conflict. */
export interface Holder {
  readonly fingerprint: string | null;
  readonly event: StoredEvent;
}

/**
 * Throws where a key stands for another event than its row. Looked at when the holders are known, and not while the rows
 * are compared with one another: where the first of two rows meets a taken key, the second may be its repeat.
 */
export function refuseConflicts(
  rows: readonly EventRow[],
  registry: Registry,
  holderOf: (index: number) => Holder | undefined,
): void {
  // All at once: whoever records the others then needs one more try, not one for each conflict.
  const conflicts = rows.flatMap((row, index) =>
    isRepeat(row, holderOf(index), registry) ? [] : [conflict(row, index)],
  );
  refuseEvents(conflicts, rows.length);
}

function isRepeat(row: EventRow, holder: Holder | undefined, registry: Registry): boolean {
  if (!holder) return false;
  return (
    holder.fingerprint === row.fingerprint || presentFingerprint(holder.event, registry) === row.fingerprint
  );
}

/**
 * The fingerprint of what an event would be if it were recorded now. A job that is tried again after a deploy records under the
 * type's new name, or in its next version. What cannot be read keeps its stored version, and so is never the same.
 */
function presentFingerprint(stored: StoredEvent, registry: Registry): string | null {
  const { type, version, subject, actor, refs, data } = recordedEvent(stored, registry);
  // A role left empty is not stored, and read as null.
  const filled = Object.entries(refs).filter(([, value]) => value !== null);
  try {
    return fingerprintOf({
      type,
      version,
      subject,
      actor,
      refs: Object.fromEntries(filled) as EventRow["refs"],
      data: data as JsonObject,
    });
  } catch {
    return null; // an upcaster made of it what JSON cannot hold
  }
}

const HELD_KEYS = `
select held.account_id as account, held.key, held.lane, held.event_id::text, held.fingerprint
  from jsonb_to_recordset($1::text::jsonb) as wanted (account text, key text)
  join tidings.idempotency_keys held on held.account_id = wanted.account and held.key = wanted.key`;

/** The events that hold the keys which these rows asked for; none where retention took the event. */
export async function firstEvents(
  tx: Transaction,
  lost: readonly EventRow[],
): Promise<Map<EventRow, Holder>> {
  const held = await tx.query<{
    account: string;
    key: string;
    lane: EventRow["lane"];
    event_id: string;
    fingerprint: string;
  }>(HELD_KEYS, [JSON.stringify(lost.map(({ account, key }) => ({ account, key })))]);
  const byKey = new Map(held.map((holder) => [JSON.stringify([holder.account, holder.key]), holder]));
  const keys = held.map(({ account, lane, event_id }) => ({ account, lane, id: event_id }));
  const events = new Map((await readEvents(tx, keys)).map((event) => [event.id, event]));
  return new Map(
    lost.flatMap((row) => {
      const holder = byKey.get(JSON.stringify([row.account, row.key]));
      const event = holder && events.get(holder.event_id);
      return event ? [[row, { fingerprint: holder.fingerprint, event }] as const] : [];
    }),
  );
}

function conflict(row: EventRow, index: number): TidingsError {
  return new TidingsError("IDEMPOTENCY_CONFLICT", {
    detail: `"${row.key}"`,
    path: ["idempotencyKey"],
    index,
  });
}
