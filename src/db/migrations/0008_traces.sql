-- 0008_traces.sql: what explains one event.

create index events_by_cause on tidings.events (account_id, caused_by_id, id) where caused_by_id is not null;

-- What the events with the ids `causes` led to, oldest first: at most `page` of each cause and lane. `low` lies before all of
-- them: an effect is recorded after its cause, and the months before are left out.
create function tidings.effects_of(account text, causes uuid[], low uuid, page integer)
returns table (lane text, id uuid, cause uuid, audience text[]) language plpgsql stable
set plan_cache_mode = force_generic_plan set jit = off set enable_seqscan = off as $$
declare
  of_lane text;
begin
  foreach of_lane in array array['domain', 'change', 'client', 'system'] loop
    return query select e.lane, e.id, e.caused_by_id, e.audience
      from unnest(causes) of_cause (id) cross join lateral (
        select * from tidings.events led
         where led.account_id = account and led.lane = of_lane and led.id > low
           and led.caused_by_id = of_cause.id and led.caused_by_id is not null
         order by led.id limit page) e;
  end loop;
end $$;
