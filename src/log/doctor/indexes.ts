import type { Database } from "../../db/database.ts";
import { quoteIdentifier, renameSchema, schemaOf } from "../../db/schema.ts";
import type { Finding } from "./finding.ts";

/** The indexes of the migrations, with what makes each again. */
const EXPECTED: Readonly<Record<string, string>> = {
  events_pkey: "alter table tidings.events add primary key (account_id, lane, id) include (audience);",
  events_xid: "create index events_xid on tidings.events (xid);",
  events_by_type: "create index events_by_type on tidings.events (account_id, type, id) include (audience);",
  events_by_cause:
    "create index events_by_cause on tidings.events (account_id, caused_by_id, id) where caused_by_id is not null;",
  timeline_pkey:
    "alter table tidings.timeline add primary key (account_id, entity, event_id, lane) include (audience);",
  idempotency_keys_pkey: "alter table tidings.idempotency_keys add primary key (account_id, key);",
  idempotency_keys_expiry: "create index idempotency_keys_expiry on tidings.idempotency_keys (expires_at);",
  event_order_pkey: "alter table tidings.event_order add primary key (pos);",
  event_order_account: "create index event_order_account on tidings.event_order (account_id, pos);",
  event_order_event:
    "create index event_order_event on tidings.event_order using brin (event_id, pos) with (pages_per_range = 32, autosummarize = on);",
  sequencer_pkey: "alter table tidings.sequencer add primary key (sweeps);",
  subscriptions_pkey: "alter table tidings.subscriptions add primary key (name, slot);",
  parked_events_pkey: "alter table tidings.parked_events add primary key (name, position);",
  parked_events_retry:
    "create index parked_events_retry on tidings.parked_events (name, slot, position) where retry_requested;",
  parked_events_unreadable:
    "create index parked_events_unreadable on tidings.parked_events (name, slot, type, unreadable_version, parked_at) where unreadable_version is not null;",
  parked_events_waited:
    "create index parked_events_waited on tidings.parked_events (name, slot, parked_at) where waited_since is not null;",
  read_marks_pkey: "alter table tidings.read_marks add primary key (account_id, reader, feed);",
  saved_filters_pkey: "alter table tidings.saved_filters add primary key (account_id, id);",
  saved_filters_of_owner: "create index saved_filters_of_owner on tidings.saved_filters (account_id, owner);",
  saved_filters_shared:
    "create index saved_filters_shared on tidings.saved_filters (account_id) where shared;",
  replays_pkey: "alter table tidings.replays add primary key (id);",
  subject_versions_pkey: "alter table tidings.subject_versions add primary key (account_id, entity);",
  projections_pkey: "alter table tidings.projections add primary key (name, version, generation);",
  projections_subscription_key: "alter table tidings.projections add unique (subscription);",
  projections_live:
    "create unique index projections_live on tidings.projections (name) where state = 'live';",
  snapshots_pkey: "alter table tidings.snapshots add primary key (account_id, entity, name, version);",
  replay_gate_pkey: "alter table tidings.replay_gate add primary key (singleton);",
  replays_of_account: "create index replays_of_account on tidings.replays (account_id, started_at);",
  replays_unfinished:
    "create index replays_unfinished on tidings.replays (account_id) where kind = 'in_place' and state in ('running', 'failed');",
  endpoints_pkey: "alter table tidings.endpoints add primary key (account_id, id);",
  endpoint_runs_pkey: "alter table tidings.endpoint_runs add primary key (account_id, endpoint_id);",
  endpoint_runs_next: "create index endpoint_runs_next on tidings.endpoint_runs (next_at);",
  endpoint_stats_pkey: "alter table tidings.endpoint_stats add primary key (account_id, endpoint_id, since);",
  endpoint_stats_since: "create index endpoint_stats_since on tidings.endpoint_stats (since);",
  messages_pkey: "alter table tidings.messages add primary key (account_id, id);",
  messages_of_event: "create index messages_of_event on tidings.messages (event_id, format, version);",
  deliveries_pkey: "alter table tidings.deliveries add primary key (account_id, id);",
  deliveries_of_endpoint: "create index deliveries_of_endpoint on tidings.deliveries (endpoint_id, id);",
  deliveries_troubled:
    "create index deliveries_troubled on tidings.deliveries (account_id, endpoint_id, id) where troubled;",
  deliveries_troubled_of_account:
    "create index deliveries_troubled_of_account on tidings.deliveries (account_id, id) where troubled;",
  deliveries_of_message: "create index deliveries_of_message on tidings.deliveries (message_id);",
  delivery_queue_pkey: "alter table tidings.delivery_queue add primary key (account_id, delivery_id);",
  delivery_queue_due:
    "create index delivery_queue_due on tidings.delivery_queue (account_id, endpoint_id, run_at, delivery_id) where state = 0;",
  delivery_queue_leases:
    "create index delivery_queue_leases on tidings.delivery_queue (leased_until) where state = 1;",
  delivery_queue_order:
    "create index delivery_queue_order on tidings.delivery_queue (account_id, endpoint_id, order_key, delivery_id) where order_key is not null;",
  attempts_pkey: "alter table tidings.attempts add primary key (account_id, delivery_id, number);",
  endpoint_jobs_pkey: "alter table tidings.endpoint_jobs add primary key (account_id, id);",
  endpoint_jobs_next:
    "create index endpoint_jobs_next on tidings.endpoint_jobs (next_at) where state = 'running';",
  endpoint_jobs_of_endpoint:
    "create index endpoint_jobs_of_endpoint on tidings.endpoint_jobs (account_id, endpoint_id, id);",
  endpoint_jobs_running:
    "create unique index endpoint_jobs_running on tidings.endpoint_jobs (account_id, endpoint_id, kind) where state = 'running';",
  endpoint_jobs_finished:
    "create index endpoint_jobs_finished on tidings.endpoint_jobs (finished_at) where state <> 'running';",
  webhook_sweeps_pkey: "alter table tidings.webhook_sweeps add primary key (only_row);",
};

