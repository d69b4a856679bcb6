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

/**
 * How often a process asks for a NOTIFY at most, which takes 20 to 60 µs of a transaction (measured): a sequencer that was woken
 * stays awake for seconds by itself (sequencer.ts).
 */
const NOTIFY_EVERY_MS = 100;

export function createAppend({ notify, keepKeysSeconds }: AppendOptions): Append {
  let nextNotify = 0; // of the monotonic clock
  const wakes = () => {
    const now = performance.now();
    if (!notify || now < nextNotify) return false;
    nextNotify = now + NOTIFY_EVERY_MS;
    return true;
  };
  const call = async (tx: Queryable, sql: string, json: string, rows: readonly EventRow[]) => {
    const keepKeys = rows.some((row) => row.key !== null) ? keepKeysSeconds : null;
    const [result] = await tx.query<{ recorded: string }>(sql, [json, keepKeys, wakes()], { prepare: true });
    return result!.recorded;
  };
  return async (tx, rows) => {
    if (rows.length === 1)
      return [appended(JSON.parse(await call(tx, APPEND_ONE, jsonOf(rows[0]!), rows)) as Written)];
    const list = await call(tx, APPEND, `[${rows.map(jsonOf).join(",")}]`, rows);
    return (JSON.parse(list) as Written[]).map(appended);
  };
}

/** The id, and the milliseconds of `occurredAt`. Null: the key is taken. */
type Written = readonly [string, number] | null;

function appended(written: Written): AppendedEvent | null {
  return written && { id: written[0], occurredAt: written[1] };
}

/** The record statement is a function of the database: see 0002_append.sql. */
const APPEND = "select tidings.append($1::text, $2::float8, $3::boolean) as recorded";
const APPEND_ONE =
  "select tidings.append_one($1::text::jsonb, make_interval(secs => $2::float8), $3::boolean) as recorded";

const jsons = new WeakMap<EventRow, string>();

/** The row as it is sent: made once, for its size is looked at before. */
export function jsonOf(row: EventRow): string {
  let json = jsons.get(row);
  if (json === undefined) jsons.set(row, (json = JSON.stringify(row)));
  return json;
}
