-- 0003_sequencer.sql: positions, given after commit.

-- Identifies the cluster whose transaction ids the snapshots count. Null where the role may not ask.
create function tidings.cluster_identifier() returns text
language plpgsql stable as $$
begin
  if not has_function_privilege('pg_control_system()', 'execute') then return null; end if;
  return (select system_identifier::text from pg_control_system());
end $$;

-- Gives positions to the events that became visible since the last tick.
--
-- Snapshot difference (PgQ): what the stored snapshot could not see and the current one can, in order of seq. Nothing
-- is lost (what is not visible now is in progress or in the future of this snapshot: a later tick's), nothing comes
-- twice (what the stored snapshot saw is in none of the runs of visible_between), and no writer takes a lock for it.
--
-- Must run in READ COMMITTED: each statement below needs a snapshot at least as new as the one before it. The
-- advisory lock instead of a row lock lets an idle tick write nothing at all, not even a transaction id.
--
-- A connection plans this once, for any partitions (hence force_generic_plan), and each execution opens those of its days: planned
-- anew, 40 times a second, planning was more than half of an idle tick and 0.6 of the 1.6 ms of one with 30 events (144 partitions,
-- measured). `order by xid` and no sorting leave one plan, by events_xid: to read all of a month looks cheaper while it is empty, and
-- PGlite has no autovacuum that would tell when it no longer is. No sequential scan: the row of the sequencer is small only while no old
-- transaction keeps its versions.
create function tidings.tick(advance_when_empty boolean default false,
                             out outcome text, out assigned double precision, out last_position text)
language plpgsql set plan_cache_mode = force_generic_plan set enable_sort = off set enable_seqscan = off set jit = off as $$
declare
  state    tidings.sequencer_now;
  now_seen pg_snapshot;
  low      uuid;
  high     uuid;
  fresh_rows bigint;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'tidings.tick() needs READ COMMITTED, not %', current_setting('transaction_isolation');
  end if;
  assigned := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('tidings.sequencer', 0)) then outcome := 'busy'; return; end if;
  select * into strict state from tidings.sequencer_now;
  now_seen := pg_current_snapshot();
  last_position := state.last_position::text;
  if state.system_identifier <> tidings.cluster_identifier() -- null when one of them is unknown
     or pg_snapshot_xmax(state.snapshot) > pg_snapshot_xmax(now_seen) then
    outcome := 'moved';
    return;
  end if;

  -- One branch a lane with bounds of a day: of 145 partitions a handful is opened. What lies outside (a transaction open for
  -- longer, a clock that jumped) is found by the sweep.
  low  := tidings.uuid7_floor(clock_timestamp() - interval '1 day');
  high := tidings.uuid7_floor(clock_timestamp() + interval '1 day');
  insert into tidings.event_order (pos, account_id, lane, event_id)
  select state.last_position + row_number() over (order by seq), account_id, lane, id
    from tidings.visible_between(state.snapshot, now_seen) xids cross join lateral (
      (select seq, xid, account_id, lane, id from tidings.events
        where lane = 'domain' and id >= low and id < high and xid between xids.first and xids.last order by xid)
      union all
      (select seq, xid, account_id, lane, id from tidings.events
        where lane = 'change' and id >= low and id < high and xid between xids.first and xids.last order by xid)
      union all
      (select seq, xid, account_id, lane, id from tidings.events
        where lane = 'client' and id >= low and id < high and xid between xids.first and xids.last order by xid)
      union all
      (select seq, xid, account_id, lane, id from tidings.events
        where lane = 'system' and id >= low and id < high and xid between xids.first and xids.last order by xid)) fresh
   where seq > state.floor_seq and pg_visible_in_snapshot(xid, now_seen);
  get diagnostics fresh_rows = row_count;

  assigned := fresh_rows;
  outcome := case when fresh_rows > 0 then 'ticked' else 'idle' end;
  if fresh_rows > 0 or advance_when_empty then
    update tidings.sequencer s
       set last_position = state.last_position + fresh_rows, snapshot = now_seen, ticked_at = clock_timestamp()
     where sweeps = state.sweeps;
    last_position := (state.last_position + fresh_rows)::text;
  end if;
  if fresh_rows > 0 then perform pg_notify('tidings.log', last_position); end if;
end $$;

-- The transactions that may have become visible between two snapshots, as runs that are disjoint: all that began since the older
-- one, and each that was open then and no longer is. Holds some that `newer` does not see: ask pg_visible_in_snapshot.
create function tidings.visible_between(older pg_snapshot, newer pg_snapshot) returns table (first xid8, last xid8)
language sql stable rows 2 as $$
  select pg_snapshot_xmax(older), pg_snapshot_xmax(newer)
  union all
  select xid, xid from pg_snapshot_xip(older) xid where pg_visible_in_snapshot(xid, newer)
$$;

-- The same as at most two conditions on xid, each fit for the index, for statements that are planned for every partition there is: with
-- one for each transaction that was open, 100 of them over 144 partitions took 5 s and 700 MB (measured).
create function tidings.became_visible(older pg_snapshot, newer pg_snapshot) returns setof text
language sql stable as $$
  select format('xid between %L and %L', first, last) from tidings.visible_between(older, newer) where first <> last
  union all
  select format('xid = any (%L)', array_agg(first)) from tidings.visible_between(older, newer) where first = last having count(*) > 0
$$;

