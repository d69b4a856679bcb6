import type { ClaimedDelivery, ClaimedEndpoint } from "./claim.ts";
import type { AttemptResult, DeliveryFailure, LoggedAttempt } from "./complete.ts";
import { nextState, type DeliveryEvent, type DeliveryState } from "./deliveryState.ts";
import { retryAfterMs } from "./retryAfter.ts";
import { nextDelayMs } from "./retrySchedule.ts";
import type { AttemptFailure, HeaderList, RequestResult } from "./sendRequest.ts";

export interface RetrySettings {
  /** Up to this share is added to each delay. */
  readonly jitter: number;
  /** The longest that a `retry-after` is believed. */
  readonly maxRetryAfterMs: number;
  readonly random?: (() => number) | undefined;
}

/** Decides what one answer, or the lack of one, means for the delivery. Pure: the database writes it down. */
export function outcome(
  delivery: ClaimedDelivery,
  endpoint: ClaimedEndpoint,
  requestHeaders: HeaderList,
  result: RequestResult,
  settings: RetrySettings,
): AttemptResult {
  const control = controlOf(result.responseHeaders);
  const ok = result.failure === null;
  const aborted = !ok && control === "abort-message";
  const retryMs =
    ok || aborted || isHopeless(result.failure) ? null : delayMs(delivery, endpoint, result, settings);
  const event = ok ? "succeeded" : retryMs === null ? "failedForGood" : "failedForNow";
  return {
    ...moved(delivery, event),
    retryMs,
    ok,
    slowDown: isOverloaded(result),
    disable: result.status === 410 ? "gone" : control === "disable" ? "control" : null,
    failure: aborted ? "aborted" : result.failure,
    durationMs: result.durationMs,
    attempt: logged(endpoint, requestHeaders, result),
  };
}

/** For a delivery that can never be sent: its message or its endpoint is gone. Nothing was sent, nobody is charged. */
export function expired(
  delivery: ClaimedDelivery,
  failure: Exclude<DeliveryFailure, "aborted">,
): AttemptResult {
  const event = failure === "message_gone" ? "messageGone" : "endpointDeleted";
  return { ...moved(delivery, event), ...NOTHING_SENT, retryMs: null, failure };
}

/** For a delivery that we ourselves could not send. It waits for its next turn; the endpoint is not charged. */
export function unsent(
  delivery: ClaimedDelivery,
  endpoint: ClaimedEndpoint,
  settings: RetrySettings,
): AttemptResult {
  const retryMs = nextDelayMs(endpoint.schedule, delivery.step, settings.jitter, settings.random);
  const event = retryMs === null ? "failedForGood" : "failedForNow";
  return { ...moved(delivery, event), ...NOTHING_SENT, retryMs, failure: "internal" };
}

const NOTHING_SENT = { ok: false, slowDown: false, disable: null, durationMs: 0, attempt: null } as const;

/** The state of a claimed delivery follows from its place in the schedule: only a failed try moves it on. */
function moved({ account, id, endpoint, claim, step, attempts }: ClaimedDelivery, event: DeliveryEvent) {
  const state: DeliveryState = step > 0 ? "retrying" : "pending";
  return { account, delivery: id, endpoint, claim, number: attempts + 1, state: nextState(state, event)! };
}

/** The schedule's delay, or what the endpoint asked for when that is longer. */
function delayMs(
  { step, nowMs }: ClaimedDelivery,
  { schedule }: ClaimedEndpoint,
  { responseHeaders, durationMs }: RequestResult,
  { jitter, maxRetryAfterMs, random }: RetrySettings,
): number | null {
  const scheduled = nextDelayMs(schedule, step, jitter, random);
  if (scheduled === null) return null;
  const asked = retryAfterMs(responseHeaders?.["retry-after"], nowMs + durationMs, maxRetryAfterMs);
  return Math.max(scheduled, asked ?? 0);
}

/** Another try would end the same way until somebody changes the endpoint. */
function isHopeless(failure: AttemptFailure | null): boolean {
  return failure === "refused_address" || failure === "bad_url";
}

function isOverloaded({ status, failure }: RequestResult): boolean {
  return failure === "timeout" || status === 429 || (status !== null && status >= 500);
}

/** What receivers may answer beside a status, as Svix's do. */
function controlOf(headers: HeaderList | null): "disable" | "abort-message" | null {
  const value = headers?.["webhook-delivery"];
  const word = typeof value === "string" ? value.trim().toLowerCase() : null;
  return word === "disable" || word === "abort-message" ? word : null;
}

function logged(endpoint: ClaimedEndpoint, requestHeaders: HeaderList, result: RequestResult): LoggedAttempt {
  const { status, failure, detail, responseHeaders, responseBody, truncated } = result;
  return {
    url: endpoint.url,
    status,
    failure,
    detail,
    requestHeaders,
    responseHeaders,
    responseBody: responseBody?.toString("base64") ?? null,
    truncated,
  };
}
