import type {
  Attempt,
  Delivery,
  DeliveryDetails,
  DeliveryState,
  Endpoint,
  EventType,
  StatsBucket,
} from "../src/webhooks/api.ts";
import { sampleStats } from "./sampleStats.ts";

/** An account with a history, as the API would tell it: for pictures, and for states that take days to come about. */
export interface SampleAccount {
  readonly endpoints: Endpoint[];
  readonly deliveries: DeliveryDetails[];
  readonly eventTypes: readonly EventType[];
  stats(endpoint: string, since: number, bucketMs: number): StatsBucket[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `now` is the end of the history; `more` adds so many delivered ones to the first endpoint. */
export function sampleAccount(now: number, more = 0): SampleAccount {
  const ago = (ms: number) => new Date(now - ms).toISOString();
  const endpoints = sampleEndpoints(ago);
  const [warehouse, , billing, legacy] = endpoints;
  const deliveries = [
    ...[2, 9, 14, 31, 40, 58, 77, 95].map((minutes, index) =>
      delivered(warehouse!, eventTypes[index % eventTypes.length]!, now - minutes * MINUTE, 38 + 9 * index),
    ),
    delivered(warehouse!, eventTypes[1]!, now - 3 * HOUR, 71, [{ after: 0, status: 502 }]),
    withTries(billing!, "retrying", now - 47 * MINUTE, [
      { after: 0, status: 503 },
      { after: 5 * SECOND, status: 503 },
      { after: 5 * MINUTE + 20 * SECOND, failure: "timeout" },
      { after: 36 * MINUTE, status: 503 },
    ]),
    withTries(billing!, "retrying", now - 2 * HOUR, [
      { after: 0, status: 503 },
      { after: 6 * SECOND, status: 503 },
      { after: 6 * MINUTE, failure: "timeout" },
      { after: 38 * MINUTE, status: 503 },
    ]),
    delivered(billing!, eventTypes[3]!, now - 4 * HOUR, 120, [{ after: 0, status: 503 }]),
    withTries(billing!, "failed", now - 3 * DAY, [
      { after: 0, failure: "connect" },
      { after: 5 * SECOND, failure: "connect" },
      { after: 5 * MINUTE, status: 500 },
      { after: 35 * MINUTE, status: 500 },
      { after: 2 * HOUR, failure: "tls" },
    ]),
    withTries(legacy!, "held", now - 5 * HOUR, []),
    withTries(legacy!, "failed", now - 6 * DAY, [{ after: 0, failure: "dns" }]),
    ...Array.from({ length: more }, (_, index) =>
      delivered(warehouse!, eventTypes[index % eventTypes.length]!, now - DAY - index * MINUTE, 40),
    ),
  ].toSorted((a, b) => b.createdAt.localeCompare(a.createdAt));
  return {
    endpoints,
    deliveries,
    eventTypes,
    stats: (endpoint, since, bucketMs) => sampleStats(endpoints, endpoint, since, bucketMs, now),
  };
}

function sampleEndpoints(ago: (ms: number) => string): Endpoint[] {
  const healthy = { breaker: "closed", failingSince: null } as const;
  return [
    endpoint(1, "https://api.northwind.example/hooks/board", ago, {
      description: "Sync to the warehouse",
      health: { ...healthy, lastSuccessAt: ago(2 * MINUTE), lastFailureAt: ago(3 * HOUR) },
    }),
    endpoint(2, "https://hooks.slack.example/services/T02/B81/launch", ago, {
      description: "Announcements in #launch",
      types: ["card.closed", "card.due_date_set", "comment.added"],
      format: "slack",
      health: { ...healthy, lastSuccessAt: ago(22 * MINUTE), lastFailureAt: null },
    }),
    endpoint(3, "https://billing.acme.example/webhooks", ago, {
      description: "",
      types: ["card.*"],
      filter: 'data.amount > 100 and actor.type = "user"',
      headerNames: ["authorization"],
      rateLimit: { perSecond: 5, burst: 5 },
      health: {
        breaker: "closed",
        failingSince: ago(2 * HOUR),
        lastSuccessAt: ago(4 * HOUR),
        lastFailureAt: ago(11 * MINUTE),
      },
    }),
    endpoint(4, "https://legacy.acme.example/in", ago, {
      description: "The old importer",
      status: "disabled",
      disabledReason: "failing",
      statusAt: ago(DAY),
      health: {
        ...healthy,
        failingSince: ago(6 * DAY),
        lastSuccessAt: ago(7 * DAY),
        lastFailureAt: ago(DAY),
      },
    }),
  ];
}

function endpoint(
  number: number,
  url: string,
  ago: (ms: number) => string,
  given: Partial<Endpoint> & Pick<Endpoint, "health">,
): Endpoint {
  return {
    id: `ep_1srOrx2ZWZBpBUvZwXKQmoEYg${number}`,
    url,
    description: "",
    types: ["*"],
    filter: null,
    delivery: "push",
    format: "standard",
    scheme: "standard",
    compat: false,
    timeoutMs: 15_000,
    rateLimit: null,
    ordered: false,
    schedule: [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400],
    status: "enabled",
    disabledReason: null,
    statusAt: ago(30 * DAY),
    headerNames: [],
    keys: [
      { id: `key_${number}`, kind: "hmac", publicKey: null, createdAt: ago(30 * DAY), validUntil: null },
    ],
    createdAt: ago(30 * DAY),
    ...given,
  };
}

const eventTypes: readonly EventType[] = [
  ["card.added", "A card was added to a column."],
  ["card.moved", "A card went to another column."],
  ["card.renamed", null],
  ["card.closed", "The work on a card is done."],
  ["card.reopened", null],
  ["card.assigned", "Somebody took a card on, or was given it."],
  ["card.due_date_set", null],
  ["comment.added", "Somebody commented on a card."],
  ["column.added", null],
  ["board.created", null],
  ["member.invited", "Somebody may now see the board."],
  ["member.left", null],
].map(([type, description]) => ({
  type: type!,
  version: 1,
  description: description!,
  example: exampleOf(type!),
}));

function exampleOf(type: string): object {
  return {
    type,
    timestamp: "2026-11-20T09:30:00.000Z",
    data: {
      id: "0199f2b1-6c1e-7d3a-9a52-3f7f0f3f8a01",
      type,
      version: 1,
      account: "launch-week",
      actor: { type: "user", id: "ann", label: "Ann" },
      subject: { type: "card", id: "14", label: "Write the press note" },
      refs: {
        from: { type: "column", id: "todo", label: "To do" },
        to: { type: "column", id: "doing", label: "Doing" },
      },
      data: { position: 2 },
      description: "Ann moved Write the press note from To do to Doing",
    },
  };
}

interface Try {
  /** Milliseconds after the first one. */
  readonly after: number;
  readonly status?: number;
  readonly failure?: string;
}

function delivered(
  to: Endpoint,
  type: EventType,
  at: number,
  durationMs: number,
  before: readonly Try[] = [],
): DeliveryDetails {
  const tries = [...before, { after: before.length === 0 ? 0 : 5_400, status: 200 }];
  return delivery(to, type, "delivered", at, tries, durationMs);
}

function withTries(to: Endpoint, state: DeliveryState, at: number, tries: readonly Try[]): DeliveryDetails {
  return delivery(to, eventTypes[1]!, state, at, tries, 84);
}

let made = 0;

function delivery(
  to: Endpoint,
  type: EventType,
  state: DeliveryState,
  at: number,
  tries: readonly Try[],
  durationMs: number,
): DeliveryDetails {
  made++;
  const number = String(made).padStart(8, "0");
  const history = tries.map((each, index) => attempt(to, each, index + 1, at, durationMs));
  const last = history.at(-1);
  return {
    id: `dlv_1ssXK2mQ0pVb3Rt7${number}`,
    endpoint: to.id,
    message: `msg_1ssXK2kZ8aYcW5Nd${number}`,
    type: type.type,
    subject: { type: "card", id: "14", label: "Write the press note" },
    origin: "event",
    state,
    attempts: history.length,
    failure: last?.failure ?? null,
    status: last?.status ?? null,
    createdAt: new Date(at).toISOString(),
    settledAt: state === "delivered" || state === "failed" ? (last?.startedAt ?? null) : null,
    nextTryAt: state === "retrying" ? new Date(Date.parse(last!.startedAt) + 2 * HOUR).toISOString() : null,
    content: {
      id: `msg_1ssXK2kZ8aYcW5Nd${number}`,
      subject: "card:14",
      contentType: "application/json",
      body: JSON.stringify(type.example),
    },
    history,
  };
}

function attempt(
  to: Endpoint,
  { after, status, failure }: Try,
  number: number,
  at: number,
  durationMs: number,
): Attempt {
  const answered = status !== undefined;
  const succeeded = answered && status < 300;
  return {
    number,
    url: to.url,
    startedAt: new Date(at + after).toISOString(),
    durationMs: failure === "timeout" ? to.timeoutMs : durationMs + 7 * number,
    status: status ?? null,
    failure: failure ?? (succeeded ? null : "status"),
    detail: failure === "timeout" ? "No status within 15,000 ms" : null,
    requestHeaders: {
      "content-type": "application/json",
      "user-agent": "Tidings-Webhooks",
      "webhook-id": "msg_1ssXK2kZ8aYcW5Nd",
      "webhook-timestamp": String(Math.floor((at + after) / 1_000)),
      "webhook-signature": "v1,…",
    },
    responseHeaders: answered
      ? { "content-type": "application/json", server: "nginx", date: new Date(at).toUTCString() }
      : null,
    responseBody: !answered
      ? null
      : succeeded
        ? '{"received":true}'
        : '{"error":"upstream is being deployed","retry":true}',
    responseBodyEncoding: "utf8",
    truncated: false,
  };
}

export function summaryOf({ content: _content, history: _history, ...delivery }: DeliveryDetails): Delivery {
  return delivery;
}
