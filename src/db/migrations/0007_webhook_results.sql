-- 0007_webhook_results.sql: what became of requests, and what a crash left behind: complete, judge, sweep.

-- Writes what became of a batch of requests, and lets go of their slots. A result whose claim is no longer the row's is left
-- out: another worker has the delivery now. Results of an endpoint that somebody else has locked are `busy`, to be brought again.
--   results: [{account, delivery, endpoint, claim, state, retryMs, ok, slowDown, disable, failure, durationMs, attempt: {url,
--             status, failure, detail, requestHeaders, responseHeaders, responseBody, truncated} | null}]
--            state: the delivery's next one; retryMs: null when it comes to rest; disable: null or why; attempt: null when nothing
--            was sent; responseBody in base64
--   policy:  {breakerFailures, breakerRatio, breakerLeast, breakerWindowMs, breakerFirstMs, breakerLastMs, disableMs, disableMessages}
-- Returns {accepted: [delivery], busy: [delivery], due, notices: [{account, endpoint, notice, ...}]}. `due`: endpoints of the batch may
-- have more to send; notices: breaker_open, breaker_closed, warned_50, warned_90, disabled.
create function tidings.complete_deliveries(results text, policy text) returns text
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  moment   timestamptz := clock_timestamp();
  rules    jsonb := policy;
  batch    jsonb := results;
  -- The deliveries' months, so that the others are not opened.
  low      uuid := (select min(x->>'delivery' collate "C") from jsonb_array_elements(batch) x);
  high     uuid := (select max(x->>'delivery' collate "C") from jsonb_array_elements(batch) x);
  locked     uuid[];
  accepted   json;
  busy       json;
  lines      jsonb; -- of subjects whose next delivery may go
  complaints jsonb; -- of endpoints that shall be judged
  due        boolean;
  notices    jsonb;
