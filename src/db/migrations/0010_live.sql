-- 0010_live.sql: the growing end of the log in one read.

-- The events of all accounts after a position, in order, at most `page` positions: what a process's tail asks at each tick,
-- for all its subscriptions and live streams at once. A position whose event retention has taken comes without one.
--
-- One call, because the tail would otherwise wait for two: positions first, then their events. Each lane is a range of ids,
-- so that only the partitions are opened in which these events lie, see tidings.events_by_key().
create function tidings.events_after(after bigint, page integer)
returns table (pos bigint, event tidings.events) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  run record;
begin
  for run in
    select o.lane, array_agg(o.pos) as positions, array_agg(o.account_id) as accounts, array_agg(o.event_id) as ids,
           (array_agg(o.event_id order by o.event_id))[1] as low,
           (array_agg(o.event_id order by o.event_id desc))[1] as high
      from (select * from tidings.event_order where event_order.pos > after order by event_order.pos limit page) o
     group by o.lane
  loop
    return query
      select key.pos, stored.event from unnest(run.positions, run.accounts, run.ids) key (pos, account_id, id)
        left join lateral (
          select e from tidings.events e
           where e.account_id = key.account_id and e.lane = run.lane and e.id = key.id and e.id between run.low and run.high
           limit 1) stored (event) on true;
  end loop;
end $$;