interface IndexRow {
  name: string;
  table: string;
  valid: boolean;
}

// Indexes of the partitions belong to those of their table: one that lacks its part is invalid as a whole.
const INDEXES = `
select c.relname::text as name, t.relname::text as table, i.indisvalid and i.indisready as valid
  from pg_index i
  join pg_class c on c.oid = i.indexrelid
  join pg_class t on t.oid = i.indrelid
  join pg_class events on events.oid = 'tidings.events'::regclass and events.relnamespace = t.relnamespace`;

export async function examineIndexes(db: Database): Promise<Finding[]> {
  const present = await db.query<IndexRow>(INDEXES);
  const names = new Set(present.map(({ name }) => name));
  const missing = Object.keys(EXPECTED).filter((name) => !names.has(name));
  const invalid = present.filter(({ valid }) => !valid).map(({ name }) => name);
  const details = { present: present.length, missing, invalid };
  const check = "indexes";
  if (missing.length > 0) {
    const fix = renameSchema(missing.map((name) => EXPECTED[name]!).join(" "), schemaOf(db));
    return [{ check, status: "bad", summary: `Missing: ${missing.join(", ")}`, fix, details }];
  }
  if (invalid.length > 0) {
    const summary = `Not finished, so PostgreSQL does not use them: ${invalid.join(", ")}`;
    return [{ check, status: "warning", summary, fix: mended(invalid, schemaOf(db)), details }];
  }
  return [
    {
      check,
      status: "fine",
      summary: `All ${Object.keys(EXPECTED).length} are there and valid`,
      fix: null,
      details,
    },
  ];
}

/** What an interrupted REINDEX CONCURRENTLY leaves beside the index itself, which is there and valid. */
const LEFT_OVER = /_cc(new|old)\d*$/;

function mended(invalid: readonly string[], schema: string): string {
  const own = invalid.filter((name) => !LEFT_OVER.test(name));
  const drops = invalid
    .filter((name) => LEFT_OVER.test(name))
    .map((name) => `drop index concurrently ${quoteIdentifier(schema)}.${quoteIdentifier(name)};`);
  return [...(own.length > 0 ? [`Drop and create again: ${own.join(", ")}.`] : []), ...drops].join(" ");
}
