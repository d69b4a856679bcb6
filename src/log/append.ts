import type { Queryable } from "../db/database.ts";
import type { Lane, Severity } from "../events/defineEvent.ts";
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

export function createAppend(options: AppendOptions): Append {
  const plain = statement(options, false);
  const keyed = statement(options, true);
  return async (tx, rows) => {
    const sql = rows.some((row) => row.key !== null) ? keyed : plain;
    const [result] = await tx.query<{ recorded: string }>(sql, [JSON.stringify(rows)]);
    const recorded = JSON.parse(result!.recorded) as ([string, number] | null)[];
    return recorded.map((item) => item && { id: item[0], occurredAt: item[1] });
  };
}

/**
 * The record statement. One parameter, cast from text, because drivers disagree about jsonb. Ids, seq and xid are
 * computed once, in the first materialized CTE: a column default inside INSERT … SELECT is evaluated on a worker when
 * tables are distributed, and the row would carry a worker's xid.
 *
 * Ids are UUIDv7 (RFC 9562 §6.2 method 3): 48 bits of milliseconds, 12 bits of their fraction, the rest random. Each
 * event of a call is one microsecond after the one before it, so that ids keep the order in which they were given.
 */
function statement({ notify, keepKeysSeconds }: AppendOptions, keyed: boolean): string {
  return `
with clock as materialized (
  select (extract(epoch from clock_timestamp()) * 1000000)::bigint as now_us
),
input as materialized (
  select e.*, nextval('tidings.event_seq') as seq, pg_current_xact_id() as xid, now_us,
         coalesce("occurredAt", to_timestamp(now_us / 1000000.0)) as occurred_at,
         (lpad(to_hex((now_us + ordinality) / 1000), 12, '0')
          || to_hex(28672 + (now_us + ordinality) % 1000 * 4096 / 1000)
          || substr(gen_random_uuid()::text, 20))::uuid as id
    from clock, rows from (jsonb_to_recordset($1::text::jsonb) as (
           account text, lane text, type text, version integer, severity text, subject jsonb, actor jsonb,
           "onBehalfOf" jsonb, "occurredAt" timestamptz, refs jsonb, data jsonb, metadata jsonb,
           entities text[], cause jsonb, key text, fingerprint text)) with ordinality e
),
${keyed ? keyStatement(keepKeysSeconds) : "fresh as (select * from input),"}
stored as (
  insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
      subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
      occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth)
  select account, lane, id, seq, xid, type, version, severity,
      subject->>'type', subject->>'id', subject->>'label', actor->>'type', actor->>'id', actor->>'label', "onBehalfOf",
      occurred_at, refs, data, metadata, cause->>'lane', (cause->>'id')::uuid, coalesce((cause->>'depth')::smallint, 0)
    from fresh
),
marked as (
  insert into tidings.timeline (account_id, entity, lane, event_id, type)
  select account, entity, lane, id, type from fresh, unnest(entities) entity
)${notify ? `,\n${WAKE}` : ""}
select json_agg(case when fresh.id is not null
                     then json_build_array(input.id, extract(epoch from input.occurred_at)::float8 * 1000) end
                order by input.ordinality)::text as recorded
  from input left join fresh using (ordinality)${notify ? " cross join woken" : ""}`;
}

/** Only one transaction at a time carries a NOTIFY, so that writers never queue for the cluster-wide commit lock. */
const WAKE = `woken as materialized (
  select case when pg_try_advisory_xact_lock(hashtextextended('tidings.recorded', 0))
              then pg_notify('tidings.log', '') is null end
)`;

/**
 * Takes the keys in sorted order, so that two calls with the same keys wait for one another instead of deadlocking.
 * A key that another call holds, or that an open transaction is about to hold, is not returned; an expired one is.
 */
function keyStatement(keepKeysSeconds: number): string {
  const lifetime = `interval '${Math.ceil(keepKeysSeconds)} seconds'`;
  return `taken as (
  insert into tidings.idempotency_keys as held (account_id, key, lane, event_id, fingerprint, expires_at)
  select account, key, lane, id, fingerprint, to_timestamp(now_us / 1000000.0) + ${lifetime}
    from input where key is not null order by account, key
  on conflict (account_id, key) do update
     set lane = excluded.lane, event_id = excluded.event_id,
         fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
   where held.expires_at <= excluded.expires_at - ${lifetime}
  returning event_id
),
fresh as (
  select * from input where key is null or id in (select event_id from taken)
),`;
}
