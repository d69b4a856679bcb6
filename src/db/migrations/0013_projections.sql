-- 0013_projections.sql: what is derived from the log, and reading the log from its beginning.

-- A generation of a projection is a set of tables of its own (board_stats__v2), filled by a subscription of its own. One at
-- a time is live: the view with the plain name (board_stats) shows it. Others are being built, or wait until nobody reads them.
create table tidings.projections (
  name          text collate "C" not null,
  version       integer not null,
  generation    integer not null,                                   -- counts the rebuilds of one version, from 1
  state         text not null,
  subscription  text collate "C" not null unique,
  tables        jsonb not null,                                     -- what views show of which tables: whoever drops them may not have the definition
  build_up_to   bigint not null,                                    -- the last position as it began: before that it is not complete
  started_at    timestamptz not null default now(),
  live_since    timestamptz,
  primary key (name, version, generation),
  constraint projections_state_known check (state in ('building', 'live', 'retired'))
);
create unique index projections_live on tidings.projections (name) where state = 'live';

-- As tidings.events_after(), of some types and lanes: what is not wanted is neither written as text nor sent. The last
-- position that was looked at comes in any case, without an event where that is not wanted.
create function tidings.events_of_types_after(after bigint, page integer, of_types text[], of_lanes text[])
returns table (pos bigint, event tidings.events) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  run  record;
  last bigint;
begin
  for run in
    select o.lane, max(o.pos) as last, array_agg(o.pos) as positions, array_agg(o.account_id) as accounts,
           array_agg(o.event_id) as ids,
           (array_agg(o.event_id order by o.event_id))[1] as low,
           (array_agg(o.event_id order by o.event_id desc))[1] as high
      from (select * from tidings.event_order where event_order.pos > after order by event_order.pos limit page) o
     group by o.lane
  loop
    last := greatest(last, run.last);
    continue when run.lane <> all (of_lanes);
    return query
      select key.pos, stored.event from unnest(run.positions, run.accounts, run.ids) key (pos, account_id, id)
        cross join lateral (
          select e from tidings.events e
           where e.account_id = key.account_id and e.lane = run.lane and e.id = key.id and e.id between run.low and run.high
             and e.type = any (of_types)
           limit 1) stored (event);
  end loop;
  if last is not null then return query select last, null::tidings.events; end if;
end $$;
