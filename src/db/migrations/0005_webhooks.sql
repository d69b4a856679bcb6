-- 0005_webhooks.sql: endpoints, the messages for them, and the queue between.
--
-- A message is an event's public form in one format: the bytes that are signed and sent. A delivery is one message for one
-- endpoint; while it is under way it has a row in the queue, which is narrow and deleted when the delivery comes to rest. An
-- attempt is one HTTP request. All times are the database's: a worker's clock decides nothing.

create table tidings.endpoints (
  account_id       text collate "C" not null,
  id               uuid not null,
  url              text not null,
  description      text not null default '',
  types            text[] collate "C" not null,                     -- exact, `card.*` or `*`; never empty
  filter           jsonb,                                           -- the parsed expression; null: every event of the types
  filter_text      text,                                            -- ... as it was written
  status           text collate "C" not null default 'enabled',
  status_reason    text collate "C",                                -- why it is disabled: asked, failing, gone, control
  status_at        timestamptz not null default now(),
  delivery         text collate "C" not null default 'push',
  format           text collate "C" not null,
  scheme           text collate "C" not null,
  compat           boolean not null default false,                  -- sends the headers of the other schemes as well
  payload_version  integer not null default 1,
  secrets          jsonb not null,                                  -- [{id, kind, sealed, public, createdAt, validUntil}], newest first
  headers          text,                                            -- sealed: people put tokens there
  timeout_ms       integer not null default 15000,
  schedule         integer[] not null,                              -- seconds before each try, the first one included
  revision         integer not null default 1,                      -- raised by every change: what workers cached is then old
  created_at       timestamptz not null default now(),
  updated_at       timestamptz not null default now(),
  primary key (account_id, id),
  constraint endpoints_types_given check (cardinality(types) > 0),
  constraint endpoints_status_known check (status in ('enabled', 'disabled', 'deleted')),
  constraint endpoints_delivery_known check (delivery in ('push', 'pull'))
);

