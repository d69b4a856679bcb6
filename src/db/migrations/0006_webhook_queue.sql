-- 0006_webhook_queue.sql: into the queue, and out of it again: enqueue, wake, claim, requeue.
--
-- Functions, as in 0002: a connection keeps their plans. They plan nested loops and index scans only: batches are small and every row
-- is found by its key, but the planner, which cannot see into JSON, may read whole partitions instead. A queue that runs empty is
-- vacuumed to no page at all, and a plan made then, for a table that has nothing to read, lives on when there are 10,000 rows: each look-up of
-- a batch read them all (900 deliveries/s instead of 2,100, measured). Therefore no sequential scan; rows are changed by the ctid under
-- which they were just found, because a join on the key may read all of the table first; and what is asked of each row is a scalar
-- subquery, because EXISTS may be answered from a hash of the whole table.
--
-- All lock endpoints first and then queue rows and deliveries. Whoever works on many endpoints (claim, complete, sweep) passes over
-- those that are locked and so never waits; the others take one, or belong to the fan-out, of which one runs at a time for an account.

-- One lock for all who wait to be told: at most one transaction at a time carries a NOTIFY (see append).
create function tidings.wake_webhooks() returns void language plpgsql as $$
begin
  if pg_try_advisory_xact_lock(hashtextextended('tidings.webhooks', 0)) then
    perform pg_notify('tidings.log', 'webhooks');
  end if;
end $$;

-- Writes messages and their deliveries, in the caller's transaction: that of the fan-out's checkpoint.
--   made:   [{id?, account, lane, event, position, type, subject, format, version, contentType, headers, body}], body in base64;
--           with `id` the message exists already (a past event for another endpoint) and is not written again
--   wanted: [{message, endpoint, key}], message an index of `made`; key the subject, for ordered endpoints
-- Returns [{message, delivery, endpoint, state}] as JSON. Deliveries for endpoints that are disabled or pull are held; an endpoint of
-- another account than its message's gets nothing.
create function tidings.enqueue_deliveries(origin text, made text, wanted text) returns text
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  messages   jsonb := made;
  asked      jsonb := wanted;
  moment     timestamptz := clock_timestamp();
  now_us     bigint := extract(epoch from moment) * 1000000;
  ids        uuid[];
  accounts   text[]; -- of the messages, as ids and type_names
  type_names text[];
  owners     text[]; -- of the endpoints, one for each
  endpoints  uuid[];
  written    text;
begin
  select array_agg(coalesce((m->>'id')::uuid, tidings.uuid7(now_us + n - 1)) order by n), array_agg(m->>'account' order by n),
         array_agg(m->>'type' order by n)
    into ids, accounts, type_names from jsonb_array_elements(messages) with ordinality given (m, n);
  select array_agg(account_id), array_agg(endpoint_id) into owners, endpoints from (
    select distinct accounts[(w->>'message')::integer + 1] as account_id, (w->>'endpoint')::uuid as endpoint_id
      from jsonb_array_elements(asked) w) asking;
  insert into tidings.messages (account_id, id, lane, event_id, position, type, subject, subject_label, format, version, content_type,
                                headers, body, created_at)
  select m->>'account', ids[n], m->>'lane', (m->>'event')::uuid, (m->>'position')::bigint, m->>'type', m->>'subject', m->>'subjectLabel',
         m->>'format', (m->>'version')::integer, m->>'contentType', coalesce(nullif(m->'headers', 'null'), '{}'), decode(m->>'body', 'base64'), moment
    from jsonb_array_elements(messages) with ordinality given (m, n) where m->>'id' is null;
  -- What is read in order (by subject, or by a receiver that pulls) becomes visible in order: held until the commit.
  perform from unnest(owners, endpoints) asking (account_id, endpoint_id)
     join tidings.endpoint_runs r on r.account_id = asking.account_id and r.endpoint_id = asking.endpoint_id
    where r.ordered or 'pull' = (select e.delivery from tidings.endpoints e where e.account_id = r.account_id and e.id = r.endpoint_id)
    order by r.account_id, r.endpoint_id for update of r;
  now_us := extract(epoch from clock_timestamp()) * 1000000;
  with fresh as materialized (
    select tidings.uuid7(now_us + n - 1) as delivery_id, e.account_id, e.id as endpoint_id, ids[place] as message_id, type_names[place] as type,
           r.active, case when r.ordered then w->>'key' end as order_key, row_number() over (partition by e.id, w->>'key' order by n) as turn,
           -- The first step of a schedule is a delay too.
           moment + make_interval(secs => coalesce(e.schedule[1], 0)) as run_at
      from jsonb_array_elements(asked) with ordinality given (w, n) cross join lateral (select (w->>'message')::integer + 1) message (place)
      join tidings.endpoints e on e.account_id = accounts[place] and e.id = (w->>'endpoint')::uuid and e.status <> 'deleted'
      join tidings.endpoint_runs r on r.account_id = e.account_id and r.endpoint_id = e.id
  ), made_deliveries as (
    insert into tidings.deliveries (account_id, id, endpoint_id, message_id, type, origin, state, troubled, created_at)
    select account_id, delivery_id, endpoint_id, message_id, type, origin, case when active then 'pending' else 'held' end, not active, moment
      from fresh
  ), queued as (
    insert into tidings.delivery_queue (account_id, delivery_id, endpoint_id, message_id, order_key, state, run_at)
    select account_id, delivery_id, endpoint_id, message_id, order_key,
           case when order_key is null then 0
                when turn > 1 then 2
                else coalesce((select 2 from tidings.delivery_queue q
                                where q.account_id = f.account_id and q.endpoint_id = f.endpoint_id and q.order_key = f.order_key limit 1), 0) end, run_at
      from fresh f where active
  )
  select coalesce(json_agg(json_build_object('message', f.message_id, 'delivery', f.delivery_id, 'endpoint', f.endpoint_id,
                                             'state', case when f.active then 'pending' else 'held' end) order by f.delivery_id), '[]')::text
    into written from fresh f;
  -- Last, so that the rows of endpoints are locked briefly, and only of idle ones: a claim passes over locked rows.
  perform tidings.wake_endpoints(owners, endpoints, moment);
  return written;
