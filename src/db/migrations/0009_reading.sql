-- 0009_reading.sql: how far somebody has read, and the filters that people keep.

-- How far one reader is in one feed. Positions, because they are the order in which events became visible: what commits
-- late lies above the mark, where an id or a time would lie below it and be missed.
create table tidings.read_marks (
  account_id  text collate "C" not null,
  reader      text collate "C" not null,                            -- type:id
  feed        text collate "C" not null,                            -- the app's name for a feed
  seen        bigint not null default 0,                            -- the list was open up to here
  read        bigint not null default 0,                            -- everything up to here was read ...
  read_above  int8multirange not null default '{}',                 -- ... and these, which were opened one by one
  updated_at  timestamptz not null default now(),
  primary key (account_id, reader, feed),
  constraint read_marks_what_is_read_is_seen check (seen >= read)
);

-- Moves a reader's marks, forward only: of two devices the larger position wins. No mark goes beyond the end of the log, or
-- a mistaken client would have read what is still to come.
--
-- The first move begins: what lies before it is not theirs to catch up with, and counts as read. Where no position is given
-- (null), that is the end of the log.
--
-- A single line covers the positions since the account's previous event too. These belong to other accounts, and nothing
-- comes between any more, so neighbours join to one range, and the lowest range joins `read` as soon as it touches it.
create function tidings.move_marks(account text, of_reader text, of_feed text, to_seen bigint, to_read bigint, items uuid[])
returns tidings.read_marks language plpgsql as $$
declare
  most_ranges constant integer := 500; -- 10 KB, rewritten each time a line is opened
  mark    tidings.read_marks;
  covered int8multirange;
  last    bigint;
  start   bigint;
begin
  select last_position into last from tidings.sequencer_now;
  start := least(greatest(to_seen, to_read), last); -- both pass over what is null
  insert into tidings.read_marks (account_id, reader, feed, seen, read) values (account, of_reader, of_feed, start, start)
  on conflict do nothing;
  select * into mark from tidings.read_marks m
   where m.account_id = account and m.reader = of_reader and m.feed = of_feed for update;

  select mark.read_above + int8multirange(int8range(0, greatest(mark.read, least(coalesce(to_read, 0), last)), '[]'))
         + coalesce(range_agg(int8range(1 + coalesce(previous.pos, 0), item.pos, '[]')), '{}')
    into covered
    from (select o.pos from tidings.event_order o where o.account_id = account and o.event_id = any (items)) item
    left join lateral (select max(o.pos) as pos from tidings.event_order o
                        where o.account_id = account and o.pos < item.pos) previous on true;

  -- The first range begins at 0. With too many ranges the lowest gaps close: the oldest unread lines count as read.
  select upper(range) - 1 into mark.read from unnest(covered) with ordinality ranges (range, number)
   where number = greatest(1, (select count(*) from unnest(covered)) - most_ranges);
  mark.read_above := covered - int8multirange(int8range(0, mark.read, '[]'));
  mark.seen := greatest(mark.seen, least(coalesce(to_seen, 0), last), mark.read);

  update tidings.read_marks m
     set seen = mark.seen, read = mark.read, read_above = mark.read_above, updated_at = now()
   where m.account_id = account and m.reader = of_reader and m.feed = of_feed
     and (m.seen, m.read, m.read_above) is distinct from (mark.seen, mark.read, mark.read_above)
  returning * into mark;
  if not found then
    select * into mark from tidings.read_marks m
     where m.account_id = account and m.reader = of_reader and m.feed = of_feed;
  end if;
  return mark;
end $$;

-- A filter under a name, as a person keeps it. Who owns it is a key of the app's: `user:ann`.
create table tidings.saved_filters (
  account_id  text collate "C" not null,
  id          uuid not null default gen_random_uuid(),
  owner       text collate "C" not null,                            -- type:id
  name        text not null,
  filter      jsonb not null,                                       -- as it was given, entities written type:id
  shared      boolean not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (account_id, id)
);
create index saved_filters_of_owner on tidings.saved_filters (account_id, owner);
create index saved_filters_shared on tidings.saved_filters (account_id) where shared;

-- What the newest events of an account are and who did them, without their content: what is counted for facets, days and
-- unread marks. One scan reads 1,000 of them in half of the time that ids and then columns by key take. `low` and `high` lie
-- outside, as in 0004_reads.sql; `keys` is what the viewer counts as, null for one who sees everything.
create function tidings.newest_summaries(keys text[], account text, of_lanes text[], low uuid, high uuid, page integer)
returns table (lane text, id uuid, type text, actor_type text, actor_id text, actor_label text) rows 50
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    return query
      select e.lane, e.id, e.type, e.actor_type, e.actor_id, e.actor_label from tidings.events e
       where e.account_id = account and e.lane = of_lane and e.id > low and e.id < high
         and (keys is null or e.audience is null or e.audience && keys)
       order by e.id desc limit page;
  end loop;
end $$;

-- How many events of each lane and type were recorded in each stretch of time: stretch n begins at the n-th of `borders` and
-- ends at the next one, the last at `high`. At most the `look` newest of each lane are counted, whoever they are for, so that
-- no account is too large to ask.
create function tidings.event_counts(account text, of_lanes text[], of_types text[], keys text[], borders uuid[], high uuid, look integer)
returns table (lane text, type text, stretch integer, events integer, looked integer)
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array of_lanes loop
    return query
      select of_lane, e.type, width_bucket(e.id, borders),
             count(*) filter (where (of_types is null or e.type = any (of_types))
                                and (keys is null or e.audience is null or e.audience && keys))::integer,
             count(*)::integer
        from (select recent.id, recent.type, recent.audience from tidings.events recent
               where recent.account_id = account and recent.lane = of_lane and recent.id >= borders[1] and recent.id < high
               order by recent.id desc limit look) e
       group by 2, 3;
  end loop;