-- What the worker reads and writes all the time, apart from the settings. The only other index is on next_at, so that nearly
-- all updates stay on their page (98.9 % HOT, measured). The columns of the second group are copies of settings.
create table tidings.endpoint_runs (
  account_id       text collate "C" not null,
  endpoint_id      uuid not null,
  next_at          timestamptz not null default 'infinity',         -- look for due deliveries at this time
  inflight         integer not null default 0,
  inflight_limit   integer not null default 2,                      -- adapts between 1 and inflight_max; few until it answered once
  last_served      timestamptz not null default '-infinity',
  idle_turns       smallint not null default 0,                     -- claims in a row that found nothing
  tokens           double precision not null default 0,
  tokens_at        timestamptz not null default '-infinity',
  breaker          text collate "C" not null default 'closed',
  breaker_until    timestamptz not null default '-infinity',
  breaker_wait     interval not null default '0',
  window_at        timestamptz not null default '-infinity',        -- the breaker's window, and what happened in it
  window_done      integer not null default 0,
  window_failed    integer not null default 0,
  failed_in_row    integer not null default 0,
  successes        smallint not null default 0,                     -- towards the next rise of inflight_limit
  failing_since    timestamptz,                                     -- first failure after the last success
  failed_messages  integer not null default 0,                      -- that failed since then, each counted once
  warned           smallint not null default 0,                     -- percent of the way to being disabled that was told
  last_success_at  timestamptz,
  last_failure_at  timestamptz,
  duration_ms      double precision not null default 0,             -- smoothed, of the slowest of each batch

  active           boolean not null default true,                   -- enabled, and pushed to
  ordered          boolean not null default false,                  -- one at a time for each subject
  inflight_max     integer not null default 32,
  rate             double precision,                                -- a second; null: not limited
  burst            double precision not null default 1,
  primary key (account_id, endpoint_id),
  constraint endpoint_runs_breaker_known check (breaker in ('closed', 'open', 'half_open'))
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
create index endpoint_runs_next on tidings.endpoint_runs (next_at);

-- Of each five minutes, so that no graph and no metric reads deliveries.
create table tidings.endpoint_stats (
  account_id   text collate "C" not null,
  endpoint_id  uuid not null,
  since        timestamptz not null,
  delivered    integer not null default 0,
  failed       integer not null default 0,                          -- attempts, not deliveries
  total_ms     double precision not null default 0,
  max_ms       integer not null default 0,
  up_to_50     integer not null default 0,                          -- attempts by duration in ms: p50 and p95 come from these
  up_to_100    integer not null default 0,
  up_to_250    integer not null default 0,
  up_to_500    integer not null default 0,
  up_to_1000   integer not null default 0,
  up_to_2500   integer not null default 0,
  up_to_5000   integer not null default 0,
  longer       integer not null default 0,
  primary key (account_id, endpoint_id, since)
) with (fillfactor = 50);
create index endpoint_stats_since on tidings.endpoint_stats (since);

create table tidings.messages (
  account_id    text collate "C" not null,
  id            uuid not null,                                      -- UUIDv7; `webhook-id` is made of it, on every attempt
  lane          text collate "C",                                   -- of the event; null for a test message
  event_id      uuid,
  position      bigint,                                             -- of the event in the log
  type          text collate "C" not null,
  subject       text collate "C" not null,                          -- type:id, as the public form shows it
  subject_label text,
  format        text collate "C" not null,
  version       integer not null,                                   -- of the public form
  content_type  text not null,
  headers       jsonb not null default '{}',                        -- that belong to the format: ce-id, ce-type, ...
  body          bytea not null,
  created_at    timestamptz not null,
  primary key (account_id, id)
) partition by range (id);
-- Not by account first, here and below: a plan that is made while a month is still empty takes any index whose first column it
-- knows for the primary key, and then reads all of the account for each row (measured: 70 us instead of 5, with 200 messages of the account).
create index messages_of_event on tidings.messages (event_id, format, version);

create table tidings.deliveries (
  account_id    text collate "C" not null,
  id            uuid not null,
  endpoint_id   uuid not null,
  message_id    uuid not null,
  type          text collate "C" not null,
  origin        text collate "C" not null,                          -- event, send, backfill or test
  state         text collate "C" not null,                          -- see deliveryState.ts
  troubled      boolean not null,                                   -- was ever anything but pending and delivered
  attempts      integer not null default 0,
  failure       text collate "C",                                   -- one word, of the last attempt or of what ended it
  status        integer,                                            -- HTTP, of the last attempt
  created_at    timestamptz not null,
  settled_at    timestamptz,                                        -- when it last came to rest
  primary key (account_id, id)
) partition by range (id);
-- No index holds `state`: most rows change once, from pending to delivered, and that change stays on its page.
create index deliveries_of_endpoint on tidings.deliveries (endpoint_id, id);
create index deliveries_troubled on tidings.deliveries (account_id, endpoint_id, id) where troubled;
create index deliveries_troubled_of_account on tidings.deliveries (account_id, id) where troubled;
create index deliveries_of_message on tidings.deliveries (message_id);

create table tidings.delivery_queue (
  account_id    text collate "C" not null,
  delivery_id   uuid not null,
  endpoint_id   uuid not null,
  message_id    uuid not null,
  order_key     text collate "C",                                   -- the subject, for ordered endpoints
  state         smallint not null,                                  -- 0 waits for run_at, 1 is being sent, 2 stands behind another
  run_at        timestamptz not null,
  step          smallint not null default 0,                        -- of the schedule
  attempts      integer not null default 0,                         -- logged so far
  leased_until  timestamptz,
  claim_id      uuid,                                               -- fences: results are taken only with the present one
  primary key (account_id, delivery_id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
create index delivery_queue_due on tidings.delivery_queue (account_id, endpoint_id, run_at, delivery_id) where state = 0;
create index delivery_queue_leases on tidings.delivery_queue (leased_until) where state = 1;
create index delivery_queue_order on tidings.delivery_queue (account_id, endpoint_id, order_key, delivery_id) where order_key is not null;
-- Never an index on (run_at) alone: claims then took 129 ms instead of 36 (measured).

-- With its delivery's month, so that both go together.
create table tidings.attempts (
  account_id        text collate "C" not null,
  delivery_id       uuid not null,
  number            integer not null,
  endpoint_id       uuid not null,
  url               text not null,                                  -- as it was then
  started_at        timestamptz not null,
  duration_ms       integer not null,
  status            integer,                                        -- HTTP; null when none came
  failure           text collate "C",                               -- one word; null for success
  detail            text,                                           -- for people; says nothing about private addresses
  request_headers   jsonb not null,                                 -- secrets and signatures redacted
  response_headers  jsonb,
  response_body     bytea,                                          -- as it came, at most 16 KiB
  truncated         boolean not null default false,
  primary key (account_id, delivery_id, number)
) partition by range (delivery_id);

-- Work that goes on for a while below live traffic, resumed after the cursor by whichever worker is alive.
create table tidings.endpoint_jobs (
  account_id    text collate "C" not null,
  id            uuid not null,
  endpoint_id   uuid not null,
  kind          text collate "C" not null,
  since         timestamptz not null,
  until         timestamptz not null,
  cursor        uuid,                                               -- recover: the last delivery looked at
  first_position bigint,                                            -- backfill: where it began
  position      bigint,                                             -- ... the last position looked at
  last_position bigint,                                             -- ... the end
  per_second    integer not null,
  done          bigint not null default 0,                          -- deliveries made or sent again
  state         text collate "C" not null default 'running',
  next_at       timestamptz not null default now(),
  created_at    timestamptz not null default now(),
  finished_at   timestamptz,
  primary key (account_id, id),
  constraint endpoint_jobs_kind_known check (kind in ('recover', 'backfill')),
  constraint endpoint_jobs_state_known check (state in ('running', 'done', 'cancelled'))
);
create index endpoint_jobs_next on tidings.endpoint_jobs (next_at) where state = 'running';
create index endpoint_jobs_of_endpoint on tidings.endpoint_jobs (account_id, endpoint_id, id);
-- One of a kind at a time: two would send the same twice.
create unique index endpoint_jobs_running on tidings.endpoint_jobs (account_id, endpoint_id, kind) where state = 'running';
create index endpoint_jobs_finished on tidings.endpoint_jobs (finished_at) where state <> 'running'; -- for retention

-- Partitions: one level, a month each. The last is named ..._tail and reaches to MAXVALUE, the first begins at MINVALUE, so that
-- an insert never fails for want of one; as in the log, but without lanes, and with rows that may change and be dropped.

create function tidings.open_month_tail(parent text, lower_bound text) returns void
language plpgsql as $$
begin
  -- Room on the page for the one change that most deliveries see.
  execute format('create table tidings.%I partition of tidings.%I for values from (%s) to (maxvalue) with (fillfactor = %s)',
                 parent || '_tail', parent, lower_bound, case parent when 'deliveries' then 75 else 100 end);
  perform tidings.leave_to_owner(parent || '_tail');
end $$;

-- Ends the open partition at `upper_bound`, a month's end, and opens the next one there. False: rows lie beyond the bound. Takes
-- ACCESS EXCLUSIVE: the caller sets a short lock_timeout. Runs with the owner's rights, like split_tail.
create function tidings.split_month(parent text, upper_bound timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tail   text := parent || '_tail';
  closed text := format('%s_%s', parent, to_char((upper_bound at time zone 'utc') - interval '1 day', 'YYYY_MM'));
  bound  uuid := tidings.uuid7_floor(upper_bound);
  id_column   text := case parent when 'attempts' then 'delivery_id' else 'id' end;
  lower_bound text;
  beyond boolean;
begin
  if parent not in ('messages', 'deliveries', 'attempts') then
    raise exception 'tidings.split_month() does not keep the table %', parent;
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('tidings.migrations', 0)); -- as split_tail
  execute format('lock table tidings.%I in access exclusive mode', parent);
  select (regexp_match(pg_get_expr(relpartbound, oid), 'FROM [(](MINVALUE|''[^'']+'')[)]'))[1] into lower_bound
    from pg_class where oid = to_regclass(format('tidings.%I', tail));
  if lower_bound is null then raise exception 'partition % is missing', tail; end if;
  if lower_bound <> 'MINVALUE' and trim(both '''' from lower_bound)::uuid >= bound then return true; end if;
  execute format('select exists (select from tidings.%I where %I >= %L)', tail, id_column, bound) into beyond;
  if beyond then return false; end if;
  execute format('alter table tidings.%I detach partition tidings.%I', parent, tail);
  execute format('alter table tidings.%I rename to %I', tail, closed);
  execute format('alter table tidings.%I attach partition tidings.%I for values from (%s) to (%L)', parent, closed, lower_bound, bound);
  perform tidings.open_month_tail(parent, quote_literal(bound));
  return true;
end $$;
revoke execute on function tidings.split_month from public;

-- Retention: drops the months that ended before `moment`. An empty ..._past stands where they were, from MINVALUE on.
-- Returns how many it dropped. Whoever may call it cannot drop what is younger than a week.
create function tidings.drop_months(parent text, moment timestamptz) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  -- A moment before 1970 would be written as one far ahead, and every month be older than it.
  bound  uuid := tidings.uuid7_floor(greatest('epoch', least(moment, now() - interval '7 days')));
  old    record;
  newest uuid;
  dropped integer := 0;
begin
  if parent not in ('messages', 'deliveries', 'attempts') then
    raise exception 'tidings.drop_months() does not keep the table %', parent;
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('tidings.migrations', 0)); -- as split_tail
  for old in
    select name, upper_bound from (
      select c.oid::regclass as name,
             ((regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO [(]''([^'']+)''[)]'))[1])::uuid as upper_bound
        from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = to_regclass(format('tidings.%I', parent)) and c.relname <> parent || '_past') p
     where upper_bound <= bound order by upper_bound
  loop
    execute format('drop table %s', old.name);
    newest := old.upper_bound;
    dropped := dropped + 1;
  end loop;
  if dropped > 0 then
    execute format('drop table if exists tidings.%I', parent || '_past');
    execute format('create table tidings.%I partition of tidings.%I for values from (minvalue) to (%L)', parent || '_past', parent, newest);
    perform tidings.leave_to_owner(parent || '_past');
  end if;
  return dropped;
end $$;
revoke execute on function tidings.drop_months from public;

do $$
declare
  month  timestamp := date_trunc('month', now() at time zone 'utc');
  parent text;
begin
  foreach parent in array array['messages', 'deliveries', 'attempts'] loop
    perform tidings.open_month_tail(parent, 'minvalue');
    for ahead in 1..2 loop
      perform tidings.split_month(parent, (month + ahead * interval '1 month') at time zone 'utc');
    end loop;
  end loop;
end $$;