begin
  select array_agg(l.endpoint_id) into locked from (
    select r.endpoint_id from tidings.endpoint_runs r
      join (select distinct x->>'account' as account_id, (x->>'endpoint')::uuid as endpoint_id from jsonb_array_elements(batch) x) b
        on r.account_id = b.account_id and r.endpoint_id = b.endpoint_id
       for update of r skip locked) l;

  with given as materialized (
    select x.* from rows from (jsonb_to_recordset(batch) as (
      account text, delivery uuid, endpoint uuid, claim uuid, state text, "retryMs" float8, ok boolean, "slowDown" boolean,
      disable text, failure text, "durationMs" integer, attempt jsonb)) with ordinality
      x (account_id, delivery_id, endpoint_id, claim_id, state, retry_ms, ok, slow_down, disable, failure, duration_ms, attempt, n)
     where x.endpoint_id = any (locked)
  ), mine as materialized ( -- whoever changes a claimed row holds its endpoint's lock, which is ours now
    select g.*, q.place, q.attempts as attempts_before, q.step, q.order_key, nullif(g.attempt, 'null') as wire,
           max(g.n) filter (where g.ok) over (partition by g.account_id, g.endpoint_id) as last_ok
      from given g cross join lateral (
        select d.ctid as place, d.* from tidings.delivery_queue d where d.account_id = g.account_id and d.delivery_id = g.delivery_id limit 1) q
     where q.state = 1 and q.claim_id = g.claim_id
  ), rested as (
    delete from tidings.delivery_queue q using mine m where q.ctid = m.place and m.retry_ms is null
  ), again as (
    update tidings.delivery_queue q
       set state = 0, claim_id = null, leased_until = null, step = q.step + 1, attempts = q.attempts + (m.wire is not null)::integer,
           run_at = moment + m.retry_ms * interval '1 millisecond'
      from mine m where q.ctid = m.place and m.retry_ms is not null
  ), logged as (
    insert into tidings.attempts (account_id, delivery_id, number, endpoint_id, url, started_at, duration_ms, status, failure, detail,
                                  request_headers, response_headers, response_body, truncated)
    select account_id, delivery_id, attempts_before + 1, endpoint_id, wire->>'url', moment - duration_ms * interval '1 millisecond',
           duration_ms, (wire->>'status')::integer, wire->>'failure', wire->>'detail', wire->'requestHeaders',
           nullif(wire->'responseHeaders', 'null'), decode(wire->>'responseBody', 'base64'), coalesce((wire->>'truncated')::boolean, false)
      from mine where wire is not null
    on conflict do nothing
  ), told as (
    update tidings.deliveries d
       set state = m.state, troubled = d.troubled or m.state <> 'delivered',
           attempts = m.attempts_before + (m.wire is not null)::integer,
           failure = m.failure, status = (m.wire->>'status')::integer,
           settled_at = case when m.retry_ms is null then moment end
      from mine m cross join lateral (
        select t.tableoid as part, t.ctid as place from tidings.deliveries t
         where t.account_id = m.account_id and t.endpoint_id = m.endpoint_id and t.id = m.delivery_id and t.id between low and high limit 1) found
     where d.tableoid = found.part and d.ctid = found.place and d.id between low and high
  ), sums as materialized (
    select m.account_id, m.endpoint_id, count(*)::integer as n,
           count(*) filter (where m.wire is not null)::integer as sent,
           count(*) filter (where m.ok)::integer as good,
           count(*) filter (where not m.ok and m.wire is not null)::integer as bad,
           count(*) filter (where not m.ok and m.wire is not null and m.n > coalesce(m.last_ok, 0))::integer as bad_since,
           count(*) filter (where not m.ok and m.step = 0 and m.wire is not null and m.n > coalesce(m.last_ok, 0))::integer as new_failures,
           bool_or(m.slow_down) as slow_down, max(m.duration_ms) as slowest,
           min(m.retry_ms) as soonest, max(m.disable) as disable
      from mine m group by 1, 2
  ), judged as (
    select s.*, r.breaker,
           case when s.good > 0 then 0 else r.failed_in_row end + s.bad_since as in_row,
           r.window_at > moment - (rules->>'breakerWindowMs')::float8 * interval '1 millisecond' as same_window,
           -- Half of the time without a single failure is no sustained one: the standard schedule never pauses for longer than 29 h.
           s.bad_since > 0 and r.last_failure_at < moment - (rules->>'disableMs')::float8 / 2 * interval '1 millisecond' as forgotten,
           r.window_done, r.window_failed, r.breaker_wait
      from sums s join tidings.endpoint_runs r on r.account_id = s.account_id and r.endpoint_id = s.endpoint_id
  ), broken as materialized (
    select j.*, case
        when j.sent = 0 then j.breaker
        when j.good > 0 and j.breaker <> 'closed' then 'closed'
        when j.breaker = 'half_open' and j.bad > 0 then 'open'
        when j.breaker = 'closed' and (j.in_row >= (rules->>'breakerFailures')::integer
          or (case when j.same_window then j.window_done else 0 end + j.sent >= (rules->>'breakerLeast')::integer
              and case when j.same_window then j.window_failed else 0 end + j.bad
                  >= (rules->>'breakerRatio')::float8 * (case when j.same_window then j.window_done else 0 end + j.sent))) and j.bad > 0 then 'open'
        else j.breaker end as breaker_now
      from judged j
  ), waits as materialized ( -- otherwise each use of `breaker_now` below is the whole expression once more
    select b.*, case when b.breaker_now = 'open' and b.breaker = 'half_open'
                     then least(b.breaker_wait * 2, (rules->>'breakerLastMs')::float8 * interval '1 millisecond')
                     when b.breaker_now = 'open' and b.breaker = 'closed' then (rules->>'breakerFirstMs')::float8 * interval '1 millisecond'
                     else b.breaker_wait end as wait_now
      from broken b
  ), counted as (
    update tidings.endpoint_runs r
       set inflight = greatest(0, r.inflight - w.n),
           inflight_limit = case when w.slow_down then greatest(1, r.inflight_limit / 2)
                                 -- The first success of all: it is there, and can be asked more.
                                 when r.last_success_at is null and w.good > 0 then least(r.inflight_max, r.inflight_limit * 4)
                                 when r.successes + w.good >= 20 then least(r.inflight_max, r.inflight_limit + 1)
                                 else least(r.inflight_max, r.inflight_limit) end,
           successes = case when w.slow_down or r.successes + w.good >= 20 then 0 else r.successes + w.good end,
           failed_in_row = w.in_row,
           window_at = case when w.same_window then r.window_at else moment end,
           window_done = case when w.breaker_now <> w.breaker then 0 when w.same_window then r.window_done else 0 end
                         + case when w.breaker_now <> w.breaker then 0 else w.sent end,
           window_failed = case when w.breaker_now <> w.breaker then 0 when w.same_window then r.window_failed else 0 end
                         + case when w.breaker_now <> w.breaker then 0 else w.bad end,
           failing_since = case when w.bad_since = 0 then case when w.good > 0 then null else r.failing_since end
                                when w.good > 0 or w.forgotten then moment else coalesce(r.failing_since, moment) end,
           failed_messages = case when w.good > 0 or w.forgotten then 0 else r.failed_messages end + w.new_failures,
           warned = case when w.good > 0 or w.forgotten then 0 else r.warned end,
           last_success_at = case when w.good > 0 then moment else r.last_success_at end,
           last_failure_at = case when w.bad > 0 then moment else r.last_failure_at end,
           duration_ms = case when w.sent = 0 then r.duration_ms else r.duration_ms * 0.8 + w.slowest * 0.2 end,
           breaker = w.breaker_now,
           breaker_wait = w.wait_now,
           breaker_until = case when w.breaker_now = 'open' and w.breaker <> 'open' then moment + w.wait_now else r.breaker_until end,
           next_at = case when w.breaker_now = 'open' and w.breaker <> 'open' then moment + w.wait_now
                          when w.breaker_now = 'open' then r.next_at
                          when w.breaker_now = 'closed' and w.breaker <> 'closed' then tidings.looked_at(r, moment)
                          else least(r.next_at, greatest(moment + w.soonest * interval '1 millisecond',
                                                         case when w.soonest is not null then tidings.looked_at(r, moment) end)) end
      from waits w where r.account_id = w.account_id and r.endpoint_id = w.endpoint_id
    returning r.account_id, r.endpoint_id, r.active and r.next_at <= moment as due,
              case when w.breaker = 'closed' and w.breaker_now = 'open' or w.breaker <> 'closed' and w.breaker_now = 'closed'
                   then w.breaker_now end as breaker_told -- not of each failed probe
  ), graphed as (
    insert into tidings.endpoint_stats as s (account_id, endpoint_id, since, delivered, failed, total_ms, max_ms,
        up_to_50, up_to_100, up_to_250, up_to_500, up_to_1000, up_to_2500, up_to_5000, longer)
    select account_id, endpoint_id, to_timestamp(floor(extract(epoch from moment) / 300) * 300),
           count(*) filter (where ok), count(*) filter (where not ok), sum(duration_ms), max(duration_ms),
           count(*) filter (where duration_ms <= 50), count(*) filter (where duration_ms > 50 and duration_ms <= 100),
           count(*) filter (where duration_ms > 100 and duration_ms <= 250), count(*) filter (where duration_ms > 250 and duration_ms <= 500),
           count(*) filter (where duration_ms > 500 and duration_ms <= 1000), count(*) filter (where duration_ms > 1000 and duration_ms <= 2500),
           count(*) filter (where duration_ms > 2500 and duration_ms <= 5000), count(*) filter (where duration_ms > 5000)
      from mine where wire is not null group by 1, 2 order by 1, 2
    on conflict (account_id, endpoint_id, since) do update
       set delivered = s.delivered + excluded.delivered, failed = s.failed + excluded.failed,
           total_ms = s.total_ms + excluded.total_ms, max_ms = greatest(s.max_ms, excluded.max_ms),
           up_to_50 = s.up_to_50 + excluded.up_to_50, up_to_100 = s.up_to_100 + excluded.up_to_100,
           up_to_250 = s.up_to_250 + excluded.up_to_250, up_to_500 = s.up_to_500 + excluded.up_to_500,
           up_to_1000 = s.up_to_1000 + excluded.up_to_1000, up_to_2500 = s.up_to_2500 + excluded.up_to_2500,
           up_to_5000 = s.up_to_5000 + excluded.up_to_5000, longer = s.longer + excluded.longer)
  select (select json_agg(m.delivery_id) from mine m),
         (select jsonb_agg(jsonb_build_object('account', m.account_id, 'endpoint', m.endpoint_id, 'key', m.order_key))
            from mine m where m.order_key is not null and m.retry_ms is null),
         (select jsonb_agg(jsonb_build_object('account', m.account_id, 'endpoint', m.endpoint_id, 'disable', m.disable))
            from mine m where not m.ok or m.disable is not null),
         (select jsonb_agg(jsonb_build_object('account', c.account_id, 'endpoint', c.endpoint_id, 'notice', 'breaker_' || c.breaker_told))
            from counted c where c.breaker_told is not null),
         (select bool_or(c.due) from counted c)
    into accepted, lines, complaints, notices, due;

  select json_agg(x->'delivery') into busy from jsonb_array_elements(batch) x
   where not coalesce((x->>'endpoint')::uuid = any (locked), false)
     and exists (select from tidings.endpoint_runs r where r.account_id = x->>'account' and r.endpoint_id = (x->>'endpoint')::uuid);
  if lines is not null then
    perform tidings.promote_ordered(l->>'account', (l->>'endpoint')::uuid, l->>'key') from jsonb_array_elements(lines) l;
    due := true;
  end if;
  -- What a crash of the server takes back is sent again, under the same id: at least once. So successes wait for no disk.
  if complaints is null then
    perform set_config('synchronous_commit', 'off', true);
  else
    notices := coalesce(notices, '[]') || tidings.judge_endpoints(complaints, rules, moment);
  end if;
  return json_build_object('accepted', coalesce(accepted, '[]'), 'busy', coalesce(busy, '[]'), 'due', coalesce(due, false),
                           'notices', coalesce(notices, '[]'))::text;
