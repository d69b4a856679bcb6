-- 0004_reads.sql: pages of ids, pages of events, and events by their keys.

-- The reads of feeds and timelines that are not filtered further. Functions, because planning over all partitions takes
-- longer than reading a page (144 partitions, the timeline of a card: 15 ms of which 13 planning; this way 1.3, measured).
-- A connection plans each of them once, for any parameters (hence force_generic_plan: PostgreSQL believes that it saves by
-- planning anew), and at the start of each execution leaves out the partitions that the lane and the bounds exclude.
--
-- They do not sort: a plan that is made while a month is empty would sort the month for each page once it is full, until the next
-- analyze.
--
-- `rows` makes the statement around them look as cheap for any page as for the very page: PostgreSQL would otherwise plan it anew
-- for each, named or not (120 of 750 us of a first page, measured).
--
-- `low` and `high` lie outside of the page: ids are greater and less. Each returns at most `page` ids of each lane (those
-- of an entity: of all lanes).
create function tidings.ids_of_account(account text, of_lanes text[], low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
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
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
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

-- A timeline lies in this order in all lanes together. Asked for some of them, the others are passed over in the index.
create function tidings.ids_of_entity(account text, of_lanes text[], of_entity text, low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
begin
  if newest_first then
    return query select t.lane, t.event_id from tidings.timeline t
      where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high and t.lane = any (of_lanes)
      order by t.event_id desc limit page;
  else
    return query select t.lane, t.event_id from tidings.timeline t
      where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high and t.lane = any (of_lanes)
      order by t.event_id limit page;
  end if;
end $$;

-- The same for a viewer who counts as `keys`. No sorting: where most rows are for others, PostgreSQL would
-- expect a handful of matches, and read all of history in order to sort them.
create function tidings.ids_of_account_seen_by(keys text[], account text, of_lanes text[], low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
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
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
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
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
begin
  if newest_first then
    return query select t.lane, t.event_id from tidings.timeline t
      where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high and t.lane = any (of_lanes)
        and (t.audience is null or t.audience && keys)
      order by t.event_id desc limit page;
  else
    return query select t.lane, t.event_id from tidings.timeline t
      where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high and t.lane = any (of_lanes)
        and (t.audience is null or t.audience && keys)
      order by t.event_id limit page;
  end if;
end $$;

-- Those of some types, for a viewer or (null) for one who sees everything. The type stands in the row, not in the index.
create function tidings.ids_of_entity_and_types(keys text[], account text, of_lanes text[], of_entity text, of_types text[], low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) rows 50 language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
begin
  if newest_first then
    return query select t.lane, t.event_id from tidings.timeline t
      where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high and t.lane = any (of_lanes)
        and t.type = any (of_types) and (keys is null or t.audience is null or t.audience && keys)
      order by t.event_id desc limit page;
  else
    return query select t.lane, t.event_id from tidings.timeline t
      where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high and t.lane = any (of_lanes)
        and t.type = any (of_types) and (keys is null or t.audience is null or t.audience && keys)
      order by t.event_id limit page;
  end if;
end $$;

-- What only the event's own row can tell; null asks for nothing. PostgreSQL puts the body in the place of the call.
create function tidings.is_wanted(e tidings.events, keys text[], actors text[], subjects text[],
                                  subject_types text[], severities text[], kinds text[]) returns boolean
language sql stable parallel safe
return (keys is null or e.audience is null or e.audience && keys)
   and (actors is null or e.actor_type || ':' || e.actor_id = any (actors))
   and (subjects is null or e.subject_type || ':' || e.subject_id = any (subjects))
   and (subject_types is null or e.subject_type = any (subject_types))
   and (severities is null or e.severity = any (severities))
   and (kinds is null or e.kind = any (kinds));

-- Where what is kept of an account begins in a lane: the id of its oldest event, null where there is none. What an entity has below it on
-- its timeline has lost its events to retention (ADR 0012).
create function tidings.oldest_of_account(account text, of_lane text) returns uuid
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
begin
  return (select e.id from tidings.events e where e.account_id = account and e.lane = of_lane order by e.id limit 1);
end $$;

-- Of some lists of entities, on the timelines of each of which there is what is asked for, the shortest to go through; the first where all
-- are long.
create function tidings.shortest_timelines(account text, entities text[], subjects text[], actors text[], low uuid, high uuid) returns text[]
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  most      constant integer := 1000; -- 0.2 ms
  shortest  text[];
  least_of  integer;
  list      text[];
  of_entity text;
  length    integer;
begin
  for number in 1 .. 3 loop
    list := case number when 1 then entities when 2 then subjects else actors end;
    continue when list is null;
    length := 0;
    -- One by one: for any of them PostgreSQL may look at all entities.
    foreach of_entity in array list loop
      length := length + (select count(*) from (select from tidings.timeline t
        where t.account_id = account and t.entity = of_entity and t.event_id > low and t.event_id < high limit most - length) counted);
    end loop;
    if shortest is null or length < least_of then
      shortest := list;
      least_of := length;
    end if;
  end loop;
  return shortest;
end $$;

-- Any other filter: events are looked at in the order of the page, one after the other, until it is full. Those of the entities where
-- some are asked for, as subjects or actors too; otherwise those of the types, otherwise all. So what nearly every event is costs as much
-- as a plain page, and what none is as much as all that is looked at (300,000 events of an account: 0.2 s).
--
-- The events on a timeline are looked up in runs, see tidings.events_by_key(): as many as the page has room for, then twice as many ...
-- Where these do not fill it and there is another list of entities, the shorter one is gone through: what somebody did on a board of
-- 25,000 events, who was never there, takes 2 ms instead of 110.
create function tidings.ids_where(keys text[], account text, of_lanes text[], entities text[], of_types text[], actors text[],
                                  subjects text[], subject_types text[], severities text[], kinds text[],
                                  low uuid, high uuid, newest_first boolean, page integer)
returns table (lane text, id uuid) rows 50 language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off set enable_seqscan = off as $$
declare
  listed     text[] := coalesce(entities, subjects, actors);
  is_settled boolean := num_nonnulls(entities, subjects, actors) < 2;
  shortest   text[];
  of_lane    text;
  of_type    text;
  of_entity  text;
  run        record;
  look       integer;
  looked     integer;
  found_here integer;
  found_all  integer;
  low_left   uuid;
  high_left  uuid;
begin
  <<lists>>
  while listed is not null loop
    foreach of_entity in array listed loop
      look := page;
      found_all := 0;
      low_left := low;
      high_left := high;
      loop
        looked := 0;
        for run in
          select t.lane, array_agg(t.id order by t.id) as ids
            from (select * from tidings.ids_of_entity(account, of_lanes, of_entity, low_left, high_left, newest_first, look)
                   where of_types is null
                  union all
                  select * from tidings.ids_of_entity_and_types(keys, account, of_lanes, of_entity, of_types, low_left, high_left, newest_first, look)
                   where of_types is not null) t
           group by t.lane, left(t.id::text, 4)
        loop
          if entities is null or entities = listed then
            return query select e.lane, e.id from tidings.events e
              where e.account_id = account and e.lane = run.lane and e.id = any (run.ids)
                and e.id between run.ids[1] and run.ids[cardinality(run.ids)]
                and tidings.is_wanted(e, keys, actors, subjects, subject_types, severities, kinds);
          else
            -- The limits keep PostgreSQL from reading the timelines of `entities` from end to end.
            return query select e.lane, e.id from tidings.events e
              where e.account_id = account and e.lane = run.lane and e.id = any (run.ids)
                and e.id between run.ids[1] and run.ids[cardinality(run.ids)]
                and tidings.is_wanted(e, keys, actors, subjects, subject_types, severities, kinds)
                and (select true from unnest(entities) asked (entity) cross join lateral (
                       select from tidings.timeline t
                        where t.account_id = account and t.entity = asked.entity and t.event_id = e.id and t.lane = e.lane limit 1) found
                      limit 1);
          end if;
          get diagnostics found_here = row_count;
          found_all := found_all + found_here;
          looked := looked + cardinality(run.ids);
          if newest_first then
            high_left := least(high_left, run.ids[1]);
          else
            low_left := greatest(low_left, run.ids[cardinality(run.ids)]);
          end if;
        end loop;
        exit when found_all >= page or looked < look;
        look := least(look * 2, 5000);
        if not is_settled and look >= least(4 * page, 5000) then
          is_settled := true;
          shortest := tidings.shortest_timelines(account, entities, subjects, actors, low, high);
          if shortest <> listed then
            listed := shortest;
            continue lists;
          end if;
        end if;
      end loop;
    end loop;
    return;
  end loop;

  foreach of_lane in array of_lanes loop
    if of_types is null and newest_first then
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
          and tidings.is_wanted(e, keys, actors, subjects, subject_types, severities, kinds)
        order by e.id desc limit page;
    elsif of_types is null then
      return query select e.lane, e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
          and tidings.is_wanted(e, keys, actors, subjects, subject_types, severities, kinds)
        order by e.id limit page;
    else
      foreach of_type in array of_types loop
        if newest_first then
          return query select e.lane, e.id from tidings.events e
            where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
              and tidings.is_wanted(e, keys, actors, subjects, subject_types, severities, kinds)
            order by e.id desc limit page;
        else
          return query select e.lane, e.id from tidings.events e
            where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
              and tidings.is_wanted(e, keys, actors, subjects, subject_types, severities, kinds)
            order by e.id limit page;
        end if;
      end loop;
    end if;
  end loop;
end $$;

-- Pages of events with all their columns, newest first, for those who see everything: one statement instead of ids and then
-- events by their keys. At most `page` of each lane, in order within it. No sorting, for the reason above.
--
-- Nearly every page of an account lies above `near`: the months below it are opened only where it does not. And a lane that fills
-- the page leaves to the next ones what is newer: those with few events need not look for a whole page of them through all of
-- history (four lanes of an average account: 1.0 instead of 2.2 ms of processor time, measured).
create function tidings.newest_of_account(account text, of_lanes text[], low uuid, near uuid, high uuid, page integer)
returns setof tidings.events rows 50
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane    text;
  looked_to  uuid;
  found_near integer;
  found_far  integer;
begin
  foreach of_lane in array of_lanes loop
    looked_to := greatest(near, low);
    found_far := 0;
    return query select e.* from tidings.events e
      where e.account_id = account and e.lane = of_lane and e.id > looked_to and e.id < high
      order by e.id desc limit page;
    get diagnostics found_near = row_count;
    if found_near < page and near > low then
      looked_to := low;
      return query select e.* from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > low and e.id <= near
        order by e.id desc limit page - found_near;
      get diagnostics found_far = row_count;
    end if;
    if found_near + found_far = page and of_lane <> of_lanes[cardinality(of_lanes)] then
      low := (select e.id from tidings.events e
        where e.account_id = account and e.lane = of_lane and e.id > looked_to and e.id < high
        order by e.id desc offset page - 1 limit 1);
    end if;
  end loop;
end $$;

create function tidings.newest_of_type(account text, of_lanes text[], of_type text, low uuid, high uuid, page integer)
returns setof tidings.events rows 50
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    return query select e.* from tidings.events e
      where e.account_id = account and e.lane = of_lane and e.type = of_type and e.id > low and e.id < high
      order by e.id desc limit page;
  end loop;
end $$;

-- The newest of an entity's timeline, in no order. The events come in runs, see below: here those of a lane whose ids begin alike,
-- which is a stretch of 50 days. An event that retention has taken comes with its lane and id alone: pages go on from there.
create function tidings.newest_of_entity(account text, of_lanes text[], of_entity text, low uuid, high uuid, page integer)
returns setof tidings.events rows 50
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  run record;
  found_here integer;
begin
  for run in
    select newest.lane, array_agg(newest.id order by newest.id) as ids
      from tidings.ids_of_entity(account, of_lanes, of_entity, low, high, true, page) newest
     group by newest.lane, left(newest.id::text, 4)
  loop
    return query select e.* from tidings.events e
      where e.account_id = account and e.lane = run.lane and e.id = any (run.ids)
        and e.id between run.ids[1] and run.ids[cardinality(run.ids)];
    get diagnostics found_here = row_count;
    if found_here < cardinality(run.ids) then
      return query select gone.* from unnest(run.ids) key (id)
        cross join jsonb_populate_record(null::tidings.events, jsonb_build_object('lane', run.lane, 'id', key.id)) gone
        where not exists (select from tidings.events e where e.account_id = account and e.lane = run.lane and e.id = key.id);
    end if;
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

-- What has a position after `after` and up to `up_to`, and yet an id from `low` on and before `high`: of one account or of all (null), by
-- position, at most `most`. Asked for ids that should lie elsewhere. Most ids are in the order of positions, but a transaction that was open
-- for an hour, an import for example, gives positions of now to ids of then, to any number of them. The summaries of
-- event_order_event leave out whatever is in order (0.4 ms of 2 million positions, measured). The settings leave the planner no other way:
-- it expects half of the order, and would walk it, or read all that an account has in these positions (25,000 of it: 10 ms); b-trees
-- cost by their entries, BRIN does not.
create function tidings.strays(of_account text, after bigint, up_to bigint, low uuid, high uuid, most integer)
returns setof tidings.event_order language sql stable
set plan_cache_mode = force_custom_plan set jit = off set max_parallel_workers_per_gather = 0
set enable_seqscan = off set cpu_index_tuple_cost = 1e9 as $$
  select * from tidings.event_order o
   where o.event_id >= low and o.event_id < high and o.pos > after and o.pos <= up_to
     and (of_account is null or o.account_id = of_account)
   order by o.pos limit most
$$;
