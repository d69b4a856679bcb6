-- 0001_tables.sql: the log, its order, what reads it, and its partitions.
--
-- Every reference to an event is (account_id, lane, event_id). Keys are compared as bytes (collate "C"): they are
-- identifiers, the comparison is several times cheaper, and no operating system upgrade can reorder an index.

create sequence tidings.event_seq as bigint cache 1; -- cache 1: otherwise seq is not the order of insertion

-- Every index that pages and counts are read from also tells who may see a row: to read as somebody is still one scan of an
-- index, and passes over what is hidden without opening it (counting 45,000 events: 10 ms; from the rows 43, measured). A null
-- costs 8 bytes an entry, for its bitmap. limits.audienceBytes keeps the largest entry below the 2,704 bytes that fit.

-- One level of partitions, each one lane and one month (of timeline: one quarter of all lanes). account_id leads every key, so
-- that the tables can be distributed by account later.
create table tidings.events (
  account_id      text collate "C" not null,
  lane            text collate "C" not null,
  id              uuid not null,                                    -- UUIDv7 from the database clock
  seq             bigint not null default nextval('tidings.event_seq'),
  xid             xid8 not null default pg_current_xact_id(),
  type            text collate "C" not null,
  version         integer not null,
  severity        text collate "C" not null,
  subject_type    text collate "C" not null,
  subject_id      text collate "C" not null,
  subject_label   text,
  actor_type      text collate "C" not null,
  actor_id        text collate "C" not null,
  actor_label     text,
  on_behalf_of    jsonb,
  occurred_at     timestamptz not null,
  refs            jsonb not null,
  data            jsonb not null,
  metadata        jsonb not null,
  caused_by_lane  text collate "C",
  caused_by_id    uuid,
  cause_depth     smallint not null default 0,
  sealed          jsonb,                                            -- encrypted values; null where nothing is sensitive
  audience        text[] collate "C",                               -- who may see it: user:ann, groups of the app's; null: everybody
  kind            text collate "C",                                 -- of an action: create, update, destroy, upsert; otherwise null
  primary key (account_id, lane, id) include (audience)
  -- No checks: PostgreSQL prepares each of them anew for every statement, 25 of the 190 us that recording one event takes
  -- (three checks, measured). All rows come through tidings.append_one() and append_list(), and record() has checked them.
) partition by range (lane, id);

create index events_xid on tidings.events (xid);                        -- what became visible between two snapshots
create index events_by_type on tidings.events (account_id, type, id) include (audience); -- a partition is one lane: lane is not needed

-- One narrow row for each entity that an event is about: its subject, its actor and its refs, each once. A partition is a
-- quarter of all lanes, and lies in the order of a page: a timeline is read over all of history and in every lane, and what
-- it costs is mostly the opening of partitions (ADR 0012). So a row may outlive its event until retention takes the quarter;
-- who reads skips keys that have no event.
create table tidings.timeline (
  account_id  text collate "C" not null,
  entity      text collate "C" not null,                            -- type:id
  lane        text collate "C" not null,
  event_id    uuid not null,
  type        text collate "C" not null,
  audience    text[] collate "C",                                   -- as its event's
  primary key (account_id, entity, event_id, lane) include (audience)
) partition by range (event_id);

create table tidings.idempotency_keys (
  account_id   text collate "C" not null,
  key          text collate "C" not null,
  lane         text collate "C" not null,
  event_id     uuid not null,
  fingerprint  text not null,                                       -- tells a repeat from a conflict
  expires_at   timestamptz not null,
  primary key (account_id, key)
);
create index idempotency_keys_expiry on tidings.idempotency_keys (expires_at);

-- The dense order, given after commit, written by the sequencer alone.
create table tidings.event_order (
  pos         bigint primary key,
  account_id  text collate "C" not null,
  lane        text collate "C" not null,
  event_id    uuid not null
);
create index event_order_account on tidings.event_order (account_id, pos);

-- The position of one event, and what lies elsewhere than its id says (tidings.strays). Ids are nearly in the order of positions, so
-- that a summary of each 32 pages leads there in 0.2 to 1.2 ms, and costs the sequencer nothing; a b-tree made it a quarter slower
-- (213k against 164k events a second of its CPU, measured).
create index event_order_event on tidings.event_order using brin (event_id, pos) with (pages_per_range = 32, autosummarize = on);