end $$;

-- The next delivery of a subject may go when none stands before it. The caller holds the endpoint's row.
create function tidings.promote_ordered(account text, endpoint uuid, subject text) returns void
language plpgsql as $$
begin
  update tidings.delivery_queue q set state = 0
   where q.account_id = account and q.state = 2
     and q.delivery_id = (select f.delivery_id from tidings.delivery_queue f
                           where f.account_id = account and f.endpoint_id = endpoint and f.order_key = subject
                           order by f.delivery_id limit 1);
  update tidings.endpoint_runs r set next_at = tidings.looked_at(r, clock_timestamp())
   where r.account_id = account and r.endpoint_id = endpoint and r.active and r.next_at > tidings.looked_at(r, clock_timestamp());
end $$;

-- Who has failed for too long is warned, and then disabled; who says "gone" or "disable" is disabled at once.
create function tidings.judge_endpoints(complaints jsonb, rules jsonb, moment timestamptz) returns jsonb
language plpgsql as $$
declare
  span    interval := (rules->>'disableMs')::float8 * interval '1 millisecond';
  least_n integer := (rules->>'disableMessages')::integer;
  run     record;
  notices jsonb := '[]';
  percent integer;
  reason  text;
begin
  for run in
    select r.account_id, r.endpoint_id, r.failing_since, r.failed_messages, r.warned, b.disable
      from (select c->>'account' as account_id, (c->>'endpoint')::uuid as endpoint_id, max(c->>'disable') as disable
              from jsonb_array_elements(complaints) c group by 1, 2) b
      join tidings.endpoint_runs r on r.account_id = b.account_id and r.endpoint_id = b.endpoint_id
     where r.active and (b.disable is not null or r.failing_since is not null)
     order by 1, 2
  loop
    percent := case when run.failed_messages < least_n then 0 else floor(100 * extract(epoch from moment - run.failing_since) / extract(epoch from span)) end;
    reason := coalesce(run.disable, case when percent >= 100 then 'failing' end);
    if reason is not null then
      update tidings.endpoints e set status = 'disabled', status_reason = reason, status_at = moment, updated_at = moment, revision = e.revision + 1
       where e.account_id = run.account_id and e.id = run.endpoint_id and e.status = 'enabled';
      update tidings.endpoint_runs r set active = false, next_at = 'infinity' where r.account_id = run.account_id and r.endpoint_id = run.endpoint_id;
    elsif percent >= 50 and run.warned < 50 or percent >= 90 and run.warned < 90 then
      percent := case when percent >= 90 then 90 else 50 end;
      update tidings.endpoint_runs r set warned = percent where r.account_id = run.account_id and r.endpoint_id = run.endpoint_id;
    else
      continue;
    end if;
    notices := notices || jsonb_build_object('account', run.account_id, 'endpoint', run.endpoint_id,
      'notice', case when reason is not null then 'disabled' else 'warned_' || percent end, 'reason', reason,
      'failingSince', extract(epoch from run.failing_since)::float8 * 1000, 'failedMessages', run.failed_messages);
  end loop;
  return notices;
