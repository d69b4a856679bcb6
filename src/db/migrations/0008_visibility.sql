-- 0008_visibility.sql: events for an audience, and what explains one event.

-- Who may see an event: keys of people (`user:ann`), of groups, of whatever the app names. Null: everybody in the account.
alter table tidings.events add column audience text[] collate "C";
alter table tidings.timeline add column audience text[] collate "C";

-- Every index that pages and counts are read from also tells who may see a row: to read as somebody is still one scan of an
-- index, and passes over what is hidden without opening it (counting 45,000 events: 10 ms; from the rows 43, measured). A null
-- costs 8 bytes an entry, for its bitmap. limits.audienceBytes keeps the largest entry below the 2,704 bytes that fit.
alter table tidings.events drop constraint events_pkey;
alter table tidings.events add primary key (account_id, lane, id) include (audience);
drop index tidings.events_by_type;
create index events_by_type on tidings.events (account_id, type, id) include (audience);
alter table tidings.timeline drop constraint timeline_pkey;
alter table tidings.timeline add primary key (account_id, entity, lane, event_id) include (audience);

-- One event: by far the most frequent call, in two thirds of the time that the statements for lists need to get ready
-- (127 against 187 µs, measured). Ids, seq and xid are values of this node, never column defaults: those would be
-- evaluated on a worker when tables are distributed, and the row would carry a worker's xid.
create or replace function tidings.append_one(event jsonb, keep_key interval) returns text
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
  audience    text[];
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
  if event->>'audience' is not null then
    audience := array(select jsonb_array_elements_text(event->'audience'));
  end if;
  insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
      subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
      occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth, audience)
  values (account, lane, id, nextval('tidings.event_seq'), pg_current_xact_id(), type,
      (event->>'version')::integer, event->>'severity',
      subject->>'type', subject->>'id', subject->>'label', actor->>'type', actor->>'id', actor->>'label',
      nullif(event->'onBehalfOf', 'null'), occurred_at, event->'refs', event->'data', event->'metadata',
      cause->>'lane', (cause->>'id')::uuid, coalesce((cause->>'depth')::smallint, 0),
      audience);
  insert into tidings.timeline (account_id, entity, lane, event_id, type, audience)
  select account, entity, lane, id, type, audience from jsonb_array_elements_text(event->'entities') entity;
  return json_build_array(json_build_array(id, extract(epoch from occurred_at)::float8 * 1000));
end $$;

-- A list of events in one statement, whatever its length. Each event is one microsecond after the one before it, so that
-- ids keep the order in which they were given.
create or replace function tidings.append_many(batch jsonb, keep_keys interval) returns text
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
             entities text[], audience text[], cause jsonb, key text)) with ordinality e
  ),
  stored as (
    insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
        subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
        occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth, audience)
    select account, lane, id, seq, xid, type, version, severity,
        subject->>'type', subject->>'id', subject->>'label', actor->>'type', actor->>'id', actor->>'label', "onBehalfOf",
        occurred_at, refs, data, metadata, cause->>'lane', (cause->>'id')::uuid, coalesce((cause->>'depth')::smallint, 0),
        audience
      from input where fresh
  ),
  marked as (
    insert into tidings.timeline (account_id, entity, lane, event_id, type, audience)
    select account, entity, lane, id, type, audience from input, unnest(entities) entity where fresh
  )
  select json_agg(case when fresh then json_build_array(id, extract(epoch from occurred_at)::float8 * 1000) end
                  order by ordinality)::text
    into recorded from input;
  return recorded;
end $$;

-- The reads of 0004_reads.sql for a viewer who counts as `keys`. No sorting: where most rows are for others, PostgreSQL would
-- expect a handful of matches, and read all of history in order to sort them.
create function tidings.ids_of_account_seen_by(keys text[], account text, of_lanes text[], low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
          and (e.audience is null or e.audience && keys)
        order by e.id desc limit page;
    else
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
          and (e.audience is null or e.audience && keys)
        order by e.id limit page;
    end if;
  end loop;
end $$;

create function tidings.ids_of_type_seen_by(keys text[], account text, of_lanes text[], of_type text, low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
          and (e.audience is null or e.audience && keys)
        order by e.id desc limit page;
    else
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
          and (e.audience is null or e.audience && keys)
        order by e.id limit page;
    end if;
  end loop;
end $$;

create function tidings.ids_of_entity_seen_by(keys text[], account text, of_lanes text[], of_entity text, low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      return query select t.lane, t.event_id from tidings.timeline t
        where t.account_id = account and t.lane = of_lane and t.entity = of_entity and t.event_id > low and t.event_id < high
          and (t.audience is null or t.audience && keys)
        order by t.event_id desc limit page;
    else
      return query select t.lane, t.event_id from tidings.timeline t
        where t.account_id = account and t.lane = of_lane and t.entity = of_entity and t.event_id > low and t.event_id < high
          and (t.audience is null or t.audience && keys)
        order by t.event_id limit page;
    end if;
  end loop;
end $$;

-- The position of one event. Ids are nearly in the order of positions, so that a summary of each 32 pages leads there in 0.2 to
-- 1.2 ms, and costs the sequencer nothing; a b-tree made it a quarter slower (213k against 164k events a second of its CPU,
-- measured).
create index event_order_event on tidings.event_order using brin (event_id) with (pages_per_range = 32, autosummarize = on);

create index events_by_cause on tidings.events (account_id, caused_by_id, id) where caused_by_id is not null;

-- What the events with the ids `causes` led to, oldest first: at most `page` of each cause and lane. `low` lies before all of
-- them: an effect is recorded after its cause, and the months before are left out.
create function tidings.effects_of(account text, causes uuid[], low uuid, page integer)
returns table (lane text, id uuid, cause uuid, audience text[]) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array array['domain', 'change', 'client', 'system'] loop
    return query select e.lane, e.id, e.caused_by_id, e.audience
      from unnest(causes) of_cause (id) cross join lateral (
        select * from tidings.events led
         where led.account_id = account and led.lane = of_lane and led.id > low
           and led.caused_by_id = of_cause.id and led.caused_by_id is not null
         order by led.id limit page) e;
  end loop;
end $$;
