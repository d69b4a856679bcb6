import { randomBytes } from "node:crypto";
import type { Queryable } from "../../src/db/database.ts";
import type { ActionKind } from "../../src/events/defineEvent.ts";

export interface RawEvent {
  account?: string | undefined;
  lane?: "domain" | "change" | "client" | "system" | undefined;
  id?: string | undefined;
  type?: string | undefined;
  /** Default 1. */
  version?: number | undefined;
  /** The card that it is about. Default "1". */
  card?: string | undefined;
  data?: object | undefined;
  /** Of an action. */
  kind?: ActionKind | undefined;
  /** The transaction id to store; the current transaction's when left out. */
  xid?: string | undefined;
}

/** Writes an event with a plain INSERT, for tests of the SQL below `record`; returns its id. */
export async function insertRawEvent(on: Queryable, event: RawEvent = {}): Promise<string> {
  const id = event.id ?? uuid7At(Date.now());
  await on.query(
    `insert into tidings.events (account_id, lane, id, xid, type, version, severity, subject_type, subject_id,
                                 actor_type, actor_id, occurred_at, refs, data, metadata, kind)
     values ($1, $2, $3, coalesce($4::text::xid8, pg_current_xact_id()), $5, $6::int, 'info', 'card', $7,
             'user', 'ann', now(), '{}', $8::text::jsonb, '{}', $9)`,
    [
      event.account ?? "acme",
      event.lane ?? "domain",
      id,
      event.xid ?? null,
      event.type ?? "card.moved",
      event.version ?? 1,
      event.card ?? "1",
      JSON.stringify(event.data ?? {}),
      event.kind ?? null,
    ],
  );
  return id;
}

/** A new UUIDv7 whose time is `milliseconds`. */
export function uuid7At(milliseconds: number): string {
  const time = milliseconds.toString(16).padStart(12, "0");
  const random = randomBytes(9).toString("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`;
}