end $$;

-- Endpoints that have something in the queue: one look-up for each of them, however many rows they have.
create function tidings.queued_endpoints() returns table (account_id text, endpoint_id uuid)
language sql stable as $$
  with recursive waiting as (
    (select q.account_id, q.endpoint_id from tidings.delivery_queue q where q.state = 0 order by q.account_id, q.endpoint_id limit 1)
    union all
    select following.* from waiting w cross join lateral (
      select q.account_id, q.endpoint_id from tidings.delivery_queue q
       where q.state = 0 and (q.account_id, q.endpoint_id) > (w.account_id, w.endpoint_id)
       order by q.account_id, q.endpoint_id limit 1) following
  ), in_line as (
    (select q.account_id, q.endpoint_id from tidings.delivery_queue q where q.order_key is not null order by q.account_id, q.endpoint_id limit 1)
    union all
    select following.* from in_line w cross join lateral (
      select q.account_id, q.endpoint_id from tidings.delivery_queue q
       where q.order_key is not null and (q.account_id, q.endpoint_id) > (w.account_id, w.endpoint_id)
       order by q.account_id, q.endpoint_id limit 1) following)
  select * from waiting union select * from in_line
$$;

-- Endpoints whose slots are not those of their leases, and those that sleep although something is due.
create function tidings.stray_endpoints(moment timestamptz) returns table (account_id text, endpoint_id uuid)
language sql stable as $$
  with leases as materialized (
    select q.account_id, q.endpoint_id, count(*)::integer as n from tidings.delivery_queue q where q.state = 1 group by 1, 2)
  select r.account_id, r.endpoint_id
    from tidings.endpoint_runs r left join leases l on l.account_id = r.account_id and l.endpoint_id = r.endpoint_id
   where r.inflight <> coalesce(l.n, 0)
  union
  select r.account_id, r.endpoint_id
    from tidings.queued_endpoints() w join tidings.endpoint_runs r on r.account_id = w.account_id and r.endpoint_id = w.endpoint_id
   where r.active and r.next_at > tidings.looked_at(r, moment)
     and (select true from tidings.delivery_queue q
           where q.account_id = r.account_id and q.endpoint_id = r.endpoint_id and q.state = 0 and q.run_at < moment limit 1)
