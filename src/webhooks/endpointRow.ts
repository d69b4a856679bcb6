import type { Queryable, Transaction } from "../db/database.ts";
import { TidingsError } from "../errors.ts";
import type { Endpoint, EndpointHealth, EndpointSettings } from "./endpoint.ts";
import { publicId } from "./publicId.ts";
import { endpointKey, liveSecrets, type SealedSecret } from "./rotation.ts";
import { sealedFor, type Sealing } from "./sealing.ts";

/** An endpoint as the database has it, at one moment of the database's clock. */
export interface EndpointRow {
  readonly id: string;
  readonly settings: EndpointSettings;
  readonly status: Endpoint["status"];
  readonly status_reason: Endpoint["disabledReason"];
  readonly secrets: readonly SealedSecret[];
  readonly headers: string | null;
  readonly breaker: EndpointHealth["breaker"];
  readonly times: { readonly [Name in "status" | "created" | "updated"]: number } & {
    readonly [Name in "failing" | "success" | "failure"]: number | null;
  };
  readonly nowMs: number;
}

const SELECT = `
select json_build_object(
         'id', e.id, 'status', e.status, 'status_reason', e.status_reason, 'secrets', e.secrets, 'headers', e.headers, 'breaker', r.breaker,
         'nowMs', floor(extract(epoch from clock_timestamp()) * 1000),
         'times', (select json_object_agg(name, extract(epoch from moment) * 1000) from (values
                     ('status', e.status_at), ('created', e.created_at), ('updated', e.updated_at), ('failing', r.failing_since),
                     ('success', r.last_success_at), ('failure', r.last_failure_at)) at (name, moment)),
         'settings', json_build_object(
           'url', e.url, 'description', e.description, 'types', e.types, 'filter', e.filter_text, 'delivery', e.delivery,
           'format', e.format, 'scheme', e.scheme, 'compat', e.compat, 'payloadVersion', e.payload_version, 'timeoutMs', e.timeout_ms,
           'rateLimit', case when r.rate is not null then json_build_object('perSecond', r.rate, 'burst', r.burst) end,
           'maxInFlight', r.inflight_max, 'ordered', r.ordered, 'schedule', e.schedule))::text as endpoint
  from tidings.endpoints e
  join tidings.endpoint_runs r on r.account_id = e.account_id and r.endpoint_id = e.id
 where e.account_id = $1 and e.status <> 'deleted'`;

/** The oldest first. */
export async function readEndpoints(on: Queryable, account: string): Promise<EndpointRow[]> {
  const rows = await on.query<{ endpoint: string }>(`${SELECT} order by e.id`, [account]);
  return rows.map(({ endpoint }) => JSON.parse(endpoint) as EndpointRow);
}

/** Throws ENDPOINT_NOT_FOUND, also for one that was deleted. */
export async function readEndpoint(on: Queryable, account: string, id: string): Promise<EndpointRow> {
  const [row] = await on.query<{ endpoint: string }>(`${SELECT} and e.id = $2::uuid`, [account, id]);
  if (row === undefined) throw new TidingsError("ENDPOINT_NOT_FOUND");
  return JSON.parse(row.endpoint) as EndpointRow;
}

const LOCK = `
select 1 as locked from tidings.endpoint_runs where account_id = $1 and endpoint_id = $2::uuid for update`;

/**
 * Reads an endpoint that nobody else changes before the transaction ends. Everybody locks the row of endpoint_runs, and it before
 * any other. In two statements: one that waits for the lock would then read the settings as they were before it waited.
 */
export async function lockEndpoint(tx: Transaction, account: string, id: string): Promise<EndpointRow> {
  await tx.query(LOCK, [account, id]);
  return readEndpoint(tx, account, id);
}

/** As its owner sees it. Opens the headers for their names. */
export function endpointOf(row: EndpointRow, account: string, sealing: Sealing): Endpoint {
  const { times } = row;
  const date = (ms: number | null) => (ms === null ? null : new Date(ms));
  const headers = row.headers === null ? "{}" : sealing.open(row.headers, sealedFor(account, row.id));
  return {
    ...row.settings,
    id: publicId("endpoint", row.id),
    account,
    status: row.status,
    disabledReason: row.status_reason,
    statusAt: new Date(times.status),
    headerNames: Object.keys(JSON.parse(headers) as object),
    keys: liveSecrets(row.secrets, row.nowMs).map(endpointKey),
    health: {
      breaker: row.breaker,
      failingSince: date(times.failing),
      lastSuccessAt: date(times.success),
      lastFailureAt: date(times.failure),
    },
    createdAt: new Date(times.created),
    updatedAt: new Date(times.updated),
  };
}
