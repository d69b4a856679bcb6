import type { Queryable } from "../db/database.ts";
import type { DeliveryState } from "./deliveryState.ts";
import type { EndpointPolicy } from "./options.ts";
import type { AttemptFailure, HeaderList } from "./sendRequest.ts";

/** Why a delivery came to rest undelivered, where no single try is the reason. */
export type DeliveryFailure = "message_gone" | "endpoint_deleted" | "aborted";

/** What became of one claimed delivery. */
export interface AttemptResult {
  readonly account: string;
  readonly delivery: string;
  readonly endpoint: string;
  readonly claim: string;
  /** The state that it goes to: see deliveryState.ts. */
  readonly state: DeliveryState;
  /** Null when it comes to rest. */
  readonly retryMs: number | null;
  readonly ok: boolean;
  /** The endpoint had too much to do: fewer requests at once from now on. */
  readonly slowDown: boolean;
  /** The endpoint asked to be left alone. */
  readonly disable: "gone" | "control" | null;
  readonly failure: AttemptFailure | DeliveryFailure | null;
  readonly durationMs: number;
  /** Which try of the delivery it was, from 1. */
  readonly number: number;
  /** Null when nothing was sent. */
  readonly attempt: LoggedAttempt | null;
}

/** One HTTP request as it is kept. */
export interface LoggedAttempt {
  readonly url: string;
  readonly status: number | null;
  readonly failure: AttemptFailure | null;
  readonly detail: string | null;
  /** Without signatures and without what the owner's headers say. */
  readonly requestHeaders: HeaderList;
  readonly responseHeaders: HeaderList | null;
  /** Base64. */
  readonly responseBody: string | null;
  readonly truncated: boolean;
}

/** Something that happened to an endpoint because of these results. */
export type Notice =
  | {
      readonly account: string;
      readonly endpoint: string;
      readonly notice: "breaker_open" | "breaker_closed";
    }
  | {
      readonly account: string;
      readonly endpoint: string;
      readonly notice: "disabled" | "warned_50" | "warned_90";
      readonly reason: "failing" | "gone" | "control" | null;
      /** Milliseconds since 1970; null when it did not fail before. */
      readonly failingSince: number | null;
      /** Different messages that failed since then. */
      readonly failedMessages: number;
    };

export interface Completed {
  /** Deliveries whose result was taken; the others belong to another claim by now. */
  readonly accepted: readonly string[];
  /** Deliveries whose endpoint somebody else had locked: nothing happened to them, bring them again. */
  readonly busy: readonly string[];
  /** Endpoints of the batch may have more to send right now. */
  readonly due: boolean;
  readonly notices: readonly Notice[];
}

/** Writes a batch of results and lets go of their slots: see 0007_webhook_results.sql. */
export async function complete(
  tx: Queryable,
  results: readonly AttemptResult[],
  policy: EndpointPolicy,
): Promise<Completed> {
  const parameters = [JSON.stringify(results), JSON.stringify(policy)];
  const [row] = await tx.query<{ completed: string }>(COMPLETE, parameters, { prepare: true });
  return JSON.parse(row!.completed) as Completed;
}

const COMPLETE = "select tidings.complete_deliveries($1::text, $2::text) as completed";
