-- 0012_replays.sql: replays, what they keep away, and how they read the log.

-- One row a replay. A replay in place keeps its place here, in the transactions that write what it replays. One into another
-- database keeps it there; a row here shows people what a job is doing and what it found out.
create table tidings.replays (
  id                uuid primary key default gen_random_uuid(),
  kind              text collate "C" not null,
  account_id        text collate "C",                                 -- null: of every account
  fingerprint       text collate "C" not null,                        -- of what is replayed: the same call goes on where it ended
  request           jsonb not null,                                   -- the same, for people
  started_by        jsonb,                                            -- the actor
  state             text collate "C" not null default 'running',
  from_position     bigint not null default 0,                        -- replays what comes after this one ...
  position          bigint not null default 0,                        -- ... has come here ...
  until_position    bigint,                                           -- ... and ends here; null before it is known
  cleared           boolean not null default false,
  sequences         jsonb not null default '{}',                      -- where those of the emptied tables stood
  tally             jsonb not null default '{}',                      -- what became of how many events
  failure           jsonb,
  result            jsonb,                                            -- what the comparison found
  cancel_requested  boolean not null default false,
  lease_token       bigint not null default 1,
  lease_until       timestamptz not null default clock_timestamp(),
  started_at        timestamptz not null default clock_timestamp(),
  ended_at          timestamptz,
  constraint replays_kind_known check (kind in ('in_place', 'into', 'dry_run')),
  constraint replays_state_known check (state in ('running', 'failed', 'done', 'cancelled'))
) with (fillfactor = 50);
create index replays_of_account on tidings.replays (account_id, started_at);
-- Asked by every perform: mostly empty.
create index replays_unfinished on tidings.replays (account_id) where kind = 'in_place' and state in ('running', 'failed');

-- Counts replays in place as they begin. A transaction that reads as of its first statement (repeatable read) does not see the
-- rows above that came later, but cannot lock a row that was changed since: it gets 40001, and sees them when it tries again.
create table tidings.replay_gate (
  singleton  boolean primary key default true,
  begun      bigint not null default 0,
  constraint replay_gate_has_one_row check (singleton)
);
insert into tidings.replay_gate default values;

-- Whether a replay in place is rebuilding, or has half rebuilt, the tables that the account's actions write. The lock, which
-- keeps nobody out, stays until the caller's transaction ends: a replay that begins waits for all who hold it. It is taken in a
-- statement of its own, so that the next one sees what was committed before it was given.
create function tidings.replay_under_way(account text) returns boolean
language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  lock table tidings.replays in access share mode;
  if current_setting('transaction_isolation') <> 'read committed' then
    perform from tidings.replay_gate for share; -- a key share would follow the change and see nothing of it
  end if;
  return exists (
    select from tidings.replays r
     where r.kind = 'in_place' and r.state in ('running', 'failed') and (r.account_id is null or r.account_id = account));
end $$;

-- The order after a position, of one account or of all (null). Two statements: one plan for both would read the whole order.
create function tidings.order_after(after bigint, up_to bigint, page integer, of_account text)
returns setof tidings.event_order language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
begin
  if of_account is null then
    return query select * from tidings.event_order o
      where o.pos > after and o.pos <= up_to order by o.pos limit page;
  else
    return query select * from tidings.event_order o
      where o.account_id = of_account and o.pos > after and o.pos <= up_to order by o.pos limit page;
  end if;
end $$;

-- What a replay may want of the next `page` positions: actions, and events of the `routed` types, recorded before the id `before`
-- and visible to `seen` (null: all). The last row has no event, only the position that was looked at last. `gone`: retention
-- has taken an event of the lanes in which actions lie. See tidings.events_after() for the runs.
create function tidings.replay_page(after bigint, up_to bigint, page integer, of_account text, routed text[], before uuid, seen pg_snapshot)
returns table (pos bigint, gone boolean, event tidings.events) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  run   record;
  last  bigint;
  -- Rows up to here count with the transaction ids of another cluster: they were there before any snapshot of this one.
  floor bigint := (select floor_seq from tidings.sequencer_now);
begin
  for run in
    select o.lane, array_agg(o.pos) as positions, array_agg(o.account_id) as accounts, array_agg(o.event_id) as ids, max(o.pos) as last,
           (array_agg(o.event_id order by o.event_id))[1] as low,
           (array_agg(o.event_id order by o.event_id desc))[1] as high
      from tidings.order_after(after, up_to, page, of_account) o
     group by o.lane
  loop
    last := greatest(last, run.last);
    -- What is wanted is decided inside, from columns: taken out of a whole row each would cost more than the look-up.
    return query
      select key.pos, stored.wanted is null, stored.event
        from unnest(run.positions, run.accounts, run.ids) key (pos, account_id, id)
        left join lateral (
          select e, (e.kind is not null or e.type = any (routed))
                    and (seen is null or e.seq <= floor or pg_visible_in_snapshot(e.xid, seen))
            from tidings.events e
           where e.account_id = key.account_id and e.lane = run.lane and e.id = key.id and e.id between run.low and run.high
           limit 1) stored (event, wanted) on true
       where (before is null or key.id < before)
         and coalesce(stored.wanted, run.lane in ('domain', 'system'));
  end loop;
  pos := last;
  gone := false;
  event := null;
  return next;
