import { randomUUID } from "node:crypto";
import { textArray, type Parameter, type Queryable } from "../db/database.ts";
import type { ActionKind, Lane, Severity } from "../events/defineEvent.ts";
import type { EntityRef } from "../events/entity.ts";
import type { JsonObject } from "../events/serializable.ts";
import { recordedAt } from "./eventId.ts";

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
  /** The id that `reserve` gave, where the event must know it before it is written, with its `occurredAt`; null for a new one. */
  readonly reservedId: string | null;
  readonly cause: { readonly lane: Lane; readonly id: string; readonly depth: number } | null;
  readonly key: string | null;
  readonly fingerprint: string | null;
}

/** What the database added. */
export interface AppendedEvent {
  readonly id: string;
  readonly occurredAt: Date;
}

export interface AppendOptions {
  /** Wakes sleeping sequencers by a gated NOTIFY. */
  readonly notify: boolean;
  /** How long an idempotency key holds. */
  readonly keepKeysSeconds: number;
}

/** Writes events and timeline rows. A null stands for an event whose idempotency key is already taken: not written. */
export type Append = (tx: Queryable, rows: readonly EventRow[]) => Promise<(AppendedEvent | null)[]>;

/** The record statement as an expression, for a statement that does more: see 0002_append.sql. */
export interface AppendExpression {
  /** Gives one text, which `appendedEvents` reads. Its parameters are `$1` and so on. */
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

export type MakeAppendExpression = (rows: readonly EventRow[]) => AppendExpression;

/**
 * How often a process asks for a NOTIFY at most, which takes 20 to 60 µs of a transaction (measured): a sequencer that found something
 * looks again every 20 ms for 160 ms, then after an eighth of the time without events (sequencer.ts).
 */
const NOTIFY_EVERY_MS = 100;

export function createAppendExpression({ notify, keepKeysSeconds }: AppendOptions): MakeAppendExpression {
  let nextNotify = 0; // of the monotonic clock
  const wakes = () => {
    const now = performance.now();
    if (!notify || now < nextNotify) return false;
    nextNotify = now + NOTIFY_EVERY_MS;
    return true;
  };
  return (rows) => {
    const [row] = rows;
    if (rows.length === 1) return { sql: ONE, parameters: parametersOf(row!, keepKeysSeconds, wakes()) };
    const keepKeys = rows.some(({ key }) => key !== null) ? keepKeysSeconds : null;
    return { sql: LIST, parameters: [JSON.stringify(rows), keepKeys, wakes()] };
  };
}

export function createAppend(expressionOf: MakeAppendExpression): Append {
  return async (tx, rows) => {
    const { parameters } = expressionOf(rows);
    const sql = rows.length === 1 ? SELECT_ONE : SELECT_LIST;
    const [result] = await tx.query<{ recorded: string | null }>(sql, parameters, { prepare: true });
    return appendedEvents(rows, result!.recorded);
  };
}

/** What the record statement gave for these rows. */
export function appendedEvents(rows: readonly EventRow[], recorded: string | null): (AppendedEvent | null)[] {
  if (rows.length === 1) return [appended(rows[0]!, recorded)];
  const ids = JSON.parse(recorded!) as (string | null)[];
  return rows.map((row, index) => appended(row, ids[index]!));
}

function appended({ occurredAt }: EventRow, id: string | null): AppendedEvent | null {
  return id === null ? null : { id, occurredAt: new Date(occurredAt ?? recordedAt(id)) };
}

// The JSON columns are sent as text: drivers disagree about how to send jsonb.
const ONE = `tidings.append_one($1::text, $2::text, $3::text, $4::integer, $5::text,
  $6::text, $7::text, $8::text, $9::text, $10::text, $11::text, $12::text::jsonb,
  $13::timestamptz, $14::text::jsonb, $15::text::jsonb, $16::text::jsonb, $17::text::jsonb, $18::text[], $19::text[], $20::text,
  $21::text, $22::uuid, $23::smallint, $24::uuid, $25::text, $26::text, $27::text, make_interval(secs => $28::float8), $29::boolean)::text`;
const LIST = "tidings.append_list($1::text::jsonb, make_interval(secs => $2::float8), $3::boolean)";
// Made once: a text that is put together for each call is hashed anew, to find the name of its statement.
const SELECT_ONE = `select ${ONE} as recorded`;
const SELECT_LIST = `select ${LIST} as recorded`;

function parametersOf(row: EventRow, keepKeysSeconds: number, wakes: boolean): Parameter[] {
  const { subject, actor, onBehalfOf, sealed, audience, cause, key } = row;
  return [
    row.account,
    row.lane,
    row.type,
    row.version,
    row.severity,
    subject.type,
    subject.id,
    subject.label,
    actor.type,
    actor.id,
    actor.label,
    onBehalfOf && JSON.stringify(onBehalfOf),
    row.occurredAt,
    JSON.stringify(row.refs),
    JSON.stringify(row.data),
    JSON.stringify(row.metadata),
    sealed && JSON.stringify(sealed),
    textArray(row.entities),
    audience && textArray(audience),
    row.kind,
    cause && cause.lane,
    cause && cause.id,
    cause ? cause.depth : 0,
    row.reservedId,
    row.reservedId === null ? randomUUID().slice(19) : null, // its variant and 62 random bits
    key,
    row.fingerprint,
    key === null ? null : keepKeysSeconds,
    wakes,
  ];
}
