import { randomUUID } from "node:crypto";
import type { Database } from "../../../src/db/database.ts";
import { createSignals, type Signals } from "../../../src/signals.ts";
import { claim, type Claimed, type ClaimedDelivery, type ClaimRoom } from "../../../src/webhooks/claim.ts";
import { complete, type AttemptResult, type Completed } from "../../../src/webhooks/complete.ts";
import type { DeliveryState } from "../../../src/webhooks/deliveryState.ts";
import { schedules } from "../../../src/webhooks/endpoint.ts";
import { enqueue, type EnqueuedDelivery } from "../../../src/webhooks/enqueue.ts";
import type { NewMessage } from "../../../src/webhooks/message.ts";
import { webhookSettings, type EndpointPolicy } from "../../../src/webhooks/options.ts";
import { outcome } from "../../../src/webhooks/outcome.ts";
import { sealSecret } from "../../../src/webhooks/rotation.ts";
import { createSealing } from "../../../src/webhooks/sealing.ts";
import { makeSecret } from "../../../src/webhooks/secrets.ts";
import type { RequestResult } from "../../../src/webhooks/sendRequest.ts";
import { sweep, type Swept } from "../../../src/webhooks/sweeper.ts";

export const SECRET_KEY = Buffer.alloc(32, "test").toString("base64");
export const sealing = createSealing([Buffer.from(SECRET_KEY, "base64")]);
export const policy: EndpointPolicy = webhookSettings({ secretKey: SECRET_KEY }).policy;

export interface EndpointOptions {
  account?: string | undefined;
  url?: string | undefined;
  timeoutMs?: number | undefined;
  schedule?: readonly number[] | undefined;
  ordered?: boolean | undefined;
  rate?: number | undefined;
  burst?: number | undefined;
  inFlight?: number | undefined;
  /** Whether it ever answered: before, it gets few requests at once. Default true. */
  answered?: boolean | undefined;
}

/** The queue of a fresh database, to be driven by hand: enqueue, claim, answer, sweep. Its rows are written as the API would. */
export interface QueueUnderTest {
  readonly db: Database;
  readonly signals: Signals;
  /** Returns the endpoint's uuid. */
  endpoint(options?: EndpointOptions): Promise<string>;
  /** One message each, for one endpoint. Returns the deliveries in order. */
  enqueue(
    endpoint: string,
    count?: number,
    options?: { account?: string; key?: string },
  ): Promise<EnqueuedDelivery[]>;
  claim(room?: Partial<ClaimRoom>): Promise<Claimed>;
  /** What `status` (or the lack of one) makes of claimed deliveries, written down. */
  answer(
    claimed: Claimed,
    result?: Partial<RequestResult>,
    rules?: Partial<EndpointPolicy>,
  ): Promise<Completed>;
  sweep(): Promise<Swept>;
  delivery(id: string): Promise<DeliveryRow>;
  run(endpoint: string): Promise<RunRow>;
  rows<Row extends object>(sql: string, values?: (string | number)[]): Promise<Row[]>;
  /** Removes everything, for the next test. */
  empty(): Promise<void>;
  /** Makes what waits due, as if its delay had passed. */
  timePasses(): Promise<void>;
}

export interface DeliveryRow {
  state: DeliveryState;
  attempts: number;
  failure: string | null;
  status: number | null;
  settled: boolean;
  troubled: boolean;
  /** Null when it is not in the queue: 0 waits, 1 is being sent, 2 stands in line. */
  queued: number | null;
  step: number | null;
  due_in_ms: number | null;
}

export interface RunRow {
  active: boolean;
  inflight: number;
  inflight_limit: number;
  breaker: "closed" | "open" | "half_open";
  failed_in_row: number;
  failed_messages: number;
  failing: boolean;
  warned: number;
  status: string;
  reason: string | null;
}

export function queueOn(db: Database): QueueUnderTest {
  const signals = createSignals();
  const rows: QueueUnderTest["rows"] = (sql, values = []) => db.query(sql, values);
  let messages = 0;

  return {
    db,
    signals,
    rows,
    endpoint: async (options = {}) => insertEndpoint(db, options),
    enqueue: (endpoint, count = 1, { account = "acme", key } = {}) =>
      db.transaction((tx) =>
        enqueue(
          tx,
          "event",
          Array.from({ length: count }, () => newMessage(++messages, account)),
          Array.from({ length: count }, (_, message) => ({ message, endpoint, key: key ?? null })),
        ),
      ),
    claim: (room = {}) => claim(db, { want: 64, slots: 64, slowRoom: 16, busy: {}, ...room }),
    answer: (claimed, result = {}, rules = {}) =>
      db.transaction((tx) => complete(tx, resultsOf(claimed, result), { ...policy, ...rules })),
    sweep: () => sweep(db),
    delivery: async (id) => (await db.query<DeliveryRow>(DELIVERY, [id]))[0]!,
    run: async (endpoint) => (await db.query<RunRow>(RUN, [endpoint]))[0]!,
    empty: async () => {
      for (const table of TABLES) await db.query(`delete from tidings.${table}`);
    },
    timePasses: async () => {
      await db.query("update tidings.delivery_queue set run_at = clock_timestamp() where state = 0");
      await db.query(
        "update tidings.endpoint_runs set next_at = clock_timestamp(), breaker_until = '-infinity' where active",
      );
    },
  };
}