end $$;

-- The first position after another one whose event retention has taken from the lanes in which actions lie; null: none. It takes the
-- oldest, so all is there where nothing in the order comes before the oldest event that is kept: few of the order's summaries
-- reach so far back.
create function tidings.first_gone(after bigint, up_to bigint, of_account text) returns bigint
language plpgsql stable set jit = off set enable_seqscan = off set enable_sort = off as $$ -- or it may sort all of a lane
declare
  in_lane text;
  oldest  uuid;
  found   bigint;
  earliest bigint;
begin
  foreach in_lane in array array['domain', 'system'] loop
    select e.id into oldest from tidings.events e where e.account_id = of_account and e.lane = in_lane order by e.id limit 1;
    -- Nothing is kept: then what the order holds of it is gone, and was the first that was written. Where it never held any, all of
    -- the account's order is looked at, 0.2 to 1 ms a thousand. Rows are compared because for one row by `pos` the planner would walk
    -- the order of all accounts.
    if oldest is null then
      select o.pos into found from tidings.event_order o
       where (o.account_id, o.pos) > (of_account, after) and (o.account_id, o.pos) <= (of_account, up_to) and o.lane = in_lane
       order by o.account_id, o.pos limit 1;
    else
      select min(o.pos) into found
        from (select * from tidings.event_order where event_id < oldest offset 0) o -- by the summaries, not by the account
       where o.account_id = of_account and o.lane = in_lane and o.pos > after and o.pos <= up_to;
    end if;
    earliest := least(earliest, found);
  end loop;
  return earliest;
end $$;

-- Positions of events, by the summaries of the order: up to a millisecond each.
create function tidings.positions_by_id(ids uuid[], after bigint, up_to bigint) returns bigint[]
language sql stable set jit = off set enable_seqscan = off set enable_indexscan = off set enable_indexonlyscan = off as $$
  select coalesce(array_agg(o.pos order by o.pos), '{}')
    from unnest(ids) key (id)
   cross join lateral (select pos from tidings.event_order where event_id = key.id limit 1) o
   where o.pos > after and o.pos <= up_to
$$;

-- The same by one look at all of an account's order: up to a microsecond for each of its events.
create function tidings.positions_in_account(of_account text, ids uuid[], after bigint, up_to bigint) returns bigint[]
language sql stable set jit = off set enable_seqscan = off set enable_nestloop = off as $$
  select coalesce(array_agg(o.pos order by o.pos), '{}')
    from tidings.event_order o join unnest(ids) key (id) on key.id = o.event_id
   where o.account_id = of_account and o.pos > after and o.pos <= up_to
$$;

-- What tidings.replay_page() would give of one subject, as positions: found by its timeline, so that it costs what the subject has
-- and not what its account has. `gone` is the first that retention has taken.
create function tidings.replay_of_subject(after bigint, up_to bigint, of_account text, of_type text, of_id text, routed text[], before uuid,
                                          seen pg_snapshot, out positions bigint[], out gone bigint)
language plpgsql stable set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  in_lane text;
  ids     uuid[];
  found   uuid[];
  lost    uuid[];
  wanted  uuid[] := '{}';
  missing uuid[] := '{}';
  floor   bigint := (select floor_seq from tidings.sequencer_now);
begin
  foreach in_lane in array array['domain', 'change', 'client', 'system'] loop
    select array_agg(t.event_id) into ids from tidings.timeline t
     where t.account_id = of_account and t.entity = of_type || ':' || of_id and t.lane = in_lane and (before is null or t.event_id < before);
    continue when ids is null;
    select array_agg(key.id) filter (where stored.wanted), array_agg(key.id) filter (where stored.wanted is null)
      into found, lost
      from unnest(ids) key (id)
      left join lateral (
        select e.subject_type = of_type and e.subject_id = of_id and (e.kind is not null or e.type = any (routed))
               and (seen is null or e.seq <= floor or pg_visible_in_snapshot(e.xid, seen))
          from tidings.events e
         where e.account_id = of_account and e.lane = in_lane and e.id = key.id limit 1) stored (wanted) on true;
    wanted := wanted || coalesce(found, '{}');
    if in_lane in ('domain', 'system') then missing := missing || coalesce(lost, '{}'); end if;
  end loop;
  -- Where the account has less than 500 times as many events one look at its order is the shorter way.
  if (select count(*) from (select from tidings.event_order o
       where o.account_id = of_account and o.pos > after and o.pos <= up_to limit 500 * cardinality(wanted) + 1) counted)
     > 500 * cardinality(wanted) then
    positions := tidings.positions_by_id(wanted, after, up_to);
  else
    positions := tidings.positions_in_account(of_account, wanted, after, up_to);
  end if;
  gone := least((tidings.positions_by_id(missing, after, up_to))[1], tidings.first_gone(after, up_to, of_account));
end $$;
