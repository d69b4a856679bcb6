-- 0004_reads.sql: pages of ids, pages of events, and events by their keys.

-- The reads of feeds and timelines that are not filtered further. Functions, because planning over all partitions takes
-- longer than reading a page (144 partitions, the timeline of a card: 15 ms of which 13 planning; this way 1.3, measured).
-- A connection plans each of them once, for any parameters (hence force_generic_plan: PostgreSQL believes that it saves by
-- planning anew), and at the start of each execution leaves out the partitions that the lane and the bounds exclude.
--
-- `low` and `high` lie outside of the page: ids are greater and less. Each returns at most `page` ids of each lane.
create function tidings.ids_of_account(account text, of_lanes text[], low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
        order by e.id desc limit page;
    else
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
        order by e.id limit page;
    end if;
  end loop;
end $$;

create function tidings.ids_of_type(account text, of_lanes text[], of_type text, low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
        order by e.id desc limit page;
    else
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
        order by e.id limit page;
    end if;
  end loop;
end $$;

-- The newest of an entity: a lane that fills the page leaves to the next ones only what is newer, a few of their partitions
-- (the board of a large account: 750 instead of 1,010 µs for the ids, measured).
create function tidings.ids_of_entity(account text, of_lanes text[], of_entity text, low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  of_lane text;
  newest  uuid[];
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      newest := array(select t.event_id from tidings.timeline t
        where t.account_id = account and t.entity = of_entity and t.lane = of_lane and t.event_id > low and t.event_id < high
        order by t.event_id desc limit page);
      return query select of_lane, unnest(newest);
      low := greatest(low, newest[page]);
    else
      return query select t.lane, t.event_id from tidings.timeline t
        where t.account_id = account and t.entity = of_entity and t.lane = of_lane and t.event_id > low and t.event_id < high
        order by t.event_id limit page;
    end if;
  end loop;
end $$;

-- The same for a viewer who counts as `keys`. No sorting: where most rows are for others, PostgreSQL would
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
  newest  uuid[];
begin
  foreach of_lane in array of_lanes loop
    if newest_first then
      newest := array(select t.event_id from tidings.timeline t
        where t.account_id = account and t.lane = of_lane and t.entity = of_entity and t.event_id > low and t.event_id < high
          and (t.audience is null or t.audience && keys)
        order by t.event_id desc limit page);
      return query select of_lane, unnest(newest);
      low := greatest(low, newest[page]);
    else
      return query select t.lane, t.event_id from tidings.timeline t
        where t.account_id = account and t.lane = of_lane and t.entity = of_entity and t.event_id > low and t.event_id < high
          and (t.audience is null or t.audience && keys)
        order by t.event_id limit page;
    end if;
  end loop;
end $$;

-- Pages of events with all their columns, newest first, for those who see everything: 0.95 ms of processor time where
-- ids and then events by their keys took 1.28 (measured). At most `page` of each lane. No sorting, for the reason above.
--
-- Nearly every page of an account lies above `near`: the months below it are opened only where it does not.
create function tidings.newest_of_account(account text, of_lanes text[], low uuid, near uuid, high uuid, page integer)
returns setof tidings.events language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
  found_near integer;
begin
  foreach of_lane in array of_lanes loop
    return query select e.* from tidings.events e
      where e.account_id = account and e.lane = of_lane and e.id > near and e.id < high
      order by e.id desc limit page;
    get diagnostics found_near = row_count;
    if found_near < page and near > low then
      return query select e.* from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id <= near
        order by e.id desc limit page - found_near;
    end if;
  end loop;
end $$;

create function tidings.newest_of_type(account text, of_lanes text[], of_type text, low uuid, high uuid, page integer)
returns setof tidings.events language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    return query select e.* from tidings.events e
      where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
      order by e.id desc limit page;
  end loop;
end $$;

-- Events by their keys, which come in runs: those of one lane and month, by id. `ends` says where each run ends. A run opens
-- one partition; all keys at once would open every partition between the oldest and the newest, which for the timeline of
-- a card that goes back three years takes half as long again (1.6 against 1.0 ms, measured; ADR 0012).
--
-- A run of one account, as on every page, is one scan (0.5 ms for 50 events). One of several accounts is a look-up an event:
-- its limit keeps PostgreSQL from turning the look-ups into a join that reads whole partitions (167 ms). No sequential scans,
-- because a plan may be older than the rows of a new month.
create function tidings.events_by_key(lanes text[], accounts text[], ids uuid[], ends integer[])
returns setof tidings.events language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  first      integer := 1;
  last       integer;
  of_lane    text;
  of_account text;
  wanted     uuid[];
  low        uuid;
  high       uuid;
begin
  foreach last in array ends loop
    of_lane := lanes[first];
    of_account := accounts[first];
    wanted := ids[first:last];
    low := ids[first];
    high := ids[last];
    if of_account = all (accounts[first:last]) then
      return query select e.* from tidings.events e
        where e.account_id = of_account and e.lane = of_lane and e.id = any (wanted) and e.id between low and high;
    else
      return query select found.* from unnest(accounts[first:last], wanted) key (account_id, id)
        cross join lateral (
          select e.* from tidings.events e
           where e.account_id = key.account_id and e.lane = of_lane and e.id = key.id and e.id between low and high
           limit 1) found;
    end if;
    first := last + 1;
  end loop;
end $$;