$$;

-- When the sweep last looked, in one row: a clock that is behind it was set back.
create table tidings.webhook_sweeps (
  only_row  boolean primary key,
  swept_at  timestamptz not null,
  constraint webhook_sweeps_one_row check (only_row)
);

-- After the clock was set back by `back` all that was planned lies ahead by so much more than it should: deliveries, retries and probes
-- would wait for it, and rate limits would take tokens back. What was planned in the seconds since then comes early, once.
create function tidings.set_webhooks_back(back interval, moment timestamptz) returns void
language plpgsql as $$
begin
  perform from tidings.endpoint_runs order by account_id, endpoint_id for update; -- in the order of whoever makes deliveries: no circle
  update tidings.endpoint_runs
     set next_at = next_at - back, breaker_until = breaker_until - back,
         last_served = least(last_served, moment), tokens_at = least(tokens_at, moment), window_at = least(window_at, moment);
  update tidings.delivery_queue set run_at = run_at - back where state <> 1;
  -- Not by as much: a request may be under way that began since then. No lease is longer, because no timeout is longer than 30 s.
  update tidings.delivery_queue set leased_until = least(leased_until, moment + interval '90 seconds') where state = 1;
  update tidings.endpoint_jobs set next_at = next_at - back where state = 'running';
end $$;

-- Puts right what a crash, a lost wake-up or a disabled endpoint left behind; `chunk` rows of each kind at most.
-- Returns {lost, givenUp: [{account, endpoint, delivery}], held, woken}, those given up among the lost ones; call it again soon when a
-- number is `chunk`.
create function tidings.sweep_deliveries(chunk integer) returns text
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  moment   timestamptz := clock_timestamp();
  ahead    interval;
  stray    record;
  locked   uuid[];
  lost     integer;
  given_up json;
  held     integer;
  woken    integer;
