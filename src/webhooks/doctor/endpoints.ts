import type { Database } from "../../db/database.ts";
import type { Finding } from "../../log/doctor/finding.ts";
import { amount } from "../../log/doctor/words.ts";
import { publicId } from "../publicId.ts";
import { enableCall, endpointCommand, fewNamed, type Named } from "./fixes.ts";

/** Recovering reaches back 14 days, one of them for mending: what was missed before, nobody waits for any more. */
const RECOVERABLE_DAYS = 13;

// Disabled by how it answered, not by a person; failing although it is enabled; left alone for a while.
const TROUBLE = `
select e.account_id, e.id, e.delivery, e.status, coalesce(r.failing_since, e.status_at) as since,
       e.status = 'disabled' and e.status_reason <> 'asked' as disabled,
       e.status_at > clock_timestamp() - interval '${RECOVERABLE_DAYS} days' as lately,
       r.active and coalesce(r.failing_since < clock_timestamp() - interval '1 day', false) as failing,
       r.active and r.breaker <> 'closed' as broken
  from tidings.endpoints e join tidings.endpoint_runs r on r.account_id = e.account_id and r.endpoint_id = e.id
 where e.status <> 'deleted'`;

const COUNTS = `
select count(*)::float8 as endpoints, count(*) filter (where status = 'enabled' and delivery = 'push')::float8 as pushed,
       count(*) filter (where disabled and lately)::float8 as disabled, count(*) filter (where disabled and not lately)::float8 as long_disabled,
       count(*) filter (where failing)::float8 as failing, count(*) filter (where broken)::float8 as broken
  from (${TROUBLE}) t`;

interface Counts {
  endpoints: number;
  pushed: number;
  disabled: number;
  long_disabled: number;
  failing: number;
  broken: number;
}

const WORST = `
select account_id as account, id::text,
       extract(epoch from greatest(since, clock_timestamp() - interval '${RECOVERABLE_DAYS} days'))::float8 * 1000 as since_ms
  from (${TROUBLE}) t
 where case $1::text when 'disabled' then disabled and lately when 'failing' then failing else broken end
 order by since, account_id, id limit 3`;

interface Worst extends Named {
  readonly since_ms: number;
}

/** How many endpoints fail. Which ones, the log tells with webhook.endpoint.failing and .disabled; here are three of them. */
export async function examineEndpoints(db: Database): Promise<Finding[]> {
  const [counts] = await db.query<Counts>(COUNTS);
  const { endpoints, pushed, disabled, long_disabled, failing, broken } = counts!;
  const details = {
    endpoints,
    pushed,
    disabledByFailure: disabled,
    disabledForLong: long_disabled,
    failingForADay: failing,
    breakersOpen: broken,
  };
  const kind = disabled > 0 ? "disabled" : failing > 0 ? "failing" : broken > 0 ? "broken" : null;
  const check = "webhook endpoints";
  if (kind === null) {
    const forLong = long_disabled === 0 ? "" : `; ${long_disabled} disabled for long`;
    const summary = `${amount(endpoints, "endpoint")}, none fails${forLong}`;
    return [{ check, status: "fine", summary, fix: null, details }];
  }
  const worst = await db.query<Worst>(WORST, [kind]);
  const named = fewNamed(worst.map(({ id }) => publicId("endpoint", id)));
  const [first, ...others] = [
    ...(disabled > 0 ? [`${disabled} disabled by failure`] : []),
    ...(failing > 0 ? [`${failing} failing for over a day`] : []),
    ...(broken > 0 ? [`${broken} left alone by the breaker`] : []),
  ];
  const summary = `Of ${amount(endpoints, "endpoint")}: ${[`${first}${named}`, ...others].join(", ")}`;
  const fix = fixFor(kind, worst[0]!, { pushed, broken });
  return [{ check, status: "warning", summary, fix, details }];
}

function fixFor(
  kind: "disabled" | "failing" | "broken",
  endpoint: Worst,
  { pushed, broken }: Pick<Counts, "pushed" | "broken">,
): string {
  // Three receivers of different people do not fail in the same hour by chance.
  if (broken >= 3 && broken > pushed / 2)
    return `Most fail at once: check this network's way out, then: ${endpointCommand("test", endpoint)}`;
  if (kind !== "disabled") return `See what it answers: ${endpointCommand("test", endpoint)}`;
  const since = new Date(endpoint.since_ms).toISOString();
  return `Once it answers: ${enableCall(endpoint)}; ${endpointCommand("recover", endpoint)} --since ${since} --yes`;
}
