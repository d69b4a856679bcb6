import { describe, expect, test } from "vitest";
import type { ClaimedDelivery, ClaimedEndpoint } from "./claim.ts";
import { expired, outcome, unsent } from "./outcome.ts";
import type { RequestResult } from "./sendRequest.ts";

const delivery: ClaimedDelivery = {
  account: "acme",
  id: "d1",
  endpoint: "e1",
  message: "m1",
  claim: "c1",
  step: 0,
  attempts: 0,
  type: "card.moved",
  contentType: "application/json",
  headers: {},
  body: "e30=",
  nowMs: Date.parse("2026-11-06T08:49:37Z"),
};

const endpoint: ClaimedEndpoint = {
  account: "acme",
  id: "e1",
  revision: 1,
  url: "https://receiver.test/hooks",
  scheme: "standard",
  compat: false,
  secrets: [],
  headers: null,
  timeoutMs: 15_000,
  schedule: [0, 5, 300],
  slow: false,
};

function answered(
  result: Partial<RequestResult>,
  changes: Partial<ClaimedDelivery> = {},
  schedule = endpoint.schedule,
) {
  const failure = result.status === 200 ? null : "status";
  return outcome(
    { ...delivery, ...changes },
    { ...endpoint, schedule },
    {},
    {
      status: null,
      failure,
      detail: null,
      durationMs: 0,
      responseHeaders: {},
      responseBody: null,
      truncated: false,
      ...result,
    },
    { jitter: 0.2, maxRetryAfterMs: 86_400_000, random: () => 0 },
  );
}

describe("what an answer means", () => {
  test("2xx delivers", () => {
    expect(answered({ status: 200 })).toMatchObject({
      state: "delivered",
      ok: true,
      retryMs: null,
      failure: null,
    });
  });

  test("anything else waits for the schedule, and the last try fails for good", () => {
    expect(answered({ status: 500 })).toMatchObject({ state: "retrying", retryMs: 5_000, failure: "status" });
    expect(answered({ status: 404 }, { step: 1 })).toMatchObject({ state: "retrying", retryMs: 300_000 });
    expect(answered({ status: 404 }, { step: 2 })).toMatchObject({ state: "failed", retryMs: null });
    expect(answered({ status: 500 }, {}, [])).toMatchObject({ state: "failed", retryMs: null });
  });

  test("case 18: a retry-after lengthens the delay and never shortens it", () => {
    const asks = (seconds: string, step = 0) =>
      answered({ status: 503, responseHeaders: { "retry-after": seconds } }, { step }).retryMs;
    expect(asks("120")).toBe(120_000);
    expect(asks("1")).toBe(5_000);
    expect(asks("315360000")).toBe(86_400_000);
  });

  test("a retry-after that is a date counts from the database's clock, which the worker's does not change", () => {
    const responseHeaders = { "retry-after": "Fri, 06 Nov 2026 08:59:37 GMT" };
    expect(answered({ status: 429, responseHeaders }).retryMs).toBe(600_000);
  });

  test.each([429, 500, 502, 503, 504])("%i slows the endpoint down", (status) => {
    expect(answered({ status }).slowDown).toBe(true);
  });

  test("case 19: a timeout slows the endpoint down; a refusal does not", () => {
    expect(answered({ failure: "timeout" }).slowDown).toBe(true);
    expect(answered({ status: 400 }).slowDown).toBe(false);
    expect(answered({ failure: "connect" }).slowDown).toBe(false);
  });

  test("case 19: 410 disables the endpoint and keeps the message for later", () => {
    expect(answered({ status: 410 })).toMatchObject({ state: "retrying", disable: "gone" });
  });

  test("case 19: `webhook-delivery: disable` disables, also beside a 2xx that was delivered", () => {
    const responseHeaders = { "webhook-delivery": " Disable " };
    expect(answered({ status: 400, responseHeaders })).toMatchObject({
      state: "retrying",
      disable: "control",
    });
    expect(answered({ status: 200, responseHeaders })).toMatchObject({
      state: "delivered",
      disable: "control",
    });
  });

  test("case 19: `webhook-delivery: abort-message` ends this message and nothing else", () => {
    const responseHeaders = { "webhook-delivery": "abort-message" };
    const ended = answered({ status: 422, responseHeaders });
    expect(ended).toMatchObject({ state: "failed", retryMs: null, failure: "aborted", disable: null });
    expect(ended.attempt).toMatchObject({ failure: "status", status: 422 });
    expect(answered({ status: 200, responseHeaders })).toMatchObject({ state: "delivered" });
  });

  test.each(["refused_address", "bad_url"] as const)("%s is not tried again", (failure) => {
    expect(answered({ failure })).toMatchObject({ state: "failed", retryMs: null, failure });
  });

  test("what can never be sent expires without charging anybody", () => {
    const nothing = { state: "expired", retryMs: null, slowDown: false, attempt: null };
    expect(expired(delivery, "message_gone")).toMatchObject({ ...nothing, failure: "message_gone" });
    expect(expired({ ...delivery, step: 3 }, "endpoint_deleted")).toMatchObject(nothing);
  });

  test("what we ourselves could not send waits like a failure and is no attempt", () => {
    const settings = { jitter: 0, maxRetryAfterMs: 1 };
    const waiting = { state: "retrying", retryMs: 5_000, failure: "internal", attempt: null };
    expect(unsent(delivery, endpoint, settings)).toMatchObject(waiting);
    expect(unsent({ ...delivery, step: 2 }, endpoint, settings)).toMatchObject({ state: "failed" });
  });
});