begin
  -- Others wait for it; it does not run twice at once.
  if not pg_try_advisory_xact_lock(hashtextextended('tidings.webhooks.sweep', 0)) then
    return '{"lost":0,"givenUp":[],"held":0,"woken":0}';
  end if;
  -- 0. Small corrections of the clock come all the time, and nothing waits long for them.
  select s.swept_at - moment into ahead from tidings.webhook_sweeps s;
  if ahead > interval '1 minute' then perform tidings.set_webhooks_back(ahead, moment); end if;
  insert into tidings.webhook_sweeps as s values (true, moment) on conflict (only_row) do update set swept_at = excluded.swept_at;

  -- 1. The worker died between the request and its result. Whether the endpoint got it is not known: it is sent again, under
  --    the same id, and the try that may have happened is in the log. What is lost again and again may be what kills the worker, or its
  --    neighbour: in a row, the first loss costs no time and the second a part of the timeout, by chance, so that those that were lost
  --    together are not under way together once more. From the third on each is a failed try of the schedule.
  select array_agg(l.endpoint_id) into locked from (
    select r.endpoint_id from tidings.endpoint_runs r
      join (select distinct q.account_id, q.endpoint_id from tidings.delivery_queue q where q.state = 1 and q.leased_until < moment) late
        on r.account_id = late.account_id and r.endpoint_id = late.endpoint_id
       for update of r skip locked) l;
  with late as materialized (
    select ctid as place, account_id, delivery_id, endpoint_id, step, attempts + 1 as number from tidings.delivery_queue
     where state = 1 and leased_until < moment and endpoint_id = any (locked)
     order by leased_until limit chunk for update skip locked
  ), counted as materialized (
    select l.*, e.url, e.schedule, coalesce(e.timeout_ms, 15000) as timeout_ms,
           l.number - coalesce((select a.number from tidings.attempts a
                                 where a.account_id = l.account_id and a.delivery_id = l.delivery_id and a.failure is distinct from 'worker_lost'
                                 order by a.number desc limit 1), 0) as in_row
      from late l left join lateral (
        select * from tidings.endpoints e where e.account_id = l.account_id and e.id = l.endpoint_id limit 1) e on true
  ), judged as materialized ( -- a schedule's first place is the delay before the first try
    select c.*, case when c.in_row < 3 then c.step else c.step + 1 end as next_step,
           case when c.in_row < 3 then 0 else c.schedule[c.step + 2] end as delay, -- null: that was the last try
           case when c.in_row = 1 then 0 else random() * c.timeout_ms end as spread_ms
      from counted c
  ), back as (
    update tidings.delivery_queue q
       set state = 0, claim_id = null, leased_until = null, attempts = j.number, step = j.next_step,
           run_at = moment + j.delay * interval '1 second' + j.spread_ms * interval '1 millisecond'
      from judged j where q.ctid = j.place and j.delay is not null
  ), rested as (
    delete from tidings.delivery_queue q using judged j where q.ctid = j.place and j.delay is null
  ), logged as (
    insert into tidings.attempts (account_id, delivery_id, number, endpoint_id, url, started_at, duration_ms, failure, request_headers)
    select account_id, delivery_id, number, endpoint_id, coalesce(url, ''), moment, 0, 'worker_lost', '{}' from judged
    on conflict do nothing
  ), told as (
    update tidings.deliveries d
       set state = case when j.delay is null then 'failed' when j.next_step > j.step then 'retrying' else d.state end,
           troubled = d.troubled or j.next_step > j.step, attempts = j.number, failure = 'worker_lost', status = null,
           settled_at = case when j.delay is null then moment end
      from judged j where d.account_id = j.account_id and d.id = j.delivery_id
  )
  select count(*), json_agg(json_build_object('account', account_id, 'endpoint', endpoint_id, 'delivery', delivery_id)) filter (where delay is null)
    into lost, given_up from judged;

  -- 2. Slots that a dead worker held, and endpoints that sleep although something is due. Locked first and counted then: what
  --    a claim took in between would be forgotten.
  woken := 0;
  for stray in select * from tidings.stray_endpoints(moment) s order by s.account_id, s.endpoint_id loop
    perform from tidings.endpoint_runs r where r.account_id = stray.account_id and r.endpoint_id = stray.endpoint_id for update skip locked;
    continue when not found;
    update tidings.endpoint_runs r
       set inflight = (select count(*) from tidings.delivery_queue q
                        where q.account_id = r.account_id and q.endpoint_id = r.endpoint_id and q.state = 1),
           idle_turns = 0,
           next_at = case when r.active then least(r.next_at, greatest(tidings.looked_at(r, moment),
             coalesce((select min(q.run_at) from tidings.delivery_queue q
                        where q.account_id = r.account_id and q.endpoint_id = r.endpoint_id and q.state = 0), 'infinity'))) else r.next_at end
     where r.account_id = stray.account_id and r.endpoint_id = stray.endpoint_id;
    woken := woken + 1;
  end loop;

  -- 3. What waits for an endpoint that is disabled or pulls is held; for one that was deleted it expires.
  held := 0;
  for stray in
    select w.account_id, w.endpoint_id from tidings.queued_endpoints() w
      join tidings.endpoint_runs r on r.account_id = w.account_id and r.endpoint_id = w.endpoint_id
     where not r.active order by 1, 2
  loop
    exit when held >= chunk;
    held := held + tidings.hold_deliveries(stray.account_id, stray.endpoint_id, chunk - held);
  end loop;

  if lost + woken > 0 then perform tidings.wake_webhooks(); end if;
  return json_build_object('lost', lost, 'givenUp', coalesce(given_up, '[]'), 'held', held, 'woken', woken)::text;