-- One row, rewritten at each tick that found something: room for its versions on the same page. A transaction that stays open, a
-- dump for example, keeps all versions made meanwhile. So the key changes with each sweep, and who looks for the last one finds the
-- versions of a minute, not of hours (reading 90,000 took a tick 3 ms, measured). Read it through tidings.sequencer_now.
create table tidings.sequencer (
  sweeps             bigint primary key default 0,                  -- how many there were
  last_position      bigint not null,
  snapshot           pg_snapshot not null,                          -- what the last tick saw
  floor_seq          bigint not null default 0,                     -- rows up to here belong to another xid counter
  system_identifier  text,                                          -- of the cluster whose xids the snapshot counts
  ticked_at          timestamptz not null,
  swept_at           timestamptz not null,
  sweep_from         pg_snapshot not null,                          -- the next sweep compares from here ...
  sweep_position     bigint not null,
  sweep_next         pg_snapshot not null,                          -- ... and the one after it from here: each event is swept twice
  sweep_next_pos     bigint not null
) with (fillfactor = 10);

create view tidings.sequencer_now as select * from tidings.sequencer order by sweeps desc limit 1;

-- Tokens count from the microsecond: beyond all that an earlier subscription of the name gave out before it was removed. A process
-- that froze with one of those finds that it lost the slot.
create table tidings.subscriptions (
  name              text collate "C" not null,
  slot              integer not null,
  slots             integer not null,
  position          bigint not null,                                -- everything up to here is handled, parked or not asked for
  lease_owner       text,
  lease_token       bigint not null default (extract(epoch from clock_timestamp()) * 1000000)::bigint,
  lease_until       timestamptz not null default '-infinity',
  state             text not null default 'running',
  attempts          integer not null default 0,                     -- of the events after position, counted before each try ...
  tried_up_to       bigint not null default 0,                      -- ... up to this one
  failing_since     timestamptz,
  retry_at          timestamptz not null default '-infinity',
  last_error        text,
  updated_at        timestamptz not null default now(),
  primary key (name, slot),
  constraint subscriptions_state_known check (state in ('running', 'stopped')),
  constraint subscriptions_slot_in_range check (slot >= 0 and slot < slots)
) with (fillfactor = 50);

create table tidings.parked_events (
  name                text collate "C" not null,
  position            bigint not null,
  slot                integer not null,
  account_id          text collate "C" not null,
  lane                text collate "C" not null,
  event_id            uuid not null,
  type                text collate "C" not null,
  error               text not null,
  attempts            integer not null,
  parked_at           timestamptz not null default now(),
  retry_requested     boolean not null default false,
  unreadable_version  integer,                                      -- the event's, where it could not be read; null: its handler failed
  waited_since        timestamptz,                                  -- its slot stood still for it from then until parked_at; null: it did not
  primary key (name, position)
);
create index parked_events_retry on tidings.parked_events (name, slot, position) where retry_requested; -- looked at every second
create index parked_events_unreadable on tidings.parked_events (name, slot, type, unreadable_version, parked_at)
 where unreadable_version is not null;
create index parked_events_waited on tidings.parked_events (name, slot, parked_at) where waited_since is not null;

