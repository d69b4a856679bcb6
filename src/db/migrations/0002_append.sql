-- 0002_append.sql: the record statement, one function for an event and one for a list.
--
-- Functions, because a connection keeps a function's plans: sent as SQL, planning took two thirds of the statement's time
-- (0.69 against 0.24 ms, measured), and named statements do not pass PgBouncer's transaction pooling.
--
-- Ids, seq and xid are values of this node, never column defaults: those would be evaluated on a worker when tables are distributed,
-- and the row would carry a worker's xid. Only behind the table's lock, for which repair() makes writers wait, may seq be drawn.
-- An event that is not told when it happened did so at its id's time, to the millisecond, so that who recorded it knows it from the id.

-- A UUIDv7 (RFC 9562 section 6.2 method 3): 48 bits of milliseconds, 12 bits of their fraction, then what ends a random UUID.
create function tidings.uuid7(now_us bigint, random_end text) returns uuid
language sql immutable strict parallel safe
return (lpad(to_hex(now_us / 1000), 12, '0') || to_hex(28672 + now_us % 1000 * 4096 / 1000) || random_end)::uuid;

-- A new one.
create function tidings.uuid7(now_us bigint) returns uuid
language sql volatile strict parallel safe
return tidings.uuid7(now_us, substr(gen_random_uuid()::text, 20));

-- A clock that shows full milliseconds is PGlite's, nearly always: so many ids from `now_us` on would mix with those of the calls
-- before it. Gives the microsecond from where they come after those of this session's earlier calls at full milliseconds, unless its clock
-- was set back by more than a tenth of a second. The setting is the same in every schema: its name in one part would be renamed.
create function tidings.after_last(now_us bigint, ids integer) returns bigint
language plpgsql as $$
declare
  last_us  bigint := coalesce(nullif(current_setting('tidings' || '.last_us', true), ''), '0')::bigint;
  first_us bigint := case when last_us between now_us and now_us + 100000 then last_us + 1 else now_us end;
begin
  perform set_config('tidings' || '.last_us', (first_us + ids)::text, false);
  return first_us;
end $$;

-- Only one transaction at a time carries a NOTIFY, so that writers never queue for the cluster-wide commit lock.
create function tidings.wake_sequencer() returns void
language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('tidings.recorded', 0)) then
    perform pg_notify('tidings.log', '');
  end if;
end $$;

-- One event, by far the most frequent call: its id, or null where its idempotency key is taken, and then nothing is written.
-- `keep_key` is how long a key holds; `notify` wakes a sleeping sequencer; `random_end` is that of the id, where none is reserved:
-- the server's own generator, called once a transaction, takes it 8 us, Node's a fifth of one.
--
-- A parameter for each column: read out of one JSON parameter, columns cost 20 to 25 us more of the 150 that the call takes the server.
-- plpgsql gets each expression ready anew in every transaction, so there are few of them; time is counted in float8 instead of numeric,
-- exact to the microsecond until 2106; the entities stand in the select list, where they need no tuplestore.
create function tidings.append_one(
  account text, lane text, type text, version integer, severity text,
  subject_type text, subject_id text, subject_label text, actor_type text, actor_id text, actor_label text, on_behalf_of jsonb,
  occurred_at timestamptz, refs jsonb, data jsonb, metadata jsonb, sealed jsonb, entities text[], audience text[], kind text,
  caused_by_lane text, caused_by_id uuid, cause_depth smallint,
  reserved_id uuid, random_end text, key text, fingerprint text, keep_key interval, notify boolean) returns uuid
language plpgsql as $$
#variable_conflict use_column
declare
  now_us bigint := (date_part('epoch', clock_timestamp()) * 1000000)::bigint; -- a cast by plpgsql itself would take 9 us
  id     uuid;
begin
  if now_us % 1000 = 0 then now_us := tidings.after_last(now_us, 1); end if;
  id := coalesce(reserved_id, tidings.uuid7(now_us, random_end)); -- an action knows its event's id from its begin
  if key is not null then
    insert into tidings.idempotency_keys as held (account_id, key, lane, event_id, fingerprint, expires_at)
    values (account, key, lane, id, fingerprint, to_timestamp(now_us / 1000000.0) + keep_key)
    on conflict (account_id, key) do update
       set lane = excluded.lane, event_id = excluded.event_id,
           fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
     where held.expires_at <= excluded.expires_at - keep_key;
    if not found then return null; end if;
  end if;
  insert into tidings.events (account_id, lane, id, seq, xid, type, version, severity,
      subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
      occurred_at, refs, data, metadata, caused_by_lane, caused_by_id, cause_depth, audience, kind, sealed)
  values (account, lane, id, nextval('tidings.event_seq'), pg_current_xact_id(), type, version, severity,
      subject_type, subject_id, subject_label, actor_type, actor_id, actor_label, on_behalf_of,
      coalesce(occurred_at, to_timestamp((now_us / 1000)::float8 / 1000)), refs, data, metadata,
      caused_by_lane, caused_by_id, cause_depth, audience, kind, sealed);
  insert into tidings.timeline (account_id, entity, lane, event_id, type, audience)
  select account, unnest(entities), lane, id, type, audience;
  if notify then perform tidings.wake_sequencer(); end if;
  return id;
end $$;

-- A list of events in one statement, whatever its length: a JSON list of ids, with null for an event whose idempotency key is taken.
-- `keep_keys` is null when no event has one. Each event is one microsecond after the one before it, so that ids keep the order in
-- which they were given.
create function tidings.append_list(batch jsonb, keep_keys interval, notify boolean) returns text
language plpgsql as $$
declare
  now_us bigint := extract(epoch from clock_timestamp()) * 1000000;
  ids    uuid[];
  taken  uuid[] := '{}';
  recorded text;
begin
  if now_us % 1000 = 0 then now_us := tidings.after_last(now_us, jsonb_array_length(batch)); end if;
  ids := array(select tidings.uuid7(now_us + number) from generate_series(1, jsonb_array_length(batch)) number);
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
           coalesce("occurredAt", to_timestamp((now_us + ordinality) / 1000 / 1000.0)) as occurred_at,
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
  select json_agg(case when fresh then id end order by ordinality)::text into recorded from input;
  if notify then perform tidings.wake_sequencer(); end if;
  return recorded;
end $$;