end $$;

-- Takes at most `chunk` waiting deliveries of one endpoint out of the queue, unless it became active meanwhile. Returns how many.
create function tidings.hold_deliveries(account text, endpoint uuid, chunk integer) returns integer
language plpgsql
set plan_cache_mode = force_generic_plan set jit = off set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
declare
  taken integer;
begin
  perform from tidings.endpoint_runs r where r.account_id = account and r.endpoint_id = endpoint and not r.active for update skip locked;
  if not found then return 0; end if;
  with waiting as (
    select q.ctid as place from tidings.delivery_queue q
     where q.account_id = account and q.endpoint_id = endpoint and q.state = 0 order by q.run_at, q.delivery_id limit chunk
  ), in_line as (
    select q.ctid as place from tidings.delivery_queue q
     where q.account_id = account and q.endpoint_id = endpoint and q.order_key is not null and q.state = 2
     order by q.order_key, q.delivery_id limit chunk
  ), removed as (
    delete from tidings.delivery_queue q using (select * from waiting union all select * from in_line limit chunk) w
     where q.ctid = w.place
    returning q.delivery_id
  ), told as (
    update tidings.deliveries d
       set state = case e.status when 'deleted' then 'expired' else 'held' end, troubled = true, settled_at = clock_timestamp(),
           failure = case e.status when 'deleted' then 'endpoint_deleted' else d.failure end
      from removed r, tidings.endpoints e
     where d.account_id = account and d.id = r.delivery_id and e.account_id = account and e.id = endpoint
  )
  select count(*) into taken from removed;
  return taken;
end $$;

-- Subjects whose first in line was taken away (by hand, or to be held): one look-up for each subject that has a line.
create function tidings.promote_waiting(chunk integer) returns integer
language plpgsql as $$
declare
  promoted integer := 0;
  line     record;
begin
  for line in
    with recursive keys as (
      (select account_id, endpoint_id, order_key from tidings.delivery_queue where order_key is not null
        order by account_id, endpoint_id, order_key limit 1)
      union all
      select following.* from keys cross join lateral (
        select q.account_id, q.endpoint_id, q.order_key from tidings.delivery_queue q
         where q.order_key is not null and (q.account_id, q.endpoint_id, q.order_key) > (keys.account_id, keys.endpoint_id, keys.order_key)
         order by q.account_id, q.endpoint_id, q.order_key limit 1) following)
    select k.* from keys k
     where not exists (select from tidings.delivery_queue q
                        where q.account_id = k.account_id and q.endpoint_id = k.endpoint_id and q.order_key = k.order_key and q.state <> 2)
     order by 1, 2, 3 limit chunk
  loop
    perform from tidings.endpoint_runs r where r.account_id = line.account_id and r.endpoint_id = line.endpoint_id for update skip locked;
    continue when not found;
    perform tidings.promote_ordered(line.account_id, line.endpoint_id, line.order_key);
    promoted := promoted + 1;
  end loop;
  if promoted > 0 then perform tidings.wake_webhooks(); end if;
  return promoted;
end $$;
