import type { Webhooks } from "../../src/webhooks/api.ts";
import type { DeliveryDetails } from "../../src/webhooks/deliveries.ts";
import type { Delivery } from "../../src/webhooks/delivery.ts";
import { defaultSettings, type Endpoint } from "../../src/webhooks/endpoint.ts";
import { createPortalTokens } from "../../src/webhooks/portalToken.ts";

const moment = new Date("2026-11-21T09:30:00.000Z");

export const anEndpoint: Endpoint = {
  ...defaultSettings,
  id: "ep_1",
  account: "acme",
  url: "https://example.com/hooks",
  types: ["card.*"],
  status: "enabled",
  disabledReason: null,
  statusAt: moment,
  headerNames: ["x-team"],
  keys: [{ id: "key_1", kind: "hmac", publicKey: null, createdAt: moment, validUntil: null }],
  health: { breaker: "closed", failingSince: null, lastSuccessAt: moment, lastFailureAt: null },
  createdAt: moment,
  updatedAt: moment,
};

export const aDelivery: Delivery = {
  id: "dlv_1",
  endpoint: "ep_1",
  message: "msg_1",
  type: "card.moved",
  subject: { type: "card", id: "1", label: "Card 1" },
  origin: "event",
  state: "failed",
  attempts: 1,
  failure: "status",
  status: 500,
  createdAt: moment,
  settledAt: moment,
  nextTryAt: null,
};

const details: DeliveryDetails = {
  ...aDelivery,
  content: {
    id: "msg_1",
    account: "acme",
    type: "card.moved",
    subject: "card:1",
    subjectLabel: "Card 1",
    event: { lane: "domain", id: "event", position: 7 },
    format: "standard",
    version: 1,
    contentType: "application/json",
    headers: {},
    body: Buffer.from('{"emoji":"🚀"}'),
    createdAt: moment,
  },
  history: [
    {
      number: 1,
      url: "https://example.com/hooks",
      startedAt: moment,
      durationMs: 12,
      status: 500,
      failure: "status",
      detail: null,
      requestHeaders: { "webhook-id": "msg_1", "x-team": "[redacted]" },
      responseHeaders: { "set-cookie": ["a=1", "b=2"] },
      responseBody: Buffer.from([0xff, 0x00, 0xfe]),
      truncated: true,
    },
  ],
};

const job = {
  id: "job_1",
  endpoint: "ep_1",
  kind: "recover",
  state: "running",
  since: moment,
  until: moment,
  perSecond: 10,
  progress: 0.25,
  done: 3,
  createdAt: moment,
  finishedAt: null,
} as const;

export interface FakeWebhooks extends Webhooks {
  /** What was called, and with what: `["endpoints.get", "ep_1", { account: "acme" }]`. */
  readonly calls: unknown[][];
}

/** Answers every call with the same thing, except for portal tokens, which are real. */
export function fakeWebhooks(now: () => number = Date.now): FakeWebhooks {
  const calls: unknown[][] = [];
  const answer =
    <Result>(name: string, result: Result) =>
    async (...given: unknown[]) => {
      calls.push([name, ...given]);
      return result;
    };
  const withSecret = { endpoint: anEndpoint, secret: "whsec_shown-once" };
  const tokens = createPortalTokens([Buffer.alloc(32, 7)], now);
  return {
    calls,
    endpoints: {
      create: answer("endpoints.create", withSecret),
      get: answer("endpoints.get", anEndpoint),
      list: answer("endpoints.list", [anEndpoint]),
      update: answer("endpoints.update", anEndpoint),
      enable: answer("endpoints.enable", anEndpoint),
      disable: answer("endpoints.disable", anEndpoint),
      delete: answer("endpoints.delete", undefined),
      rotate: answer("endpoints.rotate", withSecret),
    },
    deliveries: {
      list: answer("deliveries.list", { items: [aDelivery], older: "dlv_1", newer: null }),
      get: answer("deliveries.get", details),
      resend: answer("deliveries.resend", aDelivery),
    },
    jobs: {
      get: answer("jobs.get", job),
      list: answer("jobs.list", [job]),
      cancel: answer("jobs.cancel", job),
    },
    send: answer("send", aDelivery),
    test: answer("test", aDelivery),
    recoverable: answer("recoverable", { deliveries: 12, more: false }),
    recover: answer("recover", job),
    backfill: answer("backfill", job),
    pull: answer("pull", {
      messages: [{ id: "msg_1", headers: { "webhook-id": "msg_1" }, body: Buffer.from("{}") }],
      cursor: "dlv_1",
      more: false,
    }),
    stats: answer("stats", []),
    accountStats: answer("accountStats", []),
    eventTypes: () => [
      {
        type: "card.moved",
        category: "card",
        description: null,
        version: 1,
        jsonSchema: { type: "object" },
        example: {},
        olderVersions: [],
      },
    ],
    asyncapi: () => ({ asyncapi: "3.0.0" }),
    portalToken: tokens.issue,
    checkPortalToken: tokens.check,
  };
}
