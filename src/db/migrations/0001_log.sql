-- 0001_log.sql: the log, its order, and what reads it.
--
-- Every reference to an event is (account_id, lane, event_id). Keys are compared as bytes (collate "C"): they are
-- identifiers, the comparison is several times cheaper, and no operating system upgrade can reorder an index.

create sequence tidings.event_seq as bigint cache 1; -- cache 1: otherwise seq is not the order of insertion

-- One level of partitions, each one lane and one month. account_id leads every key, so that the tables can be
-- distributed by account later.
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
  sealed          jsonb,                                            -- encrypted values; null until sealing is used
  primary key (account_id, lane, id)
  -- No checks: PostgreSQL prepares each of them anew for every statement, 25 of the 190 µs that recording one event takes
  -- (three checks, measured). All rows come through tidings.append(), and record() has checked them.
) partition by range (lane, id);

create index events_xid on tidings.events (xid);                        -- what became visible between two snapshots
create index events_by_type on tidings.events (account_id, type, id);   -- a partition is one lane, so lane is not needed

-- One narrow row for each entity that an event is about: its subject, its actor and its refs, each once.
create table tidings.timeline (
  account_id  text collate "C" not null,
  entity      text collate "C" not null,                            -- type:id
  lane        text collate "C" not null,
  event_id    uuid not null,
  type        text collate "C" not null,
  primary key (account_id, entity, lane, event_id)
) partition by range (lane, event_id);

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

-- One row, rewritten at each tick that found something: room for its versions on the same page.
create table tidings.sequencer (
  singleton          boolean primary key default true,
  last_position      bigint not null,
  snapshot           pg_snapshot not null,                          -- what the last tick saw
  floor_seq          bigint not null default 0,                     -- rows up to here belong to another xid counter
  system_identifier  text,                                          -- of the cluster whose xids the snapshot counts
  ticked_at          timestamptz not null,
  swept_at           timestamptz not null,
  sweep_from         pg_snapshot not null,                          -- the next sweep compares from here …
  sweep_position     bigint not null,
  sweep_next         pg_snapshot not null,                          -- … and the one after it from here: each event is swept twice
  sweep_next_pos     bigint not null,
  constraint sequencer_has_one_row check (singleton)
) with (fillfactor = 10);

create table tidings.subscriptions (
  name              text collate "C" not null,
  slot              integer not null,
  slots             integer not null,
  position          bigint not null,                                -- everything up to here is handled, parked or not asked for
  lease_owner       text,
  lease_token       bigint not null default 0,
  lease_until       timestamptz not null default '-infinity',
  state             text not null default 'running',
  attempts          integer not null default 0,                     -- of the events after position, counted before each try …
  tried_up_to       bigint not null default 0,                      -- … up to this one
  failing_since     timestamptz,
  retry_at          timestamptz not null default '-infinity',
  last_error        text,
  updated_at        timestamptz not null default now(),
  primary key (name, slot),
  constraint subscriptions_state_known check (state in ('running', 'stopped')),
  constraint subscriptions_slot_in_range check (slot >= 0 and slot < slots)
) with (fillfactor = 50);

create table tidings.parked_events (
  name             text collate "C" not null,
  position         bigint not null,
  slot             integer not null,
  account_id       text collate "C" not null,
  lane             text collate "C" not null,
  event_id         uuid not null,
  type             text collate "C" not null,
  error            text not null,
  attempts         integer not null,
  parked_at        timestamptz not null default now(),
  retry_requested  boolean not null default false,
  primary key (name, position)
);
create index parked_events_retry on tidings.parked_events (name, slot, position) where retry_requested; -- looked at every second