-- The smallest UUIDv7 of a moment: the bound of a partition, or of a search by time.
create function tidings.uuid7_floor(moment timestamptz) returns uuid
language sql immutable strict parallel safe
return (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

-- When a UUIDv7 was made: its first 48 bits are milliseconds (RFC 9562).
create function tidings.uuid7_time(id uuid) returns timestamptz
language sql immutable strict parallel safe
return to_timestamp(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint / 1000.0);

-- Leaves a new partition to its owner alone. Default privileges (`alter default privileges ... grant ...`) give others rights on it as on
-- every table, and who has them passes by what the table in front of it refuses: its lists of rights, and its row level security.
create function tidings.leave_to_owner(partition text) returns void
language plpgsql as $$
declare
  other oid;
begin
  for other in
    select distinct a.grantee from pg_class c cross join aclexplode(c.relacl) a
     where c.oid = to_regclass(format('tidings.%I', partition)) and a.grantee <> c.relowner
  loop
    execute format('revoke all on tidings.%I from %s', partition,
                   case other when 0 then 'public' else quote_ident(pg_get_userbyid(other)) end);
  end loop;
end $$;

-- Makes a lane's open partition, from `lower_bound` (as SQL) on; the one of timeline has no lane (null). The owner gives away its
-- rights to change rows here too: they are asked of the table that a statement names, which may be the partition.
create function tidings.open_tail(parent text, lane text, lower_bound text) returns void
language plpgsql as $$
declare
  tail text := concat_ws('_', parent, lane, 'tail');
begin
  execute format('create table tidings.%I partition of tidings.%I for values from (%s) to (%s)', tail, parent,
                 concat_ws(', ', quote_literal(lane), lower_bound), concat_ws(', ', quote_literal(lane), 'maxvalue'));
  perform tidings.leave_to_owner(tail);
  execute format('revoke update, delete, truncate on tidings.%I from current_user', tail);
end $$;

-- Ends a lane's open partition (lane null: that of timeline) at `upper_bound` and opens the next one there. The open partition is
-- named ..._tail and reaches to MAXVALUE, so that an insert never fails for want of a partition. Returns false when rows lie beyond
-- the bound. Takes ACCESS EXCLUSIVE on the table: the caller sets a short lock_timeout. Runs with the owner's rights, because
-- the worker's role may not change tables; nobody may call it who was not granted that.
create function tidings.split_tail(parent text, id_column text, lane text, upper_bound timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tail   text := concat_ws('_', parent, lane, 'tail');
  period text := case parent when 'events' then 'YYYY_MM' else 'YYYY_"q"Q' end;
  closed text := concat_ws('_', parent, lane, to_char((upper_bound at time zone 'utc') - interval '1 day', period));
  bound  uuid := tidings.uuid7_floor(upper_bound);
  lower_bound text;
  beyond boolean;
begin
  if (parent, id_column, lane is null) not in (('events', 'id', false), ('timeline', 'event_id', true)) then
    raise exception 'tidings.split_tail() does not keep the table %', tail;
  end if;
  -- Not while migrate() gives rights: it writes the same rows of the catalog. First of all locks, as there.
  perform pg_advisory_xact_lock_shared(hashtextextended('tidings.migrations', 0));
  -- Changes nothing but takes the lock: before PostgreSQL 17, LOCK TABLE wants a right that the owner gave away below.
  execute format('alter table tidings.%I enable row level security', parent);
  select (regexp_match(pg_get_expr(relpartbound, oid), 'FROM [(](?:''[a-z]+'', )?(MINVALUE|''[^'']+'')[)]'))[1] into lower_bound
    from pg_class where oid = to_regclass(format('tidings.%I', tail));
  if lower_bound is null then raise exception 'partition % is missing', tail; end if;
  if lower_bound <> 'MINVALUE' and trim(both '''' from lower_bound)::uuid >= bound then return true; end if;
  execute format('select exists (select from tidings.%I where %I >= %L)', tail, id_column, bound) into beyond;
  if beyond then return false; end if;
  execute format('alter table tidings.%I detach partition tidings.%I', parent, tail);
  execute format('alter table tidings.%I rename to %I', tail, closed);
  execute format('alter table tidings.%I attach partition tidings.%I for values from (%s) to (%s)', parent, closed,
                 concat_ws(', ', quote_literal(lane), lower_bound), concat_ws(', ', quote_literal(lane), quote_literal(bound)));
  perform tidings.open_tail(parent, lane, quote_literal(bound));
  return true;
end $$;
revoke execute on function tidings.split_tail from public;

-- Each lane (and timeline) begins with one partition for everything, closed at the end of this month (quarter) and of the next.
do $$
declare
  today timestamp := now() at time zone 'utc'; -- without zone: adding a month must not meet summer time
  lane  text;
begin
  foreach lane in array array['domain', 'change', 'client', 'system'] loop
    perform tidings.open_tail('events', lane, 'minvalue');
    for ahead in 1..2 loop
      perform tidings.split_tail('events', 'id', lane,
                                 (date_trunc('month', today) + ahead * interval '1 month') at time zone 'utc');
    end loop;
  end loop;
  perform tidings.open_tail('timeline', null, 'minvalue');
  for ahead in 1..2 loop
    perform tidings.split_tail('timeline', 'event_id', null,
                               (date_trunc('quarter', today) + ahead * interval '3 months') at time zone 'utc');
  end loop;
end $$;

-- The log only grows: not even the owner changes or deletes what happened. (Retention drops whole partitions.)
alter table tidings.events enable row level security;
alter table tidings.timeline enable row level security;
revoke update, delete, truncate on tidings.events, tidings.timeline from current_user;
