-- 0004_reads.sql: pages of ids, and events by their keys.

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