end $$;

-- Tokens of a rate limit at `moment`; null where there is none.
create function tidings.tokens_at(run tidings.endpoint_runs, moment timestamptz) returns double precision
language sql immutable
return case when run.rate is null then null
            when run.tokens_at = '-infinity' then run.burst
            else least(run.burst, run.tokens + run.rate * extract(epoch from moment - run.tokens_at)::float8) end;

-- When it is worth to look at an endpoint that has something to send: at once, or when its open breaker lets a probe through, or
-- when its rate limit has a token again.
create function tidings.looked_at(run tidings.endpoint_runs, moment timestamptz) returns timestamptz
language sql immutable
return greatest(moment, case when run.breaker = 'open' then run.breaker_until end,
                -- A millisecond more: a token that is short of whole by a rounding error is none.
                case when tidings.tokens_at(run, moment) < 1
                     then moment + ((1 - tidings.tokens_at(run, moment)) / run.rate + 0.001) * interval '1 second' end);

-- Lowers next_at of endpoints that would look later, and of those that may be looked at for the last time at this moment: a claim that
-- sees nothing yet puts them to sleep. `owners`: the account of each.
create function tidings.wake_endpoints(owners text[], endpoints uuid[], moment timestamptz) returns void
language plpgsql as $$
begin
  with idle as (
    select r.account_id, r.endpoint_id from unnest(owners, endpoints) woken (account_id, endpoint_id)
      join tidings.endpoint_runs r on r.account_id = woken.account_id and r.endpoint_id = woken.endpoint_id
     where r.active and (r.next_at > tidings.looked_at(r, moment) or r.idle_turns >= 3)
     order by r.account_id, r.endpoint_id for update of r)
  update tidings.endpoint_runs r set next_at = least(r.next_at, tidings.looked_at(r, moment)), idle_turns = 0 from idle
   where r.account_id = idle.account_id and r.endpoint_id = idle.endpoint_id;
  perform tidings.wake_webhooks();
end $$;

-- Takes at most `want` due deliveries: first the endpoints, then a few rows of each. `slots` are the worker's in all; `busy`
-- says how many of them each account holds ({account: n}), of which it may hold half; `slow_room` is what is left of the
-- quarter for slow endpoints. The account that holds the fewest slots goes first, and of its endpoints the one that was served least
-- recently: a thousand endpoints of one account win nothing.
-- Returns {endpoints: [...], deliveries: [...], waitMs}. `waitMs`: 0 when there may be more right now, 1 when others hold all that is due,
-- otherwise nothing is due before then. `body` is null when the message is gone.
create function tidings.claim_deliveries(want integer, slots integer, slow_room integer, busy text) returns text
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  moment    timestamptz := clock_timestamp();
  locked_at timestamptz;
  held_by   jsonb := busy;
  claim     uuid := gen_random_uuid();
  owners    text[]; -- of the endpoints whose turn it is; all arrays in the same order
  endpoints uuid[];
  rooms     integer[];
  budgets   double precision[];
  slows     boolean[];
  passed    boolean; -- over endpoints that are due
  taken     json;
  of_them   json;
  more      boolean := false;
