import { createHash } from "node:crypto";
import type { Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EventRow } from "../log/append.ts";
import { readEvents } from "../log/readEvents.ts";
import type { StoredEvent } from "../log/storedEvent.ts";
import { entityKey } from "./entity.ts";
import { refuseEvents } from "./refusedEvents.ts";
import { sortedJson } from "./serializable.ts";

/**
 * What makes two events with one key the same: what happened, to what, by whom. Labels, metadata and times differ
 * between an attempt and its retry and do not count.
 */
export function fingerprintOf(row: EventRow): string {
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

/** Two drafts of one call with one key are one event, if their content agrees. */
export function withoutRepeats(rows: readonly EventRow[]): EventRow[] {
  const byKey = new Map<string, EventRow>();
  const conflicts: TidingsError[] = [];
  const unique = rows.map((row, index) => {
    if (row.key === null) return row;
    const name = JSON.stringify([row.account, row.key]);
    const earlier = byKey.get(name);
    if (earlier && earlier.fingerprint !== row.fingerprint) conflicts.push(conflict(row, index));
    if (!earlier) byKey.set(name, row);
    return earlier ?? row;
  });
  refuseEvents(conflicts, rows.length);
  return unique;
}

const HELD_KEYS = `
select held.account_id as account, held.key, held.lane, held.event_id::text, held.fingerprint
  from jsonb_to_recordset($1::text::jsonb) as wanted (account text, key text)
  join tidings.idempotency_keys held on held.account_id = wanted.account and held.key = wanted.key`;

/** The events that hold the keys which these rows asked for. */
export async function firstEvents(
  tx: Transaction,
  lost: readonly EventRow[],
  rows: readonly EventRow[],
): Promise<Map<EventRow, StoredEvent>> {
  const held = await tx.query<{
    account: string;
    key: string;
    lane: EventRow["lane"];
    event_id: string;
    fingerprint: string;
  }>(HELD_KEYS, [JSON.stringify(lost.map(({ account, key }) => ({ account, key })))]);
  const byKey = new Map(held.map((holder) => [JSON.stringify([holder.account, holder.key]), holder]));
  const repeats = lost.flatMap((row) => {
    const holder = byKey.get(JSON.stringify([row.account, row.key]));
    if (holder?.fingerprint !== row.fingerprint) return [];
    return [{ row, key: { account: row.account, lane: holder.lane, id: holder.event_id } }];
  });
  const keys = repeats.map(({ key }) => key);
  const events = new Map((await readEvents(tx, keys)).map((event) => [event.id, event]));
  const first = new Map(
    repeats.flatMap(({ row, key }) => {
      const event = events.get(key.id);
      return event ? [[row, event] as const] : [];
    }),
  );
  // All at once: whoever records the others then needs one more try, not one for each conflict.
  const refused = new Set(lost.filter((row) => !first.has(row)));
  const conflicts = rows.flatMap((row, index) => (refused.has(row) ? [conflict(row, index)] : []));
  refuseEvents(conflicts, rows.length);
  return first;
}

function conflict(row: EventRow, index: number): TidingsError {
  return new TidingsError("IDEMPOTENCY_CONFLICT", {
    detail: `"${row.key}"`,
    path: ["idempotencyKey"],
    index,
  });
}
