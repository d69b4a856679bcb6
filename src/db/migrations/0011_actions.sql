-- 0011_actions.sql: what performing an action asks of the database beside its event.

-- How many actions changed a subject: what `expectedVersion` compares. Raised as the action's event is written, so that actions
-- without a lock wait for each other only from there to their commit.
create table tidings.subject_versions (
  account_id  text collate "C" not null,
  entity      text collate "C" not null,                            -- type:id
  version     bigint not null,
  primary key (account_id, entity)
) with (fillfactor = 80);

-- Begins actions of one account, all in one statement: waits for their locks, claims their idempotency keys, reserves the ids of
-- their events. Each statement in here sees what was committed before it began, so what is looked up after the locks is what
-- the last holder left.
--
-- `locks` is a list of {key, number, shared}: `number` is taken as it is, `key` hashed with the seed. `wanted` is a list of
-- {lane, key, fingerprint, entity, expected}. Gives null while the account is replayed, otherwise for each of them
-- {id, version, held}: `held` is the event that holds the key, for which no id counts.
create function tidings.begin_actions(account text, locks text, seed bigint, wanted text, keep_keys_seconds double precision)
returns text language plpgsql as $$
declare
  lifetime interval := make_interval(secs => keep_keys_seconds);
  taken    record;
  item     record;
  now_us   bigint;
  id       uuid;
  holder   jsonb;
  begun    jsonb := '[]';
begin
  -- In one order, so that two lists with the same locks wait for one another instead of deadlocking.
  for taken in
    select coalesce(l.number::bigint, hashtextextended('tidings.action ' || l.key, seed)) as number, bool_and(l.shared) as shared
      from jsonb_to_recordset(locks::jsonb) l (key text, number text, shared boolean) group by 1 order by 2 desc, 1
  loop
    if taken.shared then perform pg_advisory_xact_lock_shared(taken.number);
    else perform pg_advisory_xact_lock(taken.number);
    end if;
  end loop;
  if tidings.replay_under_way(account) then return null; end if;

  now_us := extract(epoch from clock_timestamp()) * 1000000;
  if now_us % 1000 = 0 then now_us := tidings.after_last(now_us, jsonb_array_length(wanted::jsonb)); end if;
  -- Keys, too, in one order.
  for item in
    select w.*, o.ordinality::integer as number
      from jsonb_array_elements(wanted::jsonb) with ordinality o (value, ordinality),
           jsonb_to_record(o.value) w (lane text, key text, fingerprint text, entity text, expected bigint)
     order by w.key, o.ordinality
  loop
    id := tidings.uuid7(now_us + item.number);
    holder := null;
    if item.key is not null then
      insert into tidings.idempotency_keys as held (account_id, key, lane, event_id, fingerprint, expires_at)
      values (account, item.key, item.lane, id, item.fingerprint, to_timestamp(now_us / 1000000.0) + lifetime)
      on conflict (account_id, key) do update
         set lane = excluded.lane, event_id = excluded.event_id,
             fingerprint = excluded.fingerprint, expires_at = excluded.expires_at
       where held.expires_at <= excluded.expires_at - lifetime;
      if not found then
        select jsonb_build_object('lane', held.lane, 'id', held.event_id, 'fingerprint', held.fingerprint) into holder
          from tidings.idempotency_keys held where held.account_id = account and held.key = item.key;
      end if;
    end if;
    begun := begun || jsonb_build_object('number', item.number, 'id', id, 'held', holder, 'version',
      case when item.expected is not null then coalesce(
        (select v.version from tidings.subject_versions v where v.account_id = account and v.entity = item.entity), 0) end);
  end loop;
  return (select jsonb_agg(b order by (b->>'number')::integer) from jsonb_array_elements(begun) b)::text;
end $$;

-- Counts one more action on each of these subjects, a list of {entity, expected}, and gives their versions in the order of the
-- list: null where another one than `expected` came first. Raised in the order of the entities, see above.
create function tidings.raise_versions(account text, subjects text) returns text
language plpgsql as $$
declare
  item     record;
  raised   bigint;
  versions jsonb := '{}';
begin
  for item in
    select s.entity, s.expected, o.ordinality::text as number
      from jsonb_array_elements(subjects::jsonb) with ordinality o (value, ordinality),
           jsonb_to_record(o.value) s (entity text, expected bigint)
     order by s.entity, o.ordinality
  loop
    raised := null;
    if coalesce(item.expected, 0) = 0 then
      insert into tidings.subject_versions as v (account_id, entity, version) values (account, item.entity, 1)
      on conflict (account_id, entity) do update set version = v.version + 1 where item.expected is null
      returning v.version into raised;
    else
      update tidings.subject_versions v set version = v.version + 1
       where v.account_id = account and v.entity = item.entity and v.version = item.expected
      returning v.version into raised;
    end if;
    versions := versions || jsonb_build_object(item.number, raised);
  end loop;
  return (select jsonb_agg(versions->number::text order by number)
            from generate_series(1, jsonb_array_length(subjects::jsonb)) number)::text;
end $$;