-- Finds events that no tick numbered: ids outside the tick's day, and (on several nodes) commits that became visible
-- late. Ticks first, holds the same lock, and takes only what the snapshot just stored can see; otherwise the next tick
-- would number a row again. Each event is compared in two consecutive sweeps.
--
-- No nested loop: before the tables are first analyzed the planner compares each event with all of its account, while nobody
-- ticks (12,000 events of 20 accounts: 4 s instead of 0.02, measured). No jit: what must be a loop would look costly enough.
create function tidings.sweep(out outcome text, out assigned double precision, out last_position text)
language plpgsql set enable_nestloop = off set jit = off as $$
declare
  state tidings.sequencer_now;
  fresh_rows bigint;
begin
  select t.outcome, t.last_position into outcome, last_position from tidings.tick(true) t;
  assigned := 0;
  if outcome in ('busy', 'moved') then return; end if;
  select * into strict state from tidings.sequencer_now;
  execute (
    select 'insert into tidings.event_order (pos, account_id, lane, event_id) '
        || format('select %s + row_number() over (order by seq), account_id, lane, id from (', state.last_position)
        || string_agg(format(
             'select seq, account_id, lane, id from tidings.events '
             'where seq > %s and pg_visible_in_snapshot(xid, %L) and %s',
             state.floor_seq, state.snapshot, condition), ' union all ')
        || ') recent where not exists (select from tidings.event_order o '
        || format('where o.pos > %s and o.account_id = recent.account_id and o.lane = recent.lane and o.event_id = recent.id)',
                  state.sweep_position)
      from tidings.became_visible(state.sweep_from, state.snapshot) condition);
  get diagnostics fresh_rows = row_count;
  assigned := fresh_rows;
  update tidings.sequencer s
     set last_position = state.last_position + fresh_rows,
         sweeps = state.sweeps + 1, swept_at = clock_timestamp(),
         sweep_from = state.sweep_next, sweep_position = state.sweep_next_pos,
         sweep_next = state.snapshot,   sweep_next_pos = state.last_position
   where sweeps = state.sweeps;
  last_position := (state.last_position + fresh_rows)::text;
  if fresh_rows > 0 then perform pg_notify('tidings.log', last_position); end if;
end $$;

-- After a move to another cluster (a restored dump, logical replication) stored xids count with the old cluster's
-- counter. Positions and cursors survive, because they are stored numbers. Numbers what has none, then draws a line
-- (floor_seq) under all rows of the old counter: without it they would be numbered again when the new counter
-- reaches their xids. Runs with the owner's rights, like split_tail.
create function tidings.repair(out outcome text, out assigned double precision, out last_position text)
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  state tidings.sequencer_now;
  fresh_rows bigint;
  top   bigint;
begin
  assigned := 0;
  if not pg_try_advisory_xact_lock(hashtextextended('tidings.sequencer', 0)) then outcome := 'busy'; return; end if;
  -- Waits for writers and keeps new ones out (SHARE ROW EXCLUSIVE), changing nothing: see split_tail about LOCK TABLE.
  alter table tidings.events enable trigger user;
  select * into strict state from tidings.sequencer_now;
  last_position := state.last_position::text;
  if (state.system_identifier <> tidings.cluster_identifier()) is not true
     and pg_snapshot_xmax(state.snapshot) <= pg_snapshot_xmax(pg_current_snapshot()) then
    outcome := 'sound'; -- another process was faster
    return;
  end if;
  select coalesce(max(seq), 0) into top from tidings.events;
  -- logical replication carries no sequence values
  perform setval('tidings.event_seq', greatest(top, (select last_value from tidings.event_seq), 1));
  insert into tidings.event_order (pos, account_id, lane, event_id)
  select state.last_position + row_number() over (order by seq), account_id, lane, id
    from tidings.events e
   -- Also under the line: what was recorded here before this has a sequence value of a sequence that began anew.
   where (id >= tidings.uuid7_floor(state.ticked_at - interval '1 day')
          or xid >= pg_snapshot_xmin(state.snapshot) and seq > state.floor_seq)
     and not exists (select from tidings.event_order o
                      where o.account_id = e.account_id and o.lane = e.lane and o.event_id = e.id);
  get diagnostics fresh_rows = row_count;
  outcome := 'repaired';
  assigned := fresh_rows;
  last_position := (state.last_position + fresh_rows)::text;
  update tidings.sequencer s
     set last_position = state.last_position + fresh_rows, snapshot = pg_current_snapshot(), floor_seq = top,
         system_identifier = tidings.cluster_identifier(), ticked_at = clock_timestamp(), swept_at = clock_timestamp(),
         sweep_from = pg_current_snapshot(), sweep_position = state.last_position + fresh_rows,
         sweep_next = pg_current_snapshot(), sweep_next_pos = state.last_position + fresh_rows
   where sweeps = state.sweeps;
  perform pg_notify('tidings.log', last_position);
end $$;
revoke execute on function tidings.repair from public;

-- The key changes, so it does not keep a second row out: that of a copy, for example. With two of them the one that was swept more often would
-- count, whatever it knows of the log.
create function tidings.keep_one_sequencer() returns trigger
language plpgsql as $$
begin
  if exists (select from tidings.sequencer) then
    raise unique_violation using message = 'tidings.sequencer has its row already', table = 'sequencer',
      hint = 'Copy the log into tables that no migration has filled: those of a dump of the schema alone.';
  end if;
  return new;
end $$;
create trigger sequencer_has_one_row before insert on tidings.sequencer
  for each row execute function tidings.keep_one_sequencer();
alter table tidings.sequencer enable always trigger sequencer_has_one_row; -- also for logical replication

insert into tidings.sequencer (last_position, snapshot, system_identifier, ticked_at, swept_at,
                               sweep_from, sweep_position, sweep_next, sweep_next_pos)
select 0, s, tidings.cluster_identifier(), now(), now(), s, 0, s, 0 from pg_current_snapshot() s;
