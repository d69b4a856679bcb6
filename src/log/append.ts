import type { Queryable } from "../db/database.ts";
import type { ActionKind, Lane, Severity } from "../events/defineEvent.ts";
import type { EntityRef } from "../events/entity.ts";
import type { JsonObject } from "../events/serializable.ts";

/** One validated event on its way into the log. */
export interface EventRow {
  readonly account: string;
  readonly lane: Lane;
  readonly type: string;
  readonly version: number;
  readonly severity: Severity;
  readonly subject: EntityRef;
  readonly actor: EntityRef;
  readonly onBehalfOf: EntityRef | null;
  /** ISO time, or null for the moment of writing. */
  readonly occurredAt: string | null;
  readonly refs: { readonly [role: string]: EntityRef | readonly EntityRef[] };
  readonly data: JsonObject;
  readonly metadata: JsonObject;
  /** `type:id` of everything on whose timeline it belongs, each once. */
  readonly entities: readonly string[];
  /** Who may see it; null for everybody in the account. */
  readonly audience: readonly string[] | null;
  /** Of an action; null for any other event. */
  readonly kind: ActionKind | null;
  /** What is sensitive, encrypted; null where nothing is. */
  readonly sealed: JsonObject | null;
  /** The id that `reserve` gave, where the event must know it before it is written; null for a new one. */
  readonly reservedId: string | null;
  readonly cause: { readonly lane: Lane; readonly id: string; readonly depth: number } | null;
  readonly key: string | null;
  readonly fingerprint: string | null;
}

/** What the database added. */
export interface AppendedEvent {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
}

export interface AppendOptions {
  /** Wakes sleeping sequencers by a gated NOTIFY. */
  readonly notify: boolean;
  /** How long an idempotency key holds. */
  readonly keepKeysSeconds: number;
}

/** Writes events and timeline rows. A null stands for an event whose idempotency key is already taken: not written. */
export type Append = (tx: Queryable, rows: readonly EventRow[]) => Promise<(AppendedEvent | null)[]>;

export function createAppend({ notify, keepKeysSeconds }: AppendOptions): Append {
  return async (tx, rows) => {
    const keyed = rows.some((row) => row.key !== null);
    const [result] = await tx.query<{ recorded: string }>(
      APPEND,
      [JSON.stringify(rows), keyed ? keepKeysSeconds : null, notify],
      { prepare: true },
    );
    const recorded = JSON.parse(result!.recorded) as ([string, number] | null)[];
    return recorded.map((item) => item && { id: item[0], occurredAt: item[1] });
  };
}

/** The record statement is a function of the database: see 0002_append.sql. */
const APPEND = "select tidings.append($1::text, $2::float8, $3::boolean) as recorded";