-- The smallest UUIDv7 of a moment: the bound of a partition, or of a search by time.
create function tidings.uuid7_floor(moment timestamptz) returns uuid
language sql immutable strict parallel safe
return (lpad(to_hex(floor(extract(epoch from moment) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid;

-- A new UUIDv7 (RFC 9562 §6.2 method 3): 48 bits of milliseconds, 12 bits of their fraction, the rest random.
create function tidings.uuid7(now_us bigint) returns uuid
language sql volatile strict parallel safe
return (lpad(to_hex(now_us / 1000), 12, '0') || to_hex(28672 + now_us % 1000 * 4096 / 1000)
        || substr(gen_random_uuid()::text, 20))::uuid;

-- The record statement: writes a list of events and their timeline rows, returns a list of [id, milliseconds], with null for
-- an event whose idempotency key is already taken: that one is not written. `keep_keys_seconds` is how long a key holds;
-- null when no event has one.
--
-- A function, because a connection keeps a function's plans: sent as SQL, planning took two thirds of the statement's time
-- (0.69 against 0.24 ms, measured), and named statements do not pass PgBouncer's transaction pooling.
create function tidings.append(list text, keep_keys_seconds double precision, notify boolean) returns text
language plpgsql as $$
declare
  batch    jsonb := list;
  lifetime interval := make_interval(secs => keep_keys_seconds);
  recorded text;
begin
  if jsonb_array_length(batch) = 1 then
    recorded := tidings.append_one(batch->0, lifetime);
  else
    recorded := tidings.append_many(batch, lifetime);
  end if;
  -- Only one transaction at a time carries a NOTIFY, so that writers never queue for the cluster-wide commit lock.
  if notify and pg_try_advisory_xact_lock(hashtextextended('tidings.recorded', 0)) then
    perform pg_notify('tidings.log', '');
  end if;
  return recorded;
end $$;

-- One event: by far the most frequent call, in two thirds of the time that the statements for lists need to get ready
-- (127 against 187 µs, measured). Ids, seq and xid are values of this node, never column defaults: those would be
-- evaluated on a worker when tables are distributed, and the row would carry a worker's xid.
create function tidings.append_one(event jsonb, keep_key interval) returns text
language plpgsql as $$
declare
  now_us      bigint := extract(epoch from clock_timestamp()) * 1000000;
  id          uuid := tidings.uuid7(now_us);
  account     text := event->>'account';
  lane        text := event->>'lane';
  type        text := event->>'type';
  subject     jsonb := event->'subject';
  actor       jsonb := event->'actor';
  cause       jsonb := event->'cause';
  occurred_at timestamptz := coalesce((event->>'occurredAt')::timestamptz, to_timestamp(now_us / 1000000.0));
begin
  if event->>'key' is not null then
    insert into tidings.idempotency_keys as held (account_id, key, lane, event_id, fingerprint, expires_at)
    values (account, event->>'key', lane, id, event->>'fingerprint', to_timestamp(now_us / 1000000.0) + keep_key)
    on conflict (account_id, key) do update
       set lane = excluded.lane, event_id = excluded.event_id,
           fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
     where held.expires_at <= excluded.expires_at - keep_key;
    if not found then return '[null]'; end if;
  end if;
  insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
      subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
      occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth)
  values (account, lane, id, nextval('tidings.event_seq'), pg_current_xact_id(), type,
      (event->>'version')::integer, event->>'severity',
      subject->>'type', subject->>'id', subject->>'label', actor->>'type', actor->>'id', actor->>'label',
      nullif(event->'onBehalfOf', 'null'), occurred_at, event->'refs', event->'data', event->'metadata',
      cause->>'lane', (cause->>'id')::uuid, coalesce((cause->>'depth')::smallint, 0));
  insert into tidings.timeline (account_id, entity, lane, event_id, type)
  select account, entity, lane, id, type from jsonb_array_elements_text(event->'entities') entity;
  return json_build_array(json_build_array(id, extract(epoch from occurred_at)::float8 * 1000));
end $$;

-- A list of events in one statement, whatever its length. Each event is one microsecond after the one before it, so that
-- ids keep the order in which they were given.
create function tidings.append_many(batch jsonb, keep_keys interval) returns text
language plpgsql as $$
declare
  now_us bigint := extract(epoch from clock_timestamp()) * 1000000;
  ids    uuid[] := array(
    select tidings.uuid7(now_us + number) from generate_series(1, jsonb_array_length(batch)) number);
  taken  uuid[] := '{}';
  recorded text;
begin
  if keep_keys is not null then
    -- In sorted order, so that two calls with the same keys wait for one another instead of deadlocking. A key that another
    -- call holds, or that an open transaction is about to hold, is not returned; an expired one is.
    with held as (
      insert into tidings.idempotency_keys as held (account_id, key, lane, event_id, fingerprint, expires_at)
      select account, key, lane, ids[ordinality], fingerprint, to_timestamp(now_us / 1000000.0) + keep_keys
        from rows from (jsonb_to_recordset(batch) as (account text, lane text, key text, fingerprint text))
             with ordinality
       where key is not null order by account, key
      on conflict (account_id, key) do update
         set lane = excluded.lane, event_id = excluded.event_id,
             fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
       where held.expires_at <= excluded.expires_at - keep_keys
      returning event_id
    )
    select coalesce(array_agg(event_id), '{}') into taken from held;
  end if;

  with input as materialized (
    select e.*, nextval('tidings.event_seq') as seq, pg_current_xact_id() as xid, ids[ordinality] as id,
           coalesce("occurredAt", to_timestamp(now_us / 1000000.0)) as occurred_at,
           key is null or ids[ordinality] = any (taken) as fresh
      from rows from (jsonb_to_recordset(batch) as (
             account text, lane text, type text, version integer, severity text, subject jsonb, actor jsonb,
             "onBehalfOf" jsonb, "occurredAt" timestamptz, refs jsonb, data jsonb, metadata jsonb,
             entities text[], cause jsonb, key text)) with ordinality e
  ),
  stored as (
    insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
        subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
        occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth)
    select account, lane, id, seq, xid, type, version, severity,
        subject->>'type', subject->>'id', subject->>'label', actor->>'type', actor->>'id', actor->>'label', "onBehalfOf",
        occurred_at, refs, data, metadata, cause->>'lane', (cause->>'id')::uuid, coalesce((cause->>'depth')::smallint, 0)
      from input where fresh
  ),
  marked as (
    insert into tidings.timeline (account_id, entity, lane, event_id, type)
    select account, entity, lane, id, type from input, unnest(entities) entity where fresh
  )
  select json_agg(case when fresh then json_build_array(id, extract(epoch from occurred_at)::float8 * 1000) end
                  order by ordinality)::text
    into recorded from input;
  return recorded;
end $$;

-- The reads of feeds and timelines that are not filtered further. Functions, because planning over all partitions takes
-- longer than reading a page (144 partitions, the timeline of a card: 15 ms of which 13 planning; this way 1.3, measured).
-- A connection plans each of them once, for any parameters (hence force_generic_plan: PostgreSQL believes that it saves by
-- planning anew), and at the start of each call leaves out the partitions that the lane and the bounds exclude.
--
-- `low` and `high` lie outside of the page: ids are greater and less. Each returns the ids of one lane, at most `page`.
create function tidings.ids_of_account(account text, of_lane text, low uuid, high uuid, newest_first boolean, page integer)
returns setof uuid language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  if newest_first then
    return query select id from tidings.events
      where account_id = account and lane = of_lane and id > low and id < high order by id desc limit page;
  else
    return query select id from tidings.events
      where account_id = account and lane = of_lane and id > low and id < high order by id limit page;
  end if;
end $$;

create function tidings.ids_of_type(account text, of_lane text, of_type text, low uuid, high uuid, newest_first boolean, page integer)
returns setof uuid language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  if newest_first then
    return query select id from tidings.events
      where account_id = account and lane = of_lane and type = of_type and id > low and id < high order by id desc limit page;
  else
    return query select id from tidings.events
      where account_id = account and lane = of_lane and type = of_type and id > low and id < high order by id limit page;
  end if;
end $$;

create function tidings.ids_of_entity(account text, of_lane text, of_entity text, low uuid, high uuid, newest_first boolean, page integer)
returns setof uuid language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  if newest_first then
    return query select event_id from tidings.timeline
      where account_id = account and entity = of_entity and lane = of_lane and event_id > low and event_id < high
      order by event_id desc limit page;
  else
    return query select event_id from tidings.timeline
      where account_id = account and entity = of_entity and lane = of_lane and event_id > low and event_id < high
      order by event_id limit page;
  end if;
end $$;

-- The events of one lane by their keys; `ids` in ascending order, `accounts` beside them. One look-up an event, which opens
-- one partition. The limit keeps PostgreSQL from turning the look-ups into a join that reads whole partitions (167 ms).
create function tidings.events_of_lane(of_lane text, accounts text[], ids uuid[])
returns setof tidings.events language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  low  uuid := ids[1];
  high uuid := ids[cardinality(ids)];
begin
  return query
    select found.* from unnest(accounts, ids) wanted (account_id, id)
     cross join lateral (
       select e.* from tidings.events e
        where e.account_id = wanted.account_id and e.lane = of_lane and e.id = wanted.id and e.id between low and high
        limit 1) found;
end $$;

-- Identifies the cluster whose transaction ids the snapshots count. Null where the role may not ask.
create function tidings.cluster_identifier() returns text
language plpgsql stable as $$
begin
  if not has_function_privilege('pg_control_system()', 'execute') then return null; end if;
  return (select system_identifier::text from pg_control_system());
end $$;

-- Makes a lane's open partition, from `lower_bound` (as SQL) on. The owner gives away its rights to change rows here too:
-- they are asked of the table that a statement names, which may be the partition.
create function tidings.open_tail(parent text, lane text, lower_bound text) returns void
language plpgsql as $$
declare
  tail text := format('%s_%s_tail', parent, lane);
begin
  execute format('create table tidings.%I partition of tidings.%I for values from (%L, %s) to (%L, maxvalue)',
                 tail, parent, lane, lower_bound, lane);
  execute format('revoke update, delete, truncate on tidings.%I from current_user', tail);
end $$;

-- Ends a lane's open partition at `upper_bound` and opens the next one there. The open partition is named …_tail and
-- reaches to MAXVALUE, so that an insert never fails for want of a partition. Returns false when rows lie beyond the
-- bound. Takes ACCESS EXCLUSIVE on the table: the caller sets a short lock_timeout. Runs with the owner's rights, because
-- the worker's role may not change tables; nobody may call it who was not granted that.
create function tidings.split_tail(parent text, id_column text, lane text, upper_bound timestamptz) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  tail   text := format('%s_%s_tail', parent, lane);
  closed text := format('%s_%s_%s', parent, lane, to_char((upper_bound at time zone 'utc') - interval '1 day', 'YYYY_MM'));
  bound  uuid := tidings.uuid7_floor(upper_bound);
  lower_bound text;
  beyond boolean;
begin
  if (parent, id_column) not in (('events', 'id'), ('timeline', 'event_id')) then
    raise exception 'tidings.split_tail() does not keep the table %', parent;
  end if;
  -- Changes nothing but takes the lock: before PostgreSQL 17, LOCK TABLE wants a right that the owner gave away below.
  execute format('alter table tidings.%I enable row level security', parent);
  select (regexp_match(pg_get_expr(relpartbound, oid), 'FROM \(''[a-z]+'', (MINVALUE|''[^'']+'')\)'))[1] into lower_bound
    from pg_class where oid = to_regclass(format('tidings.%I', tail));
  if lower_bound is null then raise exception 'partition % is missing', tail; end if;
  if lower_bound <> 'MINVALUE' and trim(both '''' from lower_bound)::uuid >= bound then return true; end if;
  execute format('select exists (select from tidings.%I where %I >= %L)', tail, id_column, bound) into beyond;
  if beyond then return false; end if;
  execute format('alter table tidings.%I detach partition tidings.%I', parent, tail);
  execute format('alter table tidings.%I rename to %I', tail, closed);
  execute format('alter table tidings.%I attach partition tidings.%I for values from (%L, %s) to (%L, %L)',
                 parent, closed, lane, lower_bound, lane, bound);
  perform tidings.open_tail(parent, lane, quote_literal(bound));
  return true;
end $$;
revoke execute on function tidings.split_tail from public;

-- Gives positions to the events that became visible since the last tick.
--
-- Snapshot difference (PgQ): what the stored snapshot could not see and the current one can, in order of seq. Nothing
-- is lost (what is not visible now is in progress or in the future of this snapshot: a later tick's), nothing comes
-- twice (what the stored snapshot saw matches neither branch), and no writer takes a lock for it.
--
-- Must run in READ COMMITTED: each statement below needs a snapshot at least as new as the one before it. The
-- advisory lock instead of a row lock lets an idle tick write nothing at all, not even a transaction id.
create function tidings.tick(advance_when_empty boolean default false,
                             out outcome text, out assigned double precision, out last_position text)
language plpgsql as $$
declare
  state    tidings.sequencer;
  now_seen pg_snapshot;
  low      uuid;
  high     uuid;
  fresh_rows bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'tidings.tick() needs READ COMMITTED, not %', current_setting('transaction_isolation');
  end if;
  assigned := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('tidings.sequencer', 0)) then outcome := 'busy'; return; end if;
  select * into strict state from tidings.sequencer;
  now_seen := pg_current_snapshot();
  last_position := state.last_position::text;
  if state.system_identifier <> tidings.cluster_identifier() -- null when one of them is unknown
     or pg_snapshot_xmax(state.snapshot) > pg_snapshot_xmax(now_seen) then
    outcome := 'moved';
    return;
  end if;

  -- One branch a lane with literal bounds of a day: with 145 partitions the planner then looks at a handful. What lies
  -- outside (a transaction open for longer, a clock that jumped) is found by the sweep.
  low  := tidings.uuid7_floor(clock_timestamp() - interval '1 day');
  high := tidings.uuid7_floor(clock_timestamp() + interval '1 day');
  execute (
    select 'insert into tidings.event_order (pos, account_id, lane, event_id) '
        || format('select %s + row_number() over (order by seq), account_id, lane, id from (', state.last_position)
        || string_agg(format(
             'select seq, account_id, lane, id from tidings.events '
             'where lane = %L and id >= %L and id < %L and seq > %s and pg_visible_in_snapshot(xid, %L) and %s',
             lane, low, high, state.floor_seq, now_seen, range), ' union all ')
        || ') fresh'
      from unnest(array['domain', 'change', 'client', 'system']) lane,
           unnest(tidings.visible_between(state.snapshot, now_seen)) range);
  get diagnostics fresh_rows = row_count;

  assigned := fresh_rows;
  outcome := case when fresh_rows > 0 then 'ticked' else 'idle' end;
  if fresh_rows > 0 or advance_when_empty then
    update tidings.sequencer s
       set last_position = state.last_position + fresh_rows, snapshot = now_seen, ticked_at = clock_timestamp();
    last_position := (state.last_position + fresh_rows)::text;
  end if;
  if fresh_rows > 0 then perform pg_notify('tidings.log', last_position); end if;
end $$;

-- The two conditions on xid that hold together exactly what lies between two snapshots, each fit for the index.
create function tidings.visible_between(older pg_snapshot, newer pg_snapshot) returns text[]
language sql stable as $$
  select array[format('xid >= %L and xid < %L', pg_snapshot_xmax(older), pg_snapshot_xmax(newer))]
      || array(select format('xid = any (%L)', array_agg(x)) from pg_snapshot_xip(older) x having count(*) > 0)
$$;

-- Finds events that no tick numbered: ids outside the tick's day, and (on several nodes) commits that became visible
-- late. Ticks first, holds the same lock, and takes only what the snapshot just stored can see; otherwise the next tick
-- would number a row again. Each event is compared in two consecutive sweeps.
create function tidings.sweep(out outcome text, out assigned double precision, out last_position text)
language plpgsql as $$
declare
  state tidings.sequencer;
  fresh_rows bigint;
begin
  select t.outcome, t.last_position into outcome, last_position from tidings.tick(true) t;
  assigned := 0;
  if outcome in ('busy', 'moved') then return; end if;
  select * into strict state from tidings.sequencer;
  execute (
    select 'insert into tidings.event_order (pos, account_id, lane, event_id) '
        || format('select %s + row_number() over (order by seq), account_id, lane, id from (', state.last_position)
        || string_agg(format(
             'select seq, account_id, lane, id from tidings.events '
             'where seq > %s and pg_visible_in_snapshot(xid, %L) and %s',
             state.floor_seq, state.snapshot, range), ' union all ')
        || ') recent where not exists (select from tidings.event_order o '
        || format('where o.pos > %s and o.account_id = recent.account_id and o.lane = recent.lane and o.event_id = recent.id)',
                  state.sweep_position)
      from unnest(tidings.visible_between(state.sweep_from, state.snapshot)) range);
  get diagnostics fresh_rows = row_count;
  assigned := fresh_rows;
  update tidings.sequencer s
     set last_position = state.last_position + fresh_rows,
         swept_at = clock_timestamp(),
         sweep_from = state.sweep_next, sweep_position = state.sweep_next_pos,
         sweep_next = state.snapshot,   sweep_next_pos = state.last_position;
  last_position := (state.last_position + fresh_rows)::text;
  if fresh_rows > 0 then perform pg_notify('tidings.log', last_position); end if;
end $$;

-- After a move to another cluster (a restored dump, logical replication) stored xids count with the old cluster's
-- counter. Positions and cursors survive, because they are stored numbers. Numbers what has none, then draws a line
-- (floor_seq) under all rows of the old counter: without it they would be numbered again when the new counter
-- reaches their xids. Runs with the owner's rights, like split_tail.
create function tidings.repair(out outcome text, out assigned double precision, out last_position text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  state tidings.sequencer;
  fresh_rows bigint;
  top   bigint;
begin
  assigned := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('tidings.sequencer', 0)) then outcome := 'busy'; return; end if;
  -- Waits for writers and keeps new ones out (SHARE ROW EXCLUSIVE), changing nothing: see split_tail about LOCK TABLE.
  alter table tidings.events enable trigger user;
  select * into strict state from tidings.sequencer;
  last_position := state.last_position::text;
  if (state.system_identifier <> tidings.cluster_identifier()) is not true
     and pg_snapshot_xmax(state.snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) then
    outcome := 'sound'; -- another process was faster
    return;
  end if;
  select coalesce(max(seq), 0) into top from tidings.events;
  -- logical replication carries no sequence values
  perform setval('tidings.event_seq', greatest(top, (select last_value from tidings.event_seq), 1));
  insert into tidings.event_order (pos, account_id, lane, event_id)
  select state.last_position + row_number() over (order by seq), account_id, lane, id
    from tidings.events e
   where (id >= tidings.uuid7_floor(state.ticked_at - interval '1 day') or xid >= pg_snapshot_xmin(state.snapshot))
     and seq > state.floor_seq
     and not exists (select from tidings.event_order o
                      where o.account_id = e.account_id and o.lane = e.lane and o.event_id = e.id);
  get diagnostics fresh_rows = row_count;
  outcome := 'repaired';
  assigned := fresh_rows;
  last_position := (state.last_position + fresh_rows)::text;
  update tidings.sequencer s
     set last_position = state.last_position + fresh_rows, snapshot = pg_current_snapshot(), floor_seq = top,
         system_identifier = tidings.cluster_identifier(), ticked_at = clock_timestamp(), swept_at = clock_timestamp(),
         sweep_from = pg_current_snapshot(), sweep_position = state.last_position + fresh_rows,
         sweep_next = pg_current_snapshot(), sweep_next_pos = state.last_position + fresh_rows;
  perform pg_notify('tidings.log', last_position);
end $$;
revoke execute on function tidings.repair from public;

insert into tidings.sequencer (last_position, snapshot, system_identifier, ticked_at, swept_at,
                               sweep_from, sweep_position, sweep_next, sweep_next_pos)
select 0, s, tidings.cluster_identifier(), now(), now(), s, 0, s, 0 from pg_current_snapshot() s;

-- Each lane begins with one partition for everything, closed at the end of this month and of the next.
do $$
declare
  month timestamp := date_trunc('month', now() at time zone 'utc'); -- without zone: adding a month must not meet summer time
  lane  text;
begin
  foreach lane in array array['domain', 'change', 'client', 'system'] loop
    perform tidings.open_tail('events', lane, 'minvalue');
    perform tidings.open_tail('timeline', lane, 'minvalue');
    for ahead in 1..2 loop
      perform tidings.split_tail('events', 'id', lane, (month + ahead * interval '1 month') at time zone 'utc');
      perform tidings.split_tail('timeline', 'event_id', lane, (month + ahead * interval '1 month') at time zone 'utc');
    end loop;
  end loop;
end $$;

-- The log only grows: not even the owner changes or deletes what happened. (Retention drops whole partitions.)
alter table tidings.events enable row level security;
alter table tidings.timeline enable row level security;
revoke update, delete, truncate on tidings.events, tidings.timeline from current_user;
