import { setTimeout as passes } from "node:timers/promises";
import type { Call } from "./command.ts";
import { printable } from "./terminal.ts";
import type { DeliveryAnswer, DeliveryDetailsAnswer, EndpointAnswer, WebhooksApi } from "./webhooksApi.ts";

/** Looks this often, for so long: the longest timeout that an endpoint can have, and a worker's turn. */
const LOOK_EVERY_MS = 250;
const WITHIN_MS = 35_000;

/** Waits until a delivery was tried once more, prints what came of it, and gives the exit code: 0 when it was delivered. */
export async function showOutcome(call: Call, api: WebhooksApi, before: DeliveryAnswer): Promise<number> {
  const { terminal } = call;
  const tried = call.has("no-wait") ? null : await nextTry(call, api, before);
  if (call.has("json")) terminal.print(JSON.stringify(tried ?? before));
  else if (tried) terminal.print(outcomeLine(tried, call));
  else terminal.print(`${terminal.paint("bold", before.id)} ${before.state}`);
  if (call.has("no-wait")) return 0;
  if (!tried) {
    terminal.note(`Not tried within ${WITHIN_MS / 1_000} s. ${await whyUntried(api, before)}`);
    return 1;
  }
  return tried.history.at(-1)?.failure === null ? 0 : 1;
}

async function nextTry(
  { terminal }: Call,
  api: WebhooksApi,
  before: DeliveryAnswer,
): Promise<DeliveryDetailsAnswer | null> {
  const until = performance.now() + WITHIN_MS;
  terminal.progress(`${before.id} is under way …`);
  do {
    const now = await api.ask<DeliveryDetailsAnswer>("GET", `deliveries/${before.id}`);
    if (now.attempts > before.attempts && now.history.length > 0) return now;
    await passes(LOOK_EVERY_MS);
  } while (performance.now() < until);
  return null;
}

async function whyUntried(api: WebhooksApi, { endpoint }: DeliveryAnswer): Promise<string> {
  const { health } = await api.ask<EndpointAnswer>("GET", `endpoints/${endpoint}`);
  return health.breaker === "closed"
    ? "Does a worker run? await tidings.start(), or npx tidings dev"
    : "The endpoint failed too often and is left alone for up to 15 minutes; then it goes out by itself";
}

/** `dlv_… delivered: 200 after 12 ms`, `dlv_… retrying: timeout after 15001 ms. Next try at 09:35:01` */
function outcomeLine(delivery: DeliveryDetailsAnswer, { terminal: { paint } }: Call): string {
  const { failure, status, detail, durationMs } = delivery.history.at(-1)!;
  const answered = failure === null || failure === "status";
  const what = answered ? status : failure;
  const why = answered || detail === null ? "" : ` (${printable(detail)})`;
  const next =
    delivery.nextTryAt === null
      ? ""
      : `. Next try at ${new Date(delivery.nextTryAt).toTimeString().slice(0, 8)}`;
  const state = paint(failure === null ? "green" : "red", delivery.state);
  return `${paint("bold", delivery.id)} ${state}: ${what} after ${Math.round(durationMs)} ms${why}${next}`;
}
