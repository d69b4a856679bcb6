-- 0002_append.sql: the record statement.

-- A new UUIDv7 (RFC 9562 §6.2 method 3): 48 bits of milliseconds, 12 bits of their fraction, the rest random.
create function tidings.uuid7(now_us bigint) returns uuid
language sql volatile strict parallel safe
return (lpad(to_hex(now_us / 1000), 12, '0') || to_hex(28672 + now_us % 1000 * 4096 / 1000)
        || substr(gen_random_uuid()::text, 20))::uuid;

-- The record statement: writes events and their timeline rows, returns a list of [id, milliseconds], with null for
-- an event whose idempotency key is already taken: that one is not written. `keep_keys_seconds` is how long a key holds;
-- null when no event has one. `notify` wakes a sleeping sequencer.
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
    return '[' || tidings.append_one(batch->0, lifetime, notify) || ']';
  end if;
  recorded := tidings.append_many(batch, lifetime);
  if notify then perform tidings.wake_sequencer(); end if;
  return recorded;
end $$;

-- Only one transaction at a time carries a NOTIFY, so that writers never queue for the cluster-wide commit lock.
create function tidings.wake_sequencer() returns void
language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('tidings.recorded', 0)) then
    perform pg_notify('tidings.log', '');
  end if;
end $$;

-- One event, by far the most frequent call: [id, milliseconds] as JSON, or null as JSON. Ids, seq and xid are values of this node, never
-- column defaults: those would be evaluated on a worker when tables are distributed, and the row would carry a worker's xid.
--
-- plpgsql gets each expression ready anew in every transaction. So there are few of them (the body is an eighth faster than with a
-- variable for each part of the event and a function around it, measured), times are float8 instead of numeric, which is exact
-- to the microsecond until 2106, and the entities stand in the select list, where they need no tuplestore.
create function tidings.append_one(event jsonb, keep_key interval, notify boolean) returns text
language plpgsql as $$
declare
  moment      timestamptz := clock_timestamp();
  id          uuid := coalesce((event->>'reservedId')::uuid, -- an action knows its event's id from its begin
                               tidings.uuid7((date_part('epoch', moment) * 1000000)::bigint));
  occurred_at timestamptz := coalesce((event->>'occurredAt')::timestamptz, moment);
  audience    text[];
begin
  if event->>'key' is not null then
    insert into tidings.idempotency_keys as held (account_id, key, lane, event_id, fingerprint, expires_at)
    values (event->>'account', event->>'key', event->>'lane', id, event->>'fingerprint', moment + keep_key)
    on conflict (account_id, key) do update
       set lane = excluded.lane, event_id = excluded.event_id,
           fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
     where held.expires_at <= excluded.expires_at - keep_key;
    if not found then return 'null'; end if;
  end if;
  if event->>'audience' is not null then
    audience := array(select jsonb_array_elements_text(event->'audience'));
  end if;
  insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
      subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
      occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth, audience, kind, sealed)
  values (event->>'account', event->>'lane', id,
      nextval('tidings.event_seq'), -- here: only behind the table's lock, for which repair() makes writers wait, may seq be drawn
      pg_current_xact_id(), event->>'type',
      (event->>'version')::integer, event->>'severity',
      event->'subject'->>'type', event->'subject'->>'id', event->'subject'->>'label',
      event->'actor'->>'type', event->'actor'->>'id', event->'actor'->>'label', nullif(event->'onBehalfOf', 'null'),
      occurred_at, event->'refs', event->'data', event->'metadata',
      event->'cause'->>'lane', (event->'cause'->>'id')::uuid, coalesce((event->'cause'->>'depth')::smallint, 0),
      audience, event->>'kind', nullif(event->'sealed', 'null'));
  insert into tidings.timeline (account_id, entity, lane, event_id, type, audience)
  select event->>'account', jsonb_array_elements_text(event->'entities'), event->>'lane', id, event->>'type', audience;
  if notify then perform tidings.wake_sequencer(); end if;
  return json_build_array(id, date_part('epoch', occurred_at) * 1000);
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
      select account, key, lane, coalesce("reservedId", ids[ordinality]), fingerprint, to_timestamp(now_us / 1000000.0) + keep_keys
        from rows from (jsonb_to_recordset(batch) as (account text, lane text, "reservedId" uuid, key text, fingerprint text))
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
    select e.*, nextval('tidings.event_seq') as seq, pg_current_xact_id() as xid, coalesce("reservedId", ids[ordinality]) as id,
           coalesce("occurredAt", to_timestamp(now_us / 1000000.0)) as occurred_at,
           key is null or coalesce("reservedId", ids[ordinality]) = any (taken) as fresh
      from rows from (jsonb_to_recordset(batch) as (
             account text, lane text, type text, version integer, severity text, subject jsonb, actor jsonb,
             "onBehalfOf" jsonb, "occurredAt" timestamptz, refs jsonb, data jsonb, metadata jsonb,
             entities text[], audience text[], kind text, sealed jsonb, "reservedId" uuid, cause jsonb, key text)) with ordinality e
  ),
  stored as (
    insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
        subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
        occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth, audience, kind, sealed)
    select account, lane, id, seq, xid, type, version, severity,
        subject->>'type', subject->>'id', subject->>'label', actor->>'type', actor->>'id', actor->>'label', "onBehalfOf",
        occurred_at, refs, data, metadata, cause->>'lane', (cause->>'id')::uuid, coalesce((cause->>'depth')::smallint, 0),
        audience, kind, sealed
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
