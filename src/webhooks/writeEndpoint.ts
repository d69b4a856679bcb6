import type { Parameter, Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { EndpointSettings } from "./endpoint.ts";
import { parseExpression } from "./expression.ts";
import type { SealedSecret } from "./rotation.ts";

/** What is written of an endpoint. */
export interface EndpointContent {
  readonly settings: EndpointSettings;
  readonly secrets: readonly SealedSecret[];
  /** Sealed JSON of names and values; null when there are none. */
  readonly headers: string | null;
}

/** The id of an endpoint that may be made, and when, by the database's clock. */
export interface EndpointPlace {
  readonly id: string;
  readonly nowMs: number;
}

const LOCK_ACCOUNT = `select pg_advisory_xact_lock(hashtextextended('tidings.endpoints ' || $1::text, 0))::text as locked`;

const FIND_PLACE = `
select (select count(*) from tidings.endpoints where account_id = $1 and status <> 'deleted')::int as present,
       tidings.uuid7((extract(epoch from clock_timestamp()) * 1000000)::bigint)::text as id,
       floor(extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs"`;

/** Throws TOO_MANY_ENDPOINTS. One of an account at a time, and counted after the lock: two at once would both find room. */
export async function takePlace(
  tx: Transaction,
  account: string,
  maxEndpoints: number,
): Promise<EndpointPlace> {
  await tx.query(LOCK_ACCOUNT, [account]);
  const [place] = await tx.query<EndpointPlace & { present: number }>(FIND_PLACE, [account]);
  if (place!.present >= maxEndpoints) {
    throw new TidingsError("TOO_MANY_ENDPOINTS", { detail: `The limit is ${maxEndpoints}` });
  }
  return place!;
}

/** The settings of the parameter as one row. */
const GIVEN = `
given as materialized (
  select g.* from jsonb_to_record($3::text::jsonb) g (
    url text, description text, types text[], filter text, expression jsonb, delivery text, format text, scheme text, compat boolean,
    "payloadVersion" integer, "timeoutMs" integer, "rateLimit" jsonb, "maxInFlight" integer, ordered boolean, schedule integer[]))`;

const INSERT = `
with ${GIVEN}, run as (
  insert into tidings.endpoint_runs (account_id, endpoint_id, active, ordered, inflight_max, inflight_limit, rate, burst)
  select $1, $2::uuid, g.delivery = 'push', g.ordered, g."maxInFlight", least(2, g."maxInFlight"),
         (g."rateLimit"->>'perSecond')::float8, coalesce((g."rateLimit"->>'burst')::float8, 1) from given g)
insert into tidings.endpoints (account_id, id, url, description, types, filter, filter_text, delivery, format, scheme, compat,
                               payload_version, timeout_ms, schedule, secrets, headers)
select $1, $2::uuid, g.url, g.description, g.types, g.expression, g.filter, g.delivery, g.format, g.scheme, g.compat,
       g."payloadVersion", g."timeoutMs", g.schedule, $4::text::jsonb, $5::text from given g`;

export async function insertEndpoint(
  tx: Transaction,
  account: string,
  id: string,
  content: EndpointContent,
): Promise<void> {
  await tx.query(INSERT, parametersOf(account, id, content));
}

// Looked at again at once: a higher limit may make it due. Not while the breaker is open, which keeps its time.
const UPDATE = `
with ${GIVEN}, run as (
  update tidings.endpoint_runs r
     set ordered = g.ordered, inflight_max = g."maxInFlight", inflight_limit = least(r.inflight_limit, g."maxInFlight"),
         rate = (g."rateLimit"->>'perSecond')::float8, burst = coalesce((g."rateLimit"->>'burst')::float8, 1),
         active = e.status = 'enabled' and g.delivery = 'push', idle_turns = 0,
         next_at = case when e.status <> 'enabled' or g.delivery <> 'push' then 'infinity'
                        when r.breaker = 'open' then r.next_at
                        else least(r.next_at, clock_timestamp()) end
    from given g, tidings.endpoints e
   where r.account_id = $1 and r.endpoint_id = $2::uuid and e.account_id = r.account_id and e.id = r.endpoint_id)
update tidings.endpoints e
   set url = g.url, description = g.description, types = g.types, filter = g.expression, filter_text = g.filter, delivery = g.delivery,
       format = g.format, scheme = g.scheme, compat = g.compat, payload_version = g."payloadVersion", timeout_ms = g."timeoutMs",
       schedule = g.schedule, secrets = $4::text::jsonb, headers = $5::text, revision = e.revision + 1, updated_at = clock_timestamp()
  from given g where e.account_id = $1 and e.id = $2::uuid`;

/** The caller has locked it. */
export async function updateEndpoint(
  tx: Transaction,
  account: string,
  id: string,
  content: EndpointContent,
): Promise<void> {
  await tx.query(UPDATE, parametersOf(account, id, content));
}

function parametersOf(
  account: string,
  id: string,
  { settings, secrets, headers }: EndpointContent,
): Parameter[] {
  const expression = settings.filter === null ? null : parseExpression(settings.filter);
  return [account, id, JSON.stringify({ ...settings, expression }), JSON.stringify(secrets), headers];
}
