import type { Pool } from "pg";
import { accountOf } from "./boardEvents.ts";
import { createHistory, monthsBack } from "./history.ts";

/** The account that a quarter of all events belong to, and one as most are. */
export const bigAccount = accountOf(0);

export interface LogSize {
  readonly events: number;
  readonly monthsBack: number;
}

/** How the events spread over the lanes; each month has the same number. */
const SHARES = { domain: 0.6, change: 0.2, client: 0.15, system: 0.05 } as const;

/**
 * Writes years of history straight into the monthly partitions, in the order in which it would have come. Through
 * record it would take an hour, and every id would be of today.
 */
export async function writeHistory(
  pool: Pool,
  { events, monthsBack: back }: LogSize,
  say: (progress: string) => void,
): Promise<void> {
  await createHistory(pool, back);
  const months = monthsBack(back);
  const client = await pool.connect();
  try {
    await client.query("set synchronous_commit = off");
    let written = 0;
    for (const [index, from] of months.entries()) {
      const until = months[index + 1] ?? new Date();
      for (const [lane, share] of Object.entries(SHARES)) {
        const count = Math.ceil((events * share) / months.length);
        await client.query(WRITE_MONTH, [lane, count, from.getTime(), until.getTime(), index]);
        written += count;
      }
      if (index % 6 === 5)
        say(`wrote ${written.toLocaleString("en")} of ${events.toLocaleString("en")} events`);
    }
    await client.query(NUMBER);
    await client.query(
      "update tidings.sequencer set last_position = (select max(pos) from tidings.event_order)",
    );
    say("gave every event its position");
    for (const table of ["events", "timeline", "event_order"])
      await client.query(`vacuum analyze tidings.${table}`);
  } finally {
    client.release();
  }
}

// Hashes instead of random(): the same log each time. Type by type: 1 of 10,000 is card.archived, a third card.moved.
const WRITE_MONTH = `
with event as materialized (
  select n,
         case when hashint4(n + $5 * 7919) % 4 = 0 then 0 else 1 + abs(hashint4(n * 31 + $5)) % 999 end as account,
         case when abs(hashint4(n * 7 + $5)) % 10000 = 0 then 'card.archived'
              when n % 3 = 0 then 'card.moved' else 'card.commented' end as type,
         overlay(gen_random_uuid()::text placing
                 substr(tidings.uuid7_floor(to_timestamp(($3::float8 + ($4::float8 - $3::float8) * n / ($2::float8 + 1)) / 1000))::text, 1, 14) || '7'
                 from 1 for 15)::uuid as id,
         to_timestamp(($3::float8 + ($4::float8 - $3::float8) * n / ($2::float8 + 1)) / 1000) as at
    from generate_series(1, $2::int) n
),
named as materialized (
  select e.*, 'account-' || lpad(account::text, 4, '0') as account_id,
         (abs(hashint4(n * 13 + $5)) % case account when 0 then 20000 else 100 end)::text as card,
         'user-' || n % 50 as person, (n % 20)::text as board
    from event e
),
stored as (
  insert into tidings.events (account_id, lane, id, type, version, severity, subject_type, subject_id, subject_label,
                              actor_type, actor_id, actor_label, occurred_at, refs, data, metadata)
  select account_id, $1, id, type, 1, 'info', 'card', card, 'Card number ' || card,
         'user', person, 'Person', at,
         jsonb_build_object('board', jsonb_build_object('type', 'board', 'id', board, 'label', 'Roadmap')),
         '{"position": 7, "reason": "Waiting for the answer of the customer; the estimate may change.", "estimate": 2.5, "tags": ["backend", "urgent", "customer"]}',
         '{}'
    from named
)
insert into tidings.timeline (account_id, entity, lane, event_id, type)
select account_id, entity, $1, id, type
  from named, lateral (values ('card:' || card), ('user:' || person), ('board:' || board)) entities (entity)`;

// In the order in which they came, as the sequencer would have done it over the years.
const NUMBER = `
insert into tidings.event_order (pos, account_id, lane, event_id)
select row_number() over (order by id), account_id, lane, id from tidings.events`;