export function newMessage(n: number, account = "acme"): NewMessage {
  return {
    account,
    type: "item.changed",
    subject: `item:${n}`,
    subjectLabel: `Item ${n}`,
    event: null,
    format: "standard",
    version: 1,
    contentType: "application/json",
    headers: {},
    body: Buffer.from(JSON.stringify({ type: "item.changed", data: { n } })),
  };
}

/** What the worker would report if every one of them had been answered like this. */
export function resultsOf(claimed: Claimed, result: Partial<RequestResult> = {}): AttemptResult[] {
  return claimed.deliveries.map((delivery) => resultOf(claimed, delivery, result));
}

export function resultOf(
  { endpoints }: Claimed,
  delivery: ClaimedDelivery,
  result: Partial<RequestResult>,
): AttemptResult {
  const { status = 200 } = result;
  const ok = status !== null && status >= 200 && status < 300;
  return outcome(
    delivery,
    endpoints.find(({ id }) => id === delivery.endpoint)!,
    {},
    { ...OK, status, failure: ok ? null : "status", ...result },
    { jitter: 0, maxRetryAfterMs: 86_400_000 },
  );
}

/** What a receiver answers that took the delivery. */
export const OK: RequestResult = {
  status: 200,
  failure: null,
  detail: null,
  durationMs: 20,
  responseHeaders: {},
  responseBody: null,
  truncated: false,
};

const TABLES = [
  "delivery_queue",
  "attempts",
  "deliveries",
  "messages",
  "endpoint_stats",
  "endpoint_runs",
  "endpoints",
  "endpoint_jobs",
] as const;

async function insertEndpoint(db: Database, options: EndpointOptions): Promise<string> {
  const { account = "acme", url = "http://receiver.test/", timeoutMs = 15_000, ordered = false } = options;
  const { schedule = schedules.standard, rate = null, burst = 1, inFlight = 8, answered = true } = options;
  const id = randomUUID();
  const [clock] = await db.query<{ ms: number }>("select extract(epoch from now())::float8 * 1000 as ms");
  const secrets = [sealSecret(makeSecret("hmac"), { sealing, account, endpoint: id, nowMs: clock!.ms })];
  await db.query(INSERT_ENDPOINT, [
    account,
    id,
    url,
    JSON.stringify(secrets),
    timeoutMs,
    `{${schedule.join(",")}}`,
  ]);
  await db.query(INSERT_RUN, [account, id, ordered, inFlight, rate, burst, answered]);
  return id;
}

const INSERT_ENDPOINT = `
insert into tidings.endpoints (account_id, id, url, types, format, scheme, secrets, timeout_ms, schedule)
values ($1, $2::uuid, $3, '{*}', 'standard', 'standard', $4::text::jsonb, $5::int, $6::text::int[])`;

const INSERT_RUN = `
insert into tidings.endpoint_runs (account_id, endpoint_id, ordered, inflight_limit, rate, burst, last_success_at)
values ($1, $2::uuid, $3::boolean, $4::int, $5::float8, $6::float8, case when $7::boolean then now() end)`;

const DELIVERY = `
select d.state, d.attempts, d.failure, d.status, d.settled_at is not null as settled, d.troubled, q.state::int as queued, q.step::int as step,
       extract(epoch from q.run_at - clock_timestamp())::float8 * 1000 as due_in_ms
  from tidings.deliveries d left join tidings.delivery_queue q on q.account_id = d.account_id and q.delivery_id = d.id
 where d.id = $1::uuid`;

const RUN = `
select r.active, r.inflight, r.inflight_limit, r.breaker, r.failed_in_row, r.failed_messages, r.failing_since is not null as failing,
       r.warned::int as warned, e.status, e.status_reason as reason
  from tidings.endpoint_runs r join tidings.endpoints e on e.account_id = r.account_id and e.id = r.endpoint_id
 where r.endpoint_id = $1::uuid`;