begin
  -- A claim that a crash of the server takes back was no promise: its deliveries wait again. So its commit waits for no disk.
  perform set_config('synchronous_commit', 'off', true);
  -- In two statements: whoever makes a delivery due holds its endpoint's lock, and what was committed just before it became ours is seen
  -- by a statement that begins afterwards. In one, a delivery resent at that moment waited until the endpoint was looked at again.
  with due as (
    select r.account_id, r.endpoint_id, r.last_served,
           r.breaker <> 'closed' or r.duration_ms > 5000 as slow,
           least(case r.breaker when 'closed' then r.inflight_limit else 1 end - r.inflight,
                 greatest(4, want / count(*) over ()),
                 floor(tidings.tokens_at(r, moment)))::integer as room
      from tidings.endpoint_runs r
     where r.active and r.next_at <= moment and r.inflight < case r.breaker when 'closed' then r.inflight_limit else 1 end
       and (r.breaker <> 'open' or r.breaker_until <= moment)
  ), of_accounts as (
    -- `place`: how many slots the account would hold before this endpoint's turn. The fewest come first.
    select d.*, coalesce((held_by->>d.account_id)::integer, 0) + sum(d.room) over own - d.room as place
      from due d where d.room > 0
    window own as (partition by d.account_id order by d.last_served, d.endpoint_id)
  ), of_lanes as (
    select o.account_id, o.endpoint_id, o.slow, o.place, o.last_served, s.room,
           sum(s.room) over (partition by o.slow order by o.place, o.last_served, o.account_id, o.endpoint_id) - s.room as taken_of_lane
      from of_accounts o cross join lateral (select least(o.room, greatest(1, slots / 2) - o.place) as room) s
     where s.room > 0
  ), of_worker as (
    select l.account_id, l.endpoint_id, l.slow, least(l.room, case when l.slow then slow_room - l.taken_of_lane end) as room,
           sum(l.room) over (order by l.place, l.last_served, l.account_id, l.endpoint_id) - l.room as taken
      from of_lanes l where not l.slow or l.taken_of_lane < slow_room
  ), ep as materialized (
    -- Another worker may have served it meanwhile: the lock gives the row as it is now.
    select r.account_id, r.endpoint_id, w.slow, tidings.tokens_at(r, moment) as tokens,
           least(w.room, want - w.taken, case r.breaker when 'closed' then r.inflight_limit else 1 end - r.inflight,
                 floor(tidings.tokens_at(r, moment)))::integer as room
      from of_worker w join tidings.endpoint_runs r on r.account_id = w.account_id and r.endpoint_id = w.endpoint_id
     where w.taken < want and r.active and r.next_at <= moment
       and r.inflight < case r.breaker when 'closed' then r.inflight_limit else 1 end
       for update of r skip locked
  )
  select array_agg(account_id), array_agg(endpoint_id), array_agg(room), array_agg(tokens), array_agg(slow),
         (select count(*) from of_worker) > (select count(*) from ep)
    into owners, endpoints, rooms, budgets, slows, passed
    from ep where room > 0;

  if owners is not null then
    locked_at := clock_timestamp();
    with turn as materialized (
      select * from unnest(owners, endpoints, rooms, budgets, slows) t (account_id, endpoint_id, room, tokens, slow)
    ), pick as materialized ( -- no limit around it: endpoints that have work would look empty; no lock: whoever changes rows has the endpoint's
      select q.* from turn t cross join lateral (
        select d.ctid as place from tidings.delivery_queue d
         where d.account_id = t.account_id and d.endpoint_id = t.endpoint_id and d.state = 0 and d.run_at <= locked_at
         order by d.run_at, d.delivery_id limit t.room) q
    ), leased as (
      update tidings.delivery_queue q
         set state = 1, claim_id = claim,
             -- Three times the request's whole time: a lease never ends while its request may still be running.
             leased_until = moment + 3 * interval '1 millisecond' * coalesce(
               (select e.timeout_ms from tidings.endpoints e where e.account_id = q.account_id and e.id = q.endpoint_id), 15000)
        from pick where q.ctid = pick.place
      returning q.account_id, q.endpoint_id, q.delivery_id, q.message_id, q.step, q.attempts
    ), served as (
      select t.*, (select count(*) from leased l where l.account_id = t.account_id and l.endpoint_id = t.endpoint_id)::integer as n
        from turn t
    ), bumped as (
      update tidings.endpoint_runs r
         set inflight = r.inflight + s.n, last_served = moment,
             tokens = coalesce(s.tokens - s.n, 0), tokens_at = case when r.rate is null then r.tokens_at else moment end,
             breaker = case when r.breaker = 'open' and s.n > 0 then 'half_open' else r.breaker end,
             idle_turns = case when s.n = s.room then 0 else least(r.idle_turns + 1, 3) end,
             next_at = case
               when s.tokens - s.n < 1 then moment + ((1 - (s.tokens - s.n)) / r.rate + 0.001) * interval '1 second'
               when s.n = s.room then r.next_at
               -- No more here, as far as this snapshot shows: who is writing a row now saw that the endpoint is due and did not
               -- wake it. So it is looked at again after 0.1, 0.4 and 1.6 s before it waits to be woken.
               else least(case when r.idle_turns < 3 then moment + interval '100 milliseconds' * 4 ^ r.idle_turns else 'infinity' end,
                          (select min(q.run_at) from tidings.delivery_queue q
                            where q.account_id = r.account_id and q.endpoint_id = r.endpoint_id and q.state = 0 and q.run_at > locked_at))
             end
        from served s where r.account_id = s.account_id and r.endpoint_id = s.endpoint_id)
    select (select json_agg(json_build_object('account', l.account_id, 'id', l.delivery_id, 'endpoint', l.endpoint_id,
                     'message', l.message_id, 'claim', claim, 'step', l.step, 'attempts', l.attempts, 'type', m.type,
                     'contentType', m.content_type, 'headers', m.headers, 'body', encode(m.body, 'base64'),
                     'nowMs', extract(epoch from moment)::float8 * 1000) order by l.delivery_id)
              from leased l left join lateral (
                select * from tidings.messages m where m.account_id = l.account_id and m.id = l.message_id limit 1) m on true),
           (select json_agg(json_build_object('account', e.account_id, 'id', e.id, 'revision', e.revision, 'url', e.url,
                     'scheme', e.scheme, 'compat', e.compat, 'secrets', e.secrets, 'headers', e.headers,
                     'timeoutMs', e.timeout_ms, 'schedule', e.schedule, 'slow', s.slow))
              from (select account_id, endpoint_id, slow from served where n > 0) s cross join lateral (
                select * from tidings.endpoints e where e.account_id = s.account_id and e.id = s.endpoint_id limit 1) e),
           exists (select from served s where s.n > 0 and s.n = s.room) or passed
      into taken, of_them, more;
  end if;

  return json_build_object('endpoints', coalesce(of_them, '[]'), 'deliveries', coalesce(taken, '[]'), 'waitMs',
    -- Also where all turns were in vain: those endpoints sleep now, and the ones that were passed over for them may have work.
    case when more then 0 when passed then 1 else (
      select extract(epoch from min(r.next_at) - moment)::float8 * 1000 from tidings.endpoint_runs r
       where r.next_at > moment and r.next_at < moment + interval '1 hour') end)::text;
