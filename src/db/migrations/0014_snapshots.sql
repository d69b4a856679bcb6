-- 0014_snapshots.sql: the history of one subject, and how far it is folded already.

-- A cache: whatever is deleted here is folded anew. The newest state of each fold, if that was asked to keep it.
create table tidings.snapshots (
  account_id  text collate "C" not null,
  entity      text collate "C" not null,                            -- type:id
  name        text collate "C" not null,                            -- of the fold
  version     integer not null,                                     -- of its code: another one is not looked at
  lanes       text[] collate "C" not null,
  event_id    uuid not null,                                        -- the last event of its history ...
  seq         bigint not null,                                      -- ... the highest seq ...
  events      bigint not null,                                      -- ... how many are in it ...
  length      bigint not null,                                      -- ... and how many were on the timeline, the entity their subject or not
  state       jsonb not null,
  taken_at    timestamptz not null default now(),
  primary key (account_id, entity, name, version)
);

-- The oldest events of some types on the timeline of an entity. Like the functions of 0004_reads.sql, which say why they are some.
create function tidings.history_of_entity(keys text[], account text, of_lanes text[], of_entity text, of_types text[], low uuid, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  return query select t.lane, t.event_id from tidings.timeline t
    where t.account_id = account and t.entity = of_entity and t.lane = any (of_lanes) and t.event_id > low and t.type = any (of_types)
      and (keys is null or t.audience is null or t.audience && keys)
    order by t.event_id limit page;
end $$;

-- How many there are up to one of them. More than there were: one came late, from a transaction that was open long.
create function tidings.length_of_history(account text, of_lanes text[], of_entity text, of_types text[], high uuid) returns bigint
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
begin
  return (select count(*) from tidings.timeline t
    where t.account_id = account and t.entity = of_entity and t.lane = any (of_lanes) and t.event_id <= high and t.type = any (of_types));
end $$;
