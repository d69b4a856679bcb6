import type { ActionKind, Lane, Severity } from "../events/defineEvent.ts";
import type { EntityRef } from "../events/entity.ts";
import type { JsonObject } from "../events/serializable.ts";

/** An event as the log holds it, before older versions are brought to the present one. */
export interface StoredEvent {
  readonly account: string;
  readonly lane: Lane;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly severity: Severity;
  readonly subject: EntityRef;
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  readonly occurredAt: Date;
  readonly refs: { readonly [role: string]: EntityRef | readonly EntityRef[] };
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  readonly causedBy: { readonly lane: Lane; readonly id: string } | null;
  readonly causeDepth: number;
  /** Who may see it: `type:id` or keys of the app's. Null: everybody in the account. */
  readonly audience: readonly string[] | null;
  /** Of an action; null for any other event. */
  readonly kind: ActionKind | null;
}

/** Columns of an event under the alias `e`, in the types that every driver returns alike. */
export const EVENT_COLUMNS = `e.account_id, e.lane, e.id::text, e.type, e.version, e.severity,
       e.subject_type, e.subject_id, e.subject_label, e.actor_type, e.actor_id, e.actor_label,
       e.on_behalf_of::text, date_part('epoch', e.occurred_at) * 1000 as occurred_ms,
       e.refs::text, e.data::text, e.metadata::text,
       e.caused_by_lane, e.caused_by_id::text, e.cause_depth, array_to_json(e.audience)::text as audience, e.kind`;

export interface EventColumns {
  account_id: string;
  lane: Lane;
  id: string;
  type: string;
  version: number;
  severity: Severity;
  subject_type: string;
  subject_id: string;
  subject_label: string | null;
  actor_type: string;
  actor_id: string;
  actor_label: string | null;
  on_behalf_of: string | null;
  occurred_ms: number;
  refs: string;
  data: string;
  metadata: string;
  caused_by_lane: Lane | null;
  caused_by_id: string | null;
  cause_depth: number;
  audience: string | null;
  kind: ActionKind | null;
}

/** Where retention may have taken the event. */
export type NullableEventColumns = { [Column in keyof EventColumns]: EventColumns[Column] | null };

export function storedEvent(row: EventColumns): StoredEvent {
  return {
    account: row.account_id,
    lane: row.lane,
    id: row.id,
    type: row.type,
    version: row.version,
    severity: row.severity,
    subject: { type: row.subject_type, id: row.subject_id, label: row.subject_label },
    actor: { type: row.actor_type, id: row.actor_id, label: row.actor_label },
    onBehalfOf: row.on_behalf_of === null ? null : (JSON.parse(row.on_behalf_of) as EntityRef),
    occurredAt: new Date(Math.round(row.occurred_ms)),
    refs: JSON.parse(row.refs) as StoredEvent["refs"],
    data: JSON.parse(row.data) as JsonObject,
    metadata: JSON.parse(row.metadata) as JsonObject,
    causedBy:
      row.caused_by_lane && row.caused_by_id ? { lane: row.caused_by_lane, id: row.caused_by_id } : null,
    causeDepth: row.cause_depth,
    audience: audienceOf(row.audience),
    kind: row.kind,
  };
}

/** As `array_to_json(audience)::text` gives it. */
export function audienceOf(text: string | null): readonly string[] | null {
  return text === null ? null : (JSON.parse(text) as string[]);
}
