import type { Pool } from "pg";
import { importPeer } from "./importPeer.ts";

const EVENTS_AT_ONCE = 100_000;

/**
 * Lets a log grow to this many events, the same that `commented` makes, through the columns' own defaults: through record a
 * million would take minutes. Without timeline rows, which no replay reads.
 */
export async function growLog(pool: Pool, from: number, to: number): Promise<void> {
  await grow(pool, WRITE_EVENTS, from, to);
}

/** As `growLog`, of the action `commentOnCard`. */
export async function growActionLog(pool: Pool, from: number, to: number): Promise<void> {
  await grow(pool, WRITE_ACTIONS, from, to);
}

async function grow(pool: Pool, write: string, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += EVENTS_AT_ONCE) {
    await pool.query(write, [first, Math.min(first + EVENTS_AT_ONCE, to) - 1]);
    await pool.query("select from tidings.tick()");
  }
  // As a worker would have done long before anybody replays.
  for (const table of ["events", "event_order"]) await pool.query(`vacuum analyze tidings.${table}`);
}

const WRITE_EVENTS = `
insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, subject_label,
                            actor_type, actor_id, actor_label, occurred_at, refs, data, metadata)
select 'account-' || lpad((n % 1000)::text, 4, '0'), 'domain',
       tidings.uuid7((extract(epoch from clock_timestamp()) * 1000000)::bigint), 'card.commented', 1, 'info',
       'card', (n % 10000)::text, 'Card number ' || n % 10000, 'user', 'user-' || n % 50, 'Person ' || n % 50, now(),
       jsonb_build_object('board', jsonb_build_object('type', 'board', 'id', (n % 100)::text, 'label', 'Roadmap')),
       jsonb_build_object('position', n % 100, 'estimate', (n % 40) / 4.0,
                          'reason', 'Waiting for the answer of the customer; the estimate may change.',
                          'tags', '["backend", "urgent", "customer"]'::jsonb),
       '{}'
  from generate_series($1::int, $2::int) n`;

// What perform would have stored: nothing captured, recorded or performed inside.
const WRITE_ACTIONS = `
insert into tidings.events (account_id, lane, id, type, version, kind, severity, subject_type, subject_id,
                            actor_type, actor_id, actor_label, occurred_at, refs, data, metadata)
select 'account-' || lpad((n % 1000)::text, 4, '0'), 'system',
       tidings.uuid7((extract(epoch from clock_timestamp()) * 1000000)::bigint), 'card.comment', 1, 'update', 'info',
       'card', (n % 10000)::text, 'user', 'user-' || n % 50, 'Person ' || n % 50, now(), '{}',
       jsonb_build_object('captured', '{}'::jsonb, 'recorded', '[]'::jsonb, 'performed', '[]'::jsonb, 'others', '[]'::jsonb,
                          'within', null, 'after', false,
                          'input', jsonb_build_object('card', (n % 10000)::text, 'estimate', (n % 40) / 4.0,
                                     'text', 'Waiting for the answer of the customer; the estimate may change.')),
       '{}'
  from generate_series($1::int, $2::int) n`;

interface EmmettSchema {
  getPostgreSQLEventStore(url: string): { schema: { migrate(): Promise<unknown> }; close(): Promise<void> };
}

/** Gives emmett's tables the same events with the same content in the same order, one stream a card, as its append would. */
export async function copyToEmmett(pool: Pool, url: string): Promise<void> {
  const emmett = await importPeer<EmmettSchema>("@event-driven-io/emmett-postgresql");
  const store = emmett.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  await store.close();
  await pool.query(COPY_TO_EMMETT);
  await pool.query("vacuum analyze emt_messages");
}

const COPY_TO_EMMETT = `
insert into emt_messages (stream_id, stream_position, partition, message_type, message_data, message_metadata,
                          message_schema_version, message_id, transaction_id)
select 'card-' || subject_id, row_number() over (partition by subject_id order by seq), 'emt:default', type,
       jsonb_build_object('account', account_id, 'refs', refs, 'data', data,
                          'subject', jsonb_build_object('type', subject_type, 'id', subject_id, 'label', subject_label),
                          'actor', jsonb_build_object('type', actor_type, 'id', actor_id, 'label', actor_label)),
       '{}', '1', id::text, pg_current_xact_id()
  from tidings.events
 order by seq`;