end $$;

-- How many events of each type were recorded since `low`, `most` at most of each.
create function tidings.type_volumes(account text, of_lanes text[], of_types text[], keys text[], low uuid, most integer)
returns table (type text, events integer) language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off as $$
declare
  number integer;
begin
  for number in 1 .. cardinality(of_types) loop
    return query
      select of_types[number], count(*)::integer
        from (select from tidings.events e
               where e.account_id = account and e.lane = of_lanes[number] and e.type = of_types[number] and e.id >= low
                 and (keys is null or e.audience is null or e.audience && keys)
               limit most) recent;
  end loop;
end $$;

-- What the newest events of an account are about, by name: entities of `kinds` (null for all) that share a part of their name or
-- the beginning of their id or type:id with `asked`, the best match first. In one row as JSON, with whether there are no older events
-- than those that were looked at: the newest `look` that may be seen, of the newest `pass` in each lane. These are passed over in
-- the index, which tells who may see them: who may see nothing of 200,000 events is answered in 10 ms, from 220 pages of the index
-- (measured).
create function tidings.named_entities(keys text[], account text, asked text, kinds text[], pass integer, look integer, page integer)
returns table (complete boolean, entities text) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  of_lane text;
  is_cut  boolean := false;
  visible uuid[];
  lanes   text[] := '{}';
  ids     uuid[] := '{}';
  ends    integer[];
begin
  foreach of_lane in array array['domain', 'change', 'client', 'system'] loop
    -- The one behind them only tells that there is one.
    select is_cut or count(*) > pass,
           array_remove(coalesce(array_agg(e.id) filter (where keys is null or e.audience is null or e.audience && keys), '{}'),
                        (array_agg(e.id))[pass + 1])
      into is_cut, visible
      from (select newest.id, newest.audience from tidings.events newest
             where newest.account_id = account and newest.lane = of_lane order by newest.id desc limit pass + 1) e;
    lanes := lanes || array_fill(of_lane, array[cardinality(visible)]);
    ids := ids || visible;
  end loop;

  -- The newest of all lanes, a run for each lane.
  is_cut := is_cut or cardinality(ids) > look;
  with newest as (select * from unnest(lanes, ids) event (lane, id) order by event.id desc limit look)
  select array_agg(n.lane order by n.lane, n.id), array_agg(n.id order by n.lane, n.id),
         (select array_agg(run.last order by run.last)
            from (select sum(count(*)) over (order by r.lane) as last from newest r group by r.lane) run)
    into lanes, ids, ends
    from newest n;

  return query
    with named as (
      select event.id as event_id, event.occurred_at, entity.type, entity.id, entity.label
        from tidings.events_by_key(coalesce(lanes, '{}'), array_fill(account, array[cardinality(coalesce(ids, '{}'))]),
                                   coalesce(ids, '{}'), coalesce(ends, '{}')) event
       cross join lateral (
         values (event.subject_type, event.subject_id, event.subject_label), (event.actor_type, event.actor_id, event.actor_label)
         union all
         select ref->>'type', ref->>'id', ref->>'label'
           from jsonb_each(event.refs || jsonb_build_object('', event.on_behalf_of)) role (name, held)
           cross join lateral jsonb_array_elements(case jsonb_typeof(held)
             when 'array' then held when 'object' then jsonb_build_array(held) else '[]' end) ref
       ) entity (type, id, label)
       where kinds is null or entity.type = any (kinds)),
    found as (
      select n.type, n.id, (array_agg(n.label order by n.event_id desc) filter (where n.label is not null))[1] as label,
             extract(epoch from max(n.occurred_at))::float8 * 1000 as at_ms,
             row_number() over (order by n.type || ':' || n.id = asked desc,
                                         bool_or(starts_with(lower(n.label), lower(asked))) desc nulls last,
                                         max(n.occurred_at) desc, n.type, n.id) as place
        from named n group by n.type, n.id
      having asked = '' or bool_or(position(lower(asked) in lower(n.label)) > 0)
          or starts_with(n.id, asked) or starts_with(n.type || ':' || n.id, asked))
    select not is_cut, coalesce(json_agg(f order by f.place), '[]')::text from found f where f.place <= page;
end $$;

-- The newest event about an entity that is kept and may be seen, among its newest `pass` of those kept.
create function tidings.newest_about(keys text[], account text, of_entity text, pass integer)
returns table (lane text, id uuid) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_sort = off as $$
declare
  domain_from uuid := tidings.oldest_of_account(account, 'domain');
  change_from uuid := tidings.oldest_of_account(account, 'change');
  client_from uuid := tidings.oldest_of_account(account, 'client');
  system_from uuid := tidings.oldest_of_account(account, 'system');
begin
  return query
    select t.lane, t.event_id
      from (select about.lane, about.event_id, about.audience from tidings.timeline about
             where about.account_id = account and about.entity = of_entity
               and about.event_id >= case about.lane when 'domain' then domain_from when 'change' then change_from
                                                     when 'client' then client_from else system_from end
             order by about.event_id desc limit pass) t
     where keys is null or t.audience is null or t.audience && keys limit 1;
end $$;