end $$;

-- Sends deliveries of one account that came to rest once more, and those that wait now instead of later. What is being sent at
-- this moment stays as it is. Returns the ids that are in the queue because of it. The caller holds the deliveries' rows and has
-- asked deliveryState.ts whether they may.
create function tidings.requeue_deliveries(account text, deliveries uuid[]) returns text
language plpgsql as $$
declare
  moment    timestamptz := clock_timestamp();
  endpoints uuid[] := array(select distinct d.endpoint_id from tidings.deliveries d where d.account_id = account and d.id = any (deliveries));
  queued    uuid[];
begin
  perform from tidings.endpoint_runs r where r.account_id = account and r.endpoint_id = any (endpoints) order by r.endpoint_id for update;
  with put as (
    insert into tidings.delivery_queue as q (account_id, delivery_id, endpoint_id, message_id, state, run_at, attempts)
    select account, d.id, d.endpoint_id, d.message_id, 0, moment, d.attempts
      from tidings.deliveries d where d.account_id = account and d.id = any (deliveries) order by d.id
    -- A delivery asked for by hand stands in no line: its order key goes.
    on conflict (account_id, delivery_id) do update set state = 0, run_at = moment, step = 0, order_key = null where q.state <> 1
    returning q.delivery_id)
  select array_agg(delivery_id) into queued from put;
  update tidings.deliveries d set state = 'pending', troubled = true, failure = null, settled_at = null
   where d.account_id = account and d.id = any (queued) and d.state in ('delivered', 'failed', 'held');
  perform tidings.wake_endpoints(array_fill(account, array[cardinality(endpoints)]), endpoints, moment);
  return coalesce(array_to_json(queued), '[]')::text;
end $$;
